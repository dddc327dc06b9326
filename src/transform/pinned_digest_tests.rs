use crate::catalog::{Answer, Pin, Reference, View};
use crate::document::Document;
use crate::edit::{Applicability, Fix};
use crate::model::Model;
use crate::transform::{Context, Proposals, Transform as _};

fn digest(digit: &str) -> String {
    format!("sha256:{}", digit.repeat(64))
}

/// The reference that tests of pins have.
fn pinned() -> String {
    format!("golang:1.27@{}", digest("2"))
}

/// The fixes for a text where the registry says something about the images of these tests, with and without a digest.
fn fixes(text: &str, answer: Option<&Answer>, update: bool) -> Vec<Fix> {
    let mut view = View::of_listings();
    view.rules = toml::from_str("mirrors = [{ prefix = 'reg.corp/hub', of = 'docker.io' }]").unwrap();
    let copy = "reg.corp/hub/library/golang:1.27";
    let images = match answer {
        None => Vec::new(),
        Some(Answer::Pin(_)) => vec![pinned()],
        Some(Answer::Digest(_)) => ["golang:1.27", "golang", copy].map(str::to_owned).to_vec(),
        Some(_) => vec!["golang:1.27".into(), pinned()],
    };
    for (image, answer) in images.iter().zip(answer.into_iter().cycle()) {
        view.lookups.insert(&Reference::parse(image).unwrap(), answer.clone());
    }
    let document = Document::parse(text);
    let model = Model::new(&document);
    let cx = Context::new(&document, &model, None).seeing(&view);
    let mut found = Vec::new();
    let mut out = Proposals::new("pinned-digest", Applicability::Safe, &mut found);
    super::PinnedDigest { update }.propose(&cx, &mut out);
    found
}

/// The text after the only fix, and the fix.
fn fixed(text: &str, answer: &Answer, update: bool) -> (Fix, String) {
    let mut found = fixes(text, Some(answer), update);
    assert_eq!(found.len(), 1, "{found:?}");
    let fix = found.remove(0);
    let mut text = text.to_owned();
    for edit in &fix.edits {
        text.replace_range(edit.span.range(), &edit.text);
    }
    (fix, text)
}

/// The text after the only fix, and how sure it is, where a tag names an image.
fn after(text: &str) -> (Applicability, String) {
    let (fix, text) = fixed(text, &Answer::Digest(digest("1")), false);
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
        assert_eq!(after(before), (Applicability::Safe, expected));
    }
}

#[test]
fn a_digest_that_its_tag_left_or_that_is_gone_is_told_and_replaced_on_demand() {
    let (old, new) = (format!("FROM {}\n", pinned()), format!("FROM golang:1.27@{}\n", digest("1")));
    for (pin, told) in [
        (Pin::Moved(digest("1")), "golang:1.27 names another image than its digest"),
        (Pin::Gone(Some(digest("1"))), "the registry has no image of the digest of golang:1.27 any more"),
    ] {
        let answer = Answer::Pin(pin);
        let (fix, text) = fixed(&old, &answer, false);
        assert_eq!((fix.applicability, fix.message.as_str()), (Applicability::Manual, told));
        assert_eq!(text, old);
        let (fix, text) = fixed(&old, &answer, true);
        assert_eq!((fix.applicability, text.as_str()), (Applicability::Safe, new.as_str()));
        assert!(fix.evidence[0].what.contains(&digest("1")), "{fix:?}");
        let variable = format!("ARG V=1.27\nFROM golang:${{V}}@{}\n", digest("2"));
        let (fix, text) = fixed(&variable, &answer, true);
        assert_eq!((fix.applicability, text), (Applicability::Manual, variable));
    }
    assert!(fixes(&old, Some(&Answer::Pin(Pin::Current)), true).is_empty(), "it is the one of now");
    let bare = format!("FROM golang@{}\n", digest("2"));
    assert!(fixes(&bare, Some(&Answer::Digest(digest("1"))), true).is_empty(), "it follows no tag");
}

#[test]
fn a_pin_that_nothing_can_be_written_for_is_told() {
    let old = format!("FROM {}\n", pinned());
    for (answer, message, why) in [
        (Answer::Pin(Pin::Platform(digest("3"))), "one platform only", "another platform would fail"),
        (Answer::Pin(Pin::Untagged), "no golang:1.27 any more", "the digest is there"),
        (Answer::Pin(Pin::Gone(None)), "no image of the digest", "its tag is not there either"),
        (Answer::Failed("no route".into()), "may name another image", "no route"),
    ] {
        let (fix, text) = fixed(&old, &answer, true);
        assert!(fix.message.contains(message) && fix.reason.contains(why), "{fix:?}");
        assert_eq!((fix.applicability, text), (Applicability::Manual, old.clone()));
    }
}

#[test]
fn the_word_of_a_mirror_alone_is_not_safe_and_replaces_no_digest() {
    let copy = |digit: &str| Answer::Copy {
        digest: digest(digit),
        registry: "reg.corp".into(),
        why: "no route".into(),
    };
    let (fix, text) = fixed("FROM golang:1.27\n", &copy("1"), false);
    assert_eq!(text, format!("FROM golang:1.27@{}\n", digest("1")));
    assert_eq!(fix.applicability, Applicability::Unsafe);
    assert!(
        fix.reason.contains("could not be asked (no route)") && fix.reason.contains("reg.corp"),
        "{fix:?}"
    );
    assert!(fix.evidence[0].what.contains("the mirror reg.corp says"), "{fix:?}");
    let old = format!("FROM {}\n", pinned());
    let (fix, text) = fixed(&old, &copy("1"), true);
    assert_eq!((fix.applicability, text), (Applicability::Manual, old.clone()));
    assert!(fix.reason.contains("its mirror reg.corp has sha256:1"), "{fix:?}");
    assert!(fixes(&old, Some(&copy("2")), true).is_empty(), "it agrees");
}

#[test]
fn what_is_written_at_a_mirror_is_pinned_to_what_the_mirror_has() {
    let text = "FROM reg.corp/hub/library/golang:1.27\n";
    let found = fixes(text, Some(&Answer::Missing), false);
    assert!(found[0].edits.is_empty(), "what another place says is no answer");
}

#[test]
fn a_variable_gets_no_digest() {
    for text in ["ARG V=1.27\nFROM golang:${V}\n", "ARG I=golang:1.27\nFROM $I\n"] {
        let (applicability, after) = after(text);
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
