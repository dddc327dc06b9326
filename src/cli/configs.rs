//! What `harden.toml` says about images, for all files of a run.

use super::inputs::Input;
use crate::catalog::{Mirror, Rules, View};
use crate::config::Config;
use crate::engine::Settings;
use crate::files;
use crate::project::own_folder;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rules by the folder of a Dockerfile; each file is read once.
#[derive(Debug, Default)]
pub(super) struct Configs {
    found: BTreeMap<PathBuf, Result<Rules, files::Error>>,
}

impl Configs {
    /// Reads what holds for these texts.
    pub(super) fn of(inputs: &[Input]) -> Self {
        let mut found = BTreeMap::new();
        for folder in inputs.iter().map(folder) {
            if !found.contains_key(&folder) {
                let rules = Config::of(&folder).map(|config| config.images);
                found.insert(folder, rules);
            }
        }
        Self { found }
    }

    /// The settings with the rules that hold for a text.
    pub(super) fn settings<'s, 'l>(
        &self,
        settings: &'s Settings<'l>,
        input: &Input,
    ) -> Result<Cow<'s, Settings<'l>>, files::Error> {
        match self.found.get(&folder(input)) {
            Some(Ok(rules)) if *rules != Rules::default() => Ok(Cow::Owned(with(settings, rules))),
            Some(Err(error)) => Err(error.clone()),
            _ => Ok(Cow::Borrowed(settings)),
        }
    }

    /// The mirrors to ask, if all texts agree about them: those of one project must not answer for another.
    pub(super) fn mirrors(&self) -> &[Mirror] {
        let mut all = self.found.values().map(|rules| rules.as_ref().map_or(&[][..], |rules| &rules.mirrors));
        let first = all.next().unwrap_or_default();
        if all.all(|mirrors| mirrors == first) { first } else { &[] }
    }
}

/// Settings with the rules of a project.
pub(super) fn with<'l>(settings: &Settings<'l>, rules: &Rules) -> Settings<'l> {
    let view = View { rules: rules.clone(), ..View::clone(&settings.view) };
    Settings { view: Arc::new(view), ..settings.clone() }
}

/// The folder whose configuration holds for a text: its own, or the working directory.
fn folder(input: &Input) -> PathBuf {
    match input {
        Input::File(path) | Input::Stdin(Some(path)) => own_folder(path),
        Input::Stdin(None) => Path::new(".").to_path_buf(),
    }
}
