//! Rewrites to try.

use super::error::{Error, ErrorKind};
use super::proof::Applied;
use super::request::{Request, Rewrite};
use crate::edit::NewFile;
use crate::engine::{Outcome, Settings, State, harden};
use crate::transform::ladder::Rung;
use std::collections::BTreeSet;

/// A rewrite to try.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) text: Vec<u8>,
    /// Files of the context that come with it.
    pub(super) files: Vec<NewFile>,
    pub(super) rung: Option<Rung>,
    pub(super) recipes: Vec<Applied>,
    /// Recipes that wait for `--unsafe`.
    waiting: BTreeSet<String>,
}

impl Candidate {
    /// The context's ignore file, if it changes.
    pub(super) fn ignore_file(&self) -> Option<&str> {
        self.files.iter().find(|file| file.path == ".dockerignore").map(|file| &*file.text)
    }

    /// What a user should know of what was not done.
    pub(super) fn note(&self) -> Option<String> {
        let waiting = self.waiting.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        (!waiting.is_empty()).then(|| format!("with --unsafe, these recipes do more: {waiting}"))
    }
}

/// The rewrite that is asked for.
pub(super) fn candidate(request: &Request<'_>) -> Result<Candidate, Error> {
    match &request.rewrite {
        Rewrite::Given(text) => Ok(Candidate {
            text: text.clone(),
            files: Vec::new(),
            rung: None,
            recipes: Vec::new(),
            waiting: BTreeSet::new(),
        }),
        Rewrite::Hardened { settings, .. } => hardened(request, settings).map_err(|outcome| {
            let error = Error::new(ErrorKind::Other, format!("cannot harden {}", request.file));
            let Some(problem) = outcome.problem else { return error };
            let line = crate::span::place(&String::from_utf8_lossy(&outcome.before), problem.span.start).line;
            let error = error.because(format!("line {line}: {}", problem.message));
            problem.help.into_iter().fold(error, Error::with_help)
        }),
    }
}

/// What settings make of the original; the outcome back where there is a problem with it.
pub(super) fn hardened(request: &Request<'_>, settings: &Settings) -> Result<Candidate, Box<Outcome>> {
    let project = match &request.rewrite {
        Rewrite::Hardened { project, .. } => *project,
        Rewrite::Given(_) => None,
    };
    let outcome = harden(&request.original.text, project, settings);
    if outcome.problem.is_some() {
        return Err(Box::new(outcome));
    }
    let made = outcome.findings.iter().filter(|finding| finding.state == State::Applied);
    let recipes = made.map(|finding| Applied {
        recipe: finding.fix.recipe.clone(),
        title: finding.fix.title.clone(),
        applicability: crate::report::applicability(finding.fix.applicability).to_owned(),
    });
    let recipes = recipes.collect();
    let rung = outcome.ladder.as_ref().map(|ladder| ladder.rung);
    let waiting = outcome.findings.iter().filter(|finding| finding.state == State::Unsafe);
    let waiting = waiting.map(|finding| finding.fix.recipe.clone()).collect();
    Ok(Candidate { text: outcome.after, files: outcome.files, rung, recipes, waiting })
}
