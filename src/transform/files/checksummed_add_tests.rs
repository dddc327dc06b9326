#![allow(clippy::unwrap_used)]

use super::ChecksummedAdd;
use crate::catalog::{Remote, View};
use crate::document::Document;
use crate::edit::{Applicability, Fix};
use crate::model::Model;
use crate::transform::{Context, Proposals, Transform as _};

const FIXED: &str = "https://a.b/v1.2.3/c.tgz";
const MOVING: &str = "https://a.b/latest/c.tgz";

/// What is proposed for a text where two files are found and a third is not.
fn fixes(text: &str) -> Vec<Fix> {
    let mut view = View::of_listings();
    let file = |url: &str| (url.to_owned(), Remote::File("sha256:12".to_owned()));
    view.lookups.remotes.extend([file(FIXED), file(MOVING)]);
    view.lookups
        .remotes
        .extend([("https://a.b/1.2/gone".to_owned(), Remote::Failed("a.b answers with status 404".into()))]);
    let document = Document::parse(text);
    let model = Model::new(&document);
    let cx = Context::new(&document, &model, None).seeing(&view);
    let mut found = Vec::new();
    ChecksummedAdd {}.propose(&cx, &mut Proposals::new("checksummed-add", Applicability::Safe, &mut found));
    found
}

/// How sure the only fix of an instruction is under a syntax, and what it makes of it.
fn after(syntax: &str, add: &str) -> (Applicability, String) {
    let mut text = format!("{syntax}FROM scratch\n{add}\n");
    let found = fixes(&text);
    assert_eq!(found.len(), 1, "{add}: {found:?}");
    for edit in &found[0].edits {
        text.replace_range(edit.span.range(), &edit.text);
    }
    (found[0].applicability, text.trim_end().rsplit_once("scratch\n").unwrap().1.to_owned())
}

#[test]
fn the_checksum_stands_before_the_url() {
    let syntax = "# syntax=docker/dockerfile:1\n";
    for (add, expected) in [
        (format!("ADD {FIXED} /"), format!("ADD --checksum=sha256:12 {FIXED} /")),
        (
            format!("add --chmod=644 \\\n  {FIXED} \\\n  /"),
            format!("add --chmod=644 \\\n  --checksum=sha256:12 {FIXED} \\\n  /"),
        ),
        (format!("ADD [\"{FIXED}\", \"/\"]"), format!("ADD --checksum=sha256:12 [\"{FIXED}\", \"/\"]")),
    ] {
        assert_eq!(after(syntax, &add), (Applicability::Safe, expected));
    }
}

#[test]
fn what_may_fail_later_or_elsewhere_is_unsafe_or_for_a_person() {
    let add = |url: &str| format!("ADD {url} /");
    let judged = |syntax: &str, url: &str| after(syntax, &add(url)).0;
    let now = "# syntax=docker/dockerfile:1.7-labs\n";
    assert_eq!(judged(now, FIXED), Applicability::Safe);
    assert_eq!(judged(now, MOVING), Applicability::Unsafe);
    assert_eq!(judged("", FIXED), Applicability::Unsafe);
    assert_eq!(judged(now, "https://a.b/1.2/gone"), Applicability::Manual);
    assert_eq!(judged(now, "https://a.b/1.2/never-asked"), Applicability::Manual);
    for old in [
        "docker/dockerfile:1.5",
        "docker/dockerfile:experimental",
        "example.org/own:1",
        "docker/dockerfile:1@sha256:1",
    ] {
        assert_eq!(judged(&format!("# syntax={old}\n"), FIXED), Applicability::Manual, "{old}");
    }
}

#[test]
fn other_sources_are_left() {
    for add in [
        "ADD https://a.b/$V/c.tgz /",
        "ADD http://a.b/1.2/c.tgz /",
        "ADD https://a.b/1.2/c.tgz https://a.b/1.2/d.tgz /",
        "ADD https://a.b/c.git#v1.2 /",
        "ADD https://a.b/c.git /",
        "ADD --checksum=sha256:1 https://a.b/1.2/c.tgz /",
        "ADD https://api.github.com/repos/a/b/git/refs/heads/main version.json",
        "ADD a.txt /",
        "ONBUILD ADD https://a.b/1.2/c.tgz /",
    ] {
        assert!(fixes(&format!("FROM scratch\n{add}\n")).is_empty(), "{add}");
    }
}
