//! What the program of another stage is linked to.

use super::super::blocker::{Blocker, Id};
use super::super::copies::{Copy, copies};
use super::super::trace::Origin;
use super::super::{code, context, purity};
use super::{Look, sources};
use crate::catalog::Libc;
use crate::model::{GoBuild, Output, Stage, join};

/// The builds to take cgo from, the tool that builds to take it from, and the stage that they are in.
pub(super) type Linked = (Vec<GoBuild>, Option<(usize, usize)>, usize);

impl Look<'_, '_> {
    /// What the program is linked to; the builds to take cgo from, and the stage that they are in.
    pub(super) fn linkage(&mut self, found: Option<Origin>, name: &str) -> Option<Linked> {
        let cx = self.cx;
        let go = || {
            sources(cx, self.stage, 0).into_iter().find(|s| cx.model.go_image(&cx.model.stages[*s]).is_some())
        };
        let (stage, builds, tool) = match found {
            Some(Origin::Built { stage, builds }) => (stage, builds, None),
            Some(Origin::Tool { stage, instruction, command }) => {
                (stage, Vec::new(), Some((instruction, command)))
            }
            _ => (go()?, Vec::new(), None),
        };
        let builder = &cx.model.stages[stage];
        if cx.model.go_image(builder).is_none() {
            let message = "the program is built without an image of Go that is known here";
            self.block(Blocker::new(Id::ProgramUnknown, message).at(cx, cx.model.from(builder)));
            return None;
        }
        let seen = context::see(cx, builder, &builds, name);
        if let Some(seen) = &seen {
            let cwd = cx.model.end_state(self.stage).workdir.unwrap_or_else(|| "/".into());
            let mut writable = self.folders.clone();
            writable.extend(self.owned.iter().map(|(path, _)| path.clone()));
            self.blockers.extend(code::behaviour(seen, &cwd, &writable));
            self.evidence.extend(code::notes(seen));
        }
        let built_for_glibc =
            cx.model.go_image(builder).and_then(Stage::facts).is_some_and(|f| f.libc == Libc::Glibc);
        let ships_none = self.stage.facts().is_some_and(|f| f.libc != Libc::Glibc);
        let is_on = |build: &GoBuild| purity::leaves_cgo_on(cx, build);
        if built_for_glibc
            && ships_none
            && !self.has_loader
            && (builds.is_empty() || builds.iter().any(is_on))
        {
            let what =
                "the program runs on an image without the GNU C library already, which its build would link";
            self.evidence.push(cx.evidence(what, cx.model.from(self.stage)));
            return Some((Vec::new(), None, stage));
        }
        if let Some(tool) = tool {
            let bare = self.tool(tool, builder);
            return Some((Vec::new(), bare, stage));
        }
        let linkage = purity::linkage(cx, builder, &builds, seen.as_ref());
        let pure = linkage.blockers.is_empty();
        self.blockers.extend(purity::libraries(cx, builder, &builds));
        self.evidence.extend(linkage.evidence);
        self.blockers.extend(linkage.blockers);
        // Other programs that are shipped must not depend on a C library either; tools of the build stay as they are.
        let mut builds = builds;
        if cx.model.lacks_compiler(builder) && builds.iter().any(is_on) {
            let known =
                |b: &GoBuild| builds.iter().any(|o| (o.instruction, o.command) == (b.instruction, b.command));
            let others = cx.model.go_programs(builder).iter().filter(|b| !known(b) && self.ships(stage, b));
            let others: Vec<GoBuild> = others.cloned().collect();
            builds.extend(others);
        }
        let on = builds.into_iter().filter(|b| pure && is_on(b)).collect();
        Some((on, None, stage))
    }

    /// Whether the final stage copies what a build of a stage writes.
    fn ships(&self, stage: usize, build: &GoBuild) -> bool {
        let written = |source: &str| match &build.output {
            Output::File(path) => source == path || path.starts_with(&format!("{source}/")),
            Output::In(folder, names) => {
                let within = source == folder || folder.starts_with(&format!("{source}/"));
                let named = |name: &str| names.is_empty() || names.iter().any(|n| n == name);
                within
                    || source.rsplit_once('/').is_some_and(|(parent, name)| parent == folder && named(name))
            }
            Output::Unknown => true,
        };
        let from_there =
            |copy: &Copy| copy.from.as_deref().and_then(|f| self.cx.model.stage_of(f)) == Some(stage);
        let mut copies = copies(self.cx, self.stage).filter_map(|(_, copy)| copy).filter(from_there);
        copies.any(|copy| copy.sources.iter().any(|source| written(&join("/", source))))
    }

    /// A program such as `make` builds the program: cgo is off where the variable says so or no compiler is there.
    pub(super) fn tool(
        &mut self,
        (index, number): (usize, usize),
        builder: &Stage,
    ) -> Option<(usize, usize)> {
        let at = &self.cx.document.instructions[index];
        match purity::tool(self.cx, builder, index, number) {
            purity::Tool::Off(why) => {
                self.evidence.push(self.cx.evidence(why, at));
                None
            }
            purity::Tool::Bare(why) => {
                self.evidence.push(self.cx.evidence(why, at));
                Some((index, number))
            }
            purity::Tool::Unknown(blocker) => {
                self.block(blocker.at(self.cx, at));
                self.blockers.extend(purity::libraries(self.cx, builder, &[]));
                None
            }
        }
    }
}
