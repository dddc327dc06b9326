//! The packages that a program is made of, followed from its main package.

use super::constraint::Build;
use super::index::File;
use super::program::Finding;
use super::resolver::{Resolver, Target};
use super::source::Source;
use super::{Go, Query};
use std::collections::{BTreeMap, BTreeSet};

/// A program of more packages is not followed to its end.
const MOST_PACKAGES: usize = 20_000;

/// A file and what it says.
pub(super) type Read<'p> = (&'p File, &'p Source);

/// What a program is made of, with cgo or without.
#[derive(Debug, Default)]
pub(super) struct Walk<'p> {
    /// Folders and their import paths; the main package has none.
    pub(super) packages: BTreeMap<String, String>,
    /// The files of each folder that the build takes.
    pub(super) files: BTreeMap<String, Vec<Read<'p>>>,
    /// Imports that lead out of the context, where they are first seen.
    pub(super) external: BTreeMap<String, Finding>,
    /// Imports of what comes with Go, from the program's own files only.
    pub(super) standard: BTreeMap<String, Vec<Finding>>,
    /// Why something could not be followed.
    pub(super) problem: Option<String>,
}

impl<'p> Walk<'p> {
    /// Follows the imports of a package through the project.
    pub(super) fn new(go: Go<'p>, query: &Query<'_>, resolver: &mut Resolver<'p>, cgo: bool) -> Self {
        let build = Build { cgo, tags: query.tags };
        let mut walk = Self::default();
        let mut queue = vec![query.folder.to_owned()];
        walk.packages.insert(query.folder.to_owned(), String::new());
        while let Some(folder) = queue.pop() {
            let files = walk.select(go, query, &folder, build);
            for (file, source) in &files {
                walk.follow(&folder, file, source, resolver, &mut queue);
            }
            walk.files.insert(folder, files);
            if walk.packages.len() > MOST_PACKAGES {
                walk.trouble(|| format!("the program has more than {MOST_PACKAGES} packages"));
                break;
            }
        }
        walk
    }

    fn trouble(&mut self, message: impl FnOnce() -> String) {
        self.problem.get_or_insert_with(message);
    }

    /// The files of a folder that are built.
    fn select(&mut self, go: Go<'p>, query: &Query<'_>, folder: &str, build: Build<'_>) -> Vec<Read<'p>> {
        // Files that are named in the command are built whatever their constraints say.
        let named = query.files.filter(|_| folder == query.folder);
        let mut found = Vec::new();
        for file in go.index.files(folder) {
            let wanted =
                named.map_or(file.fits, |names| names.iter().any(|name| name.as_str() == file.name()));
            if !wanted {
                continue;
            }
            match file.source(go.project) {
                None => self.trouble(|| format!("{} can't be read", file.path)),
                Some(source) if source.package == "documentation" => {}
                Some(source) if named.is_none() && !source.fits(build) => {}
                Some(source) if !build.cgo && source.c_line.is_some() => {}
                Some(source) => found.push((file, source)),
            }
        }
        found
    }

    fn follow(
        &mut self,
        folder: &str,
        file: &File,
        source: &Source,
        resolver: &mut Resolver<'p>,
        queue: &mut Vec<String>,
    ) {
        for import in &source.imports {
            let here = || Finding { what: import.path.clone(), file: file.path.clone(), line: import.line };
            if import.path == "C" {
                continue;
            }
            match resolver.resolve(folder, &import.path) {
                Target::Standard if file.vendored => {}
                Target::Standard => self.standard.entry(import.path.clone()).or_default().push(here()),
                Target::External => {
                    self.external.entry(import.path.clone()).or_insert_with(here);
                }
                Target::Missing => {
                    self.external.entry(import.path.clone()).or_insert_with(here);
                    self.trouble(|| {
                        format!("{}:{} imports {}, which is not there", file.path, import.line, import.path)
                    });
                }
                Target::Folder(target) => {
                    if !self.packages.contains_key(&target) {
                        self.packages.insert(target.clone(), import.path.clone());
                        queue.push(target);
                    }
                }
            }
        }
    }

    /// The paths of the files of a folder.
    pub(super) fn paths(&self, folder: &str) -> BTreeSet<&str> {
        self.files.get(folder).into_iter().flatten().map(|(file, _)| file.path.as_str()).collect()
    }
}
