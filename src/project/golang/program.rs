//! One program: what it is made of, and what it does that an image has to know.

use super::calls::Group;
use super::index::File;
use super::resolver::Resolver;
use super::walk::{Read, Walk};
use super::{Go, is_vendored};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Which program, and how it is built.
#[derive(Clone, Copy, Debug, Default)]
pub struct Query<'q> {
    /// The folder of the main package; empty for the context's root.
    pub folder: &'q str,
    /// The files that the command names instead of the package.
    pub files: Option<&'q [String]>,
    /// What follows `-tags`.
    pub tags: &'q [String],
    /// The import path that the context's root has in GOPATH.
    pub import_root: Option<&'q str>,
}

/// Something that was seen, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A path, a name, a string.
    pub what: String,
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
}

/// A call that was seen, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The argument that matters, if it is a string or a constant.
    pub what: Option<String>,
    /// The function, as in `exec.Command`.
    pub function: String,
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
}

/// A package of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its folder.
    pub folder: String,
    /// The path it is imported by; none for the main package.
    pub import: Option<String>,
    /// Whether it is a copy of somebody else's.
    pub vendored: bool,
}

/// Whether all that a program is made of is known by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closure {
    /// Only the context's own packages and what comes with Go.
    Std,
    /// That, and copies of packages in the context.
    Vendored,
    /// The rest comes from these modules; some of them may not be part of this program.
    Sums(Vec<String>),
    /// The rest comes from these packages and repositories, which a lock file lists.
    Locked(Vec<String>),
    /// What this import brings along is not known.
    Unseen(Finding),
}

/// A package that uses C.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CImport {
    /// Its import path, or its folder if it has none.
    pub package: String,
    /// A file that says `import "C"`.
    pub file: String,
    /// The line.
    pub line: usize,
    /// Whether it is a copy of somebody else's.
    pub vendored: bool,
    /// What happens when the program is built without cgo.
    pub fallback: Fallback,
    /// Libraries that it asks to be linked, those of the C library itself left out.
    pub libraries: Vec<String>,
    /// Whether it has C++ files.
    pub cpp: bool,
}

/// What a build without cgo does with a package that uses C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// Nothing stands in: it fails, or something is missing.
    None,
    /// Files of the package stand in for those that use C; perhaps only to say that they can't.
    Files,
    /// The package is no part of the program then.
    Dropped,
}

/// What is known about a program. What its own files do leaves out copies of somebody else's packages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The packages it is made of that are in the context.
    pub packages: Vec<Package>,
    /// Imports that lead out of the context.
    pub external: Vec<Finding>,
    /// Whether all it is made of is known by name.
    pub closure: Closure,
    /// Import paths of packages that are part of it for sure, its own left out.
    pub imports: BTreeSet<String>,
    /// Modules, repositories and packages that may be part of it: what the closure lists.
    pub modules: BTreeSet<String>,
    /// The packages that use C.
    pub c_imports: Vec<CImport>,
    /// Short strings.
    pub literals: Vec<Finding>,
    /// Calls that run another program.
    pub runs: Vec<Call>,
    /// Calls that write a file or a folder.
    pub writes: Vec<Call>,
    /// Patterns of files that the build puts into it.
    pub embeds: Vec<Finding>,
    /// Environment variables it asks for.
    pub environment: Vec<Finding>,
    /// Addresses to listen on, as in `:8080`.
    pub listens: Vec<Finding>,
    /// Time zones it loads.
    pub zones: Vec<Call>,
    /// Imports of `os/user`.
    pub users: Vec<Finding>,
    /// Imports of `plugin`.
    pub plugins: Vec<Finding>,
    /// The import path that the context's root seems to have, if only the imports show it.
    pub guessed_root: Option<String>,
    /// Why the above may not be all there is.
    pub unknown: Option<String>,
}

impl Program {
    /// Every path that is or may be part of the program, for sure or perhaps.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.imports.union(&self.modules).map(String::as_str)
    }
}

impl<'p> Go<'p> {
    /// What is known about the program of a main package.
    pub fn program(self, query: &Query<'_>) -> Program {
        let mut resolver = Resolver::new(self, query);
        let mut with = Walk::new(self, query, &mut resolver, true);
        if resolver.guess.is_some() {
            // What was met before the guess is followed now.
            with = Walk::new(self, query, &mut resolver, true);
        }
        let without = Walk::new(self, query, &mut resolver, false);
        let external = external(&with, &without);
        let closure = self.closure(query, &external, &with, &without);
        let modules = match &closure {
            Closure::Sums(names) | Closure::Locked(names) => names.iter().cloned().collect(),
            _ => BTreeSet::new(),
        };
        let unknown = no_main(query, &with, &without)
            .or_else(|| with.problem.clone())
            .or_else(|| without.problem.clone());
        let standard = |name: &str| with.standard.get(name).cloned().unwrap_or_default();
        let mut program = Program {
            packages: packages(&with, &without),
            imports: external.iter().map(|found| found.what.clone()).collect(),
            external,
            closure,
            modules,
            c_imports: self.c_imports(&with, &without),
            literals: Vec::new(),
            runs: Vec::new(),
            writes: Vec::new(),
            embeds: Vec::new(),
            environment: Vec::new(),
            listens: Vec::new(),
            zones: Vec::new(),
            users: standard("os/user"),
            plugins: standard("plugin"),
            guessed_root: resolver.guess,
            unknown,
        };
        let vendored = program.packages.iter().filter(|package| package.vendored);
        program.imports.extend(vendored.filter_map(|package| package.import.clone()));
        for files in own_files(&with, &without) {
            program.read(&files);
        }
        program
    }

    fn c_imports(self, with: &Walk<'p>, without: &Walk<'p>) -> Vec<CImport> {
        let found = with.files.iter().filter_map(|(folder, files)| {
            let using: Vec<&Read<'_>> = files.iter().filter(|(_, source)| uses_c(source).is_some()).collect();
            let (file, source) = using.first()?;
            let stand_ins = without.paths(folder).difference(&with.paths(folder)).count();
            let fallback = match without.files.get(folder) {
                None => Fallback::Dropped,
                Some(_) if stand_ins > 0 => Fallback::Files,
                Some(_) => Fallback::None,
            };
            let mut libraries: Vec<String> =
                using.iter().flat_map(|(_, source)| source.c_libraries.clone()).collect();
            libraries.sort();
            libraries.dedup();
            let import = with.packages.get(folder).filter(|import| !import.is_empty());
            Some(CImport {
                package: import.unwrap_or(folder).clone(),
                file: file.path.clone(),
                line: uses_c(source).unwrap_or(1),
                vendored: file.vendored,
                fallback,
                libraries,
                cpp: self.has_cpp(folder),
            })
        });
        found.collect()
    }

    fn has_cpp(self, folder: &str) -> bool {
        let mut inside = self.project.below(folder);
        inside.any(|entry| {
            let path = entry.path.as_str();
            super::within(path, folder).is_some_and(|name| !name.contains('/'))
                && [".cc", ".cpp", ".cxx"].iter().any(|end| path.ends_with(end))
        })
    }
}

/// The line of `import "C"`, or of an import that means the same.
fn uses_c(source: &super::source::Source) -> Option<usize> {
    let runtime = || source.imports.iter().find(|i| i.path == "runtime/cgo").map(|i| i.line);
    source.c_line.or_else(runtime)
}

fn no_main(query: &Query<'_>, with: &Walk<'_>, without: &Walk<'_>) -> Option<String> {
    let files = |walk: &Walk<'_>| {
        walk.files.get(query.folder).into_iter().flatten().any(|(_, s)| s.package == "main")
    };
    let place = if query.folder.is_empty() { "the context's root" } else { query.folder };
    (!files(with) && !files(without)).then(|| format!("{place} has no main package"))
}

fn external(with: &Walk<'_>, without: &Walk<'_>) -> Vec<Finding> {
    let mut found = with.external.clone();
    for (import, finding) in &without.external {
        found.entry(import.clone()).or_insert_with(|| finding.clone());
    }
    found.into_values().collect()
}

fn packages(with: &Walk<'_>, without: &Walk<'_>) -> Vec<Package> {
    let all: BTreeMap<&String, &String> = without.packages.iter().chain(&with.packages).collect();
    let package = |(folder, import): (&String, &String)| Package {
        folder: folder.clone(),
        import: Some(import.clone()).filter(|import| !import.is_empty()),
        vendored: is_vendored(&format!("{folder}/")),
    };
    all.into_iter().map(package).collect()
}

/// The program's own files, by package.
fn own_files<'p>(with: &Walk<'p>, without: &Walk<'p>) -> Vec<Vec<Read<'p>>> {
    let mut packages: BTreeMap<&str, BTreeMap<&str, Read<'p>>> = BTreeMap::new();
    for (folder, files) in with.files.iter().chain(&without.files) {
        for &(file, source) in files.iter().filter(|(file, _)| !file.vendored) {
            packages.entry(folder).or_default().insert(&file.path, (file, source));
        }
    }
    packages.into_values().map(|files| files.into_values().collect()).collect()
}

impl Program {
    /// Adds what the files of one package tell.
    fn read(&mut self, files: &[Read<'_>]) {
        let pairs = files.iter().flat_map(|(_, source)| &source.body().constants);
        let constants: HashMap<&str, &str> =
            pairs.map(|(name, text)| (name.as_str(), text.as_str())).collect();
        for (file, source) in files {
            let body = source.body();
            let assigned: HashMap<&str, &str> =
                body.assigned.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
            self.embeds.extend(body.embeds.iter().map(|found| finding(file, found)));
            self.literals.extend(body.literals.iter().map(|found| finding(file, found)));
            let ports = body.literals.iter().filter(|(text, _)| is_address(text));
            self.listens.extend(ports.map(|found| finding(file, found)));
            for call in &body.calls {
                let what = call.argument.resolve(&constants);
                // Where a variable may name a file of root's folders, it is taken to: else nothing would be known.
                let what = match call.group {
                    Group::Write => what.or_else(|| call.argument.resolve(&assigned)),
                    _ => what,
                };
                let made =
                    Call { what, function: call.function.clone(), file: file.path.clone(), line: call.line };
                match call.group {
                    Group::Run => self.runs.push(made),
                    Group::Write => self.writes.push(made),
                    Group::Zone => self.zones.push(made),
                    Group::Environment => self.environment.extend(made.known()),
                }
            }
        }
    }
}

impl Call {
    fn known(self) -> Option<Finding> {
        Some(Finding { what: self.what?, file: self.file, line: self.line })
    }
}

fn finding(file: &File, (what, line): &(String, usize)) -> Finding {
    Finding { what: what.clone(), file: file.path.clone(), line: *line }
}

/// `:80`, `localhost:8080`.
fn is_address(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(host, port)| {
        !host.contains(['/', ' ', '\n'])
            && port.parse::<u16>().is_ok_and(|port| port > 0)
            && !port.starts_with('+')
    })
}

#[cfg(test)]
#[path = "program_tests.rs"]
mod tests;
