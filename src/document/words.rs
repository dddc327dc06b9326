//! Arguments as words.

use crate::span::Span;

/// A word of an instruction, as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'t> {
    /// Its text, with quotes.
    pub text: &'t str,
    /// Where it is in the joined text.
    pub span: Span,
}

/// White space between the arguments of an instruction.
pub(super) const fn blank(c: char) -> bool {
    matches!(c, '\t' | '\u{B}' | '\u{C}' | '\r' | ' ')
}

/// Words between blanks; quotes do not matter. `text` stands at `base` of the joined text.
pub(super) fn split(text: &str, base: usize) -> impl Iterator<Item = Word<'_>> {
    text.split(blank).filter(|word| !word.is_empty()).map(move |word| {
        let start = base + (word.as_ptr() as usize - text.as_ptr() as usize);
        Word { text: word, span: Span::new(start, start + word.len()) }
    })
}

/// Words of `ENV`, `LABEL` and `ARG`: quotes and the escape character keep blanks inside a word.
pub(super) fn quoted(text: &str, base: usize, escape: char) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if quote.is_none() && c.is_whitespace() {
            words.extend(start.take().map(|from| word(text, base, from, at)));
            continue;
        }
        start.get_or_insert(at);
        if Some(c) == quote {
            quote = None;
        } else if c == escape && quote != Some('\'') {
            chars.next();
        } else if quote.is_none() && matches!(c, '\'' | '"') {
            quote = Some(c);
        }
    }
    words.extend(start.map(|from| word(text, base, from, text.len())));
    words
}

fn word(text: &str, base: usize, from: usize, to: usize) -> Word<'_> {
    Word { text: &text[from..to], span: Span::new(base + from, base + to) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_escapes_keep_blanks() {
        let texts = |text| quoted(text, 0, '\\').iter().map(|w| w.text).collect::<Vec<_>>();
        assert_eq!(texts(r#"a=1 b="c d" e='f "g'"#), ["a=1", r#"b="c d""#, r#"e='f "g'"#]);
        assert_eq!(texts(r"a=b\ c d=1"), [r"a=b\ c", "d=1"]);
        assert_eq!(texts(r#"a="b \" c""#), [r#"a="b \" c""#]);
    }
}
