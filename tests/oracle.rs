//! Agreement with BuildKit on real Dockerfiles, before and after hardening.
//!
//! Needs `HARDEN_CORPUS` (a folder of Dockerfiles) and `HARDEN_ORACLE` (a program that tells BuildKit's
//! verdict on files); `.ci/run` sets both.
#![allow(clippy::doc_markdown, clippy::unwrap_used, clippy::print_stdout)]

mod support;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use harden::document::{Document, decode};
use harden::engine::{Settings, harden};
use support::Verdict;

/// The files of a run, with BuildKit's verdicts.
struct Corpus {
    oracle: PathBuf,
    files: Vec<PathBuf>,
    verdicts: BTreeMap<PathBuf, Verdict>,
}

impl Corpus {
    /// The corpus and the committed cases, or why there is none.
    fn load() -> Result<Self, String> {
        let folder = support::path_from_env("HARDEN_CORPUS")?;
        let oracle = support::path_from_env("HARDEN_ORACLE")?;
        let mut files = support::dockerfiles(&folder);
        assert!(!files.is_empty(), "no Dockerfiles in {}", folder.display());
        files.extend(support::dockerfiles(&support::folder("cases")));
        let verdicts = support::ask(&oracle, &files);
        Ok(Self { oracle, files, verdicts })
    }
}

/// Counts and misses of one test.
#[derive(Default)]
struct Tally {
    rows: Vec<(String, usize)>,
    misses: Vec<String>,
}

impl Tally {
    fn row(&mut self, label: impl Display, count: usize) {
        self.rows.push((label.to_string(), count));
    }

    /// Prints the table; fails if anything was missed.
    fn finish(self, title: &str) {
        println!("\n{title}");
        for (label, count) in &self.rows {
            println!("  {label:<72}{count:>8}");
        }
        println!("  {:<72}{:>8}", "misses", self.misses.len());
        let shown: Vec<_> = self.misses.iter().take(30).map(String::as_str).collect();
        assert!(shown.is_empty(), "{} misses, among them:\n{}", self.misses.len(), shown.join("\n"));
    }
}

/// Where our reading of a file differs from BuildKit's.
fn disagreement(file: &Path, verdict: &Verdict) -> Option<String> {
    let bytes = std::fs::read(file).unwrap();
    let decoded = decode(&bytes);
    let document = Document::parse(&decoded.text);
    if !support::tiles(&document) || document.text.len() != bytes.len() {
        return Some("the pieces do not concatenate to the file".to_owned());
    }
    match (&verdict.parse_error, &document.error) {
        (Some(_), Some(_)) => return None,
        (Some(theirs), None) => return Some(format!("BuildKit refuses it, we do not: {theirs}")),
        (None, Some(ours)) => return Some(format!("we refuse it, BuildKit does not: {}", ours.message)),
        (None, None) => {}
    }
    if document.escape.to_string() != verdict.escape {
        return Some(format!("escape character {:?}, BuildKit says {:?}", document.escape, verdict.escape));
    }
    let ours = support::told(&document);
    if ours.len() != verdict.instructions.len() {
        return Some(format!("{} instructions, BuildKit has {}", ours.len(), verdict.instructions.len()));
    }
    let pairs = ours.iter().zip(&verdict.instructions);
    let differs = |(ours, theirs): &(&support::Told, &support::Told)| {
        !ours.name.eq_ignore_ascii_case(&theirs.name)
            || (ours.start, ours.end, ours.heredocs) != (theirs.start, theirs.end, theirs.heredocs)
    };
    let mut differing = pairs.filter(differs);
    differing.next().map(|(ours, theirs)| format!("{ours:?}, BuildKit says {theirs:?}"))
}

#[test]
fn files_are_read_as_buildkit_reads_them() {
    let corpus = match Corpus::load() {
        Ok(corpus) => corpus,
        Err(reason) => return println!("SKIPPED files_are_read_as_buildkit_reads_them: {reason}"),
    };
    let found = support::in_parallel(support::cores(), &corpus.files, |file| {
        catch_unwind(|| disagreement(file, &corpus.verdicts[file]))
            .unwrap_or_else(|_| Some("panic".to_owned()))
    });
    let verdicts = corpus.verdicts.values();
    let mut tally = Tally::default();
    tally.row("files whose pieces concatenate to the file", corpus.files.len());
    tally.row("files that BuildKit's parser refuses, and we do", refused(&corpus));
    tally.row(
        "files that it accepts, with the same lines, heredocs and escape",
        corpus.files.len() - refused(&corpus),
    );
    tally.row("instructions in them", verdicts.map(|verdict| verdict.instructions.len()).sum());
    for (file, miss) in corpus.files.iter().zip(found) {
        tally.misses.extend(miss.map(|miss| format!("{}: {miss}", file.display())));
    }
    tally.finish("Reading, compared with BuildKit");
}

fn refused(corpus: &Corpus) -> usize {
    corpus.verdicts.values().filter(|verdict| verdict.parse_error.is_some()).count()
}

/// The new text of a file if hardening changes it, or what is wrong.
fn hardened(file: &Path, verdict: &Verdict, settings: &Settings) -> Result<Option<Vec<u8>>, String> {
    let bytes = std::fs::read(file).unwrap();
    let run = |source: &[u8]| catch_unwind(AssertUnwindSafe(|| harden(source, None, settings)));
    let first = run(&bytes).map_err(|_| "panic".to_owned())?;
    if first.before != bytes {
        return Err("the outcome's `before` is not the file".to_owned());
    }
    if first.changed() != (first.after != bytes) {
        return Err("`changed` does not say whether the text changed".to_owned());
    }
    if !first.changed() {
        return Ok(None);
    }
    if !verdict.accepted() && !known_gap(verdict) {
        return Err(format!("changed though BuildKit refuses it: {verdict:?}"));
    }
    let second = run(&first.after).map_err(|_| "panic in the second run".to_owned())?;
    if second.changed() {
        return Err("a second run proposes a change".to_owned());
    }
    Ok(Some(first.after))
}

/// Whether the file may well build: with a build argument that BuildKit was not given here, or a variable of the base
/// image, such as `VOLUME $GOPATH`, which the oracle's blank images have not.
fn known_gap(verdict: &Verdict) -> bool {
    let error = verdict.build_error.as_deref().unwrap_or_default();
    verdict.parse_error.is_none()
        && ["base name", "failed to parse stage name", "VOLUME specified can not be an empty string"]
            .iter()
            .any(|gap| error.contains(gap))
}

/// Hardens every file, asks BuildKit about the changed ones, and adds to the tally.
fn harden_all(corpus: &Corpus, way: (&str, bool), tally: &mut Tally) {
    let settings = support::settings(way.0, way.1);
    let results = support::in_parallel(support::cores(), &corpus.files, |file| {
        hardened(file, &corpus.verdicts[file], &settings)
    });
    let label = format!("{}{}", way.0, if way.1 { ", unsafe too" } else { "" });
    let folder = tempfile::tempdir().unwrap();
    let mut changed = BTreeMap::new();
    for (index, (file, result)) in corpus.files.iter().zip(results).enumerate() {
        match result {
            Ok(None) => {}
            Ok(Some(after)) => {
                let path = folder.path().join(format!("{index}.Dockerfile"));
                std::fs::write(&path, after).unwrap();
                changed.insert(path, file);
            }
            Err(miss) => tally.misses.push(format!("{label}: {}: {miss}", file.display())),
        }
    }
    let paths: Vec<_> = changed.keys().cloned().collect();
    let verdicts = support::ask(&corpus.oracle, &paths);
    tally.row(format!("{label}: files changed, and unchanged by a second run"), changed.len());
    let mut accepted = 0;
    for (path, file) in &changed {
        let after = &verdicts[path];
        if after.accepted() {
            accepted += 1;
        } else if corpus.verdicts[*file].accepted() {
            let error = after.parse_error.as_ref().or(after.build_error.as_ref());
            tally.misses.push(format!("{label}: {}: BuildKit refuses the result: {error:?}", file.display()));
        }
    }
    tally.row(format!("{label}: of these accepted by BuildKit afterwards"), accepted);
}

#[test]
fn what_buildkit_accepted_it_accepts_after_hardening() {
    let corpus = match Corpus::load() {
        Ok(corpus) => corpus,
        Err(reason) => {
            return println!("SKIPPED what_buildkit_accepted_it_accepts_after_hardening: {reason}");
        }
    };
    let mut tally = Tally::default();
    tally.row("files", corpus.files.len());
    let accepted = corpus.verdicts.values().filter(|verdict| verdict.accepted()).count();
    tally.row("files that BuildKit accepts", accepted);
    for way in support::WAYS {
        harden_all(&corpus, way, &mut tally);
    }
    tally.finish("Hardening, judged by BuildKit");
}
