//! Whether a stage can be split, and how.

use super::super::nonroot_user::{in_root, right};
use super::super::{Context, newest_base_image};
use super::files::{Files, files};
use crate::catalog::golang::{Flavour, Tag};
use crate::document::{Instruction, Keyword};
use crate::edit::Evidence;
use crate::model::{Form, GOLANG, GoBuild, Purity, Stage, State, go_minor, is_go};
use crate::shell::Command;
use crate::span::Span;
use std::path::Path;

/// How a stage is split.
pub(super) struct Plan<'c> {
    pub(super) from: &'c Instruction<'c>,
    pub(super) base_at: Span,
    /// Whether the stage has a name already.
    pub(super) named: bool,
    pub(super) stage_name: String,
    /// What ties the build to the image that it has.
    pub(super) tied: Option<String>,
    pub(super) build: GoBuild,
    /// Where the build puts the program.
    pub(super) binary: String,
    /// Where the program is in the new stage.
    pub(super) target: String,
    /// Working directory of the new stage, where files are found by it.
    pub(super) workdir: Option<String>,
    /// Index of the last `RUN`: what follows it goes to the new stage by itself.
    pub(super) last_run: usize,
    /// Indexes of the instructions before it that move.
    pub(super) moved: Vec<usize>,
    /// Sources and destination of the files that the program may read.
    pub(super) carried: Vec<String>,
    /// Variables that the program may read.
    pub(super) env: Vec<String>,
    /// The instruction that holds the program.
    pub(super) program: &'c Instruction<'c>,
    /// The first of `ENTRYPOINT` and `CMD`.
    pub(super) first_command: &'c Instruction<'c>,
    pub(super) evidence: Vec<Evidence>,
    /// Why it may not be right, if it may not.
    pub(super) doubt: Option<String>,
}

/// Plans the split of the only stage of a file; none when the text does not carry it.
pub(super) fn plan<'c>(cx: &Context<'c>) -> Option<Plan<'c>> {
    let [stage] = cx.model.stages.as_slice() else { return None };
    // With a platform in FROM, the build stage would be of another one than the new stage.
    let has_flags = !cx.model.from(stage).flags.is_empty();
    if !is_linux_go(stage) || cx.document.escape != '\\' || has_flags {
        return None;
    }
    let body: Vec<(usize, &Instruction<'_>)> = cx.model.body(stage).collect();
    let last_run = body.iter().rfind(|(_, i)| i.keyword == Keyword::Run)?.0;
    let program = program(cx, stage, last_run)?;
    let end = cx.model.end_state(stage);
    let [build] = <[GoBuild; 1]>::try_from(cx.model.go_builds(stage)).ok()?;
    let binary = build.output.clone()?;
    let is_it = if program.name.contains('/') {
        end.absolute(&program.name).as_ref() == Some(&binary)
    } else {
        PATH.iter().any(|folder| format!("{folder}/{}", program.name) == binary)
    };
    if !is_it || !settings_carry(&body, last_run) {
        return None;
    }
    let mut sorted = Sorted::default();
    for &(index, instruction) in &body {
        sorted.sort(cx, index, instruction, last_run, &binary)?;
    }
    let evidence = vec![
        cx.evidence(format!("the program is what this build writes to {binary}"), at(cx, build.instruction)),
        cx.evidence("an exec-form command of literal words", program.instruction),
    ];
    let mut plan = Plan {
        from: cx.model.from(stage),
        base_at: stage.base_at,
        named: stage.name.is_some(),
        stage_name: stage.name.clone().unwrap_or_else(|| "builder".into()),
        tied: tied(cx, stage),
        target: binary.clone(),
        binary,
        workdir: None,
        last_run,
        moved: sorted.moved,
        carried: sorted.carried,
        env: sorted.env,
        program: program.instruction,
        first_command: program.first,
        evidence,
        doubt: sorted.doubt,
        build,
    };
    let value =
        |a: &'_ str| a.split_once('=').map_or(a.trim_start_matches('-').to_owned(), |(_, v)| v.to_owned());
    let relative_arguments = program.arguments.iter().any(|a| value(a).contains(['/', '.']));
    let needs_folder =
        sorted.by_folder || !plan.carried.is_empty() || sorted.unseen.is_some() || relative_arguments;
    let workdir = cx
        .model
        .state(last_run)
        .workdir
        .clone()
        .filter(|w| w.starts_with('/') && !w.contains(char::is_whitespace))?;
    if needs_folder {
        if in_root(&workdir) || in_root(&plan.target) {
            return None;
        }
        plan.workdir = Some(workdir).filter(|_| !sorted.tail_folder || sorted.by_folder);
    } else {
        if program.name.starts_with('.') || in_root(&plan.target) {
            plan.target = format!("/{}", plan.binary.rsplit('/').next()?);
        }
        plan.evidence.push(cx.evidence("nothing but Go sources is in the working directory", plan.from));
    }
    if let Some(source) = sorted.unseen {
        plan.doubt.get_or_insert(format!("`{source}` may hold files that the program reads"));
    }
    let mut argv = vec![plan.target.clone()];
    argv.extend(program.arguments);
    if let Some(why) = right(cx, stage, &argv) {
        plan.doubt.get_or_insert(why);
    }
    match cx.model.purity(stage, &plan.build) {
        Purity::Pure(why) => plan.evidence.push(cx.evidence(why, at(cx, plan.build.instruction))),
        Purity::Unknown(why) => drop(plan.doubt.get_or_insert(why)),
        Purity::Cgo(_) => return None,
    }
    Some(plan)
}

/// Folders of the official image's `PATH` in which a build may put a program.
const PATH: [&str; 5] = ["/go/bin", "/usr/local/sbin", "/usr/local/bin", "/usr/bin", "/bin"];

fn at<'c>(cx: &Context<'c>, index: usize) -> &'c Instruction<'c> {
    &cx.document.instructions[index]
}

fn is_linux_go(stage: &Stage) -> bool {
    let tag =
        stage.base.reference().and_then(|r| r.tag.map(str::to_owned)).unwrap_or_else(|| "latest".into());
    let plain = |t: Tag<'_>| matches!(t.flavour, Flavour::Default | Flavour::Debian(_) | Flavour::Alpine(_));
    stage.base.is(GOLANG) && (tag == "latest" || Tag::parse(&tag).is_some_and(plain))
}

/// The program of the image.
struct Program<'c> {
    instruction: &'c Instruction<'c>,
    first: &'c Instruction<'c>,
    name: String,
    arguments: Vec<String>,
}

/// The program, if one exec-form ENTRYPOINT or CMD after the last RUN names it.
fn program<'c>(cx: &Context<'c>, stage: &Stage, last_run: usize) -> Option<Program<'c>> {
    let command = cx.model.command(stage);
    let count = |k| cx.model.body(stage).filter(|(_, i)| i.keyword == k).count();
    if count(Keyword::Cmd) > 1 || count(Keyword::Entrypoint) > 1 {
        return None;
    }
    let (index, first, words, more) = match (command.entrypoint, command.cmd) {
        (Some((e, Form::Exec(words))), Some((c, Form::Exec(more)))) => (e, e.min(c), words, more),
        (Some((e, Form::Exec(words))), None) => (e, e, words, Vec::new()),
        (None, Some((c, Form::Exec(words)))) => (c, c, words, Vec::new()),
        _ => return None,
    };
    let instruction = at(cx, index);
    if first < last_run || instruction.start_line != instruction.end_line {
        return None;
    }
    let (name, arguments) = words.split_first()?;
    let arguments = arguments.iter().chain(&more).cloned().collect();
    Some(Program { instruction, first: at(cx, first), name: name.clone(), arguments })
}

/// Whether no setting hangs on a variable that the new stage would not have.
fn settings_carry(body: &[(usize, &Instruction<'_>)], last_run: usize) -> bool {
    body.iter().all(|(index, i)| match i.keyword {
        Keyword::Label | Keyword::Expose | Keyword::Stopsignal | Keyword::Maintainer => {
            !i.args().contains('$')
        }
        Keyword::Workdir | Keyword::Env | Keyword::Copy | Keyword::Add => {
            *index < last_run || !i.args().contains('$')
        }
        _ => true,
    })
}

/// What becomes of the instructions of the stage.
#[derive(Default)]
struct Sorted {
    moved: Vec<usize>,
    carried: Vec<String>,
    env: Vec<String>,
    doubt: Option<String>,
    /// A source whose files the text does not show.
    unseen: Option<String>,
    /// Whether a later COPY is relative to the working directory of the build.
    by_folder: bool,
    /// Whether the new stage sets its working directory by itself.
    tail_folder: bool,
}

impl Sorted {
    /// Takes an instruction; none when the stage can't be split because of it.
    fn sort(
        &mut self,
        cx: &Context<'_>,
        index: usize,
        i: &Instruction<'_>,
        last_run: usize,
        binary: &str,
    ) -> Option<()> {
        let tail = index > last_run;
        match i.keyword {
            Keyword::Run => self.run(cx, index, binary)?,
            Keyword::Copy | Keyword::Add if tail => {
                files(i).filter(|_| i.keyword == Keyword::Copy)?;
                self.by_folder |=
                    !self.tail_folder && i.words().last().is_some_and(|w| !w.text.starts_with('/'));
            }
            Keyword::Copy | Keyword::Add => self.copy(cx, index, i)?,
            Keyword::Env if tail => {}
            Keyword::Env => self.env(i)?,
            Keyword::Label | Keyword::Expose | Keyword::Stopsignal | Keyword::Maintainer => {
                if !tail {
                    self.moved.push(index);
                }
            }
            Keyword::Workdir => self.tail_folder |= tail && i.args().starts_with('/'),
            Keyword::Arg | Keyword::Cmd | Keyword::Entrypoint => {}
            // A user, a volume, a health check, a shell, a trigger: the text does not show what they need.
            _ => return None,
        }
        // A relative WORKDIR of the new stage would start from another place.
        (i.keyword != Keyword::Workdir || !tail || i.args().starts_with('/')).then_some(())
    }

    fn copy(&mut self, cx: &Context<'_>, index: usize, i: &Instruction<'_>) -> Option<()> {
        let words: Vec<&str> = i.words().map(|w| w.text).collect();
        let (target, sources) = words.split_last()?;
        let folder = cx.model.state(index).absolute(target)?;
        match files(i)? {
            Files::Sources => {}
            Files::Assets if i.keyword == Keyword::Add => return None,
            Files::Assets => {
                let slash =
                    if target.ends_with('/') || *target == "." || sources.len() > 1 { "/" } else { "" };
                let folder = folder.trim_end_matches('/');
                self.carried.push(format!("{} {folder}{slash}", sources.join(" ")));
            }
            Files::Anything(source) => drop(self.unseen.get_or_insert(source)),
        }
        Some(())
    }

    fn env(&mut self, i: &Instruction<'_>) -> Option<()> {
        for pair in i.pairs() {
            if pair.name.starts_with("CGO_") || BUILD_ONLY.contains(&pair.name) {
                continue;
            }
            let text = &i.text.text()[pair.span.range()];
            if text.contains('$') || i.start_line != i.end_line && i.is_legacy_pair() {
                return None;
            }
            self.env.push(text.to_owned());
        }
        Some(())
    }

    fn run(&mut self, cx: &Context<'_>, index: usize, binary: &str) -> Option<()> {
        for command in cx.model.run(index)?.list()? {
            let git = build_step(command, binary, cx.model.state(index))?;
            if git {
                self.doubt.get_or_insert("the stage installs git, which the program may call".into());
            }
        }
        Some(())
    }
}

/// Variables that only a build reads; the Go runtime reads others, such as GOMAXPROCS and GODEBUG.
const BUILD_ONLY: [&str; 26] = [
    "DEBIAN_FRONTEND",
    "GO111MODULE",
    "GOAMD64",
    "GOARCH",
    "GOARM",
    "GOARM64",
    "GOBIN",
    "GOCACHE",
    "GOENV",
    "GOEXPERIMENT",
    "GOFLAGS",
    "GOINSECURE",
    "GOMODCACHE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOOS",
    "GOPATH",
    "GOPRIVATE",
    "GOPROXY",
    "GOROOT",
    "GOSUMDB",
    "GOTOOLCHAIN",
    "GOVCS",
    "GOWORK",
    "GOTMPDIR",
    "PATH",
];

/// Packages that only a build needs, or that the new stage's image has.
const PACKAGES: [&str; 14] = [
    "git",
    "ca-certificates",
    "tzdata",
    "make",
    "gcc",
    "g++",
    "build-base",
    "build-essential",
    "musl-dev",
    "libc-dev",
    "libc6-dev",
    "binutils",
    "update",
    "pkgconf",
];

/// Whether a command installs git; none when it may do something that the program needs.
fn build_step(command: &Command, binary: &str, state: &State) -> Option<bool> {
    if command.name() == Some("go") {
        let known = ["mod", "build", "test", "vet", "version", "env"].iter().any(|n| is_go(command, n));
        return (known && command.redirects.is_empty()).then_some(false);
    }
    let words = command.literals()?;
    let known = match words.as_slice() {
        ["set", rest @ ..] => rest.iter().all(|w| w.starts_with('-') || *w == "pipefail"),
        ["mkdir", rest @ ..] => rest.iter().all(|w| {
            let above = |path: &str| Path::new(path).starts_with(w) && w.starts_with('/');
            w.starts_with('-') || above(binary) || state.workdir.as_deref().is_some_and(above)
        }),
        ["chmod", "+x" | "755" | "0755" | "a+x", path] => state.absolute(path).as_deref() == Some(binary),
        ["cd" | "update-ca-certificates" | "true", ..]
        | ["apk" | "apt-get", "update" | "clean" | "autoremove", ..] => true,
        ["apk", "add", rest @ ..]
        | ["apt-get", "install", rest @ ..]
        | ["apt-get", "-y", "install", rest @ ..] => {
            rest.iter().all(|w| w.starts_with('-') && !w.contains("virtual") || PACKAGES.contains(w))
        }
        ["rm", rest @ ..] => rest
            .iter()
            .all(|w| w.starts_with('-') || w.starts_with("/var/lib/apt") || w.starts_with("/var/cache")),
        _ => false,
    };
    (known && command.redirects.is_empty()).then_some(words.contains(&"git"))
}

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
            _ => {}
        }
        let text = i.args();
        if ["/go/", "/usr/local/go", "GOPATH", "GOROOT", "bash"].iter().any(|t| text.contains(t)) {
            return Some("the build uses paths of the official image".into());
        }
        let packages = |c: &Command| matches!(c.name(), Some("apk" | "apt-get" | "apt"));
        if cx.model.run(index).is_some_and(|r| r.script.commands.iter().any(packages)) {
            return Some("the build installs packages".into());
        }
    }
    None
}
