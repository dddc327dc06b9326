//! Diagnostics for people, in rustc's look.

use super::Subject;
use super::clean::{clean, clean_in_place, mask};
use crate::document::decode;
use crate::edit::Evidence;
use crate::engine::{Finding, Problem, State};
use crate::span::{Span, place};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::fmt::Write as _;

/// How diagnostics look.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// With colour.
    pub colour: bool,
    /// With the evidence of each finding.
    pub evidence: bool,
}

impl Style {
    /// The renderer of diagnostics in that style.
    pub(super) fn renderer(self) -> Renderer {
        if self.colour { Renderer::styled() } else { Renderer::plain() }
    }
}

/// The findings of a file that `wanted` picks and no comment keeps away, each with its place in the text and what helps.
pub fn diagnostics(subject: &Subject<'_>, style: Style, wanted: impl Fn(&Finding) -> bool) -> String {
    let decoded = decode(&subject.outcome.before);
    let mut source = clean_in_place(&decoded.text);
    mask(&mut source, subject.outcome.findings.iter().flat_map(|finding| finding.fix.hidden.iter().copied()));
    let path = clean(subject.path);
    let renderer = style.renderer();
    let mut out = String::new();
    let shown = |finding: &&Finding| finding.state != State::Suppressed && wanted(finding);
    for finding in subject.outcome.findings.iter().filter(shown) {
        let message = clean(&finding.fix.message);
        let mut group = Level::WARNING.primary_title(&*message).id(&*finding.fix.recipe).element(snippet(
            &source,
            &path,
            finding.fix.at,
        ));
        for note in notes(finding, style) {
            group = group.element(Level::NOTE.message(note));
        }
        let groups = [group.element(Level::HELP.message(help(finding)))];
        out.push_str(&renderer.render(&groups));
        out.push_str("\n\n");
    }
    out
}

/// Why a text could not be read as a Dockerfile, with its place.
pub fn problem(path: &str, source: &[u8], problem: &Problem, style: Style) -> String {
    let decoded = decode(source);
    let text = clean_in_place(&decoded.text);
    let (path, message) = (clean(path), clean(&problem.message));
    let mut group: Group<'_> =
        Level::ERROR.primary_title(&*message).element(snippet(&text, &path, problem.span));
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(clean(help)));
    }
    format!("{}\n", style.renderer().render(&[group]))
}

/// The findings as `path:line:col: id: message`, a line each, less those that a comment keeps away.
pub fn concise(subject: &Subject<'_>) -> String {
    let decoded = decode(&subject.outcome.before);
    let path = clean(subject.path);
    let mut out = String::new();
    let shown = subject.outcome.findings.iter().filter(|finding| finding.state != State::Suppressed);
    for Finding { fix, .. } in shown {
        let at = place(&decoded.text, fix.at.start);
        let message = clean(&fix.message);
        writeln!(out, "{path}:{}:{}: {}: {message}", at.line, at.column, fix.recipe).ok();
    }
    out
}

fn snippet<'a>(source: &'a str, path: &'a str, at: Span) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    Snippet::source(source)
        .path(path)
        .annotation(AnnotationKind::Primary.span(first_line(source, at).range()))
}

/// The part of a span on its first line: a long instruction needs no picture of its whole.
fn first_line(source: &str, at: Span) -> Span {
    let start = source.floor_char_boundary(at.start.min(source.len()));
    let end = source.floor_char_boundary(at.end.clamp(start, source.len()));
    let line = source[start..end].find(['\r', '\n']).map_or(end, |length| start + length);
    Span::new(start, line)
}

fn help(finding: &Finding) -> String {
    let fix = &finding.fix;
    let how = match finding.state {
        State::Applied if fix.reason.is_empty() => "safe",
        State::Applied => "unsafe",
        State::Unsafe => "with --unsafe",
        State::Manual => "by hand",
        State::Conflict => "once the other changes are made",
        State::Suppressed => "a comment keeps it away",
    };
    let because = if fix.reason.is_empty() { String::new() } else { format!(": {}", clean(&fix.reason)) };
    format!("{} ({how}{because})", clean(&fix.title))
}

fn notes(finding: &Finding, style: Style) -> Vec<String> {
    if !style.evidence {
        return Vec::new();
    }
    finding.fix.evidence.iter().map(evidence).collect()
}

/// What was checked, with its line.
pub(super) fn evidence(found: &Evidence) -> String {
    match found.line {
        Some(line) => format!("{} (line {line})", clean(&found.what)),
        None => clean(&found.what).into_owned(),
    }
}
