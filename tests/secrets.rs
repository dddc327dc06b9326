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
const FLOORS: [(usize, usize); 2] = [(95, 90), (95, 90)];

struct Label {
    line: usize,
    is_secret: bool,
    kind: String,
}

/// The labels by file.
fn labels() -> BTreeMap<String, Vec<Label>> {
    let text = std::fs::read_to_string(support::folder("secrets").join("labels.tsv")).unwrap();
    let mut labels: BTreeMap<String, Vec<Label>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let [file, line, label, kind, ..] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        assert!(["secret", "clean"].contains(&label), "{label}");
        let label = Label { line: line.parse().unwrap(), is_secret: label == "secret", kind: kind.into() };
        labels.entry(file.to_owned()).or_default().push(label);
    }
    labels
}

/// The lines of a file on which a secret is told.
fn told(file: &Path, recipe: &Arc<Recipe>) -> BTreeSet<usize> {
    let bytes = std::fs::read(file).unwrap();
    let settings = Settings::new(vec![Arc::clone(recipe)], Arc::new(View::of_listings()));
    let outcome = harden(&bytes, None, &settings);
    let line = |at: usize| bytes[..at].iter().filter(|b| **b == b'\n').count() + 1;
    let places = outcome.findings.iter().map(|finding| finding.fix.hidden.first().unwrap_or(&finding.fix.at));
    places.map(|at| line(at.start)).collect()
}

/// Whether a file is in the half that was looked at.
fn is_tuned(name: &str) -> bool {
    name.ends_with(['0', '2', '4', '6', '8', 'a', 'c', 'e'])
}

#[derive(Default)]
struct Score {
    right: usize,
    wrong: usize,
    missed: usize,
    clean: usize,
}

impl Score {
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
    let mut scores = [Score::default(), Score::default()];
    for (name, labels) in labels() {
        let told = told(&files[&name], recipe);
        let score = &mut scores[usize::from(!is_tuned(&name))];
        for Label { line, is_secret, kind } in labels {
            match (is_secret, told.contains(&line)) {
                (true, true) => score.right += 1,
                (false, false) => score.clean += 1,
                (true, false) => score.missed += 1,
                (false, true) => score.wrong += 1,
            }
            if is_secret != told.contains(&line)
                && (is_tuned(&name) || std::env::var_os("HARDEN_HELD_OUT").is_some())
            {
                println!("{} {name}:{line} {kind}", if is_secret { "missed" } else { "wrong" });
            }
        }
    }
    for (score, (half, floors)) in scores.iter().zip(["looked at", "held out"].into_iter().zip(FLOORS)) {
        println!(
            "{half}: precision {} %, recall {} % ({} right, {} wrong, {} missed, {} clean)",
            score.precision(),
            score.recall(),
            score.right,
            score.wrong,
            score.missed,
            score.clean
        );
        assert!(score.precision() >= floors.0 && score.recall() >= floors.1, "{half}");
    }
}
