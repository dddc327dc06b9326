//! `no_unused_stages`: no stages that the image takes nothing from.
//!
//! Only told: `--target` and other files of the project may name them.

use crate::document::{Instruction, Keyword};
use crate::model::{Base, Model, Stage};
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoUnusedStages {}

impl Transform for NoUnusedStages {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        // Which stage a variable names is known to who sets it.
        if cx.model.stages.iter().any(|stage| varies(cx.model, stage)) {
            return;
        }
        let used = used(cx.model);
        for stage in cx.model.stages.iter().filter(|stage| !used.contains(&stage.index)) {
            let name = stage.name.clone().unwrap_or_else(|| stage.index.to_string());
            let message = format!("the image takes nothing from stage {name}, and a build leaves it out");
            let title = "remove the stage, unless something names it with --target";
            out.fix(message, title, cx.model.from(stage).span).done();
        }
    }
}

/// Whether a variable tells the base of a stage, and it may be one of the file.
fn varies(model: &Model<'_>, stage: &Stage) -> bool {
    let variable = model.from(stage).words().next().is_some_and(|word| word.text.contains('$'));
    variable && !matches!(&stage.base, Base::Image(name) if name.contains(['/', ':']))
}

/// The stages that go into the last one.
fn used(model: &Model<'_>) -> Vec<usize> {
    let mut used: Vec<usize> = model.final_stage().map(|stage| stage.index).into_iter().collect();
    let mut next = 0;
    while let Some(stage) = used.get(next).and_then(|index| model.stages.get(*index)) {
        for source in sources(model, stage) {
            if !used.contains(&source) {
                used.push(source);
            }
        }
        next += 1;
    }
    used
}

/// The stages that one is built on or takes files from.
fn sources(model: &Model<'_>, stage: &Stage) -> Vec<usize> {
    let base = match stage.base {
        Base::Stage(index) => Some(index),
        _ => None,
    };
    let named = model.body(stage).flat_map(|(_, i)| names(i.trigger.as_deref().unwrap_or(i)));
    base.into_iter().chain(named.filter_map(|name| model.stage_of(&name))).collect()
}

/// What an instruction takes files from.
fn names(instruction: &Instruction<'_>) -> Vec<String> {
    let copied =
        matches!(instruction.keyword, Keyword::Copy | Keyword::Add).then(|| instruction.flag("from"));
    let mounts = instruction.flags.iter().filter(|flag| flag.name() == "mount").filter_map(|f| f.value());
    let mounted =
        mounts.flat_map(|mount| mount.split(',')).filter_map(|part| part.trim().strip_prefix("from="));
    copied.flatten().into_iter().chain(mounted).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::NoUnusedStages;
    use crate::transform::command::told;

    #[test]
    fn stages_that_nothing_is_taken_from() {
        let count = |text: &str| told(&NoUnusedStages {}, text).len();
        let used = "FROM a AS b\nFROM b AS c\nFROM d AS m\nFROM e\nCOPY --from=C /x /x\n\
                    RUN --mount=type=bind,from=m,target=/m ls /m\n";
        assert_eq!(count(used), 0);
        assert_eq!(count("FROM a AS b\nFROM c\nFROM d\nCOPY --from=1 /x /x\n"), 1);
        assert_eq!(count("FROM a AS b\nFROM a AS c\nFROM b\n"), 1);
        let chosen = "ARG V=1\nFROM a AS v1\nFROM a AS v2\nFROM v$V\n";
        assert_eq!(count(chosen), 0, "a build argument chooses the stage");
        assert_eq!(count("ARG V=1\nFROM a AS v1\nFROM golang:$V\n"), 1);
    }
}
