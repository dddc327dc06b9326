//! A program that is built in one stage and shipped in another: what the shipped stage needs besides the program.

use super::super::Context;
use super::blocker::{Blocker, Id};
use super::code;
use super::command::{self, Main};
use super::context;
use super::copies::{Copy, copies};
use super::purity;
use super::rung::{self, Rung, Shape};
use super::steps::{Account, Effect, effect};
use super::trace::{Origin, trace};
use super::{Assessment, Plan};
use crate::catalog::Libc;
use crate::document::{Instruction, Keyword};
use crate::edit::Evidence;
use crate::model::{Base, GoBuild, Stage, expand, join};

/// How the final stage gets another base.
#[derive(Debug)]
pub(in super::super) struct Swap<'c> {
    /// The `FROM` of the final stage.
    pub from: &'c Instruction<'c>,
    /// Index of the final stage.
    pub stage: usize,
    /// The stage that has a shell to make folders with.
    pub builder: usize,
    /// What the container runs.
    pub main: Main<'c>,
    /// The builds from which cgo is to be taken.
    pub builds: Vec<GoBuild>,
    /// A command that builds the program by other files, from which cgo is to be taken: its `RUN` and its number.
    pub tool: Option<(usize, usize)>,
    /// Indexes of the instructions that go.
    pub removed: Vec<usize>,
    /// Folders that the program may write to.
    pub folders: Vec<String>,
    /// Paths whose owner was set, and whether what is in them too.
    pub owned: Vec<(String, bool)>,
    /// The accounts that the old image got.
    pub accounts: Vec<Account>,
    /// The last `USER`.
    pub user: Option<&'c Instruction<'c>>,
    /// Time zone of the old image.
    pub zone: Option<String>,
    /// Folder that takes the place of root's.
    pub moved_to: Option<String>,
}

/// Whether a stage ships what a stage with the Go toolchain made.
pub(super) fn is_shipped(cx: &Context<'_>, stage: &Stage) -> bool {
    sources(cx, stage, 0).into_iter().any(|s| cx.model.go_image(&cx.model.stages[s]).is_some())
}

/// The stages that a stage copies from, directly or through others.
fn sources(cx: &Context<'_>, stage: &Stage, depth: usize) -> Vec<usize> {
    let mut found = Vec::new();
    if depth > 4 {
        return found;
    }
    for part in cx.model.chain(stage) {
        for (_, i) in cx.model.body(part) {
            let from = i.flag("from").filter(|_| matches!(i.keyword, Keyword::Copy | Keyword::Add));
            let Some(index) = from.and_then(|from| cx.model.stage_of(from)) else { continue };
            if index < stage.index && !found.contains(&index) {
                found.push(index);
                found.extend(sources(cx, &cx.model.stages[index], depth + 1));
            }
        }
    }
    found
}

/// Families whose images hold nothing that a Go program is written for.
const SMALL: [&str; 10] = [
    "docker.io/library/alpine",
    "docker.io/library/busybox",
    "docker.io/library/debian",
    "docker.io/library/ubuntu",
    "cgr.dev/chainguard/wolfi-base",
    "cgr.dev/chainguard/busybox",
    "cgr.dev/chainguard/glibc-dynamic",
    "gcr.io/distroless/base",
    "gcr.io/distroless/base-nossl",
    "gcr.io/distroless/cc",
];

/// Looks at the final stage of a file that builds its program in another.
pub(super) fn assess<'c>(cx: &Context<'c>, stage: &Stage) -> Assessment<'c> {
    let mut look = Look::new(cx, stage);
    let plan = if rung::of(cx, stage) == Rung::Static { None } else { look.plan() };
    Assessment { shape: Shape::Multi, blockers: look.blockers, evidence: look.evidence, plan }
}

struct Look<'a, 'c> {
    cx: &'a Context<'c>,
    stage: &'a Stage,
    blockers: Vec<Blocker>,
    evidence: Vec<Evidence>,
    removed: Vec<usize>,
    folders: Vec<String>,
    owned: Vec<(String, bool)>,
    accounts: Vec<Account>,
    user: Option<&'c Instruction<'c>>,
    zone: Option<String>,
    /// Whether a file of the image brings libraries of glibc to an image that has none.
    has_loader: bool,
    certificates: bool,
}

impl<'a, 'c> Look<'a, 'c> {
    const fn new(cx: &'a Context<'c>, stage: &'a Stage) -> Self {
        Self {
            cx,
            stage,
            blockers: Vec::new(),
            evidence: Vec::new(),
            removed: Vec::new(),
            folders: Vec::new(),
            owned: Vec::new(),
            accounts: Vec::new(),
            user: None,
            zone: None,
            has_loader: false,
            certificates: false,
        }
    }

    fn block(&mut self, blocker: Blocker) {
        self.blockers.push(blocker);
    }

    fn plan(&mut self) -> Option<Plan<'c>> {
        let from = self.cx.model.from(self.stage);
        self.base(from);
        let main = match command::main(self.cx, self.stage, &[]) {
            Ok(main) => main,
            Err(blocker) => {
                self.block(blocker);
                return None;
            }
        };
        self.evidence.extend(
            main.notes.iter().map(|note| self.cx.evidence(note.as_str(), main.instruction().unwrap_or(from))),
        );
        let found = self.program(&main);
        for (index, instruction) in self.cx.model.body(self.stage) {
            self.instruction(index, instruction, &main);
        }
        let (builds, tool, builder) = self.linkage(found, &main.name())?;
        self.rights(&main);
        let moved_to = self.root_folder(&main);
        Some(Plan::Swap(Box::new(Swap {
            from,
            stage: self.stage.index,
            builder,
            main,
            builds,
            tool,
            removed: std::mem::take(&mut self.removed),
            folders: std::mem::take(&mut self.folders),
            owned: std::mem::take(&mut self.owned),
            accounts: std::mem::take(&mut self.accounts),
            user: self.user,
            zone: self.zone.take(),
            moved_to,
        })))
    }

    /// Whether the base holds nothing that the program may be written for.
    fn base(&mut self, from: &Instruction<'_>) {
        let small = SMALL.iter().any(|family| self.stage.is(family)) && self.stage.facts().is_some();
        let Some(reference) = self.stage.reference().filter(|_| small) else {
            let message = match &self.stage.base {
                Base::Image(image) => format!("{image} may hold more that the program needs"),
                Base::Stage(_) => "the final stage is built on another stage".into(),
                Base::Scratch | Base::Unknown => "the base of the final stage can't be told".into(),
            };
            return self.block(Blocker::new(Id::FinalImageKept, message).at(self.cx, from));
        };
        if reference.digest.is_some() {
            let message =
                "the base of the final stage is pinned by its digest, which a new base would not be";
            self.block(Blocker::new(Id::FinalImageKept, message).at(self.cx, from).passable());
        }
    }

    /// Finds the program that the command names.
    fn program(&mut self, main: &Main<'_>) -> Option<Origin> {
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
        let known = |origin: &Origin| !matches!(origin, Origin::Unknown);
        let found =
            paths.iter().map(|path| (path, trace(cx, self.stage, path))).find(|(_, origin)| known(origin));
        let found = found.or_else(|| {
            let copied = |path: &&String| self.copied_from_go(path);
            paths.iter().find(copied).map(|path| (path, Origin::Unknown))
        });
        let unknown = |why: &str| Blocker::new(Id::ProgramUnknown, format!("{name} {why}")).at(cx, at);
        match found {
            Some((path, origin @ (Origin::Built { .. } | Origin::Tool { .. }))) => {
                self.evidence.push(cx.evidence(format!("the program is {path}, which this file builds"), at));
                return Some(origin);
            }
            Some((_, Origin::Context)) => self.block(unknown("is a file of the build context")),
            Some((_, Origin::Image)) => self.block(unknown("comes from another image")),
            Some((_, Origin::Unknown)) => {
                self.block(unknown("is built in a way that the text does not tell").passable())
            }
            None => self.block(unknown("is no program that this file builds")),
        }
        None
    }

    /// Whether a path comes from a stage that has the Go toolchain.
    fn copied_from_go(&self, path: &str) -> bool {
        let brings = |copy: &Copy| {
            let stage = copy.from.as_ref().and_then(|from| self.cx.model.stage_of(from));
            let go = stage.and_then(|i| self.cx.model.stages.get(i)).and_then(|s| self.cx.model.go_image(s));
            go.is_some() && !copy.origins(path).is_empty()
        };
        copies(self.cx, self.stage).filter_map(|(_, copy)| copy).any(|copy| brings(&copy))
    }

    fn instruction(&mut self, index: usize, i: &'c Instruction<'c>, main: &Main<'_>) {
        let cx = self.cx;
        match i.keyword {
            Keyword::Run => self.run(index, i, main),
            Keyword::Copy | Keyword::Add => self.copy(index, i),
            Keyword::User => self.user = Some(i),
            Keyword::Volume => self.volume(index, i),
            Keyword::Healthcheck => self.health(i, main),
            Keyword::Onbuild => {
                let message = "ONBUILD: the image is for others to build on";
                self.block(Blocker::new(Id::OnbuildImage, message).at(cx, i));
            }
            Keyword::Expose => self.ports(i),
            _ => {}
        }
    }

    fn ports(&mut self, i: &Instruction<'_>) {
        if i.words().any(|w| super::super::nonroot_user::low_port(w.text)) {
            let note = "a port below 1024: engines before Docker 20.10, and some for Kubernetes, keep it from users other than root";
            self.evidence.push(self.cx.evidence(note, i));
        }
    }

    fn health(&mut self, i: &Instruction<'_>, main: &Main<'_>) {
        if i.args().trim().eq_ignore_ascii_case("none") {
            return;
        }
        let first = i.json.as_ref().and_then(|words| words.first()).map(|w| w.value.clone());
        if first.is_none_or(|first| first != main.name()) {
            let message = "HEALTHCHECK runs a command that distroless images have not";
            self.block(Blocker::new(Id::HealthcheckCommand, message).at(self.cx, i));
        }
    }

    fn volume(&mut self, index: usize, i: &Instruction<'_>) {
        let state = self.cx.model.state(index);
        let words: Vec<String> = match &i.json {
            Some(words) => words.iter().map(|w| w.value.clone()).collect(),
            None => i.words().map(|w| w.text.to_owned()).collect(),
        };
        for word in words {
            match expand(&word, '\\', &|name| state.variable(name)).and_then(|path| state.absolute(&path)) {
                Some(path) => self.folders.push(path),
                None => {
                    let message = "the volume's path hangs on a variable";
                    self.block(Blocker::new(Id::SettingsVariables, message).at(self.cx, i));
                }
            }
        }
    }

    fn copy(&mut self, index: usize, i: &Instruction<'_>) {
        if super::super::nonroot_user::is_locked(i) {
            let message = "a file is for root's eyes only";
            self.block(Blocker::new(Id::RootFolder, message).at(self.cx, i));
        }
        let Some(copy) = super::copies::copy(self.cx, index, i) else { return };
        let certificates = ["/usr/local/share/ca-certificates", "/etc/pki", "/usr/share/ca-certificates"];
        self.certificates |= certificates.iter().any(|folder| copy.target.starts_with(folder));
        let library = |source: &String| {
            source.contains(".so") || source.starts_with("/lib") || source.starts_with("/usr/lib")
        };
        if copy.sources.iter().any(library) {
            self.has_loader = true;
        }
    }

    fn run(&mut self, index: usize, i: &'c Instruction<'c>, main: &Main<'_>) {
        let cx = self.cx;
        let Some(run) = cx.model.run(index) else {
            let message = "a RUN of the final stage can't be read";
            return self.block(Blocker::new(Id::UnreadableRun, message).at(cx, i));
        };
        let folders = cx.model.folders(index);
        for (command, folder) in run.script.commands.iter().zip(&folders) {
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

    fn effect(&mut self, effect: Effect, i: &Instruction<'_>, main: &Main<'_>) {
        let cx = self.cx;
        let final_run =
            |what: &str| Blocker::new(Id::FinalRun, format!("the final stage runs {what}")).at(cx, i);
        match effect {
            Effect::Nothing => {}
            Effect::Packages(names) | Effect::Either(names) => {
                let message = format!("the final stage installs {}", names.join(", "));
                self.block(Blocker::new(Id::RuntimePackages, message).at(cx, i));
            }
            Effect::Folders(paths) => self.folders.extend(paths),
            Effect::Account(account) => self.accounts.push(account),
            Effect::Owner { deep, paths, .. } => {
                self.owned.extend(paths.into_iter().map(|path| (path, deep)))
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
            Effect::Setcap => {
                self.block(Blocker::new(Id::Setcap, "setcap gives the program a capability").at(cx, i))
            }
            Effect::Certificates if self.certificates => {
                let message = "certificate authorities of one's own are added";
                self.block(Blocker::new(Id::CustomCertificates, message).at(cx, i));
            }
            Effect::Certificates => {}
            Effect::Removed(Some(paths)) if paths.iter().all(|path| is_cache(path)) => {}
            Effect::Build | Effect::Cloned(_) => self.block(final_run("a command of a build")),
            Effect::Removed(_) => self.block(final_run("rm on files that the program may miss or not")),
            Effect::Files(what) | Effect::Unknown(what) => self.block(final_run(&what)),
        }
    }

    /// Whether a path is brought by `COPY --from`.
    fn comes_from_stage(&self, path: &str) -> bool {
        copies(self.cx, self.stage)
            .filter_map(|(_, c)| c)
            .any(|c| c.from.is_some() && !c.origins(path).is_empty())
    }

    /// What the program is linked to; the builds to take cgo from, and the stage that they are in.
    fn linkage(
        &mut self,
        found: Option<Origin>,
        name: &str,
    ) -> Option<(Vec<GoBuild>, Option<(usize, usize)>, usize)> {
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
            self.evidence.extend(code::notes(cx, seen));
        }
        let built_for_glibc =
            cx.model.go_image(builder).and_then(Stage::facts).is_some_and(|f| f.libc == Libc::Glibc);
        let ships_none = self.stage.facts().is_some_and(|f| f.libc != Libc::Glibc);
        if built_for_glibc && ships_none && !self.has_loader {
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
        let on = builds.into_iter().filter(|b| pure && purity::leaves_cgo_on(cx, b)).collect();
        Some((on, None, stage))
    }

    /// A program such as `make` builds the program: cgo is off where the variable says so or no compiler is there.
    fn tool(&mut self, (index, number): (usize, usize), builder: &Stage) -> Option<(usize, usize)> {
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
                None
            }
        }
    }

    /// What settings and arguments show of places that the program may write to.
    fn rights(&mut self, main: &Main<'_>) {
        let cx = self.cx;
        let mut open: Vec<String> = self.folders.clone();
        open.extend(self.owned.iter().map(|(path, _)| path.clone()));
        let shipped: Vec<String> = copies(cx, self.stage).filter_map(|(_, c)| c).map(|c| c.target).collect();
        let known = |path: &str| {
            open.iter().any(|folder| path.starts_with(folder.as_str()))
                || shipped.iter().any(|target| path.starts_with(target.as_str()) && target != "/")
        };
        for (what, instruction) in super::files::named_paths(cx, self.stage, &main.argv()) {
            if !known(&what) {
                let at =
                    instruction.or_else(|| main.instruction()).unwrap_or_else(|| cx.model.from(self.stage));
                let message = format!("the program is told of {what}, where it may have to write");
                let blocker = Blocker::new(Id::WritesAsRoot, message).at(cx, at);
                self.blockers.push(blocker);
            }
        }
        if cx.document.text.contains("docker.sock") {
            let message = "the engine's socket is root's";
            self.block(Blocker::new(Id::WritesAsRoot, message));
        }
    }

    /// The folder that takes the place of root's, which is closed to other users; none where it is not used.
    fn root_folder(&mut self, main: &Main<'_>) -> Option<String> {
        let cx = self.cx;
        let uses = |i: &Instruction<'_>| i.args().contains("/root");
        let body: Vec<_> = cx.model.body(self.stage).filter(|(_, i)| uses(i)).collect();
        if body.is_empty() && main.folder.as_ref().is_none_or(|f| !f.starts_with("/root")) {
            return None;
        }
        let folder = cx.model.end_state(self.stage).workdir.filter(|f| f.starts_with("/root"));
        let plain = |i: &Instruction<'_>| {
            // Programs look for settings in hidden folders of their user's home.
            let hidden = i.args().contains("/root/.");
            let inside = folder
                .as_ref()
                .is_some_and(|f| i.keyword == Keyword::Workdir || i.args().contains(f.as_str()));
            let movable = matches!(
                i.keyword,
                Keyword::Workdir
                    | Keyword::Copy
                    | Keyword::Add
                    | Keyword::Cmd
                    | Keyword::Entrypoint
                    | Keyword::Run
            );
            movable && inside && !hidden && !i.args().contains(['$', '\'']) && i.start_line == i.end_line
        };
        if let Some((_, i)) = body.iter().find(|(_, i)| !plain(i)) {
            let message =
                "root's folder, which is closed to other users, is named where it can't be moved from";
            self.block(Blocker::new(Id::RootFolder, message).at(cx, i));
            return None;
        }
        let folder = ["/app", "/srv/app", "/opt/app"].into_iter().find(|f| !cx.document.text.contains(f));
        let note = "root's folder is closed to other users, so its files move";
        self.evidence.extend(body.first().map(|(_, i)| cx.evidence(note, i)));
        folder.map(str::to_owned)
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

/// The `PATH` of images that set none of their own.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
