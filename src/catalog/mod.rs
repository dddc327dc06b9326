//! What is known about images: who runs in them, what is inside, which tags exist, when support ends.
//!
//! In: image references as written after `FROM`. Out: facts, each group with its date and source.
//! Does not know documents, stages or recipes; asks no registry: what it knows is in `recipes/catalog/`.

pub mod cgo;
mod family;
pub mod golang;
mod images;
pub mod listing;
mod lookups;
pub mod packages;
mod reference;
mod roles;
mod rules;
mod suite;
mod tag;
mod view;

/// The files of `recipes/`, as tables of file stem and text.
pub(crate) mod embedded {
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

pub use family::{Facts, Family, Libc, Policy};
pub use images::{Images, Standing, Support, Target, Wish};
pub use lookups::{Answer, Lookups};
pub use reference::Reference;
pub use roles::{Retired, SameRole};
pub use rules::{Limit, Mirror, Provider, Rules};
pub use tag::{Suite, Tag, Version};
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
    golang: golang::Data,
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
    golang: Option<golang::Data>,
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
            catalog.golang = file.golang.unwrap_or(catalog.golang);
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
        self.families.get(*index?)
    }
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
        assert!(!catalog.golang.tags.is_empty());
    }

    #[test]
    fn every_family_has_a_source_and_a_date() {
        for family in families() {
            assert!(!family.source.trim().is_empty(), "{}", family.name);
            assert!(is_date(&family.date), "{}: {}", family.name, family.date);
        }
        assert!(is_date(&catalog().golang.date));
        assert!(catalog().golang.end_of_life.values().all(|date| is_date(date)));
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

    fn is_date(text: &str) -> bool {
        text.len() == 10 && text.split('-').filter(|part| part.parse::<u32>().is_ok()).count() == 3
    }
}
