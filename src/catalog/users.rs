//! Users of images: who runs in them, who is there to run in them, and under which numbers names are known.

use super::Reference;
use super::family::{Facts, Family};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The numbers of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The user's own.
    pub uid: u32,
    /// That of its first group.
    pub gid: u32,
}

/// What is said of the users of a family's images, or of some of them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Stated {
    every: Option<String>,
    own: Option<String>,
    hands_over: Option<bool>,
    starts_as_root: Option<String>,
    #[serde(default)]
    accounts: BTreeMap<String, Account>,
}

/// The users of one image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Users {
    /// Who runs in it, as its configuration says; known for some images of which little else is.
    pub user: Option<String>,
    /// The account that it has for programs, which run as root all the same.
    pub own: Option<String>,
    /// Whether its entrypoint only starts what it is told to start, whoever runs it.
    pub hands_over: bool,
    /// Why its own entrypoint or command is started by root.
    pub starts_as_root: Option<String>,
    /// Accounts by name, of the image itself and of its distribution.
    pub accounts: BTreeMap<String, Account>,
}

impl Users {
    /// The numbers of the account that the image has for programs.
    pub fn own_account(&self) -> Option<(&str, Account)> {
        let name = self.own.as_deref()?;
        Some((name, *self.accounts.get(name)?))
    }

    /// Puts what is said over what was said; an empty text takes back.
    pub(super) fn lay(&mut self, over: &Stated) {
        let text = |slot: &mut Option<String>, value: &Option<String>| {
            if let Some(value) = value {
                *slot = Some(value.clone()).filter(|v| !v.is_empty());
            }
        };
        text(&mut self.user, &over.every);
        text(&mut self.own, &over.own);
        text(&mut self.starts_as_root, &over.starts_as_root);
        self.hands_over = over.hands_over.unwrap_or(self.hands_over);
        self.accounts.extend(over.accounts.iter().map(|(name, account)| (name.clone(), *account)));
    }

    fn of(facts: Option<&Facts>) -> Self {
        let manager = facts.and_then(|facts| facts.package_manager.as_deref());
        let user = facts.map(|facts| facts.user.clone());
        Self { user, accounts: manager.map(distribution).unwrap_or_default(), ..Self::default() }
    }
}

impl Family {
    /// The users of the image that `reference` names.
    pub fn users(&self, reference: &Reference<'_>) -> Users {
        let facts = self.facts(reference);
        let mut users = Users::of(facts.as_ref());
        let user = users.user.take();
        if facts.is_none() && reference.tag.is_none() && reference.digest.is_some() {
            return users;
        }
        for stated in self.stated_users(reference) {
            users.lay(stated);
        }
        users.user = user.or(users.user);
        users
    }
}

/// Accounts that every image of a distribution has, by its package manager.
fn distribution(manager: &str) -> BTreeMap<String, Account> {
    static SYSTEMS: OnceLock<BTreeMap<String, System>> = OnceLock::new();
    let read = || super::file::<File>("accounts").map(|file| file.system).unwrap_or_default();
    SYSTEMS.get_or_init(read).get(manager).map(|system| system.accounts.clone()).unwrap_or_default()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    system: BTreeMap<String, System>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct System {
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "date")]
    _date: String,
    accounts: BTreeMap<String, Account>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn users(text: &str) -> Users {
        let reference = Reference::parse(text).unwrap();
        reference.family().unwrap().users(&reference)
    }

    #[test]
    fn the_embedded_file_can_be_read() {
        assert!(super::super::file::<File>("accounts").unwrap().system.len() >= 2);
    }

    #[test]
    fn the_account_that_an_image_has_for_programs() {
        let own =
            |text: &str| users(text).own_account().map(|(name, a)| format!("{name} {}:{}", a.uid, a.gid));
        for (text, expected) in [
            ("node:24-alpine", Some("node 1000:1000")),
            ("node:8", Some("node 1000:1000")),
            ("node:0.10", None),
            ("php:8.4-cli", Some("www-data 33:33")),
            ("php:8.4-cli-alpine", Some("www-data 82:82")),
            ("mcr.microsoft.com/dotnet/aspnet:10.0", Some("app 1654:1654")),
            ("debian:13", None),
        ] {
            assert_eq!(own(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn accounts_of_the_distribution_and_of_the_image() {
        let number = |text: &str, name: &str| users(text).accounts.get(name).map(|a| a.uid);
        assert_eq!(number("python:3-slim", "www-data"), Some(33));
        assert_eq!(number("alpine:3.24", "nobody"), Some(65534));
        assert_eq!(number("alpine:3.24", "www-data"), None);
        assert_eq!(number("postgres:18", "postgres"), Some(999));
        assert_eq!(number("postgres:18-alpine", "postgres"), Some(70));
        assert_eq!(users("node:8").user.as_deref(), Some("0"), "though its entrypoint is not known");
    }
}
