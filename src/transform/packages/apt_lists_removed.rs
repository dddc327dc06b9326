//! `apt_lists_removed`: the lists of packages go in the step that brought them, once nothing reads them any more.

use super::super::{Context, Proposals, Transform};
use super::chain::Chain;
use super::index::{self, Event};
use crate::edit::Applicability;
use crate::model::Stage;
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::transform) struct AptListsRemoved {}

impl Transform for AptListsRemoved {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for stage in &cx.model.stages {
            for (index, _) in cx.model.body(stage) {
                let _ = removal(cx, stage, index, out);
            }
        }
    }
}

fn removal(cx: &Context<'_>, stage: &Stage, index: usize, out: &mut Proposals<'_>) -> Option<()> {
    let chain = Chain::of(cx, index)?;
    let (update, last) = kept(&index::events(cx, index))?;
    let readers = index::readers(cx, stage, index);
    let instruction = chain.instruction();
    if !readers.runs.is_empty() || index::is_mounted(instruction) || is_copied_whole(cx, stage) {
        return None;
    }
    let sudo = if super::calls::program(&chain.commands()[update]).1 { "sudo " } else { "" };
    let added = format!("{sudo}rm -rf /var/lib/apt/lists/*");
    let edit = chain.append(last, &added).or_else(|| chain.append_to_all(&added))?;
    let at = chain.source(chain.commands()[update].span);
    let fix = out
        .fix(
            "the package lists stay in the image",
            "remove the package lists in the step that fetched them",
            at,
        )
        .evidence([
            cx.evidence("nothing after this step reads the lists before new ones are fetched", instruction)
        ])
        .edits([edit]);
    match readers.doubt {
        Some(why) => fix.at_most(Applicability::Unsafe, why).done(),
        None => fix.done(),
    }
    Some(())
}

/// The update whose lists a `RUN` leaves behind, and the last command that may read them.
///
/// A `RUN` that does nothing but update is for another recipe.
fn kept(events: &[Event]) -> Option<(usize, usize)> {
    let place = events.iter().rposition(|event| matches!(event, Event::Update(_)))?;
    let Event::Update(update) = events[place] else { return None };
    let after = &events[place + 1..];
    if after.iter().any(|event| matches!(event, Event::Removal(_)))
        || !events.iter().any(|event| !matches!(event, Event::Update(_)))
    {
        return None;
    }
    let mut needing = after.iter().filter_map(|event| match event {
        Event::Read(command) | Event::Doubt(command, _) => Some(*command),
        Event::Update(_) | Event::Removal(_) => None,
    });
    Some((update, needing.next_back().unwrap_or(update)))
}

/// Whether another stage copies all of a stage, with its lists.
fn is_copied_whole(cx: &Context<'_>, stage: &Stage) -> bool {
    cx.document.instructions[stage.end..].iter().any(|instruction| {
        let from = instruction.flag("from").and_then(|from| cx.model.stage_of(from));
        let is_built_on = |from| cx.model.built_on(stage).any(|above| above.index == from);
        let whole = |path: &str| ["", "/var", "/var/lib"].contains(&path.trim_end_matches(['/', '.', '*']));
        from.is_some_and(is_built_on) && instruction.words().next().is_some_and(|word| whole(word.text))
    })
}
