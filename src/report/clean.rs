//! Text of strangers, made harmless for a terminal.

use crate::span::Span;
use std::borrow::Cow;
use std::fmt::Write as _;

/// A line of text with every character escaped that a terminal would obey or that reorders what is read.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if is_harmful(letter) {
            out.extend(letter.escape_unicode());
        } else {
            out.push(letter);
        }
    }
    Cow::Owned(out)
}

/// The same for lines of bytes: tabs, line ends and UTF-8 stay, any other byte is written as `\xNN`.
pub fn clean_bytes(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|&b| b == b'\n') {
        let (body, end) = split_end(line);
        for chunk in body.utf8_chunks() {
            for part in chunk.valid().split_inclusive('\t') {
                let text = part.strip_suffix('\t');
                out.push_str(&clean(text.unwrap_or(part)));
                out.extend(text.map(|_| '\t'));
            }
            // Writing to a string can't fail.
            chunk.invalid().iter().for_each(|byte| write!(out, "\\x{byte:02x}").unwrap_or(()));
        }
        out.push_str(end);
    }
    out
}

/// A line and its end.
fn split_end(line: &[u8]) -> (&[u8], &'static str) {
    match line {
        [body @ .., b'\r', b'\n'] => (body, "\r\n"),
        [body @ .., b'\n'] => (body, "\n"),
        _ => (line, ""),
    }
}

/// The same text, byte for byte as long, for a renderer that places marks by offset.
pub(super) fn clean_in_place(text: &str) -> String {
    let harmless = |letter: char| match letter {
        '\u{80}'..='\u{9f}' => '\u{bf}',
        '\u{1b}' | '\u{7f}' => '\u{1a}',
        _ => letter,
    };
    text.chars().map(harmless).collect()
}

/// The same text with stars for what nobody is to read, as long as it was; line ends stay.
pub(super) fn mask(text: &mut String, hidden: impl Iterator<Item = Span>) {
    for span in hidden {
        let Some(secret) = text.get(span.range()) else { continue };
        let stars: String = secret
            .chars()
            .flat_map(|c| std::iter::repeat_n(if matches!(c, '\n' | '\r') { c } else { '*' }, c.len_utf8()))
            .collect();
        text.replace_range(span.range(), &stars);
    }
}

fn is_harmful(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_text_is_as_long_as_before() {
        let mut text = "ENV A=gehéim\nB".to_owned();
        mask(&mut text, [Span::new(6, 13), Span::new(90, 99)].into_iter());
        assert_eq!(text, "ENV A=*******\nB");
    }

    #[test]
    fn escapes_what_a_terminal_obeys() {
        assert_eq!(clean("a\u{1b}[2Jb\u{9b}c\rd"), "a\\u{1b}[2Jb\\u{9b}c\\u{d}d");
        assert_eq!(clean("naïve 镜像"), "naïve 镜像");
    }

    #[test]
    fn keeps_tabs_and_line_ends_of_bytes() {
        assert_eq!(
            clean_bytes(b"+a\tb\r\n-\xff\x1b\rc\n+\xc3\xa9"),
            "+a\tb\r\n-\\xff\\u{1b}\\u{d}c\n+\u{e9}"
        );
    }

    #[test]
    fn keeps_offsets_in_place() {
        let text = "a\u{9b}\u{1b}\u{7f}é";
        assert_eq!(clean_in_place(text).len(), text.len());
    }
}
