//! What a run has made is removed, however the run ended.

use super::{Container, LABEL, Workshop};
use crate::prove::error::{Error, ErrorKind};
use crate::prove::process::{Cancel, Limits};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How long one command of the cleaning may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// Things of a run: how they are listed, and how they are removed.
struct Kind {
    list: &'static [&'static str],
    remove: &'static [&'static str],
}

/// In an order in which nothing holds another.
const KINDS: [Kind; 3] = [
    Kind { list: &["ps", "--all", "--quiet", "--no-trunc"], remove: &["rm", "--force", "--volumes"] },
    Kind { list: &["volume", "ls", "--quiet"], remove: &["volume", "rm", "--force"] },
    Kind { list: &["images", "--quiet", "--no-trunc"], remove: &["rmi", "--force"] },
];

impl Workshop<'_> {
    /// Removes all that this run has made, also when the run was stopped. Dropping the workshop does the same, but can't
    /// tell when it fails. The error's help has the commands with which the rest can be removed by hand.
    pub fn clean(&self) -> Result<(), Error> {
        if !self.dirty.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        let kinds = if self.runs() { &KINDS[..] } else { &KINDS[2..] };
        // All of it is tried: what can't be removed is no reason to leave the rest.
        let faults: Vec<Error> = kinds.iter().filter_map(|kind| self.remove_all(kind).err()).collect();
        let Some(first) = faults.into_iter().next() else { return Ok(()) };
        self.dirty.store(true, Ordering::SeqCst);
        let cause = first.cause.unwrap_or(first.message);
        Err(Error::new(ErrorKind::Engine, format!("something of this run is left in {}", self.engine.name()))
            .because(cause)
            .with_help(self.by_hand()))
    }

    fn remove_all(&self, kind: &Kind) -> Result<(), Error> {
        let limits = last_limits();
        let filter = format!("label={LABEL}={}", self.id);
        let list = [kind.list, &["--filter", &filter]].concat();
        let names = self.call_within("list what it has of this run", &list, &limits)?.text();
        let mut names: Vec<&str> = names.lines().map(str::trim).filter(|name| !name.is_empty()).collect();
        names.sort_unstable();
        names.dedup(); // an image with two names is listed twice
        if names.is_empty() {
            return Ok(());
        }
        self.call_within("remove what it has of this run", &[kind.remove, &names].concat(), &limits).map(drop)
    }

    /// The commands that [`Self::clean`] runs, for a shell.
    fn by_hand(&self) -> String {
        let program = self.found.program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let kinds = if self.runs() { &KINDS[..] } else { &KINDS[2..] };
        let line = |kind: &Kind| {
            let (list, remove) = (kind.list.join(" "), kind.remove.join(" "));
            format!("{program} {remove} $({program} {list} --filter label={LABEL}={})", self.id)
        };
        format!("remove it with: {}", kinds.iter().map(line).collect::<Vec<_>>().join("; "))
    }

    /// Removes an image; what goes wrong shows when the workshop is cleaned.
    pub(super) fn remove_image(&self, tag: &str) {
        self.call_within("remove an image", &["rmi", "--force", tag], &last_limits()).ok();
    }
}

impl Drop for Workshop<'_> {
    fn drop(&mut self) {
        self.clean().ok();
    }
}

impl Drop for Container<'_> {
    fn drop(&mut self) {
        // A container that can't be removed now is tried again with the workshop.
        let arguments = ["rm", "--force", "--volumes", &self.name];
        self.workshop.call_within("remove a container", &arguments, &last_limits()).ok();
    }
}

/// Limits that hold also after the run was stopped or its time is over.
fn last_limits() -> Limits {
    Limits { step: PATIENCE, image: 0, cancel: Cancel::default() }
}
