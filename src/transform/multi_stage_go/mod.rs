//! `multi_stage_go`: a Go program is built in one stage and runs in another that holds nothing else.
//!
//! `plan` decides whether the text shows that the program needs no more than its binary and the files copied by name;
//! `steps` tells what becomes of each instruction, `files` tells sources from files that are needed at run time; this file writes the plan as edits.
//! What moves to the new stage is carried as written, comments included; what only a build needs stays.

mod files;
mod plan;
mod steps;

use super::layout::Layout;
use super::{Context, Proposals, Transform, exec_form_command, nonroot_user, static_go_binary};
use crate::document::{Instruction, Keyword, PieceKind};
use crate::edit::{Applicability, Edit};
use crate::span::Span;
use plan::Plan;
use serde::Deserialize;

/// The verb and its parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MultiStageGo {
    /// Image of the build stage, where nothing ties the build to the one it has.
    builder: String,
    /// Image of the new final stage.
    runtime: String,
    /// User and group for `USER`.
    user: String,
}

impl Transform for MultiStageGo {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let Some(plan) = plan::plan(cx) else { return };
        let Some(edits) = self.edits(cx, &plan) else { return };
        let message = "the image ships the Go toolchain and runs as root";
        let title = format!("build in one stage, run on {}", self.runtime);
        let mut fix = out.fix(message, title, plan.from.span).evidence(plan.evidence.clone()).edits(edits);
        if let Some(reason) = &plan.doubt {
            fix = fix.at_most(Applicability::Unsafe, reason);
        }
        fix.done();
    }
}

impl MultiStageGo {
    fn edits(&self, cx: &Context<'_>, plan: &Plan<'_>) -> Option<Vec<Edit>> {
        let layout = Layout::of(cx.document);
        let mut edits = static_go_binary::edits(cx, &plan.build)?;
        edits.extend(self.base_edits(plan, layout));
        for &index in &plan.moved {
            edits.push(Edit { span: removal(cx, &cx.document.instructions[index]), text: String::new() });
        }
        let mut header = self.header(cx, plan, layout);
        let user = nonroot_user::insertion(cx, plan.first_command, &self.user);
        if user.span == header.span {
            header.text.push_str(&user.text);
        } else {
            edits.push(user);
        }
        edits.push(header);
        edits.push(command(cx, plan, layout)?);
        Some(edits)
    }

    /// The build image, and a name for its stage.
    fn base_edits(&self, plan: &Plan<'_>, layout: Layout) -> Vec<Edit> {
        let base = plan.from.source(plan.base_at);
        let mut edits = Vec::new();
        let name = if plan.named { String::new() } else { format!(" {} builder", layout.keyword("AS")) };
        if plan.tied.is_none() {
            edits.push(Edit { span: base, text: format!("{}{name}", self.builder) });
        } else if !name.is_empty() {
            edits.push(Edit { span: Span::at(base.end), text: name });
        }
        edits
    }

    /// The head of the new stage, up to where the instructions that stay follow by themselves.
    fn header(&self, cx: &Context<'_>, plan: &Plan<'_>, layout: Layout) -> Edit {
        let last = cx.document.piece(&cx.document.instructions[plan.last_run]).end;
        let blanks = cx.document.pieces.iter().skip_while(|p| p.span.start < last);
        let blank = blanks.take_while(|p| p.kind == PieceKind::Blank).last();
        let at = blank.map_or(last, |p| p.span.end);
        let mut lines = vec![format!("{} {}", layout.keyword("FROM"), self.runtime)];
        if let Some(folder) = &plan.workdir {
            lines.push(format!("{} {folder}", layout.keyword("WORKDIR")));
        }
        let copy = layout.keyword("COPY");
        lines.push(format!("{copy} --from={} {} {}", plan.stage_name, plan.binary, plan.target));
        lines.extend(plan.carried.iter().map(|words| format!("{copy} {words}")));
        lines.extend(plan.env.iter().map(|words| format!("{} {words}", layout.keyword("ENV"))));
        lines.extend(plan.moved.iter().map(|&i| cx.with_comments(&cx.document.instructions[i])));
        let lead = if blank.is_some() { "" } else { layout.eol };
        let gap = layout.gap();
        Edit { span: Span::at(at), text: format!("{lead}{}{gap}", lines.join(&gap)) }
    }
}

/// The whole lines of an instruction that moves away, with its comments, and one of two blank lines around it.
fn removal(cx: &Context<'_>, instruction: &Instruction<'_>) -> Span {
    let start = cx.document.block_start(instruction);
    let end = cx.document.piece(instruction).end;
    let blank = |p: &&crate::document::Piece| p.kind == PieceKind::Blank;
    let before = cx.document.pieces.iter().find(|p| p.span.end == start).filter(blank);
    let after = cx.document.pieces.iter().find(|p| p.span.start == end).filter(blank);
    let end = before.and(after).map_or(end, |p| p.span.end);
    Span::new(start, end)
}

/// The program as ENTRYPOINT, by its path in the new stage; arguments of CMD stay in CMD.
fn command(cx: &Context<'_>, plan: &Plan<'_>, layout: Layout) -> Option<Edit> {
    let instruction = plan.program;
    let words = instruction.json.as_ref()?;
    let path = serde_json::Value::from(plan.target.as_str()).to_string();
    if instruction.keyword == Keyword::Entrypoint {
        return Some(Edit { span: instruction.source(words.first()?.span), text: path });
    }
    let program = exec_form_command::json(std::slice::from_ref(&plan.target));
    let mut text = format!("{} {program}", layout.keyword("ENTRYPOINT"));
    if let [_, first, ..] = words.as_slice() {
        let arguments = Span::new(first.span.start, words.last()?.span.end);
        let written = &cx.document.text[instruction.source(arguments).range()];
        text = format!("{text}{}{} [{written}]", layout.gap(), layout.keyword("CMD"));
    }
    let whole = Span::new(instruction.name.start, instruction.args.end);
    Some(Edit { span: instruction.source(whole), text })
}
