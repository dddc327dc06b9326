//! Whether a lock file of yarn 1 holds all that a `package.json` and the packages in it ask for.
//!
//! Without `--frozen-lockfile` yarn writes a lock file anew that lacks entries, hashes, or has entries that nothing asks for:
//! <https://classic.yarnpkg.com/lang/en/docs/cli/install/>.

use super::npm_lock::Lock;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What one entry says.
#[derive(Clone, Debug, Default)]
struct Entry {
    /// What it asks for, as `name@range`.
    asks: Vec<String>,
    /// Whether it has a hash.
    has_integrity: bool,
}

/// Compares the texts of a `package.json` and of its `yarn.lock`; none for a lock file that is not yarn 1's.
pub(super) fn compare(package: &str, lock: &str) -> Option<Lock> {
    lock.contains("# yarn lockfile v1").then_some(())?;
    let Ok(Value::Object(package)) = serde_json::from_str(package.trim_start_matches('\u{feff}')) else {
        return Some(Lock::Unsure("package.json can't be read"));
    };
    if ["workspaces", "resolutions", "packageManager", "flat"].iter().any(|key| package.contains_key(*key)) {
        return Some(Lock::Unsure("package.json has workspaces, resolutions or another yarn"));
    }
    if lock.contains("<<<<<<<") {
        return Some(Lock::Unsure("the lock file has conflicts"));
    }
    let entries = entries(lock);
    let own = ["dependencies", "devDependencies", "optionalDependencies"];
    let maps = own.iter().filter_map(|key| package.get(*key)).filter_map(Value::as_object).flatten();
    let mut open: Vec<String> =
        maps.map(|(name, range)| format!("{name}@{}", range.as_str().unwrap_or("?"))).collect();
    if let Some(lost) = open.iter().find(|pattern| !entries.contains_key(pattern.as_str())) {
        return Some(Lock::Misfits(lost.clone()));
    }
    let mut seen = BTreeSet::new();
    while let Some(pattern) = open.pop() {
        let Some(entry) = entries.get(pattern.as_str()) else {
            return Some(Lock::Unsure("the lock file lacks what its packages ask for"));
        };
        if !entry.has_integrity {
            return Some(Lock::Unsure("yarn would add hashes to the lock file"));
        }
        if seen.insert(pattern) {
            open.extend(entry.asks.iter().cloned());
        }
    }
    let unused = entries.keys().any(|pattern| !seen.contains(*pattern));
    Some(if unused { Lock::Unsure("yarn would take entries out of the lock file") } else { Lock::Fits })
}

/// The entries of a lock file, by each `name@range` that they are for.
fn entries(lock: &str) -> BTreeMap<&str, Entry> {
    let mut found = BTreeMap::new();
    for block in blocks(lock) {
        let mut entry = Entry::default();
        let mut is_asking = false;
        for line in &block[1..] {
            let text = line.trim();
            if line.starts_with("    ") {
                let (name, range) = text.split_once(' ').unwrap_or((text, ""));
                let asked = format!("{}@{}", name.trim_matches('"'), range.trim_matches('"'));
                entry.asks.extend(is_asking.then_some(asked));
            } else {
                is_asking = matches!(text, "dependencies:" | "optionalDependencies:");
                entry.has_integrity |= text.starts_with("integrity ");
            }
        }
        for name in block[0].trim().trim_end_matches(':').split(", ") {
            found.insert(name.trim_matches('"'), entry.clone());
        }
    }
    found
}

/// The lines of each entry.
fn blocks(lock: &str) -> Vec<Vec<&str>> {
    let mut blocks: Vec<Vec<&str>> = Vec::new();
    for line in lock.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        match blocks.last_mut() {
            Some(block) if line.starts_with(' ') => block.push(line),
            _ => blocks.push(vec![line]),
        }
    }
    blocks
}
