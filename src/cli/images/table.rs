//! All families in a table.

use super::page::class_words;
use super::record::{FamilyRow, State};
use crate::catalog::listing::{Listing, Release};
use crate::catalog::{self, Class, Family, Images, Policy, Reference, Why, short};
use crate::report::clean;
use std::fmt::Write as _;

/// One row a family, by name.
pub(super) fn rows(images: Images) -> Vec<FamilyRow> {
    let mut rows: Vec<_> = catalog::families().map(|family| row(images, family)).collect();
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    rows
}

fn row(images: Images, family: &'static Family) -> FamilyRow {
    let listing = family.listing();
    let release = listing.and_then(|listing| wanted(images, family, listing));
    let retired = images.retired(family, &family.name);
    let support = release.filter(|_| retired.is_none()).map(|release| State::of(images.support(release)));
    let class = match (&support, retired) {
        (_, Some(_)) => Class::Retired.id(),
        (Some(state), None) => state.class,
        (None, None) => bare(images, family).id(),
    };
    let newest = release.map(|release| release.cycle.clone()).or_else(|| newest(images, listing?));
    FamilyRow {
        name: short(&family.name).to_owned(),
        canonical: &family.name,
        newest: newest.filter(|_| retired.is_none()),
        class,
        support,
        policy: family.policy.name(),
        login: family.login,
        successor: retired
            .and_then(|retired| retired.successor_of(&family.name, &family.name))
            .map(|name| short(&name).to_owned()),
    }
}

/// The release that bumps go to: the newest, or the newest with long-term support where that is the policy.
fn wanted(images: Images, family: &Family, listing: &'static Listing) -> Option<&'static Release> {
    let releases = &listing.support.as_ref()?.releases;
    let is_wanted = |release: &&Release| release.is_lts(images.date) && !release.has_ended(images.date);
    let lts = releases.iter().find(is_wanted).filter(|_| family.policy == Policy::Lts);
    lts.or_else(|| images.newest_release(listing))
}

/// The state of the image without a tag, where something is known of it.
fn bare(images: Images, family: &'static Family) -> Class {
    let reference = Reference::parse(&family.name);
    let known = reference
        .filter(|name| family.listing().is_some_and(|l| l.tags.is_some()) || family.facts(name).is_some());
    known.map_or(Class::Unknown(Why::Release), |name| images.class(&name))
}

/// The highest version among listed tags.
fn newest(images: Images, listing: &'static Listing) -> Option<String> {
    let tags = listing.tags.as_ref().filter(|tags| tags.date <= images.date)?;
    let parsed = tags.all().filter_map(|(text, _)| catalog::Tag::parse(text));
    let versions = parsed.filter(|tag| !tag.prerelease).filter_map(|tag| tag.version);
    // A date or a build number is no release.
    let versions = versions.filter(|version| version.major() < 1000);
    versions.max().map(|version| version.to_string())
}

/// The rows for people.
pub(super) fn render(rows: &[FamilyRow]) -> String {
    let name = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).min(44);
    let newest = rows.iter().filter_map(|row| row.newest.as_ref()).map(String::len).max().unwrap_or(6);
    let mut out = String::new();
    line(&mut out, (name, newest), ["image", "newest", "policy", "login", "support"]);
    for row in rows {
        let (policy, login) = (row.policy, if row.login { "yes" } else { "" });
        let support = support(row);
        let cells = [&*row.name, row.newest.as_deref().unwrap_or(""), policy, login, &support];
        line(&mut out, (name, newest), cells);
    }
    out
}

fn line(out: &mut String, (name, newest): (usize, usize), cells: [&str; 5]) {
    let [image, release, policy, login, support] = cells;
    let text = format!("{image:name$}  {release:newest$}  {policy:6}  {login:5}  {support}");
    writeln!(out, "{}", clean(text.trim_end())).ok();
}

fn support(row: &FamilyRow) -> String {
    match (&row.successor, row.support, row.class) {
        (Some(successor), ..) => format!("retired: {successor}"),
        (None, Some(state), _) => state.words(),
        (None, None, "unknown") => String::new(),
        (None, None, class) => class_words(class).to_owned(),
    }
}
