//! What a family of images is for: how it is kept current, what became of it, who else has the same.

use serde::Deserialize;

/// What a bump goes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// The newest release.
    #[default]
    Newest,
    /// The newest release with long support.
    Lts,
    /// The newest release of the same major version.
    Minor,
    /// The newest release of the same minor version.
    Patch,
}

/// That a whole family gets no updates.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Retired {
    /// Since when, `YYYY-MM-DD` or as much of it as is known.
    pub date: Option<String>,
    /// Why, for people: lower case, no full stop.
    pub why: String,
    /// Canonical name of what takes the place; `docker.io/hashicorp/*` keeps what stood for the star. None when
    /// nothing does the same.
    pub successor: Option<String>,
    /// Where this was read.
    pub source: String,
}

impl Retired {
    /// What takes the place of the image `name` of the family `family`, both canonical.
    pub fn successor_of(&self, name: &str, family: &str) -> Option<String> {
        let successor = self.successor.as_deref()?;
        match (successor.strip_suffix('*'), family.strip_suffix('*')) {
            (Some(new), Some(old)) => name.strip_prefix(old).map(|rest| format!("{new}{rest}")),
            _ => Some(successor.to_owned()),
        }
    }
}

/// Who makes hardened images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Provider {
    /// Chainguard's free images.
    Chainguard,
    /// Google's distroless images.
    Distroless,
    /// Docker Hardened Images.
    Dhi,
    /// The slim variant of the official image.
    OfficialSlim,
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
