//! What holds for an image on a day: which release it is, whether that still gets fixes, and what it should be.

use super::listing::{End, Known, Listing, Release, Row};
use super::tag::{Suite, Tag, Version};
use super::{Family, Policy, Reference, Retired};
use jiff::civil::Date;

/// The catalog on a day. What happened after that day is not known to it.
#[derive(Clone, Copy, Debug)]
pub struct Images {
    /// The day.
    pub date: Date,
}

/// What a reference stands for.
#[derive(Clone, Debug)]
pub struct Standing<'r> {
    /// The tag as it is written; `latest` where none is.
    pub written: &'r str,
    /// The tag, taken apart; `latest` where none is written. None for what is no tag of a known form.
    pub tag: Option<Tag<'r>>,
    /// The family.
    pub family: &'static Family,
    /// What is listed of it.
    pub listing: Option<&'static Listing>,
    /// The line of releases, for a tag that names one.
    pub release: Option<&'static Release>,
    /// How it is supported.
    pub support: Support,
    /// Whether the tag is still built; none where no list of that day is known.
    pub is_built: Option<bool>,
}

/// Whether a release gets security fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It does, until the day if one is set.
    Full(Option<Date>),
    /// It does, but nothing else is mended.
    SecurityOnly(Option<Date>),
    /// Only ones that are paid for or come from another team, since the first day, until the second.
    Extended(Option<Date>, Date),
    /// It does not, since the day if one is known.
    Ended(Option<Date>),
    /// It is older than all releases whose end is known; the day is the first known end.
    LongEnded(Date),
    /// The catalog does not tell.
    Unknown,
}

/// How far a bump goes, and what it may not do.
pub struct Wish<'w> {
    /// How far.
    pub policy: Policy,
    /// No release after this one: `24` still takes `24.19`.
    pub max: Option<Version>,
    /// Whether an image is one that the project takes.
    pub takes: &'w dyn Fn(&Row) -> bool,
    /// Whether a tag is known to be missing, though it is listed.
    pub is_missing: &'w dyn Fn(&str) -> bool,
}

/// What a bump goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The tag.
    pub tag: String,
    /// Whether it is of the same line of releases.
    pub same_release: bool,
    /// Whether it names another release of the distribution.
    pub other_suite: bool,
}

impl Images {
    /// What a reference stands for; none when its family is not known.
    pub fn standing<'r>(&self, reference: &Reference<'r>) -> Option<Standing<'r>> {
        let family = reference.family()?;
        let listing = family.listing();
        let text = reference.tag.unwrap_or("latest");
        let tag = Tag::parse(text).filter(|_| reference.tag.is_some() || reference.digest.is_none());
        let support = listing.and_then(|listing| listing.support.as_ref());
        let release =
            tag.as_ref().zip(support).and_then(|(tag, support)| release(tag, &support.releases, self.date));
        let state = match (release, support, tag.as_ref().and_then(|tag| tag.version)) {
            (Some(release), ..) => state(release, self.date),
            (None, Some(support), Some(version)) => long_ended(version, &support.releases, self.date),
            _ => Support::Unknown,
        };
        let tags = listing.and_then(|listing| listing.tags.as_ref()).filter(|tags| tags.date <= self.date);
        // Only images for Linux are listed.
        let is_windows = text.contains("windowsservercore") || text.contains("nanoserver");
        Some(Standing {
            written: text,
            is_built: tags.filter(|_| tag.is_some() && !is_windows).map(|tags| tags.row(text).is_some()),
            tag,
            family,
            listing,
            release,
            support: state,
        })
    }

    /// The tag that an image should have; none when it has none better.
    ///
    /// The variant stays. The version is said as precisely as before, but a line of releases is left for another one only
    /// by its name: a patch number would be out of date within weeks. The distribution's release stays where the new image is
    /// built on it, and is else the newest.
    pub fn newest(&self, standing: &Standing<'_>, wish: &Wish<'_>) -> Option<Target> {
        let now = standing.tag.as_ref().filter(|tag| !tag.prerelease)?;
        let listing = standing.listing?;
        let tags = listing.tags.as_ref()?;
        let like = tags.like(now);
        let search = Search::new(self, standing, now, wish, listing, like);
        let mut better: Vec<_> = like.iter().filter(|known| search.is_better(&known.tag)).collect();
        better.sort_by_cached_key(|known| search.rank(&known.tag));
        let best = better.into_iter().rev().find(|known| search.is_wanted(known));
        let past = if tags.date > self.date { search.past() } else { None };
        match (best, past) {
            (Some(known), Some(past)) if search.rank(&known.tag) >= search.rank(&Tag::parse(&past.tag)?) => {
                Some(search.target(known))
            }
            (_, Some(past)) => Some(past),
            (Some(known), None) => Some(search.target(known)),
            (None, None) => None,
        }
    }

    /// Why an image gets no updates any more, by its canonical name, if that was so on the day.
    pub fn retired(&self, family: &'static Family, name: &str) -> Option<&'static Retired> {
        family.retired(name).filter(|retired| retired.holds_on(self.date))
    }

    /// How a line of releases is supported.
    pub fn support(&self, release: &Release) -> Support {
        state(release, self.date)
    }

    /// Whether nobody mends a release of a distribution any more, not even for money.
    pub fn is_dead(&self, suite: &Suite<'_>) -> bool {
        suite.release().is_some_and(|release| matches!(state(release, self.date), Support::Ended(_)))
    }

    /// What orders releases of distributions: their days. Those without a name of their own are all the same age.
    fn suite_age(self, tag: &Tag<'_>) -> Option<Date> {
        match tag.suite {
            Suite::Default | Suite::Alpine(None) => Some(Date::ZERO),
            suite => suite.released().filter(|date| *date <= self.date),
        }
    }

    fn has_lts(self, listing: &Listing) -> bool {
        listing.support.as_ref().is_some_and(|support| support.releases.iter().any(|r| r.is_lts(self.date)))
    }
}

/// The line of releases of a tag: by its version, or by the code name that stands for one.
fn release(tag: &Tag<'_>, releases: &'static [Release], date: Date) -> Option<&'static Release> {
    let mut known = releases.iter().filter(|release| release.released <= date);
    match tag.version {
        Some(version) => known
            .find(|release| release.version.is_some_and(|line| version.is_in(&line) || line.is_in(&version))),
        None => {
            let (Suite::Debian(name) | Suite::Ubuntu(name)) = tag.suite else { return None };
            known.find(|release| release.codename.as_deref() == Some(name))
        }
    }
}

fn state(release: &Release, on: Date) -> Support {
    let ends = match release.ends {
        End::Past => return Support::Ended(None),
        End::Open => None,
        End::On(date) => Some(date),
    };
    if release.has_ended(on) {
        return match release.extended_ends.filter(|until| *until > on) {
            Some(until) => Support::Extended(ends, until),
            None => Support::Ended(release.extended_ends.or(ends)),
        };
    }
    match release.active_ends {
        Some(date) if date <= on => Support::SecurityOnly(ends),
        _ => Support::Full(ends),
    }
}

/// What is older than the oldest release with a known end.
fn long_ended(version: Version, releases: &[Release], on: Date) -> Support {
    let oldest =
        releases.iter().filter_map(|release| Some((release.version?, release.ends))).min_by_key(|(v, _)| *v);
    match oldest {
        Some((first, End::On(date))) if version < first && date <= on => Support::LongEnded(date),
        _ => Support::Unknown,
    }
}

impl Support {
    /// Whether free security fixes ended.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Extended(..) | Self::Ended(_) | Self::LongEnded(_))
    }
}

/// The search for the target of a bump.
struct Search<'s> {
    images: &'s Images,
    standing: &'s Standing<'s>,
    now: &'s Tag<'s>,
    wish: &'s Wish<'s>,
    listing: &'static Listing,
    /// Whether the product has long-term support at all.
    lts: bool,
    /// Numbers in the name of a line of releases.
    line: usize,
    /// When the release of the distribution of now came out.
    age: Option<Date>,
}

type Rank = (Option<Version>, bool, Option<Date>, usize);

/// Numbers in the name of a line of releases; where none is known, two if the image has such tags.
fn line(listing: &Listing, like: &[Known], now: &Tag<'_>) -> usize {
    let support = listing.support.as_ref();
    if let Some(newest) = support.and_then(|s| s.releases.iter().find_map(|release| release.version)) {
        return newest.precision();
    }
    if like.iter().any(|known| known.tag.precision() == 2) { 2 } else { now.precision() }
}

impl<'s> Search<'s> {
    fn new(
        images: &'s Images,
        standing: &'s Standing<'s>,
        now: &'s Tag<'s>,
        wish: &'s Wish<'s>,
        listing: &'static Listing,
        like: &[Known],
    ) -> Self {
        let line = line(listing, like, now);
        let lts = images.has_lts(listing);
        let age = images.suite_age(now);
        Self { images, standing, now, wish, listing, lts, line, age }
    }

    /// Whether a tag is one to go to, but for what the project takes.
    fn is_better(&self, tag: &Tag<'_>) -> bool {
        !tag.prerelease && self.is_newer(tag) && self.is_in_reach(tag) && self.is_supported(tag)
    }

    fn is_wanted(&self, known: &Known) -> bool {
        (self.wish.takes)(known.row) && !(self.wish.is_missing)(known.text)
    }

    /// Whether a tag is better than the one of now, and as precise as it should be.
    fn is_newer(&self, tag: &Tag<'_>) -> bool {
        let suite_stays = tag.suite == self.now.suite;
        let newer_suite = || self.age.is_some() && self.images.suite_age(tag) > self.age;
        let (Some(new), Some(old)) = (tag.version, self.now.version) else {
            return tag.version == self.now.version && newer_suite() && self.may_leave_suite();
        };
        if new.precision() == old.precision().min(self.line) && new > old.cut(self.line) {
            return suite_stays || newer_suite();
        }
        let same_line =
            new.cut(self.line) == old.cut(self.line) && new.precision() == old.precision() && new >= old;
        same_line && ((new > old && suite_stays) || (newer_suite() && self.may_leave_suite()))
    }

    /// Whether the release of the distribution alone is a reason: it is the version, or images on it are not built any more.
    fn may_leave_suite(&self) -> bool {
        self.is_version() || self.standing.is_built == Some(false) || self.is_dead(self.now)
    }

    /// Whether the release of the distribution is the version.
    fn is_version(&self) -> bool {
        self.standing.release.is_some() && self.now.version.is_none()
    }

    fn is_supported(&self, tag: &Tag<'_>) -> bool {
        let Some(support) = &self.listing.support else { return true };
        let date = self.images.date;
        release(tag, &support.releases, date).is_some_and(|release| !release.has_ended(date))
            || (tag.version.is_none() && support.releases.iter().all(|release| release.codename.is_none()))
    }

    /// Whether the policy and the upper bound allow a tag.
    fn is_in_reach(&self, tag: &Tag<'_>) -> bool {
        let (new, old) = (tag.version, self.now.version);
        if self.wish.max.zip(new).is_some_and(|(max, new)| new > max && !new.is_in(&max)) {
            return false;
        }
        // A distribution's code name is its version.
        let same = |precision: usize| match new.zip(old) {
            Some((new, old)) => new.cut(precision) == old.cut(precision),
            None => !self.is_version(),
        };
        match self.wish.policy {
            Policy::Patch => same(self.line),
            Policy::Minor => same(1),
            Policy::Lts => !self.lts || same(self.line) && new.is_some() || self.is_lts(tag),
            Policy::Newest => true,
        }
    }

    fn is_lts(&self, tag: &Tag<'_>) -> bool {
        let support = self.listing.support.as_ref();
        let release = support.and_then(|support| release(tag, &support.releases, self.images.date));
        release.is_none_or(|release| release.is_lts(self.images.date))
    }

    /// The newest version first, then the suite of now, then the newest one.
    fn rank(&self, tag: &Tag<'_>) -> Rank {
        let line = tag.version.map(|version| version.cut(self.line));
        let precision = tag.version.map_or(0, |version| version.precision());
        let suite_stays = tag.suite == self.now.suite && !self.is_version() && !self.is_dead(tag);
        (line, suite_stays, self.images.suite_age(tag), precision)
    }

    /// Whether nobody mends the release of the distribution any more, not even for money.
    fn is_dead(&self, tag: &Tag<'_>) -> bool {
        self.images.is_dead(&tag.suite)
    }

    fn target(&self, known: &Known) -> Target {
        let cut = |tag: &Tag<'_>| tag.version.map(|version| version.cut(self.line));
        Target {
            tag: known.text.to_owned(),
            same_release: cut(&known.tag) == cut(self.now) && !self.is_version(),
            other_suite: known.tag.suite != self.now.suite,
        }
    }

    /// A tag of before the list was made: a release of then, under its bare name, in a variant that the image still has.
    fn past(&self) -> Option<Target> {
        let date = self.images.date;
        let version = self.now.version.filter(|version| version.precision() >= self.line)?;
        if !matches!(self.now.suite, Suite::Default | Suite::Alpine(None)) {
            return None;
        }
        let tags = self.listing.tags.as_ref()?;
        tags.like(self.now).iter().find(|known| known.tag.precision() == self.line)?;
        let releases = self.listing.support.as_ref()?.releases.iter();
        let mut then = releases.filter(|r| r.released <= date && !r.has_ended(date)).filter_map(|release| {
            let text = format!("{}{}", release.cycle, self.now.rest());
            let newer = release.version.is_some_and(|line| line > version.cut(self.line));
            let mut tag = self.now.clone();
            tag.version = release.version;
            (newer && self.is_in_reach(&tag)).then_some((release.version, text))
        });
        let first = then.next()?;
        let (_, tag) = then.fold(first, |best, next| if next.0 > best.0 { next } else { best });
        Some(Target { tag, same_release: false, other_suite: false })
    }
}

#[cfg(test)]
#[path = "images_tests.rs"]
mod tests;
