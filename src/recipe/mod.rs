//! Recipes as data: what they say, where they come from, which of them run.
//!
//! In: TOML files, built in or in a folder. Out: checked recipes in their order of application, and what is known
//! about each obstacle on the ladder.
//! Does not know how a verb works, nor any Dockerfile.

mod blockers;
mod error;
mod load;
mod schema;
mod select;

pub use blockers::Obstacle;
pub use error::Error;
pub(crate) use error::did_you_mean;
pub use schema::{Example, Pack, Phase, Recipe, Step};
pub use select::{Choice, Names, Own};

use std::sync::Arc;

/// All recipes and packs that are known.
#[derive(Debug, Default)]
pub struct Library {
    recipes: Vec<Arc<Recipe>>,
    packs: Vec<Pack>,
}

impl Library {
    /// All recipes, by id.
    pub fn recipes(&self) -> &[Arc<Recipe>] {
        &self.recipes
    }

    /// All packs, by id.
    pub fn packs(&self) -> &[Pack] {
        &self.packs
    }

    /// The recipe of this id; an unknown one is an error with the nearest id.
    pub fn recipe(&self, id: &str) -> Result<&Arc<Recipe>, Error> {
        let known = || self.recipes.iter().map(|recipe| recipe.id.as_str());
        let found = self.recipes.iter().find(|recipe| recipe.id == id);
        found.ok_or_else(|| {
            Error::new(format!("unknown recipe `{id}`")).nearest(id, known()).hint(Some(listed()))
        })
    }

    /// The pack of this id; an unknown one is an error with the nearest id.
    pub fn pack(&self, id: &str) -> Result<&Pack, Error> {
        let known = || self.packs.iter().map(|pack| pack.id.as_str());
        let found = self.packs.iter().find(|pack| pack.id == id);
        found.ok_or_else(|| Error::new(format!("unknown pack `{id}`")).nearest(id, known()))
    }
}

/// Where all the names are, when there are too many to list.
fn listed() -> String {
    "`harden recipes` lists them".into()
}

#[cfg(test)]
mod tests;
