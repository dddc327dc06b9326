//! `unique_stage_names`: no two stages of one name.
//!
//! Only told: which of them is meant where the name is used is for the author to say.

use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UniqueStageNames {}

impl Transform for UniqueStageNames {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let stages = &cx.model.stages;
        for (index, stage) in stages.iter().enumerate() {
            let Some(name) = stage.name.as_deref() else { continue };
            let Some(first) = stages[..index].iter().find(|s| s.name.as_deref() == Some(name)) else {
                continue;
            };
            let evidence = cx.evidence(format!("the other stage {name}"), cx.model.from(first));
            let message = format!("two stages are named {name}: COPY takes the last of them");
            let fix = out.fix(message, "give the stages names of their own", cx.model.from(stage).span);
            fix.evidence([evidence]).done();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::UniqueStageNames;
    use crate::transform::command::told;

    #[test]
    fn names_are_compared_without_case() {
        let count = |text: &str| told(&UniqueStageNames {}, text).len();
        assert_eq!(count("FROM a AS b\nFROM c AS B\nFROM d\nFROM e AS b\n"), 2);
        assert_eq!(count("FROM a AS b\nFROM b AS c\n"), 0);
    }
}
