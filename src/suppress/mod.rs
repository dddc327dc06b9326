//! `# harden: ignore[...]`: comments by which a Dockerfile keeps fixes away from itself.
//!
//! In: a document. Out: [`Suppressions`], which say of a fix whether a comment stops it, and which comments stopped none.
//! Does not know what recipes do, nor who asks.
//!
//! - `# harden: ignore[id, tag] reason` is about the next instruction; between the lines of one, about that one
//! - `# harden: ignore-stage[...]` is about the stage that it stands in; right above a `FROM`, about that stage
//! - `# harden: ignore-file[...]` is about the file
//!
//! Without brackets it is about all recipes.

mod comment;
mod lines;

use crate::document::{Document, Instruction, Keyword};
use crate::edit::{Applicability, Edit, Fix};
use crate::recipe::Names;
use crate::span::{Span, place};
use comment::{Comment, Scope, nearest, read};

/// As what comments that stop nothing are told.
pub const UNUSED: &str = "unused-suppression";
/// As what comments that can't be followed are told.
pub const UNKNOWN: &str = "unknown-suppression";

/// The comments of a text that keep fixes away.
#[derive(Debug, Default)]
pub struct Suppressions(Vec<Suppression>);

/// A comment that keeps fixes away.
#[derive(Debug)]
struct Suppression {
    comment: Comment,
    /// What it is about; none where nothing follows it.
    range: Option<Span>,
    /// What it is about, in words that a rewrite must not change.
    bond: String,
    /// For every name, whether it stopped a fix; one more for a comment without names.
    used: Vec<bool>,
}

/// By what a fix was stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The line of the comment, from 1.
    pub line: usize,
    /// The reason that it gives; may be empty.
    pub reason: String,
}

impl Suppressions {
    /// The comments of a text.
    pub fn of(document: &Document<'_>) -> Self {
        // Nearly all files have none.
        if !document.text.contains(comment::MARK) {
            return Self::default();
        }
        let comments = lines::comments(document).into_iter().filter_map(|line| read(document.text, line));
        Self(comments.map(|comment| Suppression::new(document, comment)).collect())
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What stops a fix, if anything does; every comment that would has been of use.
    pub fn stop(&mut self, fix: &Fix, names: &Names, text: &str) -> Option<Stop> {
        let mut found = None;
        for suppression in &mut self.0 {
            if suppression.stops(fix, names) && found.is_none() {
                let line = place(text, suppression.comment.span.start).line;
                found = Some(Stop { line, reason: suppression.comment.reason.clone() });
            }
        }
        found
    }

    /// Whether each comment of a new text is about the same thing there, of which `home` tells where a range comes from.
    pub fn hold_in(&self, new: &Self, home: impl Fn(Span) -> Span) -> bool {
        let holds = |(old, new): (&Suppression, &Suppression)| {
            let (Some(was), Some(is)) = (old.range, new.range) else { return old.range == new.range };
            // What was only added comes from an empty range.
            let from = home(Span::new(is.start, is.end.min(is.start + 1)));
            let is_same = from.start < was.end && was.start < from.end;
            old.bond == new.bond && (is_same || old.comment.scope != Scope::Instruction)
        };
        self.0.len() == new.0.len() && self.0.iter().zip(&new.0).all(holds)
    }

    /// Whether a fix writes at a comment, at what it is about, or between the two.
    pub fn are_touched(&self, fix: &Fix) -> bool {
        self.0.iter().any(|one| {
            let range = one.range.unwrap_or(one.comment.span);
            let (start, end) = (one.comment.span.start.min(range.start), one.comment.span.end.max(range.end));
            fix.edits.iter().any(|edit| edit.span.start <= end && edit.span.end >= start)
        })
    }

    /// What is to be told of the comments themselves: names that are none, and those that stopped nothing although `ran`
    /// says that the recipe looked. Whether all recipes that could run did is `whole`.
    pub fn told(&self, names: &Names, ran: impl Fn(&str) -> bool, whole: bool) -> Vec<Fix> {
        self.0.iter().flat_map(|one| one.told(names, &ran, whole)).collect()
    }
}

impl Suppression {
    fn new(document: &Document<'_>, comment: Comment) -> Self {
        let (range, about) = match comment.scope {
            Scope::File => (Some(Span::new(0, document.text.len())), String::new()),
            Scope::Stage => stage(document, comment.span),
            Scope::Instruction => {
                let next = document.instructions.iter().find(|i| document.piece(i).end > comment.span.start);
                (next.map(|i| i.span), next.map_or_else(String::new, |i| format!("{:?}", i.keyword)))
            }
        };
        let bond = format!("{}\n{about}", &document.text[comment.span.range()]);
        let used = vec![false; comment.names.len().max(1)];
        Self { comment, range, bond, used }
    }

    fn stops(&mut self, fix: &Fix, names: &Names) -> bool {
        if self.comment.fault.is_some() || !self.range.is_some_and(|range| is_about(fix, range)) {
            return false;
        }
        let (list, used) = (&self.comment.names, &mut self.used);
        if list.is_empty() {
            used[0] = true;
            return true;
        }
        let mut stops = false;
        for (name, used) in list.iter().zip(used) {
            let matches = names.names(&name.text, &fix.recipe);
            *used |= matches;
            stops |= matches;
        }
        stops
    }

    fn told(&self, names: &Names, ran: impl Fn(&str) -> bool, whole: bool) -> Vec<Fix> {
        let comment = &self.comment;
        if let Some(fault) = &comment.fault {
            return vec![told(UNKNOWN, fault.message.clone(), fault.title.clone(), comment.span)];
        }
        if comment.names.is_empty() && whole && !self.used[0] {
            let message = "there is nothing to ignore here".to_owned();
            return vec![told(UNUSED, message, "remove the comment".into(), comment.span)];
        }
        let mut all = Vec::new();
        for (name, _) in comment.names.iter().zip(&self.used).filter(|(_, used)| !**used) {
            if !names.all().any(|known| known == name.text) {
                let title = nearest(&name.text, names.all())
                    .unwrap_or_else(|| "name one that `harden recipes` lists".to_owned());
                let message = format!("unknown recipe or tag `{}`", name.text);
                all.push(told(UNKNOWN, message, title, name.span));
            } else if names.ids(&name.text).any(&ran) {
                let message = format!("`{}` has nothing to ignore here", name.text);
                all.push(told(UNUSED, message, "remove the name, or the comment".into(), name.span));
            }
        }
        all
    }
}

/// What is known about what is told of comments, by its name.
pub fn explain(id: &str) -> Option<&'static str> {
    match id {
        UNUSED => Some(
            "A `# harden: ignore[...]` comment keeps nothing away: the recipe has nothing to change there any more, or the\n\
             comment stands above something else. Remove it, so that it does not hide what comes later.",
        ),
        UNKNOWN => Some(
            "A `# harden:` comment can't be followed: it names no recipe or tag of `harden recipes`, or is not written as\n\
             `# harden: ignore[NAME, NAME] why`, `ignore-stage[...]` or `ignore-file[...]`. It keeps nothing away.",
        ),
        _ => None,
    }
}

fn told(recipe: &str, message: String, title: String, at: Span) -> Fix {
    Fix {
        recipe: recipe.to_owned(),
        message,
        title,
        at,
        applicability: Applicability::Manual,
        reason: String::new(),
        evidence: Vec::new(),
        edits: Vec::new(),
        hidden: Vec::new(),
        files: Vec::new(),
    }
}

/// The stage that a comment is about: the one that it stands in, or the one right below it; and whether that is the last.
fn stage(document: &Document<'_>, comment: Span) -> (Option<Span>, String) {
    let froms: Vec<&Instruction<'_>> =
        document.instructions.iter().filter(|i| i.keyword == Keyword::From).collect();
    let starts: Vec<usize> = froms.iter().map(|from| document.block_start(from)).collect();
    // What stands above the first stage can be about no other.
    let index = starts.partition_point(|start| *start <= comment.start).saturating_sub(1);
    let Some(start) = starts.get(index) else { return (None, String::new()) };
    let end = starts.get(index + 1).copied().unwrap_or(document.text.len());
    (Some(Span::new(*start, end)), format!("{}", index + 1 == starts.len()))
}

/// Whether a fix is about a range, or writes in it.
fn is_about(fix: &Fix, range: Span) -> bool {
    let is_in = range.start <= fix.at.start && fix.at.start < range.end.max(range.start + 1);
    is_in || fix.edits.iter().any(|edit| touches(edit, range))
}

/// Whether an edit changes something in a range. New lines above and below it do not.
fn touches(edit: &Edit, range: Span) -> bool {
    let Edit { span, text } = edit;
    if !span.is_empty() {
        return span.start < range.end && range.start < span.end;
    }
    let at = span.start;
    let above = at == range.start && !text.ends_with('\n');
    let below = at == range.end && !text.starts_with(['\r', '\n']) && !text.ends_with('\n');
    (range.start < at && at < range.end) || above || below
}
