//! What became of a family of images, and who else has the same.

use super::{Provider, TagMap};
use jiff::civil::Date;
use serde::Deserialize;

/// That a family, or some of its names or tags, get no updates.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Retired {
    /// Endings of the canonical names that are meant; empty for all.
    #[serde(default)]
    names: Vec<String>,
    /// Parts of tags that are meant, where only some tags are: `openjdk`.
    #[serde(default)]
    variants: Vec<String>,
    /// Since when, `YYYY-MM-DD`; none when that is not known.
    pub date: Option<String>,
    /// Why, for people: lower case, no full stop.
    pub why: String,
    /// Canonical name of what takes the place; `docker.io/hashicorp/*` keeps what stood for the star. None when
    /// nothing does the same.
    pub successor: Option<String>,
    /// Which tags of the successor take the place of which.
    #[serde(default)]
    pub tags: TagMap,
    /// Why a container is the same on the successor, as a sentence without its full stop; none where it may not be.
    pub same: Option<String>,
    /// How the successor differs, as a sentence without its full stop; none where that was not read.
    pub differs: Option<String>,
    /// Names of files and folders that are elsewhere or different in the successor: what names one can't move by itself.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Programs that most tags had, and that the successor has not or may not have, but on Alpine.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// Numbers of users and groups that are taken in the successor, but on Alpine.
    #[serde(default)]
    pub taken: Vec<String>,
    /// Folders that are links in the successor: a build refuses to copy a tree with a folder of that name over one.
    #[serde(default)]
    pub links: Vec<String>,
    /// Where this was read.
    pub source: String,
}

impl Retired {
    /// Whether it was so on a day already.
    pub fn holds_on(&self, day: Date) -> bool {
        let since = self.date.as_deref().and_then(|date| date.parse::<Date>().ok());
        since.is_none_or(|since| since <= day)
    }

    /// Whether a canonical name of the family is meant, with all of its tags.
    pub(super) fn covers(&self, name: &str) -> bool {
        self.variants.is_empty() && self.is_of(name)
    }

    /// Whether a tag of a canonical name of the family is meant, but not all tags of that name.
    pub(super) fn covers_tag(&self, name: &str, tag: &str) -> bool {
        self.is_of(name) && tag.split('-').any(|part| self.variants.iter().any(|word| word == part))
    }

    fn is_of(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|end| name.ends_with(end.as_str()))
    }

    /// What takes the place of the image `name` of the family `family`, both canonical.
    pub fn successor_of(&self, name: &str, family: &str) -> Option<String> {
        let successor = self.successor.as_deref()?;
        match (successor.strip_suffix('*'), family.strip_suffix('*')) {
            (Some(new), Some(old)) => name.strip_prefix(old).map(|rest| format!("{new}{rest}")),
            _ => Some(successor.to_owned()),
        }
    }
}

impl Provider {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Chainguard, Self::Distroless, Self::Dhi, Self::OfficialSlim];

    /// The name as people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chainguard => "chainguard",
            Self::Distroless => "distroless",
            Self::Dhi => "dhi",
            Self::OfficialSlim => "official-slim",
        }
    }
}

/// Images of the same role, by who makes them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SameRole {
    chainguard: Option<String>,
    distroless: Option<String>,
    dhi: Option<String>,
    official_slim: Option<String>,
    /// Whose image to take unless a project says otherwise; none to leave the image.
    pub default: Option<Provider>,
}

impl SameRole {
    /// The canonical name of a provider's image, `{major}` standing for the version; for
    /// [`Provider::OfficialSlim`] the part of the tag that asks for it.
    pub fn by(&self, provider: Provider) -> Option<&str> {
        let name = match provider {
            Provider::Chainguard => &self.chainguard,
            Provider::Distroless => &self.distroless,
            Provider::Dhi => &self.dhi,
            Provider::OfficialSlim => &self.official_slim,
        };
        name.as_deref()
    }
}
