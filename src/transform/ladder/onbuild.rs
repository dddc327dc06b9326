//! Images of Go that build what they find when they are used: what their triggers do, written out.

use super::super::Context;
use super::super::layout::Layout;
use super::blocker::{Blocker, Id};
use super::rung::Shape;
use super::{Assessment, Plan, split};
use crate::document::{Document, Keyword};
use crate::edit::{Edit, splice};
use crate::model::{Base, GOLANG, Model, Stage};
use crate::span::Span;

/// Whether a stage is built on an image of Go with triggers.
pub(super) fn is_onbuild(stage: &Stage) -> bool {
    matches!(stage.base, Base::Image(_)) && stage.is(GOLANG) && version(stage).is_some()
}

/// The release of an `onbuild` tag; empty where the tag names none.
fn version(stage: &Stage) -> Option<String> {
    let tag = stage.reference()?.tag?.to_owned();
    if matches!(tag.as_str(), "onbuild" | "1-onbuild") {
        return Some(String::new());
    }
    let version = tag.strip_suffix("-onbuild")?;
    let minor: u32 = version.split('.').nth(1)?.parse().ok()?;
    let known = version.chars().all(|c| c.is_ascii_digit() || c == '.') && (3..=8).contains(&minor);
    known.then(|| version.to_owned())
}

/// The last release whose images had triggers.
const LAST: &str = "1.8";

/// Looks at a stage as it would be with the triggers written out.
pub(super) fn assess<'c>(cx: &Context<'c>, stage: &Stage) -> Assessment<'c> {
    let blocked = |message: &str| Assessment {
        shape: Shape::Single,
        blockers: vec![Blocker::new(Id::ProgramUnknown, message).at(cx, cx.model.from(stage))],
        evidence: Vec::new(),
        plan: None,
    };
    let Some((edits, lines)) = expansion(cx, stage) else {
        return blocked("the triggers of the base image can't be written out here");
    };
    let (text, _) = splice(cx.document.text.as_bytes(), &edits);
    let Ok(text) = String::from_utf8(text) else { return blocked("the file is not UTF-8") };
    let document = Document::parse(&text);
    let model = Model::new(&document);
    let inner = Context::new(&document, &model, cx.project).seeing(cx.view);
    let Some(last) = model.final_stage() else { return blocked("there is no stage") };
    let found = split::assess(&inner, last);
    let from = cx.model.from(stage).end_line;
    let home = |line: usize| if line > from + lines { line - lines } else { line.min(from) };
    let mut blockers = found.blockers;
    for blocker in blockers.iter_mut().filter(|b| b.file.is_none()) {
        blocker.line = blocker.line.map(home);
    }
    let mut evidence = found.evidence;
    for found in &mut evidence {
        found.line = found.line.map(home);
    }
    if version(stage).is_some_and(|v| !v.contains('.')) {
        let message = format!("the tag names no release of Go: {LAST} is the last one that had such images");
        blockers.push(Blocker::new(Id::ProgramUnknown, message).at(cx, cx.model.from(stage)).passable());
    }
    let plan = found.plan.map(|_| Plan::Expand(edits));
    Assessment { shape: Shape::Single, blockers, evidence, plan }
}

/// The edits that write the triggers out, and how many lines they add after `FROM`.
fn expansion(cx: &Context<'_>, stage: &Stage) -> Option<(Vec<Edit>, usize)> {
    let from = cx.model.from(stage);
    let reference = stage.reference()?;
    let tag = reference.tag_at?;
    let written = &from.text.text()[stage.base_at.range()];
    if cx.model.stages.len() != 1 || written.contains(['$', '"', '\'', '\\']) || reference.digest.is_some() {
        return None;
    }
    let layout = Layout::of(cx.document);
    let version = version(stage).filter(|v| v.contains('.')).unwrap_or_else(|| LAST.into());
    let word = |name: &str| layout.keyword(name);
    let steps = [
        format!("{} /go/src/app", word("WORKDIR")),
        format!("{} . /go/src/app", word("COPY")),
        format!("{} go-wrapper download", word("RUN")),
        format!("{} go-wrapper install", word("RUN")),
    ];
    let piece = cx.document.piece(from);
    let ended = cx.document.text[piece.range()].ends_with('\n');
    let lead = if ended { "" } else { layout.eol };
    let mut text: String = steps.iter().flat_map(|step| [step.as_str(), layout.eol]).collect();
    let has_command =
        cx.model.body(stage).any(|(_, i)| matches!(i.keyword, Keyword::Cmd | Keyword::Entrypoint));
    let start = from.source(stage.base_at).start;
    let tag = Span::new(start + tag.start, start + tag.end);
    let mut edits = vec![Edit { span: tag, text: version }];
    let command = format!("{} [\"go-wrapper\", \"run\"]{}", word("CMD"), layout.eol);
    let end = cx.document.text.len();
    if has_command {
        edits.push(Edit { span: Span::at(piece.end), text: format!("{lead}{text}") });
    } else if piece.end == end {
        text.push_str(&command);
        edits.push(Edit { span: Span::at(piece.end), text: format!("{lead}{text}") });
    } else {
        edits.push(Edit { span: Span::at(piece.end), text });
        let lead = if cx.document.text.ends_with('\n') { "" } else { layout.eol };
        edits.push(Edit { span: Span::at(end), text: format!("{lead}{command}") });
    }
    Some((edits, steps.len()))
}
