use super::*;
use proptest::prelude::*;

fn kinds(text: &str) -> Vec<Kind<'_>> {
    Lexer::new(text).map(|token| token.kind).collect()
}

#[test]
fn words_strings_comments_and_marks_are_told_apart() {
    use Kind::{Comment, Mark, Other, Text, Word};
    let cases: [(&str, &[Kind<'_>]); 9] = [
        ("package main", &[Word("package"), Word("main")]),
        ("\u{feff}package a", &[Word("package"), Word("a")]),
        ("x := \"a\\\"b\" // c", &[Word("x"), Mark(b':'), Mark(b'='), Text("\"a\\\"b\""), Comment("// c")]),
        ("`a\n\"b`c", &[Text("`a\n\"b`"), Word("c")]),
        ("'\"' '\\'' 0x1f 1.5e3", &[Other, Other, Other, Other, Mark(b'.'), Other]),
        ("/* \" */ größe", &[Comment("/* \" */"), Word("größe")]),
        ("\"open\nnext", &[Text("\"open"), Word("next")]),
        ("`open", &[Text("`open")]),
        ("/* open", &[Comment("/* open")]),
    ];
    for (text, expected) in cases {
        assert_eq!(kinds(text), expected, "{text}");
    }
}

#[test]
fn lines_are_counted_through_strings_and_comments() {
    let lines: Vec<usize> = Lexer::new("a\n`b\nc` d\n/*\n*/ e\r\n\r\nf").map(|token| token.line).collect();
    assert_eq!(lines, [1, 2, 3, 4, 5, 7]);
}

#[test]
fn values_of_strings() {
    let cases = [
        ("\"\"", ""),
        ("\"a b\"", "a b"),
        ("`a\\n\r`", "a\\n"),
        ("\"a\\tb\\n\"", "a\tb\n"),
        ("\"\\x41\\u00e9\\U0001F600\\101\"", "Aé😀A"),
        ("\"\\xc3\\xa9\"", "é"),
        ("\"\\xff\"", "\u{fffd}"),
        ("\"\\ud800\"", "\u{fffd}"),
        ("\"\\x4", "4"),
        ("\"\\", ""),
        ("\"\\é\"", "é"),
    ];
    for (text, expected) in cases {
        assert_eq!(value(text), expected, "{text}");
    }
}

#[test]
fn hostile_text_has_tokens() {
    assert_eq!(kinds("\0\0a\0"), [Kind::Word("a")]);
    assert_eq!(kinds(&"(".repeat(100_000)).len(), 100_000);
    assert_eq!(kinds(&"\"\\".repeat(50_000)).len(), 1);
    assert_eq!(kinds("\"\\\n\"").len(), 2);
    assert_eq!(kinds("/*/").len(), 1);
}

proptest! {
    #[test]
    fn any_text_is_read_to_its_end(text in "[\"'`/*\\\\\n a-cé0(){}=\\PC]{0,200}") {
        let total: usize = kinds(&text).iter().map(|kind| match kind {
            Kind::Word(t) | Kind::Text(t) | Kind::Comment(t) => { let _ = value(t); t.len() }
            Kind::Other | Kind::Mark(_) => 1,
        }).sum();
        prop_assert!(total <= text.len());
    }
}
