//! What the steps of the build leave behind.

use super::super::super::blocker::{Blocker, Id};
use super::super::super::steps::{Effect, effect, exec_effect, is_installer};
use super::super::super::{copies, demands};
use super::Body;
use crate::catalog::packages::{Use, use_of};
use crate::document::{Instruction, Keyword};
use crate::model::join;
use std::path::Path;

impl Body<'_, '_> {
    /// Takes a `RUN`.
    pub(super) fn run(&mut self, index: usize, i: &Instruction<'_>) {
        let cx = self.cx;
        if let Some(words) = &i.json {
            let words: Vec<String> = words.iter().map(|w| w.value.clone()).collect();
            let calls_itself =
                words.first().is_some_and(|name| name.rsplit('/').next() == self.binary.rsplit('/').next());
            if !calls_itself {
                self.effect(exec_effect(cx, index, &words), index, i);
            }
            return;
        }
        let Some(run) = cx.model.run(index) else {
            let message = "a RUN can't be read, so what it makes is not known";
            return self.block(Blocker::new(Id::UnreadableRun, message).at(cx, i));
        };
        let folders = cx.model.folders(index);
        for (command, folder) in run.script.commands.iter().zip(folders) {
            let is_part = matches!(command.name(), Some("curl" | "wget" | "sh" | "bash" | "tar" | "unzip"));
            if !(is_part && is_installer(i.args())) {
                self.effect(effect(cx, index, command, folder.as_deref()), index, i);
            }
        }
    }

    /// Takes what one of its commands leaves behind.
    pub(super) fn effect(&mut self, effect: Effect, index: usize, i: &Instruction<'_>) {
        let cx = self.cx;
        let generated = |what: &str| {
            Blocker::new(Id::AssetsGenerated, format!("{what} may make files that the program reads"))
                .at(cx, i)
        };
        match effect {
            Effect::Cloned(path) => {
                let last = cx.model.go_programs(self.stage).iter().map(|build| build.instruction).max();
                let late = last.is_some_and(|last| index > last);
                let near = |path: &String| {
                    let data = |f: &String| {
                        f != "/" && path.starts_with(&format!("{f}/")) && !path.starts_with("/go/src/")
                    };
                    self.folder.as_ref().is_some_and(data)
                        || self
                            .folder
                            .as_ref()
                            .is_none_or(|f| f == path || f.starts_with(&format!("{path}/")))
                };
                if late || path.as_ref().is_none_or(near) {
                    let message = "a repository is cloned, whose files the program may read";
                    self.block(Blocker::new(Id::AssetsUnseen, message).at(cx, i));
                }
            }
            Effect::Packages(names) => self.install(&names, i),
            Effect::Either(names) => self.either.extend(names.into_iter().map(|name| (name, index))),
            Effect::Folders(paths) => {
                let own = paths.into_iter().filter(|path| !self.is_of_build(path));
                let own: Vec<String> = own.collect();
                self.made.extend(own.iter().cloned());
                self.folders.extend(own);
            }
            Effect::Account(account) => self.accounts.push(account),
            Effect::Owner { paths, .. } => self.owned.extend(paths.into_iter().map(|path| (path, index))),
            Effect::Zone(zone) => self.zone = Some(zone),
            Effect::Setcap => self.block(demands::capability(cx, i)),
            Effect::Certificates if self.certificates => self.block(demands::authorities(cx, i)),
            Effect::Nothing
            | Effect::Build
            | Effect::Executable(_)
            | Effect::Removed(_)
            | Effect::Certificates => {}
            Effect::Files { what, made } => {
                // What goes to the root of the image is found there again.
                let own: Vec<_> = made.iter().filter(|pair| !self.is_builds_file(pair)).collect();
                for (source, target) in own {
                    match source.rsplit('/').next().filter(|name| !name.is_empty() && target == "/") {
                        Some(name) => self.written.push(format!("/{name}")),
                        None => self.blockers.push(generated(&what)),
                    }
                }
                if made.is_empty() {
                    self.block(generated(&what));
                }
            }
            Effect::Unknown(what) => self.block(generated(&what)),
        }
    }

    /// Packages with headers are for a build with cgo; others may be for the program.
    pub(super) fn install(&mut self, names: &[String], i: &Instruction<'_>) {
        let others = names.iter().filter(|n| !n.ends_with("-dev") && !n.ends_with("-devel"));
        let others: Vec<String> = others.filter(|n| use_of(n) == Use::Run).cloned().collect();
        if !others.is_empty() {
            self.packages.extend(
                others.iter().filter(|name| !self.packages.contains(name)).cloned().collect::<Vec<_>>(),
            );
            let message = format!("the image installs {}, which the program may use", others.join(", "));
            self.block(Blocker::new(Id::RuntimePackages, message).at(self.cx, i));
        }
    }

    /// Whether a folder is one of the sources, of the program or of the toolchain.
    pub(super) fn is_of_build(&self, path: &str) -> bool {
        let above = |other: &str| Path::new(other).starts_with(path);
        let copied = copies::copies(self.cx, self.stage).filter_map(|(_, c)| c).any(|c| above(&c.target));
        let go = [
            "/go",
            "/usr/src",
            "/usr/local",
            "/root",
            "/tmp",
            "/src",
            "/build",
            "/out",
            "/var/lib/apt",
            "/var/cache",
        ];
        copied
            || above(&self.binary)
            || self.folder.as_deref().is_some_and(above)
            || self.cx.model.body(self.stage).any(|(_, i)| i.keyword == Keyword::Workdir && above(i.args()))
            || go.iter().any(|folder| Path::new(path).starts_with(folder))
    }

    /// Whether what a command makes is the program itself or a file of the build.
    pub(super) fn is_builds_file(&self, (source, target): &(String, String)) -> bool {
        const PLACES: [&str; 8] =
            ["/go/src/", "/go/pkg/", "/go/bin/", "/tmp/", "/root/.", "/etc/apt", "/usr/local/go", "/etc/ssh"];
        let name = source.rsplit('/').next().unwrap_or(source);
        let of_build = PLACES.iter().any(|place| target.starts_with(place));
        *target == self.binary || !name.is_empty() && join(target, name) == self.binary || of_build
    }

    /// Whether a tool is one that the build itself calls.
    pub(super) fn is_used(&self, name: &str, at: usize) -> bool {
        let builds = self.cx.model.body(self.stage).any(|(index, i)| {
            index >= at
                && i.keyword == Keyword::Run
                && ["go ", "make", "dep ", "glide", "godep"].iter().any(|t| i.args().contains(t))
        });
        if !builds {
            return false;
        }
        let called = |index: usize| {
            self.cx
                .model
                .run(index)
                .is_some_and(|run| run.script.commands.iter().any(|c| c.name() == Some(name)))
        };
        let fetches = matches!(name, "git" | "openssh" | "openssh-client" | "ssh" | "tar" | "gzip" | "bzip2");
        let shell = name == "bash" && self.cx.document.text.contains(".sh");
        fetches || shell || self.cx.model.body(self.stage).any(|(index, _)| called(index))
    }
}
