#![allow(clippy::unwrap_used)]

use super::*;

fn row(before: Value, after: Value) -> Row {
    Row { id: "x".into(), name: "x".into(), before, after, judgement: Judgement::Changed, headline: true }
}

#[test]
fn sizes_read_as_docker_shows_them() {
    for (bytes, text) in [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (8_130_000, "8.13 MB"),
        (8_100_000, "8.1 MB"),
        (999_499, "999 kB"),
        (999_500, "1 MB"),
        (99_960_000, "100 MB"),
        (648_000_000, "648 MB"),
        (1_020_000_000, "1.02 GB"),
        (u64::MAX, "18.4 EB"),
    ] {
        assert_eq!(size(bytes), text);
    }
}

#[test]
fn what_is_left_is_never_rounded_to_nothing() {
    let change = |before, after| change(&row(Value::Count(before), Value::Count(after)));
    assert_eq!(change(1_020_000, 8100).as_deref(), Some("-99.2 %"));
    assert_eq!(change(u64::MAX, 1).as_deref(), Some("-99.9 %"));
    assert_eq!(change(12, 0).as_deref(), Some("-100 %"));
    assert_eq!(change(421, 4).as_deref(), Some("-99 %"));
    assert_eq!(change(100, 112).as_deref(), Some("+12 %"));
    assert_eq!(change(10_000, 10_001).as_deref(), Some("+<0.1 %"));
    assert_eq!(change(1000, 1003).as_deref(), Some("+0.3 %"));
    assert_eq!(change(1, u64::MAX).as_deref(), Some("×18446744073709551615"));
    assert_eq!(change(0, 3).as_deref(), Some("+3"));
    assert_eq!(change(4, 4), None);
}

#[test]
fn numbers_of_two_kinds_are_not_drawn() {
    assert_eq!(amounts(&row(Value::Bytes(3), Value::Count(3))), None);
    assert_eq!(amounts(&row(Value::Unknown, Value::Count(3))), None);
}

#[test]
fn kinds_have_the_names_of_the_record() {
    assert_eq!(kind(Kind::MissingFile), "missing-file");
}

#[test]
fn long_texts_are_shortened_by_characters() {
    assert_eq!(shortened("äöü", 3), "äöü");
    assert_eq!(shortened("äöüß", 3), "äö…");
}
