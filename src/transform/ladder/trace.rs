//! Which command of the file makes a program.

use super::super::Context;
use super::copies::copies;
use crate::document::Keyword;
use crate::model::{GoBuild, Stage, join};
use crate::shell::Command;

/// Where a program comes from.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// One of these commands of this stage writes it; more than one where the text leaves it open.
    Built { stage: usize, builds: Vec<GoBuild> },
    /// A program such as `make` builds it, as far as the text tells: the command's place.
    Tool { stage: usize, instruction: usize, command: usize },
    /// It comes from the build context.
    Context,
    /// It comes from another image.
    Image,
    /// The text does not tell.
    Unknown,
}

/// Programs that build others by files that are not in the Dockerfile.
const TOOLS: [&str; 8] = ["make", "mage", "task", "gb", "gox", "promu", "goreleaser", "bazel"];

/// Finds what makes a file of a stage.
pub(super) fn trace(cx: &Context<'_>, stage: &Stage, path: &str) -> Origin {
    follow(cx, stage, path, 0)
}

fn follow(cx: &Context<'_>, stage: &Stage, path: &str, depth: usize) -> Origin {
    if depth > 8 {
        return Origin::Unknown;
    }
    let mut path = path.to_owned();
    for part in cx.model.chain(stage) {
        match in_stage(cx, part, &mut path, depth) {
            Origin::Unknown => {}
            found => return found,
        }
    }
    Origin::Unknown
}

/// What makes a file in the body of a stage; else `path` is where it was when the stage began.
fn in_stage(cx: &Context<'_>, stage: &Stage, path: &mut String, depth: usize) -> Origin {
    let mut found: Vec<GoBuild> = Vec::new();
    let mut tool = None;
    let programs = cx.model.go_programs(stage);
    for (index, instruction) in cx.model.body(stage).rev() {
        match instruction.keyword {
            Keyword::Run => {
                let Some(run) = cx.model.run(index) else { continue };
                let folders = cx.model.folders(index);
                for (number, command) in run.script.commands.iter().enumerate().rev() {
                    let folder = folders.get(number).cloned().flatten();
                    moved(cx, index, command, folder.as_deref(), path);
                    let build = programs.iter().find(|b| b.instruction == index && b.command == number);
                    if let Some(build) = build.filter(|b| b.output.may_be(path)) {
                        found.push(build.clone());
                        if build.file().is_some() {
                            return Origin::Built { stage: stage.index, builds: found };
                        }
                    }
                    if is_tool(command) {
                        tool.get_or_insert((index, number));
                    }
                }
            }
            Keyword::Copy | Keyword::Add if found.is_empty() => {
                match copied(cx, stage, index, path, depth) {
                    Origin::Unknown => {}
                    // A folder of sources may hold anything: what a tool builds in it is no file of the context.
                    Origin::Context if tool.is_some() => {}
                    origin => return origin,
                }
            }
            _ => {}
        }
    }
    match (found.is_empty(), tool) {
        (false, _) => Origin::Built { stage: stage.index, builds: found },
        (true, Some((instruction, command))) => Origin::Tool { stage: stage.index, instruction, command },
        (true, None) => Origin::Unknown,
    }
}

fn is_tool(command: &Command) -> bool {
    command.name().is_some_and(|name| {
        let file = name.rsplit('/').next().unwrap_or(name);
        TOOLS.contains(&file) || std::path::Path::new(file).extension().is_some_and(|e| e == "sh")
    })
}

/// Follows a move, a copy or a link backwards.
fn moved(cx: &Context<'_>, index: usize, command: &Command, folder: Option<&str>, path: &mut String) {
    let Some((name, rest)) = command.words.split_first() else { return };
    let name = cx.model.word(index, name);
    if !matches!(name.as_deref(), Some("mv" | "cp" | "ln" | "install")) {
        return;
    }
    let rest: Option<Vec<String>> = rest.iter().map(|w| cx.model.word(index, w)).collect();
    let Some(rest) = rest else { return };
    let paths: Vec<&String> = rest.iter().filter(|w| !w.starts_with('-')).collect();
    let [from @ .., to] = paths.as_slice() else { return };
    let absolute =
        |p: &str| (p.starts_with('/') || folder.is_some()).then(|| join(folder.unwrap_or_default(), p));
    let Some(to) = absolute(to) else { return };
    for source in from {
        let Some(source) = absolute(source) else { continue };
        let file = source.rsplit('/').next().unwrap_or_default();
        if *path == to || *path == join(&to, file) {
            *path = source;
            return;
        }
        if let Some(rest) = path.strip_prefix(&format!("{to}/")) {
            *path = join(&source, rest);
            return;
        }
    }
}

/// What a `COPY` at an index brings to a path.
fn copied(cx: &Context<'_>, stage: &Stage, index: usize, path: &str, depth: usize) -> Origin {
    let Some((_, Some(copy))) = copies(cx, stage).find(|(i, _)| *i == index) else { return Origin::Unknown };
    let origins = copy.origins(path);
    if origins.is_empty() {
        return Origin::Unknown;
    }
    let Some(from) = &copy.from else {
        // The name itself, or the project, must say so: a folder may hold anything.
        let named =
            copy.sources.iter().any(|s| origins.contains(s) && !matches!(s.as_str(), "." | "./" | "/"));
        let seen = cx.project.is_some_and(|p| {
            origins.iter().any(|o| p.entry(o).is_some_and(|e| e.kind == crate::project::Kind::File))
        });
        return if named || seen { Origin::Context } else { Origin::Unknown };
    };
    let Some(source) = cx.model.stage_of(from).and_then(|i| cx.model.stages.get(i)) else {
        return Origin::Image;
    };
    let found = origins.iter().map(|origin| follow(cx, source, &join("/", origin), depth + 1));
    found.into_iter().find(|o| !matches!(o, Origin::Unknown)).unwrap_or(Origin::Unknown)
}
