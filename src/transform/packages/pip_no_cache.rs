//! `pip_no_cache`: pip keeps no copy of what it downloads, or keeps it where the image does not.

use super::mount::{self, Cache};
use super::pip::{self, Age, Call};
use crate::document::{Instruction, Keyword};
use crate::edit::{Applicability, Edit};
use crate::model::{Run, Stage};
use crate::shell::Command;
use crate::span::Span;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PipNoCache {
    /// What becomes of the cache.
    #[serde(default)]
    cache: Cache,
}

impl Transform for PipNoCache {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        if takes_cache(cx) {
            return;
        }
        for stage in &cx.model.stages {
            for (index, instruction) in cx.model.body(stage) {
                let Some(run) = cx.model.run(index) else { continue };
                if is_settled(cx, stage, index, run) {
                    continue;
                }
                match self.cache {
                    Cache::Remove => add_flags(cx, stage, (index, instruction), run, out),
                    Cache::Mount => add_mount(cx, (index, instruction), run, out),
                }
            }
        }
    }
}

const MESSAGE: &str = "pip leaves what it downloads in the image";

/// Whether some stage takes the cache, or a folder that it may be in, from another.
fn takes_cache(cx: &Context<'_>) -> bool {
    let is_cache = |path: &str| {
        path.contains(".cache")
            || matches!(path.trim_end_matches('/'), "" | "/root" | "/home" | "~")
            || path.starts_with("/home/") && path.trim_end_matches('/').matches('/').count() == 2
    };
    let mounts = cx.document.instructions.iter().flat_map(|i| &i.flags).filter_map(|flag| flag.value());
    let mut sources = mounts.filter(|value| value.contains("from=")).flat_map(|value| value.split(','));
    let is_source =
        |field: &str| ["source=", "src="].iter().any(|key| field.strip_prefix(key).is_some_and(is_cache));
    if sources.any(is_source) || reads_cache(cx) {
        return true;
    }
    let copies = cx.document.instructions.iter().filter(|i| i.keyword == Keyword::Copy);
    let mut copies = copies.filter(|copy| copy.flag("from").is_some());
    copies.any(|copy| match &copy.json {
        Some(words) => words.iter().any(|word| is_cache(&word.value)),
        None => copy.words().any(|word| is_cache(word.text)),
    })
}

/// Whether a step names the cache in another way than to remove it if it is there.
fn reads_cache(cx: &Context<'_>) -> bool {
    let names = |text: &str| {
        text.match_indices(".cache").any(|(at, found)| {
            let rest = &text[at + found.len()..];
            rest.starts_with("/pip") || !rest.starts_with('/') || rest.starts_with("/*")
        })
    };
    let reads = |command: &Command, text: &str| {
        let own = &text[command.span.range()];
        let removes = command.name() == Some("rm")
            && command.words.iter().filter_map(|w| w.literal.as_deref()).any(|word| {
                word == "--force" || word.starts_with('-') && !word.starts_with("--") && word.contains('f')
            });
        names(own) && !removes
    };
    let runs = cx.document.instructions.iter().enumerate().filter(|(_, i)| i.keyword == Keyword::Run);
    runs.into_iter().any(|(at, i)| match cx.model.run(at) {
        Some(run) => run.script.commands.iter().any(|command| reads(command, i.args())),
        None => names(i.text.text()),
    })
}

/// Whether the Dockerfile itself says what becomes of the cache of a `RUN`.
fn is_settled(cx: &Context<'_>, stage: &Stage, index: usize, run: &Run) -> bool {
    let instruction = &cx.document.instructions[index];
    let before = cx.model.chain(stage).flat_map(|stage| cx.model.body(stage));
    let mut texts = before.filter(|(at, _)| *at <= index).map(|(_, i)| i.text.text());
    texts.any(|text| {
        ["PIP_NO_CACHE_DIR", "PIP_CACHE_DIR", "XDG_CACHE_HOME"].iter().any(|name| text.contains(name))
            || ["pip config", "pip.conf", "pip.ini"].iter().any(|name| text.contains(name))
    }) || mount::may_cover(instruction, ".cache/pip")
        || run.script.commands.iter().any(|command| removes(instruction, command))
}

/// Whether a command removes the cache.
fn removes(instruction: &Instruction<'_>, command: &Command) -> bool {
    let raw = |word: &crate::shell::Word| word.raw(instruction.args()).to_owned();
    let is_rm = command.words.iter().any(|word| word.literal.as_deref() == Some("rm"));
    let of_cache =
        |text: &String| text.contains(".cache") || text.contains("/root/.") || text.contains("~/.");
    is_rm && command.words.iter().map(raw).any(|text| of_cache(&text))
        || pip::call(command).is_some_and(|call| call.verb.literal.as_deref() == Some("cache"))
}

fn add_flags(
    cx: &Context<'_>,
    stage: &Stage,
    (index, instruction): (usize, &Instruction<'_>),
    run: &Run,
    out: &mut Proposals<'_>,
) {
    for command in &run.script.commands {
        let Some(call) = installing(command) else { continue };
        let age = pip::age(cx, stage, index, command);
        if age == Age::Ancient {
            continue;
        }
        let at = instruction.source(run.joined(call.verb.span));
        let fix = out.fix(MESSAGE, "let pip keep no cache", at);
        let fix = match age {
            Age::Modern => fix,
            Age::Middle if has_wheels(&call) => fix,
            Age::Middle => fix.at_most(
                Applicability::Unsafe,
                "without a cache, pip before 19.1 installs packages that come as sources another way",
            ),
            _ => fix.at_most(
                Applicability::Unsafe,
                "pip may be older than 19.1, which installs sources another way without a cache, or than 6.0, which does \
                 not know the flag",
            ),
        };
        let fix = if is_used_later(cx, stage, index, command) {
            fix.at_most(
                Applicability::Unsafe,
                "a later pip may take from the cache what it can't build without the packages that are removed by then",
            )
        } else {
            fix
        };
        fix.edits([Edit { span: Span::at(at.end), text: " --no-cache-dir".into() }]).done();
    }
}

/// The call of a command that installs, without a word about the cache.
fn installing(command: &Command) -> Option<Call<'_>> {
    let call = pip::call(command).filter(Call::installs)?;
    // Options may be cut short.
    let says = |word: &str| word.starts_with("--no-c") && word != "--no-clean" && word != "--no-compile";
    let mut words = command.words.iter().filter_map(|word| word.literal.as_deref());
    (!words.any(|word| says(word) || word.starts_with("--cache"))).then_some(call)
}

/// Whether all that is installed comes as wheels, whichever release it is.
fn has_wheels(call: &Call<'_>) -> bool {
    let mut packages = call.arguments.iter().map(|word| word.literal.as_deref());
    packages.all(|word| {
        word.is_some_and(|word| {
            matches!(word, "pip" | "setuptools" | "wheel" | "--upgrade" | "-U" | "-q" | "--quiet" | "--user")
        })
    })
}

/// Whether packages are removed after a command, and pip installs after that.
fn is_used_later(cx: &Context<'_>, stage: &Stage, index: usize, command: &Command) -> bool {
    let mut removed = false;
    for (at, _) in cx.model.built_on(stage).flat_map(|stage| cx.model.body(stage)) {
        let Some(run) = cx.model.run(at).filter(|_| at >= index) else { continue };
        for other in &run.script.commands {
            if at == index && other.span.start <= command.span.start {
                continue;
            }
            if removed && pip::call(other).is_some_and(|call| call.installs()) {
                return true;
            }
            removed |= removes_packages(other);
        }
    }
    false
}

/// Whether a command takes packages of the distribution away.
fn removes_packages(command: &Command) -> bool {
    let words = || command.words.iter().filter_map(|word| word.literal.as_deref());
    words().any(|word| matches!(word, "apt-get" | "apt" | "apk" | "yum" | "dnf" | "microdnf"))
        && words().any(|word| matches!(word, "remove" | "purge" | "autoremove" | "del" | "erase" | "--purge"))
}

fn add_mount(
    cx: &Context<'_>,
    (index, instruction): (usize, &Instruction<'_>),
    run: &Run,
    out: &mut Proposals<'_>,
) {
    let calls = run.script.commands.iter().filter_map(installing);
    let Some(edit) = mount::edit(cx, index, run, ".cache/pip").filter(|_| calls.count() > 0) else { return };
    let at = instruction.source(instruction.name);
    out.fix(MESSAGE, "keep pip's cache in a mount", at).edits([edit]).done();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::model::Model;

    /// What is added to a text with cache mounts.
    fn mounted(text: &str) -> Vec<String> {
        let document = Document::parse(text);
        let model = Model::new(&document);
        let mut fixes = Vec::new();
        let verb = PipNoCache { cache: Cache::Mount };
        let cx = Context::new(&document, &model, None);
        verb.propose(&cx, &mut Proposals::new("pip", Applicability::Safe, &mut fixes));
        fixes.into_iter().flat_map(|fix| fix.edits).map(|edit| edit.text).collect()
    }

    #[test]
    fn a_mount_is_for_root_alone() {
        let mount = " --mount=type=cache,target=/root/.cache/pip";
        assert_eq!(mounted("FROM python:3.12\nRUN pip install a && pip install b"), [mount]);
        for text in [
            "FROM python:3.12\nUSER app\nRUN pip install a",
            "FROM example.org/base\nRUN pip install a",
            "FROM python:3.12\nENV HOME=/srv\nRUN pip install a",
            "FROM python:3.12\nRUN sudo pip install a",
            "FROM python:3.12\nRUN --mount=type=cache,target=/root/.cache pip install a",
            "# syntax=docker/dockerfile:1.0\nFROM python:3.12\nRUN pip install a",
            "FROM python:3.12\nRUN pip install --no-cache-dir a",
        ] {
            assert_eq!(mounted(text), [""; 0], "{text}");
        }
        assert_eq!(mounted("# syntax=docker/dockerfile:1\nFROM python:3.12\nRUN pip install a"), [mount]);
    }
}
