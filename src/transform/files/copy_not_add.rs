//! `copy_not_add`: `COPY` where `ADD` does nothing that `COPY` does not.
//!
//! `ADD` unpacks archives, and gets URLs and git repositories. Both look at a build in the same way otherwise: one function
//! of `BuildKit` serves them, `dispatchCopy` in `frontend/dockerfile/dockerfile2llb/convert.go`.

use super::archive::{Promise, promise, unpacks};
use crate::document::{Instruction, Keyword};
use crate::edit::{Applicability, Edit};
use crate::model::{Value, expand};
use crate::project::Kind;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CopyNotAdd {}

impl Transform for CopyNotAdd {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        if cx.document.escape != '\\' {
            return;
        }
        for instruction in &cx.document.instructions {
            match (&instruction.trigger, instruction.keyword) {
                // What a child's context holds is not known here.
                (Some(trigger), _) if trigger.keyword == Keyword::Add => propose(cx, trigger, false, out),
                (None, Keyword::Add) => propose(cx, instruction, true, out),
                _ => {}
            }
        }
    }
}

/// What a source shows to be.
enum Source {
    /// Something that `ADD` does not unpack, and how that is known.
    Plain(String),
    /// A file or folder of which nothing is known; its name.
    Unknown(String),
}

fn propose(cx: &Context<'_>, add: &Instruction<'_>, has_context: bool, out: &mut Proposals<'_>) {
    let Some(keyword) = copy(add.name()) else { return };
    let at = add.source(add.name);
    if add.flags.iter().any(|flag| !SHARED.contains(&flag.name()))
        || cx.document.text.get(at.range()) != Some(add.name())
    {
        return;
    }
    let Some(sources) = sources(add) else { return };
    let judged: Option<Vec<Source>> = sources.iter().map(|source| judge(cx, source, has_context)).collect();
    let Some(judged) = judged else { return };
    let mut fix = out
        .fix("ADD would also unpack archives and get URLs; nothing here is one", "write COPY", at)
        .edits([Edit { span: at, text: keyword }]);
    for source in judged {
        fix = match source {
            Source::Plain(what) => fix.evidence([cx.evidence(what, add)]),
            Source::Unknown(name) => {
                fix.at_most(Applicability::Unsafe, format!("{name} may be an archive, which ADD unpacks"))
            }
        };
    }
    fix.done();
}

/// The flags that `ADD` has in common with `COPY`.
const SHARED: [&str; 4] = ["chmod", "chown", "exclude", "link"];

/// `COPY` in the case in which `ADD` is written.
fn copy(add: &str) -> Option<String> {
    let text = match add {
        "ADD" => "COPY",
        "add" => "copy",
        "Add" => "Copy",
        _ => return None,
    };
    Some(text.to_owned())
}

/// The sources as a build reads them; none where one hangs on a variable or may be written for Windows.
fn sources(add: &Instruction<'_>) -> Option<Vec<String>> {
    let written: Vec<String> = match &add.json {
        Some(words) => words.iter().map(|word| word.value.clone()).collect(),
        None => add.words().map(|word| word.text.to_owned()).collect(),
    };
    let (_, sources) = written.split_last()?;
    let plain = |source: &String| -> Option<String> {
        let unquoted = expand(source, '\\', &|_| Value::Unknown)?;
        (!source.contains(['$', '\\'])).then_some(unquoted)
    };
    sources.iter().filter(|source| !source.starts_with("<<")).map(plain).collect()
}

/// What a source shows to be; none for what `ADD` unpacks or gets from elsewhere, or may.
fn judge(cx: &Context<'_>, source: &str, has_context: bool) -> Option<Source> {
    if is_remote(source) {
        return None;
    }
    let path = source.trim_end_matches('/');
    let name = path.rsplit('/').next().unwrap_or_default();
    let by_name = promise(name);
    if matches!(name, "" | "." | "..") || (source.ends_with('/') && by_name != Promise::Archive) {
        return Some(Source::Plain(format!("{source} is a folder")));
    }
    if let Some(inside) = names_inside(cx, path) {
        return Some(Source::Plain(format!("{path} is a folder, as {inside} is in it")));
    }
    match looked_at(cx, source).filter(|_| has_context) {
        Some(Looked::Archive) => None,
        Some(Looked::Plain(what)) => Some(Source::Plain(what)),
        None => match by_name {
            Promise::Archive => None,
            Promise::Plain => Some(Source::Plain(format!("{name} is not the name of a tar archive"))),
            Promise::Nothing => Some(Source::Unknown(source.to_owned())),
        },
    }
}

/// A source of another instruction that is in a folder of this name.
fn names_inside(cx: &Context<'_>, folder: &str) -> Option<String> {
    let copies =
        cx.document.instructions.iter().filter(|i| matches!(i.keyword, Keyword::Copy | Keyword::Add));
    let mut named = copies.filter(|i| i.flag("from").is_none()).filter_map(sources).flatten();
    let plain = |path: &str| path.trim_start_matches("./").trim_start_matches('/').to_owned();
    let start = format!("{}/", plain(folder));
    named.find(|source| {
        plain(source).strip_prefix(&start).is_some_and(|rest| !rest.is_empty() && !rest.starts_with('.'))
    })
}

/// Whether a source is, or may be, an address: of a file, or of a repository in git's own way of writing.
fn is_remote(source: &str) -> bool {
    let repository = source.split('#').next().and_then(|path| path.rsplit_once('.'));
    let repository = repository.is_some_and(|(_, ending)| ending.trim_end_matches('/') == "git");
    source.contains("://") || repository || source.split_once(':').is_some_and(|(host, _)| host.contains('@'))
}

/// What the files of a context show.
enum Looked {
    Archive,
    Plain(String),
}

/// Looks at what a source names in the context; none where that is not known, or can't be read.
fn looked_at(cx: &Context<'_>, source: &str) -> Option<Looked> {
    let project = cx.project?;
    let entries = project.sources(source);
    let mut what = None;
    for entry in &entries {
        match entry.kind {
            Kind::Folder => what = what.or(Some(format!("{} is a folder of the context", entry.path))),
            // It may lead to any file.
            Kind::Link => return None,
            Kind::File if unpacks(&project.bytes(&entry.path)?) => return Some(Looked::Archive),
            Kind::File => what = what.or(Some(format!("{} in the context is no archive", entry.path))),
        }
    }
    what.map(Looked::Plain)
}

#[cfg(test)]
#[path = "copy_not_add_tests.rs"]
mod tests;
