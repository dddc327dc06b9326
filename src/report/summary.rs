//! The last line: how much there is to do.

use crate::engine::{Outcome, State};
use crate::transform::ladder::Rung;
use std::fmt::Write as _;

/// What was found in all files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files that could be read as Dockerfiles.
    pub files: usize,
    /// Files that change, those around a Dockerfile too.
    pub changed: usize,
    /// Changes.
    pub edits: usize,
    /// Changes that need `--unsafe`.
    pub unsafe_: usize,
    /// Findings to be solved by hand.
    pub manual: usize,
    /// Changes that another change kept out.
    pub conflicts: usize,
    /// Findings that comments keep away.
    pub suppressed: usize,
    /// Images of Go programs by the rung that they reach, the most hardened first.
    pub rungs: [usize; Rung::ALL.len()],
}

impl Counts {
    /// The counts of one file.
    pub fn of(outcome: &Outcome) -> Self {
        let count = |state: State| outcome.findings.iter().filter(|finding| finding.state == state).count();
        Self {
            files: usize::from(outcome.problem.is_none()),
            changed: usize::from(outcome.before != outcome.after) + outcome.files.len(),
            edits: count(State::Applied),
            unsafe_: count(State::Unsafe),
            manual: count(State::Manual),
            conflicts: count(State::Conflict),
            suppressed: count(State::Suppressed),
            rungs: Rung::ALL.map(|rung| usize::from(outcome.ladder.as_ref().is_some_and(|l| l.rung == rung))),
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
        self.suppressed += other.suppressed;
        self.rungs.iter_mut().zip(other.rungs).for_each(|(count, more)| *count += more);
    }

    /// The rungs of several images as a clause: `3 images of Go programs: 2 static, 1 slim`.
    pub fn ladder(&self) -> Option<String> {
        let images: usize = self.rungs.iter().sum();
        let counts = Rung::ALL.into_iter().zip(self.rungs).filter(|(_, count)| *count > 0);
        let rungs: Vec<String> = counts.map(|(rung, count)| format!("{count} {}", rung.name())).collect();
        (images > 1).then(|| format!("{images} images of Go programs: {}", rungs.join(", ")))
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
            (self.suppressed, "suppressed"),
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
        let counts = Counts { files: 1, changed: 1, edits: 3, unsafe_: 1, manual: 2, ..Counts::default() };
        assert_eq!(counts.clause(), "3 edits in 1 file (1 more with --unsafe, 2 to do by hand)");
        assert_eq!(Counts { files: 2, ..Counts::default() }.clause(), "nothing to change in 2 files");
    }

    #[test]
    fn rungs_are_counted_where_there_are_several() {
        let mut counts = Counts { rungs: [1, 0, 0, 0, 0, 0, 0], ..Counts::default() };
        assert_eq!(counts.ladder(), None);
        counts.add(Counts { rungs: [1, 0, 0, 0, 1, 0, 0], ..Counts::default() });
        assert_eq!(counts.ladder().as_deref(), Some("3 images of Go programs: 2 static, 1 slim"));
    }
}
