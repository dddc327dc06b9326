//! A folder on disk as a tree.

use super::tree::{ENTRIES, Entry, Kind, LARGEST_FILE, Next, Tree, Visit};
use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

/// How deep a folder may lie.
const DEPTH: usize = 64;

/// A folder. Links are told and never followed out of it; what is neither file, folder nor link is left out; `.git` is
/// told, what is in it is not.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The tree of a folder. Nothing is read before it is asked for.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Where a path is, with links resolved; an error if that is not below the root.
    fn place(&self, path: &str) -> Result<PathBuf, String> {
        let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        if !plain || path.contains('\0') {
            return Err("it is no path below the folder".to_owned());
        }
        let why = |error: io::Error| cause(&error);
        let root = self.root.canonicalize().map_err(why)?;
        let place = root.join(path).canonicalize().map_err(why)?;
        place.starts_with(&root).then_some(place).ok_or_else(|| "it leads out of the folder".to_owned())
    }
}

impl Tree for Folder {
    fn walk(&self, visit: &mut Visit<'_>) -> Result<(), String> {
        Walk { root: &self.root, seen: 0, visit }.folder("", 0, false)
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        self.place(parent).ok()?;
        kind(&fs::symlink_metadata(self.root.join(path)).ok()?)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let place = self.place(path)?;
        let why = |error: io::Error| cause(&error);
        // Before it is opened: that may wait for ever on a named pipe.
        if !fs::metadata(&place).map_err(why)?.is_file() {
            return Err("it is not a regular file".to_owned());
        }
        let mut bytes = Vec::new();
        File::open(&place).map_err(why)?.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(why)?;
        if bytes.len() as u64 > LARGEST_FILE {
            return Err(format!("it is larger than {} MiB", LARGEST_FILE >> 20));
        }
        Ok(bytes)
    }
}

struct Walk<'w, 'v> {
    root: &'w Path,
    seen: usize,
    visit: &'w mut Visit<'v>,
}

impl Walk<'_, '_> {
    /// Shows what is in a folder; with `lenient`, an unreadable one is empty.
    fn folder(&mut self, path: &str, depth: usize, lenient: bool) -> Result<(), String> {
        if depth > DEPTH {
            return Err(format!("{path}: folders lie more than {DEPTH} deep"));
        }
        let fail = |error: &io::Error| format!("{}: {}", self.root.join(path).display(), cause(error));
        let mut names = match self.names(path) {
            Ok(names) => names,
            Err(error) if lenient && error.kind() == io::ErrorKind::PermissionDenied => return Ok(()),
            // It may go while the others are looked at.
            Err(error) if depth > 0 && error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(fail(&error)),
        };
        names.sort();
        for name in names {
            let Some(entry) = self.entry(path, &name) else { continue };
            let (below, open) = (entry.path.clone(), entry.kind == Kind::Folder && name != ".git");
            let next = (self.visit)(entry)?;
            if open && next != Next::Skip {
                self.folder(&below, depth + 1, next == Next::Try)?;
            }
        }
        Ok(())
    }

    /// The names in a folder; no more of them than may be seen.
    fn names(&mut self, path: &str) -> io::Result<Vec<std::ffi::OsString>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.root.join(path))? {
            self.seen += 1;
            if self.seen > ENTRIES {
                return Err(io::Error::other(format!("the folder holds more than {ENTRIES} files")));
            }
            names.push(entry?.file_name());
        }
        Ok(names)
    }

    fn entry(&self, folder: &str, name: &OsStr) -> Option<Entry> {
        let metadata = fs::symlink_metadata(self.root.join(folder).join(name)).ok()?;
        let slash = if folder.is_empty() { "" } else { "/" };
        let path = format!("{folder}{slash}{}", name.to_string_lossy());
        Some(Entry { path, kind: kind(&metadata)?, mode: mode(&metadata) })
    }
}

fn kind(metadata: &Metadata) -> Option<Kind> {
    match metadata.file_type() {
        kind if kind.is_file() => Some(Kind::File),
        kind if kind.is_dir() => Some(Kind::Folder),
        kind if kind.is_symlink() => Some(Kind::Link),
        _ => None,
    }
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    metadata.mode() & 0o7777
}

#[cfg(not(unix))]
fn mode(metadata: &Metadata) -> u32 {
    if metadata.is_dir() { 0o755 } else { 0o644 }
}

/// Why something could not be read, without the number that the system gives it.
fn cause(error: &io::Error) -> String {
    let text = error.to_string();
    text.split_once(" (os error").map_or(text.as_str(), |(cause, _)| cause).to_lowercase()
}
