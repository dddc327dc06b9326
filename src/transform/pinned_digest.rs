//! `pinned_digest`: the digest of what a tag names, behind the tag.
//!
//! Digests come from registries, which are asked before verbs run: this one reads their answers. It runs after all that
//! changes tags.

use super::image_edit;
use super::{Context, Proposal, Proposals, Transform};
use crate::catalog::{Answer, Reference};
use crate::edit::Applicability;
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
            let (Some(reference), Some(origin)) = (used.reference(), used.origin()) else { continue };
            match (reference.tag, reference.digest) {
                // Without a tag nothing tells what the digest should follow.
                (None, Some(_)) => {}
                (Some(_), Some(old)) => self.follow(cx, used, (&reference, &origin), old, out),
                (_, None) => pin(cx, used, (&reference, &origin), out),
            }
        }
    }
}

/// Adds the digest of a tag that has none.
fn pin(
    cx: &Context<'_>,
    used: &ImageUse<'_>,
    (reference, origin): (&Reference<'_>, &Reference<'_>),
    out: &mut Proposals<'_>,
) {
    let at = cx.document.instructions[used.instruction].source(used.at);
    let message = format!("{} may name another image tomorrow", used.reference);
    let fix = out.fix(message, "pin it by its digest", at);
    let manual = |fix: Proposal<'_>, why: &str| fix.at_most(Applicability::Manual, why).done();
    if !used.is_plain() {
        let why = "its name comes from a variable, whose other values a digest would make void";
        return manual(fix, why);
    }
    match cx.view.lookups.answer(origin) {
        Some(Answer::Digest(digest)) => {
            let new = with_digest(&used.reference, reference, digest);
            match image_edit::rename(cx, used, &new) {
                Some(edit) => {
                    let what = format!("the registry says that the tag names {digest}");
                    let instruction = &cx.document.instructions[used.instruction];
                    fix.evidence([cx.evidence(what, instruction)]).edits([edit]).done();
                }
                None => manual(fix, "its name can't be changed where it is written"),
            }
        }
        Some(Answer::Missing) => manual(fix, "the registry has no such image, or does not show it"),
        Some(Answer::Failed(why)) => manual(fix, &format!("its digest is not known: {why}")),
        None => manual(fix, "its digest takes the network: --online"),
    }
}

/// A reference with a digest; a tag that was not written is, for the digest to have one to follow.
fn with_digest(text: &str, reference: &Reference<'_>, digest: &str) -> String {
    format!("{}:{}@{digest}", &text[..reference.name_end], reference.tag.unwrap_or("latest"))
}

impl PinnedDigest {
    /// Compares a digest with the one that its tag names.
    fn follow(
        &self,
        cx: &Context<'_>,
        used: &ImageUse<'_>,
        (reference, origin): (&Reference<'_>, &Reference<'_>),
        old: &str,
        out: &mut Proposals<'_>,
    ) {
        let at = cx.document.instructions[used.instruction].source(used.at);
        let tag = reference.tag.unwrap_or("latest");
        let name = &used.reference[..reference.name_end];
        let unknown = |out: &mut Proposals<'_>, why: &str| {
            let message = format!("{name}:{tag} may name another image than its digest by now");
            out.fix(message, "look at what the tag names", at).at_most(Applicability::Manual, why).done();
        };
        let new = match cx.view.lookups.answer(origin) {
            Some(Answer::Digest(new)) if new != old => new,
            Some(Answer::Missing) => {
                return out
                    .fix(format!("the registry has no {name}:{tag} any more"), "choose another tag", at)
                    .at_most(Applicability::Manual, "which tag takes its place can't be told")
                    .done();
            }
            Some(Answer::Failed(why)) => return unknown(out, &format!("it is not known: {why}")),
            None if self.update => return unknown(out, "that takes the network: --online"),
            _ => return,
        };
        let message = format!("{name}:{tag} names another image than its digest");
        let fix = out.fix(message, "pin it by the digest of now", at);
        let edit = image_edit::rename(cx, used, &with_digest(&used.reference, reference, new));
        match edit.filter(|_| used.is_plain()) {
            Some(edit) if self.update => {
                let what = format!("the registry says that the tag names {new}");
                let instruction = &cx.document.instructions[used.instruction];
                fix.evidence([cx.evidence(what, instruction)]).edits([edit]).done();
            }
            Some(_) => {
                fix.at_most(Applicability::Manual, "`harden pin --online --update` replaces it").done();
            }
            None => fix.at_most(Applicability::Manual, "its digest comes from variables").done(),
        }
    }
}

#[cfg(test)]
#[path = "pinned_digest_tests.rs"]
mod tests;
