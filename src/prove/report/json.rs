//! A record for programs.
//!
//! One object, as [`Proof`] and what it holds are declared: `schema` (1), `tool`, `file`, `engine` (`name`, `version`),
//! `verdict` (`held`, `broken`, `unchanged`), `rung`, `recipes` (`recipe`, `title`, `applicability`), `before` and `after`
//! (`build_seconds`, `image`, `behaviour`, `scans`), `rows` (`id`, `name`, `before`, `after`, `judgement`, `headline`),
//! `differences` (`id`, `what`, `detail`, `help`), `notes`, `blame` (`recipes`, `rung`, `command`, `trials`). A value of a row
//! is `{"type": "bytes", "value": 8130000}`, or one of type `count`, `has`, `text`, or `{"type": "unknown"}`. What is not
//! known or not there is `null`. Fields may be added without a new `schema`; none is renamed, removed or given another type.

use crate::prove::Proof;
use crate::report::clean;
use std::fmt::Write as _;

/// A record for programs, with a line feed at its end. Text is as the image has it; what a terminal would obey or that
/// reorders what is read is written as JSON's escapes, which mean the same. Of variables there are the names alone.
pub fn json(proof: &Proof) -> Vec<u8> {
    let record = serde_json::to_string_pretty(proof).unwrap_or_default();
    let mut out = String::with_capacity(record.len() + 1);
    for letter in record.chars() {
        // Others than ASCII are in texts only; all that are harmful have four digits.
        if !letter.is_ascii_control() && clean(letter.encode_utf8(&mut [0; 4])) != letter.to_string()
            || letter == '\u{7f}'
        {
            write!(out, "\\u{:04x}", u32::from(letter)).ok();
        } else {
            out.push(letter);
        }
    }
    out.push('\n');
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prove::proof::{EngineFacts, Side, Verdict};

    #[test]
    fn a_terminal_obeys_nothing_and_a_program_reads_all() {
        let note = "a\u{9b}2J\u{7f}\u{1b}[0m\u{202e}é\n";
        let proof = Proof {
            schema: 1,
            tool: String::new(),
            file: String::new(),
            engine: EngineFacts::default(),
            verdict: Verdict::Held,
            rung: None,
            recipes: Vec::new(),
            before: Side::default(),
            after: Side::default(),
            rows: Vec::new(),
            differences: Vec::new(),
            notes: vec![note.to_owned()],
            blame: None,
            text: Vec::new(),
            files: Vec::new(),
        };
        let record = String::from_utf8(json(&proof)).unwrap_or_default();
        assert!(record.lines().all(|line| clean(line) == line), "{record:?}");
        let read: serde_json::Value = serde_json::from_str(&record).unwrap_or_default();
        assert_eq!(read["notes"][0], note);
    }
}
