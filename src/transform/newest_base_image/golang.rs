//! What newer releases of Go make of a build.
//!
//! Go promises that programs of older releases build with newer ones; what that promise does not cover (code without go.mod,
//! tools, packages of the distribution, old modules that reach into the runtime) makes a bump unsafe, with the reason.

use super::super::Context;
use super::super::ladder::context::Landed;
use super::{gopath, steps};
use crate::document::Keyword;
use crate::model::{STRICT_SUMS, Stage};

/// First minor of Go whose modules are taken to build with all later ones: it closed the ways around the linker that old
/// modules used.
const STRICT_LINKER: u32 = 23;

/// Why a bump may break the build, if it may.
pub(in super::super) fn doubt(cx: &Context<'_>, stage: &Stage, minor: Option<u32>) -> Option<String> {
    let mut has_module = false;
    let mut has_more = false;
    let body = || cx.model.built_on(stage).flat_map(|stage| cx.model.body(stage));
    let runs = body().filter(|(_, i)| i.keyword == Keyword::Run);
    let last_run = runs.map(|(index, _)| index).last().unwrap_or(0);
    for (index, instruction) in body() {
        match instruction.keyword {
            // What comes after the last step of the build is no part of it.
            Keyword::Copy | Keyword::Add if index > last_run => {}
            Keyword::Copy | Keyword::Add => {
                let names =
                    |n: &str| instruction.words().any(|w| w.text.rsplit('/').next().is_some_and(|f| f == n));
                has_module |= names("go.mod");
                let sources = instruction.words().count().saturating_sub(1);
                has_more |= names("go.sum") || instruction.words().take(sources).any(|w| is_folder(w.text));
            }
            Keyword::Run => {
                let Some(run) = cx.model.run(index) else {
                    return Some("a RUN of the stage can't be read".into());
                };
                if let Some(why) = steps::doubt(run, instruction.args()) {
                    return Some(why);
                }
                has_module |= instruction.args().contains("go mod ");
            }
            _ => {}
        }
    }
    let modules: Vec<_> = match Landed::of(cx, stage) {
        Some(_) => cx.project.iter().flat_map(|project| project.go().modules()).collect(),
        None => Vec::new(),
    };
    has_module |= !modules.is_empty();
    has_more |= modules.iter().any(|module| module.sums.is_some());
    has_module |= cx.model.built_on(stage).any(|stage| gopath::says_modules(cx, stage));
    if !has_module && !cx.model.built_on(stage).any(|stage| gopath::builds(cx, stage)) {
        return Some("no build is seen here, so what newer releases make of it can't be told".into());
    }
    if !has_module {
        return Some("no go.mod is seen: code without it does not build with newer releases".into());
    }
    if !has_more && minor.is_none_or(|minor| minor < STRICT_SUMS) {
        return Some(format!(
            "before Go 1.{STRICT_SUMS} a module could go without go.sum, which newer releases refuse"
        ));
    }
    if cx.document.text.contains("GOEXPERIMENT") {
        return Some("experiments of Go come and go with its releases: GOEXPERIMENT".into());
    }
    if has_more && minor.is_none_or(|minor| minor < STRICT_LINKER) {
        return Some(format!("modules made before Go 1.{STRICT_LINKER} may not link with newer releases"));
    }
    None
}

/// Whether a source of `COPY` may bring more than one file.
fn is_folder(source: &str) -> bool {
    let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or(source);
    matches!(name, "." | "") || !name.contains('.') || name.contains(['*', '?'])
}
