//! What the Go files of a context say about the programs that they make, read without a Go toolchain.
//!
//! In: a [`Project`]. Out: modules, main packages, and for one program the packages it is made of and what they need when
//! they run. Builds are taken to be for linux/amd64 with the newest Go. Does not know Dockerfiles or images, nor which
//! modules need C. Each file is read when first asked for, and once.

mod body;
mod calls;
mod closure;
mod constraint;
mod index;
mod lex;
mod lock;
mod mains;
mod make;
mod module;
mod program;
mod resolver;
mod source;
mod standard;
mod walk;

pub use lock::Lock;
pub use mains::{Main, program_name};
pub(super) use module::asked_versions;
pub use module::{Module, Replace, Require, Workspace};
pub use program::{CImport, Call, Closure, Fallback, Finding, Package, Program, Query};

use super::Project;
use index::Index;
use std::sync::OnceLock;

/// What has been read so far.
#[derive(Debug, Default)]
pub struct Facts {
    index: OnceLock<Index>,
}

/// The Go side of a context.
#[derive(Clone, Copy, Debug)]
pub struct Go<'p> {
    project: &'p Project,
    index: &'p Index,
}

impl<'p> Go<'p> {
    /// The Go code of a project.
    pub(super) fn new(project: &'p Project, facts: &'p Facts) -> Self {
        Self { project, index: facts.index.get_or_init(|| Index::new(project.entries())) }
    }

    /// The module that a folder belongs to: that of the nearest `go.mod` at or above it.
    pub fn module_at(self, folder: &str) -> Option<&'p Module> {
        above(folder).find_map(|folder| self.index.module(self.project, folder))
    }

    /// All modules, by folder, vendored ones left out.
    pub fn modules(self) -> impl Iterator<Item = &'p Module> {
        self.index.module_folders().filter_map(move |folder| self.index.module(self.project, folder))
    }

    /// The nearest `go.work` at or above a folder.
    pub fn workspace_at(self, folder: &str) -> Option<&'p Workspace> {
        above(folder).find_map(|folder| self.index.workspace(self.project, folder))
    }

    /// The lists of dependencies from before modules that belong to a folder: those at it, or above it.
    pub fn locks_at(self, folder: &str) -> Vec<Lock> {
        let read = |folder: &str| {
            let files = lock::FILES.iter().map(|file| join(folder, file));
            files.filter_map(|file| Lock::read(&file, &self.project.text(&file)?)).collect::<Vec<_>>()
        };
        above(folder).map(read).find(|locks| !locks.is_empty()).unwrap_or_default()
    }

    /// The commands of a target of the Makefile in a folder, of its first target if none is given; none unless the
    /// Makefile is so plain that the text alone tells them. Each runs in a shell of its own.
    pub fn make_recipe(self, folder: &str, target: Option<&str>) -> Option<Vec<String>> {
        let names = ["GNUmakefile", "makefile", "Makefile"];
        let text = names.iter().find_map(|name| self.project.text(&join(folder, name)))?;
        make::recipe(&text, target, &|path| self.project.entry(&join(folder, path)).is_some())
    }
}

/// A folder and those above it, the nearest first; the last is the context's root, the empty path.
fn above(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |folder| {
        (!folder.is_empty()).then(|| folder.rsplit_once('/').map_or("", |(parent, _)| parent))
    })
}

/// Two paths as one; either may be empty.
fn join(folder: &str, path: &str) -> String {
    match (folder, path) {
        ("", path) => path.to_owned(),
        (folder, "") => folder.to_owned(),
        _ => format!("{folder}/{path}"),
    }
}

/// What is left of `path` below `prefix`; all of it for the empty prefix.
fn within<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    if prefix.is_empty() {
        return Some(path);
    }
    let rest = path.strip_prefix(prefix)?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix('/') }
}

/// A path relative to a folder of the context, without `.` and `..`; none when it leads out of the context.
fn beside(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Whether a path is a copy of somebody else's code.
fn is_vendored(path: &str) -> bool {
    path.starts_with("vendor/")
        || path.contains("/vendor/")
        || path.starts_with("Godeps/_workspace/")
        || path.contains("/Godeps/_workspace/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_put_together_and_taken_apart() {
        assert_eq!(above("a/b").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert_eq!(above("").collect::<Vec<_>>(), [""]);
        assert_eq!((join("", "a"), join("a", ""), join("a", "b")), ("a".into(), "a".into(), "a/b".into()));
        assert_eq!(within("a/b/c", "a/b"), Some("c"));
        assert_eq!(within("a/b", "a/b"), Some(""));
        assert_eq!(within("a/bc", "a/b"), None);
        assert_eq!(beside("a/b", "../c/./d").as_deref(), Some("a/c/d"));
        assert_eq!(beside("a", "../.."), None);
        assert_eq!(beside("a", "/b"), None);
        assert!(is_vendored("vendor/a/a.go") && is_vendored("x/vendor/a") && !is_vendored("x/vendors/a"));
    }
}
