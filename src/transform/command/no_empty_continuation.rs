//! `no_empty_continuation`: no blank lines between the lines of one instruction.
//!
//! A build skips them, with a warning that they will be refused one day. Blank lines of a heredoc are its content.

use crate::document::{Instruction, Keyword};
use crate::edit::{Applicability, Edit};
use crate::span::Span;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoEmptyContinuation {}

impl Transform for NoEmptyContinuation {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        if cx.document.escape != '\\' {
            return;
        }
        for instruction in &cx.document.instructions {
            let lines = lines(cx, instruction);
            let blank: Vec<Span> = lines
                .iter()
                .copied()
                .filter(|line| cx.document.text[line.range()].trim().is_empty())
                .collect();
            if blank.is_empty() {
                continue;
            }
            let edits = open_end(cx, instruction, &lines).map_or_else(|| joined(&blank), |edit| vec![edit]);
            let message = "blank lines inside an instruction will be refused by later builders";
            let fix = out.fix(message, "remove the blank lines", instruction.span);
            if swallows(cx, &lines) {
                let reason = "what looks like another instruction is part of this one: a backslash may be one too many";
                fix.at_most(Applicability::Manual, reason).done();
            } else {
                fix.edits(edits).done();
            }
        }
    }
}

/// The lines of an instruction after its first one, heredocs left out.
fn lines(cx: &Context<'_>, instruction: &Instruction<'_>) -> Vec<Span> {
    let piece = cx.document.piece(instruction);
    let end = instruction.heredocs.first().map_or(piece.end, |heredoc| heredoc.body.start);
    let mut at = piece.start;
    let lines = cx.document.text[piece.start..end].split_inclusive('\n').map(|line| {
        at += line.len();
        Span::new(at - line.len(), at)
    });
    lines.skip(1).collect()
}

/// Whether a line of an instruction begins like another one, which it is not.
fn swallows(cx: &Context<'_>, lines: &[Span]) -> bool {
    lines.iter().any(|line| {
        let word = cx.document.text[line.range()].split_whitespace().next().unwrap_or_default();
        Keyword::of(word) != Keyword::Unknown && word.chars().all(|c| c.is_ascii_uppercase())
    })
}

/// The removal of lines, one edit for those that follow each other.
fn joined(lines: &[Span]) -> Vec<Edit> {
    let mut spans: Vec<Span> = Vec::new();
    for line in lines {
        match spans.last_mut() {
            Some(last) if last.end == line.start => last.end = line.end,
            _ => spans.push(*line),
        }
    }
    spans.into_iter().map(|span| Edit { span, text: String::new() }).collect()
}

/// For an instruction whose last line is continued by nothing, the removal of the backslash.
fn open_end(cx: &Context<'_>, instruction: &Instruction<'_>, lines: &[Span]) -> Option<Edit> {
    let text = cx.document.text;
    let end = instruction.source(Span::new(instruction.args.start, instruction.args.end)).end;
    let tail = lines.iter().filter(|line| line.start >= end);
    let only_blank = |line: &Span| {
        let line = text[line.range()].trim();
        line.is_empty() || line.starts_with('#')
    };
    let line_end = text[end..].find('\n').map_or(text.len(), |at| end + at);
    let rest = text[end..line_end].trim_end_matches('\r').trim_end_matches([' ', '\t']);
    let dangling = rest.trim_start_matches([' ', '\t']) == "\\" && !instruction.args.is_empty();
    // What is before it would continue the line in its place.
    let doubled = text[..end].trim_end_matches([' ', '\t']).ends_with('\\');
    let inner = lines.iter().filter(|line| line.start < end).any(|l| text[l.range()].trim().is_empty());
    (dangling && !doubled && !inner && instruction.heredocs.is_empty() && tail.clone().all(only_blank))
        .then(|| Edit { span: Span::new(end, end + rest.len()), text: String::new() })
}
