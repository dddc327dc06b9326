//! What a file says of recipes, for all paths or for some.

use super::value::{Param, applies, enabled, param};
use crate::edit::Applicability;
use crate::recipe::{Error, Library};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use toml::Spanned;

/// The most entries of a list.
const MOST: usize = 1000;

/// A name with its place.
pub(super) type RawName = Spanned<String>;
/// Names of recipes and tags.
pub(super) type RawNames = Option<Vec<RawName>>;
/// What is said of recipes; their keys depend on their verbs.
pub(super) type RawRecipes = BTreeMap<RawName, BTreeMap<RawName, Spanned<toml::Value>>>;

/// `[[override]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOverride {
    paths: Spanned<Vec<RawName>>,
    pack: Option<RawName>,
    #[serde(default)]
    select: RawNames,
    #[serde(default)]
    ignore: RawNames,
    #[serde(default)]
    recipes: RawRecipes,
}

/// What is said of recipes at one place of the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    pack: Option<String>,
    select: Option<Vec<String>>,
    ignore: Vec<String>,
    recipes: BTreeMap<String, Wish>,
}

/// What is said for some paths.
#[derive(Clone, Debug)]
pub(super) struct Override {
    paths: Gitignore,
    pub(super) part: Part,
}

/// What is said of a recipe.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wish {
    /// Whether it runs; as the pack says unless given.
    pub enabled: Option<bool>,
    /// The most that a fix of it can claim.
    pub applies: Option<Applicability>,
    /// Parameters of its verbs.
    pub params: toml::Table,
}

/// What is said of recipes for one path, all parts of the file together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wishes {
    /// The pack.
    pub pack: Option<String>,
    /// Exactly these recipes, if any.
    pub select: Vec<String>,
    /// Recipes to leave out.
    pub ignore: Vec<String>,
    /// What is said of single recipes.
    pub recipes: BTreeMap<String, Wish>,
}

impl Wishes {
    /// Adds what a later part says: it wins, and what it ignores comes on top.
    pub(super) fn add(&mut self, part: &Part) {
        self.pack = part.pack.clone().or(self.pack.take());
        if let Some(select) = &part.select {
            self.select.clone_from(select);
        }
        self.ignore.extend(part.ignore.iter().cloned());
        for (id, wish) in &part.recipes {
            let own = self.recipes.entry(id.clone()).or_default();
            own.enabled = wish.enabled.or(own.enabled);
            own.applies = wish.applies.or(own.applies);
            own.params.extend(wish.params.clone());
            if wish.enabled == Some(true) {
                self.ignore.retain(|name| name != id);
            }
        }
    }
}

impl Override {
    /// Whether it is about a path, which starts from the file's folder.
    pub(super) fn holds(&self, path: &Path) -> bool {
        self.paths.matched_path_or_any_parents(path, false).is_ignore()
    }
}

/// Reads parts, and refuses what no recipe knows.
pub(super) struct Reader<'r> {
    pub(super) text: &'r str,
    pub(super) library: &'r Library,
}

impl Reader<'_> {
    /// All parts of a file.
    pub(super) fn parts(
        &self,
        pack: Option<RawName>,
        select: RawNames,
        ignore: RawNames,
        recipes: RawRecipes,
        overrides: Vec<RawOverride>,
    ) -> Result<(Part, Vec<Override>), Error> {
        if overrides.len() > MOST {
            return Err(Error::new(format!("there are more than {MOST} overrides")));
        }
        let part = self.part(pack, select, ignore, recipes)?;
        let one = |raw: RawOverride| {
            let paths = self.paths(&raw.paths)?;
            Ok(Override { paths, part: self.part(raw.pack, raw.select, raw.ignore, raw.recipes)? })
        };
        Ok((part, overrides.into_iter().map(one).collect::<Result<_, Error>>()?))
    }

    fn part(
        &self,
        pack: Option<RawName>,
        select: RawNames,
        ignore: RawNames,
        recipes: RawRecipes,
    ) -> Result<Part, Error> {
        if let Some(pack) = &pack {
            self.library.pack(pack.get_ref()).map_err(|error| self.at(error, pack))?;
        }
        let recipes = recipes.into_iter().map(|(id, keys)| self.recipe(&id, keys));
        Ok(Part {
            pack: pack.map(Spanned::into_inner),
            select: select.map(|names| self.names(names)).transpose()?,
            ignore: self.names(ignore.unwrap_or_default())?,
            recipes: recipes.collect::<Result<_, Error>>()?,
        })
    }

    fn names(&self, names: Vec<RawName>) -> Result<Vec<String>, Error> {
        let known = |name: RawName| {
            self.library.check_name(name.get_ref()).map_err(|error| self.at(error, &name))?;
            Ok(name.into_inner())
        };
        names.into_iter().map(known).collect()
    }

    fn recipe(
        &self,
        id: &RawName,
        keys: BTreeMap<RawName, Spanned<toml::Value>>,
    ) -> Result<(String, Wish), Error> {
        let recipe = self.library.recipe(id.get_ref()).map_err(|error| self.at(error, id))?;
        let (mut wish, mut places) = (Wish::default(), BTreeMap::new());
        for (key, value) in keys {
            let at = |error| self.at(error, &value);
            match key.get_ref().as_str() {
                "enabled" => wish.enabled = Some(enabled(value.get_ref()).map_err(at)?),
                "applies" => wish.applies = Some(applies(value.get_ref()).map_err(at)?),
                _ => {
                    param(value.get_ref()).map_err(at)?;
                    places.insert(key.get_ref().clone(), Param { key: key.span(), value: value.span() });
                    wish.params.insert(key.into_inner(), value.into_inner());
                }
            }
        }
        recipe.check(&wish.params).map_err(|error| {
            let named = places.iter().find(|(key, _)| error.message().contains(&format!("`{key}`")));
            // A value of the wrong kind is told without its key.
            let place = match (named, places.values().next()) {
                (Some((_, place)), _) => place.key.start,
                (None, Some(only)) if places.len() == 1 => only.value.start,
                _ => id.span().start,
            };
            error.at(self.text, place)
        })?;
        Ok((id.get_ref().clone(), wish))
    }

    fn paths(&self, paths: &Spanned<Vec<RawName>>) -> Result<Gitignore, Error> {
        if !(1..=MOST).contains(&paths.get_ref().len()) {
            return Err(self.at(Error::new(format!("an override names 1 to {MOST} paths")), paths));
        }
        let mut builder = GitignoreBuilder::new("");
        for path in paths.get_ref() {
            let bad = |why: String| self.at(Error::new(why), path);
            let glob = path.get_ref();
            if glob.trim().is_empty() || glob.starts_with('#') || glob.len() > MOST {
                return Err(bad("it is no path".into()));
            }
            if glob.split('/').any(|part| part == "..") {
                return Err(bad(format!("`{glob}` leads out of the folder that paths start from")));
            }
            let added = builder.add_line(None, glob.strip_prefix("./").unwrap_or(glob));
            added.map_err(|error| bad(format!("`{glob}` is no pattern: {error}")))?;
        }
        builder.build().map_err(|error| self.at(Error::new(error.to_string()), paths))
    }

    fn at<T>(&self, error: Error, place: &Spanned<T>) -> Error {
        error.at(self.text, place.span().start)
    }
}
