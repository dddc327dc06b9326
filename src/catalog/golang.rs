//! Tags of the official Go image.

use super::catalog;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What the catalog says about the image.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Data {
    /// The day on which the tags were listed.
    #[cfg_attr(not(test), expect(dead_code, reason = "for those who review the catalog"))]
    pub(super) date: String,
    /// Where they were listed.
    #[serde(rename = "source")]
    _source: String,
    /// Tags that move along with patch releases.
    pub(super) tags: Vec<String>,
    /// Debian's releases, oldest first.
    suites: Vec<String>,
    /// Day on which support of `1.x` ended, by `x`.
    pub(super) end_of_life: BTreeMap<String, String>,
}

/// A version as precise as the tag says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// 1.
    pub major: u32,
    /// 22 of `1.22`.
    pub minor: Option<u32>,
    /// 5 of `1.22.5`.
    pub patch: Option<u32>,
}

/// What the image stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour<'a> {
    /// Not said: the default release of Debian.
    Default,
    /// A release of Debian.
    Debian(&'a str),
    /// Alpine, and its version if it is said.
    Alpine(Option<&'a str>),
    /// Windows, `onbuild`, `cross`, `tip` and whatever else was.
    Other(&'a str),
}

/// A tag of the official Go image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag<'a> {
    /// The version, if one is said.
    pub version: Option<Version>,
    /// Whether it is a beta or a release candidate.
    pub prerelease: bool,
    /// What it stands on.
    pub flavour: Flavour<'a>,
}

impl<'a> Tag<'a> {
    /// Takes a tag apart; none when what looks like a version is none.
    pub fn parse(text: &'a str) -> Option<Self> {
        if text == "latest" {
            return Some(Self { version: None, prerelease: false, flavour: Flavour::Default });
        }
        if !text.starts_with(|c: char| c.is_ascii_digit()) {
            return (!text.is_empty()).then(|| Self {
                version: None,
                prerelease: false,
                flavour: flavour(text),
            });
        }
        let (number, rest) = text.split_once('-').map_or((text, None), |(n, rest)| (n, Some(rest)));
        let (version, prerelease) = version(number)?;
        Some(Self { version: Some(version), prerelease, flavour: rest.map_or(Flavour::Default, flavour) })
    }

    /// The minor version of a released Go 1.
    pub fn minor(&self) -> Option<u32> {
        self.version.filter(|version| version.major == 1 && !self.prerelease)?.minor
    }
}

fn flavour(text: &str) -> Flavour<'_> {
    match text.strip_prefix("alpine") {
        Some("") => Flavour::Alpine(None),
        Some(number) if alpine(number).is_some() => Flavour::Alpine(Some(number)),
        _ if catalog().golang.suites.iter().any(|suite| suite == text) => Flavour::Debian(text),
        _ => Flavour::Other(text),
    }
}

/// `1`, `1.22`, `1.22.5`, `1.22rc1`, `1.9beta2`; the flag tells the last two.
fn version(text: &str) -> Option<(Version, bool)> {
    let letter = text.find(|c: char| c.is_ascii_alphabetic());
    let (number, suffix) = letter.map_or((text, ""), |at| text.split_at(at));
    let serial = suffix.strip_prefix("rc").or_else(|| suffix.strip_prefix("beta"));
    if !suffix.is_empty() {
        digits(serial?)?;
    }
    let mut parts = number.split('.');
    let major = digits(parts.next()?)?;
    let minor = parts.next().map(digits);
    let patch = parts.next().map(digits);
    let whole = parts.next().is_none() && minor != Some(None) && patch != Some(None);
    whole.then(|| (Version { major, minor: minor.flatten(), patch: patch.flatten() }, !suffix.is_empty()))
}

fn alpine(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.split_once('.')?;
    Some((digits(major)?, digits(minor)?))
}

/// A number without sign or leading zero.
fn digits(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| plain)
}

/// Whether a tag is one of those that move along with patch releases today.
pub fn exists(tag: &str) -> bool {
    catalog().golang.tags.iter().any(|known| known == tag)
}

/// `x` of the newest Go `1.x` that the image has.
pub fn newest_minor() -> Option<u32> {
    static NEWEST: OnceLock<Option<u32>> = OnceLock::new();
    *NEWEST.get_or_init(|| tags().filter_map(|tag| tag.minor()).max())
}

fn tags() -> impl Iterator<Item = Tag<'static>> {
    static TAGS: OnceLock<Vec<Tag<'static>>> = OnceLock::new();
    TAGS.get_or_init(|| catalog().golang.tags.iter().filter_map(|tag| Tag::parse(tag)).collect())
        .iter()
        .copied()
}

/// The newest tag of the same family; none when there is no newer one, or none that surely means the same.
///
/// A patch number is dropped: the next one would be stale within weeks. The distribution's release is kept where
/// the newest version has it, and is else its newest.
pub fn newest(tag: &Tag<'_>) -> Option<String> {
    let minor = newest_minor().filter(|&newest| tag.minor().is_some_and(|minor| minor < newest))?;
    let name = match tag.flavour {
        Flavour::Default => format!("1.{minor}"),
        Flavour::Debian(suite) => format!("1.{minor}-{}", debian_for(minor, suite)?),
        Flavour::Alpine(None) => format!("1.{minor}-alpine"),
        Flavour::Alpine(Some(release)) => format!("1.{minor}-alpine{}", alpine_for(minor, release)?),
        Flavour::Other(_) => return None,
    };
    exists(&name).then_some(name)
}

/// The release of Debian in which a version comes: the same, or the newest if that one is gone.
fn debian_for(minor: u32, suite: &str) -> Option<&'static str> {
    let suites = &catalog().golang.suites;
    let age = |name: &str| suites.iter().position(|suite| suite == name);
    let offered = flavours(minor).filter_map(|flavour| match flavour {
        Flavour::Debian(suite) => Some(suite),
        _ => None,
    });
    keep_or_newest(offered, suite, age)
}

/// The same for Alpine.
fn alpine_for(minor: u32, release: &str) -> Option<&'static str> {
    let offered = flavours(minor).filter_map(|flavour| match flavour {
        Flavour::Alpine(release) => release,
        _ => None,
    });
    keep_or_newest(offered, release, alpine)
}

fn flavours(minor: u32) -> impl Iterator<Item = Flavour<'static>> {
    tags().filter(move |tag| tag.minor() == Some(minor)).map(|tag| tag.flavour)
}

/// `now` if it is offered, else the newest of what is offered, if that is newer than `now`.
fn keep_or_newest<T: Ord>(
    offered: impl Iterator<Item = &'static str>,
    now: &str,
    age: impl Fn(&str) -> Option<T>,
) -> Option<&'static str> {
    let offered: Vec<&'static str> = offered.collect();
    let newest = || offered.iter().copied().max_by_key(|name| age(name)).filter(|name| age(name) > age(now));
    offered.iter().copied().find(|name| *name == now).or_else(newest)
}

/// The day on which support of Go `1.minor` ended; none while it is supported or not known.
pub fn end_of_life(minor: u32) -> Option<&'static str> {
    catalog().golang.end_of_life.get(&minor.to_string()).map(String::as_str)
}

#[cfg(test)]
#[path = "golang_tests.rs"]
mod tests;
