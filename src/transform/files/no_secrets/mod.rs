//! `no_secrets`: passwords, tokens and keys that the Dockerfile itself gives away.
//!
//! It tells and never writes: who needs a secret, and when, is not in the file. What it tells never holds the secret.

pub(super) mod copied;
pub(in crate::transform) mod names;
mod scan;
pub(super) mod words;

use super::super::{Context, Proposals, Transform};
use crate::document::{Instruction, Keyword};
use crate::edit::Applicability;
use crate::span::Span;
use names::Holds;
use scan::{Hit, Scope};
use serde::Deserialize;
use words::Place;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::transform) struct NoSecrets {}

impl Transform for NoSecrets {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for (index, instruction) in cx.document.instructions.iter().enumerate() {
            let instruction = instruction.trigger.as_deref().unwrap_or(instruction);
            let place = Place { cx, index, keyword: instruction.keyword };
            for hit in hits(instruction) {
                let (at, secret) = (source(instruction, &hit.whole), source(instruction, &hit.secret));
                tell(&place, out, &hit, at, secret);
            }
            for heredoc in &instruction.heredocs {
                for hit in scan::scan(&cx.document.text[heredoc.body.range()], Scope::Commands) {
                    let at = |range: &std::ops::Range<usize>| {
                        Span::new(heredoc.body.start + range.start, heredoc.body.start + range.end)
                    };
                    tell(&place, out, &hit, at(&hit.whole), at(&hit.secret));
                }
            }
            for file in copied::copied(cx, index, instruction) {
                let (message, title, reason) = words::file(&place, &file);
                let fix = out.fix(message, title, instruction.source(file.span));
                fix.at_most(Applicability::Manual, reason).done();
            }
        }
    }
}

fn tell(place: &Place<'_, '_>, out: &mut Proposals<'_>, hit: &Hit, at: Span, secret: Span) {
    let (message, title, reason) = words::value(place, hit);
    out.fix(message, title, at).at_most(Applicability::Manual, reason).hiding([secret]).done();
}

/// A range of the arguments as a range of the file.
fn source(instruction: &Instruction<'_>, range: &std::ops::Range<usize>) -> Span {
    let base = instruction.args.start;
    instruction.source(Span::new(base + range.start, base + range.end))
}

/// The secrets in the arguments of an instruction.
fn hits(instruction: &Instruction<'_>) -> Vec<Hit> {
    let text = instruction.args();
    match instruction.keyword {
        Keyword::Env | Keyword::Arg => {
            let mut hits = scan::scan(text, Scope::Values);
            hits.extend(variables(instruction));
            scan::apart(hits)
        }
        Keyword::Label | Keyword::Maintainer => scan::scan(text, Scope::Tokens),
        Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck => {
            scan::scan(text, Scope::Commands)
        }
        Keyword::Copy | Keyword::Add => scan::scan(text, Scope::Values),
        _ => Vec::new(),
    }
}

/// The variables whose names say that they hold a secret, and that do.
fn variables(instruction: &Instruction<'_>) -> Vec<Hit> {
    let base = instruction.args.start;
    let read = |pair: crate::document::Pair<'_>| {
        let value = pair.value?;
        let name = names::holds(pair.name).map(|holds| (holds, names::value(pair.name, value.text, holds)));
        let (holds, Some(strength)): (Holds, _) = name? else { return None };
        Some(Hit {
            what: holds.name().to_owned(),
            name: Some(pair.name.to_owned()),
            whole: pair.span.start - base..value.span.end - base,
            secret: value.span.start - base..value.span.end - base,
            strength,
        })
    };
    instruction.pairs().into_iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests;
