//! Lines of text for a terminal of some width, in colour if asked.

use super::super::Style;
use crate::report::clean;

/// A narrower terminal gets lines of this many columns.
const NARROWEST: usize = 30;

/// Lines, as they are written.
pub(super) struct Lines {
    text: String,
    colour: bool,
    /// Columns.
    pub width: usize,
}

impl Lines {
    pub(super) fn new(style: Style) -> Self {
        Self { text: String::new(), colour: style.colour, width: style.width.max(NARROWEST) }
    }

    /// What was written, without blank lines at its end.
    pub(super) fn finish(self) -> String {
        format!("{}\n", self.text.trim_end())
    }

    /// An empty line, unless there is one.
    pub(super) fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A line as it is.
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// A text with the code of a colour around it.
    pub(super) fn paint(&self, code: &str, text: &str) -> String {
        if !self.colour || code.is_empty() || text.is_empty() {
            return text.to_owned();
        }
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// A coloured word and a sentence, wrapped; lines after the first are indented.
    pub(super) fn prose(&mut self, word: (&str, &str), sentence: &str, indent: usize) {
        self.wrapped(0, word, sentence, indent);
    }

    /// The same, with all of it indented.
    pub(super) fn indented(&mut self, indent: usize, word: (&str, &str), sentence: &str) {
        self.wrapped(indent, word, sentence, indent + 2);
    }

    fn wrapped(&mut self, margin: usize, (code, word): (&str, &str), sentence: &str, indent: usize) {
        let mut line = format!("{}{}", " ".repeat(margin), self.paint(code, word));
        let mut used = margin + columns(word);
        for part in clean(sentence).split(' ').filter(|part| !part.is_empty()) {
            for piece in pieces(part, self.width - indent) {
                if used + 1 + columns(piece) > self.width {
                    self.line(&line);
                    line = " ".repeat(indent - 1);
                    used = indent - 1;
                }
                line.push(' ');
                line.push_str(piece);
                used += 1 + columns(piece);
            }
        }
        self.line(&line);
    }

    /// A line of strangers, with its blanks; what does not fit goes to the next line.
    pub(super) fn verbatim(&mut self, text: &str, indent: usize) {
        let text = text.replace('\t', "    ");
        let text = clean(&text);
        for piece in between_words(&text, self.width - indent) {
            self.line(&format!("{}{piece}", " ".repeat(indent)));
        }
    }

    /// A command on one line, so that it can be copied.
    pub(super) fn command(&mut self, indent: usize, (code, word): (&str, &str), command: &str) {
        let word = self.paint(code, word);
        self.line(&format!("{}{word} {}", " ".repeat(indent), clean(command)));
    }
}

/// A text in pieces of at most so many columns, at least one.
fn pieces(text: &str, most: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (at, letter) in text.char_indices() {
        if used + wide(letter) > most {
            pieces.push(&text[start..at]);
            (start, used) = (at, 0);
        }
        used += wide(letter);
    }
    pieces.push(&text[start..]);
    pieces
}

/// The same, parted after a blank where there is one in the second half of a piece. Nothing is left out.
fn between_words(text: &str, most: usize) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    loop {
        let piece = pieces(rest, most)[0];
        if piece.len() == rest.len() || piece.is_empty() {
            out.push(rest);
            return out;
        }
        let blank = piece.rfind(' ').map(|at| at + 1).filter(|&at| at > piece.len() / 2);
        let (line, more) = rest.split_at(blank.unwrap_or(piece.len()));
        out.push(line);
        rest = more;
    }
}

/// The columns of a text.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(wide).sum()
}

/// The columns of a letter: two in the scripts and pictures for which terminals have wide cells. Rather too many
/// than too few.
const fn wide(letter: char) -> usize {
    match letter {
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f000}'..='\u{3ffff}' => 2,
        _ => 1,
    }
}

/// A text in exactly so many columns: filled up with blanks, or cut with a sign that there was more.
pub(super) fn fitted(text: &str, width: usize) -> String {
    let used = columns(text);
    if used <= width {
        return format!("{text}{}", " ".repeat(width - used));
    }
    let cut = pieces(text, width.saturating_sub(1))[0];
    format!("{cut}…{}", " ".repeat(width.saturating_sub(1 + columns(cut))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_parted_between_words_where_that_is_possible() {
        assert_eq!(between_words("no such file or directory", 18), ["no such file or ", "directory"]);
        assert_eq!(between_words("a bcdefghij", 6), ["a bcde", "fghij"]);
        assert_eq!(between_words("漢字漢字", 2), ["漢", "字", "漢", "字"]);
        assert_eq!(between_words("", 5), [""]);
    }
}
