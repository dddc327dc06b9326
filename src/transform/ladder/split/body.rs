//! What becomes of each instruction of a stage that is split.

use super::super::super::Context;
use super::super::blocker::{Blocker, Id};
use super::super::command::Main;
use super::super::files::is_for_builds;
use super::super::steps::Account;
use super::super::{copies, demands};
use crate::document::{Instruction, Keyword};
use crate::edit::Evidence;
use crate::model::{Stage, Value};
use std::path::Path;

mod files;
mod runs;

/// How the new stage hangs on the working directory.
#[derive(Default)]
pub(super) struct Workdir {
    /// Whether a later instruction is relative to the one of the build.
    pub(super) is_used: bool,
    /// Whether the new stage sets its own.
    pub(super) is_set: bool,
    /// Whether a folder of the context came to it.
    pub(super) is_filled: bool,
}

/// The instructions of the stage, sorted.
pub(super) struct Body<'a, 'c> {
    cx: &'a Context<'c>,
    stage: &'a Stage,
    last_run: usize,
    /// Where the program is.
    binary: String,
    /// The folder in which the program runs.
    pub(super) folder: Option<String>,
    argv: Vec<String>,
    command: Vec<usize>,
    /// What is in the way.
    pub(super) blockers: Vec<Blocker>,
    /// Folders of the context whose files the text does not show.
    pub(super) unseen: Vec<Blocker>,
    /// What was checked.
    pub(super) evidence: Vec<Evidence>,
    /// Indexes of the instructions that move.
    pub(super) moved: Vec<usize>,
    /// Arguments of `COPY` for files that come along.
    pub(super) carried: Vec<String>,
    /// `ARG`s that settings hang on.
    pub(super) args: Vec<String>,
    /// Variables that the program may read.
    pub(super) env: Vec<String>,
    /// Folders that the program may write to.
    pub(super) folders: Vec<String>,
    /// Those of them that a step of the build makes.
    pub(super) made: Vec<String>,
    /// The accounts that the image gets.
    pub(super) accounts: Vec<Account>,
    /// The last `USER`, with its index.
    pub(super) user: Option<(usize, &'c Instruction<'c>)>,
    /// Time zone of the image.
    pub(super) zone: Option<String>,
    /// What of its instructions hangs on the working directory.
    pub(super) workdir: Workdir,
    /// Files that steps of the build put where the program may find them.
    pub(super) written: Vec<String>,
    /// Packages that the program may need.
    pub(super) packages: Vec<String>,
    /// Whether a script or a shell starts the program.
    pub(super) is_scripted: bool,
    certificates: bool,
    owned: Vec<(String, usize)>,
    /// Packages that the build or the program uses, with the index of their `RUN`.
    either: Vec<(String, usize)>,
}

impl<'a, 'c> Body<'a, 'c> {
    /// A stage of which no instruction was taken yet.
    pub(super) fn new(
        cx: &'a Context<'c>,
        stage: &'a Stage,
        last_run: usize,
        binary: String,
        main: &Main<'_>,
    ) -> Self {
        let command = [&main.entrypoint, &main.cmd].into_iter().flatten().map(|p| p.index).collect();
        Self {
            cx,
            stage,
            last_run,
            binary,
            folder: main.folder.clone().or_else(|| cx.model.end_state(stage).workdir),
            argv: main.argv(),
            command,
            blockers: Vec::new(),
            unseen: Vec::new(),
            evidence: Vec::new(),
            moved: Vec::new(),
            carried: Vec::new(),
            args: Vec::new(),
            env: Vec::new(),
            folders: Vec::new(),
            made: Vec::new(),
            accounts: Vec::new(),
            user: None,
            zone: None,
            workdir: Workdir::default(),
            written: Vec::new(),
            packages: Vec::new(),
            is_scripted: false,
            certificates: false,
            owned: Vec::new(),
            either: Vec::new(),
        }
    }

    fn block(&mut self, blocker: Blocker) {
        self.blockers.push(blocker);
    }

    /// Takes an instruction.
    pub(super) fn take(&mut self, index: usize, i: &'c Instruction<'c>) {
        let tail = index > self.last_run;
        match i.keyword {
            Keyword::Run => self.run(index, i),
            Keyword::Copy | Keyword::Add => self.copy(index, i, tail),
            Keyword::Env if !tail => self.env(index, i),
            Keyword::User => self.user = Some((index, i)),
            Keyword::Volume => {
                let (folders, blockers) = demands::volume(self.cx, index, i);
                self.folders.extend(folders);
                self.blockers.extend(blockers);
            }
            Keyword::Healthcheck => self.blockers.extend(demands::health(self.cx, i, None)),
            Keyword::Workdir if tail => self.workdir(i),
            Keyword::Expose => self.evidence.extend(demands::port(self.cx, i)),
            _ => {}
        }
        let settles = matches!(
            i.keyword,
            Keyword::Label
                | Keyword::Expose
                | Keyword::Stopsignal
                | Keyword::Maintainer
                | Keyword::Volume
                | Keyword::Healthcheck
        );
        let names = settles || i.keyword == Keyword::Env || tail && i.keyword == Keyword::Workdir;
        if names && i.args().contains("/root") {
            let message = "root's folder, which is closed to other users, is named";
            self.block(Blocker::new(Id::RootFolder, message).at(self.cx, i));
        }
        if settles {
            self.variables(index, i, i.args());
            if !tail {
                self.moved.push(index);
            }
        } else if tail && matches!(i.keyword, Keyword::Workdir | Keyword::Env | Keyword::Copy | Keyword::Add)
        {
            self.variables(index, i, i.args());
        }
    }

    fn workdir(&mut self, i: &Instruction<'_>) {
        if i.args().starts_with('/') {
            self.workdir.is_set = true;
        } else {
            // A relative WORKDIR of the new stage starts from the folder of the build.
            self.workdir.is_used = true;
        }
    }

    /// Variables that a setting of the new stage hangs on: arguments come along, variables of the build do not.
    fn variables(&mut self, index: usize, i: &Instruction<'_>, text: &str) {
        for name in variables(text) {
            let carried = self.env.iter().any(|line| line.split(['=', ' ']).next() == Some(name));
            let own = |(at, x): &(usize, &Instruction<'_>)| {
                *at > self.last_run
                    && *at < index
                    && x.keyword == Keyword::Env
                    && x.pairs().iter().any(|p| p.name == name)
            };
            if carried || self.cx.model.body(self.stage).any(|x| own(&x)) || name == "PATH" {
                continue;
            }
            let declared = self
                .cx
                .model
                .body(self.stage)
                .take_while(|(at, _)| *at < index)
                .find(|(_, x)| x.keyword == Keyword::Arg && x.pairs().iter().any(|p| p.name == name));
            match declared {
                Some((at, arg)) if at < self.last_run => {
                    let line = arg.args().to_owned();
                    if !self.args.contains(&line) {
                        self.args.push(line);
                    }
                }
                Some(_) => {}
                None => {
                    let message = format!("a setting hangs on {name}, which the new stage would not have");
                    self.block(Blocker::new(Id::SettingsVariables, message).at(self.cx, i));
                }
            }
        }
    }

    fn env(&mut self, index: usize, i: &Instruction<'_>) {
        for pair in i.pairs() {
            if is_for_builds(pair.name) {
                continue;
            }
            let text = &i.text.text()[pair.span.range()];
            let legacy = i.is_legacy_pair();
            if !text.contains('$') && (i.start_line == i.end_line || !legacy) {
                self.env.push(text.to_owned());
                continue;
            }
            let only_args = variables(text).iter().all(|name| self.is_argument(index, name));
            if text.contains('$') && only_args && !legacy {
                self.variables(index, i, text);
                self.env.push(text.to_owned());
                continue;
            }
            let state = self.cx.model.state(index + 1);
            match state.env(pair.name) {
                Some(Value::Set(value)) if !value.contains(['"', '\\', '$', '\n']) => {
                    self.env.push(format!("{}=\"{value}\"", pair.name));
                }
                _ => {
                    let message = format!("{} hangs on what the new stage would not have", pair.name);
                    self.block(Blocker::new(Id::SettingsVariables, message).at(self.cx, i));
                }
            }
        }
    }

    fn is_argument(&self, index: usize, name: &str) -> bool {
        self.cx
            .model
            .body(self.stage)
            .take_while(|(at, _)| *at < index)
            .any(|(_, i)| i.keyword == Keyword::Arg && i.pairs().iter().any(|p| p.name == name))
    }

    /// What can be told once all instructions are known.
    pub(super) fn finish(&mut self) {
        let cx = self.cx;
        let mut folders: Vec<String> = Vec::new();
        for folder in std::mem::take(&mut self.folders) {
            if !folders.contains(&folder) && folder != "/" {
                folders.push(folder);
            }
        }
        self.folders = folders;
        for (name, index) in std::mem::take(&mut self.either) {
            if !self.is_used(&name, index) {
                self.packages.push(name.clone());
                let message = format!("the image installs {name}, which the program may call");
                let at = &cx.document.instructions[index];
                self.block(Blocker::new(Id::RuntimePackages, message).at(cx, at).passable());
            }
        }
        self.fetched();
        for (path, index) in std::mem::take(&mut self.owned) {
            if !self.folders.iter().any(|folder| path.starts_with(folder.as_str())) && self.user.is_some() {
                let message = format!("{path} belongs to the user, who may write to it");
                self.block(Blocker::new(Id::WritesAsRoot, message).at(cx, &cx.document.instructions[index]));
            }
        }
        for index in self.command.clone() {
            if index < self.last_run {
                self.moved.retain(|i| *i != index);
            }
        }
    }

    /// A program that runs among sources which a command fetched may read what came with them.
    fn fetched(&mut self) {
        let cx = self.cx;
        let Some(folder) = self.folder.clone().filter(|f| f.contains("/src/") && f.starts_with("/go")) else {
            return;
        };
        let copied = copies::copies(cx, self.stage).filter_map(|(_, copy)| copy);
        let mut targets = copied.filter(|copy| copy.from.is_none()).map(|copy| copy.target);
        if targets
            .any(|target| Path::new(&folder).starts_with(&target) || Path::new(&target).starts_with(&folder))
        {
            return;
        }
        let message = format!("the program runs in {folder}, among sources that the build fetches");
        self.block(Blocker::new(Id::AssetsUnseen, message).at(cx, cx.model.from(self.stage)));
    }

    /// Whether a `COPY`, or a step that writes it, brings a path.
    pub(super) fn brings(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let copied = copies::copies(self.cx, self.stage).filter_map(|(_, copy)| copy);
        copied.into_iter().any(|copy| !copy.origins(path).is_empty())
            || self
                .cx
                .model
                .body(self.stage)
                .any(|(_, i)| i.keyword == Keyword::Run && i.args().contains(name))
    }

    /// Whether a step after the last `RUN` brings a path.
    pub(super) fn comes_later(&self, path: &str) -> bool {
        let tail = self.cx.model.body(self.stage).filter(|(index, _)| *index > self.last_run);
        tail.filter(|(_, i)| matches!(i.keyword, Keyword::Copy | Keyword::Add))
            .filter_map(|(index, i)| copies::copy(self.cx, index, i))
            .any(|copy| !copy.origins(path).is_empty())
    }

    /// Whether the build may take a path away again.
    pub(super) fn is_removed(&self, path: &str) -> bool {
        let removes = |index: usize| {
            let Some(run) = self.cx.model.run(index) else { return false };
            run.script.commands.iter().filter(|c| c.name() == Some("rm")).any(|c| {
                c.arguments().iter().any(|w| match self.cx.model.word(index, w) {
                    Some(word) => {
                        word.starts_with('/') && Path::new(path).starts_with(word.trim_end_matches("/*"))
                    }
                    None => true,
                })
            })
        };
        self.cx.model.body(self.stage).any(|(index, _)| removes(index))
    }

    /// Places that settings and arguments name, other than the files that come along.
    pub(super) fn rights(&mut self, assets: &[super::Asset]) -> Vec<Blocker> {
        let cx = self.cx;
        let mut blockers = Vec::new();
        let known = |path: &str, body: &Self| {
            if assets.iter().any(|asset| path.starts_with(asset.path.as_str())) {
                return true;
            }
            let shipped = |line: &String| {
                let target = line.rsplit(' ').next().unwrap_or_default().trim_end_matches('/');
                let inside = path.starts_with(target) && !super::super::files::is_store(path);
                !target.is_empty() && (path == target || inside)
            };
            body.folders.iter().any(|folder| path.starts_with(folder.as_str()))
                || body.carried.iter().any(shipped)
        };
        for (path, instruction) in super::super::files::named_paths(cx, self.stage, &self.argv) {
            if !known(&path, self) {
                let at = instruction.unwrap_or_else(|| cx.model.from(self.stage));
                let message = format!("the program is told of {path}, where it may have to write");
                blockers.push(Blocker::new(Id::WritesAsRoot, message).at(cx, at));
            }
        }
        blockers
    }
}

/// The names of the variables in a text.
fn variables(text: &str) -> Vec<&str> {
    let parts = text.split('$').skip(1);
    let name = |part: &'_ str| -> usize {
        let start = usize::from(part.starts_with('{'));
        let rest = &part[start..];
        rest.find(|c: char| !c.is_alphanumeric() && c != '_').map_or(part.len(), |end| start + end)
    };
    parts
        .map(|part| &part[usize::from(part.starts_with('{'))..name(part)])
        .filter(|n| !n.is_empty())
        .collect()
}
