#![allow(clippy::unwrap_used)]

use crate::document::Document;
use crate::edit::Applicability;
use crate::model::Model;
use crate::project::{Memory, Project};
use crate::transform::{Context, Proposals, Transform as _};

/// What is proposed for a source, with a context around the text.
fn judged(source: &str) -> Option<Applicability> {
    let files: [(&str, &[u8]); 7] = [
        ("start", b"#!/bin/sh\n"),
        ("packed", b"\x1F\x8B\x08..."),
        ("site.tar/index.html", b"<html>"),
        ("pages/a", b"a"),
        ("pages/b.html", b"b"),
        ("mixed/a.html", b"a"),
        ("mixed/b", b"BZh9..."),
    ];
    let project = Project::new(Box::new(Memory::new(files)));
    let text = format!("FROM debian:13\nADD {source} /srv/\n");
    let document = Document::parse(&text);
    let model = Model::new(&document);
    let cx = Context::new(&document, &model, Some(&project));
    let mut found = Vec::new();
    let mut out = Proposals::new("copy-not-add", Applicability::Safe, &mut found);
    super::CopyNotAdd {}.propose(&cx, &mut out);
    found.pop().map(|fix| fix.applicability)
}

#[test]
fn a_context_tells_more_than_names() {
    for safe in ["start", "site.tar", "pages/*", "start pages/b.html", "mixed", "mixed/*.html"] {
        assert_eq!(judged(safe), Some(Applicability::Safe), "{safe}");
    }
    for left in ["packed", "mixed/*", "start packed", "absent.tgz", "absent/*"] {
        assert_eq!(judged(left), None, "{left}");
    }
    assert_eq!(judged("absent"), Some(Applicability::Unsafe));
    assert_eq!(judged("absent.sh"), Some(Applicability::Safe));
}
