//! A tree with files that are not written yet.

use super::tree::{Entry, Kind, Next, Tree, Visit};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A tree as it will be once some files are written, in folders that are there.
#[derive(Debug)]
pub(super) struct Overlay {
    below: Arc<dyn Tree>,
    files: BTreeMap<String, Vec<u8>>,
}

impl Overlay {
    /// The tree with these files, given as paths and texts, in place of those that it has.
    pub(super) fn new<'f>(below: Arc<dyn Tree>, files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Self {
        let files = files.into_iter().map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
        Self { below, files: files.collect() }
    }

    /// Shows the files of a folder that the tree below has not.
    fn new_in(&self, folder: &str, visit: &mut Visit<'_>) -> Result<(), String> {
        let is_in = |path: &str| path.rsplit_once('/').map_or("", |(parent, _)| parent) == folder;
        let new = self.files.keys().filter(|path| is_in(path) && self.below.kind(path).is_none());
        for path in new {
            visit(Entry { path: path.clone(), kind: Kind::File, mode: 0o644 })?;
        }
        Ok(())
    }
}

impl Tree for Overlay {
    fn walk(&self, visit: &mut Visit<'_>) -> Result<(), String> {
        self.below.walk(&mut |entry| {
            let folder = (entry.kind == Kind::Folder).then(|| entry.path.clone());
            let next = visit(entry)?;
            match folder.filter(|_| next != Next::Skip) {
                Some(folder) => self.new_in(&folder, visit).map(|()| next),
                None => Ok(next),
            }
        })?;
        self.new_in("", visit)
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        self.below.kind(path).or_else(|| self.files.contains_key(path).then_some(Kind::File))
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        self.files.get(path).map_or_else(|| self.below.read(path), |bytes| Ok(bytes.clone()))
    }
}
