//! One pattern of an ignore file.
//!
//! `BuildKit` turns most patterns into regular expressions without escaping all of it, so that `|`, `{2}` or `\d` mean there
//! what they mean in one; whatever it makes of a pattern is made of it here too.

use super::expression::Expression;
use super::glob::Glob;

/// A pattern.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    /// Its text, cleaned, without the mark of an exception.
    pub(super) text: String,
    /// Whether it takes back what earlier ones ignore.
    pub(super) exception: bool,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    /// The path is the text.
    Exact,
    /// The path starts with the text, less its two stars.
    Prefix,
    /// The path ends with the text, less its two stars.
    Suffix,
    /// What matches has this start and this end, which are quicker to see.
    Expression { start: String, end: String, expression: Expression },
    /// A build that gets to this one fails.
    Broken,
}

impl Pattern {
    /// Reads a cleaned pattern; none when every build refuses it.
    pub(super) fn new(text: &str, exception: bool) -> Option<Self> {
        if !Glob::passes(text) {
            return None;
        }
        let kind = match translate(text) {
            Shape::Exact => Kind::Exact,
            Shape::Prefix => Kind::Prefix,
            Shape::Suffix => Kind::Suffix,
            Shape::Expression(expression) => {
                let (start, end) = ends(text);
                match Expression::new(&expression) {
                    Some(expression) => Kind::Expression { start: start.into(), end: end.into(), expression },
                    None => Kind::Broken,
                }
            }
        };
        Some(Self { text: text.to_owned(), exception, kind })
    }

    /// Whether it matches a path by itself, its folders aside; none when it can't be told. Takes from `left` what that costs.
    pub(super) fn matches(&self, path: &str, left: &mut u64) -> Option<bool> {
        *left = left.saturating_sub(1);
        Some(match &self.kind {
            Kind::Exact => path == self.text,
            Kind::Prefix => self.text.strip_suffix("**").is_some_and(|start| path.starts_with(start)),
            Kind::Suffix => self.text.strip_prefix("**").is_some_and(|end| {
                path.ends_with(end) || end.strip_prefix('/').is_some_and(|end| path == end)
            }),
            Kind::Expression { start, end, expression } => {
                path.starts_with(start) && path.ends_with(end) && expression.matches(path, left)
            }
            Kind::Broken => return None,
        })
    }

    /// For an exception: whether it may match something below a folder. Like in `BuildKit`, only the text before a star at
    /// its end counts.
    pub(super) fn reaches_below(&self, folder: &str) -> bool {
        let start = self.start();
        start.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether it has wildcards elsewhere than at its end.
    pub(super) fn is_wild(&self) -> bool {
        self.start().contains(['*', '[', ']', '?', '^', '\\'])
    }

    fn start(&self) -> &str {
        let text = self.text.strip_suffix("/**").unwrap_or(&self.text);
        text.strip_suffix("/*").unwrap_or(text)
    }
}

/// The plain text at both ends of a pattern; nothing if it has more than stars and question marks.
fn ends(text: &str) -> (&str, &str) {
    if text.contains(['|', '{', '}', '^', '\\', '[', ']', '\u{feff}']) {
        return ("", "");
    }
    let wild = ['*', '?'];
    let start = text.find(wild).map_or(text, |at| &text[..at]);
    // The slash behind two stars belongs to them.
    let end = text.rfind(wild).map_or(text, |at| text[at + 1..].trim_start_matches('/'));
    (start, end)
}

/// How a pattern is matched.
enum Shape {
    Exact,
    Prefix,
    Suffix,
    Expression(String),
}

fn translate(pattern: &str) -> Shape {
    let mut shape = Shape::Exact;
    let mut text = String::from("^");
    let mut rest = pattern.strip_prefix('\u{feff}').unwrap_or(pattern).chars().peekable();
    let mut first = true;
    // The text of an expression is made along the way, whatever the pattern turns out to be.
    while let Some(c) = rest.next() {
        match c {
            '*' if rest.next_if_eq(&'*').is_some() => {
                rest.next_if_eq(&'/');
                let last = rest.peek().is_none();
                let alone = matches!(shape, Shape::Exact);
                text.push_str(if last { ".*" } else { "(.*/)?" });
                shape = match (first, last && alone) {
                    (true, _) => Shape::Suffix,
                    (false, true) => Shape::Prefix,
                    (false, false) => Shape::Expression(String::new()),
                };
            }
            '*' | '?' | '[' | ']' => {
                match c {
                    '*' => text.push_str("[^/]*"),
                    '?' => text.push_str("[^/]"),
                    bracket => text.push(bracket),
                }
                shape = Shape::Expression(String::new());
            }
            '.' | '+' | '(' | ')' | '$' => text.extend(['\\', c]),
            '\\' => {
                text.push('\\');
                if let Some(next) = rest.next() {
                    text.push(next);
                    shape = Shape::Expression(String::new());
                }
            }
            c => text.push(c),
        }
        first = false;
    }
    match shape {
        Shape::Expression(_) => Shape::Expression(text + "$"),
        other => other,
    }
}
