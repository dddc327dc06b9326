//! The ladder on a corpus of real Go Dockerfiles, told by their text alone: how far they get, what keeps the others, and
//! what BuildKit says about the final image before and after.
//!
//! Needs `HARDEN_CORPUS` (a folder of Dockerfiles with `golang/` in it) and `HARDEN_ORACLE` (a program that tells
//! BuildKit's verdict on files); `.ci/run` sets both.
#![allow(clippy::doc_markdown, clippy::unwrap_used, clippy::print_stdout)]

mod support;

use harden::engine::{Outcome, State, harden};
use harden::transform::ladder::Ladder;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use support::Verdict;
use support::config::{CONVERSIONS, Pair};

/// The least share of files that safe fixes take to the rung without a C library.
const STATIC_PERCENT: usize = 18;

/// What became of a file by safe fixes, and by unsafe ones too.
struct Case {
    file: PathBuf,
    safe: Outcome,
    all: Outcome,
}

impl Case {
    fn new(file: &Path) -> Self {
        let bytes = std::fs::read(file).unwrap();
        let run = |include_unsafe| harden(&bytes, None, &support::settings("go", include_unsafe));
        Self { file: file.to_owned(), safe: run(false), all: run(true) }
    }

    fn outcome(&self, include_unsafe: bool) -> &Outcome {
        if include_unsafe { &self.all } else { &self.safe }
    }
}

/// The recipes whose fixes were made.
fn applied(outcome: &Outcome) -> BTreeSet<String> {
    let made = outcome.findings.iter().filter(|finding| finding.state == State::Applied);
    made.map(|finding| finding.fix.recipe.clone()).collect()
}

/// Whether the program went to another image.
fn is_converted(outcome: &Outcome) -> bool {
    applied(outcome).iter().any(|recipe| CONVERSIONS.contains(&recipe.as_str()))
}

/// Files by what they have in common, in columns.
type Counts<const COLUMNS: usize> = BTreeMap<String, [usize; COLUMNS]>;

/// Files by shape and rung: converted by safe fixes, as they were, converted with unsafe ones only.
fn rungs(cases: &[Case]) -> Counts<3> {
    let mut counts = Counts::new();
    for case in cases {
        let (column, outcome) = match (is_converted(&case.safe), is_converted(&case.all)) {
            (true, _) => (0, &case.safe),
            (false, false) => (1, &case.safe),
            (false, true) => (2, &case.all),
        };
        let key = outcome.ladder.as_ref().map_or_else(|| "no Go program".to_owned(), place);
        counts.entry(key).or_default()[column] += 1;
    }
    counts
}

fn place(ladder: &Ladder) -> String {
    format!("{:<8}{} {}", ladder.from.name(), ladder.rung as usize, ladder.rung.name())
}

/// Files that safe fixes do not convert, by what is first in the way: not by unsafe ones, or by them.
fn blockers(cases: &[Case]) -> Counts<2> {
    let mut counts = Counts::new();
    for case in cases.iter().filter(|case| !is_converted(&case.safe)) {
        let Some(ladder) = &case.safe.ladder else { continue };
        let first = ladder.blockers.first().map_or("none", |blocker| blocker.id.name());
        let column = usize::from(is_converted(&case.all));
        counts.entry(format!("{:<8}{first}", ladder.from.name())).or_default()[column] += 1;
    }
    counts
}

fn table<const COLUMNS: usize>(title: &str, columns: [&str; COLUMNS], counts: &Counts<COLUMNS>) -> String {
    let mut text = format!("{title:<60}");
    for column in columns {
        write!(text, "{column:>15}").unwrap();
    }
    for (label, numbers) in counts {
        write!(text, "\n  {label:<58}").unwrap();
        for number in numbers {
            write!(text, "{number:>15}").unwrap();
        }
    }
    text + "\n"
}

/// Writes the changed files into a folder, and asks the oracle about them.
fn ask_about_results(oracle: &Path, cases: &[Case], include_unsafe: bool) -> BTreeMap<usize, Verdict> {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = BTreeMap::new();
    for (index, case) in cases.iter().enumerate().filter(|(_, case)| case.outcome(include_unsafe).changed()) {
        let path = folder.path().join(format!("{index}.Dockerfile"));
        std::fs::write(&path, &case.outcome(include_unsafe).after).unwrap();
        paths.insert(index, path);
    }
    let files: Vec<_> = paths.values().cloned().collect();
    let mut verdicts = support::ask(oracle, &files);
    paths.into_iter().map(|(index, path)| (index, verdicts.remove(&path).unwrap())).collect()
}

/// Rules that differences fall under, and what falls under none.
#[derive(Default)]
struct Differences {
    /// Settings that may not differ at all, in the originals.
    settings: Counts<2>,
    rules: Counts<2>,
    misses: Vec<String>,
}

impl Differences {
    fn count(&mut self, rule: &str, include_unsafe: bool) {
        self.rules.entry(rule.to_owned()).or_default()[usize::from(include_unsafe)] += 1;
    }

    /// Compares what BuildKit says about a file before and after.
    fn compare(&mut self, case: &Case, verdicts: (&Verdict, &Verdict), include_unsafe: bool) {
        let outcome = case.outcome(include_unsafe);
        let name = case.file.file_name().unwrap().display();
        let mode = if include_unsafe { "with --unsafe" } else { "safe" };
        self.count("(files changed)", include_unsafe);
        if !verdicts.0.accepted() {
            return self.count("(of these, BuildKit takes not even the original)", include_unsafe);
        }
        let (Some(before), Some(after)) = (&verdicts.0.config, &verdicts.1.config) else {
            let error = verdicts.1.parse_error.as_ref().or(verdicts.1.build_error.as_ref());
            return self.misses.push(format!("{name}, {mode}: BuildKit refuses the result: {error:?}"));
        };
        for setting in before.rest.keys() {
            self.settings.entry(setting.clone()).or_default()[usize::from(include_unsafe)] += 1;
        }
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (source, result, recipes) = (text(&outcome.before), text(&outcome.after), applied(outcome));
        let (source, result, recipes) = (&source, &result, &recipes);
        let judgement = Pair { before, after, source, result, recipes, include_unsafe }.judge();
        for rule in &judgement.rules {
            self.count(rule, include_unsafe);
        }
        if judgement.rules.is_empty() && judgement.misses.is_empty() {
            self.count("(equal in everything)", include_unsafe);
        }
        self.misses.extend(judgement.misses.iter().map(|miss| format!("{name}, {mode}: {miss}")));
    }
}

#[test]
fn go_files_climb_and_keep_their_settings() {
    let needs = || Ok((support::path_from_env("HARDEN_CORPUS")?, support::path_from_env("HARDEN_ORACLE")?));
    let (corpus, oracle) = match needs() {
        Ok(needs) => needs,
        Err::<_, String>(reason) => {
            return println!("SKIPPED go_files_climb_and_keep_their_settings: {reason}");
        }
    };
    let files = support::dockerfiles(&corpus.join("golang"));
    let cases = support::in_parallel(support::cores(), &files, |file| Case::new(file));
    let originals = support::ask(&oracle, &files);
    let mut differences = Differences::default();
    for include_unsafe in [false, true] {
        for (index, verdict) in ask_about_results(&oracle, &cases, include_unsafe) {
            let case = &cases[index];
            differences.compare(case, (&originals[&case.file], &verdict), include_unsafe);
        }
    }
    let by_rung = rungs(&cases);
    let climbed: usize =
        by_rung.iter().filter(|(place, _)| place.ends_with(" static")).map(|(_, n)| n[0]).sum();
    let shown = [
        format!(
            "{} Go Dockerfiles, by their text alone; {climbed} go to static by safe fixes\n",
            files.len()
        ),
        table("Shape and rung", ["safe fixes", "as it was", "--unsafe only"], &by_rung),
        table(
            "First blocker where safe fixes convert nothing",
            ["as it was", "--unsafe only"],
            &blockers(&cases),
        ),
        table("The final stage's config", ["safe fixes", "with --unsafe"], &differences.rules),
        table(
            "Settings that are equal wherever they are",
            ["safe fixes", "with --unsafe"],
            &differences.settings,
        ),
    ]
    .join("\n");
    println!("{shown}");
    for miss in &differences.misses {
        println!("miss: {miss}");
    }
    assert!(climbed * 100 >= files.len() * STATIC_PERCENT, "only {climbed} files reach static by safe fixes");
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("corpus-ladder", shown);
    });
    assert!(differences.misses.is_empty(), "{} differences that no rule explains", differences.misses.len());
}
