//! What could not be done, why, and what to do about it.

use crate::report::clean;
use crate::{files, recipe};
use std::fmt::Write as _;

/// A failure for people: lower case, no full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    message: String,
    cause: Option<String>,
    help: Option<String>,
}

impl Failure {
    /// A failure without a cause.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), cause: None, help: None }
    }

    /// The same with its cause.
    pub(super) fn because(self, cause: impl Into<String>) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    /// The same with a next step.
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// What and why on one line.
    pub(super) fn line(&self) -> String {
        match &self.cause {
            Some(cause) => format!("{}: {cause}", self.message),
            None => self.message.clone(),
        }
    }

    /// The failure as it is printed.
    pub(super) fn render(&self, colour: bool) -> String {
        let (red, cyan, off) =
            if colour { ("\u{1b}[1;31m", "\u{1b}[36m", "\u{1b}[0m") } else { ("", "", "") };
        let mut out = format!("{red}error{off}: {}\n", clean(&self.message));
        for (name, text) in [("cause", &self.cause), ("help", &self.help)] {
            for line in text.iter().flat_map(|text| text.lines()) {
                writeln!(out, "  {cyan}{name}{off}: {}", clean(line)).ok();
            }
        }
        out
    }
}

impl From<files::Error> for Failure {
    fn from(error: files::Error) -> Self {
        Self { message: error.message, cause: error.cause, help: error.help }
    }
}

impl From<recipe::Error> for Failure {
    fn from(error: recipe::Error) -> Self {
        Self { message: error.to_string(), cause: None, help: error.help().map(str::to_owned) }
    }
}
