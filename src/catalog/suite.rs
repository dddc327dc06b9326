//! Releases of distributions, as tags name them.

use super::listing::{self, Release};
use super::tag::{Suite, Version};
use jiff::civil::Date;
use std::collections::HashMap;
use std::sync::OnceLock;

/// Code names that Debian gives to what it has not released.
const UNRELEASED: [&str; 2] = ["forky", "sid"];

/// What is known of the code names of Debian and Ubuntu.
fn code_names() -> &'static HashMap<&'static str, (Suite<'static>, Option<&'static Release>)> {
    static NAMES: OnceLock<HashMap<&'static str, (Suite<'static>, Option<&'static Release>)>> =
        OnceLock::new();
    NAMES.get_or_init(|| {
        let debian =
            releases("docker.io/library/debian").map(|(name, r)| (name, (Suite::Debian(name), Some(r))));
        let ubuntu =
            releases("docker.io/library/ubuntu").map(|(name, r)| (name, (Suite::Ubuntu(name), Some(r))));
        let unreleased = UNRELEASED.map(|name| (name, (Suite::Debian(name), None)));
        ubuntu.chain(debian).chain(unreleased).collect()
    })
}

fn releases(name: &str) -> impl Iterator<Item = (&'static str, &'static Release)> {
    let support = listing::of(name).and_then(|listing| listing.support.as_ref());
    support.into_iter().flat_map(|s| &s.releases).filter_map(|r| Some((r.codename.as_deref()?, r)))
}

/// The releases of Alpine.
fn alpine() -> &'static [Release] {
    static RELEASES: OnceLock<&'static [Release]> = OnceLock::new();
    RELEASES.get_or_init(|| {
        let support = listing::of("docker.io/library/alpine").and_then(|listing| listing.support.as_ref());
        support.map_or(&[], |support| &support.releases)
    })
}

/// The suite that one part of a tag names.
pub(super) fn named(part: &str) -> Option<Suite<'_>> {
    if let Some(version) = part.strip_prefix("alpine") {
        return match Version::parse(version) {
            Some(version) if version.precision() == 2 => Some(Suite::Alpine(Some(version))),
            _ => version.is_empty().then_some(Suite::Alpine(None)),
        };
    }
    if !part.starts_with(|c: char| c.is_ascii_lowercase()) {
        return None;
    }
    code_names().get(part).map(|(suite, _)| *suite)
}

/// The release of a distribution as [`super::Facts`] name it: `debian13`, `bookworm`, `alpine3.20`.
pub fn suite(name: &str) -> Option<&'static Release> {
    let Some(number) = name.strip_prefix("debian") else { return named(name)?.release() };
    let support = listing::of("docker.io/library/debian")?.support.as_ref()?;
    support.releases.iter().find(|release| release.cycle == number)
}

impl Suite<'_> {
    /// The release of the distribution; none when it is open or not known.
    pub fn release(&self) -> Option<&'static Release> {
        match self {
            Self::Default | Self::Alpine(None) => None,
            Self::Debian(name) | Self::Ubuntu(name) => code_names().get(name)?.1,
            Self::Alpine(Some(version)) => alpine().iter().find(|release| release.version == Some(*version)),
        }
    }

    /// When it was released, to compare ages.
    pub(super) fn released(&self) -> Option<Date> {
        self.release().map(|release| release.released)
    }
}
