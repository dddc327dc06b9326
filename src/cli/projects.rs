//! What the projects of the files say about images: files of one run may be of several.
//!
//! Each project has its own rules, mirrors and answers: what one project's mirror says is not for the files of another.

use super::args::Options;
use super::inputs::Input;
use super::job::{self, Stdin};
use super::online::{self, Asked};
use super::parallel;
use crate::config::Config;
use crate::engine::Settings;
use crate::files;
use crate::project::own_folder;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// The settings for each file of a run.
#[derive(Debug)]
pub(super) struct Projects {
    /// By what the projects say; those without a configuration are one.
    all: Vec<Settings>,
    /// Index into `all` by folder; why a configuration can't be used.
    folders: BTreeMap<PathBuf, Result<usize, files::Error>>,
}

impl Projects {
    /// Reads the configurations that hold for some files.
    pub(super) fn of(inputs: &[Input], settings: &Settings) -> Self {
        let mut projects = Self { all: Vec::new(), folders: BTreeMap::new() };
        for folder in inputs.iter().map(folder) {
            if !projects.folders.contains_key(&folder) {
                let index = Config::of(&folder).map(|config| projects.index(config, settings));
                projects.folders.insert(folder, index);
            }
        }
        projects
    }

    fn index(&mut self, config: Config, settings: &Settings) -> usize {
        let view = Arc::new(settings.view.with(config.images));
        if let Some(index) = self.all.iter().position(|known| known.view.rules == view.rules) {
            return index;
        }
        self.all.push(Settings { view, ..settings.clone() });
        self.all.len() - 1
    }

    /// The settings for a file; an error where its project's configuration can't be used.
    pub(super) fn settings(&self, input: &Input) -> Result<&Settings, files::Error> {
        match self.folders.get(&folder(input)) {
            Some(Ok(index)) => self.all.get(*index).ok_or_else(lost),
            Some(Err(error)) => Err(error.clone()),
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
                |input: &&Input| matches!(self.folders.get(&folder(input)), Some(Ok(own)) if *own == index);
            let own: Vec<&Input> = inputs.iter().filter(is_own).collect();
            let settings = &mut self.all[index];
            asked += online::ask(client.as_ref(), settings, quiet, |settings| {
                parallel::each(&own, |input| job::note(options, settings, input, stdin), |()| {});
            });
        }
        asked
    }
}

/// The folder whose configuration holds for a file.
fn folder(input: &Input) -> PathBuf {
    let named = match input {
        Input::File(path) | Input::Stdin(Some(path)) => Some(own_folder(path)),
        Input::Stdin(None) => None,
    };
    named.unwrap_or_else(|| PathBuf::from("."))
}

/// All files of a run are known before the first is treated.
fn lost() -> files::Error {
    files::Error::new("cannot treat the file", "it was not there when the run began")
}
