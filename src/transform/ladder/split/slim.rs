//! A small distribution for what needs a shell or other programs: which one, and with which packages.

use super::super::super::Context;
use super::super::super::exec_form_command::is_builtin;
use super::super::blocker::{Blocker, Id};
use super::super::command::Main;
use super::super::context::Seen;
use super::body::Body;
use crate::catalog::packages::{Use, use_of};
use crate::document::Keyword;
use crate::model::{GoBuild, Output, Stage, go_minor};
use crate::shell;

/// The new stage on a small distribution.
#[derive(Debug)]
pub(in super::super::super) struct Slim {
    /// Its image.
    pub image: String,
    /// The command that installs its packages, if it needs any.
    pub install: Option<String>,
    /// The programs to copy, from where the build puts them to the same place.
    pub programs: Vec<String>,
    /// Whether a folder of programs has to be put into `PATH`.
    pub path: Option<String>,
    /// Whether it lacks the certificates that the old image has.
    pub certificates: bool,
}

/// Finds the distribution; a blocker says why there is none.
pub(super) fn slim(
    cx: &Context<'_>,
    stage: &Stage,
    body: &Body<'_, '_>,
    seen: Option<&Seen<'_>>,
    programs: Vec<String>,
    main: &Main<'_>,
) -> Option<Slim> {
    if cx.model.run_shell(stage).is_some() {
        return None;
    }
    let mut packages = body.packages.clone();
    let installs = |words: &[&str]| {
        cx.model
            .body(stage)
            .any(|(_, i)| i.keyword == Keyword::Run && words.iter().any(|word| i.args().contains(word)))
    };
    // Packages of other repositories, and packages that go again, are not followed.
    let unusual = [
        "--repository",
        " -X ",
        "apk del",
        " purge",
        " remove",
        "autoremove",
        "add-apt-repository",
        "sources.list",
    ];
    if !packages.is_empty() && installs(&unusual) {
        return None;
    }
    if installs(&["tzdata"]) || cx.document.text.contains("TZ") {
        packages.push("tzdata".into());
    }
    for tool in tools(cx, stage, seen, &packages)? {
        if !COMMON.contains(&tool.as_str()) && !packages.contains(&tool) {
            packages.push(tool);
        }
    }
    let facts = stage.facts()?;
    let suite = facts.suite.clone();
    let alpine = facts.package_manager.as_deref() == Some("apk");
    let image = if alpine {
        format!("alpine:{}", suite?.strip_prefix("alpine")?)
    } else {
        debian(stage, suite, &packages)?
    };
    let install = (!packages.is_empty()).then(|| {
        let names = packages.join(" ");
        if alpine {
            return format!("apk add --no-cache {names}");
        }
        let sparing = if cx.document.text.contains("--no-install-recommends") {
            " --no-install-recommends"
        } else {
            ""
        };
        format!("apt-get update && apt-get install -y{sparing} {names} && rm -rf /var/lib/apt/lists/*")
    });
    let by_name = !main.name().contains('/') || main.entrypoint.is_none() && main.cmd.is_none();
    let scripted = body.is_scripted;
    let path = programs
        .iter()
        .any(|p| p.starts_with("/go/bin/"))
        .then(|| "/go/bin".to_owned())
        .filter(|_| by_name || scripted);
    Some(Slim { image, install, programs, path, certificates: true })
}

/// Debian by the suite of the build, or a newer one where nothing hangs on the suite.
fn debian(stage: &Stage, suite: Option<String>, packages: &[String]) -> Option<String> {
    const KEPT: [&str; 2] = ["bookworm", "trixie"];
    if let Some(suite) = suite {
        return KEPT.contains(&suite.as_str()).then(|| format!("debian:{suite}-slim"));
    }
    // Names of packages change from one suite to another; those of these tools do not.
    let steady = packages
        .iter()
        .all(|p| use_of(p) != Use::Run || matches!(p.as_str(), "ffmpeg" | "imagemagick" | "tini"));
    let recent = go_minor(stage).is_none_or(|minor| minor >= 21);
    (steady && (recent || packages.is_empty())).then(|| "debian:trixie-slim".to_owned())
}

/// Programs that every small distribution has.
const COMMON: [&str; 30] = [
    "sh", "ash", "dash", "cat", "cp", "mv", "rm", "ls", "ln", "mkdir", "chmod", "chown", "sleep", "date",
    "env", "head", "tail", "grep", "sed", "awk", "sort", "uniq", "wc", "tr", "cut", "echo", "printf", "test",
    "true", "false",
];

/// The programs that a health check or the code calls; none where one is not known.
fn tools(
    cx: &Context<'_>,
    stage: &Stage,
    seen: Option<&Seen<'_>>,
    packages: &[String],
) -> Option<Vec<String>> {
    let mut tools = Vec::new();
    for (_, i) in cx.model.body(stage).filter(|(_, i)| i.keyword == Keyword::Healthcheck) {
        let text = i.args();
        let Some(at) = text.to_ascii_uppercase().find("CMD") else { continue };
        match &i.json {
            Some(words) => tools.push(words.first()?.value.clone()),
            None => {
                let script = shell::parse(text[at + 3..].trim())?;
                for command in &script.commands {
                    tools.push(command.name()?.to_owned());
                }
            }
        }
    }
    for call in seen.iter().flat_map(|seen| &seen.program.runs) {
        tools.push(call.what.clone()?);
    }
    let names = tools.into_iter().map(|tool| tool.rsplit('/').next().unwrap_or_default().to_owned());
    let mut known = Vec::new();
    for name in names.filter(|name| name != "exit") {
        if packages.contains(&name) {
            continue;
        }
        if !COMMON.contains(&name.as_str()) && use_of(&name) != Use::Either {
            return None;
        }
        known.push(name);
    }
    Some(known)
}

/// The programs that the stage builds, with their builds; none where one can't be named.
pub(super) fn programs(cx: &Context<'_>, stage: &Stage) -> Option<Vec<(String, GoBuild)>> {
    let mut programs = Vec::new();
    for build in cx.model.go_programs(stage) {
        match &build.output {
            Output::File(path) => programs.push((path.clone(), build.clone())),
            Output::In(folder, names) if !names.is_empty() => {
                programs.extend(names.iter().map(|name| (format!("{folder}/{name}"), build.clone())));
            }
            _ => return None,
        }
    }
    (!programs.is_empty()).then_some(programs)
}

/// What keeps a script from running on a small distribution: it is not seen, or it calls or writes what may not be there.
pub(super) fn script_blocker(
    text: Option<&str>,
    path: &str,
    programs: &[String],
    cmd: Option<&str>,
) -> Option<Blocker> {
    let known = text.is_some_and(|text| is_plain(text, programs, cmd));
    let message = format!("{path} may call programs, or read and write files, that the new stage has not");
    (!known).then(|| Blocker::new(Id::AssetsUnseen, message))
}

/// Whether a script of a POSIX shell calls nothing but the shell's own commands, those that only read, and own programs.
pub(super) fn is_plain(text: &str, programs: &[String], cmd: Option<&str>) -> bool {
    const WRITERS: [&str; 7] = ["cp", "mv", "rm", "ln", "mkdir", "chmod", "chown"];
    let first = text.lines().next().unwrap_or_default();
    let shells = ["#!/bin/sh", "#!/bin/bash", "#!/usr/bin/env bash", "#!/usr/bin/env sh"];
    if !shells.iter().any(|shell| first.trim_end() == *shell || first.starts_with(&format!("{shell} -"))) {
        return false;
    }
    let Some(script) = shell::parse(text) else { return false };
    let own = |name: &str| {
        let file = name.rsplit('/').next().unwrap_or(name);
        COMMON.contains(&file) && !WRITERS.contains(&file)
            || is_builtin(name)
            || matches!(name, "[" | "[[")
            || programs.iter().any(|p| p == name || p.rsplit('/').next() == Some(file))
    };
    script.commands.iter().all(|command| {
        let quiet = |redirect: &shell::Redirect| {
            redirect.operator.starts_with('<')
                || redirect
                    .target
                    .literal
                    .as_deref()
                    .is_some_and(|t| t.starts_with("/dev/") || t.starts_with("/tmp/") || t.len() == 1)
        };
        let words: Vec<&str> =
            command.words.iter().map(|w| w.literal.as_deref().unwrap_or_else(|| w.raw(text))).collect();
        let name = match words.as_slice() {
            ["exec", name, ..] | [name, ..] => *name,
            [] => return !command.substitutes,
        };
        // `exec "$@"` runs what CMD names.
        let called = if name == "\"$@\"" { cmd.is_some_and(own) } else { own(name) };
        called && !command.substitutes && command.redirects.iter().all(quiet)
    })
}
