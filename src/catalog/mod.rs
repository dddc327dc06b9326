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
mod roles;
mod rules;
mod suite;
mod tag;
mod tag_map;
mod view;

/// The files of `recipes/`, as tables of file stem and text.
pub(crate) mod embedded {
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

pub use class::{Class, Why};
pub use family::{Facts, Family, Libc, Policy};
pub use images::{Images, Standing, Support, Target, Wish};
pub use lookups::{Answer, Lookups};
pub use peer::{Difference, Peer, short};
pub use reference::Reference;
pub use roles::{Retired, SameRole};
pub use rules::{Limit, Mirror, Provider, Rules};
pub use suite::suite;
pub use tag::{Suite, Tag, Version};
pub use tag_map::TagMap;
pub use view::{View, today};

use serde::Deserialize;
use std::collections::HashMap;
use std::sync::OnceLock;

/// Everything that the files of `recipes/catalog/` say.
#[derive(Debug, Default)]
struct Catalog {
    families: Vec<Family>,
    /// Index into `families` by canonical name; the names of families such as `docker.io/bitnami/*` without the star.
    names: HashMap<String, usize>,
    packages: packages::Uses,
    cgo: Vec<cgo::Cgo>,
    pure: cgo::Pure,
}

/// One file of `recipes/catalog/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    #[serde(default, rename = "family")]
    families: Vec<Family>,
    packages: Option<packages::Uses>,
    #[serde(default)]
    cgo: Vec<cgo::Cgo>,
    pure: Option<cgo::Pure>,
}

impl Catalog {
    fn load(files: &[(&str, &str)]) -> Result<Self, String> {
        let mut catalog = Self::default();
        for (stem, text) in files {
            let file: File = toml::from_str(text).map_err(|error| format!("{stem}.toml: {error}"))?;
            catalog.packages = file.packages.unwrap_or(catalog.packages);
            catalog.pure = file.pure.unwrap_or(catalog.pure);
            catalog.cgo.extend(file.cgo);
            for family in file.families {
                catalog.add(family)?;
            }
        }
        Ok(catalog)
    }

    fn add(&mut self, family: Family) -> Result<(), String> {
        let index = self.families.len();
        for name in std::iter::once(&family.name).chain(&family.aliases) {
            if self.names.insert(name.trim_end_matches('*').to_owned(), index).is_some() {
                return Err(format!("two families are called {name}"));
            }
        }
        self.families.push(family);
        Ok(())
    }

    /// The family of that name, or of the longest beginning of it that is one.
    fn family(&self, canonical: &str) -> Option<&Family> {
        let mut folders = canonical.rmatch_indices('/').map(|(at, _)| &canonical[..=at]);
        let index = self.names.get(canonical).or_else(|| folders.find_map(|name| self.names.get(name)));
        match index {
            Some(index) => self.families.get(*index),
            None => self.families.get(*self.names.get(&of_all_platforms(canonical)?)?),
        }
    }
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

/// The catalog, read at its first use. The embedded files can be read: a test sees to it.
fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::load(embedded::CATALOG).unwrap_or_default())
}

/// All families, in the order of the catalog's files.
pub fn families() -> impl Iterator<Item = &'static Family> {
    catalog().families.iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_catalog_can_be_read() {
        let catalog = Catalog::load(embedded::CATALOG).unwrap();
        assert!(catalog.families.len() > 10);
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
    fn two_families_of_one_name_are_refused() {
        let text = "[[family]]\nname = 'a.io/b'\nsource = 's'\ndate = '2026-01-01'\n".repeat(2);
        assert!(Catalog::load(&[("twice", &text)]).unwrap_err().contains("a.io/b"));
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
            assert!(catalog().names.contains_key(&listing.name), "{}", listing.name);
        }
    }

    fn is_date(text: &str) -> bool {
        text.len() == 10 && text.split('-').filter(|part| part.parse::<u32>().is_ok()).count() == 3
    }
}
