//! What a project says about images: how far bumps go, where images are mirrored, whose hardened ones it takes.

use super::{Policy, Reference, Version};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Rules of a project; none unless it has a configuration.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rules {
    /// Whose hardened images to take.
    pub provider: Option<Provider>,
    /// Where images are mirrored.
    #[serde(default)]
    pub mirrors: Vec<Mirror>,
    /// How far images are bumped, by their names in any spelling.
    #[serde(default)]
    pub policy: BTreeMap<String, Limit>,
}

/// Who makes hardened images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Provider {
    /// Chainguard's free images.
    Chainguard,
    /// Google's distroless images.
    Distroless,
    /// Docker's hardened images, which need a login.
    Dhi,
    /// The slim variants of the official images.
    OfficialSlim,
}

/// A place that has the images of another: `registry.corp/hub/` those of `docker.io/`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RawMirror")]
pub struct Mirror {
    /// How names begin there, with a slash at the end.
    pub prefix: String,
    /// How their full names begin where they come from, with a slash at the end.
    pub of: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMirror {
    prefix: String,
    of: String,
}

impl TryFrom<RawMirror> for Mirror {
    type Error = String;

    fn try_from(raw: RawMirror) -> Result<Self, String> {
        let prefix = |text: String| {
            let name = text.trim_end_matches('/');
            // What begins a name is a name itself, if something follows.
            let image = format!("{name}/x");
            match Reference::parse(&image).filter(|r| r.registry.is_some() && !name.is_empty()) {
                Some(_) => Ok(format!("{name}/")),
                None => {
                    Err(format!("a mirror needs the name of a registry, as in `docker.io/`, not `{text}`"))
                }
            }
        };
        Ok(Self { prefix: prefix(raw.prefix)?, of: prefix(raw.of)? })
    }
}

/// How far an image is bumped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "toml::Value")]
pub struct Limit {
    /// How far; as the catalog says unless given.
    pub to: Option<Policy>,
    /// No release after this one.
    pub max: Option<Version>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLimit {
    to: Option<Policy>,
    max: Option<String>,
}

/// `"lts"`, or `{ to = "lts", max = "24" }`.
impl TryFrom<toml::Value> for Limit {
    type Error = String;

    fn try_from(raw: toml::Value) -> Result<Self, String> {
        let message = |error: toml::de::Error| error.message().to_owned();
        let RawLimit { to, max } = match raw {
            toml::Value::String(_) => RawLimit { to: Some(raw.try_into().map_err(message)?), max: None },
            raw => raw.try_into().map_err(message)?,
        };
        let version = |text: &String| Version::parse(text).ok_or_else(|| format!("`{text}` is no version"));
        Ok(Self { to, max: max.as_ref().map(version).transpose()? })
    }
}

impl Rules {
    /// How far an image is bumped, by its canonical name; rules may name it by an alias or at a mirror.
    pub fn limit(&self, canonical: &str) -> Option<&Limit> {
        let of = |name: &String| {
            let origin = self.origin(name);
            let reference = Reference::parse(&origin);
            reference.is_some_and(|r| {
                r.canonical() == canonical || r.family().is_some_and(|f| f.name == canonical)
            })
        };
        self.policy.iter().find(|(name, _)| of(name)).map(|(_, limit)| limit)
    }

    /// The reference of which a mirrored one is a copy; the same where no mirror is named.
    pub fn origin<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let found = self.mirrors.iter().find_map(|mirror| Some((mirror, text.strip_prefix(&mirror.prefix)?)));
        match found.filter(|(_, rest)| !rest.is_empty()) {
            Some((mirror, rest)) => Cow::Owned(format!("{}{rest}", mirror.of)),
            None => Cow::Borrowed(text),
        }
    }

    /// How the copy of an image is called that the project takes; the same where it names no mirror.
    pub fn copy<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let Some(reference) = Reference::parse(text).filter(|_| !self.mirrors.is_empty()) else {
            return Cow::Borrowed(text);
        };
        let full = format!("{}{}", reference.canonical(), &text[reference.name_end..]);
        let found = self.mirrors.iter().find_map(|mirror| Some((mirror, full.strip_prefix(&mirror.of)?)));
        found.map_or(Cow::Borrowed(text), |(mirror, rest)| Cow::Owned(format!("{}{rest}", mirror.prefix)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Rules {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_mirror_stands_for_the_place_that_it_copies() {
        let rules = rules("mirrors = [{ prefix = 'registry.corp:5000/hub', of = 'docker.io' }]");
        let copy = "registry.corp:5000/hub/library/golang:1.22";
        assert_eq!(rules.origin(copy), "docker.io/library/golang:1.22");
        assert_eq!(rules.copy("golang:1.22"), copy);
        for other in ["golang:1.22", "registry.corp:5000/hubs/golang", "registry.corp:5000/hub/"] {
            assert_eq!(rules.origin(other), other);
        }
        assert_eq!(rules.copy("gcr.io/distroless/static"), "gcr.io/distroless/static");
    }

    #[test]
    fn an_image_is_named_in_any_spelling() {
        let rules =
            rules("[policy]\nnode = 'lts'\n'docker.io/library/python' = { to = 'minor', max = '3.13' }");
        assert_eq!(rules.limit("docker.io/library/node"), Some(&Limit { to: Some(Policy::Lts), max: None }));
        assert_eq!(rules.limit("docker.io/library/python").unwrap().max, Version::parse("3.13"));
        assert_eq!(rules.limit("docker.io/me/node"), None);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in [
            "mirrors = [{ prefix = 'hub', of = 'docker.io' }]",
            "mirrors = [{ prefix = '', of = 'docker.io' }]",
            "[policy]\nnode = 'next'",
            "[policy]\nnode = { max = 'x' }",
            "provider = 'me'",
        ] {
            assert!(toml::from_str::<Rules>(text).is_err(), "{text}");
        }
    }
}
