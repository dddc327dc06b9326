//! `newest_base_image`: an image that still gets fixes, of the same family and variant.
//!
//! An image is bumped when its release is not supported any more, when its tag is not built any more, or when the project's
//! rules or the promise of its makers say so. How far, say the family's policy, the rules and the versions that the
//! project's own files take. Only what keeps to one line of releases is safe, and Go where its promise of compatibility
//! holds.

mod glibc;
mod golang;
mod gopath;
mod judge;
mod steps;
mod tied;
mod tools;
mod wanted;

pub(super) use golang::doubt;

use super::image_edit::{rename, sharers};
use super::{Context, Proposals, Transform};
use crate::edit::{Applicability, Edit};
use crate::model::ImageUse;
use judge::{Bump, New, bump};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewestBaseImage {}

impl Transform for NewestBaseImage {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let uses = cx.model.images(&cx.view.rules);
        let bumps: Vec<Option<Bump>> = uses.iter().map(|used| bump(cx, used)).collect();
        for (used, bump) in uses.iter().zip(&bumps) {
            let Some(bump) = bump else { continue };
            let instruction = &cx.document.instructions[used.instruction];
            let fix = out.fix(&bump.message, bump.title(used), instruction.source(used.at));
            let New::Tag { reference, doubt, more } = &bump.new else {
                fix.at_most(Applicability::Manual, bump.new.why()).done();
                continue;
            };
            let Some(edit) = rename(cx, used, reference).filter(|edit| agree(cx, used, edit, &uses, &bumps))
            else {
                fix.at_most(Applicability::Manual, "its version comes from variables").done();
                continue;
            };
            let doubt = doubt.as_deref().or_else(|| shared_doubt(used, &uses, &bumps));
            match doubt {
                Some(why) => fix.at_most(Applicability::Unsafe, why),
                None => fix.evidence([cx.evidence(bump.evidence, instruction)]),
            }
            .edits([edit])
            .edits(more.clone())
            .done();
        }
    }
}

/// Whether all images that hang on the same variable are to change in the same way.
fn agree(
    cx: &Context<'_>,
    used: &ImageUse<'_>,
    edit: &Edit,
    uses: &[ImageUse<'_>],
    bumps: &[Option<Bump>],
) -> bool {
    if used.is_plain() {
        return true;
    }
    let sharers = sharers(used, uses);
    uses.iter().zip(bumps).filter(|(other, _)| sharers.iter().any(|s| std::ptr::eq(*s, *other))).all(
        |(other, bump)| {
            let new = bump.as_ref().and_then(|bump| match &bump.new {
                New::Tag { reference, .. } => rename(cx, other, reference),
                New::Hand { .. } | New::Stuck(_) => None,
            });
            new.as_ref() == Some(edit)
        },
    )
}

/// The first doubt about an image that hangs on the same variable.
fn shared_doubt<'b>(
    used: &ImageUse<'_>,
    uses: &[ImageUse<'_>],
    bumps: &'b [Option<Bump>],
) -> Option<&'b str> {
    if used.is_plain() {
        return None;
    }
    let sharers = sharers(used, uses);
    let same = uses.iter().zip(bumps).filter(|(other, _)| sharers.iter().any(|s| std::ptr::eq(*s, *other)));
    same.filter_map(|(_, bump)| bump.as_ref()).find_map(|bump| match &bump.new {
        New::Tag { doubt, .. } => doubt.as_deref(),
        New::Hand { .. } | New::Stuck(_) => None,
    })
}
