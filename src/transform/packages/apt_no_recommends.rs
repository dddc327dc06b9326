//! `apt_no_recommends`: apt installs what is named and what that needs, not what it recommends.

use super::super::{Context, Proposals, Transform};
use super::calls::{self, Call, Tool};
use super::chain::Chain;
use crate::edit::Applicability;
use crate::model::Stage;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The verb, with what is known of recommendations that people rely on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::transform) struct AptNoRecommends {
    /// Packages that are named then, by the package that recommends them.
    #[serde(default)]
    add: BTreeMap<String, Vec<String>>,
    /// Packages that are told of, by the package that recommends them.
    #[serde(default)]
    tell: BTreeMap<String, Vec<String>>,
}

const FLAG: &str = "--no-install-recommends";

impl Transform for AptNoRecommends {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        // apt's own settings can say it for all commands.
        let text = cx.document.text.to_ascii_lowercase();
        if text.contains("apt::install-recommends") {
            return;
        }
        let mut added: Vec<Vec<&str>> = vec![Vec::new(); cx.model.stages.len()];
        for stage in &cx.model.stages {
            for (index, _) in cx.model.body(stage) {
                let Some(chain) = Chain::of(cx, index) else { continue };
                for call in calls::calls(&chain).iter().filter(|call| is_candidate(&chain, call)) {
                    let names = names(&chain, call);
                    let known = cx.model.chain(stage).flat_map(|below| added[below.index].clone()).collect();
                    let missing = self.missing(&here(cx, stage, &chain), known, &names);
                    added[stage.index].extend(missing.iter().map(|(_, name)| *name));
                    self.one(&chain, call, (&names, &missing), out);
                }
            }
        }
    }
}

fn is_candidate(chain: &Chain<'_>, call: &Call) -> bool {
    matches!(call.tool, Tool::Apt | Tool::AptGet)
        && call.verb() == "install"
        && !call.operands.is_empty()
        && !call.has(
            &[FLAG, "--install-recommends", "--install-suggests", "--download-only", "--print-uris"],
            "d",
        )
        && !call.has_hidden_options(chain)
}

/// Packages by the index of the word that is or recommends them.
type Named<'n> = Vec<(usize, &'n str)>;

/// The text of a stage up to the end of a `RUN`, and of those that it is built on.
fn here(cx: &Context<'_>, stage: &Stage, chain: &Chain<'_>) -> Vec<String> {
    let below = cx.model.chain(stage).skip(1).map(|s| (s.from, s.end));
    let parts = below.chain([(stage.from, chain.index + 1)]);
    parts.flat_map(|(from, end)| &cx.document.instructions[from..end]).map(|i| i.args().to_owned()).collect()
}

impl AptNoRecommends {
    fn one(
        &self,
        chain: &Chain<'_>,
        call: &Call,
        (names, missing): (&Named<'_>, &Named<'_>),
        out: &mut Proposals<'_>,
    ) {
        let Some(edit) = call.last_leading_option().and_then(|at| chain.flag(call.command, at, FLAG)) else {
            return;
        };
        let at = chain.source(chain.commands()[call.command].span);
        let added: Vec<&str> = missing.iter().map(|(_, name)| *name).collect();
        let title = match added.as_slice() {
            [] => format!("install with {FLAG}"),
            added => format!("install with {FLAG}, and {} by name", added.join(", ")),
        };
        let told: Vec<String> = names
            .iter()
            .filter_map(|(_, name)| Some(format!("{name} recommends {}", self.tell.get(*name)?.join(", "))))
            .collect();
        let why = match told.as_slice() {
            [] => {
                "what the packages recommend is not installed any more, and something may use it".to_owned()
            }
            told => format!("what is recommended is not installed any more: {}", told.join("; ")),
        };
        let edits = missing.iter().filter_map(|(word, name)| chain.word_after(call.command, *word, name));
        out.fix("apt installs packages that are only recommended", title, at)
            .at_most(Applicability::Unsafe, why)
            .edits(std::iter::once(edit).chain(edits))
            .done();
    }

    /// The packages that are to be named, each with the index of the word that recommends it.
    fn missing<'s>(&'s self, texts: &[String], mut known: Vec<&'s str>, names: &Named<'_>) -> Named<'s> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let mut found = Vec::new();
        for (word, name) in names {
            for added in self.add.get(*name).into_iter().flatten() {
                let has = |text: &String| text.split(|c| !is_part(c)).any(|w| w == added);
                if !texts.iter().any(has) && !known.contains(&added.as_str()) {
                    known.push(added);
                    found.push((*word, added.as_str()));
                }
            }
        }
        found
    }
}

/// The packages that a call installs, without versions and architectures, each with the index of its word.
fn names<'c>(chain: &Chain<'c>, call: &Call) -> Named<'c> {
    let words = &chain.commands()[call.command].words;
    let name = |at: &usize| {
        let literal = words[*at].literal.as_deref()?;
        Some((*at, literal.split(['=', ':', '/']).next()?)).filter(|(_, name)| !name.is_empty())
    };
    call.operands.iter().filter_map(name).collect()
}
