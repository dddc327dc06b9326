//! A commit of a git repository as a tree, read by the `git` program.
//!
//! In: a repository, a revision, a folder of it. Out: a [`Tree`]. Does not know working trees, remotes or branches.

mod git;
#[cfg(test)]
mod tests;

use super::tree::{ENTRIES, Entry, Kind, Tree, Visit, walk_entries};
use git::{Batch, Git};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

/// The files of a commit; nothing from the repository is run and nothing is fetched. Submodules are folders.
#[derive(Debug)]
pub struct Commit {
    git: Git,
    revision: String,
    folder: String,
    listed: OnceLock<Result<BTreeMap<String, Item>, String>>,
    batch: Mutex<Option<Batch>>,
}

/// An entry with the object that holds its content.
#[derive(Debug)]
struct Item {
    entry: Entry,
    object: String,
}

impl Commit {
    /// The tree of a revision (`HEAD`, `v1.2^`) in a repository, bare or not. Nothing is read before it is asked for.
    pub fn new(repository: impl Into<PathBuf>, revision: impl Into<String>) -> Self {
        Self {
            git: Git::new(repository.into()),
            revision: revision.into(),
            folder: String::new(),
            listed: OnceLock::new(),
            batch: Mutex::new(None),
        }
    }

    /// The same with a folder of the commit as its root.
    #[must_use]
    pub fn folder(self, path: impl Into<String>) -> Self {
        Self { folder: path.into(), ..self }
    }

    fn listed(&self) -> Result<&BTreeMap<String, Item>, String> {
        self.listed.get_or_init(|| self.list()).as_ref().map_err(Clone::clone)
    }

    fn list(&self) -> Result<BTreeMap<String, Item>, String> {
        let object = format!("{}^{{commit}}", self.revision);
        let commit = self.git.output(&["rev-parse", "--verify", "--quiet", "--end-of-options", &object]);
        let commit = commit.map_err(|error| format!("no commit {}: {error}", self.revision))?;
        let commit = String::from_utf8_lossy(&commit).trim().to_owned();
        let folder = super::glob::inside(&self.folder);
        let root = if folder.is_empty() { commit } else { format!("{commit}:{folder}") };
        let listing =
            self.git.output(&["ls-tree", "-r", "-z", "-t", "--full-tree", "--end-of-options", &root])?;
        let mut items = BTreeMap::new();
        for line in listing.split(|b| *b == 0).filter(|line| !line.is_empty()) {
            let item = item(&String::from_utf8_lossy(line)).ok_or("git's answer is not understood")?;
            // A tree that somebody made by hand may hold names that no file system has.
            if item.entry.path.split('/').all(|part| !matches!(part, "" | "." | "..")) {
                items.insert(item.entry.path.clone(), item);
            }
            if items.len() > ENTRIES {
                return Err(format!("the commit holds more than {ENTRIES} files"));
            }
        }
        Ok(items)
    }
}

/// Reads `mode type object<tab>path`.
fn item(line: &str) -> Option<Item> {
    let (head, path) = line.split_once('\t')?;
    let mut words = head.split(' ').filter(|word| !word.is_empty());
    let bits = u32::from_str_radix(words.next()?, 8).ok()?;
    let (kind, mode) = match bits & 0o170_000 {
        0o100_000 => (Kind::File, bits & 0o777),
        0o120_000 => (Kind::Link, 0o777),
        0o040_000 | 0o160_000 => (Kind::Folder, 0o755),
        _ => return None,
    };
    let object = words.nth(1)?.to_owned();
    Some(Item { entry: Entry { path: path.to_owned(), kind, mode }, object })
}

impl Tree for Commit {
    fn walk(&self, visit: &mut Visit<'_>) -> Result<(), String> {
        walk_entries(self.listed()?.values().map(|item| &item.entry), visit)
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        self.listed().ok()?.get(path).map(|item| item.entry.kind)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let item = self.listed()?.get(path).filter(|item| item.entry.kind == Kind::File);
        let object = &item.ok_or("it is no file of the commit")?.object;
        let mut batch = self.batch.lock().unwrap_or_else(PoisonError::into_inner);
        let mut open = match batch.take() {
            Some(open) => open,
            None => self.git.batch()?,
        };
        let read = open.read(object)?;
        // Only one that has answered whole is asked again.
        *batch = Some(open);
        read
    }
}
