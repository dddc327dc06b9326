//! The parts of a comment. Each ends with a line feed, or is empty.

use super::super::fates::{self, Fates, SEVERITIES, Scanned, severity};
use super::super::words::{change, counted, is_one, kind, seconds, sign, value, word};
use super::super::{Proof, verdict};
use super::details;
use super::safe::{code, code_cell, fenced, prose, prose_cell};
use crate::prove::image::Package;
use crate::prove::proof::{Applied, Blame, Difference, Row, Side, Trial, Value};
use crate::prove::scan::{Severity, Vulnerability};

/// How much is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Entries of each list.
    pub entries: usize,
    /// Characters of each text.
    pub letters: usize,
}

impl Limits {
    /// A last entry of a list, if not all are told.
    pub(super) fn rest(self, count: usize) -> Option<String> {
        let more = count.checked_sub(self.entries).filter(|more| *more > 0)?;
        Some(format!("- and {more} more\n"))
    }
}

/// Rows as a table; empty without any.
pub(super) fn table(rows: &[&Row], limits: Limits) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let head = "| | before | after | |\n|:--|--:|--:|:--|\n".to_owned();
    let line = |row: &&Row| {
        let before = if row.before == Value::Unknown && is_one(row) {
            String::new()
        } else {
            cell(&row.before, limits)
        };
        let judged = match change(row) {
            Some(change) => change.replace('<', "below "),
            None => word(row.judgement).to_owned(),
        };
        let (name, after) = (prose_cell(&row.name, limits.letters), cell(&row.after, limits));
        format!("| {name} | {before} | {after} | {} {judged} |\n", sign(row.judgement).replace('~', "≈"))
    };
    std::iter::once(head).chain(rows.iter().map(line)).collect()
}

fn cell(shown: &Value, limits: Limits) -> String {
    match shown {
        Value::Text(text) => code_cell(text, limits.letters),
        other => value(other),
    }
}

/// What is different, with what was seen and what to do.
pub(super) fn difference(difference: &Difference, limits: Limits) -> String {
    let title = format!("- **{}**: {}\n", kind(difference.id), prose(&difference.what, limits.letters));
    let shown = &difference.detail[..difference.detail.len().min(limits.entries)];
    let detail = if shown.is_empty() { String::new() } else { fenced(shown, "  ", limits.letters) };
    let help = difference.help.as_ref().map(|help| format!("\n  {}\n", prose(help, limits.letters)));
    [Some(title), Some(detail), help].into_iter().flatten().collect()
}

/// Which recipe it was, and what holds without it.
pub(super) fn blame(blame: &Blame, limits: Limits) -> String {
    let rung = blame.rung.map(|rung| format!(", on rung {}", rung.name())).unwrap_or_default();
    let recipes: Vec<String> = blame.recipes.iter().map(|recipe| code(recipe, limits.letters)).collect();
    let mut out = match recipes.as_slice() {
        [] => "No recipe was found without which the proof holds.\n".to_owned(),
        recipes => format!("Without {} the proof holds{rung}.\n", recipes.join(", ")),
    };
    out.extend(
        blame
            .command
            .as_ref()
            .map(|command| format!("\n{}", fenced(std::slice::from_ref(command), "", 4 * limits.letters))),
    );
    let trials: String =
        blame.trials.iter().take(limits.entries).map(|trial| tried_without(trial, limits)).collect();
    format!("{out}{}{trials}", if trials.is_empty() { "" } else { "\n" })
}

fn tried_without(trial: &Trial, limits: Limits) -> String {
    let name = prose(&trial.name, limits.letters);
    match (&trial.why, trial.held) {
        (_, true) => format!("- tried {name}: held\n"),
        (Some(why), false) => format!("- tried {name}: broken: {}\n", prose(why, limits.letters)),
        (None, false) => format!("- tried {name}: broken\n"),
    }
}

/// What became of vulnerabilities: for each scanner a table of numbers, and lists.
pub(super) fn vulnerabilities(proof: &Proof, limits: Limits) -> impl Iterator<Item = String> {
    fates::vulnerabilities(proof).into_iter().map(move |scanned| {
        let title = format!("vulnerabilities: {}", counts(&scanned.fates));
        details(&title, &scan(&scanned, limits))
    })
}

fn scan(scanned: &Scanned<'_>, limits: Limits) -> String {
    let mut out = format!(
        "Seen by {}.\n\n| | gone | stayed | new |\n|:--|--:|--:|--:|\n",
        code(&scanned.scanner, limits.letters)
    );
    out.extend(SEVERITIES.map(|severity| numbers_of(severity, &scanned.fates)));
    for (name, found) in scanned.fates.parts().into_iter().filter(|(_, found)| !found.is_empty()) {
        let told = if name == "gone" { numbers(found, limits) } else { list(found, limits) };
        out.extend(["\n", name, ":\n\n", &told]);
    }
    out
}

/// A line of the table of a scanner; empty for nothing.
fn numbers_of((severity, name): (Severity, &str), fates: &Fates<'_, Vulnerability>) -> String {
    let count = |found: &[&Vulnerability]| found.iter().filter(|found| found.severity == severity).count();
    match (count(&fates.gone), count(&fates.stayed), count(&fates.new)) {
        (0, 0, 0) => String::new(),
        (gone, stayed, new) => format!("| {name} | {gone} | {stayed} | {new} |\n"),
    }
}

/// Vulnerabilities with their packages, a line each.
fn list(found: &[&Vulnerability], limits: Limits) -> String {
    let line = |found: &&Vulnerability| {
        let package = code(&format!("{} {}", found.package, found.version), limits.letters);
        let fixed =
            found.fixed.as_ref().map(|version| format!(", fixed in {}", code(version, limits.letters)));
        let (id, severity) = (code(&found.id, limits.letters), severity(found.severity));
        format!("- {id} ({severity}) in {package}{}\n", fixed.unwrap_or_default())
    };
    found.iter().take(limits.entries).map(line).chain(limits.rest(found.len())).collect()
}

/// Vulnerabilities by their numbers alone, a line for each severity.
fn numbers(found: &[&Vulnerability], limits: Limits) -> String {
    let of = |(severity, name): (Severity, &str)| {
        let of: Vec<&str> = found.iter().filter(|f| f.severity == severity).map(|f| f.id.as_str()).collect();
        if of.is_empty() { String::new() } else { format!("- {name}: {}\n", names(&of, limits)) }
    };
    SEVERITIES.into_iter().map(of).collect()
}

/// Names in a row.
fn names(names: &[&str], limits: Limits) -> String {
    let more = names.len().checked_sub(limits.entries).filter(|more| *more > 0);
    let shown = names.iter().take(limits.entries).map(|name| code(name, limits.letters));
    shown.chain(more.map(|more| format!("and {more} more"))).collect::<Vec<_>>().join(", ")
}

fn counts<T>(fates: &Fates<'_, T>) -> String {
    format!("{} gone, {} stayed, {} new", fates.gone.len(), fates.stayed.len(), fates.new.len())
}

/// What became of packages: those that are there in full, names of those that are gone if they are few.
pub(super) fn packages(proof: &Proof, limits: Limits) -> Option<String> {
    let fates =
        fates::packages(proof).filter(|fates| fates.parts().iter().any(|(_, found)| !found.is_empty()))?;
    let part = |(name, found): (&str, &[&Package])| match found.len() {
        0 => String::new(),
        count if count > limits.entries && name == "gone" => format!("gone: {count}, too many to list\n\n"),
        _ => {
            let found: Vec<&str> = found.iter().map(|package| package.name.as_str()).collect();
            format!("{name}: {}\n\n", names(&found, limits))
        }
    };
    let body: String = fates.parts().into_iter().map(part).collect();
    Some(details(&format!("packages: {}", counts(&fates)), body.trim_end_matches('\n')))
}

/// What each recipe did.
pub(super) fn recipes(recipes: &[Applied], limits: Limits) -> String {
    let line = |applied: &Applied| {
        let id = code(&applied.recipe, limits.letters);
        let leave = if applied.applicability == "unsafe" { " (unsafe)" } else { "" };
        format!("- {id}{leave}: {}\n", prose(&applied.title, limits.letters))
    };
    recipes.iter().take(limits.entries).map(line).chain(limits.rest(recipes.len())).collect()
}

/// What changed on purpose or could not be looked at.
pub(super) fn notes(proof: &Proof, limits: Limits) -> String {
    let notes = proof.notes.iter().map(String::as_str).take(limits.entries).chain(verdict::more(proof));
    let lines = notes.map(|note| format!("- note: {}\n", prose(note, limits.letters)));
    lines.chain(limits.rest(proof.notes.len())).collect()
}

/// What built and ran the images, how, and what was asked.
pub(super) fn tried(proof: &Proof, limits: Limits) -> String {
    let made =
        verdict::made_by(proof).iter().map(|fact| code(fact, limits.letters)).collect::<Vec<_>>().join(", ");
    let sides = [("before", &proof.before), ("after", &proof.after)];
    let sides = sides.into_iter().map(|(name, shown)| side(name, shown, limits));
    format!(
        "- built and run by {made}, as {}\n{}",
        code(&proof.tool, limits.letters),
        sides.collect::<String>()
    )
}

fn side(name: &str, side: &Side, limits: Limits) -> String {
    let built =
        side.build_seconds.map_or("not built".to_owned(), |time| format!("built in {}", seconds(time)));
    let Some(seen) = &side.behaviour else { return format!("- {name}: {built}, not run\n") };
    let end = prose(&verdict::end(&seen.end), limits.letters);
    let stop = seen.stop.map(|stop| format!(", stopped after {}", seconds(stop.seconds))).unwrap_or_default();
    let answers = seen.answers.iter().take(limits.entries).map(|answer| {
        let first = answer.facts.first().map_or("no answer", String::as_str);
        format!("  - {}: {}\n", code(&answer.question, limits.letters), code(first, limits.letters))
    });
    let asked = counted(seen.answers.len(), "question");
    let rights = verdict::rights(seen.confinement);
    format!("- {name}: {built}, run {rights}, {end}{stop}; {asked} asked\n{}", answers.collect::<String>())
}
