//! The files around a Dockerfile: what a build would send along, and what they say about the program.
//!
//! In: a [`Tree`], read-only, and the Dockerfile's place in it. Out: the entries that a build sees, their text, and facts
//! about Go programs in them. Does not know edits, recipes or terminals; runs nothing.

pub mod golang;
mod tree;

pub use tree::{Entry, Kind, Memory, Tree};

use std::sync::OnceLock;

/// The build context of a Dockerfile.
#[derive(Debug)]
pub struct Project {
    tree: Box<dyn Tree>,
    /// What a build sees, sorted by path; made when first asked for.
    entries: OnceLock<Result<Vec<Entry>, String>>,
    /// What its Go files say.
    golang: golang::Facts,
}

impl Project {
    /// A context. Nothing is read before it is asked for.
    pub fn new(tree: Box<dyn Tree>) -> Self {
        Self { tree, entries: OnceLock::new(), golang: golang::Facts::default() }
    }

    /// Why the context can't be used, if it can't.
    pub fn error(&self) -> Option<&str> {
        self.listed().as_ref().err().map(String::as_str)
    }

    /// The files, folders and links that a build sees, sorted by path.
    pub fn entries(&self) -> &[Entry] {
        self.listed().as_ref().map_or(&[], Vec::as_slice)
    }

    /// The entry at a path relative to the context.
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        let entries = self.entries();
        entries.binary_search_by(|e| e.path.as_str().cmp(path)).ok().map(|index| &entries[index])
    }

    /// The entries in a folder and below it; all of them for the empty path.
    pub fn below<'p>(&'p self, folder: &'p str) -> impl Iterator<Item = &'p Entry> {
        self.entries().iter().filter(move |e| {
            folder.is_empty() || e.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// The text of a file that a build sees, bytes that are not UTF-8 replaced; none for what is no file or too large.
    pub fn text(&self, path: &str) -> Option<String> {
        self.entry(path).filter(|e| e.kind == Kind::File)?;
        self.tree.read(path).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// What its Go files say.
    pub fn go(&self) -> golang::Go<'_> {
        golang::Go::new(self, &self.golang)
    }

    fn listed(&self) -> &Result<Vec<Entry>, String> {
        self.entries.get_or_init(|| {
            let mut entries = self.tree.entries()?;
            entries.sort_by(|a, b| a.path.cmp(&b.path));
            Ok(entries)
        })
    }
}
