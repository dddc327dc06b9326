//! `npm_ci`: a build installs what the lock file says, and nothing else.

use super::npm::{self, Npm};
use super::npm_lock::{self, Lock};
use super::placed::{Placed, before, may_write, placed};
use crate::document::{Instruction, Keyword};
use crate::edit::{Applicability, Edit};
use crate::model::{Run, Stage};
use crate::shell::{Command, Word};
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NpmCi {}

/// Why a rewrite is not safe, or that there is nothing to rewrite.
type Doubt = Result<Option<String>, ()>;

impl Transform for NpmCi {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for stage in &cx.model.stages {
            for (index, instruction) in cx.model.body(stage) {
                let Some(run) = cx.model.run(index) else { continue };
                for (at, command) in run.script.commands.iter().enumerate() {
                    let Some(verb) = candidate(command) else { continue };
                    propose(cx, &Place { stage, index, instruction, run, at }, verb, out);
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

fn propose(cx: &Context<'_>, place: &Place<'_>, verb: &Word, out: &mut Proposals<'_>) {
    let folder = cx.model.folders(place.index).get(place.at).cloned().flatten();
    let Some(folder) = folder else { return };
    let found = lock(cx, place, &folder);
    let span = place.instruction.source(place.run.joined(verb.span));
    let message = "npm may install other versions than the lock file says";
    let fix = out.fix(message, "install what the lock file says", span);
    let doubts = [found, image(cx, place), settings(cx, place, &folder), modules(cx, place, &folder)];
    let mut reasons = Vec::new();
    for doubt in doubts {
        match doubt {
            Ok(reason) => reasons.extend(reason),
            Err(()) => return,
        }
    }
    let fix = reasons.iter().fold(fix, |fix, reason| fix.at_most(Applicability::Unsafe, reason));
    let what = "the lock file is copied before, and holds what package.json and its packages ask for";
    let fix = if reasons.is_empty() { fix.evidence([cx.evidence(what, place.instruction)]) } else { fix };
    fix.edits([Edit { span, text: "ci".into() }]).done();
}

/// The subcommand of a command that installs what `package.json` says, with flags that mean the same to `npm ci`.
fn candidate(command: &Command) -> Option<&Word> {
    const FLAGS: [&str; 26] = [
        "--production",
        "--production=true",
        "--production=false",
        "--prod",
        "--only=production",
        "--only=prod",
        "--omit=dev",
        "--omit=optional",
        "--include=dev",
        "--no-optional",
        "--no-audit",
        "--audit=false",
        "--no-fund",
        "--fund=false",
        "--ignore-scripts",
        "--legacy-peer-deps",
        "--no-progress",
        "--progress=false",
        "--prefer-offline",
        "--silent",
        "--quiet",
        "--verbose",
        "--unsafe-perm",
        "--unsafe-perm=true",
        "-s",
        "-q",
    ];
    let call = npm::call(command, "npm")?;
    let words = call.values()?;
    let verb = words.iter().position(|word| !word.starts_with('-'))?;
    let flags = words.iter().enumerate().filter(|(at, _)| *at != verb);
    let known = |word: &str| {
        FLAGS.contains(&word) || word.starts_with("--loglevel=") || word.starts_with("--registry=")
    };
    let is_right = matches!(words[verb], "install" | "i") && flags.clone().all(|(_, word)| known(word));
    is_right.then(|| &call.arguments[verb])
}

/// What the lock file says; nothing is to be done without one.
fn lock(cx: &Context<'_>, place: &Place<'_>, folder: &str) -> Doubt {
    let at = |name: &str| placed(cx, place.stage, place.index, folder, name);
    match (at("package.json"), at("package-lock.json"), cx.project) {
        (Placed::File(package), Placed::File(lock), Some(project)) => {
            let (Some(package), Some(lock)) = (project.text(&package), project.text(&lock)) else {
                return Ok(Some("package.json or its lock file can't be read".into()));
            };
            match npm_lock::compare(&package, &lock) {
                Lock::Fits => Ok(None),
                Lock::Unsure(reason) => Ok(Some(reason.into())),
                Lock::Misfits(_) => Err(()),
            }
        }
        (Placed::Named, Placed::Named, None) => {
            Ok(Some("the lock file is not seen: `npm ci` fails if it does not fit package.json".into()))
        }
        _ => Err(()),
    }
}

/// What the npm of the image can do.
fn image(cx: &Context<'_>, place: &Place<'_>) -> Doubt {
    match npm::npm(cx, place.stage, place.index) {
        Npm::Seven => Ok(None),
        Npm::Six => Ok(Some("npm before 7 leaves other notes in the packages than `npm ci`".into())),
        Npm::Unknown => Ok(Some("npm may be older than 5.7, which has no `ci`".into())),
        Npm::Old => Err(()),
    }
}

/// What else decides what npm does.
fn settings(cx: &Context<'_>, place: &Place<'_>, folder: &str) -> Doubt {
    let at = |name: &str| placed(cx, place.stage, place.index, folder, name);
    let own = [cx.document.instructions.get(place.index)].into_iter().flatten();
    let mut texts = before(cx, place.stage, place.index).map(|(_, i)| i).chain(own).map(Instruction::args);
    if texts.any(|text| {
        ["PACKAGE_LOCK", "package-lock=", "package-lock ", "SHRINKWRAP"]
            .iter()
            .any(|w| text.contains(w) && !text.contains("package-lock.json"))
    }) {
        return Err(());
    }
    if cx.project.is_none() {
        return Ok(None);
    }
    if at("npm-shrinkwrap.json") != Placed::Nothing {
        return Ok(Some("there may be an npm-shrinkwrap.json, which goes before the lock file".into()));
    }
    let rc = match at(".npmrc") {
        Placed::Nothing => return Ok(None),
        Placed::File(path) => cx.project.and_then(|project| project.text(&path)),
        _ => None,
    };
    match rc {
        Some(text) if text.contains("lock") || text.contains("shrinkwrap") => Err(()),
        _ => Ok(Some("an .npmrc may change what npm does".into())),
    }
}

/// What `npm ci` would remove: it begins with an empty `node_modules`.
fn modules(cx: &Context<'_>, place: &Place<'_>, folder: &str) -> Doubt {
    let flags = &place.instruction.flags;
    if flags.iter().any(|flag| flag.text.contains("node_modules")) {
        return Err(());
    }
    let reason = "`npm ci` removes a node_modules that is there already";
    let earlier = place.run.script.commands.iter().take(place.at).any(installs_more);
    let own = place.instruction.args();
    let own = &own[..place.run.script.commands[place.at].span.start];
    let mut runs = before(cx, place.stage, place.index).filter(|(_, i)| i.keyword == Keyword::Run);
    let steps = runs.any(|(index, i)| {
        let run = cx.model.run(index);
        run.is_none_or(|run| run.script.commands.iter().any(installs_more))
            || i.args().contains("node_modules")
    });
    let copied = cx.project.is_some()
        && placed(cx, place.stage, place.index, folder, "node_modules") != Placed::Nothing;
    let named = before(cx, place.stage, place.index)
        .any(|(_, i)| matches!(i.keyword, Keyword::Copy | Keyword::Add) && i.args().contains("node_modules"));
    let wrote = ["package.json", "package-lock.json"]
        .iter()
        .any(|name| own.contains(name) || may_write_before(place, name));
    if wrote {
        return Ok(Some("an earlier command may change package.json or its lock file".into()));
    }
    let is_there = earlier || steps || copied || named || own.contains("node_modules");
    Ok(is_there.then(|| reason.to_owned()))
}

/// Whether an earlier command of the same `RUN` may change a file.
fn may_write_before(place: &Place<'_>, name: &str) -> bool {
    place.at > 0 && may_write(place.instruction, name)
}

/// Whether a command installs packages into the folder, or may do so.
fn installs_more(command: &Command) -> bool {
    let Some(call) = npm::call(command, "npm").or_else(|| npm::call(command, "yarn")) else { return false };
    let Some(words) = call.values() else { return true };
    let global = words.iter().any(|word| matches!(*word, "-g" | "--global" | "global"));
    let plain = ["config", "set", "cache", "--version", "-v", "run", "ping", "whoami", "audit"];
    !global && words.first().is_none_or(|word| !plain.contains(word))
}

#[cfg(test)]
#[path = "npm_ci_tests.rs"]
mod tests;
