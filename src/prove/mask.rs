//! Values that the user gave and nobody else is to read: names stand in their place in all that is told or kept.
//!
//! What the Dockerfile's commands and the containers print may hold them, and a report may end in a pull request, a log in
//! an archive of a build server. What is compared is not touched: this comes last.

use super::behaviour::{Answer, End, Observation};
use super::error::Error;
use super::proof::{Proof, Side, Value};
use super::request::{Request, Watch};
use std::cmp::Reverse;
use std::fs;

/// Shorter values stay: they are everywhere, and no secrets.
const SHORTEST: usize = 8;
/// The most bytes of a file with a secret that are looked at.
const MOST: u64 = 64 << 10;
/// The most bytes of a line that are waited for.
const LINE: usize = 64 << 10;

/// Values and what stands in their place, the longest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Masks(Vec<(String, String)>);

impl Masks {
    /// The values of build arguments, secrets, and variables of containers.
    pub(super) fn of(request: &Request<'_>) -> Self {
        let build = &request.original;
        let given =
            build.arguments.iter().chain(&request.trial.environment).filter_map(|text| variable(text));
        Self::new(given.chain(build.secrets.iter().flat_map(|text| secret(text))))
    }

    /// Those of `NAME=VALUE`, or of `NAME` for a value in the environment.
    pub(super) fn of_variables(given: &[String]) -> Self {
        Self::new(given.iter().filter_map(|text| variable(text)))
    }

    fn new(given: impl Iterator<Item = (String, String)>) -> Self {
        let mut values: Vec<_> = given.filter(|(value, _)| value.len() >= SHORTEST).collect();
        values.sort_by_key(|(value, _)| Reverse(value.len()));
        Self(values)
    }

    /// The same text without the values.
    pub(super) fn hide(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (value, name)| text.replace(value, name))
    }

    /// The same error.
    pub(super) fn error(&self, error: Error) -> Error {
        Error {
            message: self.hide(&error.message),
            cause: error.cause.map(|cause| self.hide(&cause)),
            ..error
        }
    }

    /// The same proof.
    pub(super) fn proof(&self, mut proof: Proof) -> Proof {
        for difference in &mut proof.differences {
            self.texts([&mut difference.what].into_iter().chain(&mut difference.detail));
        }
        self.texts(&mut proof.notes);
        let values = proof.rows.iter_mut().flat_map(|row| [&mut row.before, &mut row.after]);
        self.texts(values.filter_map(|value| if let Value::Text(text) = value { Some(text) } else { None }));
        let trials = proof.blame.iter_mut().flat_map(|blame| &mut blame.trials);
        self.texts(trials.filter_map(|trial| trial.why.as_mut()));
        self.side(&mut proof.before);
        self.side(&mut proof.after);
        proof
    }

    fn side(&self, side: &mut Side) {
        if let Some(image) = &mut side.image {
            let config = &mut image.config;
            self.texts(config.entrypoint.iter_mut().chain(&mut config.command));
            self.texts(config.labels.values_mut().chain(&mut config.on_build));
            self.texts(config.health_check.iter_mut().flat_map(|check| &mut check.test));
            let go = image.program.iter_mut().filter_map(|program| program.go.as_mut());
            self.texts(go.flat_map(|go| &mut go.settings).map(|(_, value)| value));
        }
        side.behaviour.iter_mut().for_each(|seen| self.seen(seen));
    }

    fn seen(&self, seen: &mut Observation) {
        self.texts(seen.output.iter_mut().chain(&mut seen.errors));
        for Answer { question, facts, unmet, .. } in &mut seen.answers {
            self.texts([question].into_iter().chain(facts).chain(unmet));
        }
        if let End::NotStarted { message } = &mut seen.end {
            *message = self.hide(message);
        }
    }

    fn texts<'t>(&self, texts: impl IntoIterator<Item = &'t mut String>) {
        if !self.0.is_empty() {
            texts.into_iter().for_each(|text| *text = self.hide(text));
        }
    }
}

/// The value and the name of `NAME=VALUE`, or of `NAME` for a value in the environment.
fn variable(text: &str) -> Option<(String, String)> {
    match text.split_once('=') {
        Some((name, value)) => Some((value.to_owned(), format!("${name}"))),
        None => Some((std::env::var(text).ok()?, format!("${text}"))),
    }
}

/// The values of `id=NAME,env=VARIABLE` and `id=NAME,src=FILE`, each line of it; without either, of the variable of that name.
fn secret(text: &str) -> Vec<(String, String)> {
    let field = |names: &[&str]| {
        text.split(',').filter_map(|field| field.split_once('=')).find(|(name, _)| names.contains(name))
    };
    let id = field(&["id"]).map_or("secret", |(_, id)| id);
    let lines = match field(&["src", "source"]) {
        Some((_, path)) if fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() <= MOST) => {
            fs::read_to_string(path).unwrap_or_default()
        }
        Some(_) => String::new(),
        None => std::env::var(field(&["env"]).map_or(id, |(_, name)| name)).unwrap_or_default(),
    };
    lines.lines().map(|line| (line.trim().to_owned(), format!("<secret {id}>"))).collect()
}

/// Passes on what a run tells, a line at a time, without the values.
pub(super) struct Masked<'w> {
    masks: &'w Masks,
    watch: &'w mut dyn Watch,
    /// The beginning of a line that is not at its end.
    held: Vec<u8>,
}

impl<'w> Masked<'w> {
    pub(super) fn new(masks: &'w Masks, watch: &'w mut dyn Watch) -> Self {
        Self { masks, watch, held: Vec::new() }
    }

    /// Passes on what was held.
    pub(super) fn flush(&mut self) {
        let held = std::mem::take(&mut self.held);
        self.pass_on(held);
    }

    fn pass_on(&mut self, bytes: Vec<u8>) {
        let text = String::from_utf8_lossy(&bytes);
        let hidden = self.masks.hide(&text);
        let bytes = if hidden == text { bytes } else { hidden.into_bytes() };
        if !bytes.is_empty() {
            self.watch.output(&bytes);
        }
    }
}

impl Watch for Masked<'_> {
    fn begins(&mut self, engine: &str) {
        self.watch.begins(engine);
    }

    fn step(&mut self, what: &str) {
        self.flush();
        self.watch.step(what);
    }

    fn output(&mut self, piece: &[u8]) {
        if self.masks.0.is_empty() {
            return self.watch.output(piece);
        }
        self.held.extend_from_slice(piece);
        let end = self.held.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map(|at| at + 1);
        if let Some(end) = end.or_else(|| (self.held.len() > LINE).then_some(self.held.len())) {
            let rest = self.held.split_off(end);
            let whole = std::mem::replace(&mut self.held, rest);
            self.pass_on(whole);
        }
    }
}

#[cfg(test)]
#[path = "mask_tests.rs"]
mod tests;
