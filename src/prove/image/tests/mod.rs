//! Archives made in memory, as engines write them, and what is read from them.
#![allow(clippy::unwrap_used)]

mod archives;
mod facts;
mod files;
mod hostile;
mod lab;
mod layers;
mod programs;

use super::Image;
use crate::prove::error::Error;
use crate::prove::process::{Cancel, Limits};
use std::io::Write as _;
use std::time::Duration;
use tar::{EntryType, Header};

/// A digest for configurations.
const DIGEST: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn limits() -> Limits {
    Limits { step: Duration::from_mins(1), image: 64 << 20, cancel: Cancel::default() }
}

/// A tar archive in the making.
struct Tar(tar::Builder<Vec<u8>>);

impl Tar {
    fn new() -> Self {
        Self(tar::Builder::new(Vec::new()))
    }

    /// An entry with its path and link as they are, however bad.
    fn entry(
        mut self,
        kind: EntryType,
        path: &str,
        mode: u32,
        owner: (u64, u64),
        link: &str,
        body: &[u8],
    ) -> Self {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_uid(owner.0);
        header.set_gid(owner.1);
        header.set_size(body.len() as u64);
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.as_old_mut().linkname[..link.len()].copy_from_slice(link.as_bytes());
        header.set_cksum();
        self.0.append(&header, body).unwrap();
        self
    }

    fn file(self, path: &str, body: impl AsRef<[u8]>) -> Self {
        self.entry(EntryType::Regular, path, 0o644, (0, 0), "", body.as_ref())
    }

    fn program(self, path: &str, body: impl AsRef<[u8]>) -> Self {
        self.entry(EntryType::Regular, path, 0o755, (0, 0), "", body.as_ref())
    }

    fn folder(self, path: &str) -> Self {
        self.entry(EntryType::Directory, path, 0o755, (0, 0), "", b"")
    }

    fn link(self, path: &str, to: &str) -> Self {
        self.entry(EntryType::Symlink, path, 0o777, (0, 0), to, b"")
    }

    fn hard_link(self, path: &str, to: &str) -> Self {
        self.entry(EntryType::Link, path, 0o644, (0, 0), to, b"")
    }

    fn bytes(self) -> Vec<u8> {
        self.0.into_inner().unwrap()
    }
}

/// An archive as Docker 20.10 writes it.
fn docker(config: &str, layers: &[Vec<u8>]) -> Vec<u8> {
    let mut tar = Tar::new().file(&format!("{DIGEST}.json"), config);
    let mut paths = Vec::new();
    for (index, layer) in layers.iter().enumerate() {
        let path = format!("layer{index}/layer.tar");
        tar = tar.folder(&format!("layer{index}/")).file(&path, layer);
        paths.push(path);
    }
    let manifest =
        serde_json::json!([{"Config": format!("{DIGEST}.json"), "RepoTags": null, "Layers": paths}]);
    tar.file("manifest.json", manifest.to_string()).bytes()
}

fn read_with(archive: &[u8], limits: &Limits) -> Result<Image, Error> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(archive).unwrap();
    Image::read(file.path(), limits)
}

fn read(archive: &[u8]) -> Image {
    read_with(archive, &limits()).unwrap()
}

/// The reason why an archive can't be read.
fn refused(archive: &[u8]) -> String {
    read_with(archive, &limits()).unwrap_err().to_string()
}

/// An image with a configuration and layers.
fn image(config: &serde_json::Value, layers: Vec<Tar>) -> Image {
    let config = serde_json::json!({"os": "linux", "architecture": "amd64", "config": config});
    read(&docker(&config.to_string(), &layers.into_iter().map(Tar::bytes).collect::<Vec<_>>()))
}

/// Paths of all files, without the root.
fn paths(image: &Image) -> Vec<&str> {
    image.files.iter().map(|(path, _)| path).filter(|path| *path != "/").collect()
}
