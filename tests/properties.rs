//! What holds for every input: no panic, pieces that tile, edits that touch nothing else, an end to all changes.
#![allow(clippy::doc_markdown, clippy::unwrap_used)]

mod support;

use harden::document::{Document, PieceKind, decode};
use harden::edit::{Edit, splice};
use harden::engine::harden;
use harden::span::Span;
use proptest::prelude::*;

/// A word of a path, image or command.
fn word() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,6}", "[a-z./$-]{1,8}", Just("\u{e9}\u{2603}".to_owned()), Just("\"a b\"".to_owned())]
}

/// The break between two parts of an instruction: a blank, or a continuation with whatever may stand in it.
fn gap() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => Just(" ".to_owned()),
        1 => Just("\t".to_owned()),
        2 => Just(" \\\n    ".to_owned()),
        1 => Just(" \\ \n".to_owned()),
        1 => Just(" \\\n# a comment\n  # another \\\n  ".to_owned()),
        1 => Just(" \\\n\n  \n\t".to_owned()),
    ]
}

/// Parts of shell text with gaps between them.
fn shell() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        word(),
        Just("go build -o main .".to_owned()),
        Just("&& go mod download".to_owned()),
        Just("&& echo \"a # b\"".to_owned()),
        Just("; cd /tmp".to_owned()),
    ];
    (word(), prop::collection::vec((gap(), part), 0..4))
        .prop_map(|(first, rest)| rest.into_iter().fold(first, |text, (gap, part)| text + &gap + &part))
}

/// An instruction that may stand in a stage, without its line end.
fn instruction() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (gap(), shell()).prop_map(|(gap, shell)| format!("RUN{gap}{shell}")),
        2 => shell().prop_map(|shell| format!("run <<EOF\n{shell}\n# text\nEOF")),
        1 => Just("COPY <<-A <<\"B\" /d/\n\tone\n\tA\ntwo\nB".to_owned()),
        2 => (gap(), gap()).prop_map(|(a, b)| format!("COPY{a}src/go.mod{b}.")),
        2 => gap().prop_map(|gap| format!("COPY --chown=1:1{gap}. .")),
        1 => word().prop_map(|word| format!("ADD {word} /x")),
        1 => word().prop_map(|word| format!("ENV A={word}")),
        1 => Just("ENV OLD  value with blanks".to_owned()),
        1 => Just("ARG V=1".to_owned()),
        1 => Just("  WORKDIR /app".to_owned()),
        1 => Just("EXPOSE 8080".to_owned()),
        1 => Just("USER root".to_owned()),
        1 => Just("LABEL a=\"b c\"".to_owned()),
        1 => Just("ONBUILD RUN true".to_owned()),
        1 => Just("HEALTHCHECK --retries=2 CMD curl localhost".to_owned()),
        1 => Just("VOLUME [\"/data\"]".to_owned()),
        1 => Just("# a comment".to_owned()),
        1 => Just(String::new()),
    ]
}

/// The end of a stage.
fn command() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("CMD [\"./main\"]"),
        Just("CMD ./main"),
        Just("ENTRYPOINT [\"/app/main\"]\nCMD [\"-v\"]"),
        Just("entrypoint ['./main']"),
        Just("# no command"),
    ]
    .prop_map(str::to_owned)
}

fn stage() -> impl Strategy<Value = String> {
    let image = prop_oneof![
        4 => Just("FROM golang:1.22"),
        1 => Just("FROM golang:1.21-alpine AS build"),
        1 => Just("from --platform=$BUILDPLATFORM golang AS b2"),
        1 => Just("FROM alpine:3.20"),
        1 => Just("FROM scratch"),
    ];
    (image, prop::collection::vec(instruction(), 0..10), command())
        .prop_map(|(image, body, command)| [vec![image.to_owned()], body, vec![command]].concat().join("\n"))
}

/// A file that BuildKit's parser accepts.
fn valid_file() -> impl Strategy<Value = String> {
    let head = prop_oneof![
        4 => Just(""),
        1 => Just("\u{feff}"),
        1 => Just("# syntax=docker/dockerfile:1\n"),
        1 => Just("# check=skip=all\n\n"),
        1 => Just("ARG V=1.22\n"),
    ];
    (head, prop::collection::vec(stage(), 1..3), any::<bool>(), any::<bool>()).prop_map(
        |(head, stages, crlf, final_newline)| {
            let text = format!("{head}{}{}", stages.join("\n\n"), if final_newline { "\n" } else { "" });
            if crlf { text.replace('\n', "\r\n") } else { text }
        },
    )
}

/// Bytes that are no Dockerfile, and some that nearly are.
fn arbitrary_bytes() -> impl Strategy<Value = Vec<u8>> {
    let nearly =
        "(FROM|RUN|COPY|ENV|CMD|#|[ \\t\\r\\n\\\\`\"'<>\\[\\]{}$=,&-]|<<EOF|EOF|--[a-z]=|[a-z]|\\n){0,80}";
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..300),
        nearly.prop_map(String::into_bytes),
        (valid_file(), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(text, at, byte)| {
            let mut bytes = text.into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            bytes
        }),
    ]
}

/// Edits of a text at places that may be cut, in order and without overlap.
fn edits_of(text: &str, places: Vec<(prop::sample::Index, String)>) -> Vec<Edit> {
    let mut cuts: Vec<_> =
        places.iter().map(|(place, _)| text.floor_char_boundary(place.index(text.len() + 1))).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let pairs = cuts.chunks_exact(2).zip(places);
    pairs.map(|(cut, (_, new))| Edit { span: Span::new(cut[0], cut[1]), text: new }).collect()
}

fn settles(bytes: &[u8]) -> Result<(), TestCaseError> {
    for (pack, include_unsafe) in support::WAYS {
        let settings = support::settings(pack, include_unsafe);
        let first = harden(bytes, None, &settings);
        prop_assert_eq!(&first.before, bytes);
        let second = harden(&first.after, None, &settings);
        prop_assert!(
            !second.changed(),
            "{}: a second run changes\n{}\nto\n{}",
            pack,
            String::from_utf8_lossy(&first.after),
            String::from_utf8_lossy(&second.after)
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_tiled_at_their_own_length(bytes in arbitrary_bytes()) {
        let decoded = decode(&bytes);
        prop_assert_eq!(decoded.text.len(), bytes.len());
        let document = Document::parse(&decoded.text);
        prop_assert!(support::tiles(&document), "{:?}", document.pieces);
    }

    #[test]
    fn a_valid_file_has_no_error_and_each_instruction_its_piece(text in valid_file()) {
        let document = Document::parse(&text);
        prop_assert!(document.error.is_none(), "{:?}", document.error);
        prop_assert!(support::tiles(&document));
        let pieces = document.pieces.iter().filter(|piece| piece.kind == PieceKind::Instruction).count();
        prop_assert_eq!(pieces, document.instructions.len());
        for instruction in &document.instructions {
            let at = instruction.span.start;
            let first = instruction.name().chars().next().unwrap();
            prop_assert!(text[at..].starts_with(first), "{:?} is not at {}", instruction.name(), at);
        }
    }

    #[test]
    fn any_bytes_settle(bytes in arbitrary_bytes()) {
        settles(&bytes)?;
    }

    #[test]
    fn a_valid_file_settles(text in valid_file()) {
        settles(text.as_bytes())?;
    }

    #[test]
    fn splicing_touches_only_its_spans(
        text in valid_file(),
        places in prop::collection::vec((any::<prop::sample::Index>(), "[a-z\n]{0,5}"), 0..8),
    ) {
        let edits = edits_of(&text, places);
        let (new, origin) = splice(text.as_bytes(), &edits);
        let (mut at, mut end) = (0, 0);
        for edit in &edits {
            let kept = &text.as_bytes()[end..edit.span.start];
            prop_assert_eq!(&new[at..at + kept.len()], kept);
            for offset in 0..kept.len() {
                let byte = Span::new(at + offset, at + offset + 1);
                prop_assert_eq!(origin.span(byte), Span::new(end + offset, end + offset + 1));
            }
            at += kept.len();
            prop_assert_eq!(&new[at..at + edit.text.len()], edit.text.as_bytes());
            at += edit.text.len();
            end = edit.span.end;
        }
        prop_assert_eq!(&new[at..], &text.as_bytes()[end..]);
    }
}
