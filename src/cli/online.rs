//! Asking registries what recipes want to know.
//!
//! A first run over all files only notes what is wanted. All of it is asked at once, each question one time, and the run
//! is made again with the answers, which may bring new questions. Nothing is kept of these runs but the questions.

use super::args::Network;
use super::terminal::Terminal;
use crate::catalog::{Answer, Lookups, Reference, View};
use crate::document::{Document, decode};
use crate::engine::{Outcome, Problem, Settings};
use crate::model::{Model, Scripts};
use crate::registry::{Client, Options};
use crate::report::clean;
use crate::span::Span;
use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _};
use std::ops::AddAssign;
use std::sync::Arc;
use std::time::Duration;

/// How often answers may bring new questions. What is still open then stays as it is offline.
const ROUNDS: usize = 4;

/// What came of asking.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// How many questions there were.
    questions: usize,
    /// Why some of them have no answer, in the order of the questions.
    failures: Vec<String>,
}

impl AddAssign for Asked {
    fn add_assign(&mut self, other: Self) {
        self.questions += other.questions;
        self.failures.extend(other.failures);
    }
}

impl Asked {
    /// Whether all questions have an answer; that there is no such image is one.
    pub(super) fn is_answered(&self) -> bool {
        self.failures.is_empty()
    }

    /// What to tell about questions without an answer.
    pub(super) fn line(&self) -> Option<String> {
        let first = self.failures.first()?;
        let more = if self.failures.iter().all(|why| why == first) { "" } else { ", among other reasons" };
        let (failed, all) = (self.failures.len(), self.questions);
        Some(format!(
            "registries gave no answer about {failed} of {all} image{}: {}{more}\n",
            if all == 1 { "" } else { "s" },
            clean(first)
        ))
    }
}

/// What asks registries on this run, if they may be asked.
pub(super) fn client(network: &Network) -> Option<Client> {
    network.online.then(|| Client::new(options(network)))
}

/// Gives the settings of a project the answers of registries, if they may be asked. `pass` runs the recipes over all texts.
pub(super) fn ask(
    client: Option<&Client>,
    settings: &mut Settings,
    quiet: bool,
    pass: impl Fn(&Settings),
) -> Asked {
    let Some(client) = client else { return Asked::default() };
    let client = client.with_mirrors(&settings.view.rules.mirrors);
    let mut answers = Lookups::noting();
    for _ in 0..ROUNDS {
        settings.view = Arc::new(View { lookups: answers.clone(), ..View::clone(&settings.view) });
        pass(settings);
        let wanted = answers.take_wanted();
        if wanted.is_empty() {
            break;
        }
        let references: Vec<_> = wanted.iter().filter_map(|key| Reference::parse(key)).collect();
        answers.extend(watched(quiet, references.len(), || client.look_up(&references)));
    }
    let failures = answers.iter().filter_map(|(_, answer)| match answer {
        Answer::Failed(why) => Some(why.clone()),
        _ => None,
    });
    let asked = Asked { questions: answers.iter().count(), failures: failures.collect() };
    settings.view = Arc::new(View { lookups: answers, ..View::clone(&settings.view) });
    asked
}

/// How registries are asked.
pub(super) fn options(network: &Network) -> Options {
    let mut options = Options::of_this_machine();
    if let Some(seconds) = network.registry_timeout {
        options.patience = Duration::from_secs(seconds.into());
        options.timeout = options.timeout.min(options.patience);
    }
    options
}

/// Says on a terminal what is waited for.
fn watched<T>(quiet: bool, questions: usize, work: impl FnOnce() -> T) -> T {
    let shown = !quiet && io::stderr().is_terminal();
    if shown {
        Terminal::tell(&format!("\r\u{1b}[Kasking registries about {questions} images"));
    }
    let done = work();
    if shown {
        Terminal::tell("\r\u{1b}[K");
    }
    done
}

/// Notes images that are new in a text: whether they exist is to be known before they are written.
pub(super) fn note(outcome: &Outcome, view: &View) {
    for name in written(outcome, view) {
        if let Some(reference) = Reference::parse(&name) {
            view.lookups.want(&reference);
        }
    }
}

/// Leaves a text alone that would name an image which its registry does not have.
pub(super) fn checked(outcome: Outcome, view: &View) -> Outcome {
    if view.lookups.is_empty() {
        return outcome;
    }
    let names = written(&outcome, view);
    let is_absent = |name: &&String| Reference::parse(name).is_some_and(|r| view.lookups.is_missing(&r));
    let Some(absent) = names.iter().find(is_absent) else { return outcome };
    let problem = Problem {
        span: Span::default(),
        message: format!("the new text would name {absent}, which its registry does not have"),
        help: Some("leave the recipe that writes it out with --ignore, or run without --online".into()),
    };
    Outcome { ladder: None, ..outcome.left_alone(problem) }
}

/// The images of the new text that the old one does not name.
fn written(outcome: &Outcome, view: &View) -> BTreeSet<String> {
    if !outcome.changed() {
        return BTreeSet::new();
    }
    let old = images(&outcome.before, view);
    images(&outcome.after, view).into_iter().filter(|name| !old.contains(name)).collect()
}

/// The images that a text names, without digests.
fn images(text: &[u8], view: &View) -> BTreeSet<String> {
    let decoded = decode(text);
    let document = Document::parse(&decoded.text);
    let model = Model::sharing(&document, &Scripts::default(), &view.rules);
    let name =
        |reference: Reference<'_>| format!("{}:{}", reference.canonical(), reference.tag.unwrap_or("latest"));
    model.images(&view.rules).iter().filter_map(|image| image.reference().map(name)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn outcome(after: &str) -> Outcome {
        let (before, after) = (b"FROM golang:1.22\n".to_vec(), after.as_bytes().to_vec());
        Outcome { before, after, files: Vec::new(), findings: Vec::new(), problem: None, ladder: None }
    }

    fn view(missing: &str) -> View {
        let mut view = View { lookups: Lookups::noting(), ..View::of_listings() };
        view.lookups.insert(&Reference::parse(missing).unwrap(), Answer::Missing);
        view
    }

    #[test]
    fn only_images_that_are_new_in_a_text_are_asked_about() {
        let view = view("x");
        note(
            &outcome(
                "FROM golang:1.22 AS a\nFROM gcr.io/a/b\nFROM a\nCOPY --from=node:24 /a /a\nFROM scratch\n",
            ),
            &view,
        );
        let wanted = Vec::from_iter(view.lookups.take_wanted());
        assert_eq!(wanted, ["docker.io/library/node:24", "gcr.io/a/b:latest"]);
        note(&outcome("FROM golang:1.22\n"), &view);
        assert!(view.lookups.take_wanted().is_empty());
    }

    #[test]
    fn an_image_that_is_not_there_is_not_written() {
        let left = checked(outcome("FROM golang:1.99\n"), &view("golang:1.99"));
        assert!(!left.changed());
        let message = left.problem.unwrap().message;
        assert_eq!(
            message,
            "the new text would name docker.io/library/golang:1.99, which its registry does not have"
        );
        let kept = checked(outcome("FROM golang:1.27\n"), &view("golang:1.22"));
        assert!(kept.changed() && kept.problem.is_none(), "what the file had before is not this run's doing");
    }
}
