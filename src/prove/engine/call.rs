//! One question to the engine.

use super::Workshop;
use crate::prove::error::{Error, ErrorKind};
use crate::prove::process::{Limits, Output, run};
use crate::report::clean;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

impl Workshop<'_> {
    /// A command of the engine, not yet run.
    pub(super) fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = quiet(&self.found.program);
        command.args(arguments);
        command
    }

    /// Has the engine do something. `what` completes "docker could not ...".
    pub(super) fn call<S: AsRef<OsStr>>(&self, what: &str, arguments: &[S]) -> Result<Output, Error> {
        self.call_within(what, arguments, self.limits)
    }

    /// The same with other limits.
    pub(super) fn call_within<S: AsRef<OsStr>>(
        &self,
        what: &str,
        arguments: &[S],
        limits: &Limits,
    ) -> Result<Output, Error> {
        let output = run(&mut self.command(arguments), limits, &mut |_, _| {})?;
        if output.status.success() { Ok(output) } else { Err(self.fault(what, &output.complaint())) }
    }

    /// Why the engine could not do something, in its own words.
    pub(super) fn fault(&self, what: &str, complaint: &str) -> Error {
        let message = format!("{} could not {what}", self.engine.name());
        let cause = reason(complaint);
        match kind(complaint) {
            ErrorKind::Disk => Error::new(ErrorKind::Disk, message)
                .because(cause)
                .with_help("make room on the disk of the engine"),
            kind => Error::new(kind, message).because(cause),
        }
    }
}

/// A program of an engine, without its advertisements.
pub(super) fn quiet(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("DOCKER_CLI_HINTS", "false");
    command
}

/// What kind of fault an engine's complaint is: a full disk, an engine that went away, or another.
pub(super) fn kind(complaint: &str) -> ErrorKind {
    const GONE: [&str; 6] = [
        "Cannot connect to the Docker daemon",
        "error during connect",
        "Is the docker daemon running",
        "error reading from server: EOF",
        "code = Unavailable",
        "closing transport due to",
    ];
    if complaint.to_lowercase().contains("no space left on device") {
        ErrorKind::Disk
    } else if GONE.iter().any(|words| complaint.contains(words)) {
        ErrorKind::Engine
    } else {
        ErrorKind::Other
    }
}

/// A complaint without what each layer of the engine writes before and behind the reason; harmless for a terminal.
pub(super) fn reason(complaint: &str) -> String {
    const BEFORE: [&str; 16] = [
        "docker: ",
        "ERROR: ",
        "Error: ",
        "Error response from daemon: ",
        "failed to create task for container: ",
        "failed to create shim task: ",
        "OCI runtime create failed: ",
        "OCI runtime error: ",
        "runc create failed: ",
        "runc: ",
        "crun: ",
        "unable to start container process: ",
        "starting container process caused: ",
        "error during container init: ",
        "preparing container ",
        "runtime error: ",
    ];
    const BEHIND: [&str; 5] = [
        ".",
        ": unknown",
        ": OCI runtime attempted to invoke a command that was not found",
        ": OCI runtime permission denied error",
        ": OCI permission denied",
    ];
    let mut rest = complaint.trim();
    while let Some(shorter) = BEFORE
        .iter()
        .find_map(|words| rest.strip_prefix(words))
        .or_else(|| without_place(rest))
        .or_else(|| BEHIND.iter().find_map(|words| rest.strip_suffix(words)))
    {
        rest = shorter.trim();
    }
    clean(rest).into_owned()
}

/// `container_linux.go:380: ` before a reason.
fn without_place(text: &str) -> Option<&str> {
    let (place, rest) = text.split_once(": ")?;
    let (file, line) = place.split_once(".go:")?;
    let is_place = !file.contains(' ') && line.bytes().all(|b| b.is_ascii_digit());
    is_place.then_some(rest)
}
