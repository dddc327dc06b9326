//! The files of an image, without their bytes.

use std::collections::BTreeMap;
use std::ops::Bound;

/// The most links on the way to a file: what Linux allows (`path_resolution(7)`).
const MOST_LINKS: usize = 40;

/// All files of an image, by absolute path without a slash at the end; the root is `/`.
#[derive(Clone, Debug, Default)]
pub struct Files {
    pub(super) nodes: BTreeMap<String, Node>,
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

/// A file with where it came from.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) entry: Entry,
    /// The layer that wrote it last, from 0.
    pub(super) layer: usize,
    /// Where its bytes are; none where they can't be had.
    pub(super) data: Option<Data>,
}

/// Where the bytes of a file are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Data {
    pub(super) layer: usize,
    /// Bytes from the beginning of the layer, unpacked.
    pub(super) at: u64,
}

/// Who wants to do something with a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Who<'a> {
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// Other groups that the user is in.
    pub(super) groups: &'a [u32],
}

const READ: u32 = 4;
const WRITE: u32 = 2;
const EXECUTE: u32 = 1;

impl Entry {
    /// A folder of root's that everyone may walk through, as engines make those that nobody asked for.
    pub fn folder() -> Self {
        Self { kind: Kind::Folder, mode: 0o755, uid: 0, gid: 0, size: 0 }
    }

    /// Whether it is a regular file that anyone may execute.
    pub fn is_program(&self) -> bool {
        self.kind == Kind::File && self.mode & 0o111 != 0
    }

    /// The owner's bits hold for the owner alone, the group's for the group, as POSIX has it; root needs none of them,
    /// but for a file to be executed there must be one at all.
    fn allows(&self, who: &Who<'_>, wanted: u32) -> bool {
        let shift = match () {
            () if who.uid == 0 => {
                return wanted & EXECUTE == 0 || self.kind != Kind::File || self.is_program();
            }
            () if who.uid == self.uid => 6,
            () if who.gid == self.gid || who.groups.contains(&self.gid) => 3,
            () => 0,
        };
        (self.mode >> shift) & wanted == wanted
    }
}

impl Files {
    /// Files from a list of absolute paths; folders on the way that are not in the list are added, as [`Entry::folder`].
    pub fn of(entries: impl IntoIterator<Item = (impl Into<String>, Entry)>) -> Self {
        let mut files = Self::default();
        for (path, entry) in entries {
            let path: String = path.into();
            for (end, _) in path.match_indices('/') {
                let parent = if end == 0 { "/" } else { &path[..end] };
                let node = || Node { entry: Entry::folder(), layer: 0, data: None };
                files.nodes.entry(parent.to_owned()).or_insert_with(node);
            }
            files.nodes.insert(path, Node { entry, layer: 0, data: None });
        }
        files
    }

    /// The file at an absolute path, itself, links not followed at its end but on the way.
    pub fn get(&self, path: &str) -> Option<&Entry> {
        let way = Way { last: false, missing: false, who: None };
        Some(&self.nodes.get(&self.locate(path, "/", way)?)?.entry)
    }

    /// The path and file that a path leads to, links followed; a relative path starts at `from`.
    pub fn resolve(&self, path: &str, from: &str) -> Option<(String, &Entry)> {
        let found = self.locate(path, from, Way { last: true, missing: false, who: None })?;
        let entry = &self.nodes.get(&found)?.entry;
        Some((found, entry))
    }

    /// Whether a user may read a file and walk to it; for a folder, list it. Root may read everything.
    pub fn readable(&self, path: &str, uid: u32, gid: u32) -> bool {
        self.allowed(path, &Who { uid, gid, groups: &[] }, READ)
    }

    /// Whether a user may write a file and walk to it; for a folder, make files in it. Root may write everything.
    pub fn writable(&self, path: &str, uid: u32, gid: u32) -> bool {
        let folder = self.resolve(path, "/").is_some_and(|(_, entry)| entry.kind == Kind::Folder);
        let wanted = if folder { WRITE | EXECUTE } else { WRITE };
        self.allowed(path, &Who { uid, gid, groups: &[] }, wanted)
    }

    /// All of them, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.nodes.iter().map(|(path, node)| (path.as_str(), &node.entry))
    }

    /// All below a folder, however deep, sorted by path; not the folder itself. Links on the way to it are followed.
    pub fn under(&self, folder: &str) -> impl Iterator<Item = (&str, &Entry)> {
        let nodes = self.resolve(folder, "/").map(|(found, _)| {
            let (from, to) = bounds(&found);
            self.nodes.range::<str, _>((Bound::Excluded(from.as_str()), Bound::Excluded(to.as_str())))
        });
        nodes.into_iter().flatten().map(|(path, node)| (path.as_str(), &node.entry))
    }

    pub(super) fn may_read(&self, path: &str, who: &Who<'_>) -> bool {
        self.allowed(path, who, READ)
    }

    fn allowed(&self, path: &str, who: &Who<'_>, wanted: u32) -> bool {
        let way = Way { last: true, missing: false, who: Some(who) };
        let found = self.locate(path, "/", way).and_then(|found| self.nodes.get(&found));
        found.is_some_and(|node| node.entry.allows(who, wanted))
    }

    /// The path without links that a path leads to; none where it leads nowhere.
    pub(super) fn locate(&self, path: &str, from: &str, way: Way<'_>) -> Option<String> {
        let mut left: Vec<&str> = Vec::new();
        let mut at = String::new();
        let mut links = 0;
        queue(&mut left, path);
        if !path.starts_with('/') {
            queue(&mut left, from);
        }
        while let Some(name) = left.pop() {
            if name == ".." {
                at.truncate(at.rfind('/').unwrap_or(0));
                continue;
            }
            if !way.admits(self.nodes.get(if at.is_empty() { "/" } else { at.as_str() })) {
                return None;
            }
            let parent = at.len();
            at.push('/');
            at.push_str(name);
            match self.nodes.get(&at).map(|node| &node.entry.kind) {
                Some(Kind::Link(target)) if way.last || !left.is_empty() => {
                    links += 1;
                    if links > MOST_LINKS {
                        return None;
                    }
                    at.truncate(if target.starts_with('/') { 0 } else { parent });
                    queue(&mut left, target);
                }
                None if !way.missing => return None,
                Some(Kind::File | Kind::Special) if !left.is_empty() && !way.missing => return None,
                _ => {}
            }
        }
        Some(if at.is_empty() { "/".to_owned() } else { at })
    }
}

/// How to go to a file.
#[derive(Clone, Copy)]
pub(super) struct Way<'a> {
    /// Whether to follow a link at the end.
    pub(super) last: bool,
    /// Whether to go on where nothing is.
    pub(super) missing: bool,
    /// Who goes; none for someone who may.
    pub(super) who: Option<&'a Who<'a>>,
}

impl Way<'_> {
    fn admits(&self, folder: Option<&Node>) -> bool {
        let Some(who) = self.who else { return true };
        folder.is_none_or(|node| node.entry.allows(who, EXECUTE))
    }
}

/// Puts a path's names before those that are left, the first one last.
fn queue<'a>(left: &mut Vec<&'a str>, path: &'a str) {
    left.extend(path.rsplit('/').filter(|name| !name.is_empty() && *name != "."));
}

/// Between which two texts all paths below a folder are; both are no such paths.
pub(super) fn bounds(folder: &str) -> (String, String) {
    let folder = folder.trim_end_matches('/');
    // `0` is the character after the slash.
    (format!("{folder}/"), format!("{folder}0"))
}
