//! What each instruction of the final stage leaves behind.

use super::super::blocker::{Blocker, Id};
use super::super::command::Main;
use super::super::copies::{copies, copy};
use super::super::demands;
use super::super::steps::{Effect, effect};
use super::Look;
use crate::document::{Instruction, Keyword};
use crate::model::expand;

impl<'c> Look<'_, 'c> {
    /// Takes an instruction.
    pub(super) fn instruction(&mut self, index: usize, i: &'c Instruction<'c>, main: &Main<'_>) {
        let cx = self.cx;
        match i.keyword {
            Keyword::Run => self.run(index, i, main),
            Keyword::Copy | Keyword::Add => self.copy(index, i),
            Keyword::User => {
                let state = cx.model.state(index);
                let value = expand(i.args(), '\\', &|name| state.variable(name));
                let number = |v: &String| v.chars().all(|c| c.is_ascii_digit() || c == ':');
                if i.args().contains('$') && !value.as_ref().is_some_and(number) {
                    let message = "the user hangs on a variable";
                    self.block(Blocker::new(Id::SettingsVariables, message).at(cx, i));
                }
                self.user = Some(i);
            }
            Keyword::Volume => {
                let (folders, blockers) = demands::volume(self.cx, index, i);
                self.folders.extend(folders);
                self.blockers.extend(blockers);
            }
            Keyword::Healthcheck => self.blockers.extend(demands::health(self.cx, i, Some(&main.name()))),
            Keyword::Onbuild => {
                let message = "ONBUILD: the image is for others to build on";
                self.block(Blocker::new(Id::OnbuildImage, message).at(cx, i));
            }
            Keyword::Expose => self.evidence.extend(demands::port(self.cx, i)),
            _ => {}
        }
    }

    /// Takes a `COPY` or an `ADD`.
    pub(super) fn copy(&mut self, index: usize, i: &Instruction<'_>) {
        if super::super::super::user::is_locked(i) {
            let message = "a file is for root's eyes only";
            self.block(Blocker::new(Id::RootFolder, message).at(self.cx, i));
        }
        let Some(copy) = copy(self.cx, index, i) else { return };
        let certificates = ["/usr/local/share/ca-certificates", "/etc/pki", "/usr/share/ca-certificates"];
        self.certificates |= certificates.iter().any(|folder| copy.target.starts_with(folder));
        let go = |from: &str| {
            let stage = self.cx.model.stage_of(from).and_then(|index| self.cx.model.stages.get(index));
            stage.is_some_and(|stage| self.cx.model.go_image(stage).is_some())
        };
        let is_program =
            |path: &str| path.contains("/bin/") || path.ends_with("/bin") || path.contains("/sbin");
        let programs = copy.sources.iter().any(|s| is_program(s)) || is_program(&copy.target);
        if copy.from.as_deref().is_some_and(|from| !go(from)) && programs {
            let message = "a program comes from elsewhere, linked to what is not known";
            self.block(Blocker::new(Id::RuntimePackages, message).at(self.cx, i));
        }
        let is_script = |path: &String| {
            let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
            name == "scripts" || std::path::Path::new(name).extension().is_some_and(|e| e == "sh")
        };
        if copy.sources.iter().any(is_script) || is_script(&copy.target) {
            let message = "scripts are shipped, which need a shell";
            self.block(Blocker::new(Id::RunsPrograms, message).at(self.cx, i).passable());
        }
        self.has_passwd |= copy.target == "/etc/passwd";
        let library = |source: &String| {
            source.contains(".so") || source.starts_with("/lib") || source.starts_with("/usr/lib")
        };
        if copy.sources.iter().any(library) {
            self.has_loader = true;
        }
    }

    /// Takes a `RUN`, which goes.
    pub(super) fn run(&mut self, index: usize, i: &'c Instruction<'c>, main: &Main<'_>) {
        let cx = self.cx;
        let Some(run) = cx.model.run(index) else {
            let message = "a RUN of the final stage can't be read";
            return self.block(Blocker::new(Id::UnreadableRun, message).at(cx, i));
        };
        let folders = cx.model.folders(index);
        for (command, folder) in run.script.commands.iter().zip(folders) {
            let effect = effect(cx, index, command, folder.as_deref());
            self.effect(effect, i, main);
        }
        if run.script.commands.iter().any(|c| {
            c.literals().is_some_and(|w| w.iter().any(|w| w.contains("lib64") || w.contains("compat")))
        }) {
            self.has_loader = true;
        }
        self.removed.push(index);
    }

    /// Takes what one of its commands leaves behind.
    pub(super) fn effect(&mut self, effect: Effect, i: &Instruction<'_>, main: &Main<'_>) {
        let cx = self.cx;
        let final_run =
            |what: &str| Blocker::new(Id::FinalRun, format!("the final stage runs {what}")).at(cx, i);
        match effect {
            Effect::Packages(names) | Effect::Either(names) => {
                let message = format!("the final stage installs {}", names.join(", "));
                self.block(Blocker::new(Id::RuntimePackages, message).at(cx, i));
            }
            Effect::Folders(paths) => self.folders.extend(paths),
            Effect::Account(account) => {
                let home = format!("/home/{}", account.name);
                if !account.is_group
                    && cx
                        .model
                        .body(self.stage)
                        .any(|(_, i)| i.keyword != Keyword::Run && i.args().contains(&home))
                {
                    self.folders.push(home);
                }
                self.accounts.push(account);
            }
            Effect::Owner { deep, paths, .. } => {
                self.owned.extend(paths.into_iter().map(|path| (path, deep)));
            }
            Effect::Executable(paths) => {
                let program = self.cx.model.end_state(self.stage).absolute(&main.name());
                let known = |path: &String| {
                    Some(path) == program.as_ref()
                        || self.folders.contains(path)
                        || self.comes_from_stage(path)
                };
                if !paths.iter().all(known) {
                    self.block(final_run("chmod on a file that is not built here"));
                }
            }
            Effect::Zone(zone) => self.zone = Some(zone),
            Effect::Setcap => self.block(demands::capability(cx, i)),
            Effect::Certificates if self.certificates => self.block(demands::authorities(cx, i)),
            Effect::Nothing | Effect::Certificates => {}
            Effect::Removed(Some(paths)) if paths.iter().all(|path| is_cache(path)) => {}
            Effect::Build | Effect::Cloned(_) => self.block(final_run("a command of a build")),
            Effect::Removed(_) => self.block(final_run("rm on files that the program may miss or not")),
            Effect::Files { what, .. } | Effect::Unknown(what) => self.block(final_run(&what)),
        }
    }

    /// Whether a path is brought by `COPY --from`.
    pub(super) fn comes_from_stage(&self, path: &str) -> bool {
        copies(self.cx, self.stage)
            .filter_map(|(_, c)| c)
            .any(|c| c.from.is_some() && !c.origins(path).is_empty())
    }
}

/// Whether a path is one that package managers leave their lists and downloads in.
fn is_cache(path: &str) -> bool {
    [
        "/var/cache",
        "/var/lib/apt",
        "/var/lib/apk",
        "/var/log",
        "/tmp",
        "/var/tmp",
        "/root/.cache",
        "/usr/share/doc",
        "/usr/share/man",
        "/etc/apk/cache",
        "/lib/apk",
    ]
    .iter()
    .any(|folder| path.starts_with(folder))
}
