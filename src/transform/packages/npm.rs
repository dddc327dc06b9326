//! Which commands are npm's and yarn's, and which npm an image has.

use super::called::{file_name, past_sudo};
use super::placed::before;
use crate::catalog::{Suite, Tag};
use crate::model::Stage;
use crate::shell::{Command, Word};
use crate::transform::Context;

/// A command that starts a package manager.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'c> {
    /// Its subcommand and arguments.
    pub arguments: &'c [Word],
}

/// The call of a program that a command is.
pub(super) fn call<'c>(command: &'c Command, program: &str) -> Option<Call<'c>> {
    let (first, arguments) = past_sudo(&command.words)?.split_first()?;
    (file_name(first.literal.as_deref()?) == program).then_some(Call { arguments })
}

impl<'c> Call<'c> {
    /// Its words, if all their values are known.
    pub(super) fn values(&self) -> Option<Vec<&'c str>> {
        self.arguments.iter().map(|word| word.literal.as_deref()).collect()
    }
}

/// The npm of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Npm {
    /// 7 or newer.
    Seven,
    /// 5.7 to 6, which have `ci`.
    Six,
    /// Older than 5.7.
    Old,
    /// Not known.
    Unknown,
}

/// The npm that a `RUN` finds.
pub(super) fn npm(cx: &Context<'_>, stage: &Stage, index: usize) -> Npm {
    let texts = before(cx, stage, index).map(|(_, i)| i);
    let own = cx.document.instructions.get(index);
    let mut words = texts.chain(own).flat_map(|i| i.args().split([' ', '\t', '\n', ';', '&', '"']));
    // Another npm, or another Node with its own.
    let brings = |word: &str| {
        let version = word.strip_prefix("npm@");
        version.is_some_and(|version| !matches!(version, "latest" | "9" | "10" | "11"))
            || ["nvm", "nodesource", "n"].contains(&word)
            || word.contains("nodejs.org/dist")
    };
    if words.any(brings) {
        return Npm::Unknown;
    }
    let Some(base) = cx.model.chain(stage).last().and_then(Stage::origin) else { return Npm::Unknown };
    let unpinned = base.tag.is_none() && base.digest.is_some();
    match Tag::parse(base.tag.unwrap_or("latest")) {
        Some(tag) if base.canonical() == "docker.io/library/node" && !unpinned => of_node(&tag),
        _ => Npm::Unknown,
    }
}

/// The npm of a tag of the official image, which has the one that Node was released with: 8.12 has 6.4, 10.3 has 6.1, 16 has 7
/// (<https://nodejs.org/dist/index.json>).
fn of_node(tag: &Tag<'_>) -> Npm {
    let known = ["slim", "latest", "lts", "current", "alpine"];
    if tag.prerelease || !tag.words.iter().all(|word| known.contains(word)) {
        return Npm::Unknown;
    }
    let Some(version) = tag.version else {
        let lasted = match tag.suite {
            Suite::Default | Suite::Alpine(None) => true,
            Suite::Debian(name) => !matches!(name, "wheezy" | "jessie" | "stretch" | "buster"),
            _ => false,
        };
        return if lasted { Npm::Seven } else { Npm::Unknown };
    };
    match *version.parts() {
        [major, ..] if major >= 16 => Npm::Seven,
        [15, ..] => Npm::Unknown,
        [8 | 10] | [11..=14, ..] => Npm::Six,
        [8, minor, ..] if minor >= 12 => Npm::Six,
        [10, minor, ..] if minor >= 3 => Npm::Six,
        _ => Npm::Old,
    }
}

/// Whether an image comes with yarn 1: the official ones of Node from 8 on do, those after 25 may not.
pub(super) fn has_yarn(cx: &Context<'_>, stage: &Stage) -> bool {
    let Some(base) = cx.model.chain(stage).last().and_then(Stage::origin) else { return false };
    let tag = base.tag.and_then(Tag::parse);
    let version = tag.and_then(|tag| tag.version).map(|version| version.major());
    base.canonical() == "docker.io/library/node" && version.is_some_and(|major| (8..=24).contains(&major))
}
