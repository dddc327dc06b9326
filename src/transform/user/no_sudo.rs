//! `no_sudo`: steps of root call programs without `sudo`.
//!
//! `sudo` starts a program with an environment of its own, so it is taken away safely only where nothing is in the
//! environment that it would keep back, and the program is known to ask for none. What it keeps and sets:
//! <https://www.sudo.ws/docs/man/sudoers.man/>, "Command environment".

use super::nonroot_user::{commands, file};
use crate::document::{Instruction, Keyword};
use crate::edit::{Applicability, Edit};
use crate::model::{Base, Run, Stage};
use crate::shell::{Command, Word};
use crate::span::Span;
use crate::transform::exec_form_command::is_builtin;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoSudo {}

/// Programs whose work no variable changes but `PATH`, the language of messages and those of [`ODD`].
const FILES: [&str; 21] = [
    "chgrp", "chmod", "chown", "cp", "dd", "groupadd", "gunzip", "gzip", "install", "ldconfig", "ln",
    "mkdir", "mv", "rm", "rmdir", "sed", "tar", "tee", "touch", "useradd", "usermod",
];

/// Variables that change what the programs of [`FILES`] do.
const ODD: [&str; 10] = [
    "BASH_ENV",
    "ENV",
    "GZIP",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "PATH",
    "POSIXLY_CORRECT",
    "SIMPLE_BACKUP_SUFFIX",
    "TAR_OPTIONS",
    "VERSION_CONTROL",
];

/// Programs that ask for variables only for settings of their own, and for whether a person is there.
const PACKAGES: [&str; 18] = [
    "add-apt-repository",
    "addgroup",
    "adduser",
    "apt",
    "apt-get",
    "apt-key",
    "aptitude",
    "dnf",
    "dpkg",
    "dpkg-reconfigure",
    "locale-gen",
    "microdnf",
    "rpm",
    "setcap",
    "update-alternatives",
    "update-ca-certificates",
    "yum",
    "zypper",
];

/// What a `sudo` stands before, and how sure it is that it does nothing.
struct Found {
    span: Span,
    program: String,
    doubt: Option<String>,
}

impl Transform for NoSudo {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for stage in &cx.model.stages {
            for (index, i) in cx.model.body(stage).filter(|(_, i)| i.keyword == Keyword::Run) {
                if !cx.model.state(index).user.as_deref().is_some_and(is_root) {
                    continue;
                }
                let Some(run) = cx.model.run(index) else { continue };
                for command in &run.script.commands {
                    if let Some(found) = found(cx, stage, (index, i), run, command) {
                        propose(cx, i, found, out);
                    }
                }
            }
        }
        installed(cx, out);
    }
}

fn propose(cx: &Context<'_>, i: &Instruction<'_>, found: Found, out: &mut Proposals<'_>) {
    let fix = out
        .fix("root needs no sudo", format!("call {} without sudo", found.program), found.span)
        .evidence([cx.evidence("root runs this step", i)]);
    let fix = match found.doubt {
        Some(doubt) => fix.at_most(Applicability::Unsafe, doubt),
        None => fix.evidence([cx.evidence("no variable is set that sudo keeps from the program", i)]),
    };
    fix.edits([Edit { span: found.span, text: String::new() }]).done();
}

fn is_root(user: &str) -> bool {
    matches!(user, "0" | "root" | "0:0" | "root:root" | "0:root" | "root:0")
}

/// A `sudo` that can be taken away.
fn found(
    cx: &Context<'_>,
    stage: &Stage,
    (index, i): (usize, &Instruction<'_>),
    run: &Run,
    command: &Command,
) -> Option<Found> {
    let (sudo, rest) = command.words.split_first()?;
    if !matches!(sudo.literal.as_deref(), Some("sudo" | "/usr/bin/sudo")) {
        return None;
    }
    let plain = |word: &&Word| matches!(word.literal.as_deref(), Some("-E" | "-H" | "-n" | "--"));
    let options = rest.iter().take_while(plain).count();
    let program = rest.get(options)?;
    let name = program.literal.clone()?;
    let odd = name.starts_with('-') || name.contains('=') || is_builtin(&name) || name.is_empty();
    let span = i.source(run.joined(Span::new(sudo.span.start, program.span.start)));
    // What stands between on lines of its own, such as a comment, is not for us to move.
    if odd || cx.document.text[span.range()].contains(['\n', '#', '<', '>']) {
        return None;
    }
    let doubt = doubt(cx, stage, index, run, command, file(&name));
    Some(Found { span, program: name, doubt })
}

/// Why the program may do something else without `sudo`.
fn doubt(
    cx: &Context<'_>,
    stage: &Stage,
    index: usize,
    run: &Run,
    command: &Command,
    program: &str,
) -> Option<String> {
    let is_file_tool = FILES.contains(&program);
    if !is_file_tool && !PACKAGES.contains(&program) {
        return Some(format!("sudo kept variables from {program}, and set some"));
    }
    let set = variables(cx, stage, index);
    let own = run.script.commands.iter().flat_map(|c| &c.assignments).map(|a| a.name.clone());
    let exports = run
        .script
        .commands
        .iter()
        .any(|c| matches!(c.name(), Some("export" | "source" | "." | "eval" | "umask" | "alias")));
    let known = matches!(cx.model.chain(stage).last().map(|s| &s.base), Some(Base::Image(_)));
    let facts = cx.model.chain(stage).last().is_some_and(|root| root.facts().is_some());
    let matters = |name: &String| !is_file_tool || ODD.contains(&name.as_str());
    match set.into_iter().chain(own).find(matters) {
        Some(name) => Some(format!("sudo kept {name} from {program}")),
        None if exports || !known || !facts || configures(cx, stage, index) => {
            Some(format!("variables may be set that sudo kept from {program}"))
        }
        None if !command.assignments.is_empty() => Some(format!("sudo kept variables from {program}")),
        None => None,
    }
}

/// Whether a step up to one says what sudo does beside starting programs: in sudoers, or in the file that its session reads.
fn configures(cx: &Context<'_>, stage: &Stage, index: usize) -> bool {
    let mut body = cx.model.chain(stage).flat_map(|part| cx.model.body(part));
    body.any(|(at, i)| {
        at <= index && ["Defaults", "/etc/environment"].iter().any(|mark| i.args().contains(mark))
    })
}

/// The variables that the file sets before a step, but for those of the language that programs speak.
fn variables(cx: &Context<'_>, stage: &Stage, before: usize) -> Vec<String> {
    let body = cx.model.chain(stage).flat_map(|part| cx.model.body(part));
    let sets = body.filter(|(index, i)| *index < before && matches!(i.keyword, Keyword::Env | Keyword::Arg));
    let names = sets.flat_map(|(_, i)| i.pairs().into_iter().map(|p| p.name.to_owned()).collect::<Vec<_>>());
    names.filter(|name| !name.starts_with("LC_") && !matches!(name.as_str(), "LANG" | "LANGUAGE")).collect()
}

/// The package in the final image: whoever takes over a program there may have use of it.
fn installed(cx: &Context<'_>, out: &mut Proposals<'_>) {
    let Some(stage) = cx.model.final_stage() else { return };
    for (_, i) in cx.model.body(stage).filter(|(_, i)| i.keyword == Keyword::Run) {
        let text = &cx.document.text[i.span.range()];
        let all = commands(text.get(i.name().len()..).unwrap_or_default());
        let installs = |words: &Vec<String>| {
            let manager =
                matches!(file(&words[0]), "apt-get" | "apt" | "apk" | "yum" | "dnf" | "microdnf" | "zypper");
            manager && words.iter().any(|w| w == "install" || w == "add") && words.iter().any(|w| w == "sudo")
        };
        if all.iter().any(installs) {
            let fix = out.fix("the image has sudo", "leave the package sudo away", i.span);
            fix.at_most(Applicability::Manual, "a script or a person may use it").done();
            return;
        }
    }
}
