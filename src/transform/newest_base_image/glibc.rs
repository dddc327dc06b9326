//! Programs that are linked with the C library of one image and run with that of another.

use super::super::Context;
use super::gopath;
use crate::catalog::{self, Libc, Standing, Suite, Tag, Target};
use crate::document::{Instruction, Keyword};
use crate::model::{Base, Stage, Value};

/// Why a program that is built on the new image may not start where it goes, if it may be linked with a C library that is
/// newer than the one there.
pub(super) fn doubt(
    cx: &Context<'_>,
    stage: &Stage,
    standing: &Standing<'_>,
    target: &Target,
) -> Option<String> {
    if !cx.model.built_on(stage).any(|stage| may_link(cx, stage)) {
        return None;
    }
    let new = suite_of(standing, &target.tag).and_then(|suite| suite.release());
    let own = stage.facts().map_or(Libc::None, |facts| facts.libc);
    takers(cx, stage).into_iter().find_map(|taker| {
        let base = cx.model.chain(taker).last().unwrap_or(taker);
        let name = base.reference().map_or_else(|| "an image".to_owned(), |r| r.canonical());
        if base.base == Base::Scratch {
            let starts =
                |(_, i): (usize, &Instruction<'_>)| matches!(i.keyword, Keyword::Cmd | Keyword::Entrypoint);
            // What has no command is taken out of the image, to run who knows where.
            let is_export = !cx.model.body(taker).any(starts);
            return is_export.then(|| {
                "what is linked with the newer C library may not start where it is taken to".into()
            });
        }
        let Some(facts) = base.facts() else {
            return Some(format!("what is linked with the newer C library may not start in {name}"));
        };
        let there = facts.suite.as_deref().and_then(catalog::suite);
        let is_older = there.zip(new).is_none_or(|(there, new)| there.released < new.released);
        let same = facts.libc == own && own != Libc::None;
        (same && is_older).then(|| format!("what is linked with the newer C library may not start in {name}"))
    })
}

/// Whether a stage may link programs with the C library: it has a C compiler, and not all that builds is told not to.
fn may_link(cx: &Context<'_>, stage: &Stage) -> bool {
    let installs = |i: &Instruction<'_>| {
        ["gcc", "g++", "build-base", "clang"].iter().any(|name| i.args().contains(name))
    };
    let has_compiler = cx.model.chain(stage).any(|stage| {
        let runs = cx.model.body(stage).filter(|(_, i)| i.keyword == Keyword::Run);
        matches!(stage.base, Base::Image(_) | Base::Unknown) && stage.facts().is_none_or(|facts| facts.gcc)
            || runs.map(|(_, i)| i).any(installs)
    });
    has_compiler && cx.model.body(stage).any(|(index, i)| i.keyword == Keyword::Run && links(cx, index))
}

/// Whether a `RUN` may build a program that uses the C library.
fn links(cx: &Context<'_>, index: usize) -> bool {
    let is_off = matches!(cx.model.state(index).variable("CGO_ENABLED"), Value::Set(value) if value == "0");
    let text = cx.document.instructions[index].args();
    let Some(run) = cx.model.run(index) else { return !is_off || text.contains("CGO_ENABLED") };
    let mut is_off = is_off;
    run.script.commands.iter().any(|command| {
        let assigned = command.assignments.iter().rfind(|a| a.name == "CGO_ENABLED");
        let says = |value: &str| command.words.iter().any(|w| w.literal.as_deref() == Some(value));
        let off = match assigned {
            Some(assignment) => assignment.value.literal.as_deref() == Some("0"),
            None => says("CGO_ENABLED=0") || (is_off && !says("CGO_ENABLED=1")),
        };
        if command.name() == Some("export") {
            is_off = off;
        }
        gopath::may_build(command, text) && !off
    })
}

/// The release of the distribution that an image stands on, from another name of the same image if its own leaves it open.
pub(super) fn suite_of(standing: &Standing<'_>, tag: &str) -> Option<Suite<'static>> {
    let row = standing.listing?.tags.as_ref()?.row(tag)?;
    row.tags.iter().filter_map(|tag| Some(Tag::parse(tag)?.suite)).find(|suite| suite.release().is_some())
}

/// The stages of other images in which files of a stage may end, also by way of others.
fn takers<'c>(cx: &'c Context<'_>, stage: &Stage) -> Vec<&'c Stage> {
    let mut holds = vec![false; cx.model.stages.len()];
    let mut takers = Vec::new();
    for taker in &cx.model.stages {
        let is_own = cx.model.chain(taker).any(|below| below.index == stage.index);
        let below = cx.model.chain(taker).any(|below| holds[below.index]);
        let taken = || {
            cx.model
                .body(taker)
                .flat_map(|(_, i)| sources(i))
                .any(|name| cx.model.stage_of(name).is_some_and(|from| holds[from]))
        };
        holds[taker.index] = is_own || below || taken();
        if holds[taker.index] && !is_own {
            takers.push(taker);
        }
    }
    takers
}

/// The stages and images from which an instruction takes files, as written.
fn sources<'i>(instruction: &'i Instruction<'_>) -> impl Iterator<Item = &'i str> {
    instruction.flags.iter().filter_map(|flag| match flag.name() {
        "from" => flag.value(),
        "mount" => flag.value()?.split(',').find_map(|field| field.strip_prefix("from=")),
        _ => None,
    })
}
