//! `harden explain`: a recipe's own words and examples.

use super::args::Explain;
use super::harden::library;
use super::terminal::Terminal;
use super::{Exit, Stop};
use crate::recipe::{Example, Recipe};
use crate::report;
use std::fmt::Write as _;

/// Prints what a recipe does.
pub(super) fn explain(args: &Explain, terminal: Terminal) -> Result<Exit, Stop> {
    let mut library = library(&args.recipes)?;
    let picked = library.select("default", std::slice::from_ref(&args.recipe), &[])?;
    let pages: Vec<String> = picked.iter().map(|recipe| page(recipe, terminal)).collect();
    Terminal::print(&pages.join("\n"))?;
    Ok(Exit::Done)
}

fn page(recipe: &Recipe, terminal: Terminal) -> String {
    let (bold, off) = if terminal.colour_out { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let mut out = format!("{bold}{}{off}: {}\n\n", recipe.id, recipe.title);
    for (name, text) in [("What", &recipe.what), ("Why", &recipe.why), ("Safety", &recipe.safety)] {
        if !text.trim().is_empty() {
            write!(out, "{bold}{name}{off}\n{}\n\n", indented(text)).ok();
        }
    }
    write!(out, "{bold}Applies{off}\n  {}\n\n", report::applicability(recipe.applies)).ok();
    if !recipe.links.is_empty() {
        write!(out, "{bold}Links{off}\n{}\n\n", indented(&recipe.links.join("\n"))).ok();
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
