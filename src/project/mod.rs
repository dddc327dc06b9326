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
use std::sync::OnceLock;

/// The ignore file of a context.
const IGNORE_FILE: &str = ".dockerignore";

/// The build context of a Dockerfile.
#[derive(Debug)]
pub struct Project {
    tree: Box<dyn Tree>,
    dockerfile: Option<Dockerfile>,
    /// What a build sees, sorted by path; made when first asked for.
    entries: OnceLock<Result<Vec<Entry>, String>>,
    /// What its Go files say.
    golang: golang::Facts,
    /// Which versions of languages its files ask for.
    versions: versions::Facts,
}

/// Where a Dockerfile is: it may have an ignore file of its own beside it.
#[derive(Debug)]
struct Dockerfile {
    tree: Box<dyn Tree>,
    name: String,
}

impl Project {
    /// A context. Nothing is read before it is asked for.
    pub fn new(tree: Box<dyn Tree>) -> Self {
        let (golang, versions) = (golang::Facts::default(), versions::Facts::default());
        Self { tree, dockerfile: None, entries: OnceLock::new(), golang, versions }
    }

    /// The same for a Dockerfile, given by the tree that holds it and its path there: an ignore file of its own, which has
    /// its name with `.dockerignore` behind it, takes the place of the context's.
    #[must_use]
    pub fn of(self, tree: Box<dyn Tree>, name: impl Into<String>) -> Self {
        Self { dockerfile: Some(Dockerfile { tree, name: name.into() }), ..self }
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
        self.bytes(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The bytes of a file that a build sees; none for what is no file or too large.
    pub fn bytes(&self, path: &str) -> Option<Vec<u8>> {
        self.entry(path).filter(|e| e.kind == Kind::File)?;
        self.tree.read(path).ok()
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

    /// What the ignore file says: the Dockerfile's own, else the context's, else nothing.
    fn ignore(&self) -> Result<Ignore, String> {
        let own = self.dockerfile.as_ref().map(|d| (&*d.tree, format!("{}{IGNORE_FILE}", d.name)));
        let places = own.into_iter().chain([(&*self.tree, IGNORE_FILE.to_owned())]);
        for (tree, name) in places {
            if !matches!(tree.kind(&name), None | Some(Kind::Folder)) {
                let bytes = tree.read(&name).map_err(|error| format!("{name}: {error}"))?;
                return Ignore::new(&name, &bytes);
            }
        }
        Ok(Ignore::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
