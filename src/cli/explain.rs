//! `harden explain`: a recipe's own words and examples, or what is known about a blocker.

use super::args::Explain;
use super::selection::library;
use super::terminal::Terminal;
use super::{Exit, Stop};
use crate::recipe::{Example, Obstacle, Recipe};
use crate::report;
use crate::suppress;
use crate::transform::ladder::Id;
use std::fmt::Write as _;

/// Prints what a recipe does, or what a blocker is.
pub(super) fn explain(args: &Explain, terminal: Terminal) -> Result<Exit, Stop> {
    if let Some(text) = suppress::explain(&args.topic) {
        let (bold, off) = bold(terminal);
        Terminal::print(&format!("{bold}{}{off}\n\n{}\n", args.topic, indented(text)))?;
        return Ok(Exit::Done);
    }
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
        write!(out, "\n{bold}{name}{off}\n{}\n", indented(&folded(text))).ok();
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
            write!(out, "{bold}{name}{off}\n{}\n\n", indented(&folded(text))).ok();
        }
    }
    let params: Vec<String> = recipe.steps.iter().flat_map(|step| &step.params).map(param).collect();
    if !params.is_empty() {
        write!(out, "{bold}Parameters{off}, in harden.toml\n  [recipes.{}]\n", table(&recipe.id)).ok();
        write!(out, "{}\n\n", indented(&params.join("\n"))).ok();
    }
    write!(out, "{bold}Applies{off}\n  {}\n\n", report::applicability(recipe.applies)).ok();
    for (name, text) in [("Rules", folded(&recipe.rules.join(", "))), ("Links", recipe.links.join("\n"))] {
        if !text.is_empty() {
            write!(out, "{bold}{name}{off}\n{}\n\n", indented(&text)).ok();
        }
    }
    out.extend(recipe.examples.iter().map(|example| shown(example, terminal)));
    out
}

/// An id as the name of a TOML table.
fn table(id: &str) -> String {
    if id.contains('/') { format!("\"{id}\"") } else { id.to_owned() }
}

/// A parameter as TOML.
fn param((name, value): (&String, &toml::Value)) -> String {
    format!("{name} = {value}")
}

fn indented(text: &str) -> String {
    let line =
        |line: &str| if line.is_empty() { String::new() } else { format!("  {}", report::clean(line)) };
    text.trim().lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Prose with its lines broken anew, so that authors need not count; what is indented, and a list, stay as they are.
fn folded(text: &str) -> String {
    const WIDTH: usize = 98;
    let (mut out, mut column) = (String::new(), 0);
    for line in text.trim().lines() {
        if line.trim().is_empty() || line.starts_with([' ', '\t', '-', '*']) {
            if column > 0 {
                out.push('\n');
            }
            out.push_str(line);
            out.push('\n');
            column = 0;
            continue;
        }
        for word in line.split_whitespace() {
            let length = word.chars().count();
            let fits = column + 1 + length <= WIDTH;
            let before = if column == 0 {
                ""
            } else if fits {
                " "
            } else {
                "\n"
            };
            column = if fits && column > 0 { column + 1 + length } else { length };
            out += before;
            out += word;
        }
    }
    out
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
