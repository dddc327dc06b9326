//! In which state an image is: one class for every reference.

use super::listing::Listing;
use super::{Images, Reference, Retired, Standing, Suite, Support};
use std::fmt;

/// In which state an image is on a day. Every reference is in exactly one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Its release gets fixes, or no end is known and its tag is still built.
    Supported,
    /// Its release gets security fixes only.
    SecurityOnly,
    /// Its release gets fixes that are paid for or come from another team.
    Extended,
    /// Its release gets no fixes.
    Ended,
    /// Its tag moves from release to release.
    Rolling,
    /// Its tag is not built any more, though its release may get fixes.
    NotBuilt,
    /// Nothing under its name gets fixes.
    Retired,
    /// It is the empty image.
    Empty,
    /// That is not known, and why.
    Unknown(Why),
}

/// Why the state of an image is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Its name or tag is in a variable without a default.
    Variable,
    /// What is written is no reference.
    Unreadable,
    /// It comes from a registry that is not one of the public ones.
    Private,
    /// The catalog has no family of that name.
    NoFamily,
    /// It has a digest and no tag.
    Digest,
    /// Its tag has no form that is known.
    Tag,
    /// The end of its release is not known, nor whether its tag is built.
    Release,
}

impl Class {
    /// All that say something.
    pub const KNOWN: [Self; 8] = [
        Self::Supported,
        Self::SecurityOnly,
        Self::Extended,
        Self::Ended,
        Self::Rolling,
        Self::NotBuilt,
        Self::Retired,
        Self::Empty,
    ];

    /// A word for programs: `security-only`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::SecurityOnly => "security-only",
            Self::Extended => "extended",
            Self::Ended => "ended",
            Self::Rolling => "rolling",
            Self::NotBuilt => "not-built",
            Self::Retired => "retired",
            Self::Empty => "empty",
            Self::Unknown(_) => "unknown",
        }
    }

    /// Why nothing is known, for a class that says so.
    pub const fn why(self) -> Option<Why> {
        match self {
            Self::Unknown(why) => Some(why),
            _ => None,
        }
    }
}

impl Why {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Variable,
        Self::Unreadable,
        Self::Private,
        Self::NoFamily,
        Self::Digest,
        Self::Tag,
        Self::Release,
    ];
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Variable => "a variable without a default",
            Self::Unreadable => "no image reference",
            Self::Private => "a registry that is not public",
            Self::NoFamily => "no such family in the catalog",
            Self::Digest => "a digest without a tag",
            Self::Tag => "a tag of no known form",
            Self::Release => "a release of which no end is known",
        })
    }
}

impl Images {
    /// In which state the image is that a reference names.
    pub fn class(&self, reference: &Reference<'_>) -> Class {
        match self.standing(reference) {
            None if is_public(reference) => Class::Unknown(Why::NoFamily),
            None => Class::Unknown(Why::Private),
            Some(_) if reference.is_scratch() => Class::Empty,
            Some(standing) => self.class_of(reference, &standing),
        }
    }

    /// That and why an image gets no updates on any release. Some tags of what is retired are still made.
    pub fn gone(&self, reference: &Reference<'_>, standing: &Standing<'_>) -> Option<&'static Retired> {
        let (family, name) = (standing.family, reference.canonical());
        let by_tag = || family.retired_tag(&name, reference.tag?);
        let retired = family.retired(&name).or_else(by_tag)?;
        (retired.holds_on(self.date) && standing.is_built != Some(true)).then_some(retired)
    }

    fn class_of(self, reference: &Reference<'_>, standing: &Standing<'_>) -> Class {
        if self.gone(reference, standing).is_some() {
            return Class::Retired;
        }
        match (standing.support, standing.is_built) {
            (Support::Extended(..), _) => Class::Extended,
            (Support::Ended(_) | Support::LongEnded(_), _) => Class::Ended,
            (_, Some(false)) => Class::NotBuilt,
            (Support::Full(_), _) => Class::Supported,
            (Support::SecurityOnly(_), _) => Class::SecurityOnly,
            (Support::Unknown, built) => self.of_unknown_support(reference, standing, built == Some(true)),
        }
    }

    fn of_unknown_support(self, reference: &Reference<'_>, standing: &Standing<'_>, built: bool) -> Class {
        let Some(tag) = &standing.tag else {
            let digest_only = reference.tag.is_none() && reference.digest.is_some();
            return Class::Unknown(if digest_only { Why::Digest } else { Why::Tag });
        };
        // A commit or a day is a word with digits in it.
        let moves = tag.words.iter().all(|word| !word.contains(|c: char| c.is_ascii_digit()));
        let suite_ended = tag.suite.release().is_some_and(|release| release.has_ended(self.date));
        match tag.version {
            None if built || (moves && !suite_ended) => Class::Rolling,
            None if !moves => Class::Unknown(Why::Tag),
            Some(_) if built => Class::Supported,
            _ => Class::Unknown(Why::Release),
        }
    }

    /// How the release of the distribution is supported that a tag names; none when it names none that is known.
    pub fn suite(&self, suite: Suite<'_>) -> Option<Support> {
        suite.release().filter(|release| release.released <= self.date).map(|release| self.support(release))
    }

    /// What an image of a listing says about itself on the day: its newest release, or none where none is listed.
    pub fn newest_release(&self, listing: &'static Listing) -> Option<&'static super::listing::Release> {
        let releases = &listing.support.as_ref()?.releases;
        releases.iter().find(|release| release.released <= self.date)
    }
}

/// Registries from which anybody may pull something, by how their hosts end.
const PUBLIC: [&str; 22] = [
    "docker.io",
    "gcr.io",
    "ghcr.io",
    "quay.io",
    "cgr.dev",
    "dhi.io",
    "lscr.io",
    "nvcr.io",
    "mcr.microsoft.com",
    "microsoft.com",
    "docker.pkg.dev",
    "public.ecr.aws",
    "registry.gitlab.com",
    "registry.k8s.io",
    "registry.access.redhat.com",
    "registry.redhat.io",
    "registry.fedoraproject.org",
    "registry.centos.org",
    "registry.opensuse.org",
    "registry.suse.com",
    "docker.elastic.co",
    "container-registry.oracle.com",
];

fn is_public(reference: &Reference<'_>) -> bool {
    let Some(registry) = reference.registry else { return true };
    PUBLIC.iter().any(|host| {
        let rest = registry.strip_suffix(host);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with(['.', '-']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(text: &str, date: &str) -> Class {
        let images = Images { date: date.parse().unwrap() };
        images.class(&Reference::parse(text).unwrap())
    }

    #[test]
    fn every_image_has_a_class_of_that_day() {
        for (text, expected) in [
            ("golang:1.27", Class::Supported),
            ("golang:1.27-bullseye", Class::NotBuilt),
            ("golang:1.19-buster", Class::Ended),
            ("golang:1.4", Class::Ended),
            ("golang", Class::Rolling),
            ("golang:alpine", Class::Rolling),
            ("golang:buster", Class::NotBuilt),
            ("python:3.12", Class::SecurityOnly),
            ("ubuntu:20.04", Class::Extended),
            ("openjdk:8", Class::Retired),
            ("maven:3.8-openjdk-17", Class::Retired),
            ("gcr.io/distroless/static:nonroot", Class::Rolling),
            ("gcr.io/distroless/static-debian12", Class::Retired),
            ("scratch", Class::Empty),
            ("me/app:1", Class::Unknown(Why::NoFamily)),
            ("registry.corp:5000/app", Class::Unknown(Why::Private)),
            ("evil-docker.io.example/golang", Class::Unknown(Why::Private)),
            ("europe-docker.pkg.dev/a/b/c", Class::Unknown(Why::NoFamily)),
            ("golang@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", {
                Class::Unknown(Why::Digest)
            }),
        ] {
            assert_eq!(class(text, "2026-11-23"), expected, "{text}");
        }
    }

    #[test]
    fn what_ended_later_was_supported_before() {
        assert_eq!(class("golang:1.25", "2026-02-01"), Class::Supported);
        assert_eq!(class("golang:1.25", "2026-11-23"), Class::Ended);
        assert_eq!(class("gcr.io/distroless/static-debian12", "2026-08-31"), Class::Rolling);
    }
}
