//! `dockerignore`: what is in the build context and has no place in an image stays out of a copy of all of it.
//!
//! Only what is there is named, and nothing that the Dockerfile names itself. What nobody here can know is whether a script
//! of the project, or the program, reads one of the files: that is why no such fix is safe.

mod unwanted;

use super::super::{Context, Proposals, Transform};
use crate::document::{Instruction, Keyword};
use crate::edit::{Applicability, NewFile};
use crate::model::expand;
use crate::project::{IgnoreFile, Project};
use serde::Deserialize;
use unwanted::Unwanted;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::transform) struct Dockerignore {}

/// The ignore file of a context.
const NAME: &str = ".dockerignore";

impl Transform for Dockerignore {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let Some(project) = cx.project.filter(|project| project.error().is_none()) else { return };
        let whole = |(index, instruction): &(usize, &Instruction<'_>)| is_whole(cx, *index, instruction);
        let Some((_, copy)) = cx.document.instructions.iter().enumerate().find(whole) else { return };
        let unwanted = unwanted::find(cx, project);
        let Ok(ignore) = project.ignore_file() else { return };
        let unwanted: Vec<&Unwanted> = unwanted.iter().filter(|u| !is_wanted(ignore.as_ref(), u)).collect();
        if unwanted.is_empty() {
            return;
        }
        let message = format!("{} copied with the whole build context", told(&unwanted));
        let fix = out.fix(message, title(ignore.as_ref()), copy.span).evidence(
            unwanted.iter().map(|u| crate::edit::Evidence { what: u.evidence.clone(), line: None }),
        );
        if let Some(reason) = hindrance(project, ignore.as_ref()) {
            fix.at_most(Applicability::Manual, reason).done();
            return;
        }
        fix.at_most(Applicability::Unsafe, risks(&unwanted)).files([file(ignore, &unwanted)]).done();
    }
}

/// What may go wrong.
fn risks(unwanted: &[&Unwanted]) -> String {
    let mut risks: Vec<&str> = unwanted.iter().filter_map(|u| u.risk).collect();
    risks.dedup();
    if risks.is_empty() {
        "a command of the build or the program may read it".to_owned()
    } else {
        risks.join("; ")
    }
}

/// Whether an instruction copies all of the build context.
fn is_whole(cx: &Context<'_>, index: usize, instruction: &Instruction<'_>) -> bool {
    matches!(instruction.keyword, Keyword::Copy | Keyword::Add)
        && instruction.flag("from").is_none()
        && sources(cx, index, instruction).iter().any(|source| matches!(source.as_str(), "" | "."))
}

/// What an instruction copies from the context, as paths in it.
fn sources(cx: &Context<'_>, index: usize, instruction: &Instruction<'_>) -> Vec<String> {
    let state = cx.model.state(index);
    let value = |word: &str| expand(word, cx.document.escape, &|name| state.variable(name));
    let mut words: Vec<Option<String>> = match &instruction.json {
        Some(words) => words.iter().map(|word| value(&word.value)).collect(),
        None => instruction.words().map(|word| value(word.text)).collect(),
    };
    words.pop();
    let path = |word: String| word.trim_start_matches("./").trim_matches('/').to_owned();
    words.into_iter().flatten().map(path).collect()
}

/// What the ignore file brings back by name is wanted.
fn is_wanted(ignore: Option<&IgnoreFile>, unwanted: &Unwanted) -> bool {
    let text = ignore.map(|file| String::from_utf8_lossy(&file.bytes));
    let name = unwanted.pattern.rsplit('/').next().unwrap_or(&unwanted.pattern);
    text.is_some_and(|text| text.lines().any(|line| line.starts_with('!') && line.contains(name)))
}

/// What keeps a file from being written.
fn hindrance(project: &Project, ignore: Option<&IgnoreFile>) -> Option<&'static str> {
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let is_recipe = |name: &str| {
        name.starts_with("dockerfile") || name.ends_with(".dockerfile") || name.starts_with("containerfile")
    };
    let count =
        project.entries().iter().filter(|e| is_recipe(&name(&e.path)) && !e.path.ends_with(NAME)).count();
    match ignore {
        Some(file) if file.is_own => {
            Some("the ignore file of this Dockerfile may lie outside of the build context")
        }
        Some(file) if String::from_utf8(file.bytes.clone()).is_err() => Some("the ignore file is not UTF-8"),
        _ if count > 1 => {
            Some("other Dockerfiles share the build context, and may need what this one does not")
        }
        _ => None,
    }
}

fn title(ignore: Option<&IgnoreFile>) -> String {
    match ignore {
        None => format!("write a `{NAME}`"),
        Some(file) => format!("add to `{}`", file.name),
    }
}

/// What is copied, as the beginning of a sentence.
fn told(unwanted: &[&Unwanted]) -> String {
    let named: Vec<String> = unwanted.iter().take(3).map(|u| format!("`{}`", u.shown)).collect();
    let verb = if unwanted.len() == 1 { "is" } else { "are" };
    match unwanted.len() {
        0..=3 => {
            let (last, rest) =
                named.split_last().map_or(("", &named[..]), |(last, rest)| (last.as_str(), rest));
            if rest.is_empty() {
                format!("{last} {verb}")
            } else {
                format!("{} and {last} {verb}", rest.join(", "))
            }
        }
        count => format!("{} and {} more {verb}", named.join(", "), count - 3),
    }
}

/// The ignore file with what is to stay out.
fn file(ignore: Option<IgnoreFile>, unwanted: &[&Unwanted]) -> NewFile {
    let before = ignore.map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
    let mut text = before.clone().unwrap_or_default();
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    if !text.is_empty() && !text.ends_with('\n') {
        text.push_str(eol);
    }
    for Unwanted { pattern, .. } in unwanted {
        text.push_str(pattern);
        text.push_str(eol);
    }
    NewFile { path: NAME.to_owned(), before, text }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
