use super::*;
use crate::document::Document;
use crate::edit::splice;
use crate::model::Model;

/// The text after the edits that `make` finds for the last instruction.
fn edited(text: &str, make: impl Fn(&Chain<'_>) -> Option<Vec<Edit>>) -> Option<String> {
    let document = Document::parse(text);
    let model = Model::new(&document);
    let cx = Context::new(&document, &model, None);
    let chain = Chain::of(&cx, document.instructions.len() - 1).expect("a RUN that can be read");
    let mut edits = make(&chain)?;
    edits.sort();
    Some(String::from_utf8(splice(text.as_bytes(), &edits).0).expect("text"))
}

fn appended(body: &str, command: usize) -> Option<String> {
    edited(&format!("FROM x\nRUN {body}"), |chain| Some(vec![chain.append(command, "z")?]))
        .map(|text| text["FROM x\nRUN ".len()..].to_owned())
}

#[test]
fn a_command_is_added_in_the_style_of_the_instruction() {
    let cases = [
        ("a", 0, "a && z"),
        ("a && b\n", 1, "a && b && z\n"),
        ("a && b\n", 0, "a && z && b\n"),
        ("a; b", 0, "a; z; b"),
        ("a; b", 1, "a; b && z"),
        ("a;", 0, "a && z;"),
        ("a  # why\n", 0, "a && z  # why\n"),
        ("a \\\n    b \\\n    c\n", 0, "a \\\n    b \\\n    c \\\n    && z\n"),
        ("a && \\\n    b\n", 1, "a && \\\n    b && \\\n    z\n"),
        ("a \\\n && b \\\n # d\n && c\n", 1, "a \\\n && b \\\n && z \\\n # d\n && c\n"),
        ("a && \\\n # d\n\tb && \\\n\tc\n", 0, "a && \\\n\tz && \\\n # d\n\tb && \\\n\tc\n"),
        ("set -e; \\\n  a; \\\n  b; \\\n  c", 1, "set -e; \\\n  a; \\\n  z; \\\n  b; \\\n  c"),
        ("set -e; \\\n  a", 1, "set -e; \\\n  a && \\\n  z"),
        ("a \\\r\n  && b\r\n", 1, "a \\\r\n  && b \\\r\n  && z\r\n"),
        ("a || b && c", 0, "a || b && z && c"),
        ("a && b | c", 0, "a && z && b | c"),
        ("a && b \\\n\n", 1, "a && b && z \\\n\n"),
    ];
    for (before, command, after) in cases {
        assert_eq!(appended(before, command).as_deref(), Some(after), "{before:?}");
    }
}

#[test]
fn nothing_is_added_in_a_pipe_a_condition_or_the_background() {
    for (body, command) in
        [("a | b", 1), ("if a; then b; fi", 1), ("a & b", 0), ("(a && b)", 1), ("a || (b)", 0), ("! a", 0)]
    {
        assert_eq!(appended(body, command), None, "{body}");
    }
}

#[test]
fn a_command_goes_with_what_joins_it() {
    let removed = |body: &str, command: usize| {
        edited(&format!("FROM x\nRUN {body}"), |chain| chain.remove(command))
            .map(|text| text["FROM x\nRUN ".len()..].to_owned())
    };
    let cases = [
        ("a && b", 0, Some("b")),
        ("a \\\n && b \\\n && c", 1, Some("a \\\n && c")),
        ("a && \\\n  b && \\\n  c", 1, Some("a && \\\n  c")),
        ("a && \\\n  # d\n  b", 0, Some("\\\n  # d\n  b")),
        ("a \\\n  # d\n  && b", 0, Some("\\\n  # d\n  b")),
        ("a; b", 0, Some("b")),
        ("a && (b)", 0, Some("(b)")),
        ("a || b && c", 1, None),
        ("a && b", 1, None),
    ];
    for (before, command, after) in cases {
        assert_eq!(removed(before, command).as_deref(), after, "{before:?}");
    }
}

#[test]
fn a_failure_counts_or_is_hidden() {
    let decisive = |body: &str, command: usize| {
        let text = format!("FROM x\nRUN {body}");
        let document = Document::parse(&text);
        let model = Model::new(&document);
        let cx = Context::new(&document, &model, None);
        Chain::of(&cx, 1).expect("a RUN that can be read").is_decisive(command)
    };
    for (body, command, expected) in [
        ("a", 0, true),
        ("a && b", 0, true),
        ("a && b; c", 0, false),
        ("a; b", 0, false),
        ("a; b", 1, true),
        ("set -ex; a; b", 1, true),
        ("set -e; a && b; c", 1, false),
        ("a || true", 0, false),
        ("a && b || c", 0, false),
        ("a | b", 0, false),
        ("a && b | c", 0, false),
    ] {
        assert_eq!(decisive(body, command), expected, "{body}");
    }
}
