//! A proof for a terminal.

mod lines;
mod table;

use super::verdict;
use super::words::kind;
use super::{Proof, Style};
use crate::prove::proof::{Blame, Difference, Trial, Verdict};
use lines::Lines;

/// The most lines of a difference's detail.
const DETAIL: usize = 40;

/// The table for a terminal, with what is different and what to do about it.
///
/// Lines keep to the style's width, but for commands, which have to stay whole. Control characters are line
/// feeds and, with colour, the codes for it.
pub fn text(proof: &Proof, style: Style) -> String {
    let mut lines = Lines::new(style);
    let facts = [vec![proof.file.clone()], verdict::made_by(proof)].concat().join(", ");
    lines.prose(("1", "harden prove:"), &facts, 4);
    lines.blank();
    table::table(&mut lines, proof, style);
    for difference in &proof.differences {
        different(&mut lines, difference);
    }
    if let Some(blame) = &proof.blame {
        blamed(&mut lines, blame);
    }
    let notes = proof.notes.iter().map(String::as_str).chain(verdict::more(proof));
    notes.for_each(|note| lines.prose(("36", "note:"), note, 4));
    lines.blank();
    let colour = if proof.verdict == Verdict::Broken { "1;31" } else { "1;32" };
    lines.prose((colour, &format!("{}:", verdict::word(proof.verdict))), &verdict::reason(proof), 4);
    lines.finish()
}

fn different(lines: &mut Lines, difference: &Difference) {
    let title = format!("different[{}]:", kind(difference.id));
    lines.prose(("1;31", &title), &difference.what, 4);
    for detail in difference.detail.iter().take(DETAIL) {
        lines.verbatim(detail, 4);
    }
    if let more @ 1.. = difference.detail.len().saturating_sub(DETAIL) {
        lines.verbatim(&format!("… and {more} more"), 4);
    }
    if let Some(help) = &difference.help {
        lines.indented(4, ("36", "help:"), help);
    }
    lines.blank();
}

fn blamed(lines: &mut Lines, blame: &Blame) {
    let holds = blame.rung.map(|rung| format!(", on rung {}", rung.name())).unwrap_or_default();
    let found = match blame.recipes.as_slice() {
        [] => "no recipe was found without which the proof holds".to_owned(),
        recipes => format!("{}: without it the proof holds{holds}", recipes.join(", ")),
    };
    lines.prose(("1;33", "blame:"), &found, 4);
    blame.trials.iter().for_each(|trial| lines.indented(4, ("", "tried"), &tried(trial)));
    if let Some(command) = &blame.command {
        lines.command(4, ("36", "help:"), command);
    }
    lines.blank();
}

/// What came of an attempt: lower case, no full stop.
fn tried(trial: &Trial) -> String {
    let result = match (&trial.why, trial.held) {
        (_, true) => "held",
        (Some(why), false) => return format!("{}: broken: {why}", trial.name),
        (None, false) => "broken",
    };
    format!("{}: {result}", trial.name)
}
