//! The user's cache of listings: `harden/catalog/` in the folder for caches, a file for each image.
//!
//! A run never waits for it and never fails for it: what is broken, too large or another user's is as good as not there.

use crate::catalog::listing;
use crate::cli::terminal::Terminal;
use crate::files;
use crate::report::clean;
use jiff::civil::Date;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
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
    let files = folder().and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten();
    let paths = files.filter_map(|file| Some(file.ok()?.path()));
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|e| e == "toml")).take(FILES).collect();
    paths.sort();
    listing::install(paths.iter().filter_map(|path| read(path)).collect(), on);
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

/// The text of a small regular file of this user.
fn read(path: &Path) -> Option<String> {
    let is_right = |metadata: &fs::Metadata| metadata.is_file() && is_own(metadata);
    // Before it is opened, as opening a named pipe may wait for ever; and after, as it may have been replaced.
    fs::symlink_metadata(path).ok().filter(is_right)?;
    let file = File::open(path).ok()?;
    file.metadata().ok().filter(is_right)?;
    let mut bytes = Vec::new();
    file.take(LIMIT + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= LIMIT).then(|| String::from_utf8_lossy(&bytes).into_owned())
}

fn is_own(metadata: &fs::Metadata) -> bool {
    metadata.uid() == rustix::process::geteuid().as_raw()
}

/// Puts a listing into the cache in one step.
pub(super) fn write(folder: &Path, name: &str, text: &str) -> Result<(), files::Error> {
    let stem = name.strip_prefix("docker.io/library/").unwrap_or(name).replace('/', "-");
    let path = folder.join(format!("{stem}.toml"));
    let fail = |cause: String| files::Error::new(format!("cannot write {}", path.display()), cause);
    let put = || -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        if !is_own(&folder.metadata()?) {
            return Err(io::Error::other("the folder is another user's"));
        }
        let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.persist(&path).map(drop).map_err(|error| error.error)
    };
    if text.len() as u64 > LIMIT {
        return Err(fail("it is too large".into()));
    }
    put().map_err(|error| fail(files::cause(&error)))
}
