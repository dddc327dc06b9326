//! What the body of a Go file tells: strings, constants, and calls of functions that matter to an image.

use super::calls::{self, Call};
use super::lex::{Kind, Lexer, Token, value};
use super::source::Import;
use std::collections::HashMap;

/// Longer strings name no file.
const LONG: usize = 200;

/// What a body tells.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// Strings, with their lines.
    pub(super) literals: Vec<(String, usize)>,
    /// String constants by name.
    pub(super) constants: HashMap<String, String>,
    /// The first string that a variable is given, by its name: what it may hold when it is used.
    pub(super) assigned: HashMap<String, String>,
    /// Calls of functions of the table.
    pub(super) calls: Vec<Call>,
    /// Patterns of `//go:embed`.
    pub(super) embeds: Vec<(String, usize)>,
}

/// Reads what follows the imports.
pub(super) fn read(text: &str, imports: &[Import], lexer: Lexer<'_>) -> Body {
    let mut body = Body::default();
    let mut tokens = Vec::with_capacity(text.len() / 6);
    for token in lexer {
        match token.kind {
            Kind::Comment(comment) => body.embed(comment, token.line),
            _ => tokens.push(token),
        }
    }
    body.constants = constants(&tokens);
    body.assigned = assigned(&tokens);
    if is_table(text) {
        return body;
    }
    body.literals = literals(&tokens);
    let known = calls::Known::new(imports);
    for (index, token) in tokens.iter().enumerate() {
        if let Kind::Word(word) = token.kind {
            body.calls.extend(known.call(&tokens, index, word));
        }
    }
    body.join_paths(&tokens, imports);
    body
}

/// Whether a tool made the file out of other files that the program doesn't need any more.
fn is_table(text: &str) -> bool {
    let head = text.get(..400).unwrap_or(text);
    let made = ["go-bindata", "fileb0x", "vfsgen", "rakyll/statik", "mjibson/esc"];
    made.iter().any(|tool| head.contains(tool)) && !text.contains("from disk")
}

impl Body {
    fn embed(&mut self, comment: &str, line: usize) {
        let patterns = comment.strip_prefix("//go:embed").filter(|rest| rest.starts_with([' ', '\t']));
        let Some(patterns) = patterns else { return };
        let mut rest = patterns.trim();
        while !rest.is_empty() {
            let end = match rest.as_bytes().first() {
                Some(quote @ (b'"' | b'`')) => rest[1..].find(char::from(*quote)).map(|end| end + 2),
                _ => rest.find(char::is_whitespace),
            };
            let (pattern, after) = rest.split_at(end.unwrap_or(rest.len()));
            let pattern = if pattern.starts_with(['"', '`']) { value(pattern) } else { pattern.to_owned() };
            self.embeds.push((pattern, line));
            rest = after.trim_start();
        }
    }

    /// `filepath.Join("templates", "index.html")` names one file.
    fn join_paths(&mut self, tokens: &[Token<'_>], imports: &[Import]) {
        if !imports.iter().any(|import| matches!(import.path.as_str(), "path" | "path/filepath")) {
            return;
        }
        for (index, token) in tokens.iter().enumerate() {
            if token.kind == Kind::Word("Join")
                && let Some(joined) = calls::joined(tokens, index + 1)
            {
                self.literals.push((joined, token.line));
            }
        }
    }
}

fn literals(tokens: &[Token<'_>]) -> Vec<(String, usize)> {
    let texts = tokens.iter().filter_map(|token| match token.kind {
        Kind::Text(text) if text.len() <= LONG => Some((value(text), token.line)),
        _ => None,
    });
    texts.filter(|(text, _)| !text.is_empty()).collect()
}

/// Constants that are one string.
fn constants(tokens: &[Token<'_>]) -> HashMap<String, String> {
    let mut found = HashMap::new();
    let mut rest = tokens;
    while let Some((token, after)) = rest.split_first() {
        rest = after;
        if token.kind == Kind::Word("const") {
            rest = declaration(after, &mut found);
        }
    }
    found
}

/// Strings in `name := "x"`, `name = "x"` and `var name string = "x"`.
fn assigned(tokens: &[Token<'_>]) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for (index, token) in tokens.iter().enumerate() {
        let Kind::Word(name) = token.kind else { continue };
        // A field is not the variable of its name, and a type is none at all.
        if name == "string"
            || index.checked_sub(1).is_some_and(|before| tokens[before].kind == Kind::Mark(b'.'))
        {
            continue;
        }
        let rest = match &tokens[index + 1..] {
            [colon, rest @ ..] if colon.kind == Kind::Mark(b':') => rest,
            rest => rest,
        };
        if let Some((text, _)) = constant(token.line, rest).filter(|(text, _)| !text.is_empty()) {
            found.entry(name.to_owned()).or_insert(text);
        }
    }
    found
}

/// Reads what follows `const`: one name, or a group in parentheses; returns what follows that.
fn declaration<'t, 's>(mut rest: &'t [Token<'s>], found: &mut HashMap<String, String>) -> &'t [Token<'s>] {
    let mut depth = 0usize;
    while let Some((token, mut after)) = rest.split_first() {
        match token.kind {
            Kind::Mark(b'(') => depth += 1,
            Kind::Mark(b')') => depth = depth.saturating_sub(1),
            Kind::Word(name) => {
                if let Some((text, behind)) = constant(token.line, after) {
                    found.insert(name.to_owned(), text);
                    after = behind;
                }
            }
            _ => {}
        }
        rest = after;
        if depth == 0 {
            break;
        }
    }
    rest
}

/// The string in `= "x"` or `string = "x"` on this line, and what follows it.
fn constant<'t, 's>(line: usize, rest: &'t [Token<'s>]) -> Option<(String, &'t [Token<'s>])> {
    let typed = rest.first().is_some_and(|t| matches!(t.kind, Kind::Word(_)) && t.line == line);
    let [equals, text, rest @ ..] = &rest[usize::from(typed)..] else { return None };
    let Kind::Text(text) = text.kind else { return None };
    let whole = rest.first().is_none_or(|next| next.kind != Kind::Mark(b'+'));
    (equals.kind == Kind::Mark(b'=') && equals.line == line && whole).then(|| (value(text), rest))
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
