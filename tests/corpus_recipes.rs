//! Every recipe that works on a file in place, alone and all together, on a corpus of real Dockerfiles: what BuildKit says
//! before and after, what a second run does, whether a comment is lost or a line is changed for its form alone, how often
//! a recipe has something to say, and how large its patches are.
//!
//! Needs `HARDEN_CORPUS` (a folder of Dockerfiles) and `HARDEN_ORACLE` (a program that tells BuildKit's verdict on files);
//! `.ci/run` sets both.
#![allow(clippy::doc_markdown, clippy::unwrap_used, clippy::print_stdout)]

mod support;

use harden::catalog::View;
use harden::edit::Applicability;
use harden::engine::{Outcome, Settings, State, harden};
use harden::recipe::Recipe;
use similar::{ChangeTag, TextDiff};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use support::Verdict;
use support::config::Config;

/// What recipes change in an image's config, as they say themselves; the others change nothing in it.
///
/// For the oracle all base images start in `/`: where one starts elsewhere, an absolute path looks like another folder.
const CHANGES: [(&str, &[&str]); 10] = [
    ("absolute-workdir", &["WorkingDir"]),
    ("apt-frontend-scope", &["Env"]),
    ("authors-label", &["Author", "Labels"]),
    ("copy-not-add", &["OnBuild"]),
    ("exec-form-command", &["Cmd", "Entrypoint"]),
    ("last-user-nonroot", &["User"]),
    ("nonroot-user", &["User"]),
    ("numeric-user", &["User"]),
    ("pipefail", &["Cmd", "Entrypoint", "Healthcheck", "Shell"]),
    ("workdir-not-cd", &["WorkingDir"]),
];

/// The corpus with BuildKit's verdicts.
struct Corpus {
    oracle: PathBuf,
    files: Vec<PathBuf>,
    verdicts: BTreeMap<PathBuf, Verdict>,
}

impl Corpus {
    fn load() -> Result<Self, String> {
        let folder = support::path_from_env("HARDEN_CORPUS")?;
        let oracle = support::path_from_env("HARDEN_ORACLE")?;
        let files = support::dockerfiles(&folder);
        assert!(!files.is_empty(), "no Dockerfiles in {}", folder.display());
        let verdicts = support::ask(&oracle, &files);
        Ok(Self { oracle, files, verdicts })
    }
}

/// What came of all files.
#[derive(Default)]
struct Tally {
    safe: usize,
    unsafe_: usize,
    told: usize,
    /// For every changed file, the lines that went and came.
    lines: Vec<usize>,
    misses: Vec<String>,
}

impl Tally {
    fn row(&mut self, name: &str) -> String {
        self.lines.sort_unstable();
        let at =
            |percent: usize| self.lines.get(self.lines.len() * percent / 100).copied().unwrap_or_default();
        format!(
            "{name:<28}{:>8}{:>9}{:>8}{:>8}{:>8}{:>8}",
            self.safe,
            self.unsafe_,
            self.told,
            self.lines.len(),
            at(50),
            at(95)
        )
    }

    /// Counts what was found in a file.
    fn count(&mut self, outcome: &Outcome) {
        for finding in &outcome.findings {
            match (finding.state, finding.fix.applicability) {
                (State::Applied, Applicability::Safe) => self.safe += 1,
                (State::Applied, _) => self.unsafe_ += 1,
                _ => self.told += 1,
            }
        }
    }
}

fn settings(recipes: &[Arc<Recipe>]) -> Settings {
    Settings { include_unsafe: true, ..Settings::new(recipes.to_vec(), Arc::new(View::of_listings())) }
}

/// What the text says that nothing may take away: its comments, without their place.
fn comments(text: &str) -> BTreeMap<&str, usize> {
    let mut found = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| line.starts_with('#')) {
        *found.entry(line).or_default() += 1;
    }
    found
}

/// What is wrong with a change by its text alone, and how many lines it touches.
fn patch(before: &str, after: &str) -> (usize, Vec<String>) {
    let (mut lines, mut misses) = (0, Vec::new());
    let (old, new) = (comments(before), comments(after));
    if let Some((comment, _)) = old.iter().find(|(comment, count)| new.get(*comment) < Some(count)) {
        misses.push(format!("a comment is lost: {comment}"));
    }
    let bare = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let (mut gone, mut come) = (BTreeMap::new(), BTreeMap::new());
    let diff = TextDiff::from_lines(before, after);
    for change in diff.iter_all_changes() {
        let line = change.value().trim_end_matches(['\r', '\n']);
        match change.tag() {
            ChangeTag::Equal => continue,
            ChangeTag::Delete => gone.insert(bare(line), line),
            ChangeTag::Insert => come.insert(bare(line), line),
        };
        lines += 1;
    }
    // A line that is the same in another place was moved, or others around it were.
    let form =
        gone.iter().find(|(bare, line)| !bare.is_empty() && come.get(*bare).is_some_and(|new| new != *line));
    misses.extend(form.map(|(_, line)| format!("a line changes in its form alone: {line}")));
    (lines, misses)
}

/// The parts of the config in which two images differ.
fn differences(before: &Config, after: &Config) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    let own = [
        ("Env", before.env != after.env),
        ("WorkingDir", before.working_dir != after.working_dir),
        ("User", before.user != after.user),
        ("Entrypoint", before.entrypoint != after.entrypoint),
        ("Cmd", before.cmd != after.cmd),
    ];
    found.extend(own.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name.to_owned()));
    let keys = before.rest.keys().chain(after.rest.keys());
    found.extend(keys.filter(|key| before.rest.get(*key) != after.rest.get(*key)).cloned());
    found
}

/// What BuildKit has against a new text that it had not against the old one.
fn objections(before: &Verdict, after: &Verdict, recipes: &BTreeSet<&str>) -> Vec<String> {
    if !before.accepted() {
        return Vec::new();
    }
    if !after.accepted() {
        return vec![format!("refused: {:?}", after.parse_error.as_ref().or(after.build_error.as_ref()))];
    }
    let count = |verdict: &Verdict, rule: &String| verdict.warnings.iter().filter(|w| *w == rule).count();
    let mut found: Vec<String> = after
        .warnings
        .iter()
        .filter(|rule| count(after, rule) > count(before, rule))
        .map(|rule| format!("a new warning: {rule}"))
        .collect();
    let (Some(old), Some(new)) = (&before.config, &after.config) else { return found };
    let named = CHANGES.iter().filter(|(recipe, _)| recipes.contains(recipe)).flat_map(|(_, keys)| *keys);
    let named: BTreeSet<&str> = named.copied().collect();
    let rest = differences(old, new);
    found.extend(rest.iter().filter(|key| !named.contains(key.as_str())).map(|key| format!("{key} differs")));
    found
}

/// The outcome for a file, with what is wrong with it.
fn treat(file: &Path, settings: &Settings) -> (Outcome, Vec<String>, usize) {
    let bytes = std::fs::read(file).unwrap();
    let outcome = harden(&bytes, None, settings);
    let mut misses = Vec::new();
    if let Some(problem) =
        outcome.problem.as_ref().filter(|p| p.help.as_ref().is_some_and(|h| h.contains("bug")))
    {
        misses.push(problem.message.clone());
    }
    if !outcome.changed() {
        return (outcome, misses, 0);
    }
    if harden(&outcome.after, None, settings).changed() {
        misses.push("a second run changes it again".to_owned());
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (lines, more) = patch(&text(&outcome.before), &text(&outcome.after));
    misses.extend(more);
    (outcome, misses, lines)
}

/// Applies recipes to all files.
fn run(corpus: &Corpus, name: &str, recipes: &[Arc<Recipe>]) -> Tally {
    let settings = settings(recipes);
    let results = support::in_parallel(support::cores(), &corpus.files, |file| treat(file, &settings));
    let folder = tempfile::tempdir().unwrap();
    let (mut tally, mut changed) = (Tally::default(), BTreeMap::new());
    for (index, (file, (outcome, misses, lines))) in corpus.files.iter().zip(results).enumerate() {
        let told = misses.iter().map(|miss| format!("{name}: {}: {miss}", file.display()));
        tally.misses.extend(told);
        tally.count(&outcome);
        if outcome.changed() {
            let path = folder.path().join(format!("{index}.Dockerfile"));
            std::fs::write(&path, &outcome.after).unwrap();
            tally.lines.push(lines);
            changed.insert(path, (file, outcome));
        }
    }
    let paths: Vec<_> = changed.keys().cloned().collect();
    let verdicts = support::ask(&corpus.oracle, &paths);
    for (path, (file, outcome)) in &changed {
        let made = outcome.findings.iter().filter(|finding| finding.state == State::Applied);
        let made: BTreeSet<&str> = made.map(|finding| finding.fix.recipe.as_str()).collect();
        let found = objections(&corpus.verdicts[*file], &verdicts[path], &made);
        tally.misses.extend(found.iter().map(|miss| format!("{name}: {}: {miss}", file.display())));
    }
    tally
}

#[test]
fn recipes_keep_what_buildkit_sees() {
    let corpus = match Corpus::load() {
        Ok(corpus) => corpus,
        Err(reason) => return println!("SKIPPED recipes_keep_what_buildkit_sees: {reason}"),
    };
    let recipes = support::in_place();
    let mut table = format!(
        "{} Dockerfiles, by their text alone\n\n{:<28}{:>8}{:>9}{:>8}{:>8}{:>8}{:>8}\n",
        corpus.files.len(),
        "recipe",
        "safe",
        "unsafe",
        "told",
        "files",
        "median",
        "95 %"
    );
    let mut misses = Vec::new();
    let mut runs: Vec<(&str, Vec<Arc<Recipe>>)> =
        recipes.iter().map(|r| (r.id.as_str(), vec![r.clone()])).collect();
    runs.sort_by_key(|(id, _)| *id);
    runs.push(("(all together)", recipes.clone()));
    for (name, recipes) in &runs {
        let mut tally = run(&corpus, name, recipes);
        writeln!(table, "{}", tally.row(name)).unwrap();
        misses.append(&mut tally.misses);
    }
    println!("{table}");
    misses.iter().take(200).for_each(|miss| println!("miss: {miss}"));
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("corpus-recipes", table);
    });
    assert!(misses.is_empty(), "{} misses", misses.len());
}
