//! Which recipe broke a rewrite, and what holds without it.
//!
//! Lesser rewrites are tried, from the most hardened one down: safe fixes alone, lower rungs, one recipe less.

use super::candidate::{Candidate, hardened};
use super::error::Error;
use super::proof::{Blame, Difference, Kind, Trial};
use super::request::Watch;
use super::run::Bench;
use crate::engine::Settings;
use crate::transform::ladder::Rung;
use std::sync::Arc;

/// How many lesser rewrites are tried unless all of them are asked for: each takes a build.
const LIKELY: usize = 3;

/// A way to rewrite less.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Lesser {
    name: String,
    highest: Option<Rung>,
    without: Option<String>,
    safe_only: bool,
}

/// Looks for the most hardened rewrite that holds.
pub(super) fn find(
    bench: &Bench<'_>,
    settings: &Settings,
    broken: &Candidate,
    differences: &[Difference],
    watch: &mut dyn Watch,
) -> Result<Blame, Error> {
    let mut blame = Blame::default();
    let original = (bench.request.original.text.clone(), Vec::new());
    let mut tried = vec![original, (broken.text.clone(), broken.files.clone())];
    let most = if bench.request.bisect { usize::MAX } else { LIKELY };
    for lesser in lessers(settings, broken, differences, bench.request.bisect) {
        let Ok(candidate) = hardened(bench.request, &lesser.settings(settings)) else { continue };
        let made = (candidate.text.clone(), candidate.files.clone());
        if tried.contains(&made) || blame.trials.len() >= most {
            continue;
        }
        let attempt = bench.attempt(&candidate, &lesser.name, watch)?;
        let why = attempt.comparison.differences.first().map(|difference| difference.what.clone());
        let held = why.is_none();
        blame.trials.push(Trial { name: lesser.name.clone(), held, why });
        if held {
            let stays = |recipe: &str| candidate.recipes.iter().any(|kept| kept.recipe == recipe);
            let gone = broken.recipes.iter().map(|made| made.recipe.clone()).filter(|made| !stays(made));
            blame.recipes = gone.collect();
            blame.recipes.dedup();
            (blame.rung, blame.highest) = (candidate.rung, lesser.highest);
            blame.safe_only = lesser.safe_only;
            return Ok(blame);
        }
        tried.push(made);
    }
    // Without its only recipe the file is as it was.
    let mut made: Vec<String> = broken.recipes.iter().map(|made| made.recipe.clone()).collect();
    made.dedup();
    if made.len() == 1 {
        blame.recipes = made;
    }
    Ok(blame)
}

/// The lesser rewrites, in the order to try them.
fn lessers(settings: &Settings, broken: &Candidate, differences: &[Difference], all: bool) -> Vec<Lesser> {
    let mut list = Vec::new();
    if settings.include_unsafe {
        list.push(Lesser { name: "safe fixes alone".into(), safe_only: true, ..Lesser::default() });
    }
    let user = |difference: &Difference| {
        matches!(difference.id, Kind::UnreadableFile | Kind::UnwritableFolder | Kind::PortRefused)
    };
    let rung = |rung: Rung| Lesser {
        name: format!("no higher than {}", rung.name()),
        highest: Some(rung),
        ..Lesser::default()
    };
    let now = broken.rung.unwrap_or(Rung::Hygiene);
    let lower = Rung::ALL.into_iter().filter(|lower| *lower > now);
    // Another base does not help who may not read or write.
    let likely =
        |lower: &Rung| all || *lower >= if differences.iter().any(user) { Rung::Hygiene } else { Rung::Cc };
    list.extend(lower.filter(likely).map(rung));
    let mut recipes: Vec<&str> = broken.recipes.iter().map(|made| made.recipe.as_str()).collect();
    recipes.dedup();
    let single = recipes.into_iter().filter(|_| all || broken.rung.is_none()).map(|recipe| Lesser {
        name: format!("without {recipe}"),
        without: Some(recipe.to_owned()),
        ..Lesser::default()
    });
    list.extend(single);
    list
}

impl Lesser {
    fn settings(&self, settings: &Settings) -> Settings {
        let stays = |id: &str| self.without.as_deref() != Some(id);
        Settings {
            recipes: settings.recipes.iter().filter(|recipe| stays(&recipe.id)).cloned().collect(),
            include_unsafe: settings.include_unsafe && !self.safe_only,
            highest: self.highest.map_or(settings.highest, |highest| highest.max(settings.highest)),
            view: Arc::clone(&settings.view),
            ignores: settings.ignores.clone(),
        }
    }
}
