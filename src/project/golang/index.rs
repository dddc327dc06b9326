//! Where the Go files, modules and workspaces of a context are; each is read when first asked for.

use super::constraint::name_fits;
use super::module::{Module, Workspace};
use super::source::Source;
use super::{is_vendored, join};
use crate::project::{Entry, Kind, Project};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A Go file that is no test.
#[derive(Debug)]
pub(super) struct File {
    /// Its path in the project.
    pub(super) path: String,
    /// Whether its name allows it in a build.
    pub(super) fits: bool,
    /// Whether it is below `vendor`.
    pub(super) vendored: bool,
    source: OnceLock<Option<Source>>,
}

impl File {
    /// What the file says; none if it can't be read.
    pub(super) fn source(&self, project: &Project) -> Option<&Source> {
        let read = || project.text(&self.path).map(|text| Source::read(text, !self.vendored));
        self.source.get_or_init(read).as_ref()
    }

    /// Its name without its folder.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

/// What there is.
#[derive(Debug, Default)]
pub(super) struct Index {
    folders: BTreeMap<String, Vec<File>>,
    modules: BTreeMap<String, OnceLock<Option<Module>>>,
    workspaces: BTreeMap<String, OnceLock<Option<Workspace>>>,
}

impl Index {
    /// The Go files and modules among the entries of a project.
    pub(super) fn new(entries: &[Entry]) -> Self {
        let mut index = Self::default();
        for entry in entries.iter().filter(|entry| entry.kind == Kind::File) {
            index.add(&entry.path);
        }
        index
    }

    fn add(&mut self, path: &str) {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let is_go = name.strip_suffix(".go").is_some_and(|stem| !stem.ends_with("_test"));
        if is_go {
            let vendored = is_vendored(path);
            let file =
                File { path: path.to_owned(), fits: name_fits(name), vendored, source: OnceLock::new() };
            match self.folders.get_mut(folder) {
                Some(files) => files.push(file),
                None => {
                    self.folders.insert(folder.to_owned(), vec![file]);
                }
            }
        } else if name == "go.mod" && !is_vendored(path) {
            self.modules.insert(folder.to_owned(), OnceLock::new());
        } else if name == "go.work" {
            self.workspaces.insert(folder.to_owned(), OnceLock::new());
        }
    }

    /// All folders with Go files.
    pub(super) fn folders(&self) -> impl Iterator<Item = (&str, &[File])> {
        self.folders.iter().map(|(folder, files)| (folder.as_str(), files.as_slice()))
    }

    /// The Go files of a folder; empty if there are none.
    pub(super) fn files(&self, folder: &str) -> &[File] {
        self.folders.get(folder).map_or(&[], Vec::as_slice)
    }

    /// The folders with a `go.mod`.
    pub(super) fn module_folders(&self) -> impl Iterator<Item = &str> {
        self.modules.keys().map(String::as_str)
    }

    /// Whether a folder has a `go.mod`.
    pub(super) fn has_module(&self, folder: &str) -> bool {
        self.modules.contains_key(folder)
    }

    /// The module of a folder, read when first asked for.
    pub(super) fn module(&self, project: &Project, folder: &str) -> Option<&Module> {
        let read = || {
            let text = project.text(&join(folder, "go.mod"))?;
            Some(Module::read(folder, &text, project.text(&join(folder, "go.sum")).as_deref()))
        };
        self.modules.get(folder)?.get_or_init(read).as_ref()
    }

    /// The workspace of a folder, likewise.
    pub(super) fn workspace(&self, project: &Project, folder: &str) -> Option<&Workspace> {
        let read = || Some(Workspace::read(folder, &project.text(&join(folder, "go.work"))?));
        self.workspaces.get(folder)?.get_or_init(read).as_ref()
    }
}
