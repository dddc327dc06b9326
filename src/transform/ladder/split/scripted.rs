//! Commands that need a shell.

use super::super::Plan;
use super::super::blocker::{Blocker, Id};
use super::super::rung::Rung;
use super::super::{command, context, purity};
use super::body::Body;
use super::{Asset, Look, Split, slim};
use crate::document::Keyword;
use crate::model::GoBuild;

impl<'c> Look<'_, 'c> {
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
        let Some(programs) = slim::programs(cx, stage) else {
            let message = "the programs that the command may call can't be named";
            self.block(Blocker::new(Id::ProgramUnknown, message).at(cx, cx.model.from(stage)));
            return None;
        };
        let paths: Vec<String> = programs.iter().map(|(path, _)| path.clone()).collect();
        let last_run = cx.model.body(stage).rfind(|(_, i)| i.keyword == Keyword::Run)?.0;
        let mut body = Body::new(cx, stage, last_run, paths[0].clone(), &main);
        body.is_scripted = true;
        for (index, instruction) in cx.model.body(stage) {
            body.take(index, instruction);
        }
        body.finish();
        let mut assets = Vec::new();
        if is_script {
            let path = cx.model.end_state(stage).absolute(&main.script())?;
            let landed = context::Landed::of(cx, stage);
            let text = landed.and_then(|l| l.context(&path)).and_then(|c| cx.project?.text(&c));
            self.blockers.extend(slim::script_blocker(cx, text.as_deref(), &path, &paths));
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
        let Some(slim) = slim::slim(cx, stage, &body, None, paths.clone(), &main) else {
            self.no_distribution();
            return None;
        };
        Some(Plan::Split(Box::new(Split {
            from: cx.model.from(stage),
            base_at: stage.base_at,
            named: stage.name.is_some(),
            stage_name: self.name(),
            tied: Some("the new stage links what the build links".into()),
            tool: None,
            main,
            builds,
            binary: paths[0].clone(),
            target: paths[0].clone(),
            renamed: false,
            workdir: None,
            last_run,
            moved: body.moved,
            carried: body.carried,
            assets,
            args: body.args,
            env: body.env,
            folders: body.folders,
            made: body.made,
            accounts: body.accounts,
            user: body.user,
            zone: body.zone,
            slim: Some(slim),
            folder: body.folder.filter(|folder| folder != "/"),
        })))
    }
}
