//! Files that come with a Dockerfile, such as an ignore file: several Dockerfiles of a run may want the same one.
//!
//! Such Dockerfiles wait for their turn: each sees what those before it brought, as if it were run after them.

use super::inputs::Input;
use super::job::{Done, Run};
use super::online;
use crate::edit::NewFile;
use crate::engine::{self, Outcome, Settings};
use crate::files;
use crate::report;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What was found out about a file at first.
#[derive(Debug)]
pub(super) enum Looked {
    /// All there is to it.
    Done(Done),
    /// Other files come with this text.
    Waits(Input, Box<Outcome>),
}

/// The texts of files that came with the Dockerfiles so far, by the folder that images are built from and by path.
pub(super) type Brought = BTreeMap<PathBuf, BTreeMap<String, String>>;

impl Run<'_> {
    /// What is left of a file, in its turn.
    pub(super) fn settle(&self, looked: Looked, brought: &mut Brought) -> Done {
        let (input, first) = match looked {
            Looked::Done(done) => return done,
            Looked::Waits(input, first) => (input, *first),
        };
        let done = self.projects.settings(&input).and_then(|settings| {
            let context = self.options.selection.around(input.path(), &first.before).unwrap_or_default();
            let known =
                brought.entry(context.canonicalize().unwrap_or_else(|_| context.clone())).or_default();
            let outcome = if known.is_empty() { first } else { self.again(&input, &first, settings, known) };
            let labels = self.labels(&context, &outcome.files)?;
            self.bring(&input, &context, &outcome)?;
            known.extend(outcome.files.iter().map(|file| (file.path.clone(), file.text.clone())));
            Ok(self.told(&input, settings, &outcome, &labels))
        });
        done.unwrap_or_else(|error| self.failed(&input, &error.into()))
    }

    /// What becomes of a text in a folder where these files are, or would be.
    fn again(
        &self,
        input: &Input,
        first: &Outcome,
        settings: &Settings,
        known: &BTreeMap<String, String>,
    ) -> Outcome {
        let project = self.options.selection.project(input.path(), &first.before);
        let project = project
            .map(|project| project.with(known.iter().map(|(path, text)| (path.as_str(), text.as_str()))));
        online::checked(engine::harden(&first.before, project.as_ref(), settings), &settings.view)
    }

    fn labels(&self, context: &Path, files: &[NewFile]) -> Result<Vec<Vec<u8>>, files::Error> {
        let label = |file| Ok(report::label(&files::place(context, file)?, self.folder));
        files.iter().map(label).collect()
    }

    /// Writes the files and the new text, if that is asked for. What is on standard input is only printed.
    fn bring(&self, input: &Input, context: &Path, outcome: &Outcome) -> Result<(), files::Error> {
        if self.options.apply && input.path().is_some() {
            files::bring(context, &outcome.files, || self.write(input, outcome))
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
#[path = "brought_tests.rs"]
mod tests;
