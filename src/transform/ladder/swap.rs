//! A program that is built in one stage and shipped in another: what the shipped stage needs besides the program.

use super::super::Context;
use super::blocker::{Blocker, Id};
use super::command::{self, Main};
use super::copies::{Copy, copies};
use super::rung::{self, Rung, Shape};
use super::steps::Account;
use super::trace::{Origin, trace};
use super::{Assessment, Plan};
use crate::document::{Instruction, Keyword};
use crate::edit::Evidence;
use crate::model::{Base, GoBuild, Stage};

mod linkage;
mod steps;

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
    /// Whether the new image knows them by name.
    pub has_passwd: bool,
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
const SMALL: [&str; 12] = [
    "quay.io/prometheus/busybox",
    "docker.io/library/golang",
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
    /// Whether the accounts of another stage come along.
    has_passwd: bool,
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
            has_passwd: false,
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
        self.blockers.extend(super::known::hints(self.cx, self.stage, &main.name()));
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
            has_passwd: self.has_passwd,
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
        if self.stage.is(crate::model::GOLANG) {
            let message = "the final stage has the Go toolchain, which the program may call";
            self.block(Blocker::new(Id::FinalImageKept, message).at(self.cx, from).passable());
        }
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
        let paths = main.paths(cx, self.stage);
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
                self.block(unknown("is built in a way that the text does not tell").passable());
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

    /// What settings and arguments show of places that the program may write to.
    fn rights(&mut self, main: &Main<'_>) {
        let cx = self.cx;
        let mut open: Vec<String> = self.folders.clone();
        open.extend(self.owned.iter().map(|(path, _)| path.clone()));
        let shipped: Vec<String> = copies(cx, self.stage).filter_map(|(_, c)| c).map(|c| c.target).collect();
        let known = |path: &str| {
            open.iter().any(|folder| path.starts_with(folder.as_str()))
                || shipped.iter().any(|target| {
                    let is_file = path == target;
                    is_file
                        || path.starts_with(target.as_str()) && target != "/" && !super::files::is_store(path)
                })
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
    }

    /// The folder that takes the place of root's, which is closed to other users; none where it is not used.
    fn root_folder(&mut self, main: &Main<'_>) -> Option<String> {
        let cx = self.cx;
        let uses = |i: &Instruction<'_>| match i.keyword {
            // What a COPY takes is of another stage.
            Keyword::Copy | Keyword::Add if i.json.is_none() => {
                i.words().last().is_some_and(|w| w.text.contains("/root"))
            }
            Keyword::Run => false,
            _ => i.args().contains("/root"),
        };
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
                Keyword::Workdir | Keyword::Copy | Keyword::Add | Keyword::Cmd | Keyword::Entrypoint
            );
            movable && inside && !hidden && !i.args().contains(['$', '\'']) && i.start_line == i.end_line
        };
        let kept = self
            .folders
            .iter()
            .chain(self.owned.iter().map(|(path, _)| path))
            .any(|path| path.starts_with("/root"));
        let last = body.last().map(|(_, i)| *i);
        if let Some(i) = body.iter().map(|(_, i)| *i).find(|i| !plain(i)).or(last.filter(|_| kept)) {
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
