//! Values and changes in words, the same in all reports.

use crate::prove::Proof;
use crate::prove::proof::{Judgement, Kind, Row, Value};
use crate::report::clean;

/// What stands where a value is not known.
pub(super) const UNKNOWN: &str = "–";

/// A value for people, without anything that a terminal would obey.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Unknown => UNKNOWN.to_owned(),
        Value::Bytes(bytes) => size(*bytes),
        Value::Count(count) => count.to_string(),
        Value::Has(true) => "yes".to_owned(),
        Value::Has(false) => "no".to_owned(),
        Value::Text(text) => clean(text).into_owned(),
    }
}

/// A size with three digits in decimal units, as `docker images` shows it.
pub(super) fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let bytes = u128::from(bytes);
    let mut scale = 1;
    let mut text = String::new();
    for unit in ["kB", "MB", "GB", "TB", "PB", "EB"] {
        scale *= 1000;
        let digits = match bytes / scale {
            0..=9 => 2,
            10..=99 => 1,
            _ => 0,
        };
        let tens = 10_u128.pow(digits);
        let rounded = (bytes * tens + scale / 2) / scale;
        text = format!("{} {unit}", decimal(rounded, digits as usize));
        if rounded < 1000 * tens {
            break;
        }
    }
    text
}

/// A whole number with a point before its last digits, without zeros at its end.
fn decimal(number: u128, digits: usize) -> String {
    let padded = format!("{number:0>width$}", width = digits + 1);
    let (whole, part) = padded.split_at(padded.len() - digits);
    match part.trim_end_matches('0') {
        "" => whole.to_owned(),
        part => format!("{whole}.{part}"),
    }
}

/// Both values as numbers, where they are of one kind and can be drawn.
pub(super) fn amounts(row: &Row) -> Option<(u64, u64)> {
    match (&row.before, &row.after) {
        (Value::Bytes(before), Value::Bytes(after)) | (Value::Count(before), Value::Count(after)) => {
            Some((*before, *after))
        }
        _ => None,
    }
}

/// How a number changed: `-99.2 %`, `+12 %`, `×20`, `+3` for what was not there; none for what did not.
pub(super) fn change(row: &Row) -> Option<String> {
    match amounts(row)? {
        (before, after) if before == after => None,
        (0, _) => Some(format!("+{}", value(&row.after))),
        (before, after) => Some(percent(before.into(), after.into())),
    }
}

/// The share by which a number grew or shrank, never rounded up: what is left over is not nothing.
fn percent(before: u128, after: u128) -> String {
    let sign = if after < before { '-' } else { '+' };
    let thousandths = before.abs_diff(after) * 1000 / before;
    match thousandths {
        0 => format!("{sign}<0.1 %"),
        1..=9 | 991..=999 => format!("{sign}{} %", decimal(thousandths, 1)),
        10_000.. => format!("×{}", after / before),
        _ => format!("{sign}{} %", thousandths / 10),
    }
}

/// A sign for what to think of a change.
pub(super) const fn sign(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::Better => "✓",
        Judgement::Same => "=",
        Judgement::Changed => "~",
        Judgement::Worse => "✗",
    }
}

/// The same as a word.
pub(super) const fn word(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::Better => "better",
        Judgement::Same => "same",
        Judgement::Changed => "changed",
        Judgement::Worse => "worse",
    }
}

/// The rows to show: all, or those that matter most and those that are worse. None where there is nothing to compare with.
pub(super) fn rows(proof: &Proof, all: bool) -> Vec<&Row> {
    if proof.rows.iter().all(|row| row.after == Value::Unknown) {
        return Vec::new();
    }
    let wanted = |row: &&Row| all || row.headline || row.judgement == Judgement::Worse;
    proof.rows.iter().filter(wanted).collect()
}

/// Whether a row tells of both images in one word, which is that of the rewrite.
pub(super) fn is_one(row: &Row) -> bool {
    matches!((&row.before, &row.after), (Value::Unknown, Value::Text(_)))
        || (row.before == row.after && row.judgement == Judgement::Same)
}

/// The name of a kind of difference: `missing-file`.
pub(super) fn kind(kind: Kind) -> String {
    let name = serde_json::to_value(kind).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}

/// A number and what it counts: `1 recipe`, `3 recipes`.
pub(super) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Things in a row: `a, b and c`.
pub(super) fn list(things: &[String]) -> String {
    match things {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// Seconds for people: `0.4 s`, `71 s`.
pub(super) fn seconds(seconds: f64) -> String {
    if seconds < 9.95 { format!("{seconds:.1} s") } else { format!("{seconds:.0} s") }
}

/// At most so many characters of a text, with a sign that there was more.
pub(super) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
