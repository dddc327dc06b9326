//! `apt_frontend_scope`: debconf is told not to ask while the image is built, and not in containers of it.

use super::super::{Context, Proposals, Transform};
use crate::document::{Instruction, Keyword};
use crate::edit::{Applicability, Edit};
use crate::model::Stage;
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::transform) struct AptFrontendScope {}

const NAME: &str = "DEBIAN_FRONTEND";

impl Transform for AptFrontendScope {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for stage in &cx.model.stages {
            let _ = propose(cx, stage, out);
        }
    }
}

fn propose(cx: &Context<'_>, stage: &Stage, out: &mut Proposals<'_>) -> Option<()> {
    let mut sets = cx.model.body(stage).map(|(_, i)| i).filter(|i| {
        matches!(i.keyword, Keyword::Env | Keyword::Arg) && i.pairs().iter().any(|pair| pair.name == NAME)
    });
    let env = sets.next()?;
    // An ARG ends with its stage, and a variable that the base sets wins over it.
    let alone = sets.next().is_none() && cx.model.built_on(stage).count() == 1;
    let index = cx.document.instructions.iter().position(|i| std::ptr::eq(i, env))?;
    let is_fresh = cx.model.state(index).env(NAME).is_none();
    let onbuild = cx.model.body(stage).any(|(_, i)| i.keyword == Keyword::Onbuild);
    if env.keyword != Keyword::Env || !alone || !is_fresh || onbuild || is_used_elsewhere(cx, stage, index) {
        return None;
    }
    let why = "debconf asks its questions again in containers of the image and in images built on it";
    out.fix("DEBIAN_FRONTEND is set in every container of the image", "set it for the build alone", env.span)
        .at_most(Applicability::Unsafe, why)
        .edits(edits(cx, env)?)
        .done();
    Some(())
}

/// Whether what runs in a container, or another variable that stays, reads the value.
fn is_used_elsewhere(cx: &Context<'_>, stage: &Stage, index: usize) -> bool {
    cx.model
        .body(stage)
        .filter(|(at, _)| *at != index)
        .any(|(_, i)| i.keyword != Keyword::Run && i.text.text().contains(NAME))
}

/// The edits that make an `ARG` of the variable, and leave the others of its instruction alone.
fn edits(cx: &Context<'_>, env: &Instruction<'_>) -> Option<Vec<Edit>> {
    let pairs = env.pairs();
    let at = pairs.iter().position(|pair| pair.name == NAME)?;
    let value = pairs[at].value?.text;
    let is_quiet = value.trim_matches(['"', '\'']).eq_ignore_ascii_case("noninteractive");
    if !is_quiet {
        return None;
    }
    let lower = env.name().chars().all(|c| c.is_ascii_lowercase());
    let arg = if lower { "arg" } else { "ARG" };
    if let [only] = pairs.as_slice() {
        let keyword = Edit { span: env.source(env.name), text: arg.to_owned() };
        let legacy = env.is_legacy_pair();
        let written = Edit { span: env.source(only.span), text: format!("{NAME}={value}") };
        return Some(std::iter::once(keyword).chain(legacy.then_some(written)).collect());
    }
    // With its neighbour's gap, on one line: comments and line breaks stay where they are.
    let (start, end) = match at {
        0 => (env.source(pairs[0].span).start, env.source(pairs[1].span).start),
        _ => (env.source(pairs[at - 1].span).end, env.source(pairs[at].span).end),
    };
    let gap = cx.document.text.get(start..end)?;
    let plain = !gap.contains('#') && gap.matches('\n').count() <= 1;
    let head = Edit {
        span: crate::span::Span::at(env.span.start),
        text: format!("{arg} {NAME}={value}{}", cx.document.line_end()),
    };
    plain.then(|| vec![head, Edit { span: crate::span::Span::new(start, end), text: String::new() }])
}
