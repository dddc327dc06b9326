//! Which of the tags that a registry has are built today.
//!
//! In: what the program knows of an image, and all tags that were ever pushed. Out: rows, one an image.
//!
//! A list of tags does not tell which of them are still built: `golang:1.10-stretch` stays for ever. But whoever builds a
//! release builds all of its variants: so one is built if it has a tag of the newest release in its line. Where the tags
//! that are known to be built don't follow this rule, none are added. What is not said by a list of tags is taken
//! from what is known: the architectures are those of the same variant in the same line of releases; for a new line those
//! that it has in all lines, and on a new release of a distribution those that it has on all others.

use crate::catalog::listing::{Row, Tags};
use crate::catalog::{Suite, Tag, Version};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Of 100 known tags, how many have to follow the rule.
const FOLLOW: usize = 90;

/// What follows the version in a tag.
type Tail<'t> = (Suite<'t>, Vec<&'t str>);

/// An image of today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Built {
    /// Its tags.
    pub(super) tags: Vec<String>,
    /// The platforms it is built for.
    pub(super) platforms: Vec<String>,
}

/// The images of today; `line` is how many numbers name a line of releases, `has_ended` tells of a line whether it ended
/// since the known list was made.
pub(super) fn built<'t>(
    known: &'t Tags,
    line: usize,
    listed: &'t [String],
    has_ended: &dyn Fn(&Version) -> bool,
) -> Vec<Built> {
    let of_known: Vec<&str> = known.all().map(|(tag, _)| tag).collect();
    let rule = Rule::of(line, &of_known);
    let refresh = Refresh {
        follows: rule.follows(&of_known),
        now: Rule::of(line, &listed.iter().map(String::as_str).collect::<Vec<_>>()),
        variants: Variants::of(known, line),
        rule,
        known,
        has_ended,
    };
    refresh.rows(listed)
}

/// What the tags of a list say of each other.
struct Rule<'t> {
    line: usize,
    /// The newest release of each line.
    newest: BTreeMap<Version, Version>,
    /// What there is.
    full: HashSet<(Tail<'t>, Version)>,
}

impl<'t> Rule<'t> {
    fn of(line: usize, tags: &[&'t str]) -> Self {
        let mut rule = Self { line, newest: BTreeMap::new(), full: HashSet::new() };
        for tag in tags.iter().filter_map(|text| Tag::parse(text)).filter(|tag| !tag.prerelease) {
            let Some(version) = tag.version.filter(|version| version.precision() >= line) else { continue };
            let newest = rule.newest.entry(version.cut(line)).or_insert(version);
            *newest = (*newest).max(version);
            rule.full.insert((tail(&tag), version));
        }
        rule
    }

    /// The line of a version; the newest for one that is less precise.
    fn line(&self, version: &Version) -> Option<Version> {
        if version.precision() >= self.line {
            return Some(version.cut(self.line));
        }
        self.newest.keys().rev().find(|line| line.is_in(version)).copied()
    }

    /// The release that a tag means today; none where it means an older one, or where that can't be told.
    fn release(&self, tag: &Tag<'t>) -> Option<Version> {
        let version = tag.version.filter(|_| !tag.prerelease)?;
        let newest = *self.newest.get(&self.line(&version)?)?;
        let told = newest.precision() > self.line && newest.is_in(&version);
        (told && self.full.contains(&(tail(tag), newest))).then_some(newest)
    }

    /// Whether tags that are known to be built follow the rule.
    fn follows(&self, tags: &[&'t str]) -> bool {
        let tags = tags.iter().filter_map(|text| Tag::parse(text));
        let tags: Vec<_> = tags.filter(|tag| tag.version.is_some() && !tag.prerelease).collect();
        let right = tags.iter().filter(|tag| self.release(tag).is_some()).count();
        !tags.is_empty() && right * 100 >= tags.len() * FOLLOW
    }
}

fn tail<'t>(tag: &Tag<'t>) -> Tail<'t> {
    (tag.suite, tag.words.clone())
}

/// The platforms of known variants.
struct Variants<'t> {
    /// Of a variant in a line.
    own: HashMap<(Version, Tail<'t>), &'t Row>,
    /// Those that a variant has in all lines.
    exact: HashMap<Tail<'t>, BTreeSet<&'t str>>,
    /// Those that it has on all releases of a distribution, too.
    any: HashMap<String, BTreeSet<&'t str>>,
}

impl<'t> Variants<'t> {
    fn of(known: &'t Tags, line: usize) -> Self {
        let mut variants = Self { own: HashMap::new(), exact: HashMap::new(), any: HashMap::new() };
        for (text, row) in known.all() {
            let Some(tag) = Tag::parse(text).filter(|tag| !tag.prerelease) else { continue };
            let platforms: BTreeSet<&str> = row.architectures.iter().map(String::as_str).collect();
            if let Some(version) = tag.version.filter(|version| version.precision() >= line) {
                variants.own.insert((version.cut(line), tail(&tag)), row);
            }
            for common in [
                variants.exact.entry(tail(&tag)).or_insert_with(|| platforms.clone()),
                variants.any.entry(tag.rest()).or_insert_with(|| platforms.clone()),
            ] {
                common.retain(|platform| platforms.contains(platform));
            }
        }
        variants
    }

    /// The platforms of a tag in a line of releases; none where nothing like it is known.
    fn platforms(&self, line: Version, tag: &Tag<'t>) -> Option<Vec<String>> {
        let tail = tail(tag);
        if let Some(row) = self.own.get(&(line, tail.clone())) {
            return Some(row.architectures.clone());
        }
        let common = self.exact.get(&tail).or_else(|| self.any.get(&tag.rest()))?;
        let platforms: Vec<String> = common.iter().map(|&platform| platform.to_owned()).collect();
        (!platforms.is_empty()).then_some(platforms)
    }
}

struct Refresh<'t, 'f> {
    follows: bool,
    /// What the known tags say of each other.
    rule: Rule<'t>,
    /// What those of today say.
    now: Rule<'t>,
    variants: Variants<'t>,
    known: &'t Tags,
    has_ended: &'f dyn Fn(&Version) -> bool,
}

/// What tags of one image have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Home {
    /// A release, and what follows its version in one of the tags.
    Release(Version, String),
    /// The known row of that number.
    Known(usize),
}

impl<'t> Refresh<'t, '_> {
    fn rows(&self, listed: &'t [String]) -> Vec<Built> {
        let mut rows: BTreeMap<Home, Built> = BTreeMap::new();
        for text in listed {
            if let Some((home, platforms)) = self.home(text) {
                let row = rows.entry(home).or_insert_with(|| Built { tags: Vec::new(), platforms });
                row.tags.push(text.clone());
            }
        }
        // Lines of releases newest first, as in the lists that the program brings.
        rows.into_values().rev().collect()
    }

    fn home(&self, text: &'t str) -> Option<(Home, Vec<String>)> {
        let known = self.known.rows.iter().position(|row| row.tags.iter().any(|tag| tag == text));
        let kept = || known.map(|at| (Home::Known(at), self.known.rows[at].architectures.clone()));
        let Some(tag) = Tag::parse(text).filter(|tag| self.follows && !tag.prerelease) else { return kept() };
        if tag.version.is_none() {
            return self.floating(&tag, known?).or_else(kept);
        }
        let line = self.now.line(&tag.version?)?;
        let told = self.now.newest.get(&line).is_some_and(|newest| newest.precision() > self.now.line);
        match self.now.release(&tag) {
            Some(release) if self.is_alive(&line) => {
                Some((self.release(release, &tag), self.variants.platforms(line, &tag)?))
            }
            None if !told => kept(),
            _ => None,
        }
    }

    /// Whether a line is known to be built, or newer than all that are.
    fn is_alive(&self, line: &Version) -> bool {
        let known = &self.rule.newest;
        let newer = known.last_key_value().is_some_and(|(newest, _)| line > newest);
        (known.contains_key(line) || newer) && !(self.has_ended)(line)
    }

    /// A release, under the one name for all variants that are one image in its line, as far as that is known.
    fn release(&self, release: Version, tag: &Tag<'t>) -> Home {
        let line = release.cut(self.now.line);
        let own = tail(tag);
        let same = self.known.rows.iter().find_map(|row| {
            let tags = row.tags.iter().filter_map(|text| Tag::parse(text));
            let mut tails =
                tags.filter(|tag| tag.version.is_some_and(|v| v.is_in(&line))).map(|tag| tail(&tag));
            let first = tails.next()?;
            (first == own || tails.any(|tail| tail == own)).then_some(first)
        });
        Home::Release(release, format!("{:?}", same.unwrap_or(own)))
    }

    /// The home of `latest` or `alpine`, if it is known to mean the newest release.
    fn floating(&self, tag: &Tag<'t>, known: usize) -> Option<(Home, Vec<String>)> {
        let own = tail(tag);
        let (_, then) = self.rule.newest.last_key_value()?;
        let row = &self.known.rows[known];
        row.tags
            .iter()
            .filter_map(|text| Tag::parse(text))
            .find(|tag| tag.version == Some(*then) && tail(tag) == own)?;
        let (line, now) = self.now.newest.iter().rev().find(|(line, _)| self.is_alive(line))?;
        let whole = now.precision() > self.now.line && self.now.full.contains(&(own, *now));
        whole.then(|| Some((self.release(*now, tag), self.variants.platforms(*line, tag)?)))?
    }
}

#[cfg(test)]
#[path = "refresh_tests.rs"]
mod tests;
