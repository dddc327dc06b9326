//! `no_piped_installer`: what a server sends is run at once, without a look at it.

use super::steps::{self, Call, Script, has_short};
use crate::edit::Applicability;
use crate::shell::Command;
use crate::span::Span;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoPipedInstaller {}

impl Transform for NoPipedInstaller {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for script in steps::scripts(cx) {
            for (what, span) in found(&script) {
                out.fix(
                    format!("{what} runs whatever the server sends, unseen and unchecked"),
                    "download it to a file, compare its checksum or signature, then run it",
                    script.source(span),
                )
                .at_most(Applicability::Manual, "which script is meant can't be told from here")
                .done();
            }
        }
    }
}

/// What runs a download at once, and where.
fn found(script: &Script<'_>) -> Vec<(String, Span)> {
    let commands = script.commands();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(command) = commands.get(at) {
        let end = script.pipeline(at);
        let rest = commands.get(at + 1..end).unwrap_or_default();
        let runner = rest.iter().find_map(|command| {
            steps::call(command).filter(reads_script).map(|call| (call.name, command.span.end))
        });
        match (steps::call(command).filter(|call| DOWNLOADERS.contains(&call.name)), runner) {
            (Some(call), Some((name, last))) => {
                found.push((format!("{} | {name}", call.name), Span::new(command.span.start, last)));
                at = end;
            }
            _ => {
                found.extend(inside(script, command));
                at += 1;
            }
        }
    }
    found
}

/// Programs that write to their output what they download.
const DOWNLOADERS: [&str; 3] = ["curl", "fetch", "wget"];

/// Shells, of which each has the same options here.
const SHELLS: [&str; 6] = ["ash", "bash", "dash", "ksh", "sh", "zsh"];

/// Programs that run a script which comes from their input.
const INTERPRETERS: [&str; 7] = ["node", "perl", "php", "python", "python2", "python3", "ruby"];

/// Whether a program runs what comes from its input.
fn reads_script(call: &Call<'_>) -> bool {
    let first = call.arguments.iter().find_map(|word| {
        // An expansion may be anything.
        let text = word.literal.as_deref()?;
        (text == "-" || text == "--" || !text.starts_with('-')).then_some(text)
    });
    let has = |letter| {
        let options = call.arguments.iter().map_while(|word| word.literal.as_deref());
        options
            .take_while(|text| text.starts_with('-') && *text != "--")
            .any(|text| has_short(text, letter, "oO"))
    };
    let is_input = |text: &str| ["-", "--", "/dev/stdin"].contains(&text);
    if SHELLS.contains(&call.name) {
        return !has('c') && (has('s') || first.is_none_or(is_input));
    }
    let is_plain = call.arguments.first().is_none_or(|word| word.literal.as_deref().is_some_and(is_input));
    INTERPRETERS.contains(&call.name) && is_plain
}

/// A command that runs what a substitution in it downloads: `sh -c "$(curl ...)"`, `bash <(curl ...)`, `eval $(curl ...)`.
fn inside(script: &Script<'_>, command: &Command) -> Option<(String, Span)> {
    let call = steps::call(command).filter(|_| command.substitutes)?;
    let raw = |at: usize| call.arguments.get(at).map(|word| script.raw(word).trim_start_matches('"'));
    let of = |text: &str, openings: &[&str]| {
        let inner = openings.iter().find_map(|opening| text.strip_prefix(opening))?;
        let name = inner.trim_start().split([' ', '\t', '\n']).next()?;
        DOWNLOADERS.contains(&name).then(|| name.to_owned())
    };
    let output = ["$(", "`"];
    let name = match call.name {
        "eval" => raw(0).and_then(|text| of(text, &output)),
        "source" | "." => raw(0).and_then(|text| of(text, &["<("])),
        name if SHELLS.contains(&name) => {
            let option = call
                .arguments
                .iter()
                .position(|word| word.literal.as_deref().is_some_and(|text| has_short(text, 'c', "oO")));
            let script = option.and_then(|at| raw(at + 1)).and_then(|text| of(text, &output));
            script.or_else(|| (0..call.arguments.len()).find_map(|at| of(raw(at)?, &["<("])))
        }
        name if INTERPRETERS.contains(&name) => (0..call.arguments.len()).find_map(|at| {
            let is_code = at > 0 && ["-c", "-e", "-r"].map(Some).contains(&raw(at - 1));
            let text = raw(at)?;
            of(text, &["<("]).or_else(|| of(text, &output).filter(|_| is_code))
        }),
        _ => None,
    };
    Some((format!("{} with what {} gets", call.name, name?), command.span))
}

#[cfg(test)]
#[path = "no_piped_installer_tests.rs"]
mod tests;
