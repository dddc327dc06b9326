//! `single_command`: of several `CMD`, `ENTRYPOINT` or `HEALTHCHECK` in a stage only the last one, which is the one that counts.
//!
//! `BuildKit` replaces the whole setting each time. `ENTRYPOINT` also clears the `CMD` of the base image, unless the stage
//! sets one before it; the last of each kind stays where it is, so that holds before and after alike.

use crate::document::{Instruction, Keyword};
use crate::transform::rewrite::deletion;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SingleCommand {}

impl Transform for SingleCommand {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for stage in &cx.model.stages {
            for kind in [Keyword::Cmd, Keyword::Entrypoint, Keyword::Healthcheck] {
                let mut all: Vec<&Instruction<'_>> =
                    cx.model.body(stage).map(|(_, i)| i).filter(|i| i.keyword == kind).collect();
                let Some(last) = all.pop() else { continue };
                for dead in all {
                    remove(cx, dead, last, out);
                }
            }
        }
    }
}

fn remove(cx: &Context<'_>, dead: &Instruction<'_>, last: &Instruction<'_>, out: &mut Proposals<'_>) {
    let name = last.name().to_ascii_uppercase();
    let message = format!("only the last {name} of a stage counts: this one never runs");
    let title = format!("remove the {name} that is replaced");
    let evidence = cx.evidence(format!("a later {name} in the same stage"), last);
    out.fix(message, title, dead.span).evidence([evidence]).edits([deletion(cx, dead)]).done();
}
