//! `newest_base_image`: the newest release of the base image, in the same variant.
//!
//! Knows the official Go image. Go promises that programs of older releases build with newer ones; what that promise does
//! not cover (code without go.mod, tools, packages of the distribution, old modules that reach into the runtime) makes
//! the fix unsafe, with the reason.

mod gopath;

use super::ladder::context::Landed;
use super::{Context, Proposals, Transform};
use crate::catalog::Reference;
use crate::catalog::golang::{self, Tag};
use crate::document::{Instruction, Keyword};
use crate::edit::{Applicability, Edit};
use crate::model::{Base, GOLANG, Run, STRICT_SUMS, Stage};
use crate::span::Span;
use gopath::Gopath;
use serde::Deserialize;

/// The verb and its parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewestBaseImage {
    /// The family whose images are bumped.
    family: Family,
}

/// The families whose tags the verb can read.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Family {
    Golang,
}

/// First minor of Go whose modules are taken to build with all later ones: it closed the ways around the linker that old
/// modules used.
const STRICT_LINKER: u32 = 23;

impl Transform for NewestBaseImage {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let Family::Golang = self.family;
        for stage in &cx.model.stages {
            if stage.is(GOLANG) {
                bump(cx, stage, out);
            }
        }
    }
}

fn bump(cx: &Context<'_>, stage: &Stage, out: &mut Proposals<'_>) {
    let Some(reference) = stage.reference() else { return };
    let (Some(tag), Base::Image(image)) = (reference.tag, &stage.base) else { return };
    let Some(parsed) = Tag::parse(tag) else { return };
    let Some(newest) = golang::newest(&parsed) else { return };
    let from = cx.model.from(stage);
    let at = from.source(stage.base_at);
    let message = match parsed.minor().and_then(golang::end_of_life) {
        Some(date) => format!("{image} gets no fixes since {date}"),
        None => match parsed.minor().and_then(first_end) {
            Some(date) => format!("{image} gets no fixes any more: its support ended before {date}"),
            None => format!("{image} is not the newest release"),
        },
    };
    let title = format!("use golang:{newest}");
    let fix = out.fix(message, title, at);
    if reference.digest.is_some() {
        fix.at_most(Applicability::Manual, "its digest wins over its tag: both must change together").done();
        return;
    }
    let Some(edit) = edit(cx, from, stage.base_at, &reference, &newest) else {
        fix.at_most(Applicability::Manual, "its version comes from variables").done();
        return;
    };
    let more = match gopath::gopath(cx, stage, parsed.minor()) {
        Gopath::Refused(why) => return fix.at_most(Applicability::Manual, why).done(),
        Gopath::Edits(edits) => edits,
        Gopath::Module => Vec::new(),
    };
    match doubt(cx, stage, parsed.minor()) {
        Some(why) => fix.at_most(Applicability::Unsafe, why),
        None => fix
            .evidence([cx.evidence("the stage builds a module, which newer releases of Go build too", from)]),
    }
    .edits([edit])
    .edits(more)
    .done();
}

/// The first end of support that is known, for a release that is older than all with a known one.
fn first_end(minor: u32) -> Option<&'static str> {
    let newest = golang::newest_minor()?;
    (minor..newest).find_map(golang::end_of_life)
}

/// The new tag, in the `FROM` or in the default of the one variable that holds the version.
fn edit(
    cx: &Context<'_>,
    from: &Instruction<'_>,
    word: Span,
    reference: &Reference<'_>,
    newest: &str,
) -> Option<Edit> {
    let written = &from.text.text()[word.range()];
    if !written.contains(['$', '"', '\'', '\\']) {
        let tag = reference.tag_at?;
        let span = Span::new(word.start + tag.start, word.start + tag.end);
        return Some(Edit { span: from.source(span), text: newest.to_owned() });
    }
    argument(cx, written, newest)
}

/// The default of `ARG NAME=1.22` behind `golang:${NAME}-alpine`, if nothing else reads the variable.
fn argument(cx: &Context<'_>, written: &str, newest: &str) -> Option<Edit> {
    let (before, rest) = written.split_once('$')?;
    let (name, after) = match rest.strip_prefix('{') {
        Some(rest) => rest.split_once('}')?,
        None => rest.split_at(rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())),
    };
    let prefix = before.rsplit_once(':')?.1;
    let value = newest.strip_prefix(prefix)?.strip_suffix(after)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if value.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    if cx.document.text.matches(name).count() != 2 {
        return None;
    }
    let mut head = cx.document.instructions.iter().take_while(|i| i.keyword != Keyword::From);
    head.find_map(|instruction| {
        let pair = instruction.pairs().into_iter().find(|p| p.name == name)?;
        let old = pair.value.filter(|v| v.text.chars().all(plain) && !v.text.is_empty())?;
        Some(Edit { span: instruction.source(old.span), text: value.to_owned() })
    })
}

/// Why a bump may break the build, if it may.
pub(super) fn doubt(cx: &Context<'_>, stage: &Stage, minor: Option<u32>) -> Option<String> {
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
