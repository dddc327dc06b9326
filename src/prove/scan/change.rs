//! What changed between two scans.

use super::{Scan, Vulnerability};
use serde::Serialize;
use std::collections::BTreeSet;

/// What changed from one scan to another of the same scanner, in the order of [`Vulnerability`].
///
/// Two are the same when id and package are: a package that was updated and has the vulnerability still, has kept it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Change {
    /// In the first only.
    pub gone: Vec<Vulnerability>,
    /// In both, as the second has them.
    pub kept: Vec<Vulnerability>,
    /// In the second only.
    pub new: Vec<Vulnerability>,
}

impl Change {
    /// Compares a scan with a later one.
    pub fn between(before: &Scan, after: &Scan) -> Self {
        let (old, now) = (keys(before), keys(after));
        let gone = before.vulnerabilities.iter().filter(|one| !now.contains(&key(one)));
        let (kept, new) = after.vulnerabilities.iter().cloned().partition(|one| old.contains(&key(one)));
        Self { gone: gone.cloned().collect(), kept, new }
    }
}

fn keys(scan: &Scan) -> BTreeSet<(&str, &str)> {
    scan.vulnerabilities.iter().map(key).collect()
}

fn key(one: &Vulnerability) -> (&str, &str) {
    (&one.id, &one.package)
}
