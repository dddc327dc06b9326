//! From the paths as given to the texts to look at.

use super::args::Options;
use super::failure::Failure;
use crate::files;
use crate::report;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A text to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// Standard input, with its name if it was given.
    Stdin(Option<PathBuf>),
    /// A file.
    File(PathBuf),
}

impl Input {
    /// Its name for people.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Stdin(None) => "<stdin>".into(),
            Self::Stdin(Some(path)) | Self::File(path) => path.display().to_string(),
        }
    }

    /// Its path, if it is a file.
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdin(_) => None,
            Self::File(path) => Some(path),
        }
    }

    /// Its name in a patch.
    pub(super) fn label(&self, folder: &Path) -> Vec<u8> {
        match self {
            Self::Stdin(None) => b"Dockerfile".to_vec(),
            Self::Stdin(Some(path)) | Self::File(path) => report::label(path, folder),
        }
    }
}

/// The texts to look at, each once, in the order of the paths; and what could not be found.
pub(super) fn inputs(options: &Options) -> (Vec<Input>, Vec<(PathBuf, Failure)>) {
    let here = [PathBuf::from(".")];
    let paths = if options.paths.is_empty() { &here } else { options.paths.as_slice() };
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for path in paths {
        if path.as_os_str() == "-" {
            found.push(Input::Stdin(options.stdin_filename.clone()));
        } else if path.is_dir() {
            folder(path, &mut found, &mut failures);
        } else if path.symlink_metadata().is_err() && !path.exists() {
            failures.push((path.clone(), missing(path, paths)));
        } else {
            found.push(Input::File(path.clone()));
        }
    }
    (once(found), failures)
}

fn folder(path: &Path, found: &mut Vec<Input>, failures: &mut Vec<(PathBuf, Failure)>) {
    let (files, errors) = files::find(path);
    if files.is_empty() && errors.is_empty() {
        let failure = Failure::new(format!("no Dockerfile in {}", path.display()))
            .because("no file is named Dockerfile*, *.Dockerfile or Containerfile*")
            .help("give the file itself: its name does not matter then");
        failures.push((path.to_path_buf(), failure));
    }
    found.extend(files.into_iter().map(Input::File));
    failures.extend(errors.into_iter().map(|error| (path.to_path_buf(), error.into())));
}

fn missing(path: &Path, paths: &[PathBuf]) -> Failure {
    let cause = path.symlink_metadata().err().map_or_else(String::new, |error| files::cause(&error));
    let name = path.display().to_string();
    let mistyped = paths.first().is_some_and(|first| first == path);
    let command = ["explain", "images", "init", "pin", "prove", "recipes"]
        .into_iter()
        .find(|command| strsim::osa_distance(command, &name) <= 2);
    let help = match command {
        Some(command) if mistyped => format!("did you mean `harden {command}`?"),
        _ => "give a Dockerfile, a folder, or `-` for standard input".into(),
    };
    Failure::new(format!("cannot read {name}")).because(cause).help(help)
}

/// A file that is given twice, or through a link, is still one file.
fn once(inputs: Vec<Input>) -> Vec<Input> {
    if inputs.len() < 2 {
        return inputs;
    }
    let mut seen = BTreeSet::new();
    let identity = |input: &Input| match input {
        Input::Stdin(_) => PathBuf::from("-"),
        Input::File(path) => path.canonicalize().unwrap_or_else(|_| path.clone()),
    };
    inputs.into_iter().filter(|input| seen.insert(identity(input))).collect()
}
