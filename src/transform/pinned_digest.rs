//! `pinned_digest`: the digest of what a tag names, behind the tag.
//!
//! Digests come from registries, which are asked before verbs run: this one reads their answers. It runs after all that
//! changes tags. What is asked for is what is written, also where that is at a mirror: a build takes the image from there.

use super::image_edit;
use super::{Context, Proposal, Proposals, Transform};
use crate::catalog::{Answer, Pin, Reference};
use crate::edit::{Applicability, Evidence};
use crate::model::ImageUse;
use serde::Deserialize;

/// The verb and its parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PinnedDigest {
    /// Whether a digest that its tag names no longer is replaced by the one that it names now.
    #[serde(default)]
    update: bool,
}

impl Transform for PinnedDigest {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for used in &cx.model.images(&cx.view.rules) {
            let Some(reference) = used.reference() else { continue };
            match (reference.tag, reference.digest) {
                // Without a tag nothing tells what the digest should follow.
                (None, Some(_)) => {}
                (Some(tag), Some(old)) => self.follow(cx, used, (&reference, tag, old), out),
                (_, None) => pin(cx, used, &reference, out),
            }
        }
    }
}

/// Adds the digest of a tag that has none.
fn pin(cx: &Context<'_>, used: &ImageUse<'_>, reference: &Reference<'_>, out: &mut Proposals<'_>) {
    let at = cx.document.instructions[used.instruction].source(used.at);
    let message = format!("{} may name another image tomorrow", used.reference);
    let fix = out.fix(message, "pin it by its digest", at);
    let manual = |fix: Proposal<'_>, why: &str| fix.at_most(Applicability::Manual, why).done();
    if !used.is_plain() {
        let why = "its name comes from a variable, whose other values a digest would make void";
        return manual(fix, why);
    }
    let fill = |fix: Proposal<'_>, digest: &str, teller: &str| {
        let edit = image_edit::rename(cx, used, &with_digest(&used.reference, reference, digest));
        match edit {
            Some(edit) => fix.evidence([told(cx, used, teller, digest)]).edits([edit]).done(),
            None => manual(fix, "its name can't be changed where it is written"),
        }
    };
    match cx.view.lookups.answer(reference) {
        Some(Answer::Digest(digest)) => fill(fix, digest, "the registry"),
        Some(Answer::Copy { digest, registry, why }) => {
            let doubt = format!("{}; its mirror {registry} told the digest", not_asked(why));
            fill(fix.at_most(Applicability::Unsafe, doubt), digest, &format!("the mirror {registry}"));
        }
        Some(Answer::Missing) => manual(fix, "the registry has no such image, or does not show it"),
        Some(Answer::Failed(why)) => manual(fix, &format!("its digest is not known: {why}")),
        Some(Answer::Pin(_)) | None => manual(fix, "its digest takes the network: --online"),
    }
}

/// What shows that a digest is that of a tag.
fn told(cx: &Context<'_>, used: &ImageUse<'_>, teller: &str, digest: &str) -> Evidence {
    let instruction = &cx.document.instructions[used.instruction];
    cx.evidence(format!("{teller} says that the tag names {digest}"), instruction)
}

/// Why there is only the word of a mirror.
fn not_asked(why: &str) -> String {
    format!("the registry itself could not be asked ({why})")
}

/// A reference with a digest; a tag that was not written is, for the digest to have one to follow.
fn with_digest(text: &str, reference: &Reference<'_>, digest: &str) -> String {
    format!("{}:{}@{digest}", &text[..reference.name_end], reference.tag.unwrap_or("latest"))
}

impl PinnedDigest {
    /// Tells what became of a digest, and replaces it on demand. Offline it is not told of each pin that it may be old.
    fn follow(
        &self,
        cx: &Context<'_>,
        used: &ImageUse<'_>,
        (reference, tag, old): (&Reference<'_>, &str, &str),
        out: &mut Proposals<'_>,
    ) {
        let at = cx.document.instructions[used.instruction].source(used.at);
        let image = format!("{}:{tag}", &used.reference[..reference.name_end]);
        let answer = cx.view.lookups.answer(reference);
        if answer.is_none() && !self.update {
            return;
        }
        let (message, new) = match verdict(answer, &image, old) {
            Verdict::Right => return,
            Verdict::Hand { message, title, why } => {
                return out.fix(message, title, at).at_most(Applicability::Manual, why).done();
            }
            Verdict::Replace { message, new } => (message, new),
        };
        let fix = out.fix(message, "pin it by the digest of now", at);
        let edit = image_edit::rename(cx, used, &with_digest(&used.reference, reference, new));
        match edit.filter(|_| used.is_plain()) {
            Some(edit) if self.update => {
                fix.evidence([told(cx, used, "the registry", new)]).edits([edit]).done();
            }
            Some(_) => {
                fix.at_most(Applicability::Manual, "`harden pin --online --update` replaces it").done();
            }
            None => fix.at_most(Applicability::Manual, "its digest comes from variables").done(),
        }
    }
}

/// What is to be said of a digest.
enum Verdict<'a> {
    /// Nothing.
    Right,
    /// What is wrong with it, what to do, and why that is for a person to do.
    Hand { message: String, title: &'static str, why: String },
    /// What is wrong with it, and the digest that takes its place.
    Replace { message: String, new: &'a str },
}

/// What is to be said of the digest `old` of an image with a tag.
fn verdict<'a>(answer: Option<&'a Answer>, image: &str, old: &str) -> Verdict<'a> {
    let gone = || format!("the registry has no image of the digest of {image} any more");
    let other_tag =
        |message, why: &str| Verdict::Hand { message, title: "choose another tag", why: why.into() };
    let unknown = |why| Verdict::Hand {
        message: format!("{image} may name another image than its digest by now"),
        title: "look at what the tag names",
        why,
    };
    match answer {
        Some(Answer::Pin(Pin::Current) | Answer::Digest(_)) => Verdict::Right,
        Some(Answer::Pin(Pin::Moved(new))) => {
            Verdict::Replace { message: format!("{image} names another image than its digest"), new }
        }
        Some(Answer::Pin(Pin::Gone(Some(new)))) => Verdict::Replace { message: gone(), new },
        Some(Answer::Pin(Pin::Gone(None)) | Answer::Missing) => {
            other_tag(gone(), "its tag is not there either")
        }
        Some(Answer::Pin(Pin::Untagged)) => other_tag(
            format!("the registry has no {image} any more"),
            "the image of the digest is there, but which tag takes its place can't be told",
        ),
        Some(Answer::Pin(Pin::Platform(all))) => Verdict::Hand {
            message: format!("the digest of {image} is of one platform only"),
            title: "pin it by the digest for all platforms",
            why: format!("a build for another platform would fail; the tag names {all} for all"),
        },
        Some(Answer::Copy { digest, .. }) if digest == old => Verdict::Right,
        Some(Answer::Copy { digest, registry, why }) => {
            unknown(format!("{}; its mirror {registry} has {digest}", not_asked(why)))
        }
        Some(Answer::Failed(why)) => unknown(format!("it is not known: {why}")),
        None => unknown("that takes the network: --online".into()),
    }
}

#[cfg(test)]
#[path = "pinned_digest_tests.rs"]
mod tests;
