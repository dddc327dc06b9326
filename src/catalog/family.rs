//! Families of images and what is true inside them.

use super::Reference;
use super::listing::{self, Listing};
use super::roles::{Retired, SameRole};
use super::users::Stated;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Which C library the programs of an image find.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Libc {
    /// None: only static programs start.
    #[default]
    None,
    /// The GNU C library.
    Glibc,
    /// musl.
    Musl,
}

impl Libc {
    /// The name as people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Glibc => "glibc",
            Self::Musl => "musl",
        }
    }
}

/// How far a bump goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// Within the line of releases: `3.12.1` to `3.12.14`.
    Patch,
    /// Within the first number: `3.9` to `3.14`.
    Minor,
    /// To the newest line with long-term support, where the product has such.
    Lts,
    /// To the newest line.
    #[default]
    Newest,
}

impl Policy {
    /// The name as it is written in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Lts => "lts",
            Self::Newest => "newest",
        }
    }
}

/// Images of one name, or of several names that differ in their suite only.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Family {
    /// Canonical name: `docker.io/library/golang`; `scratch` for the empty image; `docker.io/bitnami/*` for all names
    /// that begin so and are no family of their own.
    pub name: String,
    /// Other canonical names of the family.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Where the facts were read.
    pub source: String,
    /// The day of that source, `YYYY-MM-DD`.
    pub date: String,
    /// How far a bump goes unless the project says otherwise.
    #[serde(default)]
    pub policy: Policy,
    #[serde(default)]
    retired: Vec<Retired>,
    /// Whether only those who log in may pull.
    #[serde(default)]
    pub login: bool,
    /// Platforms as Docker names them (`arm/v7`), where no listing of tags tells them; empty when not known.
    #[serde(default)]
    pub architectures: Vec<String>,
    /// Images of others that do the same.
    #[serde(default)]
    pub same_role: SameRole,
    #[serde(default)]
    facts: Overlay,
    #[serde(default, rename = "variant")]
    variants: Vec<Variant>,
    #[serde(skip)]
    listing: OnceLock<Option<&'static Listing>>,
}

/// What holds in the images of some tags or names of a family, over what holds in all.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Variant {
    /// Patterns for one part of the tag between dashes; see [`matches_part`].
    #[serde(default)]
    tags: Vec<String>,
    /// Patterns of which one must hold too; empty for none.
    #[serde(default)]
    and: Vec<String>,
    /// Endings of the canonical name.
    #[serde(default)]
    names: Vec<String>,
    facts: Overlay,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Overlay {
    unknown: Option<bool>,
    user: Option<String>,
    workdir: Option<String>,
    entrypoint: Option<Vec<String>>,
    cmd: Option<Vec<String>>,
    shell: Option<bool>,
    bash: Option<bool>,
    libc: Option<Libc>,
    package_manager: Option<String>,
    gcc: Option<bool>,
    git: Option<bool>,
    suite: Option<String>,
    stop_signal: Option<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    users: Stated,
}

/// What is true in one image.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "what an image has is a list of independent facts")]
pub struct Facts {
    /// The user as the image's configuration has it; `0` when it has none.
    pub user: String,
    /// The working directory.
    pub workdir: String,
    /// The entrypoint; empty when there is none.
    pub entrypoint: Vec<String>,
    /// The command; empty when there is none.
    pub cmd: Vec<String>,
    /// Whether there is `/bin/sh`.
    pub shell: bool,
    /// Whether there is `bash`.
    pub bash: bool,
    /// The C library.
    pub libc: Libc,
    /// `apt`, `apk`, ...; none when packages can't be added.
    pub package_manager: Option<String>,
    /// Whether there is a C compiler.
    pub gcc: bool,
    /// Whether there is `git`.
    pub git: bool,
    /// The release of the distribution where the name or tag tells: `debian13`, `bookworm`, `alpine3.20`.
    pub suite: Option<String>,
    /// The signal that ends a container, where the image sets one: `SIGQUIT`.
    pub stop_signal: Option<String>,
    /// The environment as far as it is known: a variable that is not here may still be set.
    pub env: BTreeMap<String, String>,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            user: "0".to_owned(),
            workdir: "/".to_owned(),
            entrypoint: Vec::new(),
            cmd: Vec::new(),
            shell: false,
            bash: false,
            libc: Libc::None,
            package_manager: None,
            gcc: false,
            git: false,
            suite: None,
            stop_signal: None,
            env: BTreeMap::new(),
        }
    }
}

impl Facts {
    /// A variable of the environment, if it is known.
    pub fn env(&self, name: &str) -> Option<&str> {
        self.env.get(name).map(String::as_str)
    }

    fn lay(&mut self, over: &Overlay) {
        set(&mut self.user, over.user.as_ref());
        set(&mut self.workdir, over.workdir.as_ref());
        set(&mut self.entrypoint, over.entrypoint.as_ref());
        set(&mut self.cmd, over.cmd.as_ref());
        set(&mut self.shell, over.shell.as_ref());
        set(&mut self.bash, over.bash.as_ref());
        set(&mut self.libc, over.libc.as_ref());
        set(&mut self.gcc, over.gcc.as_ref());
        set(&mut self.git, over.git.as_ref());
        if let Some(manager) = &over.package_manager {
            self.package_manager = Some(manager.clone()).filter(|name| !name.is_empty());
        }
        if over.suite.is_some() {
            self.suite.clone_from(&over.suite);
        }
        if let Some(signal) = &over.stop_signal {
            self.stop_signal = Some(signal.clone()).filter(|name| !name.is_empty());
        }
        self.env.extend(over.env.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
}

fn set<T: Clone>(slot: &mut T, value: Option<&T>) {
    if let Some(value) = value {
        slot.clone_from(value);
    }
}

impl Family {
    /// What is true in the image that `reference` names; none when its tag tells too little.
    ///
    /// A digest without a tag tells nothing where the images of the family differ.
    pub fn facts(&self, reference: &Reference<'_>) -> Option<Facts> {
        if reference.tag.is_none() && reference.digest.is_some() && self.differs_by_tag() {
            return None;
        }
        let (tag, name) = (reference.tag.unwrap_or("latest"), reference.canonical());
        let mut facts = Facts { suite: suite(tag), ..Facts::default() };
        let mut unknown = false;
        let variants = self.variants.iter().filter(|v| v.matches(tag, &name)).map(|v| &v.facts);
        for overlay in std::iter::once(&self.facts).chain(variants) {
            facts.lay(overlay);
            unknown = overlay.unknown.unwrap_or(unknown);
        }
        (!unknown).then_some(facts)
    }

    /// What is said of the users of an image, the general first, whether or not its other facts are known.
    pub(super) fn stated_users(&self, reference: &Reference<'_>) -> impl Iterator<Item = &Stated> {
        let (tag, name) = (reference.tag.unwrap_or("latest"), reference.canonical());
        let variants = self.variants.iter().filter(move |v| v.matches(tag, &name)).map(|v| &v.facts);
        std::iter::once(&self.facts).chain(variants).map(|overlay| &overlay.users)
    }

    /// What is listed of its images.
    pub fn listing(&self) -> Option<&'static Listing> {
        *self.listing.get_or_init(|| listing::of(&self.name))
    }

    /// That and why images of the canonical name `name`, which is of this family, get no updates on any tag.
    pub fn retired(&self, name: &str) -> Option<&Retired> {
        self.retired.iter().find(|retired| retired.covers(name))
    }

    /// That and why the images of one tag get no updates, though others of the name do.
    pub fn retired_tag(&self, name: &str, tag: &str) -> Option<&Retired> {
        self.retired.iter().find(|retired| retired.covers_tag(name, tag))
    }

    fn differs_by_tag(&self) -> bool {
        self.variants.iter().any(|variant| !variant.tags.is_empty())
    }
}

impl Variant {
    fn matches(&self, tag: &str, name: &str) -> bool {
        let by_tag = |patterns: &[String]| {
            patterns.is_empty() || patterns.iter().any(|pattern| matches_tag(tag, pattern))
        };
        let by_name = || self.names.iter().any(|end| name.ends_with(end.as_str()));
        by_tag(&self.tags) && by_tag(&self.and) && (self.names.is_empty() || by_name())
    }
}

/// `*` is every tag and `=x` the tag `x`; any other pattern is looked for among the parts between dashes.
fn matches_tag(tag: &str, pattern: &str) -> bool {
    match pattern.strip_prefix('=') {
        Some(whole) => tag == whole,
        None => pattern == "*" || tag.split('-').any(|part| matches_part(part, pattern)),
    }
}

/// `1.22` is also `1.22.3`, and `alpine` is also `alpine3.20`.
pub(super) fn matches_part(part: &str, pattern: &str) -> bool {
    part.strip_prefix(pattern).is_some_and(|rest| {
        let word = pattern.ends_with(|c: char| c.is_ascii_alphabetic());
        rest.is_empty() || rest.starts_with('.') || (word && rest.starts_with(|c: char| c.is_ascii_digit()))
    })
}

const SUITES: [&str; 14] = [
    "wheezy", "jessie", "stretch", "buster", "bullseye", "bookworm", "trixie", "forky", "sid", "bionic",
    "focal", "jammy", "noble", "resolute",
];

fn suite(tag: &str) -> Option<String> {
    let is_suite =
        |part: &&str| SUITES.contains(part) || part.strip_prefix("alpine").is_some_and(|v| !v.is_empty());
    tag.split('-').find(is_suite).map(str::to_owned)
}

#[cfg(test)]
#[path = "family_tests.rs"]
mod tests;
