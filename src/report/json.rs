//! Records for programs, one for each file.

use super::Subject;
use crate::document::decode;
use crate::edit::{Applicability, Evidence, NewFile};
use crate::engine::{Finding, State};
use crate::span::place;
use crate::transform::ladder::Ladder;
use serde::Serialize;

/// What comes before the records of the files.
pub const TOOL: &str = concat!(
    "{\"schema\":1,\"tool\":{\"name\":\"harden\",\"version\":\"",
    env!("CARGO_PKG_VERSION"),
    "\"},\"files\":["
);

/// What is told about one file.
#[derive(Debug, Default, Serialize)]
pub struct Record {
    /// The file's name.
    pub path: String,
    /// Whether anything changes.
    pub changed: bool,
    findings: Vec<Entry>,
    /// The files around it that change with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<File>,
    /// The rung that the image of a Go program reaches, and why no higher one.
    #[serde(skip_serializing_if = "Option::is_none")]
    ladder: Option<Ladder>,
    /// The patch; bytes that are not UTF-8 are replaced.
    pub diff: String,
    /// Why the file could not be treated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Record {
    /// The record of a file that could not be read or written.
    pub fn failed(path: String, error: String) -> Self {
        Self { path, error: Some(error), ..Self::default() }
    }
}

/// A file of the context.
#[derive(Debug, Serialize)]
struct File {
    /// Its name in the patch.
    path: String,
    /// Its text as it is; none where there is none.
    before: Option<String>,
    /// Its text as it should be.
    after: String,
}

#[derive(Debug, Serialize)]
struct Entry {
    recipe: String,
    title: String,
    message: String,
    applicability: Applicability,
    state: &'static str,
    reason: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    evidence: Vec<Evidence>,
    /// The comment that keeps it away.
    #[serde(skip_serializing_if = "Option::is_none")]
    suppression: Option<Suppression>,
}

#[derive(Debug, Serialize)]
struct Suppression {
    line: usize,
    reason: String,
}

/// The record of a file that could be read.
pub fn record(subject: &Subject<'_>) -> Record {
    let decoded = decode(&subject.outcome.before);
    Record {
        path: subject.path.to_owned(),
        changed: subject.outcome.changed(),
        findings: subject.outcome.findings.iter().map(|finding| entry(finding, &decoded.text)).collect(),
        files: files(subject),
        ladder: subject.outcome.ladder.clone(),
        diff: String::from_utf8_lossy(&subject.patch()).into_owned(),
        error: subject.outcome.problem.as_ref().map(|problem| {
            let at = place(&decoded.text, problem.span.start);
            format!("{}:{}: {}", at.line, at.column, problem.message)
        }),
    }
}

fn files(subject: &Subject<'_>) -> Vec<File> {
    let file = |(label, file): (&Vec<u8>, &NewFile)| File {
        path: String::from_utf8_lossy(label).into_owned(),
        before: file.before.clone(),
        after: file.text.clone(),
    };
    subject.files.iter().zip(&subject.outcome.files).map(file).collect()
}

fn entry(finding: &Finding, text: &str) -> Entry {
    let Finding { fix, stop, .. } = finding.clone();
    let (start, end) = (place(text, fix.at.start), place(text, fix.at.end));
    Entry {
        recipe: fix.recipe,
        title: fix.title,
        message: fix.message,
        applicability: fix.applicability,
        state: state(finding),
        reason: fix.reason,
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        evidence: fix.evidence,
        suppression: stop.map(|stop| Suppression { line: stop.line, reason: stop.reason }),
    }
}

fn state(finding: &Finding) -> &'static str {
    match finding.state {
        State::Applied => "applied",
        State::Unsafe => "unsafe",
        State::Manual => "manual",
        State::Conflict => "conflict",
        State::Suppressed => "suppressed",
    }
}

/// The applicability as it is written.
pub fn applicability(applicability: Applicability) -> &'static str {
    match applicability {
        Applicability::Safe => "safe",
        Applicability::Unsafe => "unsafe",
        Applicability::Manual => "manual",
    }
}
