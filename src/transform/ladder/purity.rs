//! Whether programs need cgo, from the text and from the files around it.

use super::super::Context;
use super::blocker::{Blocker, Id};
use super::code::{self, Need};
use super::context::Seen;
use super::rung::Rung;
use super::steps::{Effect, effect};
use crate::catalog::Libc;
use crate::document::{Instruction, Keyword};
use crate::edit::Evidence;
use crate::model::{GoBuild, Purity, Stage, Value};

/// How the program of some builds may run.
#[derive(Debug, Default)]
pub(super) struct Linkage {
    /// What keeps it from an image without a C library.
    pub blockers: Vec<Blocker>,
    /// What was checked.
    pub evidence: Vec<Evidence>,
}

/// Looks at all builds that may make the program.
pub(super) fn linkage(
    cx: &Context<'_>,
    stage: &Stage,
    builds: &[GoBuild],
    seen: Option<&Seen<'_>>,
) -> Linkage {
    let mut found = Linkage::default();
    for build in builds {
        let at = &cx.document.instructions[build.instruction];
        if let Some(mode) = library(cx, build) {
            let message = format!("the build makes no program of its own, but {mode}");
            found.blockers.push(Blocker::new(Id::ProgramUnknown, message).at(cx, at));
            continue;
        }
        if is_static(cx, build) {
            found.evidence.push(cx.evidence("the build links the program statically", at));
            continue;
        }
        match (cx.model.purity(stage, build), seen.map(|seen| code::need(seen, &build.tags))) {
            // Without a compiler, or with cgo off, the code has no say.
            (Purity::Pure(why), need) if !sees_more(cx, stage, build, need.as_ref()) => {
                found.evidence.push(cx.evidence(why, at));
            }
            (Purity::Cgo(_), _) if musl(cx, stage) => found.blockers.push(musl_blocker().at(cx, at)),
            (Purity::Cgo(why), _) => {
                found.blockers.push(Blocker::new(Id::CgoNeeded, why).at(cx, at).through(Rung::Base));
            }
            (_, Some(Need::None(why))) => found.evidence.push(cx.evidence(why, at)),
            (_, _) if musl(cx, stage) => found.blockers.push(musl_blocker().at(cx, at)),
            (_, Some(Need::Cgo(blocker))) => found.blockers.push(blocker),
            (Purity::Unknown(_), Some(Need::Unknown(why)))
            | (Purity::Unknown(why) | Purity::Pure(why), _) => {
                found.blockers.push(Blocker::new(Id::CgoUnknown, why).at(cx, at));
            }
        }
    }
    found
}

/// Whether the code shows a need for cgo that the text, which takes the code for plain Go, does not.
fn sees_more(cx: &Context<'_>, stage: &Stage, build: &GoBuild, need: Option<&Need>) -> bool {
    matches!(need, Some(Need::Cgo(_))) && leaves_cgo_on(cx, build) && !cx.model.lacks_compiler(stage)
}

fn musl_blocker() -> Blocker {
    Blocker::new(
        Id::CgoMusl,
        "a C compiler on Alpine may link the program to musl, which no distroless image has",
    )
}

/// What a build makes with `-buildmode`, if that is no program.
fn library(cx: &Context<'_>, build: &GoBuild) -> Option<String> {
    let words = &cx.model.go_command(build)?.words;
    let mode = words
        .iter()
        .filter_map(|w| w.literal.as_deref())
        .find_map(|w| w.trim_start_matches('-').strip_prefix("buildmode="))?;
    (!matches!(mode, "exe" | "pie" | "default")).then(|| mode.to_owned())
}

/// Whether the build is asked to link everything into the program.
fn is_static(cx: &Context<'_>, build: &GoBuild) -> bool {
    let Some(command) = cx.model.go_command(build) else { return false };
    let words = command.words.iter().filter_map(|w| w.literal.as_deref());
    let text = words.collect::<Vec<_>>().join(" ");
    text.contains("-extldflags") && text.contains("-static") && !text.contains("static-pie")
}

/// Whether what the builder's compiler links is musl.
fn musl(cx: &Context<'_>, stage: &Stage) -> bool {
    cx.model.go_image(stage).and_then(Stage::facts).is_some_and(|facts| facts.libc == Libc::Musl)
}

/// Whether a build leaves cgo on, as far as is known.
pub(super) fn leaves_cgo_on(cx: &Context<'_>, build: &GoBuild) -> bool {
    cx.model.go_setting(build, "CGO_ENABLED") == Value::Unset
}

/// How a program such as `make` links what it builds.
pub(super) enum Tool {
    /// Cgo is off already.
    Off(String),
    /// Cgo can't be used, and is to be switched off in so many words.
    Bare(String),
    /// That can't be told.
    Unknown(Blocker),
}

/// Looks at a command that builds programs by files that are not in the Dockerfile.
pub(super) fn tool(cx: &Context<'_>, stage: &Stage, index: usize, number: usize) -> Tool {
    let own = cx.model.run(index).and_then(|run| run.script.commands.get(number));
    let assigned = own.and_then(|c| c.assignments.iter().rfind(|a| a.name == "CGO_ENABLED"));
    let set = match assigned {
        Some(assignment) => assignment.value.literal.clone(),
        None => cx.model.state(index).set("CGO_ENABLED"),
    };
    if set.as_deref() == Some("0") {
        return Tool::Off("CGO_ENABLED=0 is in force".into());
    }
    let is_make = own.is_some_and(|c| c.name() == Some("make"));
    if is_make && set.is_none() && assigned.is_none() && cx.model.lacks_compiler(stage) {
        return Tool::Bare("the base image has no C compiler and the stage installs none".into());
    }
    let blocker =
        Blocker::new(Id::CgoUnknown, "files that are not in the Dockerfile decide how the program is linked");
    Tool::Unknown(if musl(cx, stage) { musl_blocker() } else { blocker })
}

/// The first packages with headers that a build stage installs, with the `RUN`: a build with cgo links what they are for.
pub(super) fn headers<'c>(cx: &Context<'c>, stage: &Stage) -> Option<(&'c Instruction<'c>, String)> {
    for (index, i) in cx.model.chain(stage).flat_map(|part| cx.model.body(part)) {
        let Some(run) = cx.model.run(index).filter(|_| i.keyword == Keyword::Run) else { continue };
        for command in &run.script.commands {
            let Effect::Packages(names) = effect(cx, index, command, None) else { continue };
            if let Some(name) = names.iter().find(|n| n.ends_with("-dev") || n.ends_with("-devel")) {
                return Some((i, format!("{name} is installed for a build with cgo")));
            }
        }
    }
    None
}

/// The blocker for packages with headers, unless all builds have cgo off.
pub(super) fn libraries(cx: &Context<'_>, stage: &Stage, builds: &[GoBuild]) -> Option<Blocker> {
    let zero = Value::Set("0".to_owned());
    let off =
        |build: &GoBuild| cx.model.go_setting(build, "CGO_ENABLED") == zero || cx.model.lacks_compiler(stage);
    if !builds.is_empty() && builds.iter().all(off) {
        return None;
    }
    let (instruction, message) = headers(cx, stage)?;
    Some(Blocker::new(Id::CgoNeeded, message).at(cx, instruction).through(Rung::Slim))
}
