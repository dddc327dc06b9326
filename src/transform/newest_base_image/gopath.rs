//! Code from before modules: what newer releases of Go make of it.

use super::super::Context;
use super::super::ladder::context::Landed;
use super::super::ladder::{TOOLS, target};
use super::super::layout::Layout;
use crate::document::{Instruction, Keyword};
use crate::edit::Edit;
use crate::model::{GoVerb, Stage, Value, is_go};
use crate::project::golang::{Closure, Query};
use crate::shell::Command;
use crate::span::Span;

/// What a bump has to do about code without go.mod.
pub(super) enum Gopath {
    /// The stage builds a module, or nothing shows that it does not.
    Module,
    /// Newer releases have no way to build it.
    Refused(&'static str),
    /// They build it with these edits, which keep what its code means.
    Edits(Vec<Edit>),
}

/// First minor of Go in which a variable of a `for` loop is a new one in each iteration.
const LOOP_VARIABLES: u32 = 22;

/// Looks at a stage, at those that are built on it, and at the files around them.
pub(super) fn gopath_of_all(cx: &Context<'_>, stage: &Stage, minor: Option<u32>) -> Gopath {
    let own = gopath(cx, stage, minor);
    let mut above = cx.model.built_on(stage).filter(|above| above.index != stage.index);
    match own {
        Gopath::Module => above
            .map(|stage| gopath(cx, stage, minor))
            .find(|found| !matches!(found, Gopath::Module))
            .map_or(Gopath::Module, |found| match found {
                Gopath::Edits(_) => Gopath::Refused(SEVERAL),
                found => found,
            }),
        Gopath::Edits(_) if above.next().is_some() => Gopath::Refused(SEVERAL),
        Gopath::Refused(_) | Gopath::Edits(_) => own,
    }
}

const SEVERAL: &str = "code without go.mod is built by several stages: move to modules first";

/// Looks at the stage and at the files around it.
fn gopath(cx: &Context<'_>, stage: &Stage, minor: Option<u32>) -> Gopath {
    if cx.model.body(stage).any(|(index, _)| gets_outside(cx, stage, index)) {
        return Gopath::Refused(
            "`go get` with a version works only inside of a module since Go 1.18: use `go install` for tools",
        );
    }
    let seen = Landed::of(cx, stage);
    let has_module = match &seen {
        Some(_) => cx.project.is_some_and(|p| p.go().modules().next().is_some()),
        None => {
            cx.model.body(stage).any(|(_, i)| i.args().contains("go.mod") || i.args().contains("go mod "))
        }
    };
    if has_module {
        return Gopath::Module;
    }
    let by_name = says_modules(cx, stage);
    if by_name && !cx.model.body(stage).any(|(index, _)| fetches(cx, index, true)) {
        return Gopath::Module;
    }
    if by_name {
        return Gopath::Refused(
            "packages come by `go get` or another tool, which newer releases do in another way: change that first",
        );
    }
    if cx.model.body(stage).any(|(index, _)| fetches(cx, index, false)) {
        return Gopath::Refused(
            "packages come without go.mod, by commands that newer releases have not: move to modules first",
        );
    }
    match seen {
        Some(landed) => modern(cx, stage, minor, &landed).map_or(
            Gopath::Refused(
                "without go.mod newer releases build only what is vendored: move to modules first",
            ),
            Gopath::Edits,
        ),
        None if cx
            .model
            .body(stage)
            .any(|(_, i)| i.args().contains("/go/src/") || i.args().contains("GOPATH")) =>
        {
            Gopath::Refused(
                "no go.mod is seen, and sources in GOPATH do not build with newer releases by themselves",
            )
        }
        None => Gopath::Module,
    }
}

/// Whether the text of a stage says that it builds modules, by a setting or by a command.
pub(super) fn says_modules(cx: &Context<'_>, stage: &Stage) -> bool {
    let set =
        || matches!(cx.model.end_state(stage).variable("GO111MODULE"), Value::Set(mode) if mode == "on");
    let text = |i: &Instruction<'_>| i.args().contains("GO111MODULE=on") || i.args().contains("go mod ");
    set() || cx.model.body(stage).any(|(_, i)| text(i))
}

/// Whether a stage has a command that compiles Go, or one that may call such a command.
pub(super) fn builds(cx: &Context<'_>, stage: &Stage) -> bool {
    cx.model.body(stage).filter(|(_, i)| i.keyword == Keyword::Run).any(|(index, i)| {
        let Some(run) = cx.model.run(index) else { return true };
        run.script.commands.iter().any(|command| may_build(command, i.args()))
    })
}

/// Whether a command of a text compiles Go, or may call one that does.
pub(super) fn may_build(command: &Command, text: &str) -> bool {
    let name = command.words.first().map_or("", |w| w.raw(text)).trim_matches(['"', '\'']);
    let file = name.rsplit('/').next().unwrap_or(name);
    let by_path = name.starts_with("./")
        || name.contains('$')
        || std::path::Path::new(file).extension().is_some_and(|e| e == "sh");
    let quiet = ["env", "fmt", "list", "mod", "version", "vet"];
    by_path
        || (TOOLS.contains(&file)
            && !command.words.get(1).is_some_and(|w| file == "go" && quiet.contains(&w.raw(text))))
        || matches!(file, "sh" | "bash" | "gox" | "xgo" | "promu" | "go-wrapper" | "env" | "xargs")
}

/// Whether a `RUN` gets a package at a version where no module is: since Go 1.18 that is an error.
fn gets_outside(cx: &Context<'_>, stage: &Stage, index: usize) -> bool {
    let Some(run) = cx.model.run(index) else { return false };
    let text = cx.document.instructions[index].args();
    let folders = cx.model.folders(index);
    run.script.commands.iter().zip(folders).any(|(command, folder)| {
        let versioned = command.words.iter().skip(2).any(|w| w.raw(text).contains('@'));
        is_go(command, "get") && versioned && !in_module(cx, stage, (index, command), folder.as_deref())
    })
}

/// Whether a command may run in a module: sources came to its folder before, or to where the text does not tell.
fn in_module(
    cx: &Context<'_>,
    stage: &Stage,
    (index, command): (usize, &Command),
    folder: Option<&str>,
) -> bool {
    let makes = ["go mod init", "git clone", "go.mod", "git init", "tar ", "unzip "];
    cx.model.body(stage).filter(|(at, _)| *at <= index).any(|(at, i)| match i.keyword {
        Keyword::Run => {
            let end = if at == index { command.span.start } else { i.args().len() };
            makes.iter().any(|text| i.args().get(..end).is_none_or(|before| before.contains(text)))
        }
        Keyword::Copy | Keyword::Add => {
            let (Some(folder), Some(target)) = (folder, target(cx, at)) else { return true };
            let target = target.trim_end_matches('/');
            folder == target || folder.starts_with(&format!("{target}/")) || target.starts_with(folder)
        }
        _ => false,
    })
}

/// Whether a `RUN` fetches packages the way it was done before modules; in a module `go get` without a package only
/// fetches what go.mod names.
fn fetches(cx: &Context<'_>, index: usize, in_module: bool) -> bool {
    const FETCHERS: [&str; 8] = ["dep", "glide", "godep", "govendor", "gvt", "gb", "gpm", "go-wrapper"];
    cx.model.run(index).is_some_and(|run| {
        run.script.commands.iter().any(|command| match command.name() {
            Some("go") => {
                let words: Vec<&str> =
                    command.words.iter().skip(2).map(|w| w.literal.as_deref().unwrap_or("$")).collect();
                let own = |w: &&str| w.starts_with('-') || w.starts_with('.');
                is_go(command, "get") && !(in_module && words.iter().all(own))
            }
            Some(name) => FETCHERS.contains(&name),
            None => false,
        })
    })
}

/// GOPATH mode by name, and loops that mean what they meant; none where the code is not all there.
fn modern(cx: &Context<'_>, stage: &Stage, minor: Option<u32>, landed: &Landed<'_>) -> Option<Vec<Edit>> {
    let project = cx.project?;
    let builds = cx.model.go_programs(stage);
    if builds.is_empty() || builds.iter().any(|b| cx.model.go_command(b).and_then(|c| c.name()) != Some("go"))
    {
        return None;
    }
    let root = landed.import_root("/go")?;
    let complete = |folder: &str| {
        let query = Query { folder, import_root: Some(&root), ..Query::default() };
        let program = project.go().program(&query);
        program.unknown.is_none() && matches!(program.closure, Closure::Std | Closure::Vendored)
    };
    if !project.go().mains(&[], Some(&root)).iter().all(|main| complete(&main.folder)) {
        return None;
    }
    let mut edits = Vec::new();
    match cx.model.end_state(stage).variable("GO111MODULE") {
        Value::Set(mode) if mode == "off" => {}
        Value::Unset | Value::Unknown if !cx.document.text.contains("GO111MODULE") => {
            let layout = Layout::of(cx.document);
            let text = format!("{} GO111MODULE=off{}", layout.keyword("ENV"), layout.eol);
            edits.push(Edit { span: Span::at(cx.document.piece(cx.model.from(stage)).end), text });
        }
        _ => return None,
    }
    if minor.is_some_and(|minor| minor < LOOP_VARIABLES) {
        for build in builds.iter().filter(|b| b.verb != GoVerb::Get) {
            let command = cx.model.go_command(build)?;
            if command.words.iter().any(|w| w.literal.as_deref().is_none_or(|w| w.contains("gcflags"))) {
                return None;
            }
            let run = cx.model.run(build.instruction)?;
            let instruction = &cx.document.instructions[build.instruction];
            let end = instruction.source(run.joined(command.words.get(1)?.span)).end;
            edits.push(Edit { span: Span::at(end), text: " -gcflags=-lang=go1.21".into() });
        }
    }
    debug_assert!(cx.model.from(stage).keyword == Keyword::From);
    Some(edits)
}
