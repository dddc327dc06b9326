//! Code from before modules: what newer releases of Go make of it.

use super::super::Context;
use super::super::ladder::context::Landed;
use super::super::layout::Layout;
use crate::document::Keyword;
use crate::edit::Edit;
use crate::model::{GoVerb, Stage, Value};
use crate::project::golang::{Closure, Query};
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

/// Looks at the stage and at the files around it.
pub(super) fn gopath(cx: &Context<'_>, stage: &Stage, minor: Option<u32>) -> Gopath {
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
    if cx.model.body(stage).any(|(index, _)| fetches(cx, index)) {
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

/// Whether a `RUN` fetches packages the way it was done before modules.
fn fetches(cx: &Context<'_>, index: usize) -> bool {
    const TOOLS: [&str; 8] = ["dep", "glide", "godep", "govendor", "gvt", "gb", "gpm", "go-wrapper"];
    cx.model.run(index).is_some_and(|run| {
        run.script.commands.iter().any(|command| {
            let second = command.words.get(1).and_then(|w| w.literal.as_deref());
            match command.name() {
                Some("go") => second == Some("get"),
                Some(name) => TOOLS.contains(&name),
                None => false,
            }
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
