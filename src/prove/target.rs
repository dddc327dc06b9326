//! What a build of one stage leaves unproven.
//!
//! In: both texts and the stage that is built. Out: what was rewritten and is not built. Does not know images.

use super::proof::{Difference, Kind};
use crate::document::{Document, decode};
use crate::model::Model;

/// A difference where the rewrite changes the last stage and a build of the target does not make that: recipes work on the
/// last stage, and nothing of what was built and run tells whether that still works.
pub(super) fn unproven(before: &[u8], after: &[u8], target: Option<&str>) -> Option<Difference> {
    let target = target?;
    let old = last(before, target)?;
    if !old.aside || last(after, target).is_some_and(|new| new.text == old.text) {
        return None;
    }
    Some(Difference {
        id: Kind::NotRun,
        what: format!("the last stage, {}, was rewritten and is not built with --target {target}", old.name),
        detail: Vec::new(),
        help: Some(
            "prove it without --target; `harden` rewrites the last stage, and no other for its own sake"
                .into(),
        ),
    })
}

/// The last stage of a text.
struct Last {
    /// Its name, or its number.
    name: String,
    /// From its FROM to the end.
    text: String,
    /// Whether another one is the target.
    aside: bool,
}

fn last(text: &[u8], target: &str) -> Option<Last> {
    let decoded = decode(text);
    let document = Document::parse(&decoded.text);
    let model = Model::new(&document);
    let stage = model.final_stage()?;
    let built = model.stage_of(target)?;
    let name = stage.name.clone().unwrap_or_else(|| format!("number {}", stage.index));
    let start = model.from(stage).span.start;
    Some(Last { name, text: decoded.text.get(start..)?.to_owned(), aside: built != stage.index })
}

#[cfg(test)]
mod tests {
    use super::unproven;

    const BEFORE: &str = "FROM golang AS build\nRUN go build\n\nFROM debian AS prod\nCOPY --from=build /a /a\n\nFROM golang AS debug\nCOPY --from=build /a /a\n";

    #[test]
    fn a_last_stage_that_is_rewritten_and_not_built_is_told() {
        let after = BEFORE.replace("FROM golang AS debug", "FROM distroless AS debug");
        let told = unproven(BEFORE.as_bytes(), after.as_bytes(), Some("prod")).map(|one| one.what);
        let expected = "the last stage, debug, was rewritten and is not built with --target prod";
        assert_eq!(told.as_deref(), Some(expected));
        for target in [None, Some("debug"), Some("DEBUG"), Some("2")] {
            assert_eq!(unproven(BEFORE.as_bytes(), after.as_bytes(), target), None);
        }
    }

    #[test]
    fn a_last_stage_that_stays_needs_no_proof() {
        let after = BEFORE.replace("RUN go build", "RUN CGO_ENABLED=0 go build");
        assert_eq!(unproven(BEFORE.as_bytes(), after.as_bytes(), Some("prod")), None);
    }
}
