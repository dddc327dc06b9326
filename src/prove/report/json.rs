//! A record for programs.
//!
//! One object, as [`Proof`] and what it holds are declared: `schema` (1), `tool`, `file`, `engine` (`name`, `version`),
//! `verdict` (`held`, `broken`, `unchanged`), `rung`, `recipes` (`recipe`, `title`, `applicability`), `before` and `after`
//! (`build_seconds`, `image`, `behaviour`, `scans`), `rows` (`id`, `name`, `before`, `after`, `judgement`, `headline`),
//! `differences` (`id`, `what`, `detail`, `help`), `notes`, `blame` (`recipes`, `rung`, `command`, `trials`). A value of a row
//! is `{"type": "bytes", "value": 8130000}`, or one of type `count`, `has`, `text`, or `{"type": "unknown"}`. What is not
//! known or not there is `null`. Fields may be added without a new `schema`; none is renamed, removed or given another type.

use crate::prove::Proof;

/// A record for programs, with a line feed at its end. Text is as the image has it, not made harmless.
pub fn json(proof: &Proof) -> Vec<u8> {
    let mut record = serde_json::to_vec_pretty(proof).unwrap_or_default();
    record.push(b'\n');
    record
}
