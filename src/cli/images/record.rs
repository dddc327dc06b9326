//! Records of what is known, for programs and as the source of what people read.

use crate::catalog::listing::{self, Release};
use crate::catalog::{Class, Difference, Facts, Images, Peer, Provider, Support};
use jiff::civil::Date;
use serde::Serialize;

/// What the command answers.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    schema: u8,
    /// The day of which it tells.
    as_of: Date,
    /// The newest day of the catalog's listings.
    catalog: Date,
    /// All families, where no name is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) families: Vec<FamilyRow>,
    /// One a name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) images: Vec<Page>,
}

impl Answer {
    /// An empty one.
    pub(super) fn new(images: Images) -> Self {
        let (families, pages) = (Vec::new(), Vec::new());
        Self { schema: 1, as_of: images.date, catalog: listing::newest(), families, images: pages }
    }
}

/// A line of the table.
#[derive(Debug, Serialize)]
pub(super) struct FamilyRow {
    pub(super) name: String,
    pub(super) canonical: &'static str,
    /// The newest release of the day.
    pub(super) newest: Option<String>,
    /// In which state that is.
    pub(super) class: &'static str,
    pub(super) support: Option<State>,
    pub(super) policy: &'static str,
    pub(super) login: bool,
    pub(super) successor: Option<String>,
}

/// What is known under one name.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Page {
    Family(Box<FamilyPage>),
    Image(Box<ImagePage>),
    Unknown { name: String, error: String },
}

/// A family.
#[derive(Debug, Serialize)]
pub(super) struct FamilyPage {
    pub(super) name: String,
    pub(super) canonical: String,
    /// Names of the same images.
    pub(super) aliases: Vec<String>,
    pub(super) policy: &'static str,
    pub(super) login: bool,
    pub(super) retired: Option<Gone>,
    pub(super) releases: Vec<ReleaseRow>,
    /// All listed tags.
    pub(super) tags: Vec<String>,
    /// Those of them that name a line of releases or move from one to the next.
    #[serde(skip)]
    pub(super) lines: Vec<String>,
    /// What is in the image without a tag.
    pub(super) inside: Option<Inside>,
    pub(super) same_role: Vec<Role>,
    pub(super) sources: Vec<Source>,
}

/// One image.
#[derive(Debug, Serialize)]
pub(super) struct ImagePage {
    /// As it was asked for.
    pub(super) name: String,
    pub(super) canonical: String,
    pub(super) family: &'static str,
    pub(super) class: &'static str,
    /// Why the class is not known.
    pub(super) reason: Option<String>,
    pub(super) release: Option<ReleaseRow>,
    pub(super) support: Option<State>,
    pub(super) suite: Option<SuiteRow>,
    /// Whether the tag is still built.
    pub(super) built: Option<bool>,
    pub(super) architectures: Vec<String>,
    pub(super) login: bool,
    pub(super) retired: Option<Gone>,
    /// The reference that should stand in its place.
    pub(super) should_be: Option<String>,
    pub(super) inside: Option<Inside>,
    pub(super) same_role: Vec<PeerRow>,
    pub(super) sources: Vec<Source>,
}

/// A line of releases.
#[derive(Debug, Serialize)]
pub(super) struct ReleaseRow {
    pub(super) cycle: String,
    pub(super) codename: Option<String>,
    pub(super) released: Date,
    pub(super) latest: Option<String>,
    pub(super) lts: bool,
    pub(super) support: State,
}

impl ReleaseRow {
    pub(super) fn new(images: Images, release: &Release) -> Self {
        Self {
            cycle: release.cycle.clone(),
            codename: release.codename.clone(),
            released: release.released,
            latest: release.latest.clone(),
            lts: release.is_lts(images.date),
            support: State::of(images.support(release)),
        }
    }
}

/// The release of the distribution that an image is built on.
#[derive(Debug, Serialize)]
pub(super) struct SuiteRow {
    pub(super) name: String,
    pub(super) support: Option<State>,
}

/// How a release is supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct State {
    #[serde(rename = "state")]
    pub(super) class: &'static str,
    /// When free security fixes end or ended.
    pub(super) ends: Option<Date>,
    /// The end is before that day, not on it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) before: bool,
    /// When those that are paid for end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) extended_until: Option<Date>,
}

impl State {
    pub(super) fn of(support: Support) -> Self {
        let state = |class, ends| Self { class, ends, before: false, extended_until: None };
        match support {
            Support::Full(ends) => state(Class::Supported.id(), ends),
            Support::SecurityOnly(ends) => state(Class::SecurityOnly.id(), ends),
            Support::Extended(ends, until) => {
                Self { extended_until: Some(until), ..state(Class::Extended.id(), ends) }
            }
            Support::Ended(ends) => state(Class::Ended.id(), ends),
            Support::LongEnded(first) => Self { before: true, ..state(Class::Ended.id(), Some(first)) },
            Support::Unknown => state("unknown", None),
        }
    }

    /// The state for people.
    pub(super) fn words(&self) -> String {
        let until = |what: &str| match self.ends {
            Some(date) => format!("{what} until {date}"),
            None => format!("{what}, no end set"),
        };
        match (self.class, self.ends, self.extended_until) {
            ("supported", ..) => until("supported"),
            ("security-only", ..) => until("security fixes only"),
            ("extended", Some(date), Some(last)) => {
                format!("ended {date}; fixes that are paid for or by others until {last}")
            }
            ("extended", None, Some(last)) => {
                format!("only fixes that are paid for or by others, until {last}")
            }
            ("ended", Some(date), _) if self.before => format!("ended before {date}"),
            ("ended", Some(date), _) => format!("ended {date}"),
            ("ended", None, _) => "ended".to_owned(),
            _ => "not known".to_owned(),
        }
    }
}

/// That a name gets no updates.
#[derive(Debug, Serialize)]
pub(super) struct Gone {
    pub(super) date: Option<String>,
    pub(super) why: String,
    pub(super) successor: Option<String>,
}

/// An image of the same role, before a tag is known.
#[derive(Debug, Serialize)]
pub(super) struct Role {
    pub(super) provider: &'static str,
    pub(super) image: String,
    pub(super) login: bool,
    /// Whether it is taken unless a project says otherwise.
    pub(super) default: bool,
}

/// An image of the same role.
#[derive(Debug, Serialize)]
pub(super) struct PeerRow {
    pub(super) provider: &'static str,
    pub(super) image: String,
    pub(super) login: bool,
    pub(super) default: bool,
    pub(super) inside: Option<Inside>,
    /// What is not the same; none where one of the two is not known.
    pub(super) differences: Option<Vec<DifferenceRow>>,
}

/// A difference.
#[derive(Debug, Serialize)]
pub(super) struct DifferenceRow {
    pub(super) what: &'static str,
    pub(super) before: String,
    pub(super) after: String,
}

impl PeerRow {
    pub(super) fn new(peer: Peer, default: Option<Provider>, facts: Option<&Facts>) -> Self {
        let row = |d: Difference| DifferenceRow { what: d.what, before: d.before, after: d.after };
        let both = facts.zip(peer.facts.as_ref());
        Self {
            differences: both.map(|(old, new)| old.differences(new).into_iter().map(row).collect()),
            provider: peer.provider.name(),
            login: peer.login,
            default: default == Some(peer.provider),
            inside: peer.facts.as_ref().map(Inside::of),
            image: peer.reference,
        }
    }
}

/// What is in an image.
#[derive(Debug, Serialize)]
pub(super) struct Inside {
    pub(super) user: String,
    pub(super) workdir: String,
    pub(super) entrypoint: Vec<String>,
    pub(super) cmd: Vec<String>,
    pub(super) shell: bool,
    pub(super) bash: bool,
    pub(super) package_manager: Option<String>,
    pub(super) libc: &'static str,
    /// The same for people: what and how.
    #[serde(skip)]
    pub(super) words: Vec<(&'static str, String)>,
}

impl Inside {
    pub(super) fn of(facts: &Facts) -> Self {
        let none = || "none".to_owned();
        let cmd = if facts.cmd.is_empty() { none() } else { facts.cmd.join(" ") };
        Self {
            user: facts.user.clone(),
            workdir: facts.workdir.clone(),
            entrypoint: facts.entrypoint.clone(),
            cmd: facts.cmd.clone(),
            shell: facts.shell,
            bash: facts.bash,
            package_manager: facts.package_manager.clone(),
            libc: facts.libc.name(),
            words: vec![
                ("user", facts.user_words()),
                ("workdir", facts.workdir.clone()),
                ("entrypoint", facts.entrypoint_words()),
                ("cmd", cmd),
                ("shell", facts.shell_words()),
                ("package manager", facts.package_manager.clone().unwrap_or_else(none)),
                ("libc", facts.libc.name().to_owned()),
            ],
        }
    }
}

/// Where a group of facts was read.
#[derive(Debug, Serialize)]
pub(super) struct Source {
    pub(super) what: &'static str,
    #[serde(rename = "source")]
    pub(super) place: String,
    pub(super) date: String,
}
