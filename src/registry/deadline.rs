//! Until when an answer may take.

use std::cell::Cell;
use std::time::Instant;

/// The end of the time for one answer.
pub(super) struct Deadline(Cell<Instant>);

impl Deadline {
    pub(super) fn new(end: Instant) -> Self {
        Self(Cell::new(end))
    }

    pub(super) fn end(&self) -> Instant {
        self.0.get()
    }

    /// Does what is no registry's fault, such as waiting for the user: the end moves by the time that it takes.
    pub(super) fn paused<T>(&self, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let done = work();
        self.0.set(self.end() + start.elapsed());
        done
    }
}
