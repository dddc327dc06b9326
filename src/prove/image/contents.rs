//! The bytes of some files of an image: read again from the layer that holds them, one file at a time.

use super::archive::Archive;
use super::files::{Files, Kind};
use super::guard::{Guard, Guarded};
use std::collections::BTreeMap;
use std::io::{self, BufReader, Read};

/// The most bytes of a text that is read: a list of users, of packages.
pub(super) const MOST_TEXT: u64 = 64 << 20;
/// The most bytes of a program or library that is read.
pub(super) const MOST_PROGRAM: u64 = 512 << 20;

/// Paths of files by where they begin and how many bytes they have.
type Places<'a> = BTreeMap<(u64, u64), Vec<&'a str>>;

/// Gives the bytes of an image's files.
#[derive(Clone, Copy, Debug)]
pub(super) struct Contents<'a> {
    pub(super) archive: &'a Archive,
    pub(super) files: &'a Files,
    pub(super) guard: &'a Guard,
}

impl Contents<'_> {
    /// Gives the bytes of files, links followed, in the order in which they come. Those that are not there, have more than
    /// `most` bytes, or are in a form whose bytes are not at hand, are left out.
    pub(super) fn each(
        &self,
        paths: &[String],
        most: u64,
        see: &mut dyn FnMut(&str, Vec<u8>),
    ) -> io::Result<()> {
        for (layer, wanted) in self.wanted(paths, most) {
            let mut given = 0;
            let (stream, packed) = self.archive.unpacked(layer)?;
            let mut stream = Guarded::new(stream, self.guard, &mut given);
            let mut at = 0;
            for ((from, size), names) in wanted {
                self.guard.check()?;
                let mut bytes = Vec::new();
                if packed {
                    let from = from.max(at);
                    io::copy(&mut stream.by_ref().take(from - at), &mut io::sink())?;
                    stream.by_ref().take(size).read_to_end(&mut bytes)?;
                    at = from + size;
                } else {
                    BufReader::new(self.archive.blob(layer).part(from, size)).read_to_end(&mut bytes)?;
                }
                for name in &names[1..] {
                    see(name, bytes.clone());
                }
                see(names[0], bytes);
            }
        }
        Ok(())
    }

    /// The bytes of one file.
    pub(super) fn one(&self, path: &str, most: u64) -> io::Result<Option<Vec<u8>>> {
        let mut found = None;
        self.each(&[path.to_owned()], most, &mut |_, bytes| found = Some(bytes))?;
        Ok(found)
    }

    /// The texts of some files, by the paths asked for. What is not UTF-8 is replaced.
    pub(super) fn texts(&self, paths: &[String]) -> io::Result<BTreeMap<String, String>> {
        let mut texts = BTreeMap::new();
        let mut room = MOST_TEXT;
        self.each(paths, MOST_TEXT, &mut |path, bytes| {
            // Many files that are large each are no lists of a distribution.
            if let Some(left) = room.checked_sub(bytes.len() as u64) {
                room = left;
                texts.insert(path.to_owned(), String::from_utf8_lossy(&bytes).into_owned());
            }
        })?;
        Ok(texts)
    }

    /// The files, by layer and place; one can have several names.
    fn wanted<'p>(&self, paths: &'p [String], most: u64) -> BTreeMap<usize, Places<'p>> {
        let mut wanted: BTreeMap<usize, Places<'p>> = BTreeMap::new();
        for path in paths {
            let Some((found, entry)) = self.files.resolve(path, "/") else { continue };
            if entry.kind != Kind::File || entry.size > most {
                continue;
            }
            if let Some(data) = self.files.nodes.get(&found).and_then(|node| node.data) {
                let places = wanted.entry(data.layer).or_default();
                places.entry((data.at, entry.size)).or_default().push(path);
            }
        }
        wanted
    }
}
