//! `verified_sources`: checks of certificates or of signatures that are switched off.
//!
//! To switch one on again may well end the build: somebody had a reason. So it is told, with what mends the reason.

mod switches;

use super::steps::{self, Script};
use crate::document::Keyword;
use crate::edit::Applicability;
use crate::span::Span;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;
use switches::Switch;

/// The verb and its parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VerifiedSources {
    /// Which checks are looked for.
    of: Check,
}

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Check {
    /// That a server is who it says.
    Certificates,
    /// That a package is as its maker signed it.
    Signatures,
}

impl Transform for VerifiedSources {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for script in steps::scripts(cx) {
            self.look(&script, out);
        }
        for instruction in &cx.document.instructions {
            if !matches!(instruction.keyword, Keyword::Env | Keyword::Arg) {
                continue;
            }
            for pair in instruction.pairs() {
                let value = pair.value.map_or("", |word| word.text.trim_matches(['"', '\'']));
                let switch = switches::variable(pair.name, value).filter(|_| pair.value.is_some());
                self.tell(switch, instruction.source(pair.span), out);
            }
        }
    }
}

impl VerifiedSources {
    /// Tells of each command that switches checks off.
    fn look(&self, script: &Script<'_>, out: &mut Proposals<'_>) {
        for command in script.commands() {
            let assigned = command.assignments.iter().find_map(|a| {
                let value = a.value.literal.as_deref().unwrap_or("?");
                Some((switches::variable(&a.name, value).filter(|switch| self.is_meant(switch))?, a.span))
            });
            let written = steps::call(command).and_then(|call| {
                let words: Vec<&str> = call.arguments.iter().map(|word| script.value(word)).collect();
                let (switch, at) =
                    switches::of(call.name, &words).into_iter().find(|(switch, _)| self.is_meant(switch))?;
                Some((switch, call.arguments.get(at)?.span))
            });
            if let Some((switch, at)) = assigned.or(written) {
                self.tell(Some(switch), script.source(at), out);
            }
        }
    }

    fn is_meant(&self, switch: &Switch) -> bool {
        switch.check == self.of
    }

    fn tell(&self, switch: Option<Switch>, at: Span, out: &mut Proposals<'_>) {
        let Some(switch) = switch.filter(|switch| self.is_meant(switch)) else { return };
        let (what, why) = match self.of {
            Check::Certificates => (
                "takes what any server sends: its certificate is not checked",
                "the image may not know the certificate, and the build would fail",
            ),
            Check::Signatures => (
                "also installs what nobody signed: signatures are not checked",
                "the image may not have the key, and the build would fail",
            ),
        };
        out.fix(format!("{} {what}", switch.name), switch.advice, at)
            .at_most(Applicability::Manual, why)
            .done();
    }
}

#[cfg(test)]
#[path = "verified_sources_tests.rs"]
mod tests;
