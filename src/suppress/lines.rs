//! The comment lines of a text, those between the lines of an instruction too.

use crate::document::{Document, Heredoc, PieceKind};
use crate::span::Span;

/// The comments of a text, each from its `#` to the end of its line, without that.
pub(super) fn comments(document: &Document<'_>) -> Vec<Span> {
    let bodies: Vec<Span> = bodies(document).collect();
    let pieces = document.pieces.iter();
    let pieces = pieces.filter(|p| matches!(p.kind, PieceKind::Comment | PieceKind::Instruction));
    let mut found = Vec::new();
    for piece in pieces {
        let mut start = piece.span.start;
        for line in document.text[piece.span.range()].split_inclusive('\n') {
            let text = line.trim_start();
            let at = start + line.len() - text.len();
            start += line.len();
            let is_data = || bodies.iter().any(|body| body.start <= at && at < body.end);
            if text.starts_with('#') && !is_data() {
                found.push(Span::new(at, at + text.trim_end().len()));
            }
        }
    }
    found
}

/// The bodies of heredocs: a `#` there is the file's or the shell's.
fn bodies<'d>(document: &'d Document<'_>) -> impl Iterator<Item = Span> + 'd {
    let own = document.instructions.iter().flat_map(|i| &i.heredocs);
    let triggered = document.instructions.iter().filter_map(|i| i.trigger.as_ref()).flat_map(|t| &t.heredocs);
    own.chain(triggered).map(|heredoc: &Heredoc| heredoc.body)
}
