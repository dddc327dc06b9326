//! Which image of a provider has the same version.

use super::{Swap, slim};
use crate::catalog::{Answer, Facts, Provider, Reference, Tag, Version};

/// The full name of the new image; why there is none.
pub(super) fn name(swap: &Swap<'_, '_>) -> Result<String, String> {
    let role = swap.stage.family().and_then(|family| family.same_role.by(swap.provider));
    let role = role.ok_or("there is no such image")?;
    let tag = Tag::parse(swap.origin.tag.unwrap_or("latest")).ok_or("which version it is can't be told")?;
    match swap.provider {
        Provider::OfficialSlim => slim::name(swap, &tag, role),
        Provider::Distroless => distroless(role, &tag),
        // The free images have no other tags.
        Provider::Chainguard if tag.version.is_none() => Ok(format!("{role}:latest")),
        Provider::Chainguard => Err(format!("the free {role} has the newest version only")),
        Provider::Dhi => dhi(swap, role, &tag),
    }
}

fn distroless(role: &str, tag: &Tag<'_>) -> Result<String, String> {
    let version = tag.version.ok_or("its tag does not say which version it is")?;
    let name = role.replace("{major}", &version.major().to_string());
    let text = format!("{name}:nonroot");
    let facts = Reference::parse(&text).and_then(|reference| {
        let family = reference.family().filter(|family| family.retired(&name).is_none())?;
        family.facts(&reference)
    });
    let facts = facts.ok_or_else(|| format!("distroless has no image of version {}", version.major()))?;
    let same = role.contains("{major}") || program_version(&facts).is_some_and(|own| version.is_in(&own));
    same.then_some(text).ok_or_else(|| format!("{name} has another version"))
}

/// The version in the name of the program that an image runs: `3.13` of `/usr/bin/python3.13`.
fn program_version(facts: &Facts) -> Option<Version> {
    let program = facts.entrypoint.first()?;
    Version::parse(program.trim_start_matches(|c: char| !c.is_ascii_digit()))
}

/// Tags are as those of the official images; whether one exists is known to the registry only.
fn dhi(swap: &Swap<'_, '_>, role: &str, tag: &Tag<'_>) -> Result<String, String> {
    let version = tag.version.ok_or("its tag does not say which version it is")?;
    let name = format!("{role}:{version}");
    match Reference::parse(&name).and_then(|reference| swap.cx.view.lookups.answer(&reference)) {
        Some(Answer::Digest(_)) => Ok(name),
        Some(Answer::Missing) => Err(format!("there is no {name}, or it takes a login")),
        Some(Answer::Failed(why) | Answer::Copy { why, .. }) => {
            Err(format!("whether there is a {name} is not known: {why}"))
        }
        Some(Answer::Pin(_)) | None => {
            Err(format!("whether there is a {name} takes the network and a login"))
        }
    }
}
