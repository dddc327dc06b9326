//! Which versions of a language a project takes, as its own files say.
//!
//! In: a [`Project`] and a [`Language`]. Out: each place that says something, as written, and whether a version is one that
//! is meant there. Only files in the context's root and beside the Dockerfile are read, whatever the ignore file says of
//! them: they speak of the project also where no build needs them. Does not know images, tags or what versions there are;
//! runs nothing, and asks no network.

mod comparators;
mod dotnet;
mod go;
mod gradle;
mod java;
mod maven;
mod node;
mod php;
mod python;
mod ruby;
mod rust;
mod set;
mod stated;
mod tools;
mod version;
mod want;
mod xml;

use super::{Entry, Kind, Next, Project, Tree};
use stated::Stated;
use std::collections::BTreeSet;
use std::sync::OnceLock;
use version::Version;
use want::Want;

/// The largest file that is read, in bytes.
const LARGEST: usize = 1 << 20;

/// A language that images come with in versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // their names say it
pub enum Language {
    Go,
    Node,
    Python,
    Java,
    Ruby,
    Php,
    Dotnet,
    Rust,
}

/// One place where a project says which versions of a language it takes.
#[derive(Clone, Debug)]
pub struct Declared {
    /// The file, by its path from the context's root, or from the Dockerfile's tree if it lies `beside` the Dockerfile.
    pub file: String,
    /// Whether the file was found beside the Dockerfile, which is not in the context's root.
    pub beside: bool,
    /// The line in the file, from 1.
    pub line: usize,
    /// What it says, as written: `>=18 <21`; empty where the file can't be read.
    pub text: String,
    language: Language,
    want: Want,
}

impl Declared {
    /// Whether a version such as `24.19.0` is one that the project takes; none when that can't be told: the text is not
    /// understood, or the version is none of a release.
    ///
    /// Of a version with fewer parts (`24`, `3.14`) the newest of its line is meant, whichever that is: `24` is taken by
    /// `>=24.2`, not by `<24`. Where other versions of the line are taken and the newest may or may not be one of them
    /// (`24` and `24.1.0`, `<24.5`), that can't be told.
    ///
    /// A lower bound (`go 1.22`, `rust-version`, Java's releases) takes all that is newer; a range what is in it; an exact
    /// version (`.nvmrc`, a toolchain) what has the numbers that are written. Versions of .NET may be an SDK's or a
    /// runtime's; what `global.json` says of SDKs is held against a runtime's first two numbers.
    pub fn allows(&self, version: &str) -> Option<bool> {
        self.want.allows(&Version::read(self.language, version)?)
    }
}

/// What has been found so far, by language.
#[derive(Debug, Default)]
pub(super) struct Facts {
    declared: [OnceLock<Vec<Declared>>; 8],
    unseen: OnceLock<Option<String>>,
}

impl Project {
    /// The places that say which versions of a language are taken; each of them is to be heeded. Those in the context's
    /// root come first, then those beside the Dockerfile, each in a fixed order of files and by line. A file that is there
    /// and can't be read (a link out of the folder, over 1 MiB, broken) is told too and allows nothing for sure.
    ///
    /// None means that nothing is declared only if [`Project::unseen`] is none.
    pub fn declared(&self, language: Language) -> Vec<Declared> {
        let read = || {
            let places = [Some(Place::root(self)), Place::beside(self)];
            let mut found: Vec<Declared> = Vec::new();
            for declared in places.into_iter().flatten().flat_map(|place| place.declared(language)) {
                // The Dockerfile may well be in the context's root: what is found there twice is one.
                if !found.iter().any(|other| other.says_same(&declared)) {
                    found.push(declared);
                }
            }
            found
        };
        self.versions.declared[language as usize].get_or_init(read).clone()
    }

    /// A file in a folder of the context below its root that may say something too.
    pub fn declares_below(&self, language: Language) -> Option<&str> {
        const OTHERS: [&str; 2] = ["node_modules", "vendor"];
        let is_one = |entry: &&Entry| {
            let Some((folder, name)) = entry.path.rsplit_once('/') else { return false };
            !folder.split('/').any(|part| OTHERS.contains(&part))
                && files(language).iter().any(|(known, _)| *known == name)
        };
        self.entries().iter().find(is_one).map(|entry| entry.path.as_str())
    }

    /// Why the files that declare versions can't be seen, if they can't: the context is no folder that can be read.
    pub fn unseen(&self) -> Option<&str> {
        let look = || Place::root(self).names(1).err();
        self.versions.unseen.get_or_init(look).as_deref()
    }
}

impl Declared {
    fn says_same(&self, other: &Self) -> bool {
        let name = |declared: &Self| declared.file.rsplit('/').next().map(str::to_owned);
        self.beside != other.beside
            && (self.line, &self.text, name(self)) == (other.line, &other.text, name(other))
    }
}

/// How a file is read.
type Read = fn(&str) -> Vec<Stated>;

/// The files that speak of one language only.
fn files(language: Language) -> &'static [(&'static str, Read)] {
    match language {
        Language::Go => &[("go.mod", go::module), ("go.work", go::module), (".go-version", go::version_file)],
        Language::Node => &[
            ("package.json", node::package),
            (".nvmrc", node::version_file),
            (".node-version", node::version_file),
        ],
        Language::Python => &[
            ("pyproject.toml", python::pyproject),
            ("setup.cfg", python::setup_cfg),
            ("setup.py", python::setup_py),
            ("Pipfile", python::pipfile),
            (".python-version", python::version_file),
            ("runtime.txt", python::runtime),
        ],
        Language::Java => &[
            ("pom.xml", maven::pom),
            ("build.gradle", gradle::build),
            ("build.gradle.kts", gradle::build),
            (".java-version", java::version_file),
            (".sdkmanrc", java::sdkman),
        ],
        Language::Ruby => {
            &[("Gemfile", ruby::gemfile), ("Gemfile.lock", ruby::lock), (".ruby-version", ruby::version_file)]
        }
        Language::Php => &[("composer.json", php::composer), (".php-version", php::version_file)],
        Language::Dotnet => &[
            ("global.json", dotnet::global),
            ("Directory.Build.props", dotnet::project),
            ("Directory.Packages.props", dotnet::project),
        ],
        Language::Rust => &[
            ("rust-toolchain.toml", rust::toolchain),
            ("rust-toolchain", rust::toolchain),
            ("Cargo.toml", rust::cargo),
        ],
    }
}

/// A folder whose files speak of versions.
struct Place<'p> {
    tree: &'p dyn Tree,
    folder: &'p str,
    beside: bool,
}

impl<'p> Place<'p> {
    fn root(project: &'p Project) -> Self {
        Self { tree: &*project.tree, folder: "", beside: false }
    }

    /// The Dockerfile's folder, if it is known.
    fn beside(project: &'p Project) -> Option<Self> {
        let dockerfile = project.dockerfile.as_ref()?;
        let folder = dockerfile.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        Some(Self { tree: &*dockerfile.tree, folder, beside: true })
    }

    fn declared(&self, language: Language) -> Vec<Declared> {
        let mut found = Vec::new();
        for (name, read) in files(language) {
            found.extend(self.read(language, name, read));
        }
        if language == Language::Dotnet {
            for name in self.project_files() {
                found.extend(self.read(language, &name, &dotnet::project));
            }
        }
        found.extend(self.read(language, ".tool-versions", &|text: &str| tools::asdf(language, text)));
        for name in ["mise.toml", ".mise.toml"] {
            found.extend(self.read(language, name, &|text: &str| tools::mise(language, text)));
        }
        found
    }

    /// What a file states, if it is there.
    fn read(&self, language: Language, name: &str, read: &dyn Fn(&str) -> Vec<Stated>) -> Vec<Declared> {
        let file = if self.folder.is_empty() { name.to_owned() } else { format!("{}/{name}", self.folder) };
        if matches!(self.tree.kind(&file), None | Some(Kind::Folder)) {
            return Vec::new();
        }
        let bytes = self.tree.read(&file).ok().filter(|bytes| bytes.len() <= LARGEST);
        let stated = bytes.map(|bytes| {
            let text = String::from_utf8_lossy(&bytes);
            read(text.strip_prefix('\u{feff}').unwrap_or(&text))
        });
        let stated = stated.filter(|stated| stated.len() <= stated::MOST).unwrap_or_else(Stated::unreadable);
        let declared = stated.into_iter().map(|Stated { line, text, want }| {
            let text = shown(&text);
            Declared { file: file.clone(), beside: self.beside, line, text, language, want }
        });
        declared.collect()
    }

    /// The project files of .NET, sorted.
    fn project_files(&self) -> Vec<String> {
        let depth = self.folder.split('/').filter(|part| !part.is_empty()).count() + 1;
        let names = self.names(depth).unwrap_or_default().into_iter();
        names
            .filter(|name| dotnet::PROJECTS.iter().any(|end| name.ends_with(end)))
            .take(dotnet::MOST)
            .collect()
    }

    /// The names in the folder, which lies so deep that its entries have `depth` parts.
    fn names(&self, depth: usize) -> Result<BTreeSet<String>, String> {
        let mut names = BTreeSet::new();
        let prefix = if self.folder.is_empty() { String::new() } else { format!("{}/", self.folder) };
        self.tree.walk(&mut |Entry { path, .. }| {
            let leads = path.split('/').count() < depth && prefix.starts_with(&format!("{path}/"));
            if let Some(name) = path.strip_prefix(&prefix).filter(|name| !name.contains('/')) {
                names.insert(name.to_owned());
            }
            Ok(if leads { Next::Enter } else { Next::Skip })
        })?;
        Ok(names)
    }
}

/// A text as it may be shown: not longer than a line, and nothing in it that moves a terminal's cursor.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(set::LONGEST).collect()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
