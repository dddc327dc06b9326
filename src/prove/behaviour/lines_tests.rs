use super::*;

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// What is odd in a third run of a program that has ended.
fn ended(first: &str, again: &str, found: &str) -> Vec<String> {
    show(Expected::learn(&lines(first), &lines(again), None).odd(&lines(found)))
}

/// What is odd in a third run of a program that still runs.
fn running(first: &str, again: &str, found: &str) -> Vec<String> {
    show(Expected::learn(&lines(first), &lines(again), Some(20)).odd(&lines(found)))
}

fn show(odd: Vec<Odd>) -> Vec<String> {
    let text = |line: Option<String>| line.unwrap_or_default();
    odd.into_iter().map(|odd| format!("{}>{}", text(odd.expected), text(odd.found))).collect()
}

#[test]
fn the_same_is_the_same() {
    assert_eq!(ended("a\nb", "a\nb", "a\nb"), [""; 0]);
    assert_eq!(ended("", "", ""), [""; 0]);
}

#[test]
fn another_line_is_told_with_what_it_should_be() {
    assert_eq!(ended("a\nb", "a\nb", "a\nc"), ["b>c"]);
    assert_eq!(ended("hello Ada", "hello Ada", "hello"), ["hello Ada>hello"]);
}

#[test]
fn lines_that_are_missing_or_too_many_are_told() {
    assert_eq!(ended("a\nb", "a\nb", "a"), ["b>"]);
    assert_eq!(ended("a", "a", "a\nb"), [">b"]);
    assert_eq!(ended("", "", "b"), [">b"]);
}

#[test]
fn a_program_that_runs_may_have_written_more() {
    assert_eq!(running("a\nb", "a\nb\nc", "a\nb\nx"), [""; 0]);
    assert_eq!(running("a\nb", "a\nb", "a\nx"), ["b>x"]);
    assert_eq!(running("a\nb", "a\nb", "a"), ["b>"]);
}

#[test]
fn what_differed_between_two_runs_may_be_anything_there_only() {
    assert_eq!(ended("token x1 ok", "token y2 ok", "token z3 ok"), [""; 0]);
    assert_eq!(ended("token x1 ok", "token y2 ok", "token z3 bad"), ["token … ok>token z3 bad"]);
    assert_eq!(ended("took 3 ms, 7 rows", "took 5 ms, 7 rows", "took 4 ms, 0 rows").len(), 1);
}

#[test]
fn what_differed_may_have_another_number_of_words() {
    assert_eq!(ended("key a+b end", "key cd end", "key e/f/g end"), [""; 0]);
    assert_eq!(ended("key a+b end", "key cd end", "error").len(), 1);
}

#[test]
fn order_that_differed_is_no_difference() {
    assert_eq!(ended("a\nb\nc", "b\na\nc", "c\nb\na"), [""; 0]);
    assert_eq!(ended("a\nb\nc", "b\na\nc", "c\nx\na"), ["b>x"]);
}

#[test]
fn numbers_that_only_changed_places_are_not_any_numbers() {
    assert_eq!(
        ended("worker 1 up\nworker 2 up", "worker 2 up\nworker 1 up", "worker 1 up\nworker 9 up").len(),
        1
    );
}

#[test]
fn order_that_happened_to_be_the_same_is_no_promise() {
    assert_eq!(ended("a\nb", "a\nb", "b\na"), [""; 0]);
    assert_eq!(running("a\nb", "a\nb", "b\na\nc"), [""; 0]);
    assert_eq!(ended("a\nb", "a\nb", "b\nc"), ["a>b", "b>c"]);
    assert_eq!(ended("a\nb", "a\nb", "b\nb").len(), 1);
}

#[test]
fn lines_that_came_once_only_may_come_or_not() {
    assert_eq!(ended("a\nretry\nb", "a\nb", "a\nb"), [""; 0]);
    assert_eq!(ended("a\nretry\nb", "a\nb", "a\nretry\nb"), [""; 0]);
    assert_eq!(ended("a\nretry\nb", "a\nb", "a\nretry"), ["b>"]);
    assert_eq!(ended("a\nretry\nb", "a\nb", "a\nb\nx\ny"), [">y"]);
}

#[test]
fn a_program_that_runs_may_write_in_another_order_but_nothing_new_early() {
    assert_eq!(running("a\nb\nc", "b\na\nc", "c\na\nb\nd"), [""; 0]);
    assert_eq!(running("a\nb\nc", "b\na\nc", "error\na\nb\nc"), [">error"]);
    assert_eq!(running("a\nb\nc", "b\na\nc", "a\nb"), ["c>"]);
}

#[test]
fn a_line_without_a_common_word_may_be_anything() {
    assert_eq!(ended("up\nx1", "up\ny2", "up\nz3"), [""; 0]);
    assert_eq!(ended("up\nx1", "up\ny2", "down\nz3").len(), 1);
}
