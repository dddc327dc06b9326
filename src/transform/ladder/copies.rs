//! `COPY` and `ADD`: what they bring and where it lands.

use super::super::Context;
use crate::document::{Instruction, Keyword};
use crate::model::{expand, join};

/// A `COPY` or an `ADD` whose words are known.
#[derive(Clone, Debug)]
pub(super) struct Copy {
    /// The stage or image that it copies from; none for the build context.
    pub from: Option<String>,
    /// Its sources.
    pub sources: Vec<String>,
    /// Its destination, absolute, without a slash at its end.
    pub target: String,
    /// Whether the destination is surely a folder.
    pub into: bool,
}

/// Reads a `COPY` or `ADD`; none when its words can't be told or it holds heredocs.
pub(super) fn copy(cx: &Context<'_>, index: usize, instruction: &Instruction<'_>) -> Option<Copy> {
    if !instruction.heredocs.is_empty() {
        return None;
    }
    let state = cx.model.state(index);
    let value = |word: &str| expand(word, cx.document.escape, &|name| state.variable(name));
    let words: Option<Vec<String>> = match &instruction.json {
        Some(words) => words.iter().map(|w| value(&w.value)).collect(),
        None => instruction.words().map(|w| value(w.text)).collect(),
    };
    let mut words = words?;
    let target = words.pop().filter(|target| !target.is_empty())?;
    if words.is_empty() {
        return None;
    }
    let into = target.ends_with('/') || target == "." || target.ends_with("/.") || words.len() > 1;
    let from = instruction.flag("from").map(|from| value(from).unwrap_or_default());
    Some(Copy { from, sources: words, target: state.absolute(&target)?, into })
}

/// All that a stage copies, in order; a none for what can't be read.
pub(super) fn copies<'m, 'c>(
    cx: &'m Context<'c>,
    stage: &crate::model::Stage,
) -> impl DoubleEndedIterator<Item = (usize, Option<Copy>)> + use<'m, 'c> {
    let body: Vec<_> = cx.model.body(stage).collect();
    body.into_iter()
        .filter(|(_, i)| matches!(i.keyword, Keyword::Copy | Keyword::Add))
        .map(move |(index, i)| (index, copy(cx, index, i)))
}

impl Copy {
    /// The paths in the source that may become a path in the image.
    pub(super) fn origins(&self, path: &str) -> Vec<String> {
        let mut origins = Vec::new();
        for source in &self.sources {
            let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or(source);
            if (path == self.target && !self.into) || path == join(&self.target, name) {
                origins.push(source.clone());
            }
            if let Some(rest) =
                path.strip_prefix(self.target.as_str()).filter(|r| r.starts_with('/') || self.target == "/")
            {
                let folder = source.trim_end_matches('/');
                let folder = if matches!(folder, "." | "") { "" } else { folder };
                let origin = format!("{folder}/{}", rest.trim_start_matches('/'));
                origins.push(if self.from.is_none() {
                    origin.trim_start_matches("./").trim_start_matches('/').to_owned()
                } else {
                    origin
                });
            }
        }
        origins.dedup();
        origins
    }
}
