//! Making edits.

use super::Edit;
use crate::span::Span;

/// The text with edits made, and how to find the old place of a new one.
///
/// Takes edits that are sorted and do not overlap. Bytes outside of them are copied as they are.
pub fn splice(text: &[u8], edits: &[Edit]) -> (Vec<u8>, Origin) {
    let added: usize = edits.iter().map(|e| e.text.len()).sum();
    let mut new = Vec::with_capacity(text.len() + added);
    let mut origin = Origin { parts: Vec::with_capacity(2 * edits.len() + 1) };
    let mut at = 0;
    for edit in edits {
        origin.parts.push(Part { new: new.len(), old: Span::at(at), is_edit: false });
        new.extend_from_slice(&text[at..edit.span.start]);
        origin.parts.push(Part { new: new.len(), old: edit.span, is_edit: true });
        new.extend_from_slice(edit.text.as_bytes());
        at = edit.span.end;
    }
    origin.parts.push(Part { new: new.len(), old: Span::at(at), is_edit: false });
    new.extend_from_slice(&text[at..]);
    (new, origin)
}

/// Where the parts of a spliced text come from.
#[derive(Clone, Debug)]
pub struct Origin {
    parts: Vec<Part>,
}

/// A part of the new text: an edit's, or a stretch of the old one.
#[derive(Clone, Copy, Debug)]
struct Part {
    /// Where it starts in the new text.
    new: usize,
    /// What an edit replaced; where a stretch starts.
    old: Span,
    is_edit: bool,
}

impl Origin {
    /// The old range of a byte of the new text: for one that an edit brought, all that the edit replaced.
    fn byte(&self, new: usize) -> Span {
        let index = self.parts.partition_point(|part| part.new <= new).saturating_sub(1);
        match self.parts.get(index) {
            Some(part) if part.is_edit => part.old,
            Some(part) => {
                let start = part.old.start + (new - part.new);
                Span::new(start, start + 1)
            }
            None => Span::new(new, new + 1),
        }
    }

    /// Whether all of a new range was brought by edits.
    pub fn brought(&self, new: Span) -> bool {
        let from = self.parts.partition_point(|part| part.new <= new.start).saturating_sub(1);
        let last = new.end.saturating_sub(1).max(new.start);
        self.parts.get(from..).is_some_and(|parts| {
            let mut touched = parts.iter().enumerate().filter(|(i, part)| {
                let end = parts.get(i + 1).map_or(usize::MAX, |next| next.new);
                part.new <= last && end > part.new && end > new.start
            });
            touched.all(|(_, part)| part.is_edit)
        })
    }

    /// The old range of a new one.
    pub fn span(&self, new: Span) -> Span {
        let start = self.byte(new.start).start;
        let end = if new.is_empty() { start } else { self.byte(new.end - 1).end };
        Span::new(start, end.max(start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_outside_of_edits_stay_and_places_lead_back() {
        let edits = [
            Edit { span: Span::new(2, 4), text: "XYZ".into() },
            Edit { span: Span::at(6), text: "!".into() },
        ];
        let (new, origin) = splice(b"abcdef\xFFgh", &edits);
        assert_eq!(new, b"abXYZef!\xFFgh");
        assert_eq!(origin.span(Span::new(1, 2)), Span::new(1, 2));
        assert_eq!(origin.span(Span::new(0, 5)), Span::new(0, 4), "an end in an edit: all that it replaced");
        assert_eq!(origin.span(Span::new(5, 7)), Span::new(4, 6));
        assert_eq!(origin.span(Span::new(9, 10)), Span::new(7, 8));
        for (new, expected) in
            [((2, 5), true), ((3, 4), true), ((1, 3), false), ((4, 6), false), ((7, 8), true)]
        {
            assert_eq!(origin.brought(Span::new(new.0, new.1)), expected, "{new:?}");
        }
    }
}
