//! Files that are secrets by their name, copied from the build context.

use super::names;
use crate::catalog::secrets::{SecretFile, secrets};
use crate::document::{Instruction, Keyword};
use crate::model::expand;
use crate::project::{Kind, Project};
use crate::span::Span;
use crate::transform::Context;

/// A secret that a `COPY` or an `ADD` brings.
#[derive(Clone, Debug)]
pub(in crate::transform::files) struct Copied {
    /// The source as written, variables replaced.
    pub source: String,
    /// The destination, likewise.
    pub target: String,
    /// Where the source is written, in the joined text.
    pub span: Span,
    /// What it is.
    pub file: &'static SecretFile,
}

/// The secret files that an instruction copies from the build context.
pub(in crate::transform::files) fn copied(
    cx: &Context<'_>,
    index: usize,
    instruction: &Instruction<'_>,
) -> Vec<Copied> {
    if !matches!(instruction.keyword, Keyword::Copy | Keyword::Add) || instruction.flag("from").is_some() {
        return Vec::new();
    }
    let mut words = words(cx, index, instruction);
    let Some((Some(target), _)) = words.pop() else { return Vec::new() };
    let secret = |(source, span): (Option<String>, Span)| {
        let source = source?;
        let file = kind(&source, &target)?;
        (holds_secret(cx.project, &source, file) && !is_public(cx, &source)).then(|| Copied {
            source,
            target: target.clone(),
            span,
            file,
        })
    };
    words.into_iter().filter_map(secret).collect()
}

/// The words of an instruction, variables replaced, with their places.
fn words(cx: &Context<'_>, index: usize, instruction: &Instruction<'_>) -> Vec<(Option<String>, Span)> {
    let state = cx.model.state(index);
    let value = |word: &str| expand(word, cx.document.escape, &|name| state.variable(name));
    match &instruction.json {
        Some(words) => words.iter().map(|word| (value(&word.value), word.span)).collect(),
        None => instruction.words().map(|word| (value(word.text), word.span)).collect(),
    }
}

/// What a file is by its path and where it goes.
fn kind(source: &str, target: &str) -> Option<&'static SecretFile> {
    if source.contains("://") {
        return None;
    }
    let source = source.trim_end_matches('/').to_lowercase();
    let source = source.trim_start_matches("./");
    let target = target.to_lowercase();
    secrets().files.iter().find(|file| file.is(source, &target))
}

/// Whether the text of a file holds what makes it a secret; it does if the text is not known.
fn holds_secret(project: Option<&Project>, source: &str, file: &SecretFile) -> bool {
    let Some(project) = project.filter(|_| !file.content.is_empty()) else { return true };
    let texts: Vec<String> =
        project.sources(source).into_iter().filter_map(|entry| project.text(&entry.path)).collect();
    texts.is_empty() || texts.iter().any(|text| file.content.iter().any(|content| has(text, content)))
}

fn has(text: &str, content: &str) -> bool {
    if content != "names" {
        return text.contains(content);
    }
    text.lines().filter_map(|line| line.trim_start_matches("export ").split_once('=')).any(|(name, raw)| {
        names::holds(name.trim()).is_some_and(|holds| names::value(name, raw, holds).is_some())
    })
}

/// Whether a command takes the file for a key that signs packages: those are public.
fn is_public(cx: &Context<'_>, source: &str) -> bool {
    let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or(source);
    let signs = |text: &str| {
        ["apt-key", "rpm --import", "rpmkeys", "gpg --import", "gpg --dearmor", "apk/keys", "trusted.gpg"]
            .iter()
            .any(|c| text.contains(c))
    };
    cx.document.instructions.iter().any(|i| signs(i.args()) && i.args().contains(name))
}

/// Whether a path is one of a private key, by its name.
pub(in crate::transform::files) fn is_private_key(path: &str) -> bool {
    kind(path, path).is_some_and(|file| file.what.contains("private key"))
}

/// The files of a context that are secrets by name and, where that can be told, by text.
pub(in crate::transform::files) fn within(project: &Project) -> Vec<(&str, &'static SecretFile)> {
    let files = project.entries().iter().filter(|entry| entry.kind == Kind::File);
    let secret = |path: &'_ str| -> Option<&'static SecretFile> {
        kind(path, "").filter(|file| holds_secret(Some(project), path, file))
    };
    files.filter_map(|entry| Some((entry.path.as_str(), secret(&entry.path)?))).collect()
}
