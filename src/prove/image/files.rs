//! The files of an image, without their bytes.

use std::collections::BTreeMap;

/// All files of an image, by absolute path without a slash at the end; the root is `/`.
#[derive(Clone, Debug, Default)]
pub struct Files {
    entries: BTreeMap<String, Entry>,
}

/// A file, folder or link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// Permission bits, with setuid, setgid and sticky.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Bytes.
    pub size: u64,
}

/// What a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link and where it leads, as written.
    Link(String),
    /// A device, pipe or socket.
    Special,
}

impl Files {
    /// The file at an absolute path, itself, links not followed at its end but on the way.
    pub fn get(&self, path: &str) -> Option<&Entry> {
        self.entries.get(path)
    }

    /// The path and file that a path leads to, links followed; a relative path starts at `from`.
    pub fn resolve(&self, path: &str, from: &str) -> Option<(String, &Entry)> {
        let _ = (path, from, &self.entries);
        None
    }

    /// Whether a user may read a file and walk to it; for a folder, list it.
    pub fn readable(&self, path: &str, uid: u32, gid: u32) -> bool {
        let _ = (path, uid, gid);
        false
    }

    /// Whether a user may write a file and walk to it; for a folder, make files in it.
    pub fn writable(&self, path: &str, uid: u32, gid: u32) -> bool {
        let _ = (path, uid, gid);
        false
    }

    /// All of them, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries.iter().map(|(path, entry)| (path.as_str(), entry))
    }
}
