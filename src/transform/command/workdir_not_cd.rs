//! `workdir_not_cd`: the folder of a `RUN` is told by `WORKDIR`, not by a `cd` in front of its commands.
//!
//! A `cd` to the folder that is in force anyway goes away. One to another folder becomes a `WORKDIR` where an absolute one
//! follows before anything else looks at the folder, so that the image keeps its own.

use crate::document::{Instruction, Keyword};
use crate::edit::Edit;
use crate::model::Stage;
use crate::shell::{Command, Joiner};
use crate::span::Span;
use crate::transform::layout::Layout;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WorkdirNotCd {}

impl Transform for WorkdirNotCd {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for stage in &cx.model.stages {
            for (index, instruction) in cx.model.body(stage) {
                let Some(cd) = cd(cx, index) else { continue };
                look(cx, stage, (index, instruction), &cd, out);
            }
        }
    }
}

/// A `cd` in front of the commands of a `RUN`.
struct Cd {
    folder: String,
    /// The `cd` and the `&&` behind it, in the source.
    at: Span,
}

/// The `cd` of a `RUN` that is nothing but commands joined by `&&`, none of which looks back at the folder before.
fn cd(cx: &Context<'_>, index: usize) -> Option<Cd> {
    let (run, instruction) = (cx.model.run(index)?, &cx.document.instructions[index]);
    let chain = run.script.chain.as_ref().filter(|chain| chain.len() > 1)?;
    if !chain.iter().all(|link| link.before.is_none_or(|joiner| joiner == Joiner::And)) {
        return None;
    }
    let commands = run.list()?;
    let [first, second, ..] = commands.as_slice() else { return None };
    let folder = target(first)?;
    let text = instruction.args();
    if commands[1..].iter().any(|command| looks_back(command)) || text.contains("OLDPWD") {
        return None;
    }
    let start = instruction.source(run.joined(first.span)).start;
    let at = Span::new(start, instruction.source(run.joined(second.span)).start);
    // Between them there may be comments, which are not for us to move.
    (!cx.document.text[at.range()].contains('#')).then_some(Cd { folder, at })
}

/// The plain absolute path that a `cd` goes to.
fn target(cd: &Command) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@".contains(c);
    if !cd.assignments.is_empty() || !cd.redirects.is_empty() || cd.nested || cd.substitutes {
        return None;
    }
    match cd.literals()?.as_slice() {
        ["cd", path] => {
            let clean = path.strip_suffix('/').filter(|p| !p.is_empty()).unwrap_or(path);
            let is_clean = clean == "/" || clean.split('/').skip(1).all(|part| !matches!(part, "" | "." | ".."));
            (path.starts_with('/') && path.chars().all(plain) && is_clean).then(|| clean.to_owned())
        }
        _ => None,
    }
}

/// Whether a command may see which way a shell came to its folder: a link in it makes `..` mean two things.
fn looks_back(command: &Command) -> bool {
    let back = |word: &str| word == "-" || word.split('/').any(|part| part == "..");
    let moves = matches!(command.name(), Some("cd" | "pushd" | "popd" | "pwd"));
    command.words.iter().skip(1).any(|word| match &word.literal {
        Some(literal) => moves && back(literal),
        None => moves,
    }) || matches!(command.name(), Some("pushd" | "popd" | "pwd"))
}

fn look(
    cx: &Context<'_>,
    stage: &Stage,
    (index, instruction): (usize, &Instruction<'_>),
    cd: &Cd,
    out: &mut Proposals<'_>,
) {
    let mut edits = vec![Edit { span: cd.at, text: String::new() }];
    let folder = &cd.folder;
    let (message, title, evidence) = if in_force(cx, stage, index).as_ref() == Some(folder) {
        let message = format!("RUN changes to {folder}, where it is already");
        (message, "remove the cd".to_owned(), cx.evidence("WORKDIR says the same", instruction))
    } else {
        let Some(next) = next_workdir(cx, stage, index) else { return };
        let layout = Layout::of(cx.document);
        let text = format!("{} {folder}{}", layout.keyword("WORKDIR"), layout.gap());
        edits.push(Edit { span: Span::at(cx.document.block_start(instruction)), text });
        let evidence = cx.evidence("an absolute WORKDIR follows before the folder matters again", next);
        (format!("RUN changes to {folder} by itself"), format!("write WORKDIR {folder}"), evidence)
    };
    out.fix(message, title, instruction.span).evidence([evidence]).edits(edits).done();
}

/// The folder that a literal, absolute `WORKDIR` of the stage sets.
fn in_force(cx: &Context<'_>, stage: &Stage, index: usize) -> Option<String> {
    let before = cx.model.body(stage).take_while(|(i, _)| *i < index);
    let (_, last) = before.filter(|(_, i)| i.keyword == Keyword::Workdir).last()?;
    let path = last.args();
    is_absolute(path).then(|| path.strip_suffix('/').filter(|p| !p.is_empty()).unwrap_or(path).to_owned())
}

fn is_absolute(path: &str) -> bool {
    path.starts_with('/') && !path.contains(['$', '\\', '"', '\''])
}

/// The absolute `WORKDIR` that follows before anything depends on the folder.
fn next_workdir<'c>(cx: &Context<'c>, stage: &Stage, index: usize) -> Option<&'c Instruction<'c>> {
    for (_, instruction) in cx.model.body(stage).filter(|(i, _)| *i > index) {
        match instruction.keyword {
            Keyword::Workdir => return is_absolute(instruction.args()).then_some(instruction),
            Keyword::Arg | Keyword::Env | Keyword::Expose | Keyword::Label | Keyword::Stopsignal => {}
            _ => return None,
        }
    }
    None
}
