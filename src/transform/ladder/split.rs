//! A program that ships in the stage that builds it: what a stage of its own would need.

mod body;
mod needs;
mod place;
mod program;
mod scripted;
mod slim;

use super::super::Context;
use super::blocker::{Blocker, Id};
use super::command::{self, Main};
use super::context::{self, Seen};
use super::purity;
use super::rung::{Rung, Shape};
use super::steps::Account;
use super::{Assessment, Plan};
use crate::document::{Instruction, Keyword};
use crate::edit::Evidence;
use crate::model::{Base, GoBuild, Stage, Value};
use crate::span::Span;
use body::Body;
pub(in super::super) use place::is_linux;
pub(in super::super) use slim::Slim;

/// How a stage becomes two.
#[derive(Debug)]
pub(in super::super) struct Split<'c> {
    /// The `FROM` of the stage.
    pub from: &'c Instruction<'c>,
    /// Where its base is written.
    pub base_at: Span,
    /// Whether the stage has a name already.
    pub named: bool,
    /// The name of the stage that builds.
    pub stage_name: String,
    /// What ties the build to the image that it has.
    pub tied: Option<String>,
    /// What the container runs.
    pub main: Main<'c>,
    /// The builds that may make the program.
    pub builds: Vec<GoBuild>,
    /// A command that builds the program by other files, from which cgo is to be taken.
    pub tool: Option<(usize, usize)>,
    /// Where the build puts the program.
    pub binary: String,
    /// Where the program is in the new stage.
    pub target: String,
    /// Whether the command has to call it by another path.
    pub renamed: bool,
    /// Working directory of the new stage, where files are found by it.
    pub workdir: Option<String>,
    /// Index of the last `RUN`: what follows it goes to the new stage by itself.
    pub last_run: usize,
    /// Indexes of the instructions before it that move.
    pub moved: Vec<usize>,
    /// Arguments of `COPY` for the files that the program may read.
    pub carried: Vec<String>,
    /// Files that its code was seen to read, where the build has them.
    pub assets: Vec<Asset>,
    /// `ARG`s that settings hang on.
    pub args: Vec<String>,
    /// Variables that the program may read.
    pub env: Vec<String>,
    /// Folders that the program may write to.
    pub folders: Vec<String>,
    /// Those of them that a step of the build makes.
    pub made: Vec<String>,
    /// The accounts that the image gets.
    pub accounts: Vec<Account>,
    /// The last `USER`, with its index.
    pub user: Option<(usize, &'c Instruction<'c>)>,
    /// Time zone of the image.
    pub zone: Option<String>,
    /// A small distribution, for what needs one.
    pub slim: Option<Slim>,
    /// Working directory of a new stage that keeps the paths of the build.
    pub folder: Option<String>,
}

/// A file or folder of the context that the program reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Asset {
    /// Where it is in the image.
    pub path: String,
    /// Where it is in the context, for one that the build takes away again.
    pub context: Option<String>,
    /// Whether the program writes to it.
    pub written: bool,
}

/// Looks at a stage that builds and ships a program.
pub(super) fn assess<'c>(cx: &Context<'c>, stage: &Stage) -> Assessment<'c> {
    let mut look = Look { cx, stage, blockers: Vec::new(), evidence: Vec::new() };
    let plan = look.plan();
    Assessment { shape: Shape::Single, blockers: look.blockers, evidence: look.evidence, plan }
}

struct Look<'a, 'c> {
    cx: &'a Context<'c>,
    stage: &'a Stage,
    blockers: Vec<Blocker>,
    evidence: Vec<Evidence>,
}

/// The program of the image and what makes it.
struct Program {
    path: String,
    builds: Vec<GoBuild>,
    tool: Option<(usize, usize)>,
    /// Whether a Makefile says that cgo is off.
    is_off: bool,
}

impl<'c> Look<'_, 'c> {
    fn block(&mut self, blocker: Blocker) {
        self.blockers.push(blocker);
    }

    fn plan(&mut self) -> Option<Plan<'c>> {
        let (cx, stage) = (self.cx, self.stage);
        let from = cx.model.from(stage);
        if let Some((_, i)) = cx.model.body(stage).find(|(_, i)| i.keyword == Keyword::Onbuild) {
            self.block(
                Blocker::new(Id::OnbuildImage, "ONBUILD: the image is for others to build on").at(cx, i),
            );
        }
        if !place::is_linux(stage) {
            let message = "the image of Go is one for another system, or from before a release";
            self.block(Blocker::new(Id::OtherSystem, message).at(cx, from));
        }
        if !from.flags.is_empty() {
            let message = "with a platform in FROM the two stages would be of different ones";
            self.block(Blocker::new(Id::MixedPlatform, message).at(cx, from));
        }
        if !matches!(stage.base, Base::Image(_)) {
            let message = "the final stage is built on another stage, which others may use too";
            self.block(Blocker::new(Id::FinalImageKept, message).at(cx, from));
        }
        let main = match command::main(cx, stage, &[]) {
            Ok(main) => main,
            Err(blocker) => return self.scripted(blocker),
        };
        let notes: Vec<Evidence> = main
            .notes
            .iter()
            .map(|note| cx.evidence(note.as_str(), main.instruction().unwrap_or(from)))
            .collect();
        self.evidence.extend(notes);
        self.blockers.extend(super::known::hints(cx, stage, &main.name()));
        let program = self.program(&main)?;
        let last_run = cx
            .model
            .body(stage)
            .rfind(|(_, i)| i.keyword == Keyword::Run)
            .map_or(stage.from, |(index, _)| index);
        let mut body = Body::new(cx, stage, last_run, program.path.clone(), &main);
        for (index, instruction) in cx.model.body(stage) {
            body.take(index, instruction);
        }
        body.finish();
        let seen = context::see(cx, stage, &program.builds, &program.path);
        self.blockers.append(&mut body.blockers);
        self.evidence.append(&mut body.evidence);
        self.linkage(&program, seen.as_ref());
        let mut assets = self.code(&mut body, &main, seen.as_ref());
        let written = std::mem::take(&mut body.written).into_iter();
        assets.extend(written.map(|path| Asset { path, context: None, written: false }));
        self.blockers.extend(body.rights(&assets));
        self.others(&program);
        self.tool_edit(&program);
        let slim = slim::slim(cx, stage, &body, seen.as_ref(), vec![program.path.clone()], &main);
        if slim.is_none() && self.blockers.iter().any(|b| b.bars(Rung::Cc) && !b.bars(Rung::Slim)) {
            self.no_distribution();
        }
        let place = self.place(&main, &body, last_run, &program.path)?;
        Some(Plan::Split(Box::new(Split {
            tied: place::tied(cx, stage, last_run),
            tool: program.tool.filter(|_| self.takes_cgo(&program)),
            builds: if program.is_off { Vec::new() } else { program.builds },
            target: place.target,
            renamed: place.renamed,
            workdir: place.workdir,
            assets,
            slim,
            ..self.as_built(body, main, last_run, program.path)
        })))
    }

    /// A new stage with the program, and all that goes with it, where the build has them.
    fn as_built(&self, body: Body<'_, 'c>, main: Main<'c>, last_run: usize, binary: String) -> Split<'c> {
        let (cx, stage) = (self.cx, self.stage);
        Split {
            from: cx.model.from(stage),
            base_at: stage.base_at,
            named: stage.name.is_some(),
            stage_name: self.name(),
            tied: None,
            main,
            builds: Vec::new(),
            tool: None,
            target: binary.clone(),
            binary,
            renamed: false,
            workdir: None,
            last_run,
            moved: body.moved,
            carried: body.carried,
            assets: Vec::new(),
            args: body.args,
            env: body.env,
            folders: body.folders,
            made: body.made,
            accounts: body.accounts,
            user: body.user,
            zone: body.zone,
            slim: None,
            folder: cx.model.state(last_run).workdir.clone().filter(|folder| folder != "/"),
        }
    }

    /// A name for the stage that no other stage has.
    fn name(&self) -> String {
        if let Some(name) = &self.stage.name {
            return name.clone();
        }
        let taken = |name: &&str| self.cx.model.stages.iter().any(|s| s.name.as_deref() == Some(name));
        ["builder", "build", "go-builder"]
            .into_iter()
            .find(|n| !taken(n))
            .unwrap_or("program-builder")
            .to_owned()
    }

    fn linkage(&mut self, program: &Program, seen: Option<&Seen<'_>>) {
        let cx = self.cx;
        if program.is_off {
            self.evidence.push(cx.evidence("the Makefile sets CGO_ENABLED=0", cx.model.from(self.stage)));
            return;
        }
        let linkage = purity::linkage(cx, self.stage, &program.builds, seen);
        self.evidence.extend(linkage.evidence);
        self.blockers.extend(linkage.blockers);
        for build in &program.builds {
            let at = &cx.document.instructions[build.instruction];
            if let Value::Set(system) = cx.model.go_setting(build, "GOOS")
                && system != "linux"
            {
                self.block(
                    Blocker::new(Id::OtherSystem, format!("the program is built for {system}")).at(cx, at),
                );
            }
        }
        // Headers that somebody installed say more than modules that nobody knows to need them.
        self.blockers.extend(purity::libraries(cx, self.stage, &program.builds));
    }

    fn tool_edit(&mut self, program: &Program) {
        let Some((index, number)) = program.tool else { return };
        let at = &self.cx.document.instructions[index];
        match purity::tool(self.cx, self.stage, index, number) {
            purity::Tool::Off(why) | purity::Tool::Bare(why) => self.evidence.push(self.cx.evidence(why, at)),
            purity::Tool::Unknown(blocker) => self.block(blocker.at(self.cx, at)),
        }
    }

    /// Whether cgo is to be switched off for a tool that builds the program.
    fn takes_cgo(&self, program: &Program) -> bool {
        program.tool.is_some_and(|(index, number)| {
            !matches!(purity::tool(self.cx, self.stage, index, number), purity::Tool::Off(_))
        })
    }
}
