//! `apt_update_with_install`: what installs fetches the lists itself, and a step that only fetches them goes.

use super::super::rewrite::deletion;
use super::super::{Context, Proposals, Transform};
use super::calls::{self, Call};
use super::chain::Chain;
use super::index::{self, Event, mentions};
use crate::document::Keyword;
use crate::edit::{Applicability, Edit};
use crate::model::{Base, Stage};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::transform) struct AptUpdateWithInstall {}

/// A `RUN` that reads lists which an earlier one fetched.
struct Late {
    /// The `RUN`.
    index: usize,
    /// The one that fetched.
    provider: usize,
    edit: Edit,
    doubt: Option<String>,
}

const MESSAGE: &str = "packages are installed from lists that another layer fetched";
const TITLE: &str = "update in the step that installs";

impl Transform for AptUpdateWithInstall {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let indexes = || cx.model.stages.iter().flat_map(|s| cx.model.body(s).map(move |(i, _)| (s, i)));
        let late: Vec<Late> = indexes().filter_map(|(stage, index)| late(cx, stage, index)).collect();
        let mut done = Vec::new();
        for (stage, index) in indexes().filter(|(_, index)| is_lone(cx, *index)) {
            done.extend(join(cx, stage, index, &late, out));
        }
        for late in late.iter().filter(|late| !done.contains(&late.index)) {
            let at = cx.document.instructions[late.index].span;
            let fix = out.fix(MESSAGE, TITLE, at).edits([late.edit.clone()]);
            match &late.doubt {
                Some(why) => fix.at_most(Applicability::Unsafe, why).done(),
                None => fix.done(),
            }
        }
    }
}

/// Whether a `RUN` does nothing but fetch the lists.
fn is_lone(cx: &Context<'_>, index: usize) -> bool {
    let Some(chain) = Chain::of(cx, index) else { return false };
    let events = index::events(cx, index);
    let plain = |command: &crate::shell::Command| !command.substitutes && !command.nested;
    events.len() == chain.commands().len()
        && events.iter().all(|event| matches!(event, Event::Update(_)))
        && chain.commands().iter().all(plain)
        && chain.instruction().flags.is_empty()
}

/// Removes a step that only fetches, where all that read its lists can fetch their own; gives those.
fn join(cx: &Context<'_>, stage: &Stage, index: usize, late: &[Late], out: &mut Proposals<'_>) -> Vec<usize> {
    let readers = index::readers(cx, stage, index);
    let own: Vec<&Late> = late.iter().filter(|late| late.provider == index).collect();
    let all = readers.runs.iter().all(|run| own.iter().any(|late| late.index == *run));
    if !all {
        return Vec::new();
    }
    let instruction = &cx.document.instructions[index];
    let unused = "nothing in the file installs from these lists: images built on it may";
    let doubt = own.iter().find_map(|late| late.doubt.clone()).or(readers.doubt);
    let doubt = doubt
        .or_else(|| own.is_empty().then(|| unused.to_owned()).filter(|_| !is_refetched(cx, stage, index)));
    let fix = out
        .fix("the package lists are fetched in a layer of their own", TITLE, instruction.span)
        .evidence(
            own.iter()
                .map(|l| cx.evidence("it installs from these lists", &cx.document.instructions[l.index])),
        )
        .edits(own.iter().map(|late| late.edit.clone()))
        .edits([deletion(cx, instruction)]);
    match doubt {
        Some(why) => fix.at_most(Applicability::Unsafe, why).done(),
        None => fix.done(),
    }
    own.iter().map(|late| late.index).collect()
}

/// Whether a later step of the stage fetches or removes the lists.
fn is_refetched(cx: &Context<'_>, stage: &Stage, index: usize) -> bool {
    let ends = |event: &Event| matches!(event, Event::Update(_) | Event::Removal);
    (index + 1..stage.end).any(|later| index::events(cx, later).iter().any(ends))
}

/// A `RUN` that reads lists of an earlier one, and can fetch them itself.
fn late(cx: &Context<'_>, stage: &Stage, index: usize) -> Option<Late> {
    let chain = Chain::of(cx, index)?;
    let events = index::events(cx, index);
    let Event::Read(command) = *events.iter().find(|event| !matches!(event, Event::Doubt(..)))? else {
        return None;
    };
    let call = calls::call(&chain.commands()[command], command)?;
    let (provider, update) = provider(cx, stage, index)?;
    if index::is_mounted(chain.instruction()) || index::is_mounted(&cx.document.instructions[provider]) {
        return None;
    }
    let edit = chain.prepend(command, &update_command(cx, provider, update, &call))?;
    let before =
        (provider..=index).find_map(|i| new_sources(cx, i, if i == index { command } else { usize::MAX }));
    Some(Late { index, provider, edit, doubt: before })
}

/// The `RUN` before another that fetched the lists that it finds, with the command; none when they are gone, or are not this
/// file's.
fn provider(cx: &Context<'_>, stage: &Stage, index: usize) -> Option<(usize, usize)> {
    for before in (stage.from + 1..index).rev() {
        match index::events(cx, before).iter().rev().find(|e| matches!(e, Event::Update(_) | Event::Removal))
        {
            Some(Event::Update(command)) => return Some((before, *command)),
            Some(_) => return None,
            None => {}
        }
    }
    match stage.base {
        Base::Stage(below) => {
            let below = cx.model.stages.get(below)?;
            provider(cx, below, below.end)
        }
        _ => None,
    }
}

/// The words that fetch lists as the earlier step does.
fn update_command(cx: &Context<'_>, provider: usize, update: usize, call: &Call) -> String {
    let chain = Chain::of(cx, provider);
    let same = chain.and_then(|chain| {
        let of_it = calls::call(chain.commands().get(update)?, update)?;
        chain.plain(update).filter(|_| of_it.sudo == call.sudo)
    });
    same.map_or_else(|| format!("{}apt-get update", if call.sudo { "sudo " } else { "" }), str::to_owned)
}

/// Why new lists may say something else than those of before, by what an instruction does up to a command.
fn new_sources(cx: &Context<'_>, index: usize, end: usize) -> Option<String> {
    let instruction = &cx.document.instructions[index];
    let text = instruction.text.text();
    let line = cx.line(instruction.span.start);
    let changed =
        || Some(format!("line {line} changes where packages come from, after the lists were fetched"));
    match instruction.keyword {
        Keyword::Copy | Keyword::Add if text.contains("/etc/apt") || text.contains("sources") => changed(),
        Keyword::Run => {
            let Some(chain) = Chain::of(cx, index) else {
                return if mentions(text) || instruction.json.is_none() { changed() } else { None };
            };
            let events = index::events(cx, index);
            let start =
                events.iter().rev().find_map(|e| if let Event::Update(c) = e { Some(c + 1) } else { None });
            let commands = chain.commands();
            // What comes before an update in the same step is in its lists.
            let range = start.filter(|start| *start <= end && end == usize::MAX).unwrap_or(0)
                ..end.min(commands.len());
            let doubt = events.iter().find_map(|event| match event {
                Event::Doubt(command, _) if range.contains(command) => {
                    Some(format!("line {line} may change where packages come from"))
                }
                _ => None,
            });
            let touches = |c: &crate::shell::Command| {
                let own = &chain.text()[c.span.range()];
                let debs = own.contains("dpkg") && (own.contains("-i") || own.contains("--add-architecture"));
                debs || ["/etc/apt", "apt-key", "-repository", "sources.list"].iter().any(|p| own.contains(p))
            };
            if commands[range].iter().any(touches) { changed() } else { doubt }
        }
        _ => None,
    }
}
