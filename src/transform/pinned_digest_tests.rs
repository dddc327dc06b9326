use crate::catalog::{Answer, Reference, View};
use crate::document::Document;
use crate::edit::{Applicability, Fix};
use crate::model::Model;
use crate::transform::{Context, Proposals, Transform as _};

fn digest(digit: &str) -> String {
    format!("sha256:{}", digit.repeat(64))
}

/// The fixes for a text where the registry says something about `golang:1.27` and `golang:latest`.
fn fixes(text: &str, answer: Option<&Answer>, update: bool) -> Vec<Fix> {
    let mut view = View::of_listings();
    view.rules = toml::from_str("mirrors = [{ prefix = 'reg.corp/hub', of = 'docker.io' }]").unwrap();
    for image in ["golang:1.27", "golang"] {
        if let Some(answer) = answer {
            view.lookups.insert(&Reference::parse(image).unwrap(), answer.clone());
        }
    }
    let document = Document::parse(text);
    let model = Model::new(&document);
    let cx = Context::new(&document, &model, None).seeing(&view);
    let mut found = Vec::new();
    let mut out = Proposals::new("pinned-digest", Applicability::Safe, &mut found);
    super::PinnedDigest { update }.propose(&cx, &mut out);
    found
}

/// The text after the only fix, and how sure it is.
fn after(text: &str, update: bool) -> (Applicability, String) {
    let mut found = fixes(text, Some(&Answer::Digest(digest("1"))), update);
    assert_eq!(found.len(), 1, "{found:?}");
    let fix = found.remove(0);
    let mut text = text.to_owned();
    for edit in &fix.edits {
        text.replace_range(edit.span.range(), &edit.text);
    }
    (fix.applicability, text)
}

#[test]
fn the_tag_stays_before_the_digest() {
    let pin = digest("1");
    for (before, expected) in [
        ("FROM golang:1.27\n", format!("FROM golang:1.27@{pin}\n")),
        ("FROM golang\n", format!("FROM golang:latest@{pin}\n")),
        (
            "FROM --platform=linux/arm64 golang:1.27\n",
            format!("FROM --platform=linux/arm64 golang:1.27@{pin}\n"),
        ),
        (
            "FROM scratch\nCOPY --from=golang:1.27 /a /a\n",
            format!("FROM scratch\nCOPY --from=golang:1.27@{pin} /a /a\n"),
        ),
        ("FROM reg.corp/hub/library/golang:1.27\n", format!("FROM reg.corp/hub/library/golang:1.27@{pin}\n")),
    ] {
        assert_eq!(after(before, false), (Applicability::Safe, expected));
    }
}

#[test]
fn an_old_digest_is_told_and_replaced_on_demand() {
    let (old, new) =
        (format!("FROM golang:1.27@{}\n", digest("2")), format!("FROM golang:1.27@{}\n", digest("1")));
    assert_eq!(after(&old, false), (Applicability::Manual, old.clone()));
    assert_eq!(after(&old, true), (Applicability::Safe, new.clone()));
    assert!(fixes(&new, Some(&Answer::Digest(digest("1"))), true).is_empty(), "it is the one of now");
    let bare = format!("FROM golang@{}\n", digest("2"));
    assert!(fixes(&bare, Some(&Answer::Digest(digest("1"))), true).is_empty(), "it follows no tag");
}

#[test]
fn a_variable_gets_no_digest() {
    for text in ["ARG V=1.27\nFROM golang:${V}\n", "ARG I=golang:1.27\nFROM $I\n"] {
        let (applicability, after) = after(text, false);
        assert_eq!((applicability, after.as_str()), (Applicability::Manual, text));
    }
}

#[test]
fn what_is_not_known_is_told() {
    for (answer, why) in [
        (None, "--online"),
        (Some(&Answer::Missing), "no such image"),
        (Some(&Answer::Failed("no route".into())), "no route"),
    ] {
        let found = fixes("FROM golang:1.27\n", answer, false);
        assert!(found[0].applicability == Applicability::Manual && found[0].edits.is_empty());
        assert!(found[0].reason.contains(why), "{}", found[0].reason);
    }
    assert!(fixes("FROM scratch AS a\nFROM a\nCOPY --from=a /x /x\n", None, false).is_empty());
}
