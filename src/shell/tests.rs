#![allow(clippy::unwrap_used)]

use super::*;

fn words(text: &str) -> Vec<Vec<String>> {
    let script = parse(text).unwrap();
    script.commands.iter().map(|c| c.words.iter().map(|w| w.raw(text).to_owned()).collect()).collect()
}

fn literals(text: &str) -> Vec<Option<String>> {
    parse(text).unwrap().commands[0].words.iter().map(|w| w.literal.clone()).collect()
}

fn joiners(text: &str) -> Option<Vec<Option<Joiner>>> {
    Some(parse(text)?.chain?.iter().map(|link| link.before).collect())
}

fn names(text: &str) -> Vec<String> {
    parse(text).unwrap().commands.iter().map(|c| c.name().unwrap_or("?").to_owned()).collect()
}

#[test]
fn chain_keeps_order_and_joiners() {
    use Joiner::{And, Background, Or, Semi};
    assert_eq!(words("cd /a && go build -o m ."), [vec!["cd", "/a"], vec!["go", "build", "-o", "m", "."]]);
    assert_eq!(joiners("a && b || c ; d & e\nf"), {
        Some(vec![None, Some(And), Some(Or), Some(Semi), Some(Background), Some(Semi)])
    });
    assert_eq!(joiners("\n# first\na # why\n\nb &&\n c;\n"), Some(vec![None, Some(Semi), Some(And)]));
    assert_eq!(joiners("a &\nb"), Some(vec![None, Some(Background)]));
    for text in ["a | b", "a && (b)", "! a", "a &", "a && b &", "a; b &", "if a; then b; fi", "a &> f && b"] {
        assert_eq!(joiners(text), None, "{text}");
        assert!(parse(text).is_some(), "{text}");
    }
}

#[test]
fn single_is_one_command_and_nothing_else() {
    assert_eq!(parse("  ./app --port 80 ").unwrap().single().unwrap().arguments().len(), 2);
    for text in ["a;", "a && b", "a # c", "a | b", "(a)", "! a", "a &", "cat <<E\nE\n", ""] {
        assert_eq!(parse(text).and_then(|s| s.single().cloned()), None, "{text}");
    }
}

#[test]
fn quotes_are_removed() {
    let some = |s: &str| Some(s.to_owned());
    assert_eq!(literals(r#"a 'b c' "d \" \n" e\ f g"h"'i' '' --x=y"#), {
        ["a", "b c", r#"d " \n"#, "e f", "ghi", "", "--x=y"].map(some)
    });
    assert_eq!(literals("[ -f {} ] {{.Os}} a~ \\* '$x' 'é' \"*\""), {
        ["[", "-f", "{}", "]", "{{.Os}}", "a~", "*", "$x", "é", "*"].map(some)
    });
}

#[test]
fn expansions_have_no_literal() {
    for word in
        ["$x", "\"$x\"", "a*", "?", "[a]", "~", "~/x", "a=~/x", "{a,b}", "x{1..3}", "`b`", "$(b)", "$'a'"]
    {
        assert_eq!(literals(&format!("c {word}"))[1], None, "{word}");
    }
    assert_eq!(literals("c a\u{1a}b")[1], None);
}

#[test]
fn spans_are_bytes() {
    let text = "echo 'é→😀' x && NAME=ü go build > /ö 2>&1";
    let script = parse(text).unwrap();
    assert_eq!(words(text)[0], ["echo", "'é→😀'", "x"]);
    let build = &script.commands[1];
    assert_eq!(&text[build.span.range()], "NAME=ü go build > /ö 2>&1");
    assert_eq!(build.assignments[0].value.raw(text), "ü");
    assert_eq!(&text[build.assignments[0].span.range()], "NAME=ü");
    assert_eq!(build.redirects[0].target.raw(text), "/ö");
    assert_eq!(&text[build.redirects[1].span.range()], "2>&1");
}

#[test]
fn redirects_take_their_descriptor() {
    let text = "a 2>&1 >>f <in 2>/dev/null >&- b3>x";
    let script = parse(text).unwrap();
    let found: Vec<_> = script.commands[0]
        .redirects
        .iter()
        .map(|r| (&text[r.span.range()], r.fd, r.operator.as_str(), r.target.raw(text)))
        .collect();
    assert_eq!(
        found,
        [
            ("2>&1", Some(2), ">&", "1"),
            (">>f", None, ">>", "f"),
            ("<in", None, "<", "in"),
            ("2>/dev/null", Some(2), ">", "/dev/null"),
            (">&-", None, ">&", "-"),
            (">x", None, ">", "x"),
        ]
    );
    assert_eq!(words(text), [["a", "b3"]]);
    assert_eq!(parse("2>e a").unwrap().single().unwrap().span, Span::new(0, 5));
}

#[test]
fn assignments_stand_before_the_name() {
    let script = parse("A=1 B= go build C=2").unwrap();
    let command = script.single().unwrap();
    let names: Vec<_> =
        command.assignments.iter().map(|a| (a.name.as_str(), a.value.literal.as_deref())).collect();
    assert_eq!(names, [("A", Some("1")), ("B", Some(""))]);
    assert_eq!(command.literals().unwrap(), ["go", "build", "C=2"]);
    assert_eq!(names_of_env("env X=1 go build"), "env");
    assert_eq!(parse("X=1").unwrap().single().unwrap().name(), None);
}

fn names_of_env(text: &str) -> String {
    names(text).remove(0)
}

#[test]
fn nested_commands_are_listed() {
    assert_eq!(names("a | b | c"), ["a", "b", "c"]);
    assert_eq!(names("if a; then b; elif c; then d; else e; fi"), ["a", "b", "c", "d", "e"]);
    assert_eq!(
        names("for x in 1 2; do a $x; done; while b; do c; done; until d; do e; done"),
        ["a", "b", "c", "d", "e"]
    );
    assert_eq!(names("case $x in a|b) c;; *) d; e;; esac"), ["c", "d", "e"]);
    assert_eq!(names("(a; b) && { c; d; } >f 2>&1; f() { e; }; ! g"), ["a", "b", "c", "d", "e", "g"]);
    let script = parse("a && (b)").unwrap();
    assert_eq!(script.commands.iter().map(|c| c.nested).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn substitutions_are_told_not_listed() {
    assert_eq!(names("a $(b; c) && d `e` && f '$(g)' && X=$(h) i"), ["a", "d", "f", "i"]);
    let script = parse("a $(b; c) && d `e` && f '$(g)' && X=$(h) i && j \"$(k \"l\")\" > $(m)").unwrap();
    let told: Vec<_> = script.commands.iter().map(|c| c.substitutes).collect();
    assert_eq!(told, [true, true, false, true, true]);
}

#[test]
fn heredocs_are_redirects() {
    let text = "cat <<EOF >f && b\nx && y\nEOF\nc\n";
    let script = parse(text).unwrap();
    assert_eq!(names(text), ["cat", "b", "c"]);
    assert_eq!(&text[script.commands[0].span.range()], "cat <<EOF >f");
    assert_eq!(script.commands[0].redirects[0].operator, "<<");
    assert_eq!(script.chain, None);
    assert_eq!(names("cat <<-'E'\n\ta\n\tE\nb"), ["cat", "b"]);
    for text in ["cat <<EOF\na", "cat <<EOF\nEOF \nb\nEOF", "cat <<$x\n$x\n", "a \"$(cat <<E\nE\n)\""] {
        assert_eq!(parse(text), None, "{text}");
    }
}

#[test]
fn doubt_is_refused() {
    for text in
        ["a &&", "'a", "a \"b", "if a", "a )", "a\0b", "a > ;", "go\\\nx", "a[0]=1 b", "a+=1", "a 12>f"]
    {
        assert_eq!(parse(text), None, "{text}");
    }
    for text in ["coproc a", "select x in a; do b; done", "a {fd}>f", "a=(b c) d", "x[ a ] b", "a \\"] {
        assert_eq!(parse(text), None, "{text}");
    }
    assert!(parse("").is_some_and(|s| s.commands.is_empty()));
}

#[test]
fn guard_refuses_what_is_deep_or_long() {
    assert_eq!(parse(&"$(".repeat(33)), None);
    assert_eq!(parse(&format!("a {}", "x".repeat(70_000))), None);
    assert_eq!(parse(&format!("a {}", "`b` ".repeat(7))), None);
    let _ = parse(&format!("{}{}", "((${x:-\"`".repeat(12), "a ".repeat(3_000)));
    let _ = parse(&format!("{}{}", "$(case x in x) ".repeat(32), "a ".repeat(3_000)));
    for opening in
        ["(", "{ ", "if ", "! ", "${x:-", "[[ ! ( ", "$((", "a;", "a&&", "a|", "f() ", "a\n", "case x in x) "]
    {
        for count in [32, 120, 255, 999, 20_000] {
            let _ = parse(&opening.repeat(count));
            let _ = parse(&format!("{}a", opening.repeat(count)));
            let _ = parse(&format!("f() {{ {}a;}}", opening.repeat(count)));
        }
    }
}

#[test]
fn quoting_survives_parsing() {
    assert_eq!(quote("go"), "go");
    assert_eq!(quote("-ldflags=-s"), "-ldflags=-s");
    assert_eq!(quote("a b"), "'a b'");
    assert_eq!(quote("it's"), r"'it'\''s'");
    assert_eq!(quote(""), "''");
    assert_eq!(quote("A=1"), "'A=1'");
}

proptest::proptest! {
    #[test]
    fn any_text(text in "\\PC*") {
        check(&text);
    }

    #[test]
    fn any_shell(parts in proptest::collection::vec(proptest::sample::select(PIECES), 0..40)) {
        check(&parts.concat());
    }

    #[test]
    fn any_quoted(word in "[^\\x00\\x1a]*") {
        let text = format!("c {}", quote(&word));
        if let Some(script) = parse(&text) {
            assert_eq!(script.single().unwrap().words[1].literal.as_deref(), Some(word.as_str()));
        } else {
            assert!(!guard::admits(&text));
        }
    }
}

const PIECES: &[&str] = &[
    "a",
    "go",
    " ",
    " ",
    " ",
    "\n",
    "&&",
    "||",
    ";",
    "&",
    "|",
    "(",
    ")",
    "{ ",
    "}",
    "$(",
    "`",
    "'",
    "\"",
    "\\",
    "<<E",
    "\nE\n",
    ">",
    "2>&1",
    "<",
    "$x",
    "${",
    "X=1",
    "if ",
    "then ",
    "fi",
    "do ",
    "done",
    "for x in ",
    "case x in ",
    "esac",
    "!",
    "é",
    "#",
    "=",
    "[",
    "]",
    "[[ ",
    " ]]",
    "((",
    "))",
    "~",
    "*",
    "\\\n",
    "-",
    "0",
];

fn check(text: &str) {
    let Some(script) = parse(text) else { return };
    for command in &script.commands {
        let parts = command.words.iter().map(|w| w.span).chain(command.redirects.iter().map(|r| r.span));
        for span in parts.chain(command.assignments.iter().map(|a| a.span)) {
            assert!(command.span.contains(span));
            assert!(text.get(span.range()).is_some_and(|raw| !raw.is_empty()));
        }
    }
    for link in script.chain.iter().flatten() {
        assert!(!script.commands[link.command].nested);
    }
    assert!(script.commands.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
}
