//! Tags, taken apart the way the official images name theirs: a version, a variant, a release of a distribution.

use super::suite;
use std::fmt;

/// A version of up to four numbers, as precise as it was written: `1.22` is less precise than `1.22.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    parts: [u32; 4],
    len: u8,
}

impl Version {
    /// Reads `3`, `3.14`, `3.14.7` or `25.0.4.1`; none for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut version = Self { parts: [0; 4], len: 0 };
        for part in text.split('.') {
            *version.parts.get_mut(usize::from(version.len))? = number(part)?;
            version.len += 1;
        }
        Some(version)
    }

    /// The numbers that were written.
    pub fn parts(&self) -> &[u32] {
        &self.parts[..usize::from(self.len)]
    }

    /// The first number.
    pub fn major(&self) -> u32 {
        self.parts[0]
    }

    /// The second number, if it was written.
    pub fn minor(&self) -> Option<u32> {
        self.parts().get(1).copied()
    }

    /// How many numbers were written.
    pub fn precision(&self) -> usize {
        usize::from(self.len)
    }

    /// Whether this is `line` or one of its releases: `3.14.7` is in `3.14` and in `3`.
    pub fn is_in(&self, line: &Self) -> bool {
        self.parts().starts_with(line.parts())
    }

    /// The first numbers only.
    #[must_use]
    pub fn cut(&self, precision: usize) -> Self {
        let len = precision.min(self.precision());
        let mut parts = [0; 4];
        parts[..len].copy_from_slice(&self.parts[..len]);
        // At most four.
        Self { parts, len: u8::try_from(len).unwrap_or(4) }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.parts().iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            write!(f, "{part}")?;
        }
        Ok(())
    }
}

/// The release of a distribution that a tag names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Suite<'a> {
    /// None: the image's default.
    Default,
    /// A release of Debian, by its code name.
    Debian(&'a str),
    /// A release of Ubuntu, by its code name.
    Ubuntu(&'a str),
    /// Alpine, and its version if it is said.
    Alpine(Option<Version>),
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag<'a> {
    /// The version that it begins with, if it does.
    pub version: Option<Version>,
    /// Whether it names a beta, a release candidate or a build of the day.
    pub prerelease: bool,
    /// The release of a distribution.
    pub suite: Suite<'a>,
    /// What else it says, in order: `["slim"]`, `["jdk", "alpine"]`, `["fpm"]`.
    pub words: Vec<&'a str>,
    /// How many of the words come before the suite.
    suite_at: usize,
}

impl<'a> Tag<'a> {
    /// Takes a tag apart; none when it begins with what looks like a version and is none.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut tag =
            Self { version: None, prerelease: false, suite: Suite::Default, words: Vec::new(), suite_at: 0 };
        let mut parts = text.split('-').peekable();
        let first = parts.peek()?.strip_prefix('v').unwrap_or(parts.peek()?);
        if first.starts_with(|c: char| c.is_ascii_digit()) {
            (tag.version, tag.prerelease) = version(first).map(|(version, early)| (Some(version), early))?;
            parts.next();
        }
        while let Some(part) = parts.next() {
            let next = parts.peek().copied();
            tag.prerelease |= is_early(part);
            let named = match (part, next.and_then(Version::parse)) {
                // `alpine-3.24` is how some write `alpine3.24`.
                ("alpine", Some(version)) if version.precision() == 2 => {
                    parts.next();
                    Some(Suite::Alpine(Some(version)))
                }
                _ => suite::named(part),
            };
            match named {
                Some(suite) if tag.suite == Suite::Default => {
                    tag.suite = suite;
                    tag.suite_at = tag.words.len();
                }
                _ if part == "latest" => {}
                _ => tag.words.push(part),
            }
        }
        Some(tag)
    }

    /// What follows the version, the same for all releases of a distribution: `-slim`, `-alpine`, `-alpine@`, `-@debian-slim`.
    pub fn rest(&self) -> String {
        let mut rest = String::new();
        let suite = match self.suite {
            Suite::Default => None,
            Suite::Alpine(None) => Some("alpine"),
            Suite::Alpine(Some(_)) => Some("alpine@"),
            Suite::Debian(_) => Some("@debian"),
            Suite::Ubuntu(_) => Some("@ubuntu"),
        };
        for (index, word) in self.words.iter().enumerate() {
            if index == self.suite_at
                && let Some(suite) = suite
            {
                push(&mut rest, suite);
            }
            push(&mut rest, word);
        }
        if self.suite_at == self.words.len()
            && let Some(suite) = suite
        {
            push(&mut rest, suite);
        }
        rest
    }

    /// Numbers in its version.
    pub fn precision(&self) -> usize {
        self.version.map_or(0, |version| version.precision())
    }
}

fn push(rest: &mut String, word: &str) {
    rest.push('-');
    rest.push_str(word);
}

/// A version and whether it is one before the release: `3.15.0rc1`, `1.9beta2`.
fn version(text: &str) -> Option<(Version, bool)> {
    let letter = text.find(|c: char| c.is_ascii_alphabetic());
    let (digits, suffix) = letter.map_or((text, ""), |at| text.split_at(at));
    let version = Version::parse(digits)?;
    if suffix.is_empty() {
        return Some((version, false));
    }
    let end = suffix.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(suffix.len());
    let (word, serial) = suffix.split_at(end);
    let early =
        ["rc", "beta", "alpha", "a", "b", "m", "milestone"].contains(&word.to_ascii_lowercase().as_str());
    (early && (serial.is_empty() || number(serial).is_some())).then_some((version, true))
}

/// Whether a word of a tag names what is not released yet.
fn is_early(word: &str) -> bool {
    let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let early = [
        "rc",
        "beta",
        "alpha",
        "ea",
        "dev",
        "tip",
        "nightly",
        "edge",
        "preview",
        "canary",
        "unstable",
        "testing",
        "experimental",
        "rawhide",
        "devel",
        "kitten",
    ];
    early.iter().any(|name| name.eq_ignore_ascii_case(letters))
}

/// A number without a sign; zeros before it count for nothing, as in Ubuntu's months.
fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
#[path = "tag_tests.rs"]
mod tests;
