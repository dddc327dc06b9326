//! The main packages of a context, and the names that Go gives to their programs.

use super::constraint::Build;
use super::{Go, is_vendored, join, within};

/// A main package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Main {
    /// Its folder; empty for the context's root.
    pub folder: String,
    /// Its import path, if it is known.
    pub import: Option<String>,
    /// What `go build` and `go install` call its program; none when only the folder that the context is copied to tells.
    pub name: Option<String>,
}

impl<'p> Go<'p> {
    /// The main packages that a build with these tags finds, by folder; copies of somebody else's are left out.
    /// `import_root` is the import path of the context's root in GOPATH.
    pub fn mains(self, tags: &[String], import_root: Option<&str>) -> Vec<Main> {
        let folders = self.index.folders().filter(|(folder, _)| !is_ignored(folder));
        let mains = folders.filter(|(folder, _)| self.package_at(folder, tags) == Some("main"));
        mains.map(|(folder, _)| self.main(folder, import_root)).collect()
    }

    /// The name of the package in a folder.
    pub fn package_at(self, folder: &str, tags: &[String]) -> Option<&'p str> {
        let files = self.index.files(folder).iter().filter(|file| file.fits);
        let fitting = files.filter_map(|file| {
            let source = file.source(self.project)?;
            let fits = [true, false].into_iter().any(|cgo| source.fits(Build { cgo, tags }));
            (fits && source.package != "documentation").then_some(source.package.as_str())
        });
        fitting.into_iter().next()
    }

    fn main(self, folder: &str, import_root: Option<&str>) -> Main {
        let module = self.module_at(folder).filter(|module| !module.path.is_empty());
        let import = match module {
            Some(module) => within(folder, &module.folder).map(|rest| join(&module.path, rest)),
            None => import_root.map(|root| join(root.trim_matches('/'), folder)),
        };
        let name = match (&import, module) {
            (Some(import), Some(_)) => Some(program_name(import).to_owned()),
            (Some(path), None) => last(path),
            (None, _) => last(folder),
        };
        Main { folder: folder.to_owned(), import, name }
    }
}

fn last(path: &str) -> Option<String> {
    path.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// What Go calls the program of a package with this import path: its last part, a version such as `v2` left out.
pub fn program_name(import: &str) -> &str {
    let (before, last) = import.rsplit_once('/').unwrap_or(("", import));
    let number = last.strip_prefix('v').filter(|n| !n.starts_with('0') && *n != "1");
    let is_version = number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    if is_version && !before.is_empty() { before.rsplit('/').next().unwrap_or(before) } else { last }
}

/// Whether `./...` leaves a folder out.
fn is_ignored(folder: &str) -> bool {
    is_vendored(&format!("{folder}/"))
        || folder.split('/').any(|part| part == "testdata" || part.starts_with(['_', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{Memory, Project};

    fn mains(files: &[(&str, &str)], root: Option<&str>) -> Vec<(String, Option<String>)> {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
        let project = Project::new(Box::new(Memory::new(files)));
        let mains = project.go().mains(&[], root);
        mains.into_iter().map(|main| (main.folder, main.name)).collect()
    }

    fn named(folder: &str, name: Option<&str>) -> (String, Option<String>) {
        (folder.to_owned(), name.map(str::to_owned))
    }

    #[test]
    fn names_of_programs() {
        let cases = [
            ("example.com/a", "a"),
            ("example.com/a/v2", "a"),
            ("example.com/a/v1", "v1"),
            ("example.com/a/v02", "v02"),
            ("example.com/a/cmd/x", "x"),
            ("v2", "v2"),
            ("gopkg.in/a.v2", "a.v2"),
        ];
        for (import, expected) in cases {
            assert_eq!(program_name(import), expected, "{import}");
        }
    }

    #[test]
    fn mains_of_a_module() {
        let files = [
            ("go.mod", "module example.com/svc/v3\n"),
            ("main.go", "package main"),
            ("lib/lib.go", "package lib"),
            ("cmd/x/x.go", "package main"),
            ("cmd/t/t_test.go", "package main"),
            ("cmd/w/w_windows.go", "package main"),
            ("tools/gen.go", "// +build ignore\n\npackage main"),
            ("vendor/a.b/c/main.go", "package main"),
            ("testdata/main.go", "package main"),
            ("_old/main.go", "package main"),
            ("sub/go.mod", "module example.com/other"),
            ("sub/main.go", "package main"),
        ];
        let found = mains(&files, None);
        assert_eq!(found, [named("", Some("svc")), named("cmd/x", Some("x")), named("sub", Some("other"))]);
    }

    #[test]
    fn mains_in_gopath() {
        let files = [("main.go", "package main"), ("cmd/x/x.go", "package main")];
        assert_eq!(mains(&files, None), [named("", None), named("cmd/x", Some("x"))]);
        let root = Some("github.com/o/svc");
        assert_eq!(mains(&files, root), [named("", Some("svc")), named("cmd/x", Some("x"))]);
    }

    #[test]
    fn generators_beside_a_package_are_not_it() {
        let files = [("lib/a_gen.go", "//go:build ignore\npackage main"), ("lib/b.go", "package lib")];
        assert_eq!(mains(&files, None), []);
    }
}
