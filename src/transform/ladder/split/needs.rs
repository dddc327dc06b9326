//! What the code of the program needs, where the build context shows it.

use super::super::blocker::{Blocker, Id};
use super::super::code;
use super::super::command::Main;
use super::super::context::{self, Seen};
use super::body::Body;
use super::{Asset, Look};
use crate::edit::Evidence;
use crate::model::join;

impl<'c> Look<'_, 'c> {
    /// What the code of the program needs: files, rights, other programs.
    pub(super) fn code(
        &mut self,
        body: &mut Body<'_, 'c>,
        main: &Main<'_>,
        seen: Option<&Seen<'_>>,
    ) -> Vec<Asset> {
        let cx = self.cx;
        let cwd = main
            .folder
            .clone()
            .or_else(|| cx.model.end_state(self.stage).workdir)
            .unwrap_or_else(|| "/".into());
        let Some(seen) = seen else {
            self.blockers.append(&mut body.unseen);
            return Vec::new();
        };
        if let Some(name) = &seen.misnamed {
            let message = format!("{} is not what Go calls the program: that is {name}", main.name());
            let at = main.instruction().unwrap_or_else(|| cx.model.from(self.stage));
            self.block(Blocker::new(Id::ProgramUnknown, message).at(cx, at));
        }
        if let Some(why) = &seen.program.unknown {
            self.blockers.append(&mut body.unseen);
            self.evidence.push(
                cx.evidence(format!("the code was not read in full: {why}"), cx.model.from(self.stage)),
            );
        }
        let mut assets = self.assets(body, main, seen, &cwd);
        let mut writable = body.folders.clone();
        for call in &seen.program.writes {
            let image = call.what.as_deref().map(|path| join(&cwd, path));
            assets.iter_mut().filter(|a| Some(&a.path) == image.as_ref()).for_each(|a| a.written = true);
        }
        writable.extend(assets.iter().filter(|a| a.written).map(|a| a.path.clone()));
        self.blockers.extend(code::behaviour(seen, &cwd, &writable));
        self.evidence.extend(code::notes(seen));
        if seen.others {
            let message = "the build makes more programs than the one that the command names";
            self.block(Blocker::new(Id::SeveralPrograms, message).at(cx, cx.model.from(self.stage)));
        }
        assets
    }

    /// The files that the code and the arguments name.
    pub(super) fn assets(
        &mut self,
        body: &Body<'_, 'c>,
        main: &Main<'_>,
        seen: &Seen<'_>,
        cwd: &str,
    ) -> Vec<Asset> {
        let mut assets = Vec::new();
        let mut found: Vec<(String, String)> = Vec::new();
        for (path, file, line, literal) in context::assets(seen, cwd) {
            found.push((
                path,
                format!("the program names `{literal}` ({file}:{line}), which is in the build context"),
            ));
        }
        for argument in main.argv().iter().skip(1) {
            let value = argument.split_once('=').map_or(argument.as_str(), |(_, v)| v);
            let image = join(cwd, value);
            if value.contains(['/', '.']) && seen.landed.context(&image).is_some_and(|c| !c.is_empty()) {
                found.push((image, format!("the argument `{argument}` names a file of the build context")));
            }
        }
        for (path, why) in found {
            let carried = body.carried.iter().any(|line| {
                let target = line.rsplit(' ').next().unwrap_or_default().trim_end_matches('/');
                !target.is_empty() && (path == target || path.starts_with(&format!("{target}/")))
            });
            if carried || assets.iter().any(|a: &Asset| a.path == path) {
                continue;
            }
            self.evidence.push(Evidence { what: why, line: None });
            let context = if body.is_removed(&path) { seen.landed.context(&path) } else { None };
            assets.push(Asset { path, context, written: false });
        }
        assets
    }
}
