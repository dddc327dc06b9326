//! What becomes of the images that a file names, with what registries said and without.
#![allow(clippy::unwrap_used)]

mod support;

use harden::catalog::{Answer, Reference, View};
use harden::engine::{Outcome, State, harden};
use std::sync::Arc;

/// A text after a pack, where the registry has the digest of the same digit for these images.
fn run(text: &str, pack: &str, include_unsafe: bool, answers: &[(&str, &str)]) -> Outcome {
    let mut view = View::of_listings();
    for (image, digit) in answers {
        let digest = format!("sha256:{}", digit.repeat(64));
        view.lookups.insert(&Reference::parse(image).unwrap(), Answer::Digest(digest));
    }
    let mut settings = support::settings(pack, include_unsafe);
    settings.view = Arc::new(view);
    let outcome = harden(text.as_bytes(), None, &settings);
    assert_eq!(outcome.problem, None);
    outcome
}

fn after(outcome: &Outcome) -> String {
    String::from_utf8(outcome.after.clone()).unwrap()
}

const TWO_STAGES: &str = "FROM golang AS build\nFROM alpine:latest\nCOPY --from=build /a /a\nCMD [\"/a\"]\n";

#[test]
fn pins_follow_the_release() {
    let same = [("golang", "1"), ("golang:1.27", "1"), ("alpine", "2"), ("alpine:3.24", "2")];
    let outcome = run(TWO_STAGES, "pin", false, &same);
    let expected = TWO_STAGES
        .replace("golang ", &format!("golang:1.27@sha256:{} ", "1".repeat(64)))
        .replace("alpine:latest", &format!("alpine:3.24@sha256:{}", "2".repeat(64)));
    assert_eq!(after(&outcome), expected);
    assert!(outcome.findings.iter().all(|f| f.state == State::Applied), "{:?}", outcome.findings);
    let again = run(&expected, "pin", false, &same);
    assert!(!again.changed() && again.findings.is_empty(), "{:?}", again.findings);
}

#[test]
fn a_tag_that_moved_on_is_pinned_as_it_is() {
    let outcome = run("FROM golang\n", "pin", true, &[("golang", "1"), ("golang:1.27", "2")]);
    assert_eq!(after(&outcome), format!("FROM golang:latest@sha256:{}\n", "1".repeat(64)));
}

#[test]
fn offline_nothing_is_pinned_and_all_is_told() {
    let outcome = run(TWO_STAGES, "pin", false, &[]);
    assert!(!outcome.changed());
    let count = |state: State| outcome.findings.iter().filter(|f| f.state == state).count();
    assert_eq!((count(State::Unsafe), count(State::Manual)), (2, 2), "a release and a digest for each");
}

#[test]
fn the_default_pack_leaves_images_that_ended() {
    let text = "FROM gcr.io/distroless/static-debian11:nonroot\nCOPY app /app\nENTRYPOINT [\"/app\"]\n";
    assert_eq!(after(&run(text, "go", false, &[])), text.replace("debian11", "debian13"));
    assert_eq!(after(&run(text, "pin", false, &[])), text);
}
