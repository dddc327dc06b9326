//! `authors_label`: who made the image, in the label that tools read instead of the deprecated `MAINTAINER`.
//!
//! `MAINTAINER` is literal text to its end; a label's value is quoted and may hold variables.

use crate::document::{Instruction, Keyword};
use crate::edit::{Applicability, Edit};
use crate::model::{Model, Stage, Value, expand};
use crate::span::Span;
use crate::transform::rewrite::deletion;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The label of the OCI image specification for it.
const LABEL: &str = "org.opencontainers.image.authors";

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AuthorsLabel {}

impl Transform for AuthorsLabel {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        if cx.document.escape != '\\' {
            return;
        }
        for stage in &cx.model.stages {
            let told = authors(cx.model, stage);
            for (_, instruction) in cx.model.body(stage).filter(|(_, i)| i.keyword == Keyword::Maintainer) {
                look(cx, instruction, told.as_deref(), out);
            }
        }
    }
}

fn look(cx: &Context<'_>, instruction: &Instruction<'_>, told: Option<&str>, out: &mut Proposals<'_>) {
    let name = instruction.source(bare(instruction));
    let value = &instruction.text.text()[bare(instruction).range()];
    if value.trim().is_empty() {
        return;
    }
    let message = "MAINTAINER is deprecated, and tools that read labels do not see it";
    let Some(told) = told else {
        let title = format!("name the authors in the label {LABEL}");
        let Some(edits) = label(cx, instruction, name) else { return };
        return out.fix(message, title, instruction.span).edits(edits).done();
    };
    // A second label would take the place of the one that somebody wrote.
    let title = format!("remove MAINTAINER: the label {LABEL} names the authors");
    let fix = out.fix(message, title, instruction.span);
    let fix =
        if told.contains(value) { fix } else { fix.at_most(Applicability::Unsafe, "the label names others") };
    fix.edits([deletion(cx, instruction)]).done();
}

/// The text without the quotes around it, which a `MAINTAINER` takes for part of the name.
fn bare(instruction: &Instruction<'_>) -> Span {
    let (text, span) = (instruction.args(), instruction.args);
    let quoted = ['"', '\''].into_iter().any(|quote| {
        text.len() > 1 && text.starts_with(quote) && text.ends_with(quote) && text.matches(quote).count() == 2
    });
    if quoted { Span::new(span.start + 1, span.end - 1) } else { span }
}

/// The edits that make a label of the instruction; none when they would take a comment away.
fn label(cx: &Context<'_>, instruction: &Instruction<'_>, value: Span) -> Option<Vec<Edit>> {
    let keyword = instruction.source(instruction.name);
    let args = instruction.source(instruction.args);
    let (front, back) = (Span::new(keyword.start, value.start), Span::new(value.end, args.end));
    if [front, back].iter().any(|span| cx.document.text[span.range()].contains('#')) {
        return None;
    }
    let lower = instruction.name().chars().all(|c| c.is_ascii_lowercase());
    let name = if lower { "label" } else { "LABEL" };
    let mut edits = vec![Edit { span: front, text: format!("{name} {LABEL}=\"") }];
    let inner = bare(instruction);
    for (at, c) in instruction.text.text()[inner.range()].char_indices() {
        if matches!(c, '"' | '$' | '\\') {
            let span = instruction.source(Span::new(inner.start + at, inner.start + at + 1));
            edits.push(Edit { span, text: format!("\\{c}") });
        }
    }
    edits.push(Edit { span: back, text: "\"".into() });
    Some(edits)
}

/// What the last such label of the stage says.
fn authors(model: &Model<'_>, stage: &Stage) -> Option<String> {
    let labels = model.body(stage).map(|(_, i)| i).filter(|i| i.keyword == Keyword::Label);
    let values = labels.flat_map(|i| i.pairs().into_iter().filter(|pair| bare_name(pair.name) == LABEL));
    let text = values.last()?.value.map_or("", |value| value.text);
    Some(expand(text, model.document.escape, &|_| Value::Unknown).unwrap_or_default())
}

fn bare_name(name: &str) -> &str {
    name.trim_matches(['"', '\''])
}
