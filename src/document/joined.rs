//! The logical line of an instruction and the way back into the file.

use crate::span::Span;
use std::borrow::Cow;

/// Text joined over continuation lines, with the source offset of every part.
#[derive(Clone, Debug, Default)]
pub struct Joined<'a> {
    text: Cow<'a, str>,
    /// Offset in the joined text and in the source where each part starts; the first starts at 0.
    parts: Vec<(usize, usize)>,
    base: usize,
}

impl<'a> Joined<'a> {
    /// A part of the source as it stands, at `base`.
    pub(super) const fn new(text: &'a str, base: usize) -> Self {
        Self { text: Cow::Borrowed(text), parts: Vec::new(), base }
    }

    /// Appends the part of the source that stands at `offset`.
    pub(super) fn push(&mut self, part: &str, offset: usize) {
        if part.is_empty() {
            return;
        }
        if self.parts.is_empty() {
            self.parts.push((0, self.base));
        }
        self.parts.push((self.text.len(), offset));
        self.text.to_mut().push_str(part);
    }

    /// The joined text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The source offset of the byte at an offset of the joined text.
    pub fn source(&self, offset: usize) -> usize {
        let part = self.parts.partition_point(|&(logical, _)| logical <= offset);
        let (logical, source) = part.checked_sub(1).map_or((0, self.base), |i| self.parts[i]);
        source + (offset - logical)
    }

    /// The source range of a range of the joined text: from its first byte to after its last.
    ///
    /// An empty range is the place before the byte at its offset.
    pub fn span(&self, span: Span) -> Span {
        let start = self.source(span.start);
        if span.is_empty() {
            return Span::at(start);
        }
        Span::new(start, self.source(span.end - 1) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_lead_back_across_parts() {
        let mut joined = Joined::new("RUN a ", 10);
        joined.push(" && b", 30);
        assert_eq!(joined.text(), "RUN a  && b");
        assert_eq!(joined.source(4), 14);
        assert_eq!(joined.source(6), 30);
        assert_eq!(joined.span(Span::new(4, 11)), Span::new(14, 35));
        assert_eq!(joined.span(Span::new(4, 6)), Span::new(14, 16), "an end does not jump to the next part");
    }
}
