//! Which tags of an image take the place of which tags of another.

use super::Version;
use super::family::matches_part;
use super::listing::{Listing, Tags};
use serde::Deserialize;
use std::collections::BTreeMap;

/// How the tag of an image becomes one of its successor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TagMap {
    /// Tags that both images have, by a source beside the listings; `*` for all.
    #[serde(default)]
    keep: Vec<String>,
    /// What may stand before the version: `centos` in `centos8`.
    #[serde(default)]
    prefix: String,
    /// What the parts of a tag between dashes become, numbers at their end left out; empty for nothing. A part that is not
    /// here is not understood.
    #[serde(default)]
    words: BTreeMap<String, String>,
    /// What a tag gets that has none of `kinds`.
    #[serde(default)]
    kind: String,
    /// Words of which the successor's tag has one.
    #[serde(default)]
    kinds: Vec<String>,
    /// Whether parts that are numbers stay, and a newer release within the first number takes the place of an older one.
    #[serde(default)]
    newer: bool,
}

impl TagMap {
    /// Whether both images have a tag, by a source beside the listings.
    pub fn keeps(&self, tag: &str) -> bool {
        self.keep.iter().any(|kept| kept == "*" || kept == tag)
    }

    /// The tag of the successor; none where it has none that says the same.
    ///
    /// `listing` is that of the successor, `tags` its tags as far as they are known on the day.
    pub fn successor<'l>(&self, tag: &str, listing: &Listing, tags: &'l Tags) -> Option<&'l str> {
        if self.words.is_empty() {
            return None;
        }
        let mut parts = tag.strip_prefix(&self.prefix).unwrap_or(tag).split('-');
        let old = leading(parts.next()?)?;
        let rest = self.rest(parts)?;
        let line = listing.support.as_ref().and_then(|s| s.releases.iter().find_map(|r| r.version));
        let precision = line.map_or(1, |line| line.precision()).min(old.precision());
        let old = old.cut(precision);
        let candidates = tags.all().filter_map(|(text, _)| {
            let (version, words) = text.split_once('-').unwrap_or((text, ""));
            let version = Version::parse(version).filter(|v| v.precision() == precision && words == rest)?;
            let fits = version == old || (self.newer && version > old && version.major() == old.major());
            fits.then_some((version, text))
        });
        candidates.max_by_key(|(version, _)| *version).map(|(_, text)| text)
    }

    /// What follows the version; none where a part is not understood.
    fn rest<'t>(&'t self, parts: impl Iterator<Item = &'t str>) -> Option<String> {
        let mut rest: Vec<&str> = Vec::new();
        for part in parts {
            if self.newer && part.bytes().all(|b| b.is_ascii_digit()) {
                rest.push(part);
                continue;
            }
            let exact = self.words.get(part);
            let near = || self.words.iter().find(|(word, _)| matches_part(part, word)).map(|(_, new)| new);
            let new = exact.or_else(near)?;
            if !new.is_empty() {
                rest.push(new);
            }
        }
        let has_kind = rest.iter().any(|word| self.kinds.iter().any(|kind| kind == word));
        if !self.kind.is_empty() && !has_kind {
            rest.insert(0, &self.kind);
        }
        Some(rest.join("-"))
    }
}

/// The version that a part of a tag begins with: `8` in `8u212`, `11.0.4`.
fn leading(part: &str) -> Option<Version> {
    let end = part.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(part.len());
    let (version, build) = part.split_at(end);
    let is_build = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
    let plain = build.is_empty() || build.strip_prefix(['u', '_']).is_some_and(is_build);
    Version::parse(version).filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use crate::catalog::{Reference, listing};

    /// The tag of the successor of an image.
    fn successor(text: &str) -> Option<&'static str> {
        let reference = Reference::parse(text).unwrap();
        let (family, name) = (reference.family().unwrap(), reference.canonical());
        let tag = reference.tag.unwrap();
        let retired = family.retired(&name).or_else(|| family.retired_tag(&name, tag)).unwrap();
        let next = retired.successor_of(&name, &family.name).unwrap();
        let listing = listing::of(&next).unwrap();
        retired.tags.successor(tag, listing, listing.tags.as_ref().unwrap())
    }

    #[test]
    fn java_keeps_its_version_and_kind() {
        for (old, new) in [
            ("openjdk:8", Some("8-jdk")),
            ("openjdk:8u212-jre-alpine3.9", Some("8-jre-alpine")),
            ("openjdk:11.0.4-jre-slim", Some("11-jre")),
            ("openjdk:17-slim-bullseye", Some("17-jdk")),
            ("openjdk:17-alpine", Some("17-jdk-alpine")),
            ("java:8-jdk", Some("8-jdk")),
            ("java:openjdk-8-jre", Some("8-jre")),
            ("adoptopenjdk:11-jre-hotspot-bionic", Some("11-jre")),
            ("adoptopenjdk:11-jre-openj9", None),
            ("openjdk:7", None),
            ("openjdk:12", None),
            ("openjdk:17-ea-jdk", None),
            ("openjdk:8-windowsservercore", None),
            ("openjdk:latest", None),
        ] {
            assert_eq!(successor(old), new, "{old}");
        }
    }

    #[test]
    fn maven_moves_to_the_newest_release_of_its_first_number() {
        for (old, new) in [
            ("maven:3.6.3-jdk-8", Some("3.9-eclipse-temurin-8")),
            ("maven:3.8-openjdk-17", Some("3.9-eclipse-temurin-17")),
            ("maven:3-openjdk-17-slim", Some("3-eclipse-temurin-17")),
            ("maven:3-jdk-8-alpine", Some("3-eclipse-temurin-8-alpine")),
            ("maven:3.6-jdk-14", None),
            ("maven:3-jdk-8-onbuild", None),
        ] {
            assert_eq!(successor(old), new, "{old}");
        }
    }

    #[test]
    fn centos_keeps_its_first_number() {
        for (old, new) in [
            ("centos:8", Some("8")),
            ("centos:centos8", Some("8")),
            ("centos:8.3.2011", Some("8")),
            ("centos:centos8.4.2105", Some("8")),
            ("centos:7", None),
            ("centos:centos7", None),
            ("centos:latest", None),
        ] {
            assert_eq!(successor(old), new, "{old}");
        }
    }
}
