//! Volumes: made empty, and looked into.

use super::Workshop;
use crate::prove::error::{Error, ErrorKind};
use crate::prove::process::{Stream, run_keeping};
use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher as _;
use std::io::{self, Read, Seek as _, Write as _};
use tar::{Archive, EntryType};

/// The most bytes of a volume that are looked at.
const MOST: u64 = 1 << 30;
/// The most files of a volume that are looked at.
const FILES: usize = 100_000;
/// Where a volume is mounted to be looked into: no image has anything there.
const PLACE: &str = "/harden-prove-volume";

impl Workshop<'_> {
    /// Makes an empty volume, removed with the workshop, and gives its name.
    pub fn volume(&self) -> Result<String, Error> {
        let name = self.new_name();
        self.call("make a volume", &["volume", "create", "--label", &self.label(), &name])?;
        Ok(name)
    }

    /// Every file in a volume: path, owner's number, and a digest of a regular file's content; sorted. `image` is any of
    /// this run's images; nothing of it runs.
    ///
    /// Paths are relative to the volume. Of a folder the digest is `folder`, of a link `link to TARGET`, of others what
    /// they are. Digests tell contents of one version of this program apart, and are no protection against forgery.
    pub fn volume_files(&self, image: &str, volume: &str) -> Result<Vec<(String, u32, String)>, Error> {
        let name = self.new_name();
        // A name and no program of the image: an image without a command can't be used otherwise, and none is started.
        let mount = format!("{volume}:{PLACE}:nocopy");
        let words = ["create", "--name", &name, "--label", &self.label(), "--volume", &mount, image, "none"];
        self.call("look into a volume", &words)?;
        let _container = super::Container { workshop: self, name: name.clone(), unstarted: None };
        let mut file = tempfile::tempfile().map_err(|error| unwritten(&error))?;
        let (mut size, mut written) = (0, Ok(()));
        let mut command = self.command(&["cp", &format!("{name}:{PLACE}"), "-"]);
        let output = run_keeping(&mut command, self.limits, 1 << 16, &mut |stream, piece| {
            if stream == Stream::Out && written.is_ok() && size <= MOST {
                size += piece.len() as u64;
                written = file.write_all(piece);
            }
        })?;
        if !output.status.success() {
            return Err(self.fault("look into a volume", &output.complaint()));
        }
        written.and_then(|()| file.rewind()).map_err(|error| unwritten(&error))?;
        if size > MOST {
            return Err(too_much("1 GiB"));
        }
        list(file)
    }
}

/// The files of an archive that has them in one folder.
pub(super) fn list(archive: impl Read) -> Result<Vec<(String, u32, String)>, Error> {
    let mut archive = Archive::new(archive);
    let mut files = Vec::new();
    for entry in archive.entries().map_err(|error| unread(&error))? {
        let mut entry = entry.map_err(|error| unread(&error))?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let Some((_, path)) = path.trim_end_matches('/').split_once('/') else { continue };
        let path = path.to_owned();
        let owner = entry.header().uid().map_err(|error| unread(&error))?;
        let digest = digest(&mut entry).map_err(|error| unread(&error))?;
        files.push((path, u32::try_from(owner).unwrap_or(u32::MAX), digest));
        if files.len() > FILES {
            return Err(too_much("100,000 files"));
        }
    }
    files.sort_unstable();
    Ok(files)
}

fn digest(entry: &mut tar::Entry<'_, impl Read>) -> io::Result<String> {
    let kind = entry.header().entry_type();
    if kind.is_file() {
        return content(entry);
    }
    if let Some(target) = entry.link_name_bytes() {
        return Ok(format!("link to {}", String::from_utf8_lossy(&target)));
    }
    Ok(match kind {
        EntryType::Directory => "folder".into(),
        EntryType::Fifo => "pipe".into(),
        _ => "special file".into(),
    })
}

/// 128 bits of two different hashes, and the length.
fn content(source: &mut impl Read) -> io::Result<String> {
    let (mut one, mut two) = (DefaultHasher::new(), DefaultHasher::new());
    two.write_u8(1);
    let (mut buffer, mut length) = (vec![0; 1 << 16], 0_u64);
    loop {
        let read = source.read(&mut buffer)?;
        if read == 0 {
            return Ok(format!("{:016x}{:016x}, {length} bytes", one.finish(), two.finish()));
        }
        one.write(&buffer[..read]);
        two.write(&buffer[..read]);
        length += read as u64;
    }
}

fn unread(error: &io::Error) -> Error {
    Error::new(ErrorKind::Other, "cannot read what is in a volume").because(crate::files::cause(error))
}

fn unwritten(error: &io::Error) -> Error {
    let kind = if error.kind() == io::ErrorKind::StorageFull { ErrorKind::Disk } else { ErrorKind::Other };
    Error::new(kind, "cannot keep what is in a volume")
        .because(crate::files::cause(error))
        .with_help("make room, or set TMPDIR to a folder with room")
}

fn too_much(most: &str) -> Error {
    Error::new(ErrorKind::Disk, format!("a volume has more than {most} after the runs"))
}
