//! The folders that a program writes to, as far as the file tells.

use super::program::{commands, file};
use crate::document::Keyword;
use crate::model::{Stage, expand, join};
use crate::shell::Command;
use crate::transform::Context;
use crate::transform::ladder::target;
use std::collections::BTreeSet;

/// Folders to give to a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Owned {
    /// Those that hold nothing yet, or whose files stay root's.
    pub flat: BTreeSet<String>,
    /// Those that are given with all that is in them.
    pub deep: BTreeSet<String>,
    /// Those that may not be there.
    pub missing: BTreeSet<String>,
    /// The `VOLUME` among them that comes first.
    pub volume: Option<usize>,
    /// Why a folder may have been missed.
    pub doubt: Option<String>,
}

/// The folders that the program of a stage writes to.
pub(super) fn owned(cx: &Context<'_>, stage: &Stage, started: &[Vec<String>]) -> Owned {
    let mut owned = Owned::default();
    volumes(cx, stage, &mut owned);
    empty_folders(cx, stage, &mut owned);
    settings(cx, stage, &mut owned);
    written_by(cx, stage, started, &mut owned);
    let deep = owned.deep.clone();
    let is_inside = |path: &String| {
        deep.iter().any(|p| path.strip_prefix(p.as_str()).is_some_and(|r| r.starts_with('/')))
    };
    owned.deep.retain(|path| !is_inside(path));
    let there = made_folders(cx, stage);
    owned.missing.retain(|path| !there.contains(path) || is_used(cx, stage, path));
    owned.flat.retain(|path| !deep.contains(path) && !is_inside(path));
    owned
}

impl Owned {
    /// The commands that give the folders to a user.
    pub(super) fn commands(&self, user: &str) -> Vec<String> {
        let list = |paths: &BTreeSet<String>| paths.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        let made = Some(format!("mkdir -p {}", list(&self.missing))).filter(|_| !self.missing.is_empty());
        let flat = Some(format!("chown {user} {}", list(&self.flat))).filter(|_| !self.flat.is_empty());
        let deep = Some(format!("chown -R {user} {}", list(&self.deep))).filter(|_| !self.deep.is_empty());
        made.into_iter().chain(flat).chain(deep).collect()
    }

    /// All of them, for people.
    pub(super) fn said(&self) -> Option<String> {
        let all: Vec<&str> = self.flat.union(&self.deep).map(String::as_str).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }

    fn missing(&mut self, path: String) -> String {
        self.missing.insert(path.clone());
        path
    }
}

/// Whether a path may be written in a command as it is, and is no folder of the system.
fn is_plain(path: &str) -> bool {
    const SYSTEM: [&str; 15] = [
        "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/proc", "/root", "/sbin",
        "/sys", "/tmp", "/usr", "/var/tmp",
    ];
    const WHOLE: [&str; 11] =
        ["/", "/home", "/media", "/mnt", "/opt", "/run", "/srv", "/var", "/var/lib", "/var/log", "/var/run"];
    let plain = |c: char| c.is_ascii_alphanumeric() || "/_-.".contains(c);
    let system =
        |folder: &str| path == folder || path.strip_prefix(folder).is_some_and(|r| r.starts_with('/'));
    let local = path.starts_with("/usr/src/")
        || path.starts_with("/usr/local/tomcat/")
        || path.starts_with("/usr/share/");
    path.chars().all(plain) && !WHOLE.contains(&path) && (local || !SYSTEM.iter().any(|f| system(f)))
}

/// What `VOLUME` names is there to be written to.
fn volumes(cx: &Context<'_>, stage: &Stage, owned: &mut Owned) {
    for (index, volume) in cx.model.body(stage).filter(|(_, i)| i.keyword == Keyword::Volume) {
        let state = cx.model.state(index);
        let words: Vec<&str> = match &volume.json {
            Some(words) => words.iter().map(|w| w.value.as_str()).collect(),
            None => volume.words().map(|w| w.text).collect(),
        };
        for word in words {
            let path =
                expand(word, '\\', &|name| state.variable(name)).and_then(|path| state.absolute(&path));
            // Everyone may write there, in the image and so in a new volume.
            if matches!(path.as_deref(), Some("/tmp" | "/var/tmp" | "/dev/shm")) {
                continue;
            }
            match path.filter(|path| is_plain(path)) {
                Some(path) => {
                    let path = owned.missing(path);
                    owned.deep.insert(path);
                    owned.volume.get_or_insert(index);
                }
                None => owned.doubt = Some(format!("the volume {word} stays root's")),
            }
        }
    }
}

/// Folders that a step makes and that nothing is put into are for the program to fill.
fn empty_folders(cx: &Context<'_>, stage: &Stage, owned: &mut Owned) {
    let workdirs = workdirs(cx, stage);
    let body: Vec<_> = cx.model.body(stage).collect();
    let targets: Vec<String> = body
        .iter()
        .filter(|(_, i)| matches!(i.keyword, Keyword::Copy | Keyword::Add))
        .filter_map(|(index, _)| target(cx, *index))
        .collect();
    for path in made_folders(cx, stage) {
        let holds = |other: &String| *other == path || other.starts_with(&format!("{path}/"));
        let is_filled = workdirs.iter().chain(&targets).any(holds) || is_used(cx, stage, &path);
        if is_plain(&path) && !is_filled {
            owned.flat.insert(path);
        }
    }
}

/// The folders that `mkdir` makes in any case.
fn made_folders(cx: &Context<'_>, stage: &Stage) -> Vec<String> {
    let mut found = Vec::new();
    for (index, _) in cx.model.body(stage).filter(|(_, i)| i.keyword == Keyword::Run) {
        let Some(run) = cx.model.run(index) else { continue };
        for (command, folder) in run.script.commands.iter().zip(cx.model.folders(index)) {
            if command.name() != Some("mkdir") || command.nested {
                continue;
            }
            for word in arguments(command) {
                let known = word.starts_with('/') || folder.is_some();
                found.extend(known.then(|| join(folder.as_deref().unwrap_or("/"), &word)));
            }
        }
    }
    found
}

/// The folders among the words of `mkdir`.
fn arguments(mkdir: &Command) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_mode = false;
    for word in mkdir.arguments() {
        // What a variable names, another step may name in another way.
        let Some(value) = word.literal.clone() else { continue };
        if std::mem::take(&mut is_mode) {
            continue;
        }
        is_mode = matches!(value.as_str(), "-m" | "--mode" | "-pm");
        if !value.starts_with('-') {
            found.push(value);
        }
    }
    found
}

/// Whether a step does more with a folder than to make it and give it away, or may do so.
fn is_used(cx: &Context<'_>, stage: &Stage, path: &str) -> bool {
    const MAKE: [&str; 6] = ["chmod", "chown", "chgrp", "ls", "mkdir", "test"];
    const TAKE: [&str; 3] = ["mv", "rm", "rmdir"];
    let names = |w: &String| w.contains(path) || file(w.trim_end_matches('/')) == file(path);
    let begins = |w: &String| w.split('/').next() == Some(file(path));
    cx.model.body(stage).filter(|(_, i)| i.keyword == Keyword::Run).any(|(_, i)| {
        let text = &cx.document.text[i.span.range()];
        commands(text.get(i.name().len()..).unwrap_or_default()).iter().any(|words| {
            let program = file(&words[0]);
            let takes = TAKE.contains(&program) && words.iter().any(|w| w.contains('$'));
            takes || !MAKE.contains(&program) && words.iter().any(|w| names(w) || begins(w))
        })
    })
}

/// Every folder that is a working directory of the stage.
fn workdirs(cx: &Context<'_>, stage: &Stage) -> Vec<String> {
    let next = |index: usize| cx.model.state(index).workdir.clone();
    let within = (stage.from + 1..stage.end).filter_map(next);
    within.chain(cx.model.end_state(stage).workdir).collect()
}

/// Folders that settings name for data.
fn settings(cx: &Context<'_>, stage: &Stage, owned: &mut Owned) {
    const WORDS: [&str; 9] = ["CACHE", "DATA", "LOG", "MEDIA", "SPOOL", "STATE", "STORAGE", "TMP", "UPLOAD"];
    const ENDS: [&str; 5] = ["DIR", "DIRECTORY", "FOLDER", "HOME", "PATH"];
    for (index, i) in cx.model.body(stage).filter(|(_, i)| i.keyword == Keyword::Env) {
        for pair in i.pairs() {
            let parts: Vec<String> = pair.name.to_ascii_uppercase().split('_').map(str::to_owned).collect();
            let named = parts.len() > 1
                && parts.iter().any(|p| WORDS.iter().any(|w| p.starts_with(w)))
                && parts.last().is_some_and(|p| ENDS.contains(&p.as_str()));
            let state = cx.model.state(index);
            let value = pair.value.and_then(|v| expand(v.text, '\\', &|name| state.variable(name)));
            let Some(path) = value.filter(|v| named && v.starts_with('/')) else { continue };
            let path = join("/", &path);
            let is_file = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
            if is_plain(&path) && !is_file && !workdirs(cx, stage).contains(&path) {
                let path = owned.missing(path);
                owned.flat.insert(path);
            }
        }
    }
}

/// What programs are known to write beside their sources.
fn written_by(cx: &Context<'_>, stage: &Stage, started: &[Vec<String>], owned: &mut Owned) {
    let Some(folder) = cx.model.end_state(stage).workdir else { return };
    let calls = |names: &[&str]| started.iter().flatten().any(|w| names.contains(&file(w)));
    if calls(&["rails", "puma", "unicorn", "unicorn_rails", "thin"]) && is_plain(&folder) {
        for name in ["log", "tmp"] {
            let path = owned.missing(format!("{folder}/{name}"));
            owned.deep.insert(path);
        }
    }
    if calls(&["artisan"]) && is_plain(&folder) {
        for name in ["bootstrap/cache", "storage"] {
            let path = owned.missing(format!("{folder}/{name}"));
            owned.deep.insert(path);
        }
    }
    if calls(&["catalina.sh"]) && folder == "/usr/local/tomcat" {
        owned.flat.insert(format!("{folder}/webapps"));
    }
    let text = started.iter().flatten().any(|w| w.contains("sqlite:///"));
    let migrates = started.iter().any(|words| {
        words.windows(2).any(|w| {
            file(&w[0]) == "manage.py" && matches!(w[1].as_str(), "migrate" | "runserver" | "syncdb")
        })
    });
    if (text || migrates || calls(&["jupyter", "jupyter-notebook", "jupyter-lab"])) && is_plain(&folder) {
        owned.flat.insert(folder);
    }
}
