//! Layers, laid one over the other: what a container sees.
//!
//! Facts: the OCI image specification, `layer.md`: an entry replaces what was at its path, but a folder over a folder keeps what is
//! in it; `.wh.NAME` takes `NAME` of lower layers away and `.wh..wh..opq` all that a folder of lower layers holds. Engines unpack
//! layers into one tree, so an entry below a link to a folder lands where the link leads.

use super::files::{Data, Entry, Files, Kind, Node, Way, bounds};
use super::walk::{Found, malformed};
use crate::prove::error::{Error, ErrorKind};
use std::collections::HashSet;
use std::io;
use tar::EntryType;

/// What one file takes in memory beside its path, about.
const OWN_ROOM: usize = 200;
/// The most memory for a list of files: about two million of them.
const MOST_ROOM: usize = 512 << 20;

/// The tree that layers make.
#[derive(Debug)]
pub(super) struct Layers {
    files: Files,
    layer: usize,
    room: usize,
    /// Paths that this layer has taken away from those below it, or emptied.
    cleared: HashSet<String>,
    /// The folder that was last written to, as written and where it is.
    parent: (String, String),
}

impl Layers {
    pub(super) fn new() -> Self {
        let root = Node { entry: Entry::folder(), layer: 0, data: None };
        let mut files = Files::default();
        files.nodes.insert("/".to_owned(), root);
        Self { files, layer: 0, room: 0, cleared: HashSet::new(), parent: (String::new(), String::new()) }
    }

    /// All files.
    pub(super) fn into_files(self) -> Files {
        self.files
    }

    /// Begins a layer, counted from 0.
    pub(super) fn begin(&mut self, layer: usize) {
        self.layer = layer;
        self.cleared.clear();
        self.parent = (String::new(), String::new());
    }

    /// Lays an entry over what is there.
    pub(super) fn put(&mut self, found: &Found) -> io::Result<()> {
        let path = clean(&found.path)?;
        let Some((folder, name)) = path.rsplit_once('/') else {
            return self.root(found);
        };
        let folder = self.folder(folder)?;
        if name == ".wh..wh..opq" {
            self.clear(&folder, false);
        } else if let Some(gone) = name.strip_prefix(".wh.") {
            // Others than the two are notes of an engine to itself.
            if !gone.is_empty() && !gone.starts_with(".wh.") {
                self.clear(&join(&folder, gone), true);
            }
        } else if let Some(node) = self.node(found)? {
            self.insert(join(&folder, name), node)?;
        }
        Ok(())
    }

    fn root(&mut self, found: &Found) -> io::Result<()> {
        if let Some(node) = self.node(found)?.filter(|node| node.entry.kind == Kind::Folder) {
            self.files.nodes.insert("/".to_owned(), node);
        }
        Ok(())
    }

    /// What an entry is; none for something that is no file.
    fn node(&self, found: &Found) -> io::Result<Option<Node>> {
        let kind = match found.kind {
            EntryType::Directory => Kind::Folder,
            EntryType::Symlink => Kind::Link(found.link.clone()),
            EntryType::Link => return self.linked(found).map(Some),
            EntryType::Char | EntryType::Block | EntryType::Fifo => Kind::Special,
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => Kind::File,
            _ => return Ok(None),
        };
        let size = if kind == Kind::File { found.size } else { 0 };
        let data = found.at.filter(|_| kind == Kind::File).map(|at| Data { layer: self.layer, at });
        let entry = Entry { kind, mode: found.mode, uid: found.uid, gid: found.gid, size };
        Ok(Some(Node { entry, layer: self.layer, data }))
    }

    /// Another name of a file that is there.
    fn linked(&self, found: &Found) -> io::Result<Node> {
        let to = clean(&found.link)?;
        let to = self.files.locate(&to, "/", Way { last: false, missing: false, who: None });
        let node = to.and_then(|to| self.files.nodes.get(&to)).filter(|node| node.entry.kind != Kind::Folder);
        let missing =
            || malformed(format!("{} is a second name of {}, which is no file", found.path, found.link));
        node.map(|node| Node { layer: self.layer, ..node.clone() }).ok_or_else(missing)
    }

    /// Where a folder is, made where it is not.
    fn folder(&mut self, path: &str) -> io::Result<String> {
        if self.parent.0 == path && !self.parent.1.is_empty() {
            return Ok(self.parent.1.clone());
        }
        let found = self.files.locate(path, "/", Way { last: true, missing: true, who: None });
        let found = found.ok_or_else(|| malformed(format!("{path} leads in a circle")))?;
        let ends = found.match_indices('/').map(|(end, _)| end).skip(1).chain([found.len()]);
        for end in ends.filter(|end| *end > 1) {
            match self.files.nodes.get(&found[..end]).map(|node| &node.entry.kind) {
                Some(Kind::Folder) => {}
                None => {
                    self.count(end)?;
                    let node = Node { entry: Entry::folder(), layer: self.layer, data: None };
                    self.files.nodes.insert(found[..end].to_owned(), node);
                }
                Some(_) => return Err(malformed(format!("{path} has something below it and is no folder"))),
            }
        }
        self.parent = (path.to_owned(), found.clone());
        Ok(found)
    }

    fn insert(&mut self, path: String, node: Node) -> io::Result<()> {
        let is_folder = |node: &Node| node.entry.kind == Kind::Folder;
        match self.files.nodes.get(&path) {
            Some(old) if is_folder(old) && !is_folder(&node) => self.remove_below(&path, usize::MAX),
            _ => {}
        }
        self.count(path.len() + beside(&node))?;
        if !is_folder(&node) {
            // A link may now lead elsewhere.
            self.parent = (String::new(), String::new());
        }
        let room = path.len();
        if let Some(old) = self.files.nodes.insert(path, node) {
            self.room = self.room.saturating_sub(room + beside(&old) + OWN_ROOM);
        }
        Ok(())
    }

    /// Takes what lower layers have at and below a path, or only below it.
    fn clear(&mut self, path: &str, with: bool) {
        self.parent = (String::new(), String::new());
        if self.cleared.insert(path.to_owned()) {
            self.remove_below(path, self.layer);
        }
        if with && self.files.nodes.get(path).is_some_and(|node| node.layer < self.layer) {
            self.forget(path);
        }
    }

    /// Removes what is below a path and of layers before a layer.
    fn remove_below(&mut self, path: &str, before: usize) {
        let (from, to) = bounds(path);
        let below =
            self.files.nodes.range(from..to).filter(|(below, node)| node.layer < before && *below != "/");
        let gone: Vec<String> = below.map(|(path, _)| path.clone()).collect();
        gone.iter().rev().for_each(|path| self.forget(path));
    }

    /// Removes a file, or a folder with nothing in it; one in which this layer has put something stays.
    fn forget(&mut self, path: &str) {
        let (from, to) = bounds(path);
        let is_full = self.files.nodes.range(from..to).next().is_some();
        if let Some(old) = (!is_full).then(|| self.files.nodes.remove(path)).flatten() {
            self.room = self.room.saturating_sub(path.len() + beside(&old) + OWN_ROOM);
        }
    }

    fn count(&mut self, path: usize) -> io::Result<()> {
        self.room += path + OWN_ROOM;
        if self.room <= MOST_ROOM {
            return Ok(());
        }
        Err(io::Error::other(Error::new(ErrorKind::Other, "the image has more files than can be compared")))
    }
}

/// The bytes that a file takes in memory beside its path and what all take.
fn beside(node: &Node) -> usize {
    match &node.entry.kind {
        Kind::Link(to) => to.len(),
        _ => 0,
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder == "/" { format!("/{name}") } else { format!("{folder}/{name}") }
}

/// An entry's path: absolute, without `.` and `..`; empty for the root. One that leads out of the image is an error.
fn clean(path: &str) -> io::Result<String> {
    let mut clean = String::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => match clean.rfind('/') {
                Some(end) => clean.truncate(end),
                None => return Err(malformed(format!("{path} leads out of the image"))),
            },
            name => {
                clean.push('/');
                clean.push_str(name);
            }
        }
    }
    Ok(clean)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn where_links_lead_takes_room_and_gives_it_back() {
        let link = |length: usize| Found {
            path: "link".into(),
            kind: EntryType::Symlink,
            link: "x".repeat(length),
            mode: 0o777,
            uid: 0,
            gid: 0,
            size: 0,
            at: None,
        };
        let mut layers = Layers::new();
        for length in [4000, 10, 2000] {
            layers.put(&link(length)).unwrap();
            assert_eq!(layers.room, "/link".len() + OWN_ROOM + length);
        }
        layers.begin(1);
        layers.put(&Found { path: ".wh.link".into(), kind: EntryType::Regular, ..link(0) }).unwrap();
        assert_eq!(layers.room, 0);
        layers.room = MOST_ROOM - 3000;
        assert!(layers.put(&link(4000)).is_err());
    }
}
