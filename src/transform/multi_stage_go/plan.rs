//! Whether a stage can be split, and how.

use super::super::nonroot_user::{in_root, right};
use super::super::{Context, newest_base_image};
use super::steps::Sorted;
use crate::catalog::golang::{Flavour, Tag};
use crate::document::{Instruction, Keyword};
use crate::edit::Evidence;
use crate::model::{Form, GOLANG, GoBuild, Purity, Stage, go_minor};
use crate::shell::Command;
use crate::span::Span;

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
    let [build] = <[GoBuild; 1]>::try_from(cx.model.go_builds(stage)).ok()?;
    let binary = build.file().map(str::to_owned).filter(|path| is_program(cx, stage, &program.name, path))?;
    if !settings_carry(&body, last_run) {
        return None;
    }
    let mut sorted = Sorted::default();
    for &(index, instruction) in &body {
        sorted.sort(cx, index, instruction, last_run, &binary)?;
    }
    let place = place(cx, &program, &sorted, last_run, &binary)?;
    let mut evidence = vec![
        cx.evidence(format!("the program is what this build writes to {binary}"), at(cx, build.instruction)),
        cx.evidence("an exec-form command of literal words", program.instruction),
    ];
    evidence.extend(place.evidence);
    let mut argv = vec![place.target.clone()];
    argv.extend(program.arguments);
    let unseen = sorted.unseen.map(|source| format!("`{source}` may hold files that the program reads"));
    let mut doubt = sorted.doubt.or(unseen).or_else(|| right(cx, stage, &argv));
    match cx.model.purity(stage, &build) {
        Purity::Pure(why) => evidence.push(cx.evidence(why, at(cx, build.instruction))),
        Purity::Unknown(why) => doubt = doubt.or(Some(why)),
        Purity::Cgo(_) => return None,
    }
    Some(Plan {
        from: cx.model.from(stage),
        base_at: stage.base_at,
        named: stage.name.is_some(),
        stage_name: stage.name.clone().unwrap_or_else(|| "builder".into()),
        tied: tied(cx, stage),
        build,
        binary,
        target: place.target,
        workdir: place.workdir,
        last_run,
        moved: sorted.moved,
        carried: sorted.carried,
        env: sorted.env,
        program: program.instruction,
        first_command: program.first,
        evidence,
        doubt,
    })
}

/// Whether the name that the command calls is the file that the build writes.
fn is_program(cx: &Context<'_>, stage: &Stage, name: &str, binary: &str) -> bool {
    if name.contains('/') {
        return cx.model.end_state(stage).absolute(name).as_deref() == Some(binary);
    }
    PATH.iter().any(|folder| format!("{folder}/{name}") == binary)
}

/// Where the program is in the new stage, and the working directory that it needs there.
struct Place {
    target: String,
    workdir: Option<String>,
    evidence: Option<Evidence>,
}

/// Finds the place; none when it is in root's folder, which is closed to the new user.
fn place(
    cx: &Context<'_>,
    program: &Program<'_>,
    sorted: &Sorted,
    last_run: usize,
    binary: &str,
) -> Option<Place> {
    let value =
        |a: &String| a.split_once('=').map_or(a.trim_start_matches('-'), |(_, v)| v).contains(['/', '.']);
    let looks_around = sorted.by_folder || sorted.unseen.is_some() || !sorted.carried.is_empty();
    let folder = cx.model.state(last_run).workdir.clone();
    let folder = folder.filter(|w| w.starts_with('/') && !w.contains(char::is_whitespace))?;
    if looks_around || program.arguments.iter().any(value) {
        if in_root(&folder) || in_root(binary) {
            return None;
        }
        let workdir = Some(folder).filter(|_| !sorted.tail_folder || sorted.by_folder);
        return Some(Place { target: binary.to_owned(), workdir, evidence: None });
    }
    let evidence = cx.evidence("nothing but Go sources is in the working directory", program.instruction);
    let moves = program.name.starts_with('.') || in_root(binary);
    let target = if moves { format!("/{}", binary.rsplit('/').next()?) } else { binary.to_owned() };
    Some(Place { target, workdir: None, evidence: Some(evidence) })
}

/// Folders of the official image's `PATH` in which a build may put a program.
const PATH: [&str; 5] = ["/go/bin", "/usr/local/sbin", "/usr/local/bin", "/usr/bin", "/bin"];

fn at<'c>(cx: &Context<'c>, index: usize) -> &'c Instruction<'c> {
    &cx.document.instructions[index]
}

fn is_linux_go(stage: &Stage) -> bool {
    let tag = stage.reference().and_then(|r| r.tag.map(str::to_owned)).unwrap_or_else(|| "latest".into());
    let plain = |t: Tag<'_>| matches!(t.flavour, Flavour::Default | Flavour::Debian(_) | Flavour::Alpine(_));
    stage.is(GOLANG) && (tag == "latest" || Tag::parse(&tag).is_some_and(plain))
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
