//! `least_mode`: files that everybody may change, which only their owner needs to.
//!
//! For a program the right to write is hardly ever what was wanted. For a folder it often is: a process of another user
//! writes there. So a mode is only lowered where no other user shows, and then it still takes `--unsafe`.

mod mode;
mod target;

use super::steps::{self, Script};
use crate::document::{Instruction, Keyword};
use crate::edit::{Applicability, Edit};
use crate::shell::Command;
use crate::span::Span;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;
use target::{Target, is_program};

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LeastMode {}

impl Transform for LeastMode {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let Some(last) = cx.model.final_stage().filter(|_| cx.document.escape == '\\') else { return };
        // Of other stages nothing is left but what is copied out of them.
        for stage in cx.model.chain(last) {
            for (index, instruction) in cx.model.body(stage) {
                if let Some(found) = flagged(instruction) {
                    propose(cx, &found, out);
                }
                let Some(script) = steps::script(cx, index) else { continue };
                for found in script.commands().iter().filter_map(|command| chmod(&script, command)) {
                    propose(cx, &found, out);
                }
            }
        }
    }
}

/// A mode that lets everybody write.
struct Found {
    /// Where it stands in the file.
    at: Span,
    /// As it is written.
    mode: String,
    /// What takes its place.
    least: String,
    target: Target,
}

fn propose(cx: &Context<'_>, found: &Found, out: &mut Proposals<'_>) {
    let names = &found.target.names;
    let message = format!("everybody in the container may change {names}: {}", found.mode);
    let edit = Edit { span: found.at, text: found.least.clone() };
    if found.target.is_program {
        let why = format!("a process of another user than its owner could no longer change {names}");
        return out
            .fix(message, "let only the owner write", found.at)
            .at_most(Applicability::Unsafe, why)
            .edits([edit])
            .done();
    }
    if found.target.is_shared {
        return out
            .fix(message, "set 1777: who writes there may not take away what others wrote", found.at)
            .at_most(Applicability::Manual, "everybody is meant to write there")
            .done();
    }
    match other_user(cx).or_else(|| meant(cx, found)) {
        Some(why) => out
            .fix(message, "give it to the user that writes there, and set 755", found.at)
            .at_most(Applicability::Manual, why)
            .done(),
        None => out
            .fix(message, "let only the owner write", found.at)
            .at_most(
                Applicability::Unsafe,
                format!("a process of another user, also in a container that is run with `--user`, could no longer write in {names}"),
            )
            .edits([edit])
            .done(),
    }
}

/// A `chmod` that lets everybody write.
fn chmod(script: &Script<'_>, command: &Command) -> Option<Found> {
    let call = steps::call(command).filter(|call| call.name == "chmod")?;
    let is_option = |text: &str| {
        text.starts_with("--")
            || text
                .strip_prefix('-')
                .is_some_and(|s| !s.is_empty() && s.chars().all(|c| "RvcfhHLP".contains(c)))
    };
    let count = call.arguments.iter().take_while(|word| is_option(script.raw(word))).count();
    let (options, rest) = call.arguments.split_at(count);
    let [word, targets @ ..] = rest else { return None };
    let written = script.raw(word);
    let least = mode::least(written)?;
    // Options may also follow.
    let (later, targets): (Vec<_>, Vec<_>) = targets.iter().partition(|word| is_option(script.raw(word)));
    let recursive = options.iter().chain(later).any(|word| {
        let text = script.raw(word);
        text == "--recursive" || (!text.starts_with("--") && text.contains('R'))
    });
    let names: Vec<&str> = targets.into_iter().map(|target| script.value(target)).collect();
    let target = Target::of(&names, recursive)?;
    Some(Found { at: script.source(word.span), mode: format!("chmod {written}"), least, target })
}

/// A `--chmod` of `COPY` or `ADD` that lets everybody write.
fn flagged(instruction: &Instruction<'_>) -> Option<Found> {
    if !matches!(instruction.keyword, Keyword::Copy | Keyword::Add) {
        return None;
    }
    let flag = instruction.flags.iter().rev().find(|flag| flag.name() == "chmod")?;
    let least = mode::least(flag.value()?)?;
    let written = instruction.text.text().get(flag.span.range())?;
    let words: Vec<String> = match &instruction.json {
        Some(words) => words.iter().map(|word| word.value.clone()).collect(),
        None => instruction.words().map(|word| word.text.to_owned()).collect(),
    };
    let (goal, sources) = words.split_last()?;
    let is_program = sources.iter().all(|source| is_program(source)) || is_program(goal);
    // Quotes and escapes in a flag are nothing to look for a value in.
    (written == flag.text).then(|| Found {
        at: instruction.source(flag.span),
        mode: flag.text.clone(),
        least: format!("--chmod={least}"),
        target: Target { names: goal.clone(), is_program, is_shared: false },
    })
}

/// Why somebody else than root may have to write; none where nobody shows.
fn other_user(cx: &Context<'_>) -> Option<String> {
    let stage = cx.model.final_stage()?;
    let user = cx.model.end_state(stage).user;
    let is_root = |user: &str| matches!(user.split(':').next(), Some("root" | "0"));
    match user {
        None => return Some("who runs the container can't be told from here".to_owned()),
        Some(user) if !is_root(&user) => {
            return Some(format!("the container runs as {user}, who may have no other right to write there"));
        }
        Some(_) => {}
    }
    let shipped: Vec<usize> = cx.model.chain(stage).map(|stage| stage.index).collect();
    let stages = cx.model.stages.iter().filter(|stage| shipped.contains(&stage.index));
    let texts =
        stages.flat_map(|stage| cx.document.instructions.get(stage.from..stage.end).unwrap_or_default());
    let text: String = texts.map(|instruction| instruction.text.text().to_lowercase() + "\n").collect();
    let sign = OTHERS.iter().find(|sign| text.contains(*sign))?;
    Some(format!(
        "the text has `{}`: a process of another user than root may have to write there",
        sign.trim()
    ))
}

/// What a comment says of other users; none where none does.
fn meant(cx: &Context<'_>, found: &Found) -> Option<String> {
    let instruction = cx.document.instructions.iter().find(|i| i.span.contains(found.at))?;
    let text = cx.document.text.get(cx.document.block_start(instruction)..instruction.span.end)?;
    let mut comments = text.lines().filter(|line| line.trim_start().starts_with('#'));
    comments
        .any(|line| line.to_lowercase().contains("user"))
        .then(|| "a comment there speaks of users".to_owned())
}

/// What shows that processes of other users run: their accounts, what starts programs as them, and servers that do.
const OTHERS: [&str; 46] = [
    "\nuser ",
    "\nvolume ",
    "puid",
    "/nonexistent",
    "useradd",
    "adduser",
    "groupadd",
    "addgroup",
    "chown",
    "openshift",
    "fixuid",
    "gosu",
    "su-exec",
    "setpriv",
    "sudo",
    "su -",
    "chroot",
    "s6-",
    "runit",
    "runsv",
    "phusion",
    "supervisor",
    "cron",
    "www-data",
    "nobody",
    "apache",
    "httpd",
    "nginx",
    "php",
    "lighttpd",
    "mysql",
    "mariadb",
    "postgres",
    "mongo",
    "redis",
    "memcached",
    "rabbitmq",
    "elastic",
    "kibana",
    "jenkins",
    "tomcat",
    "squid",
    "postfix",
    "ftp",
    "sshd",
    "openssh-server",
];

#[cfg(test)]
#[path = "least_mode_tests.rs"]
mod tests;
