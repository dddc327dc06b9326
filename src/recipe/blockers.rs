//! What is known about each obstacle on the ladder.

use super::{Error, Library};
use crate::catalog::embedded::BLOCKERS;
use crate::transform::ladder::Id;
use serde::Deserialize;

/// A precondition of the ladder, for who wants to meet it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Obstacle {
    /// One line.
    pub title: String,
    /// What was found.
    pub what: String,
    /// What would break on a higher rung.
    pub why: String,
    /// What to do so that a higher rung is reached.
    pub unlock: String,
}

impl Obstacle {
    /// What is known about a blocker.
    pub fn of(id: Id) -> Result<Self, Error> {
        let path = format!("recipes/blockers/{}.toml", id.name());
        let found = BLOCKERS.iter().find(|(stem, _)| *stem == id.name());
        let (_, text) = found.ok_or_else(|| Error::new("there is no such file").in_file(&path))?;
        toml::from_str(text).map_err(|error| Error::toml(&error, text).in_file(&path))
    }
}

impl Library {
    /// The blocker of this name; none where it is a recipe's or a tag. What is neither is an error with the nearest.
    pub fn blocker(&self, name: &str) -> Result<Option<Id>, Error> {
        let blocker = Id::ALL.into_iter().find(|id| id.name() == name);
        if blocker.is_some() || self.names().contains(&name) {
            return Ok(blocker);
        }
        let mut known = self.names();
        known.extend_from_slice(&Id::ALL.map(Id::name));
        Err(Error::new(format!("unknown recipe, tag or blocker `{name}`"))
            .nearest(name, known.into_iter())
            .hint(Some(super::listed())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_blocker_has_its_document_and_every_document_its_blocker() {
        for id in Id::ALL {
            let Obstacle { title, what, why, unlock } = Obstacle::of(id).unwrap();
            for text in [&title, &what, &why, &unlock] {
                assert!(!text.trim().is_empty(), "{} leaves something out", id.name());
                assert!(text.lines().all(|line| line.chars().count() <= 120), "{} is too wide", id.name());
            }
            assert!(!title.contains('\n') && !title.ends_with('.'), "{}: {title}", id.name());
        }
        for (stem, _) in &BLOCKERS {
            assert!(Id::ALL.iter().any(|id| id.name() == *stem), "{stem} is no blocker");
        }
    }

    #[test]
    fn no_blocker_has_the_name_of_a_recipe_or_tag() {
        let library = Library::builtin().unwrap();
        assert!(Id::ALL.iter().all(|id| !library.names().contains(&id.name())));
    }

    #[test]
    fn the_nearest_name_is_a_recipe_or_a_blocker() {
        let library = Library::builtin().unwrap();
        assert_eq!(library.blocker("nonroot-user"), Ok(None));
        assert_eq!(library.blocker("cgo-needed"), Ok(Some(Id::CgoNeeded)));
        let help = |name: &str| library.blocker(name).unwrap_err().help().unwrap().to_owned();
        assert_eq!(help("nonrot-user"), "did you mean `nonroot-user`?");
        assert_eq!(help("cgo-neded"), "did you mean `cgo-needed`?");
    }
}
