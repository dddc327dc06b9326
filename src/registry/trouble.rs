//! Why a question to a registry has no answer.

use crate::files::Error;

/// What kind of trouble it is, which decides what is done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// There is no such name, tag or digest.
    Missing,
    /// It may be over when asked again: a cut connection, a server in trouble, a wait.
    Passing,
    /// The server's certificate is not to be trusted, so it speaks TLS.
    Untrusted,
    /// Asking again would not help.
    Final,
}

/// Why there is no answer. Holds no secret, and of what the server said only what is safe to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) kind: Kind,
    /// Why: lower case, no full stop.
    pub(super) why: String,
    /// What to do about it.
    pub(super) help: Option<String>,
}

impl Trouble {
    pub(super) fn new(kind: Kind, why: impl Into<String>) -> Self {
        Self { kind, why: why.into(), help: None }
    }

    pub(super) fn last(why: impl Into<String>) -> Self {
        Self::new(Kind::Final, why)
    }

    pub(super) fn passing(why: impl Into<String>) -> Self {
        Self::new(Kind::Passing, why)
    }

    pub(super) fn with_help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Why and what to do on one line.
    pub(super) fn line(&self) -> String {
        match &self.help {
            Some(help) => format!("{}; {help}", self.why),
            None => self.why.clone(),
        }
    }

    /// An error about what could not be done.
    pub(super) fn about(self, message: impl Into<String>) -> Error {
        let error = Error::new(message, self.why);
        match self.help {
            Some(help) => error.with_help(help),
            None => error,
        }
    }
}

/// Text of a server for people: its first 80 characters, of them those that a terminal shows.
pub(super) fn quote(text: &str) -> String {
    let shown = text.chars().filter(|c| !c.is_control()).take(80).collect::<String>();
    format!("`{}`", shown.trim())
}
