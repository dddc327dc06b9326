//! Changes to a text: what they are, which of them fit together, how they are made.
//!
//! In: the fixes that recipes propose. Out: a new text and the fixes that made it, or the old text and a reason.
//! Does not know why a fix was proposed.

mod resolve;
mod splice;
mod verify;

pub use resolve::{Resolution, resolve};
pub use splice::{Origin, splice};
pub use verify::verify;

use crate::span::Span;
use serde::{Deserialize, Serialize};

/// How sure it is that a change keeps what the container does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// Can't be decided here: told, never written.
    Manual,
    /// May change what the container does: written only with `--unsafe`.
    Unsafe,
    /// Shown to keep what the container does.
    Safe,
}

/// The replacement of one range of bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// What comes in its place.
    pub text: String,
}

/// A file of the build context that a fix brings or replaces.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NewFile {
    /// Where it is: from the root of the context, with `/` between its parts, none of which is `.` or `..`.
    pub path: String,
    /// Its text as it is; none where there is no such file.
    pub before: Option<String>,
    /// Its text as it should be.
    pub text: String,
}

impl NewFile {
    /// Its path and its text.
    pub fn pair(&self) -> (&str, &str) {
        (&self.path, &self.text)
    }

    /// Whether its path can lead nowhere but into the context.
    pub fn is_inside(&self) -> bool {
        let plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', '\0']);
        self.path.split('/').all(plain)
    }
}

/// Something that was checked, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What was found, as a sentence without its full stop.
    pub what: String,
    /// Line it was found on, from 1, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

/// A proposed change: all of its edits are made, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Id of the recipe that proposes it.
    pub recipe: String,
    /// What is wrong now, as a message: lower case, no full stop.
    pub message: String,
    /// What the change does, in the imperative: lower case, no full stop.
    pub title: String,
    /// The text that the message is about.
    pub at: Span,
    /// How sure it is that it keeps what the container does.
    pub applicability: Applicability,
    /// Why it is no higher than that; empty when it is safe.
    pub reason: String,
    /// What was checked.
    pub evidence: Vec<Evidence>,
    /// The edits of the Dockerfile.
    pub edits: Vec<Edit>,
    /// Passwords and the like: no report shows this text.
    pub hidden: Vec<Span>,
    /// Files of the context that come with them.
    pub files: Vec<NewFile>,
}

impl Fix {
    /// Whether it says what to write; what it does not is to be done by hand.
    pub const fn can_be_made(&self) -> bool {
        !self.edits.is_empty() || !self.files.is_empty()
    }
}
