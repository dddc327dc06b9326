//! Which recipes run, and with which parameters.

use super::{Error, Library, Pack, Recipe};
use crate::edit::Applicability;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Which recipes are to run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// The pack.
    pub pack: String,
    /// Where there are any, exactly these recipes, by id or tag, in place of the pack's.
    pub select: Vec<String>,
    /// Recipes to leave out, by id or tag.
    pub ignore: Vec<String>,
    /// Recipes to run beside those of the pack, by id.
    pub also: Vec<String>,
    /// What else is said of recipes, by id.
    pub own: BTreeMap<String, Own>,
}

/// How a recipe is to run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Own {
    /// The most that a fix of it can claim, if less than it says itself.
    pub applies: Option<Applicability>,
    /// Parameters over those of the pack.
    pub params: toml::Table,
}

/// The ids of all recipes, each with its tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(BTreeMap<String, Vec<String>>);

impl Names {
    /// Whether a name is a recipe's id or one of its tags.
    pub fn names(&self, name: &str, recipe: &str) -> bool {
        let is_tag = |tags: &Vec<String>| tags.iter().any(|tag| tag == name);
        name == recipe || self.0.get(recipe).is_some_and(is_tag)
    }

    /// The recipes of an id or tag.
    pub fn ids(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str).filter(move |id| self.names(name, id))
    }

    /// All ids and tags.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|(id, tags)| std::iter::once(id).chain(tags)).map(String::as_str)
    }
}

impl Library {
    /// The recipes that run, in their order of application, with the pack's parameters.
    ///
    /// With `select`, exactly the recipes of these ids or tags; else those of the pack and all that came from
    /// folders. `ignore` takes recipes out by id or tag.
    pub fn select(
        &self,
        pack: &str,
        select: &[String],
        ignore: &[String],
    ) -> Result<Vec<Arc<Recipe>>, Error> {
        let (pack, select, ignore) = (pack.to_owned(), select.to_vec(), ignore.to_vec());
        self.choose(&Choice { pack, select, ignore, ..Choice::default() })
    }

    /// The recipes of a choice, in their order of application.
    pub fn choose(&self, choice: &Choice) -> Result<Vec<Arc<Recipe>>, Error> {
        choice.select.iter().chain(&choice.ignore).try_for_each(|name| self.check_name(name))?;
        for id in choice.also.iter().chain(choice.own.keys()) {
            self.recipe(id)?;
        }
        let pack = self.pack(&choice.pack)?;
        let wanted = |recipe: &&Arc<Recipe>| {
            let in_pack = || pack.recipes.contains(&recipe.id) || choice.also.contains(&recipe.id);
            let by_default = || in_pack() || recipe.id.contains('/');
            let chosen = if choice.select.is_empty() { by_default() } else { named(recipe, &choice.select) };
            chosen && !named(recipe, &choice.ignore)
        };
        let tuned = |recipe: &Arc<Recipe>| tuned(recipe, pack, choice.own.get(&recipe.id));
        let mut recipes: Vec<_> = self.recipes.iter().filter(wanted).map(tuned).collect::<Result<_, _>>()?;
        recipes.sort_by(|a, b| (a.phase, &a.id).cmp(&(b.phase, &b.id)));
        Ok(recipes)
    }

    /// The ids of all recipes, each with its tags.
    pub fn catalogue(&self) -> Names {
        Names(self.recipes.iter().map(|recipe| (recipe.id.clone(), recipe.tags.clone())).collect())
    }

    /// Refuses what is no recipe's id or tag, with the nearest.
    pub fn check_name(&self, name: &str) -> Result<(), Error> {
        let known = self.names();
        if known.contains(&name) {
            return Ok(());
        }
        Err(Error::new(format!("unknown recipe or tag `{name}`"))
            .nearest(name, known.into_iter())
            .hint(Some(super::listed())))
    }

    /// All ids and tags, each once.
    pub(super) fn names(&self) -> Vec<&str> {
        let ids = self.recipes.iter().map(|recipe| recipe.id.as_str());
        let tags = self.recipes.iter().flat_map(|recipe| recipe.tags.iter().map(String::as_str));
        let mut known: Vec<&str> = ids.chain(tags).collect();
        known.sort_unstable();
        known.dedup();
        known
    }
}

fn named(recipe: &Recipe, names: &[String]) -> bool {
    names.iter().any(|name| *name == recipe.id || recipe.tags.contains(name))
}

/// A recipe with the parameters of a pack and with what is said of it; itself where there are none.
fn tuned(recipe: &Arc<Recipe>, pack: &Pack, own: Option<&Own>) -> Result<Arc<Recipe>, Error> {
    let of_pack = pack.params.get(&recipe.id);
    if of_pack.is_none() && own.is_none() {
        return Ok(Arc::clone(recipe));
    }
    let mut params = of_pack.cloned().unwrap_or_default();
    params.extend(own.iter().flat_map(|own| own.params.clone()));
    let most = own.and_then(|own| own.applies).unwrap_or(recipe.applies);
    let at = |error: Error| if own.is_none() { error.in_file(format!("pack `{}`", pack.id)) } else { error };
    recipe.tuned(&params, most).map(Arc::new).map_err(at)
}
