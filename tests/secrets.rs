//! What is told of secrets in real Dockerfiles, against labels that a person gave to their lines before the detector was
//! written: `tests/secrets/labels.tsv`. Half of the files were looked at while it was written, the other half only here.
//!
//! Needs `HARDEN_CORPUS`, a folder of Dockerfiles named by their hashes; `.ci/run` sets it.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod support;

use harden::catalog::View;
use harden::engine::{Settings, harden};
use harden::recipe::{Library, Recipe};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The least precision and recall, in percent, of what is told.
const FLOORS: (usize, usize) = (95, 90);

struct Label {
    line: usize,
    is_secret: bool,
    kind: String,
    /// How the line was drawn: from what looks like it, or from what was told.
    drawn: String,
}

/// The labels by file.
fn labels() -> BTreeMap<String, Vec<Label>> {
    let text = std::fs::read_to_string(support::folder("secrets").join("labels.tsv")).unwrap();
    let mut labels: BTreeMap<String, Vec<Label>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let [file, line, label, kind, drawn] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        assert!(["secret", "clean"].contains(&label), "{label}");
        let is_secret = label == "secret";
        let label = Label { line: line.parse().unwrap(), is_secret, kind: kind.into(), drawn: drawn.into() };
        labels.entry(file.to_owned()).or_default().push(label);
    }
    labels
}

/// The lines of a file on which a secret is told.
fn told(file: &Path, recipe: &Arc<Recipe>) -> BTreeSet<usize> {
    let bytes = std::fs::read(file).unwrap();
    let settings = Settings::new(vec![Arc::clone(recipe)], Arc::new(View::of_listings()));
    let outcome = harden(&bytes, None, &settings);
    let line = |at: usize| bytes[..at].split(|b| *b == b'\n').count();
    let places = outcome.findings.iter().map(|finding| finding.fix.hidden.first().unwrap_or(&finding.fix.at));
    places.map(|at| line(at.start)).collect()
}

/// Whether a file is in the half that was looked at.
fn is_tuned(name: &str) -> bool {
    name.ends_with(['0', '2', '4', '6', '8', 'a', 'c', 'e'])
}

#[derive(Debug, Default)]
struct Score {
    right: usize,
    wrong: usize,
    missed: usize,
    clean: usize,
}

impl Score {
    const fn count(&mut self, is_secret: bool, is_told: bool) {
        match (is_secret, is_told) {
            (true, true) => self.right += 1,
            (false, false) => self.clean += 1,
            (true, false) => self.missed += 1,
            (false, true) => self.wrong += 1,
        }
    }

    fn precision(&self) -> usize {
        self.right * 100 / (self.right + self.wrong).max(1)
    }

    fn recall(&self) -> usize {
        self.right * 100 / (self.right + self.missed).max(1)
    }
}

#[test]
fn labelled_lines_are_told_right() {
    let corpus = match support::path_from_env("HARDEN_CORPUS") {
        Ok(corpus) => corpus,
        Err(reason) => return println!("SKIPPED labelled_lines_are_told_right: {reason}"),
    };
    let files: BTreeMap<String, PathBuf> = support::dockerfiles(&corpus)
        .into_iter()
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path))
        .collect();
    let library = Library::builtin().unwrap();
    let recipe = library.recipes().iter().find(|recipe| recipe.id == "no-secrets").unwrap();
    let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
    for (name, labels) in labels() {
        let told = told(&files[&name], recipe);
        for Label { line, is_secret, kind, drawn } in labels {
            let part = match (drawn.as_str(), is_tuned(&name)) {
                ("drawn", true) => "drawn, looked at",
                ("drawn", false) => "drawn, held out",
                ("told", _) => "told, looked at",
                _ => "told later",
            };
            let is_told = told.contains(&line);
            scores.entry(part).or_default().count(is_secret, is_told);
            if is_secret != is_told && part != "drawn, held out" {
                println!("{} {name}:{line} {kind} ({part})", if is_secret { "missed" } else { "wrong" });
            }
        }
    }
    for (part, score) in &scores {
        println!("{part}: precision {} %, recall {} %, {score:?}", score.precision(), score.recall());
    }
    for (part, score) in &scores {
        let (precision, recall) = FLOORS;
        assert!(score.precision() >= precision && score.recall() >= recall, "{part}: {score:?}");
    }
}
