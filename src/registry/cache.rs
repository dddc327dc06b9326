//! Digests that are kept between runs.
//!
//! One small file for each place, name and tag, so that runs at the same time can't spoil each other's: a file is written
//! beside its place and renamed into it. It is kept for the place that answered and not for the reference, as the mirrors
//! of one project are none of another's. There are no secrets in it. A file that is broken, of another user, or about
//! something else is as good as none; whatever goes wrong here is no error, it only costs a request.

use super::manifest::{hex, is_digest};
use super::place::Place;
use crate::files;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The most bytes of a file.
const LIMIT: u64 = 4 << 10;
/// After how long a file that nobody has renewed is removed.
const OLD: Duration = Duration::from_hours(90 * 24);

/// A folder with digests.
pub(super) struct Cache {
    folder: PathBuf,
    max_age: Duration,
}

/// What a file says.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// What it is about: host, name and tag.
    about: String,
    digest: String,
    /// When the registry said so, in seconds since 1970.
    asked: u64,
}

/// A digest that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// Young enough to count.
    Fresh(String),
    /// Too old to count, but once seen to be the digest of what the registry sent.
    Stale(String),
}

impl Cache {
    pub(super) fn new(folder: PathBuf, max_age: Duration) -> Self {
        Self { folder, max_age }
    }

    fn path(&self, about: &str) -> PathBuf {
        let name = hex(&Sha256::digest(about)[..16]);
        self.folder.join(format!("{name}.json"))
    }

    /// What is kept about a name and tag.
    pub(super) fn get(&self, place: &Place, tag: &str, now: SystemTime) -> Option<Kept> {
        let about = about(place, tag);
        let entry: Entry = serde_json::from_slice(&files::read_own(&self.path(&about), LIMIT)?).ok()?;
        let asked = UNIX_EPOCH.checked_add(Duration::from_secs(entry.asked))?;
        // A time that is yet to come has no age.
        let age = now.duration_since(asked).ok()?;
        let right = entry.about == about && is_digest(&entry.digest);
        let kept = if age < self.max_age { Kept::Fresh } else { Kept::Stale };
        right.then(|| kept(entry.digest))
    }

    /// Keeps a digest.
    pub(super) fn put(&self, place: &Place, tag: &str, digest: &str, now: SystemTime) {
        let about = about(place, tag);
        let asked = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let path = self.path(&about);
        let entry = Entry { about, digest: digest.to_owned(), asked };
        let Ok(text) = serde_json::to_vec(&entry) else { return };
        files::write_own(&path, &text).ok();
    }

    /// Removes files that nobody has renewed for long.
    pub(super) fn sweep(&self, now: SystemTime) {
        for file in fs::read_dir(&self.folder).into_iter().flatten().filter_map(Result::ok) {
            let written = file.metadata().and_then(|metadata| metadata.modified());
            let age = written.ok().and_then(|written| now.duration_since(written).ok());
            if age.is_some_and(|age| age > OLD) && is_ours(&file.path()) {
                fs::remove_file(file.path()).ok();
            }
        }
    }
}

fn about(place: &Place, tag: &str) -> String {
    format!("{}/{}:{tag}", place.host, place.name)
}

/// Whether a file has a name that files get here.
fn is_ours(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let hex = |text: &str| text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    name.starts_with(files::NEW) || name.strip_suffix(".json").is_some_and(hex)
}

#[cfg(test)]
#[path = "cache_tests.rs"]
mod tests;
