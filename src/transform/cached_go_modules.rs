//! `cached_go_modules`: modules are downloaded before the sources are copied, so that they are fetched once.
//!
//! Always unsafe from the text alone: a `replace` by a local folder, or a missing go.mod, would break the new step. Where the
//! context is known and shows one of these, nothing is proposed.

use super::layout::Layout;
use super::{Context, Proposals, Transform, rewrite};
use crate::document::{Instruction, Keyword};
use crate::edit::{Applicability, Edit};
use crate::model::{Stage, is_go};
use crate::span::Span;
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CachedGoModules {}

impl Transform for CachedGoModules {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for stage in cx.model.stages.iter().filter(|s| s.is_go_builder()) {
            let Some(copy) = whole_context(cx, stage) else { continue };
            let Some(reason) = doubt(cx).filter(|_| builds_after(cx, stage, copy)) else { continue };
            let layout = Layout::of(cx.document);
            let target = destination(copy);
            let lines = [
                format!("{} go.mod go.sum* {target}", layout.keyword("COPY")),
                format!("{} go mod download", layout.keyword("RUN")),
            ];
            let text = lines.map(|l| l + &layout.gap()).concat();
            out.fix(
                "every change of a source downloads all modules again",
                "download modules first",
                copy.span,
            )
            .at_most(Applicability::Unsafe, reason)
            .edits([Edit { span: Span::at(cx.document.block_start(copy)), text }])
            .edits(second_download(cx, copy))
            .done();
        }
    }
}

/// Why the new step may fail; none where the context shows that it would.
fn doubt(cx: &Context<'_>) -> Option<&'static str> {
    let Some(project) = cx.project else {
        return Some("go.mod is not seen: it may be missing, or replace a module by a folder");
    };
    let module = project.text("go.mod")?;
    let folder =
        |line: &str| line.split_once("=>").is_some_and(|(_, to)| to.trim_start().starts_with(['.', '/']));
    let alone = project.entry("go.work").is_none() && !module.lines().any(folder);
    alone.then_some("the download may need files that come with the sources")
}

/// The removal of a download right behind the copy, which has nothing left to do.
fn second_download(cx: &Context<'_>, copy: &Instruction<'_>) -> Option<Edit> {
    let next = cx.document.instructions.iter().find(|i| i.span.start > copy.span.start)?;
    let same =
        next.keyword == Keyword::Run && next.flags.is_empty() && next.args().trim() == "go mod download";
    let bare = cx.document.block_start(next) == cx.document.piece(next).start;
    (same && bare).then(|| rewrite::deletion(cx, next))
}

/// The first COPY of the stage, if it copies the whole context into the working directory.
fn whole_context<'c>(cx: &Context<'c>, stage: &Stage) -> Option<&'c Instruction<'c>> {
    let copies = |k| matches!(k, Keyword::Copy | Keyword::Add);
    let (index, copy) = cx.model.body(stage).find(|(_, i)| copies(i.keyword))?;
    let words: Vec<&str> = copy.words().map(|w| w.text).collect();
    let [source, target] = words.as_slice() else { return None };
    let folder = cx.model.state(index).absolute(target)?;
    let here = Some(&folder) == cx.model.state(index).workdir.as_ref();
    let sound = copy.flags.is_empty() && copy.json.is_none() && copy.heredocs.is_empty();
    (matches!(*source, "." | "./") && here && sound).then_some(copy)
}

/// The destination as written, ending in a slash: several files go there.
fn destination(copy: &Instruction<'_>) -> String {
    let target = copy.words().last().map_or(".", |w| w.text);
    if target.ends_with('/') { target.to_owned() } else { format!("{target}/") }
}

/// Whether the stage then builds a module in that folder: `go build` or `go mod download`, and nothing vendored.
fn builds_after(cx: &Context<'_>, stage: &Stage, copy: &Instruction<'_>) -> bool {
    let rest = || cx.model.body(stage).filter(|(_, i)| i.span.start > copy.span.start);
    let moves = rest().any(|(_, i)| i.keyword == Keyword::Workdir);
    let vendors = cx.document.text.contains("vendor") || cx.document.text.contains("GO111MODULE=off");
    let commands = |name: &str| {
        rest()
            .filter_map(|(index, _)| cx.model.run(index))
            .any(|run| run.script.commands.iter().any(|c| is_go(c, name)))
    };
    !moves && !vendors && commands("mod") && commands("build")
}
