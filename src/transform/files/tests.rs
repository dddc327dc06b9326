//! What verbs that only tell have in common in tests.

use crate::document::Document;
use crate::edit::{Applicability, Fix};
use crate::model::Model;
use crate::transform::{Context, Proposals, Transform};

/// What a verb proposes for an instruction.
pub(in crate::transform::files) fn fixes(verb: &dyn Transform, instruction: &str) -> Vec<Fix> {
    let text = format!("FROM debian:13\n{instruction}\n");
    let document = Document::parse(&text);
    let model = Model::new(&document);
    let cx = Context::new(&document, &model, None);
    let mut found = Vec::new();
    verb.propose(&cx, &mut Proposals::new("test", Applicability::Safe, &mut found));
    found
}

/// The messages of what a verb tells of an instruction without a change to make.
pub(in crate::transform::files) fn told(verb: &dyn Transform, instruction: &str) -> Vec<String> {
    let found = fixes(verb, instruction);
    assert!(
        found.iter().all(|fix| fix.edits.is_empty() && fix.applicability == Applicability::Manual),
        "{found:?}"
    );
    found.into_iter().map(|fix| fix.message).collect()
}
