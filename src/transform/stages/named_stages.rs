//! `named_stages`: `COPY --from=name` in the place of `COPY --from=0`, which names another stage once one is added.
//!
//! `RUN --mount=from=0` is left: there a number is the name of an image, not a stage's.

use crate::document::{Instruction, Keyword};
use crate::edit::Edit;
use crate::model::Stage;
use crate::span::Span;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb and its parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NamedStages {
    /// Whether a stage without a name that is copied from gets one.
    #[serde(default)]
    name: bool,
}

impl Transform for NamedStages {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for stage in &cx.model.stages {
            for (_, instruction) in cx.model.body(stage).filter(|(_, i)| i.keyword == Keyword::Copy) {
                let Some((index, at)) = source(cx, instruction) else { continue };
                // A build refuses a copy from this stage or a later one.
                let Some(from) = cx.model.stages.get(index).filter(|from| from.index < stage.index) else {
                    continue;
                };
                self.look(cx, from, at, out);
            }
        }
    }
}

impl NamedStages {
    fn look(&self, cx: &Context<'_>, from: &Stage, at: Span, out: &mut Proposals<'_>) {
        let (name, naming) = match written_name(cx, from) {
            Some(name) if is_unique(cx, &name) => (name, None),
            None if self.name => {
                let Some((name, edit)) = new_name(cx, from) else { return };
                (name, Some(edit))
            }
            _ => return,
        };
        let message = format!("--from={} is another stage once one is added above it", from.index);
        let copy = Edit { span: at, text: format!("--from={name}") };
        out.fix(message, format!("write --from={name}"), at)
            .evidence([cx.evidence(format!("stage {} is {name}", from.index), cx.model.from(from))])
            .edits(naming.into_iter().chain([copy]))
            .done();
    }
}

/// The number in `--from=`, and where the flag is.
fn source(cx: &Context<'_>, instruction: &Instruction<'_>) -> Option<(usize, Span)> {
    let flag = instruction.flags.iter().rev().find(|flag| flag.name() == "from")?;
    let at = instruction.source(flag.span);
    let number = flag.value().filter(|value| value.bytes().all(|b| b.is_ascii_digit()))?;
    let index = number.parse().ok()?;
    (!cx.document.text[at.range()].contains('\n')).then_some((index, at))
}

/// The name of a stage as it is written.
fn written_name(cx: &Context<'_>, stage: &Stage) -> Option<String> {
    stage.name.as_ref()?;
    cx.model.from(stage).words().nth(2).map(|word| word.text.to_owned())
}

/// Whether a name is that of one stage, and of nothing that a builder knows by itself.
fn is_unique(cx: &Context<'_>, name: &str) -> bool {
    let is = |other: &str| other.eq_ignore_ascii_case(name);
    let bearers = cx.model.stages.iter().filter(|s| s.name.as_deref().is_some_and(is)).count();
    let number = name.bytes().all(|b| b.is_ascii_digit());
    bearers == 1 && !number && !["scratch", "context"].into_iter().any(is)
}

/// A name that is nowhere in the file, and the edit that gives it to a stage.
fn new_name(cx: &Context<'_>, stage: &Stage) -> Option<(String, Edit)> {
    let from = cx.model.from(stage);
    let base = from.words().next().filter(|_| from.words().count() == 1)?;
    let name = format!("stage-{}", stage.index);
    if cx.document.text.to_ascii_lowercase().contains(&name) {
        return None;
    }
    let lower = from.name().bytes().all(|b| b.is_ascii_lowercase());
    let text = format!(" {} {name}", if lower { "as" } else { "AS" });
    let end = from.source(base.span).end;
    Some((name, Edit { span: Span::at(end), text }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::edit::{Applicability, splice};
    use crate::model::Model;

    fn named(text: &str) -> String {
        let document = Document::parse(text);
        let model = Model::new(&document);
        let mut fixes = Vec::new();
        let mut out = Proposals::new("recipe", Applicability::Safe, &mut fixes);
        NamedStages { name: true }.propose(&Context::new(&document, &model, None), &mut out);
        let mut edits: Vec<Edit> = fixes.into_iter().flat_map(|fix| fix.edits).collect();
        edits.sort();
        edits.dedup();
        String::from_utf8(splice(text.as_bytes(), &edits).0).expect("text")
    }

    #[test]
    fn a_stage_gets_a_name_that_is_nowhere_else() {
        let text = "from a\nfrom b\ncopy --from=0 /x /x\ncopy --from=0 /y /y\n";
        let after = "from a as stage-0\nfrom b\ncopy --from=stage-0 /x /x\ncopy --from=stage-0 /y /y\n";
        assert_eq!(named(text), after);
        let taken = "FROM a\nFROM b AS stage-0\nCOPY --from=0 /x /x\n";
        assert_eq!(named(taken), taken);
        let itself = "FROM a\nCOPY --from=0 /x /x\n";
        assert_eq!(named(itself), itself, "a build refuses it");
    }
}
