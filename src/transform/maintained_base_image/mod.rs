//! `maintained_base_image`: what takes the place of an image that gets no updates any more.
//!
//! The catalog says which images ended, what takes their place, which tag is the same there and how it differs. Where one
//! of these is not known, it is told and left to a person.

mod stage;

use super::image_edit::{self, Share};
use super::{Context, Proposal, Proposals, Transform};
use crate::catalog::listing;
use crate::catalog::{Answer, Family, Reference, Retired};
use crate::edit::{Applicability, Edit, Evidence};
use crate::model::{ImageUse, Role};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MaintainedBaseImage {}

impl Transform for MaintainedBaseImage {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let all = cx.model.images(&cx.view.rules);
        for used in &all {
            if let Some(end) = End::of(cx, used) {
                end.propose(image_edit::share(used, &all), out);
            }
        }
    }
}

/// An image that ended.
struct End<'a, 'd> {
    cx: &'a Context<'d>,
    used: &'a ImageUse<'a>,
    origin: Reference<'a>,
    family: &'static Family,
    retired: &'static Retired,
}

/// What takes the place of an image.
struct Successor {
    /// As the project writes it.
    written: String,
    /// Where it comes from.
    origin: String,
}

impl<'a, 'd> End<'a, 'd> {
    /// Whether and why an image ended, as of the day.
    fn of(cx: &'a Context<'d>, used: &'a ImageUse<'a>) -> Option<Self> {
        let origin = used.origin()?;
        let (family, name) = (origin.family()?, origin.canonical());
        let by_tag = || family.retired_tag(&name, origin.tag?);
        let retired = family.retired(&name).or_else(by_tag)?;
        let today = cx.view.images.date.to_string();
        if retired.date.as_ref().is_some_and(|date| *date > today) {
            return None;
        }
        // Some tags of what ended are still made.
        let standing = cx.view.images.standing(&origin)?;
        (standing.is_built != Some(true)).then_some(Self { cx, used, origin, family, retired })
    }

    fn propose(&self, share: Share, out: &mut Proposals<'_>) {
        if share == Share::Later {
            return;
        }
        let retired = self.retired;
        let since = retired.date.as_ref().map_or_else(|| "any more".into(), |date| format!("since {date}"));
        let message = format!("{} gets no updates {since}: {}", self.used.reference, retired.why);
        let at = self.cx.document.instructions[self.used.instruction].source(self.used.at);
        let change = self.change(share);
        let title = match (&change, &retired.successor) {
            (Ok((new, _)), _) => format!("use {}", new.written),
            (Err(_), Some(_)) => format!("move to {}", self.short(&self.name().unwrap_or_default())),
            (Err(_), None) => "move to an image that gets updates".to_owned(),
        };
        let fix = out.fix(message, title, at);
        match change {
            Ok((new, edit)) => self.judged(fix, &new).edits([edit]).done(),
            Err(why) => fix.at_most(Applicability::Manual, why).done(),
        }
    }

    /// The edit, or why there is none.
    fn change(&self, share: Share) -> Result<(Successor, Edit), String> {
        let new = self.successor()?;
        self.moves(&new)?;
        let edit = image_edit::rename(self.cx, self.used, &new.written).filter(|_| share == Share::First);
        Ok((new, edit.ok_or("its name comes from variables")?))
    }

    /// The canonical name of what takes the place.
    fn name(&self) -> Option<String> {
        self.retired.successor_of(&self.origin.canonical(), &self.family.name)
    }

    /// A canonical name the way people write it here.
    fn short(&self, name: &str) -> String {
        image_edit::familiar(name, &self.origin)
    }

    fn successor(&self) -> Result<Successor, String> {
        let name = self.name().ok_or("nothing is known that does the same")?;
        let tag = self.tag(&name)?;
        let reference = |name: &str| if tag.is_empty() { name.to_owned() } else { format!("{name}:{tag}") };
        let mut origin = reference(&name);
        let lookups = &self.cx.view.lookups;
        let answer = Reference::parse(&origin).and_then(|new| lookups.answer(&new));
        if answer == Some(&Answer::Missing) {
            return Err(format!("the registry has no {origin}"));
        }
        let mut written = reference(&self.short(&name));
        if let Some(old) = self.origin.digest {
            let digest = match answer {
                Some(Answer::Digest(new)) => new.as_str(),
                // What is forwarded has the same digest.
                _ if self.retired.same.is_some() && self.retired.tags.keeps("*") => old,
                _ => {
                    return Err(
                        "its digest is of the old image: that of the new one takes the network".into()
                    );
                }
            };
            written = format!("{written}@{digest}");
            origin = format!("{origin}@{digest}");
        }
        let written = image_edit::mirrored(self.cx, self.used, &written)?;
        Ok(Successor { written, origin })
    }

    /// The tag of the successor; empty for none.
    fn tag(&self, name: &str) -> Result<String, String> {
        let (cx, map) = (self.cx, &self.retired.tags);
        let written = self.origin.tag.unwrap_or_default();
        let tag = self.origin.tag.unwrap_or("latest");
        if self.origin.tag.is_none() && self.origin.digest.is_some() && !map.keeps("*") {
            return Err("which release it is can't be told from its digest".into());
        }
        if map.keeps(tag) {
            return Ok(written.to_owned());
        }
        let listing = listing::of(name);
        let tags = listing.and_then(|listing| listing.tags.as_ref());
        if let (Some(listing), Some(tags)) = (listing, tags.filter(|tags| tags.date <= cx.view.images.date)) {
            let found = map.successor(tag, listing, tags);
            let short = self.short(name);
            return found
                .map(str::to_owned)
                .ok_or_else(|| format!("{short} has no tag that says the same as {tag}"));
        }
        let same = format!("{name}:{tag}");
        match Reference::parse(&same).and_then(|new| cx.view.lookups.answer(&new)) {
            Some(Answer::Digest(_)) => Ok(written.to_owned()),
            Some(Answer::Missing) => Err(format!("the registry has no {same}")),
            _ => Err(format!("which of its tags says the same as {tag} is not known")),
        }
    }

    /// Whether what the file does with the image can be done with the new one, as far as the text tells.
    fn moves(&self, new: &Successor) -> Result<(), String> {
        let retired = self.retired;
        match self.used.role {
            Role::Copy | Role::Mount if retired.same.is_none() => {
                Err("what is taken from it may be elsewhere in the new image".into())
            }
            Role::Copy | Role::Mount => Ok(()),
            Role::Base(stage) => stage::moves(self.cx, &self.cx.model.stages[stage], retired, &new.origin),
        }
    }

    /// How sure the change is.
    fn judged<'p>(&self, fix: Proposal<'p>, new: &Successor) -> Proposal<'p> {
        let retired = self.retired;
        let Some(same) = &retired.same else {
            let why = retired.differs.as_deref().unwrap_or("how the new image differs was not read");
            return fix.at_most(Applicability::Unsafe, why);
        };
        if let Some(why) = self.doubt(new) {
            return fix.at_most(Applicability::Unsafe, why);
        }
        fix.evidence([Evidence { what: same.clone(), line: None }])
    }

    /// Why images that are the same by the catalog may not be the same here.
    fn doubt(&self, new: &Successor) -> Option<String> {
        // What is forwarded is the same in everything.
        if self.retired.tags.keeps("*") {
            return None;
        }
        let facts = |reference: &Reference<'_>| reference.family()?.facts(reference);
        let (old, new) = (facts(&self.origin), Reference::parse(&new.origin).and_then(|new| facts(&new)));
        let (Some(old), Some(new)) = (old, new) else {
            return Some("what the images set was not read".into());
        };
        let set = |facts: &crate::catalog::Facts| {
            let command = (facts.entrypoint.clone(), facts.cmd.clone());
            (facts.user.clone(), facts.workdir.clone(), command, facts.env.clone())
        };
        if set(&old) != set(&new) {
            return Some("the images set other defaults".into());
        }
        match self.used.role {
            Role::Base(index) => stage::covers_link(self.cx, index, &self.retired.links),
            Role::Copy | Role::Mount => {
                let instruction = &self.cx.document.instructions[self.used.instruction];
                stage::takes_link(instruction, &self.retired.links)
            }
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
