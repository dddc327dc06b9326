//! What is told about a file: diagnostics, patches, records for programs, a summary.
//!
//! In: an [`Outcome`] and the name of its file. Out: bytes to print.
//! Does not know how the outcome came to be, nor where the bytes go.

mod clean;
mod diff;
mod json;
mod ladder;
mod summary;
mod text;

pub use clean::{clean, clean_bytes};
pub use diff::{creation, label, paint, patch};
pub use json::{Record, TOOL, applicability, record};
pub use ladder::ladder;
pub use summary::Counts;
pub use text::{Style, concise, diagnostics, problem};

use crate::engine::Outcome;

/// One file and what came of it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The file's name for people.
    pub path: &'a str,
    /// The file's name in a patch, as bytes without `a/` before it.
    pub label: &'a [u8],
    /// The names of the files that come with it in a patch, in their order.
    pub files: &'a [Vec<u8>],
    /// What came of it.
    pub outcome: &'a Outcome,
}

impl Subject<'_> {
    /// The patch that makes the changes; empty when there are none.
    pub fn patch(&self) -> Vec<u8> {
        self.patches().concat()
    }

    /// The parts of the patch, one for each file.
    pub fn patches(&self) -> Vec<Vec<u8>> {
        let own = patch(self.label, &self.outcome.before, &self.outcome.after);
        let around = self.files.iter().zip(&self.outcome.files).map(|(label, file)| match &file.before {
            Some(before) => patch(label, before.as_bytes(), file.text.as_bytes()),
            None => creation(label, file.text.as_bytes()),
        });
        std::iter::once(own).chain(around).filter(|patch| !patch.is_empty()).collect()
    }
}
