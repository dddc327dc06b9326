//! The files around a Dockerfile: what a build would send along, and what they say about the program.
//!
//! In: a [`Tree`], read-only, and the Dockerfile's place. Out: the entries that a build sees, their text, and facts
//! about Go programs in them and the versions of languages that they ask for. Does not know edits, recipes or terminals; runs nothing that is in them.

mod commit;
mod expression;
mod find;
mod folder;
mod glob;
pub mod golang;
mod ignore;
#[cfg(test)]
mod ignore_tests;
mod overlay;
mod pattern;
mod tree;
mod versions;

pub use commit::Commit;
pub use find::{context, own_folder};
pub use folder::Folder;
pub use tree::{Entry, Kind, LARGEST_FILE, Memory, Next, Tree, Visit};
pub use versions::{Declared, Language};

use glob::{Glob, inside, is_pattern};
use ignore::{Ignore, Sieve};
use overlay::Overlay;
use std::sync::{Arc, OnceLock};

/// The ignore file of a context.
const IGNORE_FILE: &str = ".dockerignore";

/// The build context of a Dockerfile.
#[derive(Debug)]
pub struct Project {
    tree: Arc<dyn Tree>,
    dockerfile: Option<Dockerfile>,
    /// What a build sees, sorted by path; made when first asked for.
    entries: OnceLock<Result<Vec<Entry>, String>>,
    /// What its Go files say.
    golang: golang::Facts,
    /// Which versions of languages its files ask for.
    versions: versions::Facts,
}

/// Where a Dockerfile is: it may have an ignore file of its own beside it.
#[derive(Clone, Debug)]
struct Dockerfile {
    tree: Arc<dyn Tree>,
    name: String,
}

/// What keeps files out of a build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoreFile {
    /// Its name: in the context, or beside the Dockerfile.
    pub name: String,
    /// Whether it is that of the one Dockerfile, beside it.
    pub is_own: bool,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Project {
    /// A context. Nothing is read before it is asked for.
    pub fn new(tree: Box<dyn Tree>) -> Self {
        Self::on(tree.into())
    }

    fn on(tree: Arc<dyn Tree>) -> Self {
        let (golang, versions) = (golang::Facts::default(), versions::Facts::default());
        Self { tree, dockerfile: None, entries: OnceLock::new(), golang, versions }
    }

    /// The same for a Dockerfile, given by the tree that holds it and its path there: an ignore file of its own, which has
    /// its name with `.dockerignore` behind it, takes the place of the context's.
    #[must_use]
    pub fn of(self, tree: Box<dyn Tree>, name: impl Into<String>) -> Self {
        Self { dockerfile: Some(Dockerfile { tree: tree.into(), name: name.into() }), ..self }
    }

    /// The same context once these files are written, given as paths and texts.
    #[must_use]
    pub fn with<'f>(&self, files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Self {
        let overlay = Overlay::new(Arc::clone(&self.tree), files);
        Self { dockerfile: self.dockerfile.clone(), ..Self::on(Arc::new(overlay)) }
    }

    /// Why the context can't be used, if it can't.
    pub fn error(&self) -> Option<&str> {
        self.listed().as_ref().err().map(String::as_str)
    }

    /// The files, folders and links that a build sees, sorted by path.
    pub fn entries(&self) -> &[Entry] {
        self.listed().as_ref().map_or(&[], Vec::as_slice)
    }

    /// The entry at a path relative to the context.
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        let entries = self.entries();
        entries.binary_search_by(|e| e.path.as_str().cmp(path)).ok().map(|index| &entries[index])
    }

    /// The entries in a folder and below it; all of them for the empty path.
    pub fn below<'p>(&'p self, folder: &'p str) -> impl Iterator<Item = &'p Entry> {
        self.entries().iter().filter(move |e| {
            folder.is_empty() || e.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// What a source of `COPY` or `ADD` names: the entries themselves, not what is in them; all entries for the context
    /// itself. Variables are not resolved.
    pub fn sources(&self, pattern: &str) -> Vec<&Entry> {
        let path = inside(pattern);
        if path.is_empty() {
            return self.entries().iter().collect();
        }
        if !is_pattern(&path) {
            return self.entry(&path).into_iter().collect();
        }
        let Some(glob) = Glob::new(&path) else { return Vec::new() };
        self.entries().iter().filter(|e| glob.matches(&e.path)).collect()
    }

    /// The text of a file that a build sees, bytes that are not UTF-8 replaced; none for what is no file or too large.
    pub fn text(&self, path: &str) -> Option<String> {
        self.entry(path).filter(|e| e.kind == Kind::File)?;
        self.tree.read(path).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// What its Go files say.
    pub fn go(&self) -> golang::Go<'_> {
        golang::Go::new(self, &self.golang)
    }

    fn listed(&self) -> &Result<Vec<Entry>, String> {
        self.entries.get_or_init(|| {
            let ignore = self.ignore()?;
            let mut sieve = Sieve::new(&ignore);
            self.tree.walk(&mut |entry| sieve.take(entry))?;
            let mut entries = sieve.kept();
            entries.sort_by(|a, b| a.path.cmp(&b.path));
            Ok(entries)
        })
    }

    /// The ignore file that a build goes by: the Dockerfile's own, else the context's; none where there is neither, an
    /// error where it can't be read.
    pub fn ignore_file(&self) -> Result<Option<IgnoreFile>, String> {
        let own = self.dockerfile.as_ref().map(|d| (&*d.tree, format!("{}{IGNORE_FILE}", d.name), true));
        let places = own.into_iter().chain([(&*self.tree, IGNORE_FILE.to_owned(), false)]);
        for (tree, name, is_own) in places {
            if !matches!(tree.kind(&name), None | Some(Kind::Folder)) {
                let bytes = tree.read(&name).map_err(|error| format!("{name}: {error}"))?;
                return Ok(Some(IgnoreFile { name, is_own, bytes }));
            }
        }
        Ok(None)
    }

    /// What the ignore file says; nothing where there is none.
    fn ignore(&self) -> Result<Ignore, String> {
        self.ignore_file()?.map_or_else(|| Ok(Ignore::default()), |file| Ignore::new(&file.name, &file.bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_written_are_there_and_hold() {
        let files = ["a.go", "cmd/main.go", "keys/id"];
        let project = Project::new(Box::new(Memory::new(files.map(|path| (path, "")))));
        let paths = |project: &Project| -> Vec<String> {
            project.entries().iter().map(|entry| entry.path.clone()).collect()
        };
        assert_eq!(project.ignore_file(), Ok(None));
        let new = project.with([(".dockerignore", "keys\n"), ("cmd/x", "y"), ("a.go", "z"), ("none/x", "")]);
        assert_eq!(paths(&new), [".dockerignore", "a.go", "cmd", "cmd/main.go", "cmd/x"]);
        assert_eq!(new.text("a.go").as_deref(), Some("z"));
        let again = new.with([(".dockerignore", "cmd\n")]);
        assert_eq!(paths(&again), [".dockerignore", "a.go", "keys", "keys/id"]);
        let ignored = again.ignore_file().expect("it can be read").expect("it is there");
        assert_eq!((ignored.is_own, &*ignored.bytes), (false, &b"cmd\n"[..]));
        assert_eq!(paths(&project).len(), 5, "the files as they are stay as they are");
    }

    #[test]
    fn a_source_names_entries() {
        let files = ["a.go", "b.go", "cmd/a/main.go", "cmd/b/main.go", "go.mod", "x[y]", ".dockerignore"];
        let bytes = |path: &str| if path == ".dockerignore" { "b.go" } else { "" };
        let project = Project::new(Box::new(Memory::new(files.map(|path| (path, bytes(path))))));
        let named = |source: &str| -> Vec<&str> {
            project.sources(source).into_iter().map(|e| e.path.as_str()).collect()
        };
        for (source, expected) in [
            ("go.mod", &["go.mod"][..]),
            ("./go.mod", &["go.mod"]),
            ("/go.mod", &["go.mod"]),
            ("../../go.mod", &["go.mod"]),
            ("x/../go.mod", &["go.mod"]),
            ("cmd/", &["cmd"]),
            ("*.go", &["a.go"]),
            ("b.go", &[]),
            ("cmd/*/main.go", &["cmd/a/main.go", "cmd/b/main.go"]),
            ("cmd/*", &["cmd/a", "cmd/b"]),
            ("go.*", &["go.mod"]),
            ("go.mo[a-z]", &["go.mod"]),
            ("go.su[m]", &[]),
            ("x[[]y]", &["x[y]"]),
            ("[", &[]),
            ("**/main.go", &[]),
        ] {
            assert_eq!(named(source), expected, "{source}");
        }
        for source in ["", ".", "/", "./", "..", "cmd/.."] {
            assert_eq!(project.sources(source).len(), project.entries().len(), "{source}");
        }
    }
}
