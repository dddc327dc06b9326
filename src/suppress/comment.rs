//! One comment: what it says.

use crate::recipe::did_you_mean;
use crate::span::Span;

/// What stands in every such comment.
pub(super) const MARK: &str = "harden:";

/// What a comment is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// The next instruction.
    Instruction,
    /// A stage.
    Stage,
    /// The file.
    File,
}

/// The words of comments.
const WORDS: [(&str, Scope); 3] =
    [("ignore", Scope::Instruction), ("ignore-stage", Scope::Stage), ("ignore-file", Scope::File)];

/// A comment that keeps fixes away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comment {
    /// From its `#` to its end.
    pub(super) span: Span,
    pub(super) scope: Scope,
    /// Recipes and tags; none for all of them.
    pub(super) names: Vec<Name>,
    /// Why, for people.
    pub(super) reason: String,
    /// Why it can't be followed.
    pub(super) fault: Option<Fault>,
}

/// The name of a recipe or a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) span: Span,
}

/// What is wrong with a comment, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) title: String,
}

/// Reads a comment; none for one that is about something else.
pub(super) fn read(text: &str, span: Span) -> Option<Comment> {
    let line = &text[span.range()];
    let rest = line.strip_prefix('#')?.trim_start().strip_prefix(MARK)?.trim_start();
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).unwrap_or(rest.len());
    let (word, rest) = rest.split_at(end);
    let comment = |scope, fault| Comment { span, scope, names: Vec::new(), reason: String::new(), fault };
    let Some((_, scope)) = WORDS.into_iter().find(|(known, _)| *known == word) else {
        // Who writes `# harden: this later` does not talk to us.
        let line = word == "ignore-line" || word.starts_with("ignore-next");
        let near = nearest(word, WORDS.into_iter().map(|(known, _)| known));
        let title = line.then(|| "write `ignore`".to_owned()).or(near).or_else(|| {
            rest.starts_with('[').then(|| "write `ignore`, `ignore-stage` or `ignore-file`".to_owned())
        })?;
        let message = format!("`{word}` can't be followed");
        return Some(comment(Scope::File, Some(Fault { message, title })));
    };
    let Some(list) = rest.trim_start().strip_prefix('[') else {
        return Some(Comment { reason: reason(rest), ..comment(scope, None) });
    };
    let Some((list, rest)) = list.split_once(']') else {
        let (message, title) = ("the `[` is not closed".into(), "write `]` behind the names".into());
        return Some(comment(scope, Some(Fault { message, title })));
    };
    let start = span.end - rest.len() - 1 - list.len();
    let names = names(list, start);
    let fault = names.is_empty().then(|| Fault {
        message: "the brackets are empty".into(),
        title: "name recipes, or leave the brackets out to ignore all of them".into(),
    });
    Some(Comment { names, reason: reason(rest), ..comment(scope, fault) })
}

/// What to do about a word that is not known, if it is near one that is.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let question = did_you_mean(word, known)?;
    question.split('`').nth(1).map(|meant| format!("write `{meant}`"))
}

/// What follows the names, without what people put between the two.
fn reason(text: &str) -> String {
    text.trim().trim_start_matches([':', '-', '–', '—']).trim().to_owned()
}

/// The names of a list that starts at an offset.
fn names(list: &str, mut start: usize) -> Vec<Name> {
    let mut found = Vec::new();
    for part in list.split(',') {
        let text = part.trim();
        let at = start + part.len() - part.trim_start().len();
        if !text.is_empty() {
            found.push(Name { text: text.to_owned(), span: Span::new(at, at + text.len()) });
        }
        start += part.len() + 1;
    }
    found
}
