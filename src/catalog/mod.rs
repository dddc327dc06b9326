//! What is known about images: who runs in them, what is inside, which tags exist, when support ends.
//!
//! In: image references as written after `FROM`. Out: facts, each group with its date and source.
//! Does not know documents, stages or recipes; asks no registry: what it knows is in `recipes/catalog/`.

pub mod cgo;
mod class;
mod family;
mod images;
pub mod listing;
mod lookups;
pub mod packages;
mod peer;
mod reference;
mod remote;
mod roles;
mod rules;
pub mod secrets;
mod suite;
mod tag;
mod tag_map;
mod users;
mod view;

/// The files of `recipes/`, and those of the catalog cut into entries.
pub(crate) mod embedded {
    use super::{Family, Unread};
    use jiff::civil::{Date, date};

    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

pub use class::{Class, Why};
pub use family::{Facts, Family, Libc, Policy};
pub use images::{Images, Standing, Support, Target, Wish};
pub use lookups::{Answer, Lookups, Pin};
pub use peer::{Difference, Peer, short};
pub use reference::Reference;
pub use remote::{Remote, Remotes};
pub use roles::{Retired, SameRole};
pub use rules::{Limit, Mirror, Provider, Rules};
pub use suite::suite;
pub use tag::{Suite, Tag, Version};
pub use tag_map::TagMap;
pub use users::{Account, Users};
pub use view::{View, today};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::OnceLock;

/// An entry of the catalog, which is read when it is first asked for.
#[derive(Debug)]
pub(crate) struct Unread<T> {
    text: &'static str,
    read: OnceLock<Option<T>>,
}

impl<T> Unread<T> {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self { text, read: OnceLock::new() }
    }
}

impl Unread<Family> {
    /// The embedded text can be read: a test sees to it.
    fn get(&self) -> Option<&Family> {
        self.read.get_or_init(|| family(self.text).ok()).as_ref()
    }
}

/// Reads the one family of a text.
fn family(text: &str) -> Result<Family, toml::de::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        family: [Family; 1],
    }
    let File { family: [family] } = toml::from_str(text)?;
    Ok(family)
}

/// The family of that canonical name, or of the longest beginning of it that is one.
fn family_of(canonical: &str) -> Option<&'static Family> {
    let index = |name: &str| embedded::NAMES.binary_search_by_key(&name, |(name, _)| name).ok();
    let mut folders = canonical.rmatch_indices('/').map(|(at, _)| &canonical[..=at]);
    let found = index(canonical).or_else(|| folders.find_map(index));
    let found = found.or_else(|| index(&of_all_platforms(canonical)?))?;
    let (_, at) = embedded::NAMES.get(found)?;
    embedded::FAMILIES.get(*at)?.get()
}

/// Names below which the official images are, for one platform each:
/// <https://github.com/docker-library/official-images> at 37079fb3, README.md.
const PLATFORMS: [&str; 10] =
    ["amd64", "arm32v5", "arm32v6", "arm32v7", "arm64v8", "i386", "mips64le", "ppc64le", "riscv64", "s390x"];

/// The official image that `docker.io/arm32v7/golang` is for one platform.
fn of_all_platforms(canonical: &str) -> Option<String> {
    let (platform, name) = canonical.strip_prefix("docker.io/")?.split_once('/')?;
    PLATFORMS.contains(&platform).then(|| format!("docker.io/library/{name}"))
}

/// A file of the catalog that holds no families, which is read by those who ask for it.
fn file<T: DeserializeOwned>(stem: &str) -> Result<T, String> {
    let (_, text) = embedded::FILES.iter().find(|(name, _)| *name == stem).ok_or("no such file")?;
    toml::from_str(text).map_err(|error| format!("{stem}.toml: {error}"))
}

/// All families, in the order of the catalog's files.
pub fn families() -> impl Iterator<Item = &'static Family> {
    embedded::FAMILIES.iter().filter_map(Unread::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_can_be_read_and_is_found_by_its_names() {
        for (index, unread) in embedded::FAMILIES.iter().enumerate() {
            let family = family(unread.text).unwrap_or_else(|error| panic!("{}\n{error}", unread.text));
            for name in std::iter::once(&family.name).chain(&family.aliases) {
                let found = embedded::NAMES.iter().find(|(known, _)| known == &name.trim_end_matches('*'));
                assert_eq!(found.map(|(_, at)| *at), Some(index), "{name}");
            }
        }
        assert!(embedded::FAMILIES.len() > 200);
    }

    #[test]
    fn every_family_has_a_source_and_a_date() {
        for family in families() {
            assert!(!family.source.trim().is_empty(), "{}", family.name);
            assert!(is_date(&family.date), "{}: {}", family.name, family.date);
        }
    }

    #[test]
    fn names_are_canonical() {
        for name in families().flat_map(|f| std::iter::once(&f.name).chain(&f.aliases)) {
            if name != "scratch" {
                let one = name.replace('*', "x");
                assert_eq!(Reference::parse(&one).unwrap().canonical(), one);
            }
        }
    }

    #[test]
    fn what_is_retired_says_why_and_leads_to_an_image_that_is_not() {
        let mut successors = 0;
        for family in families() {
            for name in std::iter::once(&family.name).chain(&family.aliases) {
                let Some(retired) = family.retired(name) else { continue };
                assert!(!retired.why.is_empty() && retired.source.contains("https://"), "{name}");
                assert!(retired.date.as_deref().is_none_or(is_date), "{name}");
                let Some(successor) = retired.successor_of(&name.replace('*', "x"), &family.name) else {
                    continue;
                };
                successors += 1;
                let reference = Reference::parse(&successor).unwrap();
                assert_eq!(reference.canonical(), successor, "{name}");
                let next = reference.family();
                assert!(next.is_none_or(|f| f.retired(&successor).is_none()), "{name} leads to {successor}");
            }
        }
        assert!(successors > 20, "{successors}");
    }

    #[test]
    fn images_of_the_same_role_are_known() {
        let mut checked = 0;
        for family in families() {
            for provider in Provider::ALL {
                let Some(name) = family.same_role.by(provider) else { continue };
                if provider == Provider::OfficialSlim {
                    continue;
                }
                checked += 1;
                let majors = ["17", "22"].map(|major| name.replace("{major}", major));
                let known = majors.iter().any(|name| {
                    let found = Reference::parse(name).unwrap().family();
                    found.is_some_and(|f| f.name == *name || f.aliases.contains(name) || f.name == "dhi.io/*")
                });
                assert!(known, "{}: {name}", family.name);
            }
            let default = family.same_role.default;
            assert!(
                default.is_none_or(|provider| family.same_role.by(provider).is_some()),
                "{}",
                family.name
            );
        }
        assert!(checked > 40, "{checked}");
    }

    #[test]
    fn a_family_may_stand_for_all_names_that_begin_so() {
        for (text, name) in [
            ("bitnami/redis:7", Some("docker.io/bitnami/*")),
            ("bitnami/minideb", Some("docker.io/bitnami/minideb")),
            ("k8s.gcr.io/ingress-nginx/controller:v1", Some("k8s.gcr.io/*")),
            ("mcr.microsoft.com/dotnet/core/sdk:3.1", Some("mcr.microsoft.com/dotnet/core/*")),
            ("cgr.dev/chainguard/go", Some("cgr.dev/chainguard/go")),
            ("cgr.dev/acme.com/go:1.27", Some("cgr.dev/*")),
            ("arm32v7/golang:1.12", Some("docker.io/library/golang")),
            ("arm32v7/nonesuch", None),
            ("bitnamis/redis", None),
            ("bitnami", None),
        ] {
            let family = Reference::parse(text).unwrap().family();
            assert_eq!(family.map(|f| f.name.as_str()), name, "{text}");
        }
        let core = Reference::parse("mcr.microsoft.com/dotnet/core/sdk").unwrap();
        let (family, name) = (core.family().unwrap(), core.canonical());
        let successor = family.retired(&name).unwrap().successor_of(&name, &family.name);
        assert_eq!(successor.as_deref(), Some("mcr.microsoft.com/dotnet/sdk"));
    }

    #[test]
    fn some_names_of_a_family_are_retired() {
        for (text, successor) in [
            ("gcr.io/distroless/static", None),
            ("gcr.io/distroless/static-debian13:nonroot", None),
            ("gcr.io/distroless/static-debian12:nonroot", Some("gcr.io/distroless/static-debian13")),
            ("gcr.io/distroless/cc-debian11", Some("gcr.io/distroless/cc-debian13")),
            ("openjdk:8", Some("docker.io/library/eclipse-temurin")),
            ("java:8-jre", Some("docker.io/library/eclipse-temurin")),
            ("debian:8", None),
        ] {
            let reference = Reference::parse(text).unwrap();
            let retired = reference.family().unwrap().retired(&reference.canonical());
            assert_eq!(retired.and_then(|r| r.successor.as_deref()), successor, "{text}");
        }
    }

    #[test]
    fn every_listing_of_tags_has_a_family() {
        for listing in listing::all().filter(|listing| listing.tags.is_some()) {
            assert!(family_of(&listing.name).is_some(), "{}", listing.name);
        }
    }

    fn is_date(text: &str) -> bool {
        text.len() == 10 && text.split('-').filter(|part| part.parse::<u32>().is_ok()).count() == 3
    }
}
