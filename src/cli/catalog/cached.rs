//! The user's cache of listings: `harden/catalog/` in the folder for caches, a file for each image.
//!
//! A run never waits for it and never fails for it: what is broken, too large or another user's is as good as not there.

use crate::catalog::listing;
use crate::cli::terminal::Terminal;
use crate::files;
use crate::report::clean;
use jiff::civil::Date;
use std::fs;
use std::path::{Path, PathBuf};

/// The most bytes of a file.
const LIMIT: u64 = 1 << 20;
/// The most files that are looked at.
const FILES: usize = 500;

/// The folder; none where the environment tells of no folder for caches.
pub(in crate::cli) fn folder() -> Option<PathBuf> {
    let given = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || Some(std::env::home_dir().filter(|home| home.is_absolute())?.join(".cache"));
    Some(given.or_else(home)?.join("harden").join("catalog"))
}

/// Has a run take the listings of the cache that were made until its day. To be called before anything is asked of the catalog.
pub(in crate::cli) fn install(on: Date) {
    let found = folder().and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten();
    let paths = found.filter_map(|file| Some(file.ok()?.path()));
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|e| e == "toml")).take(FILES).collect();
    paths.sort();
    let read = |path: &PathBuf| Some(String::from_utf8_lossy(&files::read_own(path, LIMIT)?).into_owned());
    listing::install(paths.iter().filter_map(read).collect(), on);
}

/// Says once that listings of the cache could not be used.
pub(in crate::cli) fn complain() {
    let broken = listing::broken();
    let Some(first) = broken.first() else { return };
    let more = if broken.len() > 1 { format!(" and {} others", broken.len() - 1) } else { String::new() };
    let folder = folder().unwrap_or_default();
    Terminal::tell(&format!(
        "warning: the listing of {first}{more} in {} is broken, so an older one was taken; `harden catalog update --online` makes it anew\n",
        clean(&folder.display().to_string())
    ));
}

/// Puts a listing into the cache in one step.
pub(super) fn write(folder: &Path, name: &str, text: &str) -> Result<(), files::Error> {
    let stem = name.strip_prefix("docker.io/library/").unwrap_or(name).replace('/', "-");
    let path = folder.join(format!("{stem}.toml"));
    let fail = |cause: String| files::Error::new(format!("cannot write {}", path.display()), cause);
    if text.len() as u64 > LIMIT {
        return Err(fail("it is too large".into()));
    }
    files::write_own(&path, text.as_bytes()).map_err(|error| fail(files::cause(&error)))
}
