//! Packages and vulnerabilities: what is new, stayed and went.

use super::super::Proof;
use super::super::fates::{self, Fates, SEVERITIES, Scanned, severity};
use super::MOST;
use crate::prove::image::Package;
use crate::prove::scan::{Severity, Vulnerability};
use crate::report::clean;
use serde::Serialize;

/// Three lists.
#[derive(Serialize)]
pub(super) struct Lists {
    lists: Vec<List>,
}

/// A list with its name: `new`, `stayed` or `gone`.
#[derive(Serialize)]
struct List {
    name: &'static str,
    count: usize,
    entries: Vec<Entry>,
    cut: usize,
}

#[derive(Serialize)]
struct Entry {
    name: String,
    /// What stands behind it.
    more: String,
    severity: Option<&'static str>,
}

/// What a scanner saw.
#[derive(Serialize)]
pub(super) struct Scan {
    scanner: String,
    /// Severities with their numbers.
    counts: Vec<Counts>,
    lists: Lists,
}

#[derive(Serialize)]
struct Counts {
    severity: &'static str,
    gone: usize,
    stayed: usize,
    new: usize,
}

/// What each scanner saw that looked at both images.
pub(super) fn scans(proof: &Proof) -> Vec<Scan> {
    fates::vulnerabilities(proof).iter().map(scan).collect()
}

fn scan(scanned: &Scanned<'_>) -> Scan {
    let Fates { gone, stayed, new } = &scanned.fates;
    let counts = SEVERITIES.map(|(severity, name)| Counts {
        severity: name,
        gone: count(gone, severity),
        stayed: count(stayed, severity),
        new: count(new, severity),
    });
    Scan {
        scanner: clean(&scanned.scanner).into_owned(),
        counts: counts.into_iter().filter(|counts| counts.gone + counts.stayed + counts.new > 0).collect(),
        lists: lists(&scanned.fates, vulnerability),
    }
}

fn count(found: &[&Vulnerability], severity: Severity) -> usize {
    found.iter().filter(|found| found.severity == severity).count()
}

/// What became of packages; none where there are none to tell of.
pub(super) fn packages(proof: &Proof) -> Option<Lists> {
    let lists = lists(&fates::packages(proof)?, package);
    (!lists.lists.is_empty()).then_some(lists)
}

/// Those of the three lists that hold something.
fn lists<T>(fates: &Fates<'_, T>, entry: impl Fn(&T) -> Entry) -> Lists {
    let list = |(name, found): (&'static str, &[&T])| List {
        name,
        count: found.len(),
        entries: found.iter().take(MOST).map(|found| entry(found)).collect(),
        cut: found.len().saturating_sub(MOST),
    };
    Lists { lists: fates.parts().into_iter().map(list).filter(|list| list.count > 0).collect() }
}

fn vulnerability(found: &Vulnerability) -> Entry {
    let fixed = found.fixed.as_ref().map(|version| format!(", fixed in {version}")).unwrap_or_default();
    Entry {
        name: clean(&found.id).into_owned(),
        more: clean(&format!("{} {}{fixed}", found.package, found.version)).into_owned(),
        severity: Some(severity(found.severity)),
    }
}

fn package(package: &Package) -> Entry {
    let (name, more) = (clean(&package.name).into_owned(), clean(&package.version).into_owned());
    Entry { name, more, severity: None }
}
