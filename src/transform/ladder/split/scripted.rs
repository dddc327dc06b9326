//! Commands that need a shell.

use super::super::Plan;
use super::super::blocker::{Blocker, Id};
use super::super::command::Main;
use super::super::rung::Rung;
use super::super::{code, command, context, purity};
use super::body::Body;
use super::{Asset, Look, Split, slim};
use crate::document::Keyword;
use crate::model::GoBuild;

impl<'c> Look<'_, 'c> {
    /// Tells that the slim rung is out of reach as well.
    pub(super) fn no_distribution(&mut self) {
        let message = "no small distribution is known to have what the program needs";
        let blocker = Blocker::new(Id::RuntimePackages, message).at(self.cx, self.cx.model.from(self.stage));
        self.block(blocker.only(Rung::Slim));
    }

    /// A command that needs a shell: the programs and the script go to a small distribution as they are.
    pub(super) fn scripted(&mut self, blocker: Blocker) -> Option<Plan<'c>> {
        let (cx, stage) = (self.cx, self.stage);
        let needs_shell = matches!(blocker.id, Id::EntryScript | Id::ShellVariables | Id::ShellOperators);
        let is_script = blocker.id == Id::EntryScript;
        self.block(blocker);
        let main = command::as_written(cx, stage).filter(|_| needs_shell)?;
        self.shell(&main)?;
        let Some(programs) = slim::programs(cx, stage) else {
            let message = "the programs that the command may call can't be named";
            self.block(Blocker::new(Id::ProgramUnknown, message).at(cx, cx.model.from(stage)));
            return None;
        };
        let paths: Vec<String> = programs.iter().map(|(path, _)| path.clone()).collect();
        let script = main.script();
        let called = script.split_whitespace().find(|word| *word != "exec").unwrap_or_default();
        if !is_script && !slim::is_plain(&format!("#!/bin/sh\n{}", main.text()), &paths, None) {
            let message =
                format!("the shell calls {called}, or writes files, which the new stage may not have");
            self.block(Blocker::new(Id::ProgramUnknown, message).at(cx, cx.model.from(stage)));
            return None;
        }
        let last_run = cx.model.body(stage).rfind(|(_, i)| i.keyword == Keyword::Run)?.0;
        let mut body = Body::new(cx, stage, last_run, paths[0].clone(), &main);
        body.is_scripted = true;
        for (index, instruction) in cx.model.body(stage) {
            body.take(index, instruction);
        }
        body.finish();
        let written = std::mem::take(&mut body.written).into_iter();
        let mut assets: Vec<Asset> =
            written.map(|path| Asset { path, context: None, written: false }).collect();
        if is_script {
            let path = cx.model.end_state(stage).absolute(&main.script())?;
            let landed = context::Landed::of(cx, stage);
            let text = landed.and_then(|l| l.context(&path)).and_then(|c| cx.project?.text(&c));
            let cmd = main.cmd.as_ref().and_then(|part| part.words.first()).map(String::as_str);
            self.blockers.extend(slim::script_blocker(text.as_deref(), &path, &paths, cmd));
            if !body.brings(&path) {
                let message = format!("{path} is no file that the text shows this file to bring");
                self.block(Blocker::new(Id::ProgramUnknown, message).at(cx, cx.model.from(stage)));
                return None;
            }
            // The step that makes it executable is one of the build.
            body.carried.retain(|line| line.rsplit(' ').next() != Some(path.as_str()));
            if !body.comes_later(&path) {
                assets.push(Asset { path, context: None, written: false });
            }
        }
        self.blockers.append(&mut body.blockers);
        self.blockers.append(&mut body.unseen);
        self.evidence.append(&mut body.evidence);
        self.blockers.extend(body.rights(&assets));
        let builds: Vec<GoBuild> = programs.into_iter().map(|(_, build)| build).collect();
        self.blockers.extend(purity::libraries(cx, stage, &builds));
        let seen = context::see(cx, stage, &builds, &main.name());
        if let Some(seen) = &seen {
            let cwd = body.folder.clone().unwrap_or_else(|| "/".into());
            self.blockers.extend(code::behaviour(seen, &cwd, &body.folders));
        }
        let Some(slim) = slim::slim(cx, stage, &body, seen.as_ref(), paths.clone(), &main) else {
            self.no_distribution();
            return None;
        };
        Some(Plan::Split(Box::new(Split {
            tied: Some("the new stage links what the build links".into()),
            builds,
            assets,
            slim: Some(slim),
            ..self.as_built(body, main, last_run, paths[0].clone())
        })))
    }

    /// What the shell around the command needs to be the same; none where it would be another one.
    fn shell(&mut self, main: &Main<'_>) -> Option<()> {
        let (cx, stage) = (self.cx, self.stage);
        let from = cx.model.from(stage);
        if cx.model.body(stage).any(|(_, i)| i.keyword == Keyword::Shell) {
            let message = "SHELL decides what runs the command";
            self.block(Blocker::new(Id::ShellOperators, message).at(cx, from).through(Rung::Slim));
            return None;
        }
        let argv = main.argv();
        let folder = cx.model.end_state(stage).workdir.unwrap_or_default();
        if folder.starts_with("/root") || argv.iter().any(|word| word.contains("/root")) {
            let message = "the program works in root's folder, which is closed to other users";
            self.block(Blocker::new(Id::RootFolder, message).at(cx, from));
            return None;
        }
        // Variables that the old image sets by itself, and those of its user.
        let lost = [
            "$GOPATH", "${GOPATH", "$GOROOT", "${GOROOT", "$HOME", "${HOME", "$GOLANG", "${GOLANG", "$PATH",
            "${PATH",
        ];
        if argv.iter().any(|word| lost.iter().any(|name| word.contains(name))) {
            let message = "the command uses a variable that the old image sets";
            self.block(Blocker::new(Id::SettingsVariables, message).at(cx, from));
            return None;
        }
        Some(())
    }
}
