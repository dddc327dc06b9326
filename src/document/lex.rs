//! `BuildKit`'s own word lexer, as far as finding heredocs needs it: no variable is set, so expansions stay as written.

use std::iter::Peekable;
use std::str::Chars;

/// Splits a line into words the way `BuildKit` looks for heredocs; `None` when its lexer fails.
///
/// `raw` keeps quotes in the words; `raw_escapes` keeps escape characters.
pub(super) fn words(line: &str, raw: bool, raw_escapes: bool) -> Option<Vec<String>> {
    let mut lexer =
        Lexer { chars: line.chars().peekable(), raw, raw_escapes, buffer: String::new(), depth: 0 };
    lexer.until(None, raw_escapes).map(|(_, words)| words)
}

/// Nesting of `${x:-${y:-...}}` past which a line is given up.
const DEPTH: usize = 200;

struct Lexer<'a> {
    chars: Peekable<Chars<'a>>,
    raw: bool,
    raw_escapes: bool,
    /// The word being read. `BuildKit` shares one buffer between an expansion and the word around it, so that an
    /// expansion with a default forgets what the word held before it; files depend on what follows from that.
    buffer: String,
    depth: usize,
}

/// The words of one level.
#[derive(Default)]
struct Words {
    words: Vec<String>,
    in_word: bool,
}

impl Lexer<'_> {
    fn until(&mut self, stop: Option<char>, raw_escapes: bool) -> Option<(String, Vec<String>)> {
        let outer = std::mem::replace(&mut self.raw_escapes, raw_escapes);
        self.depth += 1;
        let result = if self.depth > DEPTH { None } else { self.level(stop) };
        self.depth -= 1;
        self.raw_escapes = outer;
        result
    }

    fn level(&mut self, stop: Option<char>) -> Option<(String, Vec<String>)> {
        self.buffer.clear();
        let mut result = String::new();
        let mut words = Words::default();
        while let Some(&c) = self.chars.peek() {
            if Some(c) == stop {
                self.chars.next();
                return Some((result, self.finish(words)));
            }
            match c {
                '$' => {
                    let text = self.dollar()?;
                    text.chars().for_each(|c| self.add(&mut words, c));
                    result.push_str(&text);
                }
                '<' | '\'' | '"' => {
                    let text = match c {
                        '<' => self.angle(),
                        '\'' => self.single()?,
                        _ => self.double()?,
                    };
                    self.buffer.push_str(&text);
                    words.in_word = true;
                    result.push_str(&text);
                }
                _ => {
                    if !self.plain(&mut words, &mut result) {
                        break;
                    }
                }
            }
        }
        if stop.is_some() { None } else { Some((result, self.finish(words))) }
    }

    /// Reads a character that is not special, or an escaped one; false when the text ends in an escape.
    fn plain(&mut self, words: &mut Words, result: &mut String) -> bool {
        let Some(c) = self.chars.next() else { return false };
        if c != '\\' {
            self.add(words, c);
            result.push(c);
            return true;
        }
        if self.raw_escapes {
            self.add_raw(words, c);
            result.push(c);
        }
        let Some(c) = self.chars.next() else { return false };
        self.add_raw(words, c);
        result.push(c);
        true
    }

    fn add(&mut self, words: &mut Words, c: char) {
        if !c.is_whitespace() {
            self.add_raw(words, c);
        } else if words.in_word && !self.buffer.is_empty() {
            words.words.push(std::mem::take(&mut self.buffer));
            words.in_word = false;
        }
    }

    fn add_raw(&mut self, words: &mut Words, c: char) {
        self.buffer.push(c);
        words.in_word = true;
    }

    fn finish(&mut self, mut words: Words) -> Vec<String> {
        if !self.buffer.is_empty() {
            words.words.push(std::mem::take(&mut self.buffer));
        }
        words.words
    }

    fn quote(&self, text: &mut String, quote: char) {
        if self.raw {
            text.push(quote);
        }
    }

    fn single(&mut self) -> Option<String> {
        let mut text = String::new();
        self.chars.next();
        self.quote(&mut text, '\'');
        loop {
            match self.chars.next()? {
                '\'' => break,
                c => text.push(c),
            }
        }
        self.quote(&mut text, '\'');
        Some(text)
    }

    fn double(&mut self) -> Option<String> {
        let mut text = String::new();
        self.chars.next();
        self.quote(&mut text, '"');
        loop {
            match *self.chars.peek()? {
                '"' => break,
                '$' => text.push_str(&self.dollar()?),
                c => {
                    self.chars.next();
                    if c != '\\' {
                        text.push(c);
                        continue;
                    }
                    if self.raw_escapes {
                        text.push(c);
                    }
                    match self.chars.next_if(|c| matches!(c, '"' | '$' | '\\')) {
                        Some(escaped) => text.push(escaped),
                        None if self.chars.peek().is_none() => {}
                        None => text.push(c),
                    }
                }
            }
        }
        self.chars.next();
        self.quote(&mut text, '"');
        Some(text)
    }

    /// `<` alone, or `<<` with the blanks that may stand between it and its word.
    fn angle(&mut self) -> String {
        self.chars.next();
        let mut text = String::from("<");
        if self.chars.next_if_eq(&'<').is_some() {
            text.push('<');
            while let Some(c) = self.chars.next_if(|c| matches!(c, '\t' | '\r' | ' ')) {
                text.push(c);
            }
        }
        text
    }

    fn dollar(&mut self) -> Option<String> {
        self.chars.next();
        if self.chars.next_if_eq(&'{').is_none() {
            return Some(format!("${}", self.name()));
        }
        if matches!(self.chars.peek(), None | Some('{' | '}' | ':')) {
            return None;
        }
        let name = self.name();
        let mut modifier = self.chars.next()?;
        let mut sign = modifier.to_string();
        match modifier {
            '}' => return Some(format!("${{{name}}}")),
            '/' => return self.replacement(&name),
            ':' => {
                modifier = self.chars.next()?;
                sign.push(modifier);
            }
            '+' | '-' | '?' | '#' | '%' => {}
            _ => return None,
        }
        let pattern = matches!(modifier, '#' | '%');
        if sign.len() > 1 && pattern {
            return None;
        }
        let (word, _) = self.until(Some('}'), pattern)?;
        Some(format!("${{{name}{sign}{word}}}"))
    }

    fn replacement(&mut self, name: &str) -> Option<String> {
        self.chars.next_if_eq(&'/');
        let (pattern, _) = self.until(Some('/'), true)?;
        let (with, _) = self.until(Some('}'), true)?;
        Some(format!("${{{name}/{pattern}/{with}}}"))
    }

    fn name(&mut self) -> String {
        let mut name = String::new();
        if self.chars.peek().is_some_and(|c| c.is_numeric()) {
            while let Some(c) = self.chars.next_if(|c| c.is_numeric()) {
                name.push(c);
            }
            return name;
        }
        if let Some(c) = self.chars.next_if(|c| matches!(c, '@' | '*' | '#' | '?' | '-' | '$' | '!')) {
            return c.to_string();
        }
        while let Some(c) = self.chars.next_if(|c| c.is_alphanumeric() || *c == '_') {
            name.push(c);
        }
        name
    }
}
