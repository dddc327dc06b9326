//! Programs that are linked with the C library of one image and run with that of another.

use super::super::Context;
use crate::catalog::{self, Libc, Standing, Suite, Tag, Target};
use crate::document::Keyword;
use crate::model::Stage;

/// Why a program that is built on the new image may not start where it goes, if it may be linked with a C library that is
/// newer than the one there.
pub(super) fn doubt(
    cx: &Context<'_>,
    stage: &Stage,
    standing: &Standing<'_>,
    target: &Target,
) -> Option<String> {
    if !may_link(cx, stage) {
        return None;
    }
    let new = suite_of(standing, target);
    let takers = cx.model.stages.iter().filter(|taker| takes_from(cx, taker, stage));
    takers.filter_map(|taker| Some((taker, taker.facts()?))).find_map(|(taker, facts)| {
        let there = facts.suite.as_deref().and_then(catalog::suite);
        let is_older = match (there, new.and_then(|suite| suite.release())) {
            (Some(there), Some(new)) => there.released < new.released,
            _ => true,
        };
        let same =
            facts.libc == stage.facts().map_or(Libc::None, |facts| facts.libc) && facts.libc != Libc::None;
        (same && is_older).then(|| {
            let name = taker.reference().map_or_else(String::new, |r| r.canonical());
            format!("what is linked with the newer C library may not start in {name}")
        })
    })
}

/// Whether a stage may link programs with the C library: it has a C compiler, and nothing switches that off.
fn may_link(cx: &Context<'_>, stage: &Stage) -> bool {
    let mut text = cx.model.body(stage).map(|(_, instruction)| instruction.args());
    let has_compiler = stage.facts().is_none_or(|facts| facts.gcc)
        || cx.model.body(stage).any(|(_, i)| {
            i.keyword == Keyword::Run
                && ["gcc", "build-base", "clang"].iter().any(|name| i.args().contains(name))
        });
    has_compiler && !text.any(|args| args.contains("CGO_ENABLED=0") || args.contains("CGO_ENABLED 0"))
}

/// The release of the distribution that a target stands on, from another name of the same image if its own leaves it open.
fn suite_of(standing: &Standing<'_>, target: &Target) -> Option<Suite<'static>> {
    let row = standing.listing?.tags.as_ref()?.row(&target.tag)?;
    row.tags.iter().filter_map(|tag| Some(Tag::parse(tag)?.suite)).find(|suite| suite.release().is_some())
}

/// Whether a stage copies files from another.
fn takes_from(cx: &Context<'_>, taker: &Stage, from: &Stage) -> bool {
    cx.model.body(taker).any(|(_, i)| {
        matches!(i.keyword, Keyword::Copy | Keyword::Add)
            && i.flag("from").and_then(|name| cx.model.stage_of(name)) == Some(from.index)
    })
}
