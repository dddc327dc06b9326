//! One Go file: its head (package, imports, constraints) and, for a program's own files, what its body tells.

use super::body::{self, Body};
use super::constraint::{Build, Constraint};
use super::lex::{Kind, Lexer, Token, value};
use std::sync::OnceLock;

/// An import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Import {
    /// Its path.
    pub(super) path: String,
    /// The name that the file gives it, `.` and `_` included.
    pub(super) name: Option<String>,
    /// Where it is.
    pub(super) line: usize,
}

/// What a file says.
#[derive(Debug)]
pub(super) struct Source {
    /// Its package clause.
    pub(super) package: String,
    /// The import path in the comment after the package clause.
    pub(super) import_comment: Option<String>,
    /// Its imports, in order.
    pub(super) imports: Vec<Import>,
    constraint: Constraint,
    /// The line of `import "C"`.
    pub(super) c_line: Option<usize>,
    /// Libraries and pkg-config names that `#cgo` lines ask for.
    pub(super) c_libraries: Vec<String>,
    /// What follows the imports, kept for own files only.
    rest: Option<Rest>,
    body: OnceLock<Body>,
}

/// A text and where its body starts.
#[derive(Debug)]
struct Rest {
    text: String,
    start: usize,
    line: usize,
}

impl Source {
    /// Reads a file; `own` files are kept, so that their bodies can be read.
    pub(super) fn read(text: String, own: bool) -> Self {
        let mut head = Head::new(&text);
        let package = head.package();
        let import_comment = head.import_comment();
        let imports = head.imports();
        let c_line = imports.iter().find(|import| import.path == "C").map(|import| import.line);
        let c_libraries = if c_line.is_some() { c_libraries(&head.comments) } else { Vec::new() };
        let Head { lexer, constraint, .. } = head;
        let (start, line) = (lexer.at(&text), lexer.line);
        let rest = own.then_some(Rest { text, start, line });
        Self {
            package,
            import_comment,
            imports,
            constraint,
            c_line,
            c_libraries,
            rest,
            body: OnceLock::new(),
        }
    }

    /// What the body tells; of others' files nothing.
    pub(super) fn body(&self) -> &Body {
        let read = |rest: &Rest| {
            body::read(&rest.text, &self.imports, Lexer::starting(&rest.text, rest.start, rest.line))
        };
        self.body.get_or_init(|| self.rest.as_ref().map(read).unwrap_or_default())
    }

    /// Whether a build takes the file, its name aside.
    pub(super) fn fits(&self, build: Build<'_>) -> bool {
        (build.cgo || self.c_line.is_none()) && self.constraint.holds(build)
    }
}

/// Reads up to the end of the imports.
struct Head<'s> {
    lexer: Lexer<'s>,
    comments: Vec<&'s str>,
    constraint: Constraint,
}

impl<'s> Head<'s> {
    fn new(text: &'s str) -> Self {
        Self { lexer: Lexer::new(text), comments: Vec::new(), constraint: Constraint::none() }
    }

    /// Reads the package clause and the constraints before it.
    fn package(&mut self) -> String {
        let mut plus = Vec::new();
        let mut effective = 0;
        let mut exact = None;
        let mut end = 0;
        while let Some(token) = self.lexer.next() {
            // An old constraint counts only if a blank line comes between it and the package clause.
            if token.line > end + 1 {
                effective = plus.len();
            }
            end = self.lexer.line;
            let Kind::Comment(comment) = token.kind else { break };
            self.comments.push(comment);
            let Some(line) = comment.strip_prefix("//") else { continue };
            if let Some(rest) = line.strip_prefix("go:build").filter(|r| r.starts_with([' ', '\t'])) {
                exact = exact.or_else(|| Some(Constraint::expression(rest)));
            } else if let Some(rest) =
                line.trim_start().strip_prefix("+build").filter(|r| r.starts_with([' ', '\t']))
            {
                plus.push(Constraint::plus(rest));
            }
        }
        plus.truncate(effective);
        self.constraint = exact.unwrap_or(Constraint::All(plus));
        match self.lexer.clone().next().map(|token| token.kind) {
            Some(Kind::Word(name)) => {
                self.lexer.next();
                name.to_owned()
            }
            _ => String::new(),
        }
    }

    /// `// import "path"` on the line of the package clause.
    fn import_comment(&self) -> Option<String> {
        let line = self.lexer.line;
        let token = self.lexer.clone().next().filter(|token| token.line == line)?;
        let Kind::Comment(comment) = token.kind else { return None };
        let inside = comment.trim_start_matches(['/', '*']).trim_end_matches(['*', '/']).trim();
        let path = inside.strip_prefix("import")?.trim();
        (path.starts_with(['"', '`']) && path.len() > 2).then(|| value(path))
    }

    fn imports(&mut self) -> Vec<Import> {
        let mut imports = Vec::new();
        loop {
            let mut ahead = self.lexer.clone();
            let Some(token) = code(&mut ahead, &mut self.comments) else { break };
            match token.kind {
                Kind::Mark(b';') => {}
                Kind::Word("import") => self.import_clause(&mut ahead, &mut imports),
                _ => break,
            }
            self.lexer = ahead;
        }
        imports
    }

    fn import_clause(&mut self, lexer: &mut Lexer<'s>, imports: &mut Vec<Import>) {
        let mut grouped = false;
        let mut name = None;
        while let Some(token) = code(lexer, &mut self.comments) {
            match token.kind {
                Kind::Mark(b'(') => grouped = true,
                Kind::Mark(b')') => return,
                Kind::Mark(b'.') => name = Some(".".to_owned()),
                Kind::Word(word) => name = Some(word.to_owned()),
                Kind::Text(text) => {
                    imports.push(Import { path: value(text), name: name.take(), line: token.line });
                    if !grouped {
                        return;
                    }
                }
                _ => {}
            }
        }
    }
}

/// The next token that is no comment.
fn code<'s>(lexer: &mut Lexer<'s>, comments: &mut Vec<&'s str>) -> Option<Token<'s>> {
    lexer.find(|token| match token.kind {
        Kind::Comment(comment) => {
            comments.push(comment);
            false
        }
        _ => true,
    })
}

/// What `#cgo LDFLAGS: -lX` and `#cgo pkg-config: X` ask for, without what every C library brings.
fn c_libraries(comments: &[&str]) -> Vec<String> {
    let lines = comments.iter().flat_map(|comment| comment.lines());
    let mut found = Vec::new();
    for line in lines {
        let line = line.trim_start_matches(['/', '*', ' ', '\t']);
        let Some((head, flags)) = line.strip_prefix("#cgo").and_then(|rest| rest.split_once(':')) else {
            continue;
        };
        let words = flags.split_whitespace();
        match head.split_whitespace().last() {
            Some("LDFLAGS") => found.extend(words.filter_map(|w| w.strip_prefix("-l")).map(str::to_owned)),
            Some("pkg-config") => {
                found.extend(words.filter(|w| !w.starts_with('-')).map(str::to_owned));
            }
            _ => {}
        }
    }
    found.retain(|name| !matches!(name.as_str(), "c" | "m" | "dl" | "pthread" | "rt" | "util" | "resolv"));
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
#[path = "source_tests.rs"]
mod tests;
