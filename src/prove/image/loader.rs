//! Which libraries of a program are not in its image: the search that the loader would make.
//!
//! Facts: `ld.so(8)`, `ldconfig(8)` and glibc's `dl-cache.h` for the GNU loader: `DT_RPATH` of the library that asks, then of those
//! that brought it, unless there is a `DT_RUNPATH`; `LD_LIBRARY_PATH`; `DT_RUNPATH`; the cache; its own folders. What `ld.so.conf`
//! names counts only through the cache. musl's loader takes both paths for the same, after `LD_LIBRARY_PATH`, then
//! `/etc/ld-musl-ARCH.path` or its own folders; it is itself all parts of the C library.

use super::contents::{Contents, MOST_PROGRAM};
use super::elf::Elf;
use super::files::{Files, Kind};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;

const CACHE: &str = "/etc/ld.so.cache";
/// What newer caches begin with; older ones have it further in.
const CACHE_MAGIC: &[u8] = b"glibc-ld.so.cache1.1";
const CACHE_HEADER: usize = 48;
const CACHE_ENTRY: usize = 24;
/// How long a chain of libraries may be, and how many there may be.
const MOST_ROUNDS: usize = 64;
const MOST_LIBRARIES: usize = 10_000;
/// The parts of the C library that musl's loader is itself, without `lib` and what follows the first dot.
const MUSL_PARTS: [&str; 8] = ["c", "pthread", "rt", "m", "dl", "util", "xnet", "crypt"];

/// A library that is asked for.
#[derive(Clone, Debug)]
struct Wanted {
    name: String,
    /// Files that it may be, the first one first.
    candidates: Vec<String>,
    /// `DT_RPATH`s of those that brought it, nearest first, with `$ORIGIN` filled in.
    inherited: Vec<String>,
}

/// How the loader of a program searches.
struct Search<'a> {
    files: &'a Files,
    architecture: &'a Option<String>,
    /// The loader's own name.
    loader: String,
    is_musl: bool,
    /// `LD_LIBRARY_PATH`.
    variable: Vec<String>,
    /// Files of the cache, by name.
    cache: HashMap<String, Vec<String>>,
    folders: Vec<String>,
    from: &'a str,
}

/// Names of libraries that a program or one of its libraries needs and that are not in the image, sorted. `path` is the
/// program's, `variables` and `from` are the image's environment and working directory.
pub(super) fn missing(
    contents: &Contents<'_>,
    path: &str,
    program: &Elf,
    variables: &BTreeMap<String, String>,
    from: &str,
) -> io::Result<Vec<String>> {
    let search = Search::new(contents, program, variables, from)?;
    let (mut missing, mut seen) = (BTreeSet::new(), BTreeSet::new());
    let mut wanted = search.wants(path, program, &[]);
    for _ in 0..MOST_ROUNDS {
        let mut next = Vec::new();
        let mut open: HashMap<String, Vec<Wanted>> = HashMap::new();
        for mut library in wanted {
            if library.candidates.is_empty() {
                missing.insert(library.name);
            } else if seen.len() < MOST_LIBRARIES
                && seen.insert((library.name.clone(), library.candidates[0].clone()))
            {
                let first = library.candidates.remove(0);
                open.entry(first).or_default().push(library);
            }
        }
        let mut paths: Vec<String> = open.keys().cloned().collect();
        paths.sort_unstable();
        contents.each(&paths, MOST_PROGRAM, &mut |path, bytes| {
            let elf = Elf::read(&bytes).filter(|elf| elf.architecture == *search.architecture);
            for library in open.remove(path).unwrap_or_default() {
                match &elf {
                    Some(elf) => next.extend(search.wants(path, elf, &library.inherited)),
                    // One for another processor is passed over.
                    None => next.push(library),
                }
            }
        })?;
        if next.is_empty() {
            break;
        }
        wanted = next;
    }
    Ok(missing.into_iter().collect())
}

impl<'a> Search<'a> {
    fn new(
        contents: &Contents<'a>,
        program: &'a Elf,
        variables: &BTreeMap<String, String>,
        from: &'a str,
    ) -> io::Result<Self> {
        let loader = program.interpreter.clone().unwrap_or_default();
        let loader = loader.rsplit('/').next().unwrap_or_default().to_owned();
        let musl = loader.strip_prefix("ld-musl-").map(|rest| rest.split('.').next().unwrap_or_default());
        let variable =
            variables.get("LD_LIBRARY_PATH").map(|paths| paths.split([':', ';']).map(str::to_owned));
        let (cache, folders) = match musl {
            Some(name) => (HashMap::new(), musl_folders(contents, name)?),
            None => (cache(contents)?, folders(program.architecture.as_deref())),
        };
        Ok(Self {
            files: contents.files,
            architecture: &program.architecture,
            is_musl: musl.is_some(),
            variable: variable.into_iter().flatten().filter(|path| !path.is_empty()).collect(),
            loader,
            cache,
            folders,
            from,
        })
    }

    /// What a file asks for, and where that may be.
    fn wants(&self, path: &str, elf: &Elf, inherited: &[String]) -> Vec<Wanted> {
        let path = self.files.resolve(path, "/").map_or_else(|| path.to_owned(), |(path, _)| path);
        let origin = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let own = |paths: &Option<String>| expanded(paths.as_deref().unwrap_or_default(), origin);
        let rpath: Vec<String> = match &elf.runpath {
            Some(_) if !self.is_musl => Vec::new(),
            Some(_) => own(&elf.runpath).into_iter().chain(inherited.iter().cloned()).collect(),
            None => own(&elf.rpath).into_iter().chain(inherited.iter().cloned()).collect(),
        };
        let runpath = if self.is_musl { Vec::new() } else { own(&elf.runpath) };
        // A long chain of paths that repeat is no chain of a real program.
        let mut passed_on: Vec<String> = rpath.clone();
        passed_on.truncate(MOST_ROUNDS);
        let names = elf.needed.iter().filter(|name| !self.is_loader(name));
        let wanted = names.map(|name| Wanted {
            name: name.clone(),
            candidates: self.candidates(name, &rpath, &runpath),
            inherited: passed_on.clone(),
        });
        wanted.collect()
    }

    fn candidates(&self, name: &str, rpath: &[String], runpath: &[String]) -> Vec<String> {
        if name.contains('/') {
            return self.file(name).into_iter().collect();
        }
        let before: [&[String]; 3] =
            if self.is_musl { [&self.variable, rpath, &[]] } else { [rpath, &self.variable, runpath] };
        let in_folder = |folder: &String| self.file(&format!("{folder}/{name}"));
        let cached = self.cache.get(name).into_iter().flatten().filter_map(|path| self.file(path));
        let first = before.into_iter().flatten().filter_map(in_folder);
        let mut seen = BTreeSet::new();
        let all = first.chain(cached).chain(self.folders.iter().filter_map(in_folder));
        all.filter(|path| seen.insert(path.clone())).collect()
    }

    /// The file at a path, if there is one.
    fn file(&self, path: &str) -> Option<String> {
        self.files
            .resolve(path, self.from)
            .filter(|(_, entry)| entry.kind == Kind::File)
            .map(|(path, _)| path)
    }

    /// Whether a library is the loader, which is there already.
    fn is_loader(&self, name: &str) -> bool {
        let part = || name.strip_prefix("lib").and_then(|rest| rest.split_once(".so")).map(|(part, _)| part);
        name == self.loader || self.is_musl && part().is_some_and(|part| MUSL_PARTS.contains(&part))
    }
}

/// Folders of a path with `$ORIGIN` filled in. `$LIB` and `$PLATFORM` are left out: nobody can tell them from outside.
fn expanded(paths: &str, origin: &str) -> Vec<String> {
    let filled = paths.split([':', ';']).filter(|path| !path.is_empty());
    let filled = filled.map(|path| path.replace("${ORIGIN}", origin).replace("$ORIGIN", origin));
    filled.filter(|path| !path.contains('$')).take(MOST_ROUNDS).collect()
}

/// The GNU loader's own folders, as distributions build it: Debian's for several processors, then those of the others.
fn folders(architecture: Option<&str>) -> Vec<String> {
    let triplet = match architecture {
        Some("amd64") => "x86_64-linux-gnu",
        Some("386") => "i386-linux-gnu",
        Some("arm64") => "aarch64-linux-gnu",
        Some("arm") => "arm-linux-gnueabihf",
        Some("ppc64le") => "powerpc64le-linux-gnu",
        Some("s390x") => "s390x-linux-gnu",
        Some("riscv64") => "riscv64-linux-gnu",
        Some("loong64") => "loongarch64-linux-gnu",
        Some("mips64le") => "mips64el-linux-gnuabi64",
        _ => "",
    };
    let mut folders: Vec<String> = if triplet.is_empty() {
        Vec::new()
    } else {
        ["/lib/", "/usr/lib/"].map(|at| format!("{at}{triplet}")).into()
    };
    folders.extend(["/lib64", "/usr/lib64", "/lib", "/usr/lib"].map(str::to_owned));
    folders
}

fn musl_folders(contents: &Contents<'_>, name: &str) -> io::Result<Vec<String>> {
    let path = format!("/etc/ld-musl-{name}.path");
    let text = contents.texts(std::slice::from_ref(&path))?.remove(&path);
    let text = text.unwrap_or_else(|| "/lib:/usr/local/lib:/usr/lib".to_owned());
    Ok(text
        .split([':', '\n'])
        .map(str::trim)
        .filter(|folder| !folder.is_empty())
        .map(str::to_owned)
        .collect())
}

/// The cache that `ldconfig` wrote; empty where there is none, for then the loader has none either.
fn cache(contents: &Contents<'_>) -> io::Result<HashMap<String, Vec<String>>> {
    let bytes = contents.one(CACHE, super::contents::MOST_TEXT)?.unwrap_or_default();
    let at = bytes.windows(CACHE_MAGIC.len()).position(|window| window == CACHE_MAGIC);
    Ok(at.and_then(|at| cached(&bytes[at..])).unwrap_or_default())
}

/// Entries of a cache: a name and a path each, as places from the beginning.
fn cached(cache: &[u8]) -> Option<HashMap<String, Vec<String>>> {
    let word = |at: usize| -> Option<[u8; 4]> { cache.get(at..at + 4)?.try_into().ok() };
    let count = word(20)?;
    let little = u32::from_le_bytes(count) as usize;
    // Whoever wrote it had one order of bytes; with the other one the count is too large for the file.
    let is_little = little.checked_mul(CACHE_ENTRY).is_some_and(|size| size <= cache.len());
    let number = |at: usize| -> Option<usize> {
        let word = word(at)?;
        Some(if is_little { u32::from_le_bytes(word) } else { u32::from_be_bytes(word) } as usize)
    };
    let text = |at: usize| -> Option<String> {
        let text = cache.get(at..)?;
        let end = text.iter().take(4096).position(|byte| *byte == 0)?;
        Some(String::from_utf8_lossy(&text[..end]).into_owned())
    };
    let mut found: HashMap<String, Vec<String>> = HashMap::new();
    for entry in 0..number(20)?.min(MOST_LIBRARIES) {
        let at = CACHE_HEADER + entry * CACHE_ENTRY;
        let (name, path) = (text(number(at + 4)?)?, text(number(at + 8)?)?);
        found.entry(name).or_default().push(path);
    }
    Some(found)
}
