//! `harden explain`: a recipe's own words and examples, or what is known about a blocker.

use super::args::Explain;
use super::selection::library;
use super::terminal::Terminal;
use super::{Exit, Stop};
use crate::recipe::{Example, Obstacle, Recipe};
use crate::report;
use crate::transform::ladder::Id;
use std::fmt::Write as _;

/// Prints what a recipe does, or what a blocker is.
pub(super) fn explain(args: &Explain, terminal: Terminal) -> Result<Exit, Stop> {
    let library = library(&args.recipes)?;
    if let Some(id) = library.blocker(&args.topic)? {
        Terminal::print(&obstacle(id, &Obstacle::of(id)?, terminal))?;
        return Ok(Exit::Done);
    }
    let picked = library.select("default", std::slice::from_ref(&args.topic), &[])?;
    let pages: Vec<String> = picked.iter().map(|recipe| page(recipe, terminal)).collect();
    Terminal::print(&pages.join("\n"))?;
    Ok(Exit::Done)
}

fn obstacle(id: Id, obstacle: &Obstacle, terminal: Terminal) -> String {
    let (bold, off) = bold(terminal);
    let mut out = format!("{bold}{}{off}: {}\n", id.name(), obstacle.title);
    for (name, text) in [("What", &obstacle.what), ("Why", &obstacle.why), ("Unlock", &obstacle.unlock)] {
        write!(out, "\n{bold}{name}{off}\n{}\n", indented(text)).ok();
    }
    out
}

/// What starts and ends bold text.
const fn bold(terminal: Terminal) -> (&'static str, &'static str) {
    if terminal.colour_out { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") }
}

fn page(recipe: &Recipe, terminal: Terminal) -> String {
    let (bold, off) = bold(terminal);
    let mut out = format!("{bold}{}{off}: {}\n\n", recipe.id, recipe.title);
    for (name, text) in [("What", &recipe.what), ("Why", &recipe.why), ("Safety", &recipe.safety)] {
        if !text.trim().is_empty() {
            write!(out, "{bold}{name}{off}\n{}\n\n", indented(text)).ok();
        }
    }
    write!(out, "{bold}Applies{off}\n  {}\n\n", report::applicability(recipe.applies)).ok();
    for (name, items, between) in [("Rules", &recipe.rules, ", "), ("Links", &recipe.links, "\n")] {
        if !items.is_empty() {
            write!(out, "{bold}{name}{off}\n{}\n\n", indented(&items.join(between))).ok();
        }
    }
    out.extend(recipe.examples.iter().map(|example| shown(example, terminal)));
    out
}

fn indented(text: &str) -> String {
    let line =
        |line: &str| if line.is_empty() { String::new() } else { format!("  {}", report::clean(line)) };
    text.trim().lines().map(line).collect::<Vec<_>>().join("\n")
}

/// An example as a patch, or as text that stays as it is.
fn shown(example: &Example, terminal: Terminal) -> String {
    let with = if example.unsafe_ { " (with --unsafe)" } else { "" };
    let body = match &example.after {
        Some(after) => {
            let patch = report::patch(b"Dockerfile", example.before.as_bytes(), after.as_bytes());
            report::paint(&patch, terminal.colour_out)
        }
        None => format!("{}\n", indented(&example.before)),
    };
    let stays = if example.after.is_none() { ", untouched" } else { "" };
    format!("Example: {}{with}{stays}\n{body}\n", example.name)
}
