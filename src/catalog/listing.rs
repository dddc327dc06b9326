//! Listings: which tags an image has, and how long its releases are supported.
//!
//! They are generated, one file an image, and read when the image is first asked for. Newer ones that were made on this
//! machine may take their place.

use super::Reference;
use super::embedded::LISTINGS;
use super::tag::{Tag, Version};
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, OnceLock, PoisonError};

/// What is listed of one image.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Listing {
    /// Canonical name of the image.
    pub name: String,
    /// Its tags, where they are listed.
    pub tags: Option<Tags>,
    /// Support of its releases, where it is known.
    pub support: Option<Support>,
}

/// The tags of an image.
#[derive(Debug, Deserialize)]
#[serde(try_from = "RawTags")]
pub struct Tags {
    /// Where they were read.
    pub source: String,
    /// The day of that source.
    pub date: Date,
    /// One a built image.
    pub rows: Vec<Row>,
    /// The row of each tag.
    names: HashMap<String, usize>,
    /// Tags by what follows the version, as [`Tag::rest`] writes it; made when first asked for.
    variants: OnceLock<HashMap<String, Vec<Known>>>,
}

/// A listed tag, taken apart.
#[derive(Debug)]
pub struct Known {
    /// The tag as it is written.
    pub text: &'static str,
    /// The tag.
    pub tag: Tag<'static>,
    /// The image that it names.
    pub row: &'static Row,
}

/// One built image: its tags all name the same.
#[derive(Debug)]
pub struct Row {
    /// All of its tags, as they are written.
    pub tags: Vec<String>,
    /// Platforms that it is built for, without `linux/`: `amd64`, `arm/v7`.
    pub architectures: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTags {
    source: String,
    date: Date,
    rows: Vec<(String, String)>,
}

/// How long the releases of a product are supported.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Support {
    /// The product, as the source names it.
    pub product: String,
    /// Where it was read.
    pub source: String,
    /// The day of that source.
    pub date: Date,
    /// Newest first.
    #[serde(rename = "release")]
    pub releases: Vec<Release>,
}

/// A line of releases: `1.22` of Go, `18` of Node.
#[derive(Debug, Deserialize)]
#[serde(from = "RawRelease")]
pub struct Release {
    /// Its name: `1.22`, `26.04`.
    pub cycle: String,
    /// The name as a version, if it is one.
    pub version: Option<Version>,
    /// The day of its first release.
    pub released: Date,
    /// From when on it gets long-term support, if it does.
    lts: Option<Date>,
    /// The day on which fixes of mere bugs end.
    pub active_ends: Option<Date>,
    /// When free security fixes end.
    pub ends: End,
    /// The day on which fixes that are paid for, or made by another team, end.
    pub extended_ends: Option<Date>,
    /// The first word of its code name, in lower case; of distributions.
    pub codename: Option<String>,
    /// Its newest release, as of the source.
    pub latest: Option<String>,
}

/// When something ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// No end is set.
    Open,
    /// On this day.
    On(Date),
    /// It ended, on a day that is not known.
    Past,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawRelease {
    cycle: String,
    released: Date,
    lts: Option<DateOrTrue>,
    active_ends: Option<DateOrTrue>,
    ends: Option<DateOrTrue>,
    extended_ends: Option<DateOrTrue>,
    codename: Option<String>,
    latest: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum DateOrTrue {
    Date(Date),
    Flag(bool),
}

impl DateOrTrue {
    fn date(self) -> Option<Date> {
        match self {
            Self::Date(date) => Some(date),
            Self::Flag(_) => None,
        }
    }
}

impl From<RawRelease> for Release {
    fn from(raw: RawRelease) -> Self {
        let date = |value: Option<DateOrTrue>| value.and_then(DateOrTrue::date);
        Self {
            version: Version::parse(&raw.cycle),
            lts: match raw.lts {
                Some(DateOrTrue::Date(date)) => Some(date),
                Some(DateOrTrue::Flag(true)) => Some(raw.released),
                _ => None,
            },
            active_ends: date(raw.active_ends),
            ends: match raw.ends {
                Some(DateOrTrue::Date(date)) => End::On(date),
                Some(DateOrTrue::Flag(true)) => End::Past,
                _ => End::Open,
            },
            extended_ends: date(raw.extended_ends),
            cycle: raw.cycle,
            released: raw.released,
            codename: raw.codename,
            latest: raw.latest,
        }
    }
}

impl Release {
    /// Whether it gets no free security fixes any more on a day.
    pub fn has_ended(&self, on: Date) -> bool {
        match self.ends {
            End::Open => false,
            End::On(date) => date <= on,
            End::Past => true,
        }
    }

    /// Whether it is a release with long-term support on a day.
    pub fn is_lts(&self, on: Date) -> bool {
        self.lts.is_some_and(|since| since <= on)
    }
}

impl From<RawTags> for Tags {
    fn from(raw: RawTags) -> Self {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        let rows: Vec<Row> =
            raw.rows.iter().map(|(tags, on)| Row { tags: words(tags), architectures: words(on) }).collect();
        let names =
            rows.iter().enumerate().flat_map(|(at, row)| row.tags.iter().map(move |tag| (tag.clone(), at)));
        let names = names.collect();
        Self { source: raw.source, date: raw.date, names, rows, variants: OnceLock::new() }
    }
}

impl Tags {
    /// The image of a tag.
    pub fn row(&self, tag: &str) -> Option<&Row> {
        self.rows.get(*self.names.get(tag)?)
    }

    /// The tags of the same variant.
    pub fn like(&'static self, tag: &Tag<'_>) -> &'static [Known] {
        let variants = self.variants.get_or_init(|| {
            let mut variants: HashMap<String, Vec<Known>> = HashMap::new();
            for (text, row) in self.all() {
                let Some(tag) = Tag::parse(text) else { continue };
                variants.entry(tag.rest()).or_default().push(Known { text, tag, row });
            }
            variants
        });
        variants.get(&tag.rest()).map_or(&[], Vec::as_slice)
    }

    /// All tags with the images that they name.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Row)> {
        self.rows.iter().flat_map(|row| row.tags.iter().map(move |tag| (tag.as_str(), row)))
    }
}

impl Row {
    /// The most precise version among its tags.
    pub fn version(&self) -> Option<Version> {
        let versions = self.tags.iter().filter_map(|tag| Tag::parse(tag)?.version);
        versions.max_by_key(Version::precision)
    }
}

/// Newer listings than those that the program brings; set before the first of them is read.
static REFRESHED: OnceLock<Vec<String>> = OnceLock::new();

/// The names of refreshed listings that turned out to be broken.
static BROKEN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// Takes listings that were refreshed on this machine: each counts if it is of an image that the program knows, newer than
/// its own, and not of after the day of the run. To be called before anything is asked of the catalog; later it is too late,
/// and none is taken.
pub fn install(mut refreshed: Vec<String>, on: Date) {
    refreshed.retain(|text| newest_date(text).is_some_and(|date| date <= on));
    REFRESHED.set(refreshed).ok();
}

/// The names of refreshed listings that could not be read, so that those which the program brings were taken.
pub fn broken() -> BTreeSet<&'static str> {
    BROKEN.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// A listing and its refreshed text, neither of which is read before it is asked for.
struct Slot {
    name: &'static str,
    own: &'static str,
    refreshed: Option<&'static str>,
    read: OnceLock<Option<Listing>>,
}

impl Slot {
    fn read(&self) -> Option<&Listing> {
        let refreshed = || {
            let text = self.refreshed?;
            let listing = check(text).ok();
            if listing.is_none() {
                BROKEN.lock().unwrap_or_else(PoisonError::into_inner).insert(self.name);
            }
            listing
        };
        // The embedded files can be read: a test sees to it.
        self.read.get_or_init(|| refreshed().or_else(|| toml::from_str(self.own).ok())).as_ref()
    }
}

/// Reads the text of a listing that did not come with the program; an error says what is wrong with it.
pub fn check(text: &str) -> Result<Listing, String> {
    let listing: Listing = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    // What is in there goes into Dockerfiles.
    let is_tag = |tag: &str| Reference::parse(&format!("a:{tag}")).is_some_and(|r| r.tag == Some(tag));
    let odd = listing.tags.iter().flat_map(Tags::all).find(|(tag, _)| !is_tag(tag));
    let odd = odd.map(|(tag, _)| format!("{tag:?} is no tag"));
    odd.map_or(Ok(listing), Err)
}

/// The listing of an image, by its canonical name; `mcr.microsoft.com/dotnet` is that of all names below it.
pub fn of(name: &str) -> Option<&'static Listing> {
    static LISTED: OnceLock<Vec<Slot>> = OnceLock::new();
    let listed = LISTED.get_or_init(|| {
        let own =
            LISTINGS.iter().map(|(name, _, own)| Slot { name, own, refreshed: None, read: OnceLock::new() });
        let mut listed: Vec<_> = own.collect();
        for text in REFRESHED.get().into_iter().flatten() {
            if let Some(at) = own_name(text).and_then(place)
                && newest_date(text) > Some(LISTINGS[at].1)
            {
                listed[at].refreshed = Some(text);
            }
        }
        listed
    });
    let mut folders = name.rmatch_indices('/').map(|(at, _)| &name[..at]);
    listed.get(place(name).or_else(|| folders.find_map(place))?)?.read()
}

/// The index of a listing, by its name.
fn place(name: &str) -> Option<usize> {
    LISTINGS.binary_search_by_key(&name, |(name, ..)| name).ok()
}

/// The name in a listing, without reading all of it.
fn own_name(text: &str) -> Option<&str> {
    let line = text.lines().find_map(|line| line.strip_prefix("name = \""))?;
    line.strip_suffix('"')
}

/// The newest day in a listing, without reading all of it.
fn newest_date(text: &str) -> Option<Date> {
    let dates =
        text.lines().filter_map(|line| line.strip_prefix("date = \"")?.strip_suffix('"')?.parse().ok());
    dates.max()
}

/// The newest day of all listings that the program brings.
pub fn date() -> Date {
    LISTINGS.iter().map(|(_, date, _)| *date).max().unwrap_or(Date::ZERO)
}

/// The newest day of all listings, those that were refreshed on this machine among them.
pub fn newest() -> Date {
    let refreshed = REFRESHED.get().into_iter().flatten().filter_map(|text| newest_date(text));
    refreshed.fold(date(), Date::max)
}

/// All listings.
pub fn all() -> impl Iterator<Item = &'static Listing> {
    LISTINGS.iter().filter_map(|(name, ..)| of(name))
}
