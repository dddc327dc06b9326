//! What a declaration asks for, and whether a version is that.

use super::set::{LONGEST, Set};
use super::stated::MOST;
use super::version::{Numbers, Version};
use nodejs_semver::Range;
use pep440_rs::VersionSpecifiers;
use std::str::FromStr as _;

/// What is asked for.
#[derive(Clone, Debug)]
pub(super) enum Want {
    /// One of these versions.
    Set(Set),
    /// A range of npm.
    Npm(Box<Range>),
    /// Specifiers of PEP 440.
    Python(VersionSpecifiers),
    /// One of these SDKs of .NET. The patch of an SDK has three digits; a version with fewer is a runtime's, of which only
    /// the first two numbers count: they are those of its SDK.
    Sdk(Set),
    /// What any of these asks for.
    Either(Vec<Self>),
    /// Something that can't be understood.
    Unclear,
}

impl Want {
    /// What a set asks for; unclear where the text of it can't be read.
    pub(super) fn set(set: Option<Set>) -> Self {
        set.map_or(Self::Unclear, Self::Set)
    }

    /// A range as npm reads it. One with words that it would pass over is unclear.
    pub(super) fn npm(text: &str) -> Self {
        let plain = text.len() <= LONGEST && text.replace("||", " ").split_whitespace().all(is_comparator);
        let range = plain.then(|| Range::parse(text).ok()).flatten();
        range.map_or(Self::Unclear, |range| Self::Npm(Box::new(range)))
    }

    /// Specifiers as PEP 440 has them.
    pub(super) fn python(text: &str) -> Self {
        let specifiers = (text.len() <= LONGEST).then(|| VersionSpecifiers::from_str(text).ok()).flatten();
        specifiers.map_or(Self::Unclear, Self::Python)
    }

    /// What any of these asks for; unclear where there is none, or more than anybody writes.
    pub(super) fn either(wants: Vec<Self>) -> Self {
        if (1..=MOST).contains(&wants.len()) { Self::Either(wants) } else { Self::Unclear }
    }

    /// Whether a version is among those that are asked for; none where that can't be told.
    pub(super) fn allows(&self, version: &Version) -> Option<bool> {
        match self {
            Self::Set(set) => set.holds(version),
            Self::Npm(range) => npm(range, version),
            Self::Python(specifiers) => python(specifiers, version),
            Self::Sdk(set) => set.holds(&sdk(version)),
            Self::Either(wants) => {
                let answers: Vec<Option<bool>> = wants.iter().map(|want| want.allows(version)).collect();
                let known = answers.contains(&Some(true)) || answers.iter().all(Option::is_some);
                known.then(|| answers.contains(&Some(true)))
            }
            Self::Unclear => None,
        }
    }
}

/// Whether a word is an operator, a version or both, or the `-` between two versions.
fn is_comparator(word: &str) -> bool {
    let version = word.trim_start_matches(['<', '>', '=', '^', '~']);
    let version = version.strip_prefix('v').unwrap_or(version);
    let release = version.split(['-', '+']).next().unwrap_or_default();
    release.chars().all(|c| c.is_ascii_digit() || ".xX*".contains(c))
}

fn npm(range: &Range, version: &Version) -> Option<bool> {
    let written = |[major, minor, patch]: Numbers| format!("{major}.{minor}.{patch}");
    if nodejs_semver::Version::parse(written(version.newest())).ok()?.satisfies(range) {
        return Some(true);
    }
    let line = Range::parse(format!("{} - {}", written(version.oldest()), written(version.newest()))).ok()?;
    (!version.is_line() || !range.allows_any(&line)).then_some(false)
}

fn python(specifiers: &VersionSpecifiers, version: &Version) -> Option<bool> {
    let holds = |numbers: Numbers| specifiers.contains(&pep440_rs::Version::new(numbers));
    let (oldest, newest) = (version.oldest(), version.newest());
    if holds(newest) {
        return Some(true);
    }
    // Where the line begins to be allowed or ceases to be, there is a version of a specifier.
    let edges = specifiers.iter().flat_map(|specifier| {
        let [major, minor, patch] = super::version::filled(specifier.version().release(), 0);
        [[major, minor, patch], [major, minor, patch.saturating_add(1)]]
    });
    let mut within = edges.chain([oldest]).filter(|edge| (oldest..=newest).contains(edge));
    (!version.is_line() || !within.any(holds)).then_some(false)
}

/// The part of a version that tells the SDK.
fn sdk(version: &Version) -> Version {
    match version.parts.as_slice() {
        [major, minor, patch] if *patch < 100 => Version { parts: vec![*major, *minor] },
        _ => version.clone(),
    }
}
