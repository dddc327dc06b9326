//! Go images as people write them: which rung each reaches, what keeps it from higher ones, what the result holds.
//!
//! A case is a folder in `cases/ladder/`: a `Dockerfile`, a `case.toml` that says what should become of it, and a
//! `context/` where the project around it is seen. `NN-slug` are the forms that most files have; `r-slug` each show
//! something that a conversion has to keep.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod support;

use harden::engine::{Outcome, harden};
use harden::project::{Memory, Project};
use harden::report::patch;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use support::cases::{Case, Expected, ROWS};

/// The ladder of an outcome as it is told to programs.
#[derive(Debug, Deserialize)]
struct Told {
    rung: String,
    from: String,
    blockers: Vec<Blocker>,
    evidence: Vec<Evidence>,
}

#[derive(Debug, Deserialize)]
struct Blocker {
    id: String,
    rung: String,
    message: String,
    /// A line of `file`, or of the Dockerfile.
    line: Option<usize>,
    file: Option<String>,
    passable: bool,
}

#[derive(Debug, Deserialize)]
struct Evidence {
    what: String,
    line: Option<usize>,
}

/// The rungs, the most hardened first.
const RUNGS: [&str; 7] = ["static", "base-nossl", "base", "cc", "slim", "in-place", "hygiene"];

fn height(rung: &str) -> usize {
    RUNGS.iter().position(|r| *r == rung).unwrap_or_else(|| panic!("{rung} is no rung"))
}

/// What became of a case in one of the two ways to run.
struct Run {
    outcome: Outcome,
    after: String,
    ladder: Option<Told>,
}

fn run(case: &Case, include_unsafe: bool) -> Run {
    let project = project(&case.folder.join("context"));
    let settings = support::settings("go", include_unsafe);
    let outcome = harden(&case.source, project.as_ref(), &settings);
    let after = String::from_utf8(outcome.after.clone()).unwrap();
    let ladder = serde_json::from_value(serde_json::to_value(&outcome.ladder).unwrap()).unwrap();
    Run { outcome, after, ladder }
}

fn project(folder: &Path) -> Option<Project> {
    let mut files = BTreeMap::new();
    support::cases::files(folder, folder, &mut files);
    folder.is_dir().then(|| Project::new(Box::new(Memory::new(files))))
}

/// What is not as it should be in one run.
fn misses(case: &Case, run: &Run, rung: Option<&str>) -> Vec<String> {
    let mut misses = Vec::new();
    misses.extend(run.outcome.problem.as_ref().map(|p| format!("it is left alone: {}", p.message)));
    let Some(ladder) = &run.ladder else {
        misses.extend(case.expected.from.as_ref().map(|_| "there is no ladder".to_owned()));
        return misses;
    };
    if case.expected.from.as_ref() != Some(&ladder.from) {
        misses.push(format!("from {:?}, expected {:?}", ladder.from, case.expected.from));
    }
    if rung.is_some_and(|rungs| !rungs.split('|').any(|r| r == ladder.rung)) {
        misses.push(format!("rung {:?}, expected {:?}", ladder.rung, rung.unwrap()));
    }
    for blocker in &ladder.blockers {
        if height(&blocker.rung) >= height(&ladder.rung) {
            misses.push(format!("{} keeps it from {}, which it reaches", blocker.id, blocker.rung));
        }
        if blocker.message.is_empty() || !is_a_place(case, blocker) {
            misses.push(format!("{} does not say where and why: {blocker:?}", blocker.id));
        }
    }
    if ladder.rung != "static" && ladder.blockers.is_empty() {
        misses.push(format!("nothing says what keeps it on {:?}", ladder.rung));
    }
    misses
}

/// Whether the line that a blocker names is one of the Dockerfile, or of the file of the context that it names.
fn is_a_place(case: &Case, blocker: &Blocker) -> bool {
    let Some(line) = blocker.line else { return blocker.file.is_none() };
    let text = match &blocker.file {
        Some(file) => std::fs::read(case.folder.join("context").join(file)).unwrap_or_default(),
        None => case.source.clone(),
    };
    let text = text.strip_suffix(b"\n").unwrap_or(&text);
    !text.is_empty() && (1..=text.split(|b| *b == b'\n').count()).contains(&line)
}

/// What is not as it should be in the blockers of the run that makes safe fixes only.
fn blocker_misses(expected: &Expected, run: &Run) -> Vec<String> {
    let blockers = run.ladder.iter().flat_map(|l| &l.blockers);
    let ids: BTreeSet<&str> = blockers.map(|b| b.id.as_str()).collect();
    let missing = expected.blockers.iter().filter(|id| !ids.contains(id.as_str()));
    let wrong = expected.not_blockers.iter().filter(|id| ids.contains(id.as_str()));
    missing
        .map(|id| format!("{id} is not among the blockers"))
        .chain(wrong.map(|id| format!("{id} is among the blockers")))
        .collect()
}

/// What a text should hold and does not.
fn missing_texts(expected: &Expected, text: &str) -> Vec<String> {
    let last = final_stage(text);
    let lines = expected.has.iter().filter(|line| !text.lines().any(|l| l == line.as_str()));
    let anywhere = expected.holds.iter().filter(|part| !text.contains(part.as_str()));
    let at_the_end = expected.r#final.iter().filter(|part| !last.contains(part.as_str()));
    lines
        .map(|line| format!("no line is `{line}`"))
        .chain(anywhere.map(|part| format!("no text is {part:?}")))
        .chain(at_the_end.map(|part| format!("no text of the final stage is {part:?}")))
        .collect()
}

/// What a text holds and should not.
fn wrong_texts(expected: &Expected, run: &Run) -> Vec<String> {
    let text = run.after.as_str();
    let last = final_stage(text);
    let wrong = expected.lacks.iter().filter(|part| text.contains(part.as_str()));
    let together = expected.apart.iter().filter(|[one, other]| last.contains(one) && last.contains(other));
    let alone = expected.implies.iter().filter(|[one, other]| text.contains(one) && !text.contains(other));
    let changed = Some("it changes".to_owned()).filter(|_| expected.unchanged && run.outcome.changed());
    wrong
        .map(|part| format!("some text is {part:?}"))
        .chain(together.map(|[one, other]| format!("{one:?} comes with {other:?}")))
        .chain(alone.map(|[one, other]| format!("{one:?} comes without {other:?}")))
        .chain(changed)
        .collect()
}

/// What no result may do, whatever the case: lose a comment, or ask for a shell where there is none.
fn broken_rules(run: &Run) -> Vec<String> {
    let before = std::str::from_utf8(&run.outcome.before).unwrap();
    let comments = before.lines().filter(|l| l.trim_start().starts_with('#'));
    let lost = comments.filter(|c| !run.after.lines().any(|l| l == *c));
    let last = final_stage(&run.after);
    let shell_less = last.starts_with("FROM gcr.io/distroless/") || last.starts_with("FROM scratch");
    let needs_shell = |l: &&str| {
        let (name, rest) = l.split_once(' ').unwrap_or((l, ""));
        name == "RUN" || matches!(name, "CMD" | "ENTRYPOINT") && !rest.starts_with('[')
    };
    let shells = last.lines().filter(|l| shell_less && needs_shell(l));
    lost.map(|c| format!("the comment {c:?} is lost"))
        .chain(shells.map(|l| format!("`{l}` needs a shell")))
        .collect()
}

/// The text from the last FROM on.
fn final_stage(text: &str) -> &str {
    let start = text.rmatch_indices("FROM ").map(|(at, _)| at);
    let start = start.filter(|at| *at == 0 || text.as_bytes()[at - 1] == b'\n').max();
    &text[start.unwrap_or_default()..]
}

/// Whether hardening the result again, with the same project, changes it.
fn changes_again(case: &Case, run: &Run, include_unsafe: bool) -> bool {
    let project = project(&case.folder.join("context"));
    harden(&run.outcome.after, project.as_ref(), &support::settings("go", include_unsafe)).changed()
}

/// Everything that is not as it should be with a case, and what became of it; nothing if all is well.
fn verdict(case: &Case) -> Option<String> {
    let expected = &case.expected;
    let runs = [run(case, false), run(case, true)];
    let rung = expected.rung.as_deref();
    let rungs = [rung, expected.unsafe_rung.as_deref().or(rung)];
    let mut all = blocker_misses(expected, &runs[0]);
    for (way, include_unsafe) in [(0, false), (1, true)] {
        let name = if include_unsafe { "with --unsafe" } else { "safe" };
        let mut found = misses(case, &runs[way], rungs[way]);
        found.extend(wrong_texts(expected, &runs[way]));
        found.extend(broken_rules(&runs[way]));
        if changes_again(case, &runs[way], include_unsafe) {
            found.push("a second run changes it".to_owned());
        }
        all.extend(found.into_iter().map(|miss| format!("{name}: {miss}")));
    }
    let best = &runs[usize::from(expected.unsafe_rung.is_some())];
    all.extend(missing_texts(expected, &best.after));
    let told = runs.each_ref().map(|r| r.ladder.as_ref().map(tell).unwrap_or_default());
    (!all.is_empty()).then(|| {
        let all = all.join("\n  ");
        let [safe, more] = told;
        format!("{}: {}\n  {all}\n{safe}with --unsafe: {more}{}", case.name, expected.about, best.after)
    })
}

#[test]
fn every_case_reaches_its_rung() {
    let cases = support::cases::all();
    let failed: Vec<String> = cases.iter().filter_map(verdict).collect();
    let count = failed.len();
    assert!(failed.is_empty(), "{count} of {} cases:\n\n{}", cases.len(), failed.join("\n\n"));
}

/// A ladder as lines of text.
fn tell(ladder: &Told) -> String {
    let at = |line: Option<usize>| line.map_or(String::new(), |l| format!(" (line {l})"));
    let place = |b: &Blocker| match (&b.file, b.line) {
        (Some(file), Some(line)) => format!(" ({file}:{line})"),
        _ => at(b.line),
    };
    let mut text = format!("{}, from {}\n", ladder.rung, ladder.from);
    for b in &ladder.blockers {
        let passable = if b.passable { ", unsafe" } else { "" };
        writeln!(text, "  not {}: {}{passable}: {}{}", b.rung, b.id, b.message, place(b)).unwrap();
    }
    for e in &ladder.evidence {
        writeln!(text, "  shown: {}{}", e.what, at(e.line)).unwrap();
    }
    text
}

/// What a run says and does, for a snapshot.
fn picture(run: &Run) -> String {
    let told = run.ladder.as_ref().map_or_else(|| "no ladder\n".to_owned(), tell);
    let patch = patch(b"Dockerfile", &run.outcome.before, &run.outcome.after);
    format!("{told}{}", String::from_utf8(patch).unwrap())
}

#[test]
fn every_case_has_its_picture() {
    let mut failed = Vec::new();
    for case in support::cases::all() {
        let (safe, all) = (picture(&run(&case, false)), picture(&run(&case, true)));
        let more = if all == safe { String::new() } else { format!("\nwith --unsafe: {all}") };
        let text = format!("{}\n\n{safe}{more}", case.expected.about);
        let check = || {
            insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(format!("ladder__{}", case.name), text);
            });
        };
        if catch_unwind(AssertUnwindSafe(check)).is_err() {
            failed.push(case.name.clone());
        }
    }
    assert!(failed.is_empty(), "{} pictures differ: {}", failed.len(), failed.join(", "));
}

#[test]
fn every_picture_has_its_case() {
    let cases = support::cases::all();
    for entry in std::fs::read_dir(support::folder("../snapshots")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(name) = name.strip_prefix("ladder__").and_then(|n| n.strip_suffix(".snap")) else {
            continue;
        };
        assert!(cases.iter().any(|c| c.name == name), "a snapshot of {name}, which is no case");
    }
}

#[test]
fn every_archetype_and_every_row_has_a_case() {
    let cases = support::cases::all();
    let numbers: Vec<usize> = cases.iter().filter_map(|c| c.expected.archetype).collect();
    assert_eq!(numbers, (1..=40).collect::<Vec<_>>());
    for case in &cases {
        let number = case.name.split('-').next().unwrap().parse().ok();
        assert_eq!(case.expected.archetype, number, "{}", case.name);
        for row in &case.expected.rows {
            assert!(ROWS.contains(&row.as_str()), "{}: {row:?} is not in the list", case.name);
        }
    }
    for row in ROWS {
        assert!(cases.iter().any(|c| c.expected.rows.iter().any(|r| r == row)), "no case shows {row:?}");
    }
}

#[test]
fn buildkit_accepts_every_result() {
    let oracle = match support::path_from_env("HARDEN_ORACLE") {
        Ok(oracle) => oracle,
        Err(reason) => return println!("SKIPPED buildkit_accepts_every_result: {reason}"),
    };
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for case in support::cases::all() {
        for (way, include_unsafe) in [("safe", false), ("unsafe", true)] {
            let path = folder.path().join(format!("{}-{way}.Dockerfile", case.name));
            std::fs::write(&path, run(&case, include_unsafe).after).unwrap();
            paths.push(path);
        }
    }
    for (path, verdict) in support::ask(&oracle, &paths) {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(verdict.accepted(), "{}: {verdict:?}\n{text}", path.display());
    }
}
