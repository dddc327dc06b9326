//! A scanner's program: where it is, how it is run, why it failed.

use crate::prove::error::{Error, ErrorKind};
use crate::prove::process::{self, Limits, Output};
use crate::report::clean;
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf, absolute};
use std::process::Command;

/// The most characters of a reason that are told.
const TOLD: usize = 390;

/// A program of others, with settings that it gets through its environment, beside those that the user has made.
#[derive(Clone, Debug)]
pub(super) struct Program {
    path: OsString,
    settings: Vec<(OsString, OsString)>,
}

impl Program {
    /// The program of this name on PATH; it can't be run where there is none.
    pub(super) fn on_path(name: &str) -> Self {
        Self::named(found(name).unwrap_or_else(|| Path::new("/").join(name)))
    }

    /// A program at a path.
    pub(super) fn named(path: impl Into<OsString>) -> Self {
        Self { path: path.into(), settings: Vec::new() }
    }

    /// The same with a variable set in its environment.
    pub(super) fn with(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// Runs it to its end, in the root folder: in a project's folder it would read settings that came with the project, and
    /// these can name files to write, servers to ask, and vulnerabilities to hide. Its progress is not shown. An error means what it means for [`process::run`].
    pub(super) fn run<I, S>(&self, arguments: I, limits: &Limits) -> Result<Output, Error>
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut command = Command::new(&self.path);
        command
            .current_dir("/")
            .args(arguments)
            .envs(self.settings.iter().map(|(name, value)| (name, value)));
        process::run(&mut command, limits, &mut |_, _| {})
    }
}

/// Text with a path behind it, as scanners want it: `docker-archive:` and the like.
pub(super) fn prefixed(prefix: &str, path: &Path) -> OsString {
    let mut text = OsString::from(prefix);
    // They run in another folder.
    text.push(absolute(path).unwrap_or_else(|_| path.to_owned()));
    text
}

/// Whether there is a program of this name on PATH.
pub(super) fn on_path(name: &str) -> bool {
    found(name).is_some()
}

fn found(name: &str) -> Option<PathBuf> {
    process::on_path(&env::var_os("PATH").unwrap_or_default(), name)
}

/// The error of a scanner that ended without a result.
pub(super) fn failed(scanner: &str, output: &Output) -> Error {
    Error::new(ErrorKind::Other, format!("{scanner} could not scan the image"))
        .because(reason(output))
        .with_help(format!("see whether {scanner} works by itself, or go without it: --scanner none"))
}

/// Why a scanner failed, in a line: what it said last, or how it ended.
pub(super) fn reason(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<_> = said.lines().map(plain).collect();
    let lines: Vec<_> = lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
    // What comes after the fatal line are parts of it or advice.
    let fatal = lines.iter().rposition(|line| fatal(line).is_some());
    let words = match fatal {
        Some(at) => fatal_words(&lines[at..]),
        None => lines.last().map_or_else(|| output.status.to_string(), |line| (*line).to_owned()),
    };
    shorten(&clean(&words))
}

/// What a line says that opens with `FATAL` or `ERROR`, maybe after a time, as these scanners write them.
fn fatal(line: &str) -> Option<&str> {
    let mut words = line.splitn(2, char::is_whitespace);
    let (first, rest) = (words.next()?, words.next().unwrap_or_default().trim_start());
    let is_time = first.trim_start_matches('[').starts_with(|letter: char| letter.is_ascii_digit());
    let said = if is_time { rest } else { line };
    let said = said.strip_prefix("FATAL").or_else(|| said.strip_prefix("ERROR"))?.trim_start();
    Some(said.strip_prefix("Fatal error").unwrap_or(said).trim_start())
}

/// A fatal line and the points below it, as one line.
fn fatal_words(lines: &[&str]) -> String {
    let first = fatal(lines[0]).unwrap_or_default();
    let points: Vec<_> = lines[1..].iter().map_while(|line| line.strip_prefix("* ")).collect();
    format!("{first} {}", points.join("; ")).trim().replace('\t', " ")
}

/// A line without the codes that colour it on a terminal.
fn plain(line: &str) -> String {
    let mut pieces = line.split("\u{1b}[");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let rest = piece.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == ';');
        text.push_str(rest.strip_prefix(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(rest));
    }
    text
}

/// A long text without its middle, for what failed stands first in a chain of errors, and its cause last.
fn shorten(text: &str) -> String {
    let length = text.chars().count();
    if length <= TOLD {
        return text.to_owned();
    }
    let start: String = text.chars().take(TOLD / 2).collect();
    let end: String = text.chars().skip(length - TOLD / 2).collect();
    format!("{} ... {}", start.trim(), end.trim())
}
