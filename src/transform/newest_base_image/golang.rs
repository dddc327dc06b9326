//! What newer releases of Go make of a build.
//!
//! Go promises that programs of older releases build with newer ones; what that promise does not cover (code without go.mod,
//! tools, packages of the distribution, old modules that reach into the runtime) makes a bump unsafe, with the reason.

use super::super::Context;
use super::super::ladder::context::Landed;
use super::{gopath, steps};
use crate::document::{Instruction, Keyword};
use crate::model::{STRICT_SUMS, Stage};

/// First minor of Go whose modules are taken to build with all later ones: it closed the ways around the linker that old
/// modules used.
const STRICT_LINKER: u32 = 23;

/// Ports that newer releases dropped, as the release notes say: Go 1.14 (nacl), 1.15 (darwin on 32 bits) and 1.26 (windows/arm;
/// `go tool dist list` of 1.26.8 has none of them).
const DROPPED: [(&str, &str); 5] =
    [("windows", "arm"), ("darwin", "386"), ("darwin", "arm"), ("nacl", "386"), ("nacl", "amd64p32")];

/// A port that newer releases dropped and a text may build for.
fn dropped(text: &str) -> Option<(&'static str, &'static str)> {
    let names = |name: &str| text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == name);
    let sets = text.contains("GOARCH") || text.contains("gox");
    DROPPED.into_iter().find(|(system, machine)| sets && names(system) && names(machine))
}

/// Why a bump may break the build, if it may.
pub(in super::super) fn doubt(cx: &Context<'_>, stage: &Stage, minor: Option<u32>) -> Option<String> {
    let sources = match Sources::of(cx, stage) {
        Ok(sources) => sources,
        Err(why) => return Some(why),
    };
    if !sources.module && !cx.model.built_on(stage).any(|stage| gopath::builds(cx, stage)) {
        return Some("no build is seen here, so what newer releases make of it can't be told".into());
    }
    if !sources.module {
        return Some("no go.mod is seen: code without it does not build with newer releases".into());
    }
    if !sources.sums && minor.is_none_or(|minor| minor < STRICT_SUMS) {
        return Some(format!(
            "before Go 1.{STRICT_SUMS} a module could go without go.sum, which newer releases refuse"
        ));
    }
    if let Some((system, machine)) = dropped(cx.document.text) {
        return Some(format!("newer releases of Go do not build for {system}/{machine}"));
    }
    if cx.document.text.contains("GOEXPERIMENT") {
        return Some("experiments of Go come and go with its releases: GOEXPERIMENT".into());
    }
    if sources.sums && minor.is_none_or(|minor| minor < STRICT_LINKER) {
        return Some(format!("modules made before Go 1.{STRICT_LINKER} may not link with newer releases"));
    }
    None
}

/// What is seen of the sources of a build.
struct Sources {
    /// Whether they are a module.
    module: bool,
    /// Whether they may have modules of others: a go.sum, or files that are not seen.
    sums: bool,
}

impl Sources {
    /// Those of a stage and of all that are built on it; an error says what in their steps may not build.
    fn of(cx: &Context<'_>, stage: &Stage) -> Result<Self, String> {
        let body = || cx.model.built_on(stage).flat_map(|stage| cx.model.body(stage));
        let runs = body().filter(|(_, i)| i.keyword == Keyword::Run);
        let last_run = runs.map(|(index, _)| index).last().unwrap_or(0);
        let mut found = Self { module: false, sums: false };
        for (index, instruction) in body() {
            match instruction.keyword {
                // What comes after the last step of the build is no part of it.
                Keyword::Copy | Keyword::Add if index > last_run => {}
                Keyword::Copy | Keyword::Add => found.copied(instruction),
                Keyword::Run => {
                    let run = cx.model.run(index).ok_or("a RUN of the stage can't be read")?;
                    steps::doubt(run, instruction.args()).map_or(Ok(()), Err)?;
                    found.module |= instruction.args().contains("go mod ");
                }
                _ => {}
            }
        }
        let project = cx.project.filter(|_| Landed::of(cx, stage).is_some());
        for module in project.iter().flat_map(|project| project.go().modules()) {
            found.module = true;
            found.sums |= module.sums.is_some();
        }
        found.module |= cx.model.built_on(stage).any(|stage| gopath::says_modules(cx, stage));
        Ok(found)
    }

    fn copied(&mut self, instruction: &Instruction<'_>) {
        let names = |n: &str| instruction.words().any(|w| w.text.rsplit('/').next().is_some_and(|f| f == n));
        self.module |= names("go.mod");
        let sources = instruction.words().count().saturating_sub(1);
        self.sums |= names("go.sum") || instruction.words().take(sources).any(|w| is_folder(w.text));
    }
}

/// Whether a source of `COPY` may bring more than one file.
fn is_folder(source: &str) -> bool {
    let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or(source);
    matches!(name, "." | "") || !name.contains('.') || name.contains(['*', '?'])
}
