//! What is known of a family or of one image, put together.

use super::record::{
    FamilyPage, Gone, ImagePage, Inside, PeerRow, ReleaseRow, Role, Source, State, SuiteRow,
};
use crate::catalog::listing::{self, Listing, Tags};
use crate::catalog::{
    Class, Family, Images, Provider, Reference, Retired, Standing, Suite, Support, Tag, short,
};

/// What is known of a family that was asked for by one of its names.
pub(super) fn family(images: Images, family: &'static Family, canonical: &str) -> FamilyPage {
    let listing = family.listing();
    let support = listing.and_then(|listing| listing.support.as_ref());
    let known = support.into_iter().flat_map(|s| &s.releases).filter(|r| r.released <= images.date);
    let tags = tags(images, listing);
    let retired = images.retired(family, canonical);
    FamilyPage {
        name: short(canonical).to_owned(),
        canonical: canonical.to_owned(),
        aliases: family.aliases.clone(),
        policy: family.policy.name(),
        login: family.login,
        retired: retired.map(|retired| gone(retired, family, canonical)),
        releases: known.map(|release| ReleaseRow::new(images, release)).collect(),
        tags: tags.into_iter().flat_map(Tags::all).map(|(tag, _)| tag.to_owned()).collect(),
        lines: lines(images, listing),
        inside: Reference::parse(canonical).and_then(|name| family.facts(&name)).as_ref().map(Inside::of),
        same_role: roles(family),
        sources: sources(family, listing, None, retired),
    }
}

/// The tags of a listing, if it is not from after the day.
fn tags(images: Images, listing: Option<&'static Listing>) -> Option<&'static Tags> {
    listing?.tags.as_ref().filter(|tags| tags.date <= images.date)
}

/// Tags without the numbers that change every few weeks.
fn lines(images: Images, listing: Option<&'static Listing>) -> Vec<String> {
    let Some(tags) = tags(images, listing) else { return Vec::new() };
    let newest = listing.and_then(|listing| images.newest_release(listing)?.version);
    let precision = newest.map_or(2, |version| version.precision());
    let is_line = |text: &str| {
        Tag::parse(text).is_some_and(|tag| {
            let words = tag.words.iter().all(|word| !word.contains(|c: char| c.is_ascii_digit()));
            !tag.prerelease && words && tag.precision() <= precision
        })
    };
    tags.all().map(|(text, _)| text).filter(|text| is_line(text)).map(str::to_owned).collect()
}

fn roles(family: &'static Family) -> Vec<Role> {
    let default = family.same_role.default;
    let role = |provider: Provider| {
        let name = family.same_role.by(provider)?;
        let login = || Reference::parse(name).and_then(|r| r.family()).is_some_and(|family| family.login);
        Some(Role {
            provider: provider.name(),
            image: if provider == Provider::OfficialSlim {
                format!("{}:*{name}*", short(&family.name))
            } else {
                name.to_owned()
            },
            login: login(),
            default: default == Some(provider),
        })
    };
    Provider::ALL.into_iter().filter_map(role).collect()
}

/// What is known of one image.
pub(super) fn image(
    images: Images,
    name: &str,
    reference: &Reference<'_>,
    standing: &Standing<'_>,
    family: &'static Family,
) -> ImagePage {
    let facts = family.facts(reference);
    let canonical = if reference.is_scratch() { name.to_owned() } else { reference.canonical() };
    let retired = images.gone(reference, standing);
    let class = images.class(reference);
    let peers = Provider::ALL.into_iter().filter_map(|provider| images.peer(reference, standing, provider));
    let default = family.same_role.default;
    ImagePage {
        name: name.to_owned(),
        family: &family.name,
        class: class.id(),
        reason: class.why().map(|why| why.to_string()),
        release: standing.release.map(|release| ReleaseRow::new(images, release)),
        support: Some(standing.support).filter(|s| is_told(*s, retired.is_some())).map(State::of),
        suite: standing.tag.as_ref().and_then(|tag| suite(images, tag)),
        built: standing.is_built,
        architectures: architectures(images, reference, standing),
        login: family.login,
        should_be: images.replacement(name, standing).filter(|new| new != name),
        same_role: peers.map(|peer| PeerRow::new(peer, default, facts.as_ref())).collect(),
        inside: facts.as_ref().map(Inside::of),
        sources: sources(family, standing.listing, standing.tag.as_ref(), retired),
        retired: retired.map(|retired| gone(retired, family, &canonical)),
        canonical,
    }
}

/// Whether the support of the release says more than that the image is retired: what is older than all releases that
/// are listed may be of another vendor.
fn is_told(support: Support, retired: bool) -> bool {
    support != Support::Unknown && !(retired && matches!(support, Support::LongEnded(_)))
}

/// The words for a class, for people.
pub(super) fn class_words(class: &str) -> &str {
    match class {
        id if id == Class::SecurityOnly.id() => "security fixes only",
        id if id == Class::Extended.id() => "extended support only",
        id if id == Class::Rolling.id() => "moves from release to release",
        id if id == Class::NotBuilt.id() => "not built any more",
        id if id == Class::Empty.id() => "the empty image",
        id => id,
    }
}

fn suite(images: Images, tag: &Tag<'_>) -> Option<SuiteRow> {
    let name = match tag.suite {
        Suite::Debian(name) => format!("Debian {name}"),
        Suite::Ubuntu(name) => format!("Ubuntu {name}"),
        Suite::Alpine(Some(version)) => format!("Alpine {version}"),
        Suite::Default | Suite::Alpine(None) => return None,
    };
    Some(SuiteRow { name, support: images.suite(tag.suite).map(State::of) })
}

fn architectures(images: Images, reference: &Reference<'_>, standing: &Standing<'_>) -> Vec<String> {
    let row = tags(images, standing.listing).and_then(|tags| tags.row(reference.tag.unwrap_or("latest")));
    row.map_or_else(|| standing.family.architectures.clone(), |row| row.architectures.clone())
}

fn gone(retired: &Retired, family: &Family, canonical: &str) -> Gone {
    Gone {
        date: retired.date.clone(),
        why: retired.why.clone(),
        successor: retired.successor_of(canonical, &family.name).map(|name| short(&name).to_owned()),
    }
}

fn sources(
    family: &Family,
    listing: Option<&Listing>,
    tag: Option<&Tag<'_>>,
    retired: Option<&Retired>,
) -> Vec<Source> {
    let source = |what, place: &str, date: String| Source { what, place: place.to_owned(), date };
    let mut sources = vec![source("inside", &family.source, family.date.clone())];
    if let Some(tags) = listing.and_then(|listing| listing.tags.as_ref()) {
        sources.push(source("tags", &tags.source, tags.date.to_string()));
    }
    if let Some(support) = listing.and_then(|listing| listing.support.as_ref()) {
        sources.push(source("support", &support.source, support.date.to_string()));
    }
    let distribution = match tag.map(|tag| tag.suite) {
        Some(Suite::Debian(_)) => Some("docker.io/library/debian"),
        Some(Suite::Ubuntu(_)) => Some("docker.io/library/ubuntu"),
        Some(Suite::Alpine(Some(_))) => Some("docker.io/library/alpine"),
        _ => None,
    };
    let of = distribution.filter(|name| *name != family.name).and_then(listing::of);
    if let Some(support) = of.and_then(|listing| listing.support.as_ref()) {
        sources.push(source("distribution", &support.source, support.date.to_string()));
    }
    if let Some(retired) = retired {
        sources.push(source("retired", &retired.source, retired.date.clone().unwrap_or_default()));
    }
    sources
}
