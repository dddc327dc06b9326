//! Where the files of a context are: a folder, a commit, memory.

use std::collections::BTreeMap;
use std::fmt::Debug;

/// Files, read-only. Paths are relative, with `/` between their parts, without `.` and `..`.
pub trait Tree: Debug + Send + Sync {
    /// Everything in the tree, in any order; an error says why it can't be listed.
    fn entries(&self) -> Result<Vec<Entry>, String>;

    /// The bytes of a file.
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;
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

/// A tree in memory.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<String, Vec<u8>>,
}

impl Memory {
    /// A tree of these files; their folders come by themselves.
    pub fn new<P: Into<String>, B: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, B)>) -> Self {
        Self { files: files.into_iter().map(|(path, bytes)| (path.into(), bytes.into())).collect() }
    }
}

impl Tree for Memory {
    fn entries(&self) -> Result<Vec<Entry>, String> {
        let mut entries: BTreeMap<&str, Entry> = BTreeMap::new();
        for path in self.files.keys() {
            for (end, _) in path.match_indices('/') {
                let folder = &path[..end];
                let entry = Entry { path: folder.to_owned(), kind: Kind::Folder, mode: 0o755 };
                entries.insert(folder, entry);
            }
            entries.insert(path, Entry { path: path.clone(), kind: Kind::File, mode: 0o644 });
        }
        Ok(entries.into_values().collect())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        self.files.get(path).cloned().ok_or_else(|| "no such file".to_owned())
    }
}
