//! Why a proof could not be made.

use std::fmt;

/// Why a proof could not be made: the fault is not the rewrite's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What kind of fault.
    pub kind: ErrorKind,
    /// What could not be done: lower case, no full stop.
    pub message: String,
    /// Why.
    pub cause: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
}

/// Kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// There is no engine, or it does not answer, or refuses this user.
    Engine,
    /// A file does not build.
    Build,
    /// Time ran out.
    Timeout,
    /// Space ran out, or an image is larger than allowed.
    Disk,
    /// The user stopped the run; the signal's number.
    Cancelled(i32),
    /// Anything else.
    Other,
}

impl Error {
    /// A fault of a kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), cause: None, help: None }
    }

    /// The same, of another kind.
    #[must_use]
    pub fn of_kind(self, kind: ErrorKind) -> Self {
        Self { kind, ..self }
    }

    /// The same with its reason.
    #[must_use]
    pub fn because(self, cause: impl Into<String>) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    /// The same with a next step.
    #[must_use]
    pub fn with_help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.cause.iter().try_for_each(|cause| write!(f, ": {cause}"))
    }
}

impl std::error::Error for Error {}
