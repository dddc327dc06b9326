//! `apt_no_recommends`: apt installs what is named and what that needs, not what it recommends.

use super::super::{Context, Proposals, Transform};
use super::calls::{self, Call, Tool};
use super::chain::Chain;
use crate::edit::Applicability;
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
        for index in 0..cx.document.instructions.len() {
            let Some(chain) = Chain::of(cx, index) else { continue };
            for call in calls::calls(&chain).iter().filter(|call| is_candidate(&chain, call)) {
                self.one(cx, &chain, call, out);
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

impl AptNoRecommends {
    fn one(&self, cx: &Context<'_>, chain: &Chain<'_>, call: &Call, out: &mut Proposals<'_>) {
        let Some(edit) = call.last_leading_option().and_then(|at| chain.flag(call.command, at, FLAG)) else {
            return;
        };
        let names = names(chain, call);
        let missing: Vec<(usize, &str)> = self.missing(cx, chain, &names);
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
    fn missing(&self, cx: &Context<'_>, chain: &Chain<'_>, names: &[(usize, &str)]) -> Vec<(usize, &str)> {
        let before = &cx.document.text[..chain.source(chain.commands()[0].span).start];
        let mut found: Vec<(usize, &str)> = Vec::new();
        for (word, name) in names {
            for added in self.add.get(*name).into_iter().flatten() {
                let has = |text: &str| {
                    text.split(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)))
                        .any(|w| w == added)
                };
                if !has(before) && !has(chain.text()) && !found.iter().any(|(_, own)| own == added) {
                    found.push((*word, added));
                }
            }
        }
        found
    }
}

/// The packages that a call installs, without versions and architectures, each with the index of its word.
fn names<'c>(chain: &Chain<'c>, call: &Call) -> Vec<(usize, &'c str)> {
    let words = &chain.commands()[call.command].words;
    let name = |at: &usize| {
        let literal = words[*at].literal.as_deref()?;
        Some((*at, literal.split(['=', ':', '/']).next()?)).filter(|(_, name)| !name.is_empty())
    };
    call.operands.iter().filter_map(name).collect()
}
