//! The last line: how much there is to do.

use crate::engine::{Outcome, State};
use std::fmt::Write as _;

/// What was found in all files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files that could be read as Dockerfiles.
    pub files: usize,
    /// Files with changes.
    pub changed: usize,
    /// Changes.
    pub edits: usize,
    /// Changes that need `--unsafe`.
    pub unsafe_: usize,
    /// Findings to be solved by hand.
    pub manual: usize,
    /// Changes that another change kept out.
    pub conflicts: usize,
}

impl Counts {
    /// The counts of one file.
    pub fn of(outcome: &Outcome) -> Self {
        let count = |state: State| outcome.findings.iter().filter(|finding| finding.state == state).count();
        Self {
            files: usize::from(outcome.problem.is_none()),
            changed: usize::from(outcome.changed()),
            edits: count(State::Applied),
            unsafe_: count(State::Unsafe),
            manual: count(State::Manual),
            conflicts: count(State::Conflict),
        }
    }

    /// Adds those of other files.
    pub fn add(&mut self, other: Self) {
        self.files += other.files;
        self.changed += other.changed;
        self.edits += other.edits;
        self.unsafe_ += other.unsafe_;
        self.manual += other.manual;
        self.conflicts += other.conflicts;
    }

    /// The counts as a clause: `3 edits in 1 file (1 more with --unsafe, 2 to do by hand)`.
    pub fn clause(&self) -> String {
        let mut text = if self.changed == 0 {
            format!("nothing to change in {}", counted(self.files, "file"))
        } else {
            format!("{} in {}", counted(self.edits, "edit"), counted(self.changed, "file"))
        };
        let mut rest = Vec::new();
        for (count, what) in [
            (self.unsafe_, "more with --unsafe"),
            (self.manual, "to do by hand"),
            (self.conflicts, "in conflict"),
        ] {
            if count > 0 {
                rest.push(format!("{count} {what}"));
            }
        }
        if !rest.is_empty() {
            write!(text, " ({})", rest.join(", ")).ok();
        }
        text
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_as_a_clause() {
        let counts = Counts { files: 1, changed: 1, edits: 3, unsafe_: 1, manual: 2, conflicts: 0 };
        assert_eq!(counts.clause(), "3 edits in 1 file (1 more with --unsafe, 2 to do by hand)");
        assert_eq!(Counts { files: 2, ..Counts::default() }.clause(), "nothing to change in 2 files");
    }
}
