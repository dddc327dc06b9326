//! An archive as engines save images: where its files are, what its manifest lists, and readers for its layers.
//!
//! Facts: `docker save` writes `manifest.json`, a list of images with the paths of configuration and layers in the archive.
//! Before version 25 a layer is `ID/layer.tar`, and one that repeats is a link to the first; since then, and with containerd's
//! store, it is `blobs/sha256/DIGEST` of an OCI layout, in containerd's store compressed. Podman and buildah write `DIGEST.tar`.

use super::guard::{Guard, fault};
use super::unpack;
use super::walk::{Source, Walk, malformed};
use crate::prove::error::{Error, ErrorKind};
use serde::Deserialize;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// The most bytes of a manifest or a configuration: twice what registries have to accept.
const MOST_JSON: u64 = 8 << 20;
/// The most files of an archive, and the most layers of an image; engines stop at 127.
const MOST_FILES: usize = 100_000;
const MOST_LAYERS: usize = 1000;
const MOST_LINKS: usize = 40;

/// An archive with one image.
#[derive(Debug)]
pub(super) struct Archive {
    file: File,
    places: HashMap<String, Place>,
    /// The configuration's path in the archive.
    config: String,
    /// The layers, the lowest first.
    pub(super) layers: Vec<Extent>,
}

/// A piece of the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) at: u64,
    pub(super) size: u64,
}

#[derive(Debug)]
enum Place {
    Here(Extent),
    /// A link to another path.
    Link(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Manifest {
    config: String,
    layers: Option<Vec<String>>,
}

impl Archive {
    /// Looks through an archive and reads its manifest.
    pub(super) fn open(path: &Path, guard: &Guard) -> Result<Self, Error> {
        let what = || format!("cannot read the image in {}", path.display());
        let file = File::open(path).map_err(|error| fault(what(), error))?;
        let places = index(&file, guard).map_err(|error| fault(what(), error))?;
        let mut archive = Self { file, places, config: String::new(), layers: Vec::new() };
        archive.read_manifest().map_err(|error| fault(what(), error))?;
        Ok(archive)
    }

    fn read_manifest(&mut self) -> io::Result<()> {
        let text = self.json("manifest.json")?;
        let list: Vec<Manifest> = serde_json::from_slice(&text)
            .map_err(|error| malformed(format!("its manifest.json is malformed: {error}")))?;
        let [manifest] = <[Manifest; 1]>::try_from(list)
            .map_err(|list| malformed(format!("it holds {} images in place of one", list.len())))?;
        let layers = manifest.layers.unwrap_or_default();
        if layers.len() > MOST_LAYERS {
            return Err(malformed(format!("it has {} layers", layers.len())));
        }
        self.layers = layers.iter().map(|layer| self.extent(layer)).collect::<io::Result<_>>()?;
        self.config = manifest.config;
        Ok(())
    }

    /// The image's configuration.
    pub(super) fn config(&self) -> Result<Vec<u8>, Error> {
        self.json(&self.config).map_err(|error| fault("cannot read the image's configuration", error))
    }

    /// The configuration's digest, which its file is named for; empty where it is not.
    pub(super) fn id(&self) -> String {
        let name = self.config.rsplit('/').next().unwrap_or_default();
        let digest = name.strip_suffix(".json").unwrap_or(name);
        let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_digest { format!("sha256:{digest}") } else { String::new() }
    }

    /// A layer's bytes, as they are in the archive.
    pub(super) fn blob(&self, layer: usize) -> Blob<'_> {
        let Extent { at, size } = self.layers.get(layer).copied().unwrap_or(Extent { at: 0, size: 0 });
        Blob { file: &self.file, at, left: size }
    }

    /// A layer's bytes, unpacked, and whether the archive holds them packed.
    pub(super) fn unpacked(&self, layer: usize) -> io::Result<(Box<dyn Read + '_>, bool)> {
        unpack::unpacked(BufReader::with_capacity(1 << 17, self.blob(layer)))
    }

    fn json(&self, path: &str) -> io::Result<Vec<u8>> {
        let Extent { at, size } = self.extent(path)?;
        if size > MOST_JSON {
            return Err(malformed(format!("{path} has {size} bytes")));
        }
        let mut text = Vec::new();
        Blob { file: &self.file, at, left: size }.read_to_end(&mut text)?;
        Ok(text)
    }

    /// Where a file of the archive is, links followed.
    fn extent(&self, path: &str) -> io::Result<Extent> {
        let mut at = clean(path, "");
        for _ in 0..MOST_LINKS {
            match self.places.get(&at) {
                Some(Place::Here(extent)) => return Ok(*extent),
                Some(Place::Link(to)) => at.clone_from(to),
                None => return Err(malformed(format!("it has no file {path}, as engines save images"))),
            }
        }
        Err(malformed(format!("{path} is a link in a circle")))
    }
}

/// Where the files of an archive are.
fn index(file: &File, guard: &Guard) -> io::Result<HashMap<String, Place>> {
    if !file.metadata()?.is_file() {
        return Err(malformed("it is no file"));
    }
    let length = file.metadata()?.len();
    let mut walk = Walk::new(Seeking(BufReader::new(file)));
    let mut places = HashMap::new();
    while let Some(found) = walk.step()? {
        guard.check()?;
        let path = clean(&found.path, "");
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if let Some(at) = found.at.filter(|_| found.kind.is_file()) {
            if at.checked_add(found.size).is_none_or(|end| end > length) {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            places.insert(path, Place::Here(Extent { at, size: found.size }));
        } else if found.kind.is_symlink() {
            let to = clean(&found.link, folder);
            places.insert(path, Place::Link(to));
        } else if found.kind.is_hard_link() {
            places.insert(path, Place::Link(clean(&found.link, "")));
        }
        if places.len() > MOST_FILES {
            let full = Error::new(ErrorKind::Other, "the image's archive has too many files");
            return Err(io::Error::other(full));
        }
    }
    Ok(places)
}

/// A path in the archive without `.`, `..` and slashes at its ends; a relative one starts at `folder`.
fn clean(path: &str, folder: &str) -> String {
    let mut names: Vec<&str> = Vec::new();
    let folder = if path.starts_with('/') { "" } else { folder };
    for name in folder.split('/').chain(path.split('/')) {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()),
            name => names.push(name),
        }
    }
    names.join("/")
}

/// A piece of a file; several can be read at once.
pub(super) struct Blob<'a> {
    file: &'a File,
    at: u64,
    left: u64,
}

impl Blob<'_> {
    /// So many bytes from a place, as far as there are.
    pub(super) fn part(&self, from: u64, size: u64) -> Self {
        let from = from.min(self.left);
        Self { file: self.file, at: self.at + from, left: size.min(self.left - from) }
    }
}

impl Read for Blob<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let read = self.file.read_at(&mut buffer[..wanted], self.at)?;
        if read == 0 && wanted > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.at += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}

/// A file that is passed over by seeking.
struct Seeking<R>(BufReader<R>);

impl<R: Read> Read for Seeking<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R: Read + Seek> Source for Seeking<R> {
    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let bytes = i64::try_from(bytes).map_err(|_| io::Error::from(io::ErrorKind::UnexpectedEof))?;
        self.0.seek_relative(bytes)
    }
}
