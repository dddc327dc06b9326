//! `harden recipes`: a list, and the examples of a third party as tests.

use super::args::Recipes;
use super::failure::Failure;
use super::selection::library;
use super::terminal::Terminal;
use super::{Exit, Stop};
use crate::catalog::View;
use crate::engine::{Outcome, Settings, State, harden};
use crate::recipe::{Example, Recipe};
use crate::report;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Runs `harden recipes`.
pub(super) fn recipes(command: Option<&Recipes>, terminal: Terminal) -> Result<Exit, Stop> {
    match command {
        None => list(&[]),
        Some(Recipes::List { recipes }) => list(recipes),
        Some(Recipes::Test { folder }) => test(folder, terminal),
    }
}

fn list(folders: &[PathBuf]) -> Result<Exit, Stop> {
    let library = library(folders)?;
    let width = library.recipes().iter().map(|recipe| recipe.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for recipe in library.recipes() {
        let applies = report::applicability(recipe.applies);
        writeln!(out, "{:width$}  {applies:6}  {}", recipe.id, report::clean(&recipe.title)).ok();
    }
    for pack in library.packs() {
        writeln!(out, "\npack {}: {}", pack.id, pack.recipes.join(", ")).ok();
    }
    let tags: BTreeSet<&str> =
        library.recipes().iter().flat_map(|recipe| &recipe.tags).map(String::as_str).collect();
    for tag in tags {
        let tagged = library.recipes().iter().filter(|recipe| recipe.tags.iter().any(|t| t == tag));
        let ids: Vec<&str> = tagged.map(|recipe| recipe.id.as_str()).collect();
        writeln!(out, "\ntag {}: {}", report::clean(tag), ids.join(", ")).ok();
    }
    Terminal::print(&out)?;
    Ok(Exit::Done)
}

fn test(folder: &Path, terminal: Terminal) -> Result<Exit, Stop> {
    let known: BTreeSet<String> = library(&[])?.recipes().iter().map(|recipe| recipe.id.clone()).collect();
    let library = library(&[folder.to_path_buf()])?;
    let theirs: Vec<&Arc<Recipe>> =
        library.recipes().iter().filter(|recipe| !known.contains(&recipe.id)).collect();
    if theirs.is_empty() {
        return Err(Failure::new(format!("no recipe in {}", folder.display()))
            .help("a recipe is a file such as mirror.toml with `id = \"acme/mirror\"`")
            .into());
    }
    let (mut out, mut failed, mut count) = (String::new(), 0, 0);
    for recipe in theirs {
        if recipe.examples.is_empty() {
            failed += 1;
            writeln!(out, "FAILED {}: it has no [[example]]", recipe.id).ok();
        }
        for example in &recipe.examples {
            count += 1;
            failed += usize::from(!told(recipe, example, terminal, &mut out));
        }
    }
    writeln!(out, "{count} examples, {failed} failed").ok();
    Terminal::print(&out)?;
    Ok(if failed == 0 { Exit::Done } else { Exit::Found })
}

/// Runs an example and tells how it went.
fn told(recipe: &Arc<Recipe>, example: &Example, terminal: Terminal, out: &mut String) -> bool {
    let name = format!("{}: {}", recipe.id, report::clean(&example.name));
    match tried(recipe, example) {
        Ok(()) => drop(writeln!(out, "ok     {name}")),
        Err(Wrong { what, patch }) => {
            write!(out, "FAILED {name}: {what}\n{}", report::paint(&patch, terminal.colour_out)).ok();
            return false;
        }
    }
    true
}

struct Wrong {
    what: String,
    patch: Vec<u8>,
}

/// An example must give its `after`, or stay as it is; a second run must propose nothing.
fn tried(recipe: &Arc<Recipe>, example: &Example) -> Result<(), Wrong> {
    let expected = example.after.as_ref().unwrap_or(&example.before).as_bytes();
    let first = once(recipe, example, example.before.as_bytes())?;
    compare(expected, &first.after, "the result differs from what is expected")?;
    let second = once(recipe, example, expected)?;
    compare(expected, &second.after, "a second run changes it again")?;
    if second.findings.iter().any(|finding| finding.state == State::Applied) {
        return Err(Wrong { what: "a second run proposes something".into(), patch: Vec::new() });
    }
    Ok(())
}

fn once(recipe: &Arc<Recipe>, example: &Example, text: &[u8]) -> Result<Outcome, Wrong> {
    let settings = Settings::new(vec![Arc::clone(recipe)], Arc::new(View::of_listings()));
    let settings = Settings { include_unsafe: example.unsafe_, ..settings };
    let outcome = harden(text, None, &settings);
    match &outcome.problem {
        Some(problem) => Err(Wrong { what: report::clean(&problem.message).into_owned(), patch: Vec::new() }),
        None => Ok(outcome),
    }
}

fn compare(expected: &[u8], got: &[u8], what: &str) -> Result<(), Wrong> {
    if expected == got {
        return Ok(());
    }
    Err(Wrong { what: what.into(), patch: report::patch(b"Dockerfile", expected, got) })
}
