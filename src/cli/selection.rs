//! What may be changed, by what, and where the files around it are: options that commands share.

use super::args::Selection;
use super::catalog::cached;
use super::failure::Failure;
use crate::catalog::{self, View};
use crate::document::{Document, decode};
use crate::engine::{Ignores, Settings};
use crate::files;
use crate::project::{self, Folder, Project};
use crate::recipe::{self, Choice, Library};
use crate::transform::ladder::Rung;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Selection {
    /// Refuses what can't be meant.
    pub(super) fn check(&self) -> Result<(), Failure> {
        self.context.as_deref().map_or(Ok(()), folder)
    }

    /// The recipes to apply, and how far they may go.
    pub(super) fn settings(&self, library: &Library) -> Result<Settings, recipe::Error> {
        let date = self.as_of.unwrap_or_else(catalog::today);
        cached::install(date);
        let mut view = View::on(date);
        view.rules.provider = self.provider;
        let choice = self.choice();
        let names = Arc::new(library.catalogue());
        Ok(Settings {
            recipes: library.choose(&choice)?,
            include_unsafe: self.unsafe_,
            highest: self.rung.unwrap_or(Rung::Static),
            ignores: (!self.no_ignores).then(|| Ignores { names, whole: choice.select.is_empty() }),
            view: Arc::new(view),
        })
    }

    /// What the command line chooses.
    fn choice(&self) -> Choice {
        let also = self.provider.map(|_| "hardened-base-image".to_owned());
        Choice {
            pack: self.pack.clone(),
            select: self.select.clone(),
            ignore: self.ignore.clone(),
            also: also.into_iter().collect(),
            ..Choice::default()
        }
    }

    /// The folder that a Dockerfile is built from: the given one, or the one that its text fits.
    pub(super) fn folder(&self, path: &Path, source: &[u8]) -> Option<PathBuf> {
        self.context.clone().or_else(|| project::context(path, &Document::parse(&decode(source).text)))
    }

    /// The folder around a text, if it is known. Without a path, the given one.
    pub(super) fn around(&self, path: Option<&Path>, source: &[u8]) -> Option<PathBuf> {
        match path {
            _ if self.no_context => None,
            Some(path) => self.folder(path, source),
            None => self.context.clone(),
        }
    }

    /// The files around a text, if they are known; none of them is read yet.
    pub(super) fn project(&self, path: Option<&Path>, source: &[u8]) -> Option<Project> {
        let project = Project::new(Box::new(Folder::new(self.around(path, source)?)));
        let Some(path) = path else { return Some(project) };
        let beside = Folder::new(project::own_folder(path));
        Some(match path.file_name() {
            Some(name) => project.of(Box::new(beside), name.to_string_lossy()),
            None => project,
        })
    }

    /// The options that differ from none given, as words for a shell.
    pub(super) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let flags = [
            ("--unsafe", self.unsafe_),
            ("--no-context", self.no_context),
            ("--no-ignores", self.no_ignores),
            ("--online", self.network.online),
        ];
        for (flag, given) in flags {
            words.extend(given.then(|| flag.to_owned()));
        }
        let mut option = |name: &str, value: &str| words.extend([name.to_owned(), quoted(value)]);
        if let Some(folder) = &self.context {
            option("--context", &shown(folder));
        }
        if self.pack != "default" {
            option("--pack", &self.pack);
        }
        for (name, values) in [("--select", &self.select), ("--ignore", &self.ignore)] {
            if !values.is_empty() {
                option(name, &values.join(","));
            }
        }
        if let Some(date) = self.as_of {
            option("--as-of", &date.to_string());
        }
        if let Some(provider) = self.provider {
            option("--provider", provider.name());
        }
        if let Some(rung) = self.rung {
            option("--rung", rung.name());
        }
        if let Some(seconds) = self.network.registry_timeout {
            option("--registry-timeout", &seconds.to_string());
        }
        self.recipes.iter().for_each(|folder| option("--recipes", &shown(folder)));
        words
    }
}

/// The recipes of the program and of these folders.
pub(super) fn library(folders: &[PathBuf]) -> Result<Library, recipe::Error> {
    let mut library = Library::builtin()?;
    folders.iter().try_for_each(|folder| library.add_folder(folder))?;
    Ok(library)
}

/// Refuses what is no folder to build from.
fn folder(path: &Path) -> Result<(), Failure> {
    let cause = match path.metadata() {
        Ok(metadata) if metadata.is_dir() => return Ok(()),
        Ok(_) => "it is not a folder".to_owned(),
        Err(error) => files::cause(&error),
    };
    let failure = Failure::new(format!("cannot build from {}", path.display())).because(cause);
    Err(failure.help("--context takes the folder that `docker build` is given"))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A word for a shell.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./,:=+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
