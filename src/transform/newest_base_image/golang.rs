//! What newer releases of Go make of a build.
//!
//! Go promises that programs of older releases build with newer ones; what that promise does not cover (code without go.mod,
//! tools, packages of the distribution, old modules that reach into the runtime) makes a bump unsafe, with the reason.

use super::super::Context;
use super::super::ladder::context::Landed;
use super::gopath;
use crate::document::Keyword;
use crate::model::{Run, STRICT_SUMS, Stage};

/// First minor of Go whose modules are taken to build with all later ones: it closed the ways around the linker that old
/// modules used.
const STRICT_LINKER: u32 = 23;

/// Why a bump may break the build, if it may.
pub(in super::super) fn doubt(cx: &Context<'_>, stage: &Stage, minor: Option<u32>) -> Option<String> {
    let mut has_module = false;
    let mut has_more = false;
    let last_run =
        cx.model.body(stage).rfind(|(_, i)| i.keyword == Keyword::Run).map_or(0, |(index, _)| index);
    for (index, instruction) in cx.model.body(stage) {
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
                if let Some(why) = run_doubt(run) {
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
    has_module |= gopath::says_modules(cx, stage);
    if !has_module && !gopath::builds(cx, stage) {
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

/// Packages that every release of the distribution has, and that no release changes for a Go build.
const STEADY: [&str; 12] = [
    "git",
    "ca-certificates",
    "tzdata",
    "gcc",
    "g++",
    "musl-dev",
    "libc-dev",
    "build-base",
    "make",
    "bash",
    "curl",
    "openssh-client",
];

fn run_doubt(run: &Run) -> Option<String> {
    for command in &run.script.commands {
        let words: Vec<&str> = command.words.iter().map(|w| w.literal.as_deref().unwrap_or("$")).collect();
        match words.as_slice() {
            ["go", "mod", "init" | "edit" | "tidy", ..] => {
                return Some(
                    "go.mod is made by the build, and may come out otherwise with newer releases".into(),
                );
            }
            ["go", "get", ..] => return Some("`go get` installs no programs since Go 1.18".into()),
            ["go", "install", rest @ ..] if rest.iter().any(|w| w.contains('@')) => {
                return Some("a tool at a fixed version may not build with newer releases".into());
            }
            ["apt-get" | "apt" | "aptitude" | "dpkg" | "apk", "update" | "upgrade", ..] => {}
            ["apk", "add", rest @ ..] if rest.iter().all(|w| w.starts_with('-') || STEADY.contains(w)) => {}
            ["apt-get" | "apt" | "aptitude" | "dpkg" | "apk", ..] => {
                return Some(
                    "the newer image stands on another release of its distribution, with other packages"
                        .into(),
                );
            }
            _ => {}
        }
    }
    None
}
