//! How a long run gets on: one line on a terminal, all of it in a log.

use super::failure::Failure;
use super::terminal::Terminal;
use crate::files;
use crate::prove::Watch;
use crate::report::clean;
use std::fs::File;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// The most bytes of a log: a Dockerfile's commands may print without end.
const MOST: usize = 256 << 20;
/// What stands at the end of a log that is not whole.
const CUT: &[u8] = b"\n== there was more, which is not kept\n";

/// Shows a run on a terminal and writes it to a log.
#[derive(Debug)]
pub(super) struct Progress {
    file: String,
    told: bool,
    shown: bool,
    log: Log,
    /// How many bytes the log may still have.
    room: usize,
    step: String,
    /// The last line of output, as far as it has come.
    line: Vec<u8>,
}

#[derive(Debug)]
enum Log {
    Given(File, PathBuf),
    Own(NamedTempFile),
}

impl Progress {
    /// Opens the log: the given file, or one that is kept only if something goes wrong.
    pub(super) fn new(file: &str, log: Option<&Path>, quiet: bool) -> Result<Self, Failure> {
        let fail = |error: &io::Error| Failure::new("cannot write a log").because(files::cause(error));
        let log = match log {
            Some(path) => Log::Given(File::create(path).map_err(|error| fail(&error))?, path.to_path_buf()),
            None => {
                let own = tempfile::Builder::new().prefix("harden-prove-").suffix(".log").tempfile();
                Log::Own(own.map_err(|error| fail(&error))?)
            }
        };
        let shown = !quiet && io::stderr().is_terminal();
        Ok(Self {
            file: file.to_owned(),
            told: !quiet,
            shown,
            log,
            room: MOST,
            step: String::new(),
            line: Vec::new(),
        })
    }

    /// Takes the line off the terminal.
    pub(super) fn clear(&self) {
        if self.shown {
            Terminal::tell("\r\u{1b}[K");
        }
    }

    /// Where the log is; it stays from now on.
    pub(super) fn keep(self) -> Option<PathBuf> {
        match self.log {
            Log::Given(_, path) => Some(path),
            Log::Own(file) => file.keep().ok().map(|(_, path)| path),
        }
    }

    fn show(&self) {
        if !self.shown {
            return;
        }
        let line = String::from_utf8_lossy(&self.line);
        let line = clean(line.trim());
        let text = if line.is_empty() { self.step.clone() } else { format!("{}: {line}", self.step) };
        let width = Terminal::width().saturating_sub(1);
        let text: String = text.chars().take(width).collect();
        Terminal::tell(&format!("\r\u{1b}[K{text}"));
    }

    /// A log that can't be written is no reason to stop.
    fn write(&mut self, bytes: &[u8]) {
        let (bytes, room) = match self.room.checked_sub(bytes.len()) {
            Some(room) => (bytes, room),
            None if self.room > 0 => (CUT, 0),
            None => return,
        };
        self.room = room;
        match &mut self.log {
            Log::Given(file, _) => file.write_all(bytes).ok(),
            Log::Own(file) => file.write_all(bytes).ok(),
        };
    }
}

impl Watch for Progress {
    fn begins(&mut self, engine: &str) {
        if self.told {
            self.clear();
            Terminal::tell(&format!(
                "{engine} runs the commands of {}, and containers of its images\n",
                clean(&self.file)
            ));
        }
    }

    fn step(&mut self, what: &str) {
        self.step = clean(what).into_owned();
        self.line.clear();
        self.write(format!("== {what}\n").as_bytes());
        self.show();
    }

    fn output(&mut self, piece: &[u8]) {
        self.write(piece);
        let mut lines = piece.split(|&byte| byte == b'\n' || byte == b'\r').rev();
        let last = lines.find(|line| !line.trim_ascii().is_empty());
        if let Some(last) = last {
            self.line = last[..last.len().min(300)].to_vec();
            self.show();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_log_does_not_grow_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut progress = Progress::new("Dockerfile", Some(&path), true).unwrap();
        progress.room = 10;
        for _ in 0..3 {
            progress.output(b"seven!\n");
        }
        let log = std::fs::read_to_string(path).unwrap();
        assert_eq!(log, "seven!\n\n== there was more, which is not kept\n");
    }
}
