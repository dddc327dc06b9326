//! What the verbs that give a program another image have in common.

use super::Context;
use super::ladder::{self, Account, Rung};
use crate::document::{Instruction, Keyword, Piece, PieceKind};
use crate::edit::Edit;
use crate::span::Span;

pub(super) use super::exec_form_command::json;

/// The images of the rungs, as parameters of a verb name them.
pub(super) trait Images {
    /// The image of a rung.
    fn image(&self, rung: Rung) -> Option<&str>;
}

/// Tells the images of a verb by its fields.
macro_rules! images {
    ($verb:ty) => {
        impl $crate::transform::rewrite::Images for $verb {
            fn image(&self, rung: $crate::transform::ladder::Rung) -> Option<&str> {
                use $crate::transform::ladder::Rung;
                match rung {
                    Rung::Static => Some(&self.runtime),
                    Rung::BaseNossl => Some(&self.base_nossl),
                    Rung::Base => Some(&self.base),
                    Rung::Cc => Some(&self.cc),
                    Rung::Slim | Rung::InPlace | Rung::Hygiene => None,
                }
            }
        }
    };
}
pub(super) use images;

/// The whole lines of an instruction that moves away, with its comments, and one of two blank lines around it.
pub(super) fn removal(cx: &Context<'_>, instruction: &Instruction<'_>) -> Span {
    let start = cx.document.block_start(instruction);
    squeezed(cx, Span::new(start, cx.document.piece(instruction).end))
}

/// The removal of an instruction whose comments stay.
pub(super) fn deletion(cx: &Context<'_>, instruction: &Instruction<'_>) -> Edit {
    let lines = cx.document.piece(instruction);
    let inner: Vec<&str> = cx.document.text[lines.range()]
        .split_inclusive('\n')
        .filter(|line| line.trim_start().starts_with('#'))
        .collect();
    let has_comments = !inner.is_empty() || cx.document.block_start(instruction) != lines.start;
    let span = if has_comments { lines } else { squeezed(cx, lines) };
    Edit { span, text: inner.concat() }
}

fn squeezed(cx: &Context<'_>, lines: Span) -> Span {
    let blank = |p: &&Piece| p.kind == PieceKind::Blank;
    let before = cx.document.pieces.iter().find(|p| p.span.end == lines.start).filter(blank);
    let after = cx.document.pieces.iter().find(|p| p.span.start == lines.end).filter(blank);
    let end = before.and(after).map_or(lines.end, |p| p.span.end);
    Span::new(lines.start, end)
}

/// `--chown=name` by its number, on an image that does not know the name.
pub(super) fn chown(instruction: &Instruction<'_>, accounts: &[Account], default: &str) -> Option<Edit> {
    if !matches!(instruction.keyword, Keyword::Copy | Keyword::Add) {
        return None;
    }
    let flag = instruction.flags.iter().rev().find(|f| f.name() == "chown")?;
    let written = flag.value()?;
    if written.chars().all(|c| c.is_ascii_digit() || c == ':') || written.contains('$') {
        return None;
    }
    let owner = match written.split(':').next() {
        Some("root" | "0") => "0:0".to_owned(),
        _ => ladder::identity(written, accounts).unwrap_or_else(|| default.to_owned()),
    };
    Some(Edit { span: instruction.source(flag.span), text: format!("--chown={owner}") })
}
