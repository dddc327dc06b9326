//! What Go writes into its programs.
//!
//! Facts: `debug/buildinfo` and `runtime/debug` of Go's library. A header of 32 bytes, at a multiple of 16: 14 bytes that mark
//! it, the size of pointers, flags. With flag 2, since Go 1.18, two texts follow it, each after its length as a varint: the
//! version, and the module information between two marks of 16 bytes. Before, the header has the addresses of two strings of
//! Go, an address and a length each; flag 1 tells that they are big-endian.

use super::GoBuild;

const MAGIC: &[u8] = b"\xff Go buildinf:";
const ALIGN: usize = 16;
const HEADER: usize = 32;
/// Bytes of the marks around the module information.
const MARK: usize = 16;
/// The most bytes of it.
const MOST: u64 = 16 << 20;

/// Up to so many bytes from an address.
type Mapped<'a, 'm> = &'m dyn Fn(u64, u64) -> Option<&'a [u8]>;

/// Reads build information from a program's data; `mapped` gives other bytes of the program.
pub(super) fn read<'a>(data: &'a [u8], mapped: Mapped<'a, '_>) -> Option<GoBuild> {
    let blob = header(data)?;
    let flags = blob[15];
    let (version, module) = if flags & 2 != 0 {
        let (version, rest) = sized(&blob[HEADER..])?;
        (version, sized(rest).map(|(module, _)| module).unwrap_or_default())
    } else {
        let size = usize::from(blob[14]);
        let own = |at: usize| string(number(blob.get(at..at + size)?, flags)?, size, flags, mapped);
        (own(16)?, own(16 + size).unwrap_or_default())
    };
    if version.is_empty() {
        return None;
    }
    let mut build = GoBuild { version: lossy(version), ..GoBuild::default() };
    if module.len() > 2 * MARK && module[module.len() - MARK - 1] == b'\n' {
        parse(&mut build, &lossy(&module[MARK..module.len() - MARK]));
    }
    Some(build)
}

/// The data from the header on.
fn header(data: &[u8]) -> Option<&[u8]> {
    let places = (0..data.len()).step_by(ALIGN);
    let mut found = places.filter_map(|at| data.get(at..)).filter(|blob| blob.len() >= HEADER);
    found.find(|blob| blob.starts_with(MAGIC))
}

/// A text after its length.
fn sized(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length = 0_u64;
    for (index, byte) in data.iter().take(9).enumerate() {
        length |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return data[index + 1..].split_at_checked(usize::try_from(length).ok()?);
        }
    }
    None
}

/// The bytes of a string of Go, whose header is at an address.
fn string<'a>(at: u64, size: usize, flags: u8, mapped: Mapped<'a, '_>) -> Option<&'a [u8]> {
    let header = mapped(at, 2 * size as u64)?;
    let (address, length) =
        (number(header.get(..size)?, flags)?, number(header.get(size..2 * size)?, flags)?);
    mapped(address, length.min(MOST)).filter(|text| text.len() as u64 == length)
}

/// A pointer or a length.
fn number(bytes: &[u8], flags: u8) -> Option<u64> {
    if !matches!(bytes.len(), 4 | 8) {
        return None;
    }
    let add = |sum: u64, byte: &u8| (sum << 8) | u64::from(*byte);
    Some(if flags & 1 == 0 { bytes.iter().rev().fold(0, add) } else { bytes.iter().fold(0, add) })
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Lines: `path`, `mod`, `dep`, `=>` and `build`, each with a tab and what it is.
fn parse(build: &mut GoBuild, text: &str) {
    for line in text.lines() {
        if let Some(path) = line.strip_prefix("path\t") {
            build.path = Some(path.to_owned());
        } else if let Some(setting) = line.strip_prefix("build\t") {
            build.settings.extend(self::setting(setting));
        }
    }
}

/// `KEY=VALUE`, where both may be in Go's quotes.
fn setting(text: &str) -> Option<(String, String)> {
    let (key, rest) = match text.strip_prefix(['"', '`']) {
        Some(inner) => {
            let end = closing(inner, text.as_bytes()[0])? + 2;
            (unquoted(&text[..end]), text[end..].strip_prefix('=')?)
        }
        None => {
            let (key, rest) = text.split_once('=')?;
            (key.to_owned(), rest)
        }
    };
    Some((key, unquoted(rest)))
}

/// Where a quote ends.
fn closing(text: &str, quote: u8) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == quote && !escaped;
        escaped = quote == b'"' && byte == b'\\' && !escaped;
        ends
    })
}

/// A text without Go's quotes; rarer escapes than those of quotes, backslashes and blanks stay as they are.
fn unquoted(text: &str) -> String {
    let within = |quote: char| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    if let Some(raw) = within('`') {
        return raw.to_owned();
    }
    let Some(inner) = within('"') else { return text.to_owned() };
    let (mut plain, mut letters) = (String::new(), inner.chars());
    while let Some(letter) = letters.next() {
        match if letter == '\\' { letters.next() } else { None } {
            None => plain.push(letter),
            Some('n') => plain.push('\n'),
            Some('t') => plain.push('\t'),
            Some('r') => plain.push('\r'),
            Some(same @ ('"' | '\\')) => plain.push(same),
            Some(other) => plain.extend(['\\', other]),
        }
    }
    plain
}
