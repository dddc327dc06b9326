//! What can be wrong with a recipe.

use crate::span::{Place, place};
use std::fmt;

/// Why a recipe or pack can't be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Error {
    path: Option<String>,
    place: Option<Place>,
    message: String,
    help: Option<String>,
}

impl Error {
    /// An error about no file in particular.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// What the TOML reader says; the words that it expected make the hint.
    pub(crate) fn toml(error: &toml::de::Error, text: &str) -> Self {
        let message = error.message().trim().replace('\n', ": ");
        let help = among_expected(&message);
        let at = error.span().map(|span| place(text, span.start));
        Self { place: at, help, ..Self::new(message) }
    }

    /// Names the file.
    pub(crate) fn in_file(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Names the place in the file.
    pub(crate) fn at(mut self, text: &str, offset: usize) -> Self {
        self.place = Some(place(text, offset));
        self
    }

    /// Adds a hint, unless there is one.
    pub(crate) fn hint(mut self, help: Option<String>) -> Self {
        self.help = self.help.or(help);
        self
    }

    /// Adds what was probably meant, or all that there is, if that is not too much to read.
    pub(super) fn nearest<'a>(self, word: &str, known: impl Iterator<Item = &'a str> + Clone) -> Self {
        const FEW: usize = 20;
        let all: Vec<&str> = known.clone().collect();
        let list = (1..=FEW).contains(&all.len()).then(|| format!("known are: {}", all.join(", ")));
        self.hint(did_you_mean(word, known).or(list))
    }

    /// The file that it is about.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// The line and column that it is about.
    pub fn place(&self) -> Option<Place> {
        self.place
    }

    /// What is wrong, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "{path}:")?;
        }
        if let Some(Place { line, column }) = self.place {
            write!(f, "{line}:{column}:")?;
        }
        let space = if self.path.is_some() || self.place.is_some() { " " } else { "" };
        write!(f, "{space}{}", self.message)
    }
}

impl std::error::Error for Error {}

/// The nearest of the known words, as a question.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    known
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| format!("did you mean `{candidate}`?"))
}

/// Reads "unknown field `x`, expected one of `a`, `b`": the first quoted word is wrong, the others are right.
fn among_expected(message: &str) -> Option<String> {
    let mut quoted = quoted(message);
    let word = quoted.next().filter(|_| message.starts_with("unknown "))?;
    did_you_mean(word, quoted)
}

/// The words between backticks.
pub(super) fn quoted(message: &str) -> impl Iterator<Item = &str> {
    message.split('`').skip(1).step_by(2)
}
