//! What a word is worth: quote removal, and quoting.

use super::Word;
use crate::span::Span;

/// Words that mean something else when they stand where a command may start.
const RESERVED: [&str; 18] = [
    "if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for", "in",
    "function", "select", "time", "coproc", "repeat",
];

/// What ends a word unless it is quoted.
const BREAKS: [char; 6] = [' ', '\t', '\n', ';', '&', '|'];

/// A word for the bytes `start..start + raw.len()`; `None` if `raw` can't be one word.
pub(super) fn read(raw: &str, start: usize) -> Option<Word> {
    let literal = match value(raw) {
        Value::Literal(text) => Some(text),
        Value::Expands => None,
        Value::Broken => return None,
    };
    Some(Word { span: Span::new(start, start + raw.len()), literal })
}

/// Whether `raw` may run commands of its own; rather yes than no.
pub(super) fn substitutes(raw: &str) -> bool {
    !matches!(value(raw), Value::Literal(_))
        && (raw.contains('`') || ["$(", "<(", ">("].iter().any(|open| raw.contains(open)))
}

/// Whether `text` is a variable's name.
pub(super) fn is_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Quotes `word` for a shell, if it needs that, so that it is one word with exactly this value.
pub fn quote(word: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(&b);
    let assigns = word.split_once('=').is_some_and(|(name, _)| is_name(name.trim_end_matches('+')));
    if !word.is_empty() && word.bytes().all(plain) && !assigns && !RESERVED.contains(&word) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

enum Value {
    Literal(String),
    Expands,
    Broken,
}

/// Removes the quotes of `raw`, up to the first thing that the shell may expand.
fn value(raw: &str) -> Value {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    let mut previous = None;
    let mut braces = false;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\'' => match rest.split_once('\'') {
                Some((inside, after)) => {
                    out.push_str(inside);
                    rest = after;
                }
                None => return Value::Broken,
            },
            '"' => match double_quoted(rest, &mut out) {
                Ok(after) => rest = after,
                Err(stop) => return stop,
            },
            '\\' => match rest.chars().next() {
                Some(next) if next != '\n' => {
                    out.push(next);
                    rest = &rest[next.len_utf8()..];
                }
                _ => return Value::Broken,
            },
            _ if BREAKS.contains(&c) => return Value::Broken,
            '[' if subscript(rest).contains(BREAKS) => return Value::Broken,
            _ if expands(c, previous, rest) => return Value::Expands,
            ',' if braces => return Value::Expands,
            '.' if braces && previous == Some('.') => return Value::Expands,
            _ => {
                braces |= c == '{';
                out.push(c);
            }
        }
        previous = Some(c);
    }
    // The mark of a byte that is not UTF-8: the value is not known.
    if out.contains('\u{1a}') { Value::Expands } else { Value::Literal(out) }
}

/// The text up to the bracket that closes one; bash lets blanks stand there, other shells don't.
fn subscript(rest: &str) -> &str {
    rest.split_once(']').map_or("", |(inside, _)| inside)
}

/// Whether the unquoted `c` makes its word subject to expansion.
fn expands(c: char, previous: Option<char>, rest: &str) -> bool {
    match c {
        '$' | '`' | '*' | '?' | '(' | ')' | '<' | '>' => true,
        // A lone bracket is the command `[`.
        '[' => rest.contains(']'),
        '~' => matches!(previous, None | Some('=' | ':')),
        _ => false,
    }
}

/// Reads up to the closing quote; gives what follows it.
fn double_quoted<'a>(mut rest: &'a str, out: &mut String) -> Result<&'a str, Value> {
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '"' => return Ok(rest),
            '$' | '`' => return Err(Value::Expands),
            '\\' => match rest.chars().next() {
                Some(next @ ('$' | '`' | '"' | '\\')) => {
                    out.push(next);
                    rest = &rest[1..];
                }
                Some('\n') | None => return Err(Value::Broken),
                Some(_) => out.push('\\'),
            },
            _ => out.push(c),
        }
    }
    Err(Value::Broken)
}
