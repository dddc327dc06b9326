//! `apk_no_cache`: Alpine's list of packages is read and not kept.

use super::super::rewrite::deletion;
use super::super::{Context, Proposals, Transform};
use super::calls::{self, Call, Tool};
use super::chain::Chain;
use super::index::{self, Event};
use crate::document::{Flag, Instruction, Keyword};
use crate::edit::{Applicability, Edit};
use crate::model::Stage;
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::transform) struct ApkNoCache {}

/// What a `RUN` needs to keep no list.
#[derive(Default)]
struct Change {
    edits: Vec<Edit>,
    /// The last command that left a list and will not.
    drops: Option<usize>,
}

const MESSAGE: &str = "apk keeps its list of packages in the image";
const UNKNOWN: &str = "the image may be older than Alpine 3.3, whose apk is the first that knows --no-cache";

impl Transform for ApkNoCache {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        // Who has a cache folder of its own keeps it on purpose.
        if ["/etc/apk/cache", "setup-apkcache"].iter().any(|mark| cx.document.text.contains(mark)) {
            return;
        }
        let folder = ["/var/cache/apk", "/var/cache ", "/var/cache/ "];
        let copies = |i: &Instruction<'_>| {
            i.keyword == Keyword::Copy && folder.iter().any(|path| i.args().contains(path))
        };
        if cx.document.instructions.iter().any(copies) {
            return;
        }
        for stage in &cx.model.stages {
            for (index, _) in cx.model.body(stage) {
                let _ = propose(cx, stage, index, out);
            }
        }
    }
}

fn propose(cx: &Context<'_>, stage: &Stage, index: usize, out: &mut Proposals<'_>) -> Option<()> {
    let chain = Chain::of(cx, index)?;
    let covers = |flag: &Flag| flag.text.contains("apk") || flag.text.contains("/var");
    let is_mounted = chain.instruction().flags.iter().any(covers);
    let known = known(cx, stage)?;
    let calls: Vec<Call> = calls::calls(&chain).into_iter().filter(|call| call.tool == Tool::Apk).collect();
    if calls.is_empty() || is_mounted {
        return None;
    }
    let change =
        lone(cx, &chain, &calls).unwrap_or_else(|| change(&chain, &calls, has_list(cx, stage, index)));
    let first = change.edits.first()?;
    let doubt = match change.drops {
        Some(command) => match readers(cx, stage, index, command) {
            Reader::Sure => return None,
            Reader::Doubt(why) => Some(why),
            Reader::None => None,
        },
        None => None,
    };
    let at = chain.source(chain.commands()[calls[0].command].span);
    let title =
        if first.text.is_empty() { "do not fetch the list by itself" } else { "read it with --no-cache" };
    let fix = out.fix(MESSAGE, title, at).edits(change.edits);
    let reason = doubt.or_else(|| (!known).then(|| UNKNOWN.to_owned()));
    match reason {
        Some(why) => fix.at_most(Applicability::Unsafe, why).done(),
        None => fix.done(),
    }
    Some(())
}

/// The change of a `RUN` that does nothing but fetch the list: it goes, once all that install read it themselves.
fn lone(cx: &Context<'_>, chain: &Chain<'_>, calls: &[Call]) -> Option<Change> {
    let is_lone = calls.len() == chain.commands().len()
        && calls.iter().all(|call| call.verb() == "update")
        && chain.instruction().flags.is_empty();
    if !is_lone {
        return None;
    }
    let later = (chain.index + 1..cx.document.instructions.len()).filter_map(|index| Chain::of(cx, index));
    let adds: Vec<bool> = later
        .flat_map(|chain| calls::calls(&chain))
        .filter(|call| call.tool == Tool::Apk && matches!(call.verb(), "add" | "upgrade"))
        .map(|call| call.has(&["--no-cache"], "") && !call.has(&["--update", "--update-cache"], "U"))
        .collect();
    let all = !adds.is_empty() && adds.into_iter().all(|fetches| fetches);
    let edits = if all { vec![deletion(cx, chain.instruction())] } else { Vec::new() };
    Some(Change { edits, drops: Some(0) })
}

/// Whether a step before one fetched the list.
fn has_list(cx: &Context<'_>, stage: &Stage, index: usize) -> bool {
    let below = cx.model.chain(stage).skip(1).flat_map(|s| s.from..s.end);
    below.chain(stage.from..index).any(|before| {
        let chain = Chain::of(cx, before);
        chain.is_some_and(|chain| calls::calls(&chain).iter().any(brings_list))
    })
}

/// Whether a call leaves the list behind.
fn brings_list(call: &Call) -> bool {
    call.tool == Tool::Apk && (call.verb() == "update" || call.has(&["--update", "--update-cache"], "U"))
}

/// The change of a `RUN`; before it there was a list or not.
///
/// Without one, `apk upgrade` does nothing: it must not begin to.
fn change(chain: &Chain<'_>, calls: &[Call], had_list: bool) -> Change {
    let mut change = Change::default();
    let fetches = |call: &&Call| matches!(call.verb(), "add" | "upgrade");
    let elsewhere = |call: &Call| call.has(&["--root", "--cache-dir", "--no-network", "--initdb"], "p");
    if calls.iter().any(elsewhere) {
        return change;
    }
    for call in calls.iter().filter(fetches) {
        let listed = had_list || calls.iter().take_while(|c| c.command <= call.command).any(brings_list);
        if call.verb() == "upgrade" && !listed {
            continue;
        }
        if call.has_hidden_options(chain) && !call.has(&["--update", "--update-cache"], "U") {
            continue;
        }
        let (edits, drops) = flagged(chain, call);
        change.edits.extend(edits);
        change.drops = if drops { Some(call.command) } else { change.drops };
    }
    let last = calls.iter().rfind(fetches).map(|call| call.command);
    let useless = |call: &&Call| call.verb() == "update" && last.is_some_and(|last| call.command < last);
    for call in calls.iter().filter(useless) {
        let removed = chain.remove(call.command).unwrap_or_default();
        if !removed.is_empty() && removed.iter().all(|edit| apart(edit, &change.edits)) {
            change.drops = change.drops.max(Some(call.command));
            change.edits.extend(removed);
        }
    }
    change
}

/// Whether an edit is away from others.
fn apart(edit: &Edit, others: &[Edit]) -> bool {
    others.iter().all(|other| other.span.end < edit.span.start || edit.span.end < other.span.start)
}

/// The edits that give a command the flag, in the place of those that it stands for; and whether there was one.
fn flagged(chain: &Chain<'_>, call: &Call) -> (Vec<Edit>, bool) {
    let updates = |option: &str| matches!(option, "-U" | "--update" | "--update-cache");
    let mut old = call.options.iter().filter(|(_, option)| updates(option)).map(|(at, _)| *at);
    let has = call.has(&["--no-cache"], "");
    let cluster = call.has(&[], "U");
    let Some((verb, _)) = call.verb.as_ref() else { return (Vec::new(), false) };
    match (has, old.next()) {
        (true, None) => (Vec::new(), false),
        (true, Some(at)) => (chain.drop_word(call.command, at).into_iter().collect(), false),
        (false, Some(at)) => {
            let first = chain.replace(call.command, at, "--no-cache");
            let rest = old.filter_map(|at| chain.drop_word(call.command, at));
            (first.into_iter().chain(rest).collect(), true)
        }
        (false, None) => (chain.flag(call.command, *verb, "--no-cache").into_iter().collect(), cluster),
    }
}

/// Who may read a list that is no longer kept.
enum Reader {
    Sure,
    Doubt(String),
    None,
}

fn readers(cx: &Context<'_>, stage: &Stage, index: usize, command: usize) -> Reader {
    let above = cx
        .model
        .built_on(stage)
        .flat_map(|s| if s.index == stage.index { index..s.end } else { s.from + 1..s.end });
    let mut doubt = None;
    for later in above {
        if is_reader(cx, later) {
            return Reader::Sure;
        }
        for event in index::events(cx, later) {
            match event {
                Event::Doubt(at, why) if later != index || at > command => {
                    doubt.get_or_insert(why);
                }
                _ => {}
            }
        }
    }
    doubt.map_or(Reader::None, Reader::Doubt)
}

/// Whether an instruction reads the list in a way that is not mended here.
fn is_reader(cx: &Context<'_>, at: usize) -> bool {
    let instruction = &cx.document.instructions[at];
    let text = &cx.document.text[instruction.span.range()];
    let names = |text: &str| {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "-_/.".contains(c)));
        words.map(calls::base).filter(|word| *word == "apk").count()
    };
    let Some(chain) = Chain::of(cx, at) else {
        // A container of an old Alpine has no list to install from, either.
        let runs = matches!(
            instruction.keyword,
            Keyword::Run | Keyword::Onbuild | Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck
        );
        return runs && names(text) > 0;
    };
    let calls: Vec<Call> = calls::calls(&chain).into_iter().filter(|call| call.tool == Tool::Apk).collect();
    let known = ["add", "upgrade", "update", "del", "info", "cache", "audit", "fix", "verify"];
    let odd = calls.iter().any(|call| {
        !call.verb().is_empty() && (!known.contains(&call.verb()) || call.has_hidden_options(&chain))
    });
    let hidden = chain.commands().iter().enumerate().any(|(at, command)| {
        let is_call = calls.iter().any(|call| call.command == at);
        let runs = command.name().map(calls::base).is_some_and(|name| {
            matches!(name, "sh" | "bash" | "ash" | "su" | "xargs" | "eval" | "find" | "su-exec" | "gosu")
        });
        let own = &chain.text()[command.span.range()];
        !is_call && (runs || command.substitutes) && names(own) > 0
    });
    // With nothing kept there is nothing for it to remove.
    let fails = chain.commands().iter().any(|command| {
        let own = &chain.text()[command.span.range()];
        let removes = matches!(command.name().map(calls::base), Some("rm" | "sudo" | "echo" | "mkdir"));
        own.contains("/var/cache/apk") && (!removes || index::fails_on_none(command, own))
    });
    odd || hidden || fails
}

/// Whether the image's apk surely knows the flag; none where it surely does not.
fn known(cx: &Context<'_>, stage: &Stage) -> Option<bool> {
    let bottom = cx.model.chain(stage).last()?;
    let Some(reference) = bottom.origin() else { return Some(false) };
    let name = reference.canonical();
    let release = |tag: &str| {
        let mut parts = tag.split(['.', '-', '_']).map(|part| part.parse::<u32>().ok());
        (parts.next().flatten(), parts.next().flatten())
    };
    if name == "docker.io/library/alpine" {
        return match reference.tag {
            None => Some(reference.digest.is_none()),
            Some("latest" | "edge" | "3") => Some(true),
            Some(tag) => match release(tag) {
                (Some(3), Some(minor)) if minor < 3 => None,
                (Some(major), _) if major < 3 => None,
                (Some(20..), _) | (Some(3), Some(_)) => Some(true),
                _ => Some(false),
            },
        };
    }
    // The official images on Alpine began with 3.3.
    let official = name.starts_with("docker.io/library/");
    Some(official && bottom.facts().is_some_and(|facts| facts.package_manager.as_deref() == Some("apk")))
}
