//! From an archive to an [`Image`].

use super::archive::Archive;
use super::config::Described;
use super::contents::Contents;
use super::files::{Files, Who};
use super::gauge::{Feed, Gauge, Gauged};
use super::guard::{Guard, Guarded, fault};
use super::layers::Layers;
use super::user::User;
use super::walk::{Source, Walk};
use super::{Image, packages, program, surface, user};
use crate::prove::error::{Error, ErrorKind};
use crate::prove::process::Limits;
use std::io::{self, Read};
use std::path::Path;
use std::thread;
use tar::EntryType;

/// Who is who in an image.
const PASSWD: &str = "/etc/passwd";
const GROUP: &str = "/etc/group";

impl Image {
    /// Reads an archive as `docker save`, `podman save` and `buildah push docker-archive:` write it, Docker's own form or an OCI
    /// layout with `manifest.json`, with one image. Layers may be plain, gzip or zstd.
    ///
    /// The error is [`ErrorKind::Disk`] for an image with more bytes than `limits` allow, and [`ErrorKind::Other`] for an archive
    /// that is malformed.
    pub fn read(archive: &Path, limits: &Limits) -> Result<Self, Error> {
        let guard = Guard::new(limits);
        let archive = Archive::open(archive, &guard)?;
        let text = archive.config()?;
        let described: Described = serde_json::from_slice(&text).map_err(|error| {
            Error::new(ErrorKind::Other, "the image's configuration is malformed").because(error.to_string())
        })?;
        let (files, sizes) = unpack(&archive, &guard)?;
        let image = Self {
            id: archive.id(),
            platform: described.platform(),
            unpacked: sizes.unpacked,
            compressed: sizes.compressed,
            layers: sizes.layers,
            config: described.config(),
            ..Self::default()
        };
        let contents = Contents { archive: &archive, files: &files, guard: &guard };
        let image =
            image.looked_at(&contents).map_err(|error| fault("cannot read files of the image", error))?;
        Ok(Self { files, ..image })
    }

    /// Adds what the files tell.
    fn looked_at(mut self, contents: &Contents<'_>) -> io::Result<Self> {
        let files = contents.files;
        let lists = contents.texts(&[PASSWD.to_owned(), GROUP.to_owned()])?;
        let text = |path| lists.get(path).map(String::as_str).unwrap_or_default();
        let User { uid, gid, groups } = user::look_up(&self.config.user, text(PASSWD), text(GROUP));
        (self.config.uid, self.config.gid) = (uid, gid);
        if let Some(uid) = uid.filter(|uid| *uid != 0) {
            // A group that nobody knows is one that owns nothing.
            let who = Who { uid, gid: gid.unwrap_or(u32::MAX), groups: &groups };
            self.unreadable = surface::unreadable(files, &who);
        }
        self.packages = packages::packages(contents)?;
        self.shells = surface::shells(files, &self.config);
        self.package_managers = surface::package_managers(files, &self.config);
        self.setuid = surface::setuid(files);
        self.world_writable = surface::world_writable(files);
        self.certificates = surface::certificates(files, &self.config);
        self.time_zones = surface::time_zones(files, &self.config);
        self.program = program::program(contents, &self.config)?;
        Ok(self)
    }
}

/// How large the layers are.
#[derive(Debug, Default)]
struct Sizes {
    unpacked: u64,
    compressed: u64,
    layers: usize,
    /// Bytes that were read, headers and all.
    given: u64,
}

/// Goes through all layers once.
fn unpack(archive: &Archive, guard: &Guard) -> Result<(Files, Sizes), Error> {
    let (gauge, feed) = Gauge::new();
    let (mut layers, mut sizes) = (Layers::new(), Sizes::default());
    thread::scope(|scope| {
        // The threads end when the last feed is gone, which this part takes with it.
        let feed = feed;
        gauge.start(scope).map_err(|error| fault("cannot read the image", error))?;
        for layer in 0..archive.layers.len() {
            layers.begin(layer);
            let what = || format!("cannot read layer {} of the image", layer + 1);
            one_layer(archive, layer, guard, &feed, &mut layers, &mut sizes)
                .map_err(|error| fault(what(), error))?;
        }
        Ok(())
    })?;
    sizes.compressed += gauge.compressed();
    Ok((layers.into_files(), sizes))
}

fn one_layer(
    archive: &Archive,
    layer: usize,
    guard: &Guard,
    feed: &Feed,
    layers: &mut Layers,
    sizes: &mut Sizes,
) -> io::Result<()> {
    let (stream, packed) = archive.unpacked(layer)?;
    if packed {
        sizes.compressed += archive.layers[layer].size;
    }
    let guarded = Guarded::new(stream, guard, &mut sizes.given);
    let mut walk = Walk::new(Streaming::new(Gauged::new(guarded, (!packed).then(|| feed.clone()))));
    let mut entries = 0;
    while let Some(found) = walk.step()? {
        if matches!(found.kind, EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse) {
            sizes.unpacked = sizes.unpacked.saturating_add(found.size);
        }
        layers.put(&found)?;
        entries += 1;
    }
    sizes.compressed += walk.into_source().finish()?;
    sizes.layers += usize::from(entries > 0);
    Ok(())
}

/// A layer's stream, passed over by reading; small reads are gathered.
struct Streaming<R> {
    inner: Gauged<R>,
    buffer: Box<[u8]>,
    /// What of the buffer is not taken yet.
    from: usize,
    to: usize,
}

impl<R: Read> Streaming<R> {
    fn new(inner: Gauged<R>) -> Self {
        Self { inner, buffer: vec![0; 1 << 17].into_boxed_slice(), from: 0, to: 0 }
    }

    /// Fills the buffer when it is empty; false at the end.
    fn fill(&mut self) -> io::Result<bool> {
        if self.from == self.to {
            (self.from, self.to) = (0, self.inner.read(&mut self.buffer)?);
        }
        Ok(self.from < self.to)
    }

    /// Reads to the end of the stream: what is behind an archive's end is part of the layer as well.
    fn finish(mut self) -> io::Result<u64> {
        while self.fill()? {
            self.from = self.to;
        }
        Ok(self.inner.finish())
    }
}

impl<R: Read> Read for Streaming<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.fill()?;
        let taken = buffer.len().min(self.to - self.from);
        buffer[..taken].copy_from_slice(&self.buffer[self.from..self.from + taken]);
        self.from += taken;
        Ok(taken)
    }
}

impl<R: Read> Source for Streaming<R> {
    fn skip(&mut self, mut bytes: u64) -> io::Result<()> {
        while bytes > 0 {
            if !self.fill()? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let passed = bytes.min((self.to - self.from) as u64);
            self.from += usize::try_from(passed).unwrap_or_default();
            bytes -= passed;
        }
        Ok(())
    }
}
