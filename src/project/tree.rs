//! Where the files of a context are: a folder, a commit, memory.

use std::collections::BTreeMap;
use std::fmt::Debug;

/// The largest file that is read.
pub const LARGEST_FILE: u64 = 4 << 20;

/// The most entries that a tree may have.
pub(super) const ENTRIES: usize = 200_000;

/// Files, read-only. Paths are relative, with `/` between their parts, without `.` and `..`.
pub trait Tree: Debug + Send + Sync {
    /// Shows everything in the tree, depth-first, a folder before what is in it; an error says why that can't be done.
    fn walk(&self, visit: &mut Visit<'_>) -> Result<(), String>;

    /// What is at a path; links are not followed.
    fn kind(&self, path: &str) -> Option<Kind>;

    /// The bytes of a file.
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;
}

/// What is called for each entry.
pub type Visit<'v> = dyn FnMut(Entry) -> Result<Next, String> + 'v;

/// What to do about what is in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Show it.
    Enter,
    /// Show it, if it may be read.
    Try,
    /// Leave it out.
    Skip,
}

/// One thing in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// Its permission bits.
    pub mode: u32,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link; where it leads is not followed.
    Link,
}

/// Shows entries in the order in which a folder is walked.
pub(super) fn walk_entries<'e>(
    entries: impl IntoIterator<Item = &'e Entry>,
    visit: &mut Visit<'_>,
) -> Result<(), String> {
    let mut entries: Vec<&Entry> = entries.into_iter().collect();
    // A slash sorts before all else, so that nothing comes between a folder and what is in it.
    entries.sort_by(|a, b| a.path.split('/').cmp(b.path.split('/')));
    let mut skipped: Option<&str> = None;
    for entry in entries {
        let within = |folder: &str| entry.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        if skipped.is_some_and(within) {
            continue;
        }
        skipped = match visit(entry.clone())? {
            Next::Skip if entry.kind == Kind::Folder => Some(&entry.path),
            _ => None,
        };
    }
    Ok(())
}

/// A tree in memory.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<String, Vec<u8>>,
    entries: BTreeMap<String, Entry>,
}

impl Memory {
    /// A tree of these files; their folders come by themselves.
    pub fn new<P: Into<String>, B: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, B)>) -> Self {
        let mut memory = Self::default();
        for (path, bytes) in files {
            let path = path.into();
            for (end, _) in path.match_indices('/') {
                memory.insert(&path[..end], Kind::Folder, 0o755);
            }
            memory.insert(&path, Kind::File, 0o644);
            memory.files.insert(path, bytes.into());
        }
        memory
    }

    fn insert(&mut self, path: &str, kind: Kind, mode: u32) {
        self.entries.insert(path.to_owned(), Entry { path: path.to_owned(), kind, mode });
    }
}

impl Tree for Memory {
    fn walk(&self, visit: &mut Visit<'_>) -> Result<(), String> {
        walk_entries(self.entries.values(), visit)
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        self.entries.get(path).map(|entry| entry.kind)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        self.files.get(path).cloned().ok_or_else(|| "no such file".to_owned())
    }
}
