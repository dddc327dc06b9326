//! `pipefail`: a download that fails fails the build, though a pipe follows it.
//!
//! Of a pipe, a shell looks at its last command. `set -o pipefail` in a `RUN` is no POSIX and refused by dash, so the shell is
//! named by `SHELL`: bash where an image is known to have it, ash on Alpine, whose `/bin/sh` is the same program.

use crate::document::{Instruction, Keyword};
use crate::edit::{Applicability, Edit};
use crate::model::{Run, Stage};
use crate::shell::Command;
use crate::span::Span;
use crate::transform::layout::Layout;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pipefail {}

impl Transform for Pipefail {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for stage in &cx.model.stages {
            look(cx, stage, out);
        }
    }
}

/// Looks for the first download in a stage whose failure a pipe hides.
fn look(cx: &Context<'_>, stage: &Stage, out: &mut Proposals<'_>) {
    let hidden = |index: usize| !has_pipefail(cx, index) && hides_download(cx, index);
    let Some((index, run)) = cx.model.body(stage).find(|(index, _)| hidden(*index)) else { return };
    let message = "a download that fails goes unnoticed: a pipe's status is that of its last command";
    let fix = out.fix(message, "make a pipe fail with any of its commands", run.span);
    let manual = |reason: &str| (Applicability::Manual, reason.to_owned(), None);
    let (applicability, reason, edit) = match obstacle(cx, stage, index) {
        Some(reason) => manual(reason),
        None => match edit(cx, stage, index) {
            Some((edit, why)) => (Applicability::Unsafe, why.to_owned(), Some(edit)),
            None => manual("whether the image has bash is not known"),
        },
    };
    fix.at_most(applicability, reason).edits(edit).done();
}

/// Whether the shell of an instruction, or the script itself, sets the option.
fn has_pipefail(cx: &Context<'_>, index: usize) -> bool {
    let shell = cx.model.state(index).shell.as_ref();
    shell.is_some_and(|words| words.iter().any(|word| word.contains("pipefail")))
        || cx.document.instructions[index].args().contains("pipefail")
}

/// Commands that fetch.
const DOWNLOADS: [&str; 2] = ["curl", "wget"];

fn hides_download(cx: &Context<'_>, index: usize) -> bool {
    let instruction = &cx.document.instructions[index];
    let Some(run) = cx.model.run(index) else { return false };
    pipes(run, instruction.args())
        .iter()
        .any(|(left, _)| left.name().is_some_and(|name| DOWNLOADS.contains(&name)))
}

/// The two commands at each pipe.
fn pipes<'r>(run: &'r Run, text: &str) -> Vec<(&'r Command, &'r Command)> {
    let is_pipe = |pair: &&[Command]| {
        let gap = text.get(pair[0].span.end..pair[1].span.start).unwrap_or_default();
        gap.replace("||", "").contains('|')
    };
    run.script.commands.windows(2).filter(is_pipe).map(|pair| (&pair[0], &pair[1])).collect()
}

/// What keeps the option from being set for the rest of a stage.
fn obstacle(cx: &Context<'_>, stage: &Stage, index: usize) -> Option<&'static str> {
    if cx.model.built_on(stage).count() > 1 {
        return Some("other stages would get the shell too");
    }
    for (at, instruction) in cx.model.body(stage).filter(|(at, _)| *at >= index) {
        match instruction.keyword {
            Keyword::Shell => return Some("the stage changes its shell later on"),
            Keyword::Onbuild => return Some("images that are built on it would get the shell too"),
            Keyword::Cmd | Keyword::Entrypoint if instruction.json.is_none() => {
                return Some("the program would start in the other shell too");
            }
            Keyword::Healthcheck if instruction.json.is_none() && !instruction.args().starts_with("NONE") => {
                return Some("the health check would run in the other shell too");
            }
            Keyword::Run if !is_fine(cx, at, instruction) => {
                return Some("a pipe of the stage ends with a failure that is none");
            }
            _ => {}
        }
    }
    None
}

/// Whether the pipes of a `RUN` surely fail only when something went wrong.
fn is_fine(cx: &Context<'_>, index: usize, instruction: &Instruction<'_>) -> bool {
    let text = instruction.args();
    if instruction.json.is_some() || !text.contains('|') && instruction.heredocs.is_empty() {
        return true;
    }
    let Some(run) = cx.model.run(index) else { return false };
    // Pipes within substitutions are not seen.
    let substitutes = run.script.commands.iter().any(|command| command.substitutes);
    let fine = |(left, right): &(&Command, &Command)| {
        left.name().is_some_and(|name| SOURCES.contains(&name)) && reads_all(right)
    };
    !substitutes && pipes(run, text).iter().all(fine)
}

/// Commands that fail only when something went wrong: not `grep`, which fails when it finds nothing.
const SOURCES: [&str; 20] = [
    "awk",
    "base64",
    "cat",
    "curl",
    "cut",
    "echo",
    "gpg",
    "gunzip",
    "gzip",
    "openssl",
    "printf",
    "sed",
    "sha256sum",
    "sort",
    "tar",
    "tr",
    "uniq",
    "wget",
    "xz",
    "zcat",
];

/// Whether a command reads its input to the end: what writes to one that does not is ended by a signal.
fn reads_all(command: &Command) -> bool {
    let words: Vec<&str> = command.words.iter().map(|w| w.literal.as_deref().unwrap_or("?")).collect();
    let stops =
        |word: &&str| word.starts_with('-') && !word.starts_with("--") && word.contains(['q', 'm', 'l']);
    match words.first().copied() {
        None | Some("head" | "less" | "more" | "read" | "true" | "?") => false,
        Some("grep" | "egrep" | "fgrep") => !words.iter().any(stops),
        Some("awk") => !words.iter().any(|word| word.contains("exit") || *word == "?"),
        Some("sed") => !words.iter().skip(1).any(|word| word.contains('q') || *word == "?"),
        Some(_) => true,
    }
}

/// Why it is not safe, with the shell as it was.
const UNNOTICED: &str = "a pipe of the build may have failed unnoticed until now";

/// Why it is not safe, with another shell.
const BASH: &str = "the rest of the stage, and images built on it, run their steps in bash";

/// The edit that sets the option from an instruction on, and why it is not safe; none when no shell is known to have it.
fn edit(cx: &Context<'_>, stage: &Stage, index: usize) -> Option<(Edit, &'static str)> {
    let is_shell = |(at, i): &(usize, &Instruction<'_>)| *at < index && i.keyword == Keyword::Shell;
    if let Some((_, shell)) = cx.model.body(stage).rfind(is_shell) {
        let words = shell.json.as_deref()?;
        let name = words.first()?.value.rsplit('/').next()?;
        let last = words.last().filter(|_| words.len() > 1 && matches!(name, "bash" | "ash"))?;
        let at = shell.source(last.span).start;
        let edit = Edit { span: Span::at(at), text: "\"-o\", \"pipefail\", ".into() };
        return Some((edit, UNNOTICED));
    }
    if cx.model.state(index).shell.is_some() || cx.document.escape != '\\' {
        return None;
    }
    let bottom = cx.model.chain(stage).last()?;
    let facts = bottom.facts().filter(|facts| facts.shell)?;
    let (shell, why) = if facts.bash {
        ("/bin/bash", BASH)
    } else if facts.package_manager.as_deref() == Some("apk") {
        ("/bin/ash", UNNOTICED)
    } else {
        return None;
    };
    let run = &cx.document.instructions[index];
    let name = if run.name().bytes().all(|b| b.is_ascii_lowercase()) { "shell" } else { "SHELL" };
    let gap = Layout::of(cx.document).gap();
    let text = format!("{name} [\"{shell}\", \"-o\", \"pipefail\", \"-c\"]{gap}");
    let at = cx.document.block_start(run);
    Some((Edit { span: Span::at(at), text }, why))
}
