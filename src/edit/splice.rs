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
        origin.parts.push((new.len(), at, false));
        new.extend_from_slice(&text[at..edit.span.start]);
        origin.parts.push((new.len(), edit.span.start, true));
        new.extend_from_slice(edit.text.as_bytes());
        at = edit.span.end;
    }
    origin.parts.push((new.len(), at, false));
    new.extend_from_slice(&text[at..]);
    (new, origin)
}

/// Where the parts of a spliced text come from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Offset in the new text, offset in the old one, and whether the part is an edit's.
    parts: Vec<(usize, usize, bool)>,
}

impl Origin {
    /// The old place of a new offset; what an edit brought comes from where the edit is.
    pub fn offset(&self, new: usize) -> usize {
        let part = self.parts.partition_point(|&(start, ..)| start <= new).saturating_sub(1);
        self.parts
            .get(part)
            .map_or(new, |&(start, old, edited)| if edited { old } else { old + (new - start) })
    }

    /// The old range of a new one.
    pub fn span(&self, new: Span) -> Span {
        let start = self.offset(new.start);
        let end = if new.is_empty() { start } else { self.offset(new.end - 1) + 1 };
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
        assert_eq!(origin.offset(1), 1);
        assert_eq!(origin.offset(4), 2, "inside an edit: where the edit is");
        assert_eq!(origin.offset(5), 4);
        assert_eq!(origin.offset(9), 7);
    }
}
