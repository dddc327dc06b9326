//! Agreement with BuildKit on small cases of every construct, by expectations that BuildKit itself wrote.
#![allow(clippy::doc_markdown, clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use harden::document::{Document, decode};
use harden::engine::harden;
use serde::{Deserialize, Serialize};
use support::Told;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Expected {
    escape: String,
    instructions: Vec<Told>,
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

/// Rewrites the expectations with the oracle.
fn update(expectations: &Path) {
    let oracle = support::path_from_env("HARDEN_ORACLE").expect("HARDEN_UPDATE needs the oracle");
    let files = support::dockerfiles(&support::folder("cases/syntax"));
    let mut all = BTreeMap::new();
    for (file, verdict) in support::ask(&oracle, &files) {
        assert!(verdict.accepted(), "{}: BuildKit must accept every case: {verdict:?}", file.display());
        let mut instructions = verdict.instructions;
        for told in &mut instructions {
            told.name.make_ascii_uppercase();
        }
        all.insert(name(&file), Expected { escape: verdict.escape, instructions });
    }
    std::fs::write(expectations, serde_json::to_string_pretty(&all).unwrap() + "\n").unwrap();
}

#[test]
fn every_case_is_read_as_buildkit_reads_it() {
    let expectations = support::folder("cases/syntax/expected.json");
    if std::env::var_os("HARDEN_UPDATE").is_some() && std::env::var_os("HARDEN_ORACLE").is_some() {
        update(&expectations);
    }
    let text = std::fs::read_to_string(expectations).unwrap();
    let mut expected: BTreeMap<String, Expected> = serde_json::from_str(&text).unwrap();
    for file in support::dockerfiles(&support::folder("cases/syntax")) {
        let case = name(&file);
        let bytes = std::fs::read(&file).unwrap();
        let decoded = decode(&bytes);
        let document = Document::parse(&decoded.text);
        assert!(document.error.is_none(), "{case}: {:?}", document.error);
        assert!(support::tiles(&document), "{case}: pieces do not tile the file");
        let ours = Expected { escape: document.escape.to_string(), instructions: support::told(&document) };
        let theirs = expected.remove(&case).unwrap_or_else(|| panic!("{case}: no expectation"));
        assert_eq!(ours, theirs, "{case}");
    }
    assert!(expected.is_empty(), "expectations without a case: {:?}", expected.keys());
}

#[test]
fn what_buildkit_refuses_has_an_error_and_stays_as_it_is() {
    let settings = support::settings("go", true);
    for file in support::dockerfiles(&support::folder("cases/refused")) {
        let bytes = std::fs::read(&file).unwrap();
        let decoded = decode(&bytes);
        let document = Document::parse(&decoded.text);
        assert!(document.error.is_some(), "{} has no error", file.display());
        assert!(support::tiles(&document), "{}: pieces do not tile the file", file.display());
        let outcome = harden(&bytes, None, &settings);
        assert!(outcome.problem.is_some(), "{} has no problem", file.display());
        assert_eq!(outcome.after, bytes, "{}", file.display());
    }
}

#[test]
fn there_is_a_case_for_every_construct() {
    let cases = support::dockerfiles(&support::folder("cases/syntax"));
    assert!(cases.len() >= 60, "only {} cases", cases.len());
}

#[test]
fn a_second_run_changes_no_case() {
    for (pack, include_unsafe) in support::WAYS {
        let settings = support::settings(pack, include_unsafe);
        for file in support::dockerfiles(&support::folder("cases/syntax")) {
            let first = harden(&std::fs::read(&file).unwrap(), None, &settings);
            // A build takes an instruction with a byte that is not UTF-8; we leave such a file alone, and say so.
            let opaque = file.ends_with("not-utf8-run.Dockerfile");
            assert_eq!(first.problem.is_some(), opaque, "{}: {:?}", file.display(), first.problem);
            assert!(!opaque || !first.changed(), "{}", file.display());
            let second = harden(&first.after, None, &settings);
            assert!(!second.changed(), "{} with {pack}: a second run proposes a change", file.display());
        }
    }
}
