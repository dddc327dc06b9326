//! Steps through a tar archive: what is in it and where, without its bytes.
//!
//! The `tar` crate reads headers and extended records; the steps are made here, for its own iterator keeps names of any length
//! in memory and does not skip what it could. Forms: POSIX.1-1988 and pax, GNU's long names and old sparse files.

use std::io::{self, Read};
use tar::{EntryType, Header, PaxExtensions};

const BLOCK: u64 = 512;
/// The most bytes of an extended header; Go's reader has the same limit.
const MOST_EXTENDED: u64 = 1 << 20;
/// The most bytes of a path: `PATH_MAX` of Linux.
const MOST_PATH: usize = 4096;

/// Something in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// As written.
    pub(super) path: String,
    pub(super) kind: EntryType,
    /// Where a link leads; empty for anything else.
    pub(super) link: String,
    pub(super) mode: u32,
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// Bytes of the file.
    pub(super) size: u64,
    /// Where its bytes begin, from the beginning of the archive; none where they are not in one piece.
    pub(super) at: Option<u64>,
}

/// Something to read that can pass over bytes.
pub(super) trait Source: Read {
    /// Passes over so many bytes; it is an error when there are fewer.
    fn skip(&mut self, bytes: u64) -> io::Result<()>;
}

/// What extended headers say of the next entry.
#[derive(Clone, Debug, Default)]
struct Extended {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    uid: Option<u64>,
    gid: Option<u64>,
    sparse: bool,
    real_size: Option<u64>,
}

/// A walk through an archive.
pub(super) struct Walk<S> {
    source: S,
    at: u64,
    /// What is left of the entry before.
    behind: u64,
    global: Extended,
}

pub(super) fn malformed(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.into())
}

impl<S: Source> Walk<S> {
    pub(super) fn new(source: S) -> Self {
        Self { source, at: 0, behind: 0, global: Extended::default() }
    }

    /// What was read from.
    pub(super) fn into_source(self) -> S {
        self.source
    }

    /// The next entry; none at the end.
    pub(super) fn step(&mut self) -> io::Result<Option<Found>> {
        let mut extended = self.global.clone();
        loop {
            self.pass(self.behind)?;
            self.behind = 0;
            let Some(header) = self.header()? else { return Ok(None) };
            let size = header.entry_size().map_err(|_| malformed("a size that is no number"))?;
            match header.entry_type() {
                EntryType::GNULongName => extended.path = Some(self.text(size)?),
                EntryType::GNULongLink => extended.link = Some(self.text(size)?),
                EntryType::XHeader => extended.take(&self.body(size)?),
                EntryType::XGlobalHeader => {
                    let body = self.body(size)?;
                    self.global.take(&body);
                    extended.take(&body);
                }
                _ => return self.found(&header, &extended, size).map(Some),
            }
        }
    }

    fn found(&mut self, header: &Header, extended: &Extended, size: u64) -> io::Result<Found> {
        let kind = header.entry_type();
        let sparse = kind == EntryType::GNUSparse;
        // Links, folders and devices have no bytes, whatever their size says.
        let stored = if kind.is_file() || sparse { extended.size.unwrap_or(size) } else { 0 };
        if sparse {
            self.sparse_map(header)?;
        }
        let real =
            if sparse { header.as_gnu().and_then(|gnu| gnu.real_size().ok()) } else { extended.real_size };
        let path = extended.path.clone().unwrap_or_else(|| header.path_bytes().into_owned());
        let link = match &extended.link {
            Some(link) => link.clone(),
            None => header.link_name_bytes().unwrap_or_default().into_owned(),
        };
        let links = kind.is_symlink() || kind.is_hard_link();
        let number = |named: Option<u64>, own: io::Result<u64>| {
            // Old archives leave fields blank that they have nothing to say in.
            u32::try_from(named.unwrap_or(own.unwrap_or(0)))
                .map_err(|_| malformed("an owner that is no number of Linux"))
        };
        let old_folder = kind.is_file() && path.ends_with(b"/");
        let found = Found {
            path: bounded(path)?,
            kind: if old_folder { EntryType::Directory } else { kind },
            link: if links { bounded(link)? } else { String::new() },
            mode: header.mode().unwrap_or(0) & 0o7777,
            uid: number(extended.uid, header.uid())?,
            gid: number(extended.gid, header.gid())?,
            size: real.unwrap_or(stored),
            at: (!sparse && !extended.sparse).then_some(self.at),
        };
        self.behind = padded(stored)?;
        Ok(found)
    }

    /// A header; none at the end of the archive, which a block of zeros tells.
    fn header(&mut self) -> io::Result<Option<Header>> {
        let mut header = Header::new_old();
        if !self.block(header.as_mut_bytes())? {
            return Ok(None);
        }
        let bytes = header.as_bytes();
        if bytes.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        // The checksum counts its own eight bytes, 148 to 155, as blanks.
        let sum = |range: &[u8]| range.iter().map(|byte| u32::from(*byte)).sum::<u32>();
        let expected = sum(&bytes[..148]) + 8 * 32 + sum(&bytes[156..]);
        if header.cksum().ok() == Some(expected) {
            Ok(Some(header))
        } else {
            Err(malformed("it is no tar archive"))
        }
    }

    /// Reads one block; false at the end.
    fn block(&mut self, block: &mut [u8; BLOCK as usize]) -> io::Result<bool> {
        let mut read = 0;
        while read < block.len() {
            match self.source.read(&mut block[read..]) {
                Ok(0) if read == 0 => return Ok(false),
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(more) => read += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.at += BLOCK;
        Ok(true)
    }

    /// The bytes of an extended header.
    fn body(&mut self, size: u64) -> io::Result<Vec<u8>> {
        if size > MOST_EXTENDED {
            return Err(malformed(format!("an extended header of {size} bytes")));
        }
        let mut body = vec![0; usize::try_from(padded(size)?).unwrap_or_default()];
        self.source.read_exact(&mut body)?;
        self.at += body.len() as u64;
        body.truncate(usize::try_from(size).unwrap_or_default());
        Ok(body)
    }

    /// A name, up to its zero.
    fn text(&mut self, size: u64) -> io::Result<Vec<u8>> {
        let mut body = self.body(size)?;
        body.truncate(body.iter().position(|byte| *byte == 0).unwrap_or(body.len()));
        Ok(body)
    }

    /// Passes over the blocks that continue the map of an old GNU sparse file.
    fn sparse_map(&mut self, header: &Header) -> io::Result<()> {
        let mut more = header.as_gnu().is_some_and(tar::GnuHeader::is_extended);
        while more {
            let mut block = tar::GnuExtSparseHeader::new();
            if !self.block(block.as_mut_bytes())? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            more = block.is_extended();
        }
        Ok(())
    }

    fn pass(&mut self, bytes: u64) -> io::Result<()> {
        self.at = self.at.checked_add(bytes).ok_or_else(|| malformed("a size past all numbers"))?;
        self.source.skip(bytes)
    }
}

impl Extended {
    /// Records of POSIX's `pax`, and those of GNU for sparse files; others say nothing of interest here.
    fn take(&mut self, body: &[u8]) {
        for record in PaxExtensions::new(body).flatten() {
            let value = record.value_bytes();
            let number = || std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
            match record.key_bytes() {
                b"path" if !self.sparse => self.path = Some(value.to_vec()),
                b"linkpath" => self.link = Some(value.to_vec()),
                b"size" => self.size = number(),
                b"uid" => self.uid = number(),
                b"gid" => self.gid = number(),
                b"GNU.sparse.name" => (self.sparse, self.path) = (true, Some(value.to_vec())),
                b"GNU.sparse.size" | b"GNU.sparse.realsize" => {
                    (self.sparse, self.real_size) = (true, number());
                }
                _ => {}
            }
        }
    }
}

fn padded(size: u64) -> io::Result<u64> {
    size.checked_next_multiple_of(BLOCK).ok_or_else(|| malformed("a size past all numbers"))
}

fn bounded(path: Vec<u8>) -> io::Result<String> {
    if path.len() > MOST_PATH {
        return Err(malformed(format!("a path of {} bytes", path.len())));
    }
    Ok(String::from_utf8(path).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}
