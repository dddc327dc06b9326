//! Go text as tokens. Every text has tokens: what Go would refuse becomes some token, and reading goes on.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'s> {
    /// An identifier or a keyword.
    Word(&'s str),
    /// A string with its quotes; an interpreted one may lack the closing quote.
    Text(&'s str),
    /// A comment with its marks.
    Comment(&'s str),
    /// A number or a rune.
    Other,
    /// One byte of punctuation.
    Mark(u8),
}

/// A token and the line where it starts, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'s> {
    /// What it is.
    pub(super) kind: Kind<'s>,
    /// Its line.
    pub(super) line: usize,
}

/// The tokens of a text, in order.
#[derive(Clone, Debug)]
pub(super) struct Lexer<'s> {
    rest: &'s str,
    /// The line of the next byte.
    pub(super) line: usize,
}

impl<'s> Lexer<'s> {
    /// A reader of a text, from its start.
    pub(super) fn new(text: &'s str) -> Self {
        Self { rest: text.strip_prefix('\u{feff}').unwrap_or(text), line: 1 }
    }

    /// A lexer that goes on at a byte of a text, where another one was.
    pub(super) fn starting(text: &'s str, start: usize, line: usize) -> Self {
        Self { rest: text.get(start..).unwrap_or_default(), line }
    }

    /// The byte of the text that comes next.
    pub(super) fn at(&self, text: &str) -> usize {
        text.len().saturating_sub(self.rest.len())
    }

    /// Takes `length` bytes; a length inside a character takes the whole rest, which no caller asks for.
    fn take(&mut self, length: usize) -> &'s str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// The same for what may contain line ends.
    fn take_lines(&mut self, length: usize) -> &'s str {
        let taken = self.take(length);
        self.line += newlines(taken);
        taken
    }

    fn blank(&mut self) {
        let length = self.rest.bytes().take_while(|b| b.is_ascii_whitespace() || *b == 0).count();
        self.take_lines(length);
    }
}

impl<'s> Iterator for Lexer<'s> {
    type Item = Token<'s>;

    fn next(&mut self) -> Option<Token<'s>> {
        self.blank();
        let line = self.line;
        let first = *self.rest.as_bytes().first()?;
        let kind = match first {
            b'"' => Kind::Text(self.take(quoted(self.rest, b'"'))),
            b'`' => {
                let length = self.rest[1..].find('`').map_or(self.rest.len(), |end| end + 2);
                Kind::Text(self.take_lines(length))
            }
            b'\'' => {
                self.take(quoted(self.rest, b'\''));
                Kind::Other
            }
            b'/' if self.rest.starts_with("//") => {
                let length = self.rest.find('\n').unwrap_or(self.rest.len());
                Kind::Comment(self.take(length))
            }
            b'/' if self.rest.starts_with("/*") => {
                let length = self.rest[2..].find("*/").map_or(self.rest.len(), |end| end + 4);
                Kind::Comment(self.take_lines(length))
            }
            b'0'..=b'9' => {
                self.take(word(self.rest));
                Kind::Other
            }
            _ if is_word(first) => Kind::Word(self.take(word(self.rest))),
            _ => {
                self.take(1);
                Kind::Mark(first)
            }
        };
        Some(Token { kind, line })
    }
}

/// Letters of any script belong to words.
const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

fn word(text: &str) -> usize {
    text.bytes().take_while(|b| is_word(*b)).count()
}

fn newlines(text: &str) -> usize {
    text.bytes().map(|b| usize::from(b == b'\n')).sum()
}

/// The length of a string or rune at the start of `text`, at most up to the end of the line.
fn quoted(text: &str, quote: u8) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\n' => return at,
            b'\\' if bytes.get(at + 1).is_some_and(|b| *b != b'\n') => {
                at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8);
            }
            _ if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// The value of a string; bytes that are no character are replaced.
pub(super) fn value(text: &str) -> String {
    if let Some(raw) = text.strip_prefix('`') {
        return raw.strip_suffix('`').unwrap_or(raw).replace('\r', "");
    }
    let inner = text.strip_prefix('"').unwrap_or(text);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    if inner.contains('\\') { unescaped(inner) } else { inner.to_owned() }
}

fn unescaped(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.extend_from_slice(before.as_bytes());
        rest = escape(after, &mut out);
    }
    out.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&out).into_owned()
}

/// Reads what follows a backslash; returns what follows that.
fn escape<'s>(text: &'s str, out: &mut Vec<u8>) -> &'s str {
    let Some(first) = text.chars().next() else { return "" };
    let (digits, radix, skip) = match first {
        'x' => (2, 16, 1),
        'u' => (4, 16, 1),
        'U' => (8, 16, 1),
        '0'..='7' => (3, 8, 0),
        _ => {
            let plain = plain_escape(first);
            out.extend_from_slice(plain.encode_utf8(&mut [0; 4]).as_bytes());
            return &text[first.len_utf8()..];
        }
    };
    let number = text.get(skip..skip + digits).and_then(|t| u32::from_str_radix(t, radix).ok());
    let Some(number) = number else { return &text[first.len_utf8()..] };
    match u8::try_from(number) {
        Ok(byte) if digits < 4 => out.push(byte),
        _ => {
            let c = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    &text[skip + digits..]
}

const fn plain_escape(letter: char) -> char {
    match letter {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'v' => '\x0b',
        other => other,
    }
}

#[cfg(test)]
#[path = "lex_tests.rs"]
mod tests;
