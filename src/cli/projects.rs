//! What the projects of the files say about recipes and images: files of one run may be of several.
//!
//! Each project has its own rules, mirrors and answers: what one project's mirror says is not for the files of another.

use super::args::{Options, Selection};
use super::failure::Failure;
use super::inputs::Input;
use super::job::{self, Stdin};
use super::online::{self, Asked};
use super::parallel;
use crate::config::Config;
use crate::engine::Settings;
use crate::files;
use crate::project::own_folder;
use crate::recipe::{self, Choice, Library};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The settings for each file of a run.
#[derive(Debug, Default)]
pub(super) struct Projects {
    /// By what is said of recipes and images; those without a configuration are one.
    all: Vec<Kind>,
    /// Index into `all` by file; why a configuration can't be used.
    files: BTreeMap<PathBuf, Result<usize, Failure>>,
}

/// Files of which the same is said.
#[derive(Debug)]
struct Kind {
    choice: Choice,
    settings: Settings,
}

/// Configurations that were read, by file; each is read once.
type Read = BTreeMap<Option<PathBuf>, Result<Config, files::Error>>;

impl Projects {
    /// Reads the configurations that hold for some files.
    pub(super) fn of(
        inputs: &[Input],
        selection: &Selection,
        library: &Library,
        settings: &Settings,
    ) -> Self {
        let mut projects = Self::default();
        let (mut read, mut folders) = (Read::new(), BTreeMap::new());
        for input in inputs {
            let place = folders.entry(folder(input)).or_insert_with_key(|folder| place(selection, folder));
            let config =
                read.entry(place.as_ref().map(|(file, _)| file.clone())).or_insert_with(|| match place {
                    Some((file, about)) => Config::read(file, about.clone(), library),
                    None => Ok(Config::default()),
                });
            let index = config.as_ref().map_err(|error| Failure::from(error.clone())).and_then(|config| {
                let index = projects.index(config, named(input), selection, library, settings);
                index.map_err(Failure::from)
            });
            projects.files.insert(key(input), index);
        }
        projects
    }

    /// The same settings for all files.
    #[cfg(test)]
    pub(super) fn uniform(inputs: &[Input], settings: Settings) -> Self {
        let files = inputs.iter().map(|input| (key(input), Ok(0))).collect();
        Self { all: vec![Kind { choice: Choice::default(), settings }], files }
    }

    fn index(
        &mut self,
        config: &Config,
        path: Option<&Path>,
        selection: &Selection,
        library: &Library,
        settings: &Settings,
    ) -> Result<usize, recipe::Error> {
        let choice = selection.choice(&config.wishes(path));
        let rules = settings.view.with(config.images.clone()).rules;
        let is_same = |known: &Kind| known.choice == choice && known.settings.view.rules == rules;
        if let Some(index) = self.all.iter().position(is_same) {
            return Ok(index);
        }
        let settings = selection.settings_in(library, settings, config, path)?;
        self.all.push(Kind { choice, settings });
        Ok(self.all.len() - 1)
    }

    /// The settings for a file; an error where its project's configuration can't be used.
    pub(super) fn settings(&self, input: &Input) -> Result<&Settings, Failure> {
        match self.files.get(&key(input)) {
            Some(Ok(index)) => Ok(&self.all.get(*index).ok_or_else(lost)?.settings),
            Some(Err(failure)) => Err(failure.clone()),
            None => Err(lost()),
        }
    }

    /// Gives all settings the answers of registries, if they may be asked. Registries are asked by one run and not by each
    /// project anew: what they ask for, and the time for all, count for all.
    pub(super) fn ask(&mut self, options: &Options, inputs: &[Input], stdin: &Stdin, quiet: bool) -> Asked {
        let mut asked = Asked::default();
        let client = online::client(&options.selection.network);
        for index in 0..self.all.len() {
            let is_own =
                |input: &&Input| matches!(self.files.get(&key(input)), Some(Ok(own)) if *own == index);
            let own: Vec<&Input> = inputs.iter().filter(is_own).collect();
            let settings = &mut self.all[index].settings;
            asked += online::ask(client.as_ref(), settings, quiet, |settings| {
                parallel::each(&own, |input| job::note(options, settings, input, stdin), |()| {});
            });
        }
        asked
    }
}

/// The file that holds for a folder, and the folder that it is about.
fn place(selection: &Selection, folder: &Path) -> Option<(PathBuf, PathBuf)> {
    match selection.configuration.file() {
        Some(file) => Some((file.clone(), Config::about(&file))),
        None if selection.configuration.no_config => None,
        None => Config::find(folder),
    }
}

/// The path that a configuration may say something of.
fn named(input: &Input) -> Option<&Path> {
    match input {
        Input::File(path) | Input::Stdin(Some(path)) => Some(path),
        Input::Stdin(None) => None,
    }
}

/// The folder whose configuration holds for a file.
fn folder(input: &Input) -> PathBuf {
    named(input).map_or_else(|| PathBuf::from("."), own_folder)
}

/// What tells a file from the others of a run.
fn key(input: &Input) -> PathBuf {
    match input {
        Input::File(path) => path.clone(),
        Input::Stdin(_) => PathBuf::from("-"),
    }
}

/// All files of a run are known before the first is treated.
fn lost() -> Failure {
    Failure::new("cannot treat the file").because("it was not there when the run began")
}
