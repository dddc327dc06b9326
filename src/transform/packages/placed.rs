//! Which files of the context stand in a folder of the image when a command runs.

use super::super::Context;
use crate::document::{Instruction, Keyword};
use crate::model::{Stage, join};

/// What stands at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Placed {
    /// A file of the context, by its path there.
    File(String),
    /// A file that the text names, in a context that is not known.
    Named,
    /// Nothing that this build copies.
    Nothing,
    /// It can't be told.
    Unknown,
}

/// The instructions that made the image that an instruction finds, in the order of their effect.
pub(super) fn before<'c>(
    cx: &Context<'c>,
    stage: &Stage,
    index: usize,
) -> impl Iterator<Item = (usize, &'c Instruction<'c>)> + use<'c> {
    let mut stages: Vec<&Stage> = cx.model.chain(stage).collect();
    stages.reverse();
    let bodies: Vec<_> = stages.into_iter().flat_map(|stage| cx.model.body(stage)).collect();
    bodies.into_iter().filter(move |(at, _)| *at < index)
}

/// What stands at a name in a folder of the image before an instruction.
pub(super) fn placed(cx: &Context<'_>, stage: &Stage, index: usize, folder: &str, name: &str) -> Placed {
    let mut found = Placed::Nothing;
    for (at, instruction) in before(cx, stage, index) {
        match instruction.keyword {
            Keyword::Copy | Keyword::Add => match copied(cx, at, instruction, folder, name) {
                Placed::Nothing => {}
                // It is from the same context, most likely the same file.
                Placed::Unknown if found == Placed::Named && instruction.flag("from").is_none() => {}
                other => found = other,
            },
            Keyword::Run if found != Placed::Nothing && may_write(instruction, name) => {
                found = Placed::Unknown;
            }
            _ => {}
        }
    }
    found
}

/// Whether a `RUN` may change a file of that name in the working directory.
pub(super) fn may_write(run: &Instruction<'_>, name: &str) -> bool {
    let text = run.args();
    let tools = ["npm init", "npm version", "npm pkg", "git clone", "git checkout", "tar ", "unzip", "rsync"];
    text.contains(name) || tools.iter().any(|tool| text.contains(tool)) || !run.heredocs.is_empty()
}

/// What one instruction puts at a name in a folder.
fn copied(cx: &Context<'_>, at: usize, copy: &Instruction<'_>, folder: &str, name: &str) -> Placed {
    let mut words: Vec<String> = match &copy.json {
        Some(strings) => strings.iter().map(|string| string.value.clone()).collect(),
        None => copy.words().map(|word| word.text.to_owned()).collect(),
    };
    let Some(written) = words.pop() else { return Placed::Unknown };
    let state = cx.model.state(at);
    let odd = |word: &String| word.contains(['$', '"', '\'', '\\']) || word.starts_with("<<");
    let Some(target) = state.absolute(&written).filter(|_| !odd(&written)) else { return Placed::Unknown };
    let wanted = join(folder, name);
    // Where the copied things lie relative to what is asked for.
    let inside = match wanted.strip_prefix(&target) {
        Some("") => String::new(),
        Some(rest) if target == "/" => rest.to_owned(),
        Some(rest) if rest.starts_with('/') => rest[1..].to_owned(),
        _ => return Placed::Nothing,
    };
    let plain = copy.flags.iter().all(|flag| matches!(flag.name(), "chown" | "chmod" | "link"));
    if !plain || words.iter().any(odd) {
        return Placed::Unknown;
    }
    let is_folder = words.len() > 1
        || written.ends_with('/')
        || written.ends_with('.')
        || Some(&target) == state.workdir.as_ref();
    let last = words.iter().rev().map(|source| one(cx, source, &inside, is_folder));
    last.into_iter().find(|found| *found != Placed::Nothing).unwrap_or(Placed::Nothing)
}

/// What one source puts at a path below the target.
fn one(cx: &Context<'_>, source: &str, inside: &str, is_folder: bool) -> Placed {
    if source.contains("://") || source.starts_with("git@") {
        return Placed::Unknown;
    }
    let base = source.rsplit('/').next().unwrap_or(source);
    let Some(project) = cx.project else {
        let is_file = base.find('.').is_some_and(|at| at > 0) && !base.contains(['*', '?', '[']);
        return match () {
            () if base == inside && is_folder => Placed::Named,
            () if is_file => Placed::Nothing,
            // A pattern or a folder may bring it.
            () => Placed::Unknown,
        };
    };
    if project.error().is_some() {
        return Placed::Unknown;
    }
    let is_all = join("/", source) == "/";
    let named = project.sources(source);
    let mut found = Placed::Nothing;
    for entry in named.iter().filter(|_| !is_all) {
        let path = format!("{}/{inside}", entry.path);
        let own = entry.path.rsplit('/').next().unwrap_or_default();
        if own == inside && is_folder && entry.kind == crate::project::Kind::File {
            found = Placed::File(entry.path.clone());
        } else if project.entry(&path).is_some() {
            found = Placed::File(path);
        }
    }
    if is_all && project.entry(inside).is_some() {
        found = Placed::File(inside.to_owned());
    }
    found
}
