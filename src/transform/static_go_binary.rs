//! `static_go_binary`: a Go program that needs no C library.
//!
//! Puts `CGO_ENABLED=0` (and `GOOS=linux`, which says for which system) before `go build` and strips its symbols.
//! Unsafe where the text does not show that no module needs cgo: some compile without it to a stub that fails at run time.

use super::ladder::Id;
use super::ladder::split::is_linux;
use super::{Context, Proposals, Transform};
use crate::edit::{Applicability, Edit};
use crate::model::{GoBuild, GoVerb, Purity, Value, go_minor};
use crate::span::Span;
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StaticGoBinary {}

impl Transform for StaticGoBinary {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        // What needs cgo is told by the ladder, which sees more than one build.
        if cx.is_blocked(&[Id::CgoNeeded, Id::CgoMusl]) {
            return;
        }
        for stage in cx.model.stages.iter().filter(|s| s.is_go_builder() && is_linux(s)) {
            for build in cx.model.go_builds(stage) {
                if cx.model.go_setting(build, "CGO_ENABLED") != Value::Unset {
                    continue;
                }
                let (Some(edits), Some(at)) = (edits(cx, build), at(cx, build)) else { continue };
                let fix =
                    out.fix("the binary may link the C library", "build a static binary", at).edits(edits);
                let instruction = &cx.document.instructions[build.instruction];
                match cx.model.purity(stage, build) {
                    Purity::Pure(why) => fix.evidence([cx.evidence(why, instruction)]),
                    Purity::Unknown(why) => fix.at_most(Applicability::Unsafe, why),
                    Purity::Cgo(_) => continue,
                }
                .done();
            }
        }
    }
}

/// Where a build's command is.
pub(super) fn at(cx: &Context<'_>, build: &GoBuild) -> Option<Span> {
    let command = cx.model.go_command(build)?;
    let run = cx.model.run(build.instruction)?;
    let words = Span::new(command.words.first()?.span.start, command.words.last()?.span.end);
    Some(cx.document.instructions[build.instruction].source(run.joined(words)))
}

/// The edits that make a build static; none when it is for another system or its flags can't be read.
///
/// What is already there stays: settings are added, flags are merged.
pub(super) fn edits(cx: &Context<'_>, build: &GoBuild) -> Option<Vec<Edit>> {
    let (run, instruction) = (cx.model.run(build.instruction)?, &cx.document.instructions[build.instruction]);
    let source = |span| instruction.source(run.joined(span));
    let mut edits = cgo_off(cx, build)?;
    if cx.model.go_command(build)?.name() == Some("go") {
        edits.extend(linker_flags(cx, build, &source));
    }
    Some(edits)
}

/// The edits that switch cgo off for a build; none when it is for another system, or cgo is on for a reason.
pub(super) fn cgo_off(cx: &Context<'_>, build: &GoBuild) -> Option<Vec<Edit>> {
    let command = cx.model.go_command(build)?;
    let (run, instruction) = (cx.model.run(build.instruction)?, &cx.document.instructions[build.instruction]);
    let source = |span| instruction.source(run.joined(span));
    let mut settings = String::new();
    let mut was_on = false;
    match cx.model.go_setting(build, "CGO_ENABLED") {
        Value::Unset => {
            was_on = true;
            settings.push_str("CGO_ENABLED=0 ");
        }
        Value::Set(value) if value == "0" => {}
        _ => return None,
    }
    match cx.model.go_setting(build, "GOOS") {
        // `go install` puts programs for a system that was named in another folder only when it is another one.
        Value::Unset if build.verb == GoVerb::Build && command.name() == Some("go") => {
            settings.push_str("GOOS=linux ");
        }
        Value::Set(system) if system == "linux" => {}
        // `GOOS=$TARGETOS` and the like decide it themselves.
        Value::Unset | Value::Unknown => {}
        Value::Set(_) => return None,
    }
    let mut edits = Vec::new();
    if !settings.is_empty() {
        edits.push(Edit { span: Span::at(source(command.words[0].span).start), text: settings });
    }
    edits.extend(rebuilt(cx, build, &source).filter(|_| was_on));
    Some(edits)
}

/// `CGO_ENABLED=0` in front of a command that builds by other files: its `RUN` and its number.
pub(super) fn without_cgo(cx: &Context<'_>, (index, number): (usize, usize)) -> Option<Edit> {
    let run = cx.model.run(index)?;
    let word = run.script.commands.get(number)?.words.first()?;
    let at = cx.document.instructions[index].source(run.joined(word.span)).start;
    Some(Edit { span: Span::at(at), text: "CGO_ENABLED=0 ".into() })
}

/// First minor of Go that by itself builds the standard library anew when cgo is switched off.
const CACHED: u32 = 10;

/// Flags with which older releases build the standard library without cgo, which comes compiled with it.
fn rebuilt(cx: &Context<'_>, build: &GoBuild, source: &dyn Fn(Span) -> Span) -> Option<Edit> {
    let stage = cx.model.stages.iter().rev().find(|s| s.from < build.instruction)?;
    let minor = cx.model.go_image(stage).and_then(go_minor)?;
    let command = cx.model.go_command(build)?;
    let has =
        command.words.iter().any(|w| w.literal.as_deref().is_some_and(|w| w.starts_with("-installsuffix")));
    if minor >= CACHED || has || command.name() != Some("go") {
        return None;
    }
    Some(Edit { span: Span::at(source(command.words[1].span).end), text: " -a -installsuffix cgo".into() })
}

/// `-ldflags="-s -w"`, or `-s -w` added to the flags that are there.
fn linker_flags(cx: &Context<'_>, build: &GoBuild, source: &dyn Fn(Span) -> Span) -> Option<Edit> {
    let words = &cx.model.go_command(build)?.words;
    let text = |span: Span| &cx.document.text[source(span).range()];
    let position = words.iter().position(|w| text(w.span).trim_start_matches('-').starts_with("ldflags"));
    let Some(position) = position else {
        if cx.document.text.contains("GOFLAGS") {
            return None;
        }
        let at = source(words[1].span).end;
        return Some(Edit { span: Span::at(at), text: " -ldflags=\"-s -w\"".into() });
    };
    let flag = text(words[position].span);
    let value = if flag.contains('=') { words[position].span } else { words.get(position + 1)?.span };
    let value_text = text(value);
    let quoted = value_text.ends_with(['"', '\'']) && value_text.len() > 2;
    let has = |f: &str| value_text.split(|c: char| c.is_whitespace() || "\"'=".contains(c)).any(|w| w == f);
    let missing: String = [" -s", " -w"].into_iter().filter(|f| !has(f.trim())).collect();
    if !quoted || missing.is_empty() {
        return None;
    }
    Some(Edit { span: Span::at(source(value).end - 1), text: missing })
}
