//! From the text of a pass back to the text as it was.

use crate::document::Document;
use crate::edit::{Fix, Origin};
use crate::span::Span;

/// The way from the text of a pass back to the text as it was.
pub(super) struct Way<'a> {
    pub(super) source: &'a [u8],
    pub(super) origins: Vec<Origin>,
}

impl Way<'_> {
    /// The range that a range comes from; for one that edits brought, what they replaced.
    pub(super) fn home(&self, span: Span) -> Span {
        self.origins.iter().rev().fold(span, |span, origin| origin.span(span))
    }

    /// Whether edits brought all of a range.
    fn brought(&self, mut span: Span) -> bool {
        self.origins.iter().rev().any(|origin| {
            let brought = origin.brought(span);
            span = origin.span(span);
            brought
        })
    }

    /// Whether a fix that waits finds fault with nothing but what was written a moment ago: nobody else can mend that.
    pub(super) fn is_own(&self, fix: &Fix) -> bool {
        !fix.can_be_made() && self.brought(fix.at)
    }

    /// The line that a line comes from, both from 1.
    pub(super) fn line(&self, document: &Document<'_>, line: usize) -> usize {
        if self.origins.is_empty() {
            return line;
        }
        let text = document.text.as_bytes();
        let mut starts = text.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(at, _)| at + 1);
        let start = if line < 2 { Some(0) } else { starts.nth(line - 2) };
        let start = start.map_or(text.len(), |start| self.home(Span::at(start)).start);
        // What was added at the end is told at the last line.
        let end = self.source.len().saturating_sub(usize::from(self.source.ends_with(b"\n")));
        let before = self.source.get(..start.min(end)).unwrap_or_default();
        before.split(|b| *b == b'\n').count()
    }
}
