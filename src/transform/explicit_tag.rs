//! `explicit_tag`: the tag that says which release an image is, in the place of one that moves from release to release.
//!
//! The listing of the image's tags tells which tags name the same image. `latest` may have moved on since: whether both
//! still are the same is only known from the registry.

use super::image_edit::{self, Share};
use super::{Context, Proposals, Transform};
use crate::catalog::listing::{Listing, Row};
use crate::catalog::{Answer, Reference, Standing, Tag};
use crate::edit::{Applicability, Evidence};
use crate::model::ImageUse;
use crate::span::Span;
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExplicitTag {}

/// Words of tags that name another release from time to time.
const MOVING: [&str; 7] = ["lts", "current", "stable", "oldstable", "mainline", "rolling", "latest"];

impl Transform for ExplicitTag {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let all = cx.model.images(&cx.view.rules);
        for used in &all {
            if used.origin().is_some_and(|origin| origin.digest.is_none()) {
                look(cx, used, image_edit::share(used, &all), out);
            }
        }
    }
}

fn look(cx: &Context<'_>, used: &ImageUse<'_>, share: Share, out: &mut Proposals<'_>) {
    let (Some(reference), Some(origin)) = (used.reference(), used.origin()) else { return };
    let at = cx.document.instructions[used.instruction].source(used.at);
    let Some(standing) = cx.view.images.standing(&origin) else {
        return unknown(&used.reference, &origin, at, out);
    };
    let Some((tag, listing)) = explicit(cx, &standing, &origin.canonical(), origin.tag.unwrap_or("latest"))
    else {
        return;
    };
    let new = format!("{}:{tag}", &used.reference[..reference.name_end]);
    let named = format!("{}:{tag}", &used.origin[..origin.name_end]);
    let fix = out.fix(format!("{} names another release from time to time", used.reference), use_(&new), at);
    let fix = match (answer(cx, &origin), Reference::parse(&named).and_then(|new| answer(cx, &new))) {
        (Some(Answer::Digest(old)), Some(Answer::Digest(new))) if old == new => {
            let what = format!("the registry has the same image under both tags, {old}");
            fix.evidence([Evidence { what, line: None }])
        }
        (Some(Answer::Digest(_)), Some(Answer::Digest(_))) => {
            let why =
                format!("it names another image than {tag} now: the listing of {listing} is out of date");
            return fix.at_most(Applicability::Manual, why).done();
        }
        (Some(Answer::Missing), _) | (_, Some(Answer::Missing)) => {
            return fix.at_most(Applicability::Manual, "the registry has no such image").done();
        }
        _ => {
            let why = format!("it may have moved on since {listing}, when both tags named the same image");
            fix.at_most(Applicability::Unsafe, why)
        }
    };
    match image_edit::rename(cx, used, &new) {
        _ if share == Share::Later => {}
        Some(edit) if share == Share::First => fix.edits([edit]).done(),
        _ => fix.at_most(Applicability::Manual, "its tag comes from variables").done(),
    }
}

fn use_(name: &str) -> String {
    format!("use {name}")
}

fn answer<'c>(cx: &'c Context<'_>, reference: &Reference<'_>) -> Option<&'c Answer> {
    cx.view.lookups.answer(reference)
}

/// Images of which nothing is known are told of where they surely float; only their makers know more tags.
fn unknown(image: &str, origin: &Reference<'_>, at: Span, out: &mut Proposals<'_>) {
    if origin.tag.is_none_or(|tag| tag == "latest") {
        let message = format!("{image} names another image from time to time");
        out.fix(message, "name a version", at)
            .at_most(Applicability::Manual, "which versions it has is not known here")
            .done();
    }
}

/// The tag of the same image with the line of releases in it, and the day of the list that says so.
fn explicit(
    cx: &Context<'_>,
    standing: &Standing<'_>,
    name: &str,
    text: &str,
) -> Option<(&'static str, String)> {
    let floating = standing.tag.as_ref().filter(|tag| tag.version.is_none() && !tag.prerelease)?;
    // The code name of a distribution's release is its version.
    if standing.release.is_some() {
        return None;
    }
    // The list is not that of a name for one platform.
    let family = standing.family;
    if *name != family.name && !family.aliases.iter().any(|alias| alias == name) {
        return None;
    }
    let listing = standing.listing?;
    let tags = listing.tags.as_ref().filter(|tags| tags.date <= cx.view.images.date)?;
    let tag = best(tags.row(text)?, floating, listing)?;
    Some((tag, tags.date.to_string()))
}

/// The tag of an image that differs from a floating one in its version only.
fn best<'r>(row: &'r Row, floating: &Tag<'_>, listing: &Listing) -> Option<&'r str> {
    let support = listing.support.as_ref();
    let line = support.and_then(|support| support.releases.iter().find_map(|release| release.version));
    let line = line.map_or(2, |version| version.precision());
    let words: Vec<&str> = floating.words.iter().copied().filter(|word| !MOVING.contains(word)).collect();
    let known = row.tags.iter().filter_map(|text| Some((text.as_str(), Tag::parse(text)?)));
    let like = known.filter(|(_, tag)| {
        tag.version.is_some() && tag.words == words && tag.suite == floating.suite && !tag.prerelease
    });
    // The line of releases, or what is nearest to it, rather more than less precise.
    let distance = |tag: &Tag<'_>| (tag.precision().abs_diff(line), tag.precision() < line);
    like.min_by_key(|(text, tag)| (distance(tag), text.starts_with('v'))).map(|(text, _)| text)
}

#[cfg(test)]
#[path = "explicit_tag_tests.rs"]
mod tests;
