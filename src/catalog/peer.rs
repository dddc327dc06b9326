//! Images of the same role by others, and what is not the same in them.

use super::listing;
use super::{
    Facts, Images, Policy, Provider, Reference, Retired, Standing, Suite, Tag, Target, Version, Wish,
};

/// An image that does the same as another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Whose it is.
    pub provider: Provider,
    /// Its reference; without a tag where no tag is known that does the same.
    pub reference: String,
    /// Whether only those who log in may pull it.
    pub login: bool,
    /// What is true in it, if that is known.
    pub facts: Option<Facts>,
}

/// Something that is not the same in two images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What: `user`, `entrypoint`, `shell`, `package manager`, `libc`, `C compiler`, `git`.
    pub what: &'static str,
    /// What it is in the first.
    pub before: String,
    /// What it is in the second.
    pub after: String,
}

impl Images {
    /// The tag that an image should have by its family's own policy; none when it has none better.
    pub fn advised(&self, standing: &Standing<'_>) -> Option<Target> {
        self.newest(standing, &Wish::of(standing.family.policy))
    }

    /// What should stand in place of a reference: what takes the place of a retired image, or the name as it is
    /// written with the advised tag. None when there is nothing better.
    pub fn replacement(&self, text: &str, standing: &Standing<'_>) -> Option<String> {
        let reference = Reference::parse(text)?;
        let name = reference.canonical();
        let Some(retired) = self.gone(&reference, standing) else {
            let target = self.advised(standing)?;
            return Some(format!("{}:{}", &text[..reference.name_end], target.tag));
        };
        let successor = retired.successor_of(&name, &standing.family.name)?;
        let tag = self.successor_tag(&successor, retired, reference.tag);
        Some(tag.map_or_else(|| short(&successor).to_owned(), |tag| format!("{}:{tag}", short(&successor))))
    }

    /// The tag of what takes the place that says the same; none where none is known, or none is needed.
    fn successor_tag(self, successor: &str, retired: &Retired, tag: Option<&str>) -> Option<String> {
        if retired.tags.keeps(tag.unwrap_or("latest")) {
            return tag.map(str::to_owned);
        }
        let listing = listing::of(successor)?;
        let tags = listing.tags.as_ref().filter(|tags| tags.date <= self.date)?;
        retired.tags.successor(tag?, listing, tags).map(str::to_owned)
    }

    /// The image of a provider that does the same as the one of `reference`, with the version that it should have; none
    /// where none is known or it is that image already.
    pub fn peer(
        &self,
        reference: &Reference<'_>,
        standing: &Standing<'_>,
        provider: Provider,
    ) -> Option<Peer> {
        let role = standing.family.same_role.by(provider)?;
        let advised = self.advised(standing);
        let wanted = advised.as_ref().and_then(|target| Tag::parse(&target.tag));
        let wanted = wanted.as_ref().or(standing.tag.as_ref())?;
        let text = match provider {
            Provider::OfficialSlim => {
                format!("{}:{}", short(&reference.canonical()), slim(standing, wanted, role)?)
            }
            _ => hardened(provider, &role.replace("{major}", &self.major(standing, wanted).to_string())),
        };
        let parsed = Reference::parse(&text)?;
        let family = parsed.family()?;
        let standing = self.standing(&parsed)?;
        if self.gone(&parsed, &standing).is_some() {
            return None;
        }
        Some(Peer { provider, login: family.login, facts: family.facts(&parsed), reference: text })
    }

    /// The first number of the release that is wanted; the newest where none is written.
    fn major(self, standing: &Standing<'_>, wanted: &Tag<'_>) -> u32 {
        let newest = || self.newest_release(standing.listing?)?.version;
        wanted.version.or_else(newest).map_or(0, |version: Version| version.major())
    }
}

impl Wish<'static> {
    /// As far as a policy goes, without rules of a project.
    pub fn of(policy: Policy) -> Self {
        Self { policy, max: None, takes: &|_| true, is_missing: &|_| false }
    }
}

/// A canonical name as people write it: `golang`, `bitnami/redis`, `gcr.io/distroless/static`.
pub fn short(canonical: &str) -> &str {
    let name = canonical.strip_prefix("docker.io/").unwrap_or(canonical);
    name.strip_prefix("library/").unwrap_or(name)
}

/// The tag of a provider's image that runs programs.
fn hardened(provider: Provider, name: &str) -> String {
    let tag = match provider {
        Provider::Chainguard => ":latest",
        Provider::Distroless => ":nonroot",
        Provider::Dhi | Provider::OfficialSlim => "",
    };
    format!("{name}{tag}")
}

/// The listed tag of the same version that has one word more, on the same release of a distribution if there is one.
fn slim(standing: &Standing<'_>, wanted: &Tag<'_>, word: &str) -> Option<String> {
    let tags = standing.listing?.tags.as_ref()?;
    let others = |tag: &Tag<'_>| {
        let mut rest = tag.words.clone();
        rest.iter().position(|own| *own == word).map(|at| rest.remove(at))?;
        Some(rest == wanted.words)
    };
    if wanted.words.contains(&word) {
        return None;
    }
    let listed = tags.all().filter_map(|(text, _)| Some((text, Tag::parse(text)?)));
    let same = listed.filter(|(_, tag)| tag.version == wanted.version && others(tag) == Some(true));
    let ranked = same.filter_map(|(text, tag)| match tag.suite {
        suite if suite == wanted.suite => Some((2, text)),
        Suite::Default => Some((1, text)),
        _ => None,
    });
    ranked.max_by_key(|(rank, _)| *rank).map(|(_, text)| text.to_owned())
}

impl Facts {
    /// What a program may notice, in order of importance: who runs, what starts, what is there to start.
    pub fn differences(&self, other: &Self) -> Vec<Difference> {
        let told = |facts: &Self| {
            [
                ("user", facts.user_words()),
                ("entrypoint", facts.entrypoint_words()),
                ("shell", facts.shell_words()),
                ("package manager", facts.package_manager.clone().unwrap_or_else(none)),
                ("libc", facts.libc.name().to_owned()),
                ("C compiler", yes(facts.gcc)),
                ("git", yes(facts.git)),
            ]
        };
        let pairs = told(self).into_iter().zip(told(other));
        pairs
            .filter(|((_, before), (_, after))| before != after)
            .map(|((what, before), (_, after))| Difference { what, before, after })
            .collect()
    }

    /// The user, for people: `root` for the number too.
    pub fn user_words(&self) -> String {
        if self.user == "0" { "root".to_owned() } else { self.user.clone() }
    }

    /// The entrypoint, for people.
    pub fn entrypoint_words(&self) -> String {
        if self.entrypoint.is_empty() { none() } else { self.entrypoint.join(" ") }
    }

    /// The shells, for people.
    pub fn shell_words(&self) -> String {
        match (self.shell, self.bash) {
            (true, true) => "sh and bash".to_owned(),
            (true, false) => "sh".to_owned(),
            (false, true) => "bash".to_owned(),
            (false, false) => none(),
        }
    }
}

fn yes(there: bool) -> String {
    if there { "yes" } else { "no" }.to_owned()
}

fn none() -> String {
    "none".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const IMAGES: Images = Images { date: jiff::civil::date(2026, 11, 23) };

    fn peer(text: &str, provider: Provider) -> Option<String> {
        let reference = Reference::parse(text).unwrap();
        let standing = IMAGES.standing(&reference).unwrap();
        IMAGES.peer(&reference, &standing, provider).map(|peer| peer.reference)
    }

    #[test]
    fn others_have_the_same() {
        for (text, provider, expected) in [
            ("golang:1.19-buster", Provider::Chainguard, Some("cgr.dev/chainguard/go:latest")),
            ("golang:1.19", Provider::Dhi, Some("dhi.io/golang")),
            ("golang:1.19", Provider::Distroless, None),
            ("node:14", Provider::Distroless, Some("gcr.io/distroless/nodejs26-debian13:nonroot")),
            ("node:14", Provider::OfficialSlim, Some("node:26-slim")),
            ("node:24-bookworm", Provider::OfficialSlim, Some("node:26-bookworm-slim")),
            ("python:3.9-alpine", Provider::OfficialSlim, Some("python:3.14-slim")),
            ("python:3.14-slim", Provider::OfficialSlim, None),
            ("python:3.14-trixie", Provider::OfficialSlim, Some("python:3.14-slim-trixie")),
        ] {
            assert_eq!(peer(text, provider).as_deref(), expected, "{text} {provider:?}");
        }
    }

    #[test]
    fn what_is_retired_goes_to_its_successor() {
        for (text, expected) in [
            ("openjdk:8-jre", Some("eclipse-temurin:8-jre")),
            ("openjdk:8-jre-slim", Some("eclipse-temurin:8-jre")),
            ("openjdk:7", Some("eclipse-temurin")),
            ("gcr.io/distroless/static-debian12:nonroot", Some("gcr.io/distroless/static-debian13:nonroot")),
            ("golang:1.19-buster", Some("golang:1.27-trixie")),
            ("docker.io/golang:1.19", Some("docker.io/golang:1.27")),
            ("golang:1.27", None),
            ("scratch", None),
        ] {
            let standing = IMAGES.standing(&Reference::parse(text).unwrap()).unwrap();
            assert_eq!(IMAGES.replacement(text, &standing).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn differences_are_those_that_a_program_notices() {
        let facts = |text: &str| {
            let reference = Reference::parse(text).unwrap();
            reference.family().unwrap().facts(&reference).unwrap()
        };
        let (before, after) = (facts("debian:13"), facts("gcr.io/distroless/static:nonroot"));
        let told = before.differences(&after);
        let told: Vec<_> = told.iter().map(|d| format!("{} {} {}", d.what, d.before, d.after)).collect();
        assert_eq!(
            told,
            ["user root 65532", "shell sh and bash none", "package manager apt none", "libc glibc none"]
        );
        assert_eq!(before.differences(&before), []);
    }
}
