//! `absolute_workdir`: a `WORKDIR` that says the whole path, not one that hangs on the folder before it.
//!
//! The folder before it is known when the file sets it, or when the image is one whose folder is known. What `--build-arg`
//! can change is not known.

use crate::document::{Instruction, Keyword};
use crate::edit::{Applicability, Edit};
use crate::model::{Base, Stage, expand, join};
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AbsoluteWorkdir {}

impl Transform for AbsoluteWorkdir {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        if cx.document.escape != '\\' {
            return;
        }
        for stage in &cx.model.stages {
            for (index, instruction) in cx.model.body(stage) {
                if instruction.keyword == Keyword::Workdir && is_relative(instruction.args()) {
                    look(cx, index, folder(cx, stage, index), out);
                }
            }
        }
    }
}

/// Whether a path is surely relative: neither a variable nor a quote may hide a slash, nor is it a folder of Windows.
fn is_relative(path: &str) -> bool {
    let drive = path.as_bytes().get(1) == Some(&b':');
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-~@+".contains(c);
    path.starts_with(plain) && !drive && !path.contains(['\\', '"', '\''])
}

/// A folder, and whether it is the base image's own rather than one that the file sets.
struct Folder {
    path: String,
    inherited: bool,
}

fn look(cx: &Context<'_>, index: usize, folder: Option<Folder>, out: &mut Proposals<'_>) {
    let instruction = &cx.document.instructions[index];
    let (args, at) = (instruction.args(), instruction.source(instruction.args));
    let message = format!("WORKDIR {args} is relative to the folder before it");
    if args.starts_with('~') {
        let reason = "~ is a folder of that name here, not a home folder";
        let fix = out.fix(message, "write the absolute path", instruction.span);
        return fix.at_most(Applicability::Manual, reason).done();
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@".contains(c);
    let Some(folder) = folder.filter(|folder| folder.path.chars().all(plain)) else {
        let reason = "the folder of the base image is not known";
        let fix = out.fix(message, "write the absolute path", instruction.span);
        return fix.at_most(Applicability::Manual, reason).done();
    };
    let path = if args.contains('$') {
        format!("{}/{args}", folder.path.trim_end_matches('/'))
    } else {
        join(&folder.path, args)
    };
    let fix = out.fix(message, format!("write WORKDIR {path}"), instruction.span);
    let fix = fix.evidence([cx.evidence(format!("the folder before it is {}", folder.path), instruction)]);
    // Images that never set a folder start in the root; one that is set differs between releases.
    let fix = if folder.inherited && folder.path != "/" {
        fix.at_most(Applicability::Unsafe, "another release of the base image may have another folder")
    } else {
        fix
    };
    let fix = if args.contains('$') && !is_clean(cx, index, instruction) {
        fix.at_most(
            Applicability::Unsafe,
            "only a relative path has what its variables leave empty put right",
        )
    } else {
        fix
    };
    fix.edits([Edit { span: at, text: path }]).done();
}

/// Whether a path has, with its variables, nothing that a build puts right in a relative one: no `//`, `.` or `..`.
fn is_clean(cx: &Context<'_>, index: usize, instruction: &Instruction<'_>) -> bool {
    let clean = |part: &str| !matches!(part, "" | "." | "..");
    let filled = |part: &str| clean(part) && !part.starts_with('$');
    instruction.args().split('/').all(filled)
        || path(cx, index, instruction).is_some_and(|path| path.split('/').all(clean))
}

/// The folder in force before an instruction of a stage; none when it can't be told for every build.
fn folder(cx: &Context<'_>, stage: &Stage, index: usize) -> Option<Folder> {
    let mut folder = base_folder(cx, stage);
    let before = cx.model.body(stage).take_while(|(i, _)| *i < index);
    for (at, instruction) in before.filter(|(_, i)| i.keyword == Keyword::Workdir) {
        folder = path(cx, at, instruction).and_then(|path| {
            if path.starts_with('/') {
                return Some(Folder { path: join("", &path), inherited: false });
            }
            folder.map(|before| Folder { path: join(&before.path, &path), inherited: before.inherited })
        });
    }
    folder
}

fn base_folder(cx: &Context<'_>, stage: &Stage) -> Option<Folder> {
    match &stage.base {
        Base::Scratch => Some(Folder { path: "/".into(), inherited: true }),
        Base::Stage(index) => {
            let below = cx.model.stages.get(*index)?;
            let moves = |i: &Instruction<'_>| {
                i.trigger.as_ref().is_some_and(|trigger| trigger.keyword == Keyword::Workdir)
            };
            let triggered = cx.model.body(below).any(|(_, i)| moves(i));
            if triggered { None } else { folder(cx, below, below.end) }
        }
        // What ONBUILD of an image does is not among its facts.
        Base::Image(name) if !name.contains("onbuild") && !cx.model.from(stage).args().contains('$') => {
            let facts = stage.facts()?;
            let path = if facts.workdir.is_empty() { "/".into() } else { facts.workdir.clone() };
            Some(Folder { path, inherited: true })
        }
        Base::Image(_) | Base::Unknown => None,
    }
}

/// The path of a `WORKDIR`; none when a build can change it.
fn path(cx: &Context<'_>, index: usize, instruction: &Instruction<'_>) -> Option<String> {
    let text = instruction.args();
    if text.contains('\\') || text.contains('$') && cx.document.instructions.iter().any(is_arg) {
        return None;
    }
    let state = cx.model.state(index);
    expand(text, cx.document.escape, &|name| state.variable(name))
}

fn is_arg(instruction: &Instruction<'_>) -> bool {
    instruction.keyword == Keyword::Arg
}
