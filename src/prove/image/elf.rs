//! What an ELF file says of itself: its processor, what loads it, what it needs.
//!
//! Read from its segments, as the kernel and the loader do; sections may be stripped.

use super::gobuild;
use super::{Format, GoBuild};
use object::elf::{
    DT_NEEDED, DT_NULL, DT_RPATH, DT_RUNPATH, DT_STRTAB, EM_386, EM_AARCH64, EM_ARM, EM_LOONGARCH, EM_MIPS,
    EM_PPC64, EM_RISCV, EM_S390, EM_X86_64, FileHeader32, FileHeader64, PF_W, PF_X, PT_LOAD,
};
use object::read::elf::{Dyn, FileHeader, ProgramHeader, SectionHeader as _};
use object::{Endian as _, Endianness};

/// The most bytes of a name: that of a path.
const MOST_NAME: usize = 4096;
/// The most libraries that one file may name.
const MOST_NEEDED: usize = 4096;

/// What an ELF file says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Elf {
    /// As in image platforms; none for a processor that Go has no name for.
    pub(super) architecture: Option<String>,
    /// The program that loads its libraries.
    pub(super) interpreter: Option<String>,
    /// Names or paths of libraries.
    pub(super) needed: Vec<String>,
    /// Folders to look in for libraries, of the older kind.
    pub(super) rpath: Option<String>,
    /// Folders to look in, of the newer kind, which turns the older one off.
    pub(super) runpath: Option<String>,
    /// Where Go's build information may be: a section of its own or the first segment of data.
    pub(super) go: Option<GoBuild>,
}

impl Elf {
    /// Reads a file; none for one that is no ELF file or a broken one.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        match bytes.get(..5)? {
            b"\x7fELF\x01" => facts::<FileHeader32<Endianness>>(bytes),
            b"\x7fELF\x02" => facts::<FileHeader64<Endianness>>(bytes),
            _ => None,
        }
    }

    pub(super) fn format(&self) -> Format {
        if self.interpreter.is_none() && self.needed.is_empty() { Format::Static } else { Format::Dynamic }
    }
}

fn facts<H: FileHeader<Endian = Endianness>>(bytes: &[u8]) -> Option<Elf> {
    let header = H::parse(bytes).ok()?;
    let endian = header.endian().ok()?;
    let segments = header.program_headers(endian, bytes).ok()?;
    let mut elf = Elf {
        architecture: architecture(header.e_machine(endian), header.is_class_64(), endian).map(str::to_owned),
        ..Elf::default()
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    for segment in segments {
        if let Ok(Some(interpreter)) = segment.interpreter(endian, bytes) {
            elf.interpreter = Some(text(&interpreter[..interpreter.len().min(MOST_NAME)]));
        }
        if let Ok(Some(dynamic)) = segment.dynamic(endian, bytes) {
            needs::<H>(&mut elf, dynamic, segments, endian, bytes);
        }
    }
    let mapped = |address: u64, size: u64| mapped::<H>(segments, endian, bytes, address, size);
    elf.go = data_start(header, segments, endian, bytes).and_then(|data| gobuild::read(data, &mapped));
    Some(elf)
}

/// What the table for the loader says; its texts are where the segments put them in memory.
fn needs<H: FileHeader<Endian = Endianness>>(
    elf: &mut Elf,
    dynamic: &[H::Dyn],
    segments: &[H::ProgramHeader],
    endian: Endianness,
    bytes: &[u8],
) {
    let entries = dynamic.iter().map(|entry| (entry.d_tag(endian).into(), entry.d_val(endian).into()));
    let entries: Vec<(i64, u64)> = entries.take_while(|(tag, _)| *tag != DT_NULL).collect();
    let Some((_, texts)) = entries.iter().find(|(tag, _)| *tag == DT_STRTAB) else { return };
    let text = |at: u64| {
        let text = mapped::<H>(segments, endian, bytes, texts.checked_add(at)?, MOST_NAME as u64)?;
        let end = text.iter().position(|byte| *byte == 0)?;
        Some(String::from_utf8_lossy(&text[..end]).into_owned())
    };
    let all =
        |wanted: i64| entries.iter().filter(move |(tag, _)| *tag == wanted).filter_map(|(_, at)| text(*at));
    elf.needed = all(DT_NEEDED).take(MOST_NEEDED).collect();
    elf.rpath = all(DT_RPATH).next();
    elf.runpath = all(DT_RUNPATH).next();
}

/// Up to `size` bytes that are at an address once the file is loaded.
fn mapped<'a, H: FileHeader<Endian = Endianness>>(
    segments: &[H::ProgramHeader],
    endian: Endianness,
    bytes: &'a [u8],
    address: u64,
    size: u64,
) -> Option<&'a [u8]> {
    segments.iter().filter(|segment| segment.p_type(endian) == PT_LOAD).find_map(|segment| {
        let from = usize::try_from(address.checked_sub(segment.p_vaddr(endian).into())?).ok()?;
        let data = segment.data(endian, bytes).ok()?.get(from..)?;
        let size = usize::try_from(size).unwrap_or(usize::MAX).min(data.len());
        Some(&data[..size]).filter(|data| !data.is_empty())
    })
}

/// Where Go's linker puts build information.
fn data_start<'a, H: FileHeader<Endian = Endianness>>(
    header: &H,
    segments: &[H::ProgramHeader],
    endian: Endianness,
    bytes: &'a [u8],
) -> Option<&'a [u8]> {
    let section = header.sections(endian, bytes).ok().and_then(|sections| {
        let (_, section) = sections.section_by_name(endian, b".go.buildinfo")?;
        section.data(endian, bytes).ok()
    });
    section.or_else(|| {
        let is_data = |flags: u32| flags & (PF_X | PF_W) == PF_W;
        let mut data = segments.iter().filter(|s| s.p_type(endian) == PT_LOAD && is_data(s.p_flags(endian)));
        data.next()?.data(endian, bytes).ok()
    })
}

/// Go's name of a processor.
fn architecture(machine: u16, is_64: bool, endian: Endianness) -> Option<&'static str> {
    let is_big = endian.is_big_endian();
    Some(match (machine, is_64, is_big) {
        (EM_X86_64, ..) => "amd64",
        (EM_386, ..) => "386",
        (EM_AARCH64, _, false) => "arm64",
        (EM_ARM, _, false) => "arm",
        (EM_PPC64, _, true) => "ppc64",
        (EM_PPC64, _, false) => "ppc64le",
        (EM_S390, true, _) => "s390x",
        (EM_RISCV, true, _) => "riscv64",
        (EM_LOONGARCH, true, _) => "loong64",
        (EM_MIPS, false, true) => "mips",
        (EM_MIPS, false, false) => "mipsle",
        (EM_MIPS, true, true) => "mips64",
        (EM_MIPS, true, false) => "mips64le",
        _ => return None,
    })
}
