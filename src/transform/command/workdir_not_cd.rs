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
use crate::transform::rewrite::deletion;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WorkdirNotCd {}

impl Transform for WorkdirNotCd {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for stage in &cx.model.stages {
            let mut folder = None;
            let mut body = cx.model.body(stage);
            while let Some((index, instruction)) = body.next() {
                if instruction.keyword == Keyword::Workdir {
                    folder = literal(instruction.args());
                }
                let Some(cd) = cd(cx, index) else { continue };
                if folder.as_deref() == Some(cd.folder.as_str()) {
                    remove(cx, instruction, &cd, out);
                } else if let Some(group) = group(cx, stage, index) {
                    write(cx, folder.as_deref(), &group, out);
                    folder = literal(group.end.args());
                    body.by_ref().take_while(|(_, i)| !std::ptr::eq(*i, group.end)).for_each(drop);
                }
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
    if is_linked(cx, &folder) {
        return None;
    }
    let text = instruction.args();
    // What a shell calls its folder may be the name of a link, or not.
    let told = ["PWD", "pwd"].iter().any(|name| text.contains(name));
    if told || commands[1..].iter().any(|command| looks_back(command)) {
        return None;
    }
    let start = instruction.source(run.joined(first.span)).start;
    let at =
        whole_lines(cx.document.text, Span::new(start, instruction.source(run.joined(second.span)).start));
    // Between them there may be comments, which are not for us to move.
    (!cx.document.text[at.range()].contains('#')).then_some(Cd { folder, at })
}

/// The lines of a range that begins and ends where lines begin, so that what follows keeps its indentation.
fn whole_lines(text: &str, at: Span) -> Span {
    let line = |offset: usize| text[..offset].rfind('\n').map_or(0, |end| end + 1);
    let (start, end) = (line(at.start), line(at.end));
    let is_blank = |from: usize, to: usize| text[from..to].chars().all(|c| c == ' ' || c == '\t');
    if start < end && is_blank(start, at.start) && is_blank(end, at.end) { Span::new(start, end) } else { at }
}

/// Whether the folder may be a link: a shell that went there keeps its name, one that starts there may not.
fn is_linked(cx: &Context<'_>, folder: &str) -> bool {
    let links = |i: &Instruction<'_>| i.keyword == Keyword::Run && i.args().contains("ln -");
    cx.document.instructions.iter().any(|i| links(i) && i.args().contains(folder))
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
            let is_clean =
                clean == "/" || clean.split('/').skip(1).all(|part| !matches!(part, "" | "." | ".."));
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

/// Proposes to remove a `cd` to the folder that is in force.
fn remove(cx: &Context<'_>, instruction: &Instruction<'_>, cd: &Cd, out: &mut Proposals<'_>) {
    let message = format!("RUN changes to {}, where it is already", cd.folder);
    let evidence = cx.evidence(format!("WORKDIR is {} here", cd.folder), instruction);
    let edit = Edit { span: cd.at, text: String::new() };
    out.fix(message, "remove the cd", instruction.span).evidence([evidence]).edits([edit]).done();
}

/// What begins with a `cd`, up to the next absolute `WORKDIR`.
struct Group<'c> {
    runs: Vec<(&'c Instruction<'c>, Cd)>,
    end: &'c Instruction<'c>,
}

/// The group from an instruction on; none when something in it depends on the folder.
fn group<'c>(cx: &Context<'c>, stage: &Stage, index: usize) -> Option<Group<'c>> {
    let mut runs = Vec::new();
    for (at, instruction) in cx.model.body(stage).filter(|(at, _)| *at >= index) {
        match instruction.keyword {
            Keyword::Workdir => {
                return literal(instruction.args()).map(|_| Group { runs, end: instruction });
            }
            // What is mounted is there for one RUN alone: no folder for the image.
            Keyword::Run if instruction.flag("mount").is_none() => runs.push((instruction, cd(cx, at)?)),
            Keyword::Arg | Keyword::Env | Keyword::Expose | Keyword::Label | Keyword::Stopsignal => {}
            _ => return None,
        }
    }
    None
}

/// Proposes `WORKDIR` in the place of each `cd` of a group.
fn write(cx: &Context<'_>, folder: Option<&str>, group: &Group<'_>, out: &mut Proposals<'_>) {
    let mut edits = Vec::new();
    let mut folder = folder;
    for (instruction, cd) in &group.runs {
        edits.push(Edit { span: cd.at, text: String::new() });
        if folder != Some(cd.folder.as_str()) {
            edits.push(insertion(cx, instruction, &cd.folder));
            folder = Some(cd.folder.as_str());
        }
    }
    if folder == literal(group.end.args()).as_deref() && !stands_between(cx, group.end) {
        edits.push(deletion(cx, group.end));
    }
    let Some((first, cd)) = group.runs.first() else { return };
    let message = format!("RUN changes to {} by itself", cd.folder);
    let evidence = cx.evidence("an absolute WORKDIR follows before the folder matters again", group.end);
    let fix = out.fix(message, format!("write WORKDIR {}", cd.folder), first.span);
    fix.evidence([evidence]).edits(edits).done();
}

/// Whether an instruction keeps two `RUN` apart, which linters would want to be one.
fn stands_between(cx: &Context<'_>, instruction: &Instruction<'_>) -> bool {
    let all = &cx.document.instructions;
    let at = all.iter().position(|i| std::ptr::eq(i, instruction));
    let is_run =
        |index: Option<usize>| index.and_then(|i| all.get(i)).is_some_and(|i| i.keyword == Keyword::Run);
    is_run(at.and_then(|at| at.checked_sub(1))) && is_run(at.map(|at| at + 1))
}

/// `WORKDIR` on a line of its own above an instruction and its comments.
fn insertion(cx: &Context<'_>, instruction: &Instruction<'_>, folder: &str) -> Edit {
    let lower = instruction.name().bytes().all(|b| b.is_ascii_lowercase());
    let name = if lower { "workdir" } else { "WORKDIR" };
    let layout = Layout::of(cx.document);
    let gap = if cx.comments(instruction).is_empty() { layout.eol.to_owned() } else { layout.gap() };
    let span = Span::at(cx.document.block_start(instruction));
    Edit { span, text: format!("{name} {folder}{gap}") }
}

/// A folder that is told by an absolute path without variables.
fn literal(path: &str) -> Option<String> {
    let plain = path.starts_with('/') && !path.contains(['$', '\\', '"', '\'']);
    plain.then(|| path.strip_suffix('/').filter(|p| !p.is_empty()).unwrap_or(path).to_owned())
}
