//! A program that ships in the stage that builds it: what a stage of its own would need.

mod body;
mod slim;

use super::super::nonroot_user::in_root;
use super::super::{Context, newest_base_image};
use super::blocker::{Blocker, Id};
use super::code;
use super::command::{self, Main};
use super::context::{self, Seen};
use super::purity;
use super::rung::{Rung, Shape};
use super::steps::Account;
use super::trace::{Origin, trace};
use super::{Assessment, Plan};
use crate::document::{Instruction, Keyword};
use crate::edit::Evidence;
use crate::model::{Base, GoBuild, GoVerb, Output, Stage, Value, go_minor, join};
use crate::shell::Command;
use crate::span::Span;
use body::Body;
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

impl<'a, 'c> Look<'a, 'c> {
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
        let program = self.program(&main)?;
        let last_run = cx.model.body(stage).rfind(|(_, i)| i.keyword == Keyword::Run)?.0;
        let mut body = Body::new(cx, stage, last_run, program.path.clone(), &main);
        for (index, instruction) in cx.model.body(stage) {
            body.take(index, instruction);
        }
        body.finish();
        let seen = context::see(cx, stage, &program.builds, &program.path);
        self.blockers.append(&mut body.blockers);
        self.evidence.append(&mut body.evidence);
        self.linkage(&program, seen.as_ref());
        let assets = self.code(&mut body, &main, seen.as_ref());
        self.blockers.extend(body.rights(&assets));
        self.others(&program);
        self.tool_edit(&program);
        let slim = slim::slim(cx, stage, &body, seen.as_ref(), vec![program.path.clone()], &main);
        if slim.is_none() && self.blockers.iter().any(|b| b.bars(Rung::Cc) && !b.bars(Rung::Slim)) {
            self.no_distribution();
        }
        let place = self.place(&main, &body, last_run, &program.path)?;
        Some(Plan::Split(Box::new(Split {
            from,
            base_at: stage.base_at,
            named: stage.name.is_some(),
            stage_name: self.name(),
            tied: tied(cx, stage),
            tool: program.tool.filter(|_| self.takes_cgo(&program)),
            main,
            builds: if program.is_off { Vec::new() } else { program.builds },
            binary: program.path,
            target: place.target,
            renamed: place.renamed,
            workdir: place.workdir,
            last_run,
            moved: body.moved,
            carried: body.carried,
            assets,
            args: body.args,
            env: body.env,
            folders: body.folders,
            accounts: body.accounts,
            user: body.user,
            zone: body.zone,
            slim,
            folder: body.folder.filter(|folder| folder != "/"),
        })))
    }

    fn no_distribution(&mut self) {
        let message = "no small distribution is known to have what the program needs";
        let blocker = Blocker::new(Id::RuntimePackages, message).at(self.cx, self.cx.model.from(self.stage));
        self.block(blocker.only(Rung::Slim));
    }

    /// A command that needs a shell: the programs and the script go to a small distribution as they are.
    fn scripted(&mut self, blocker: Blocker) -> Option<Plan<'c>> {
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
            accounts: body.accounts,
            user: body.user,
            zone: body.zone,
            slim: Some(slim),
            folder: body.folder.filter(|folder| folder != "/"),
        })))
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

    /// Finds the program that the command names.
    fn program(&mut self, main: &Main<'_>) -> Option<Program> {
        let cx = self.cx;
        let at = main.instruction()?;
        let name = main.name();
        let state = cx.model.end_state(self.stage);
        let paths: Vec<String> = if name.contains('/') {
            let folder = main.folder.clone().or(state.workdir).unwrap_or_default();
            vec![join(&folder, &name)]
        } else {
            let path = state.set("PATH").unwrap_or_else(|| PATH.into());
            path.split(':').map(|folder| join(folder, &name)).collect()
        };
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
        match found {
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

    /// What the code of the program needs: files, rights, other programs.
    fn code(&mut self, body: &mut Body<'_, 'c>, main: &Main<'_>, seen: Option<&Seen<'_>>) -> Vec<Asset> {
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
        self.evidence.extend(code::notes(cx, seen));
        if seen.others {
            let message = "the build makes more programs than the one that the command names";
            self.block(Blocker::new(Id::SeveralPrograms, message).at(cx, cx.model.from(self.stage)));
        }
        assets
    }

    /// The files that the code and the arguments name.
    fn assets(&mut self, body: &Body<'_, 'c>, main: &Main<'_>, seen: &Seen<'_>, cwd: &str) -> Vec<Asset> {
        let cx = self.cx;
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
            self.evidence.push(cx.evidence(why, cx.model.from(self.stage)));
            let context = if body.is_removed(&path) { seen.landed.context(&path) } else { None };
            assets.push(Asset { path, context, written: false });
        }
        assets
    }

    /// Other programs that the stage builds, which somebody may run in the image.
    fn others(&mut self, program: &Program) {
        let cx = self.cx;
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
    fn is_called(&self, path: &str) -> bool {
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

    /// Where the program is in the new stage, and the working directory that it needs there.
    fn place(
        &mut self,
        main: &Main<'_>,
        body: &Body<'_, 'c>,
        last_run: usize,
        binary: &str,
    ) -> Option<Place> {
        let cx = self.cx;
        let at = main.instruction()?;
        let value =
            |a: &String| a.split_once('=').map_or(a.trim_start_matches('-'), |(_, v)| v).contains(['/', '.']);
        let argv = main.argv();
        let looks_around = body.by_folder
            || body.brings_folder
            || !body.carried.is_empty()
            || main.folder.is_some()
            || argv.iter().skip(1).any(value);
        let folder = main.folder.clone().or_else(|| cx.model.state(last_run).workdir.clone());
        let folder = folder.filter(|w| w.starts_with('/') && !w.contains(char::is_whitespace));
        if looks_around {
            if folder.as_deref().is_some_and(in_root) || in_root(binary) {
                let message = "the program works in root's folder, which is closed to other users";
                self.block(Blocker::new(Id::RootFolder, message).at(cx, at));
                return None;
            }
            let workdir = folder.filter(|f| *f != "/").filter(|_| !body.tail_folder || body.by_folder);
            return Some(Place { target: found_by_name(&main.name(), binary), renamed: false, workdir });
        }
        self.evidence.push(cx.evidence("nothing but Go sources is in the working directory", at));
        if main.name().starts_with('.') || in_root(binary) {
            let target = format!("/{}", binary.rsplit('/').next()?);
            return Some(Place { target, renamed: true, workdir: None });
        }
        Some(Place { target: found_by_name(&main.name(), binary), renamed: false, workdir: None })
    }
}

/// Where the program is in the new stage.
struct Place {
    target: String,
    renamed: bool,
    workdir: Option<String>,
}

/// A program that is called by its name alone goes where the new image's `PATH` finds it; others stay where they are.
fn found_by_name(name: &str, binary: &str) -> String {
    let found = binary.rsplit_once('/').is_some_and(|(folder, _)| PATH.split(':').any(|f| f == folder));
    if name.contains('/') || found { binary.to_owned() } else { format!("/usr/local/bin/{name}") }
}

/// The `PATH` of images that set none of their own.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What ties the build to the image that it has.
fn tied(cx: &Context<'_>, stage: &Stage) -> Option<String> {
    let minor = go_minor(stage);
    if cx.model.from(stage).args().contains('$') {
        return Some("the version of Go is an argument of the build".into());
    }
    // A floating tag is the newest release already.
    if let Some(why) = newest_base_image::doubt(cx, stage, minor.or(Some(u32::MAX))) {
        return Some(why);
    }
    let mut has_folder = false;
    for (index, i) in cx.model.body(stage) {
        match i.keyword {
            Keyword::Workdir => has_folder |= i.args().starts_with('/'),
            Keyword::Run | Keyword::Copy if !has_folder => {
                return Some("the build uses the image's own folder".into());
            }
            Keyword::User => return Some("the build runs as a user of the image".into()),
            _ => {}
        }
        let text = i.args();
        if ["/go/", "/usr/local/go", "GOPATH", "GOROOT", "bash", "go install", "go get"]
            .iter()
            .any(|t| text.contains(t))
        {
            return Some("the build uses paths of the official image".into());
        }
        let packages = |c: &Command| matches!(c.name(), Some("apk" | "apt-get" | "apt"));
        if cx.model.run(index).is_some_and(|r| r.script.commands.iter().any(packages)) {
            return Some("the build installs packages".into());
        }
    }
    None
}
