//! Which command of the stage makes the program, and which others it makes.

use super::super::blocker::{Blocker, Id};
use super::super::command::Main;
use super::super::context;
use super::super::trace::{Origin, trace};
use super::{Look, Program};
use crate::model::{GoBuild, GoVerb, Output};

impl Look<'_, '_> {
    /// Finds the program that the command names.
    pub(super) fn program(&mut self, main: &Main<'_>) -> Option<Program> {
        let cx = self.cx;
        let at = main.instruction()?;
        let name = main.name();
        let paths = main.paths(cx, self.stage);
        let traced: Vec<(String, Origin)> =
            paths.into_iter().map(|path| (path.clone(), trace(cx, self.stage, &path))).collect();
        let unknown = |why: &str| Blocker::new(Id::ProgramUnknown, format!("{name} {why}")).at(cx, at);
        let made = |origin: &Origin| matches!(origin, Origin::Built { .. } | Origin::Context | Origin::Image);
        let found = traced.iter().find(|(_, o)| made(o)).or_else(|| {
            // A tool puts a program that is called by its name alone in a folder of PATH that nobody can tell.
            traced
                .iter()
                .find(|(_, o)| matches!(o, Origin::Tool { .. }))
                .filter(|_| name.contains('/') || traced.len() == 1)
        });
        let by_make = || {
            traced.iter().find_map(|(path, origin)| match origin {
                Origin::Tool { instruction, command, .. } => {
                    let (build, is_off) = context::made(cx, self.stage, (*instruction, *command), path)?;
                    Some((path.clone(), build, is_off))
                }
                _ => None,
            })
        };
        if let Some((path, build, is_off)) = by_make() {
            let at = &cx.document.instructions[build.instruction];
            self.evidence.push(cx.evidence(format!("the Makefile writes the program to {path}"), at));
            return Some(Program { path, builds: vec![build], tool: None, is_off });
        }
        let own = |stage: usize| cx.model.chain(self.stage).any(|part| part.index == stage);
        match found {
            Some((_, Origin::Built { stage, .. } | Origin::Tool { stage, .. })) if !own(*stage) => {
                self.block(unknown("is built in another stage than the one that ships it"));
            }
            Some((path, Origin::Built { builds, .. })) => {
                let at = &cx.document.instructions[builds.first()?.instruction];
                self.evidence
                    .push(cx.evidence(format!("the program is what this build writes to {path}"), at));
                return Some(Program {
                    path: path.clone(),
                    builds: builds.clone(),
                    tool: None,
                    is_off: false,
                });
            }
            Some((path, Origin::Tool { instruction, command, .. })) => {
                let blocker = unknown("is built by files that are not in the Dockerfile").passable();
                self.block(blocker);
                return Some(Program {
                    path: path.clone(),
                    builds: Vec::new(),
                    tool: Some((*instruction, *command)),
                    is_off: false,
                });
            }
            Some((_, Origin::Context)) => self.block(unknown("is a file of the build context")),
            Some((_, Origin::Image)) => self.block(unknown("comes from another image")),
            _ => self.block(unknown("is no program that the text shows this file to build")),
        }
        None
    }

    /// Other programs that the stage builds, which somebody may run in the image.
    pub(super) fn others(&mut self, program: &Program) {
        let cx = self.cx;
        for build in program.builds.iter().filter(|b| b.targets.len() > 1 && !is_files(b)) {
            let at = &cx.document.instructions[build.instruction];
            self.block(
                Blocker::new(Id::SeveralPrograms, "the build names more packages than one").at(cx, at),
            );
        }
        for build in cx.model.go_programs(self.stage) {
            let same = |b: &GoBuild| (b.instruction, b.command) == (build.instruction, build.command);
            let Output::File(path) = &build.output else {
                continue;
            };
            if build.verb != GoVerb::Build || program.builds.iter().any(same) || self.is_called(path) {
                continue;
            }
            let message = format!("the image has another program, {path}");
            self.block(
                Blocker::new(Id::SeveralPrograms, message)
                    .at(cx, &cx.document.instructions[build.instruction]),
            );
        }
    }

    /// Whether a later step of the build calls a program.
    pub(super) fn is_called(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let called = |index: usize| {
            self.cx.model.run(index).is_some_and(|run| {
                run.script
                    .commands
                    .iter()
                    .any(|c| c.name().is_some_and(|n| n.rsplit('/').next() == Some(name)))
            })
        };
        self.cx.model.body(self.stage).any(|(index, _)| called(index))
    }
}

/// Whether a build names files rather than packages.
fn is_files(build: &GoBuild) -> bool {
    let is_file = |target: &Option<String>| {
        target.as_deref().is_some_and(|t| std::path::Path::new(t).extension().is_some_and(|e| e == "go"))
    };
    build.targets.iter().all(is_file)
}
