//! `frozen_lock_file`: yarn and pnpm stop where the lock file does not fit, and never write it anew.

use super::npm;
use super::npm_lock::Lock;
use super::placed::{Placed, before, may_write, placed};
use super::yarn_lock;
use crate::document::Instruction;
use crate::edit::{Applicability, Edit};
use crate::model::{Run, Stage};
use crate::shell::{Command, Word};
use crate::span::Span;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FrozenLockFile {}

/// A package manager with a flag of that kind.
struct Manager {
    program: &'static str,
    lock: &'static str,
    /// Its subcommands that install what package.json says.
    verbs: &'static [&'static str],
    /// Whether it installs without a subcommand.
    is_bare: bool,
}

const MANAGERS: [Manager; 2] = [
    Manager { program: "yarn", lock: "yarn.lock", verbs: &["install"], is_bare: true },
    Manager { program: "pnpm", lock: "pnpm-lock.yaml", verbs: &["install", "i"], is_bare: false },
];

/// The flag, which both have.
const FLAG: &str = "--frozen-lockfile";

/// Flags that mean the same with it.
const FLAGS: [&str; 22] = [
    "--production",
    "--production=true",
    "--production=false",
    "--prod",
    "--prod=true",
    "--dev",
    "-P",
    "-D",
    "--silent",
    "-s",
    "--verbose",
    "--non-interactive",
    "--no-progress",
    "--ignore-scripts",
    "--ignore-engines",
    "--ignore-optional",
    "--ignore-platform",
    "--no-optional",
    "--prefer-offline",
    "--offline",
    "--check-files",
    "--no-cache",
];

impl Transform for FrozenLockFile {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for stage in &cx.model.stages {
            for (index, instruction) in cx.model.body(stage) {
                let Some(run) = cx.model.run(index) else { continue };
                for (at, command) in run.script.commands.iter().enumerate() {
                    for manager in &MANAGERS {
                        let Some(word) = candidate(manager, command) else { continue };
                        let place = Place { stage, index, instruction, run, at };
                        propose(cx, manager, &place, word, out);
                    }
                }
            }
        }
    }
}

/// Where a command stands.
struct Place<'p> {
    stage: &'p Stage,
    index: usize,
    instruction: &'p Instruction<'p>,
    run: &'p Run,
    at: usize,
}

/// The word after which the flag goes, of a command that installs what `package.json` says.
fn candidate<'c>(manager: &Manager, command: &'c Command) -> Option<&'c Word> {
    let words = npm::call(command, manager.program)?.values()?;
    let verb = words.iter().position(|word| !word.starts_with('-'));
    let known = |word: &str| FLAGS.contains(&word) || word.starts_with("--network-timeout=");
    let is_right = verb.map_or(manager.is_bare, |verb| manager.verbs.contains(&words[verb]));
    let mut flags = words.iter().enumerate().filter(|(at, _)| Some(*at) != verb);
    if !is_right || !flags.all(|(_, word)| known(word)) {
        return None;
    }
    let first = command.words.len() - words.len();
    command.words.get(verb.map_or(first - 1, |verb| first + verb))
}

fn propose(cx: &Context<'_>, manager: &Manager, place: &Place<'_>, word: &Word, out: &mut Proposals<'_>) {
    let folder = cx.model.folders(place.index).get(place.at).cloned().flatten();
    let Some(folder) = folder else { return };
    let Ok(doubt) = doubt(cx, manager, place, &folder) else { return };
    let span = place.instruction.source(place.run.joined(word.span));
    let message = format!("{} may install other versions than the lock file says", manager.program);
    let fix = out.fix(message, "install what the lock file says", span);
    let fix = match doubt {
        Some(reason) => fix.at_most(Applicability::Unsafe, reason),
        None => fix.evidence([cx.evidence(
            "the lock file is copied before, and holds what package.json and its packages ask for",
            place.instruction,
        )]),
    };
    fix.edits([Edit { span: Span::at(span.end), text: format!(" {FLAG}") }]).done();
}

/// Why the flag is not safe, if it is not; an error where it is not to be set at all.
fn doubt(cx: &Context<'_>, manager: &Manager, place: &Place<'_>, folder: &str) -> Result<Option<String>, ()> {
    let own = &place.instruction.args()[..place.run.script.commands[place.at].span.start];
    let texts = before(cx, place.stage, place.index).map(|(_, i)| i.args()).chain([own]);
    // Newer releases of yarn have another flag, and a lock file of their own.
    let other = ["yarn set version", "yarn policies", "YARN_VERSION=berry"];
    if texts.into_iter().any(|text| other.iter().any(|word| text.contains(word))) {
        return Err(());
    }
    let at = |name: &str| placed(cx, place.stage, place.index, folder, name);
    match (at("package.json"), at(manager.lock), cx.project) {
        (Placed::File(package), Placed::File(lock), Some(project)) => {
            let (Some(package), Some(lock)) = (project.text(&package), project.text(&lock)) else {
                return Err(());
            };
            if manager.program != "yarn" {
                return Ok(Some("nothing shows that the lock file fits package.json".into()));
            }
            let found = match yarn_lock::compare(&package, &lock).ok_or(())? {
                Lock::Fits => surroundings(cx, place, folder),
                Lock::Unsure(reason) => Some(reason),
                Lock::Misfits(_) => return Err(()),
            };
            Ok(found.map(str::to_owned))
        }
        (Placed::Named, Placed::Named, None) => {
            let reason = format!("the lock file is not seen: {} fails if it does not fit", manager.program);
            Ok(Some(reason))
        }
        _ => Err(()),
    }
}

/// What else decides what yarn does.
fn surroundings(cx: &Context<'_>, place: &Place<'_>, folder: &str) -> Option<&'static str> {
    let at = |name: &str| placed(cx, place.stage, place.index, folder, name);
    if !npm::has_yarn(cx, place.stage) {
        return Some("yarn's version can't be told");
    }
    if [".yarnrc", ".yarnrc.yml", ".npmrc"].iter().any(|name| at(name) != Placed::Nothing) {
        return Some("a file of settings may change what yarn does");
    }
    let earlier =
        place.at > 0 && ["package.json", "yarn.lock"].iter().any(|name| may_write(place.instruction, name));
    earlier.then_some("an earlier command may change package.json or its lock file")
}

#[cfg(test)]
#[path = "frozen_lock_file_tests.rs"]
mod tests;
