//! Fixes that comments of the file keep away, pass by pass.

use super::{Finding, Settings, State, found, way::Way};
use crate::document::Document;
use crate::edit::Fix;
use crate::span::{Span, place};
use crate::suppress::{Stop, Suppressions};

/// Why a fix is kept away that no comment names.
const PARTED: &str = "a `# harden:` comment would be about something else afterwards";

/// What the comments of a file keep away.
#[derive(Debug)]
pub(super) struct Quiet<'s> {
    settings: &'s Settings,
    /// Those of the text of this pass.
    now: Suppressions,
    /// What they stopped in this pass.
    stopped: Vec<(Fix, Stop)>,
    /// Fixes that would part a comment from what it is about: recipe and place in the text as it was.
    held: Vec<(String, Span)>,
}

impl<'s> Quiet<'s> {
    /// Nothing yet.
    pub(super) fn new(settings: &'s Settings) -> Self {
        Self { settings, now: Suppressions::default(), stopped: Vec::new(), held: Vec::new() }
    }

    fn read(&self, document: &Document<'_>) -> Suppressions {
        self.settings.ignores.as_ref().map_or_else(Suppressions::default, |_| Suppressions::of(document))
    }

    /// Begins a pass.
    pub(super) fn begin(&mut self, document: &Document<'_>) {
        self.now = self.read(document);
        self.stopped.clear();
    }

    /// Takes out the fixes from an index on that a comment stops.
    pub(super) fn sift(&mut self, fixes: &mut Vec<Fix>, from: usize, way: &Way<'_>, text: &str) {
        let Some(ignores) = self.settings.ignores.as_ref().filter(|_| !self.now.is_empty()) else { return };
        for fix in fixes.split_off(from) {
            let held = || self.held.contains(&(fix.recipe.clone(), way.home(fix.at)));
            match self.now.stop(&fix, &ignores.names, text) {
                Some(stop) => self.stopped.push((fix, stop)),
                None if fix.can_be_made() && held() => {
                    let line = place(text, fix.at.start).line;
                    self.stopped.push((fix, Stop { line, reason: PARTED.into() }));
                }
                None => fixes.push(fix),
            }
        }
    }

    /// Whether a new text parts a comment from what it is about; then the fixes that do so are kept away from now on.
    pub(super) fn parted(&mut self, new: &Document<'_>, accepted: &[&Fix], way: &Way<'_>) -> bool {
        if self.now.is_empty() || self.now.hold_in(&self.read(new)) {
            return false;
        }
        let near: Vec<&Fix> = accepted.iter().copied().filter(|fix| self.now.are_touched(fix)).collect();
        let blamed = if near.is_empty() { accepted } else { near.as_slice() };
        self.held.extend(blamed.iter().map(|fix| (fix.recipe.clone(), way.home(fix.at))));
        true
    }

    /// What is told at the end: what was stopped in the last pass, and which comments are of no use.
    pub(super) fn findings(&mut self, way: &Way<'_>, document: &Document<'_>) -> Vec<Finding> {
        let Some(ignores) = &self.settings.ignores else { return Vec::new() };
        let ran = |id: &str| self.settings.recipes.iter().any(|recipe| recipe.id == id);
        let told = self.now.told(&ignores.names, ran, ignores.whole).into_iter();
        let mut all: Vec<Finding> = told.map(|fix| found(fix, State::Manual, way, document)).collect();
        for (fix, mut stop) in self.stopped.drain(..) {
            stop.line = way.line(document, stop.line);
            all.push(Finding { stop: Some(stop), ..found(fix, State::Suppressed, way, document) });
        }
        all
    }
}

#[cfg(test)]
#[path = "quiet_tests.rs"]
mod tests;
