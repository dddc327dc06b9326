//! Real projects: which rung their images reach, and that nothing that their programs need is lost.
//!
//! Needs `HARDEN_CONTEXTS` (a list of projects in JSON: repository, path of the Dockerfile, commit, and what the program
//! needs) and `HARDEN_MIRRORS` (a folder with the git directory of each, named `owner+name`).
#![allow(clippy::doc_markdown, clippy::unwrap_used, clippy::print_stdout)]

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use harden::document::{Document, Instruction, Keyword, decode};
use harden::engine::{Outcome, harden};
use harden::model::{Base, Form, Model, State, expand};
use harden::project::{Commit, Project, Tree};
use serde::Deserialize;
use support::needs::{NEEDS, Need};
use support::repository;

/// The rungs, the most hardened first.
const RUNGS: [&str; 7] = ["static", "base-nossl", "base", "cc", "slim", "in-place", "hygiene"];

/// What a program needs, as judged by a reader of its project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
enum Label {
    /// Nothing but its binary.
    S,
    /// Files.
    A,
    /// cgo.
    C,
    /// Other programs.
    X,
    /// It is not alone.
    M,
}

/// A project of the list.
#[derive(Clone, Debug, Deserialize)]
struct Entry {
    repo: String,
    path: String,
    commit: String,
    label: Label,
}

/// A project, hardened one way.
struct Reached {
    rung: &'static str,
    /// Why it is not higher, and where.
    blockers: Vec<String>,
    /// What the final stage takes from elsewhere besides the program.
    carried: Vec<String>,
    misses: Vec<String>,
}

/// The projects and the folder of their repositories, or why there are none.
fn load() -> Result<(Vec<Entry>, PathBuf), String> {
    let list = support::path_from_env("HARDEN_CONTEXTS")?;
    let mirrors = support::path_from_env("HARDEN_MIRRORS")?;
    let mut entries: Vec<Entry> = serde_json::from_slice(&std::fs::read(list).unwrap()).unwrap();
    entries.sort_by(|a, b| (a.label, &a.repo).cmp(&(b.label, &b.repo)));
    Ok((entries, mirrors))
}

/// Hardens a project without and with unsafe fixes; says why not, if it can't be had.
fn results(entry: &Entry, mirrors: &Path) -> Result<[Reached; 2], String> {
    let folder = mirrors.join(entry.repo.replace('/', "+"));
    let git = repository::git_directory(&folder).ok_or_else(|| "no git directory".to_owned())?;
    let commit = &entry.commit;
    let source = Commit::new(&git, commit).read(&entry.path)?;
    let root = entry.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let project = Project::new(Box::new(Commit::new(&git, commit).folder(root)));
    let run = |include_unsafe| -> Result<Reached, String> {
        let settings = support::settings("go", include_unsafe);
        let outcome = catch_unwind(AssertUnwindSafe(|| harden(&source, Some(&project), &settings)));
        Ok(judge(entry, &outcome.map_err(|_| "panic".to_owned())?, include_unsafe))
    };
    Ok([run(false)?, run(true)?])
}

fn judge(entry: &Entry, outcome: &Outcome, include_unsafe: bool) -> Reached {
    let (before, after) = (decode(&outcome.before), decode(&outcome.after));
    let (before, after) = (Document::parse(&before.text), Document::parse(&after.text));
    let (before, after) = (Model::new(&before), Model::new(&after));
    let rung = rung(&after);
    let split = after.stages.len() > before.stages.len();
    let mut misses: Vec<String> = untrue(outcome, rung).into_iter().collect();
    if let Some(need) = NEEDS.iter().find(|need| need.repo == entry.repo) {
        // An unsafe fix says that it may be wrong; not where the code shows the programs that it runs.
        let known = matches!(entry.label, Label::X);
        if place(rung) < place(need.best) && (known || !include_unsafe) {
            misses.push(format!("it is on {rung}, and works on {} at best", need.best));
        }
        if split && (!include_unsafe || matches!(entry.label, Label::A | Label::S)) {
            misses.extend(lost(&after, need));
        }
    }
    if split {
        misses.extend(misnamed(&before, &after));
    }
    Reached { rung, blockers: blockers(outcome), carried: carried(&after), misses }
}

/// How far down a rung is.
fn place(rung: &str) -> usize {
    RUNGS.iter().position(|known| *known == rung).unwrap()
}

/// The image that the final stage stands on.
fn base(model: &Model<'_>) -> String {
    let stage = model.final_stage().unwrap();
    match &model.chain(stage).last().unwrap().base {
        Base::Image(image) => image.clone(),
        Base::Scratch => "scratch".to_owned(),
        other => format!("{other:?}"),
    }
}

/// The rung that the text is on, whatever the outcome says.
fn rung(model: &Model<'_>) -> &'static str {
    const BASES: [(&str, &str); 7] = [
        ("scratch", "static"),
        ("gcr.io/distroless/static", "static"),
        ("gcr.io/distroless/base-nossl", "base-nossl"),
        ("gcr.io/distroless/base", "base"),
        ("gcr.io/distroless/cc", "cc"),
        ("debian:", "slim"),
        ("alpine:", "slim"),
    ];
    let image = base(model);
    if let Some((_, rung)) = BASES.iter().find(|(base, _)| image.starts_with(base)) {
        return rung;
    }
    let user = model.end_state(model.final_stage().unwrap()).user.unwrap_or_default();
    if ["", "root", "0"].contains(&user.split(':').next().unwrap()) { "hygiene" } else { "in-place" }
}

/// Why it is not higher, and where.
fn blockers(outcome: &Outcome) -> Vec<String> {
    let blockers = outcome.ladder.iter().flat_map(|ladder| &ladder.blockers);
    let told = |id: serde_json::Value, line: Option<usize>| {
        let line = line.map_or_else(String::new, |line| format!(":{line}"));
        format!("{}{line}", id.as_str().unwrap())
    };
    blockers.map(|blocker| told(serde_json::to_value(blocker.id).unwrap(), blocker.line)).collect()
}

/// Where the outcome tells another rung than the text shows.
fn untrue(outcome: &Outcome, rung: &str) -> Option<String> {
    let Some(ladder) = &outcome.ladder else {
        return Some("the outcome tells no rung".to_owned());
    };
    let told = ladder.rung.name();
    let converted = place(told).min(place(rung)) <= place("slim");
    (converted && told != rung).then(|| format!("the outcome tells {told}, the text is on {rung}"))
}

/// The copies of the final stage, with their places in it.
fn copies<'m>(model: &'m Model<'m>) -> Vec<(&'m Instruction<'m>, State, Vec<String>)> {
    let stage = model.final_stage().unwrap();
    let bodies = model.chain(stage).flat_map(|stage| model.body(stage));
    let copies = bodies.filter(|(_, i)| matches!(i.keyword, Keyword::Copy | Keyword::Add));
    let paths = |index: usize, i: &Instruction<'_>| -> Vec<String> {
        let state = model.state(index);
        let lookup = |name: &str| state.variable(name);
        let words: Vec<String> = match &i.json {
            Some(words) => words.iter().map(|word| word.value.clone()).collect(),
            None => i.words().map(|word| word.text.to_owned()).collect(),
        };
        words.iter().filter_map(|word| expand(word, model.document.escape, &lookup)).collect()
    };
    copies.map(|(index, i)| (i, model.state(index).clone(), paths(index, i))).collect()
}

/// What the final stage of several takes from elsewhere.
fn carried(model: &Model<'_>) -> Vec<String> {
    if model.stages.len() < 2 {
        return Vec::new();
    }
    let mut targets: Vec<String> =
        copies(model).into_iter().filter_map(|(_, _, mut paths)| paths.pop()).collect();
    targets.dedup();
    targets
}

/// The copy that puts a file into the final stage.
fn copy_of<'m>(model: &'m Model<'m>, file: &str) -> Option<&'m Instruction<'m>> {
    let covers = |state: &State, paths: &[String]| {
        let (target, sources) = paths.split_last()?;
        let folder = target.ends_with('/') || sources.len() > 1;
        let target = state.absolute(target)?;
        let name = |path: &str| path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
        let inside = file.strip_prefix(&target).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let same = sources.iter().any(|source| name(source) == name(&target) || source.ends_with(['.', '/']));
        let into = folder && sources.iter().any(|source| join(&target, &name(source)) == file);
        (into || (!folder && target == file) || (inside && same)).then_some(())
    };
    copies(model).into_iter().find(|(_, state, paths)| covers(state, paths).is_some()).map(|(i, _, _)| i)
}

fn join(folder: &str, path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("{}/{path}", folder.trim_end_matches('/')) }
}

/// What a program needs and its final stage has not.
fn lost(model: &Model<'_>, need: &Need) -> Vec<String> {
    let state = model.end_state(model.final_stage().unwrap());
    let mut misses = Vec::new();
    if let Some(workdir) = need.workdir
        && state.workdir.as_deref() != Some(workdir)
    {
        misses.push(format!("it starts in {:?}, not in {workdir}", state.workdir));
    }
    for file in need.files {
        let (written, file) = file.strip_prefix('+').map_or((false, *file), |file| (true, file));
        let file = join(need.workdir.unwrap_or("/"), file);
        match copy_of(model, &file) {
            None => misses.push(format!("{file} is lost")),
            Some(copy) if written && copy.flag("chown").is_none_or(|owner| !owner.starts_with("65532")) => {
                misses.push(format!("{file} can't be written"));
            }
            Some(_) => {}
        }
    }
    misses
}

/// The program that an image starts, if the text names one.
fn program(model: &Model<'_>) -> Option<String> {
    let command = model.command(model.final_stage()?);
    let form = command.entrypoint.or(command.cmd)?.1;
    match form {
        Form::Exec(words) => words.first().cloned(),
        Form::Shell(text) => text.split_whitespace().next().map(str::to_owned),
    }
}

/// What is wrong with the program that a converted image starts: programs see their own name, and it must be there.
fn misnamed(before: &Model<'_>, after: &Model<'_>) -> Option<String> {
    let name = |program: &str| program.rsplit('/').next().unwrap_or_default().to_owned();
    let Some(new) = program(after) else {
        return Some("it starts nothing".to_owned());
    };
    let old = program(before).filter(|old| old != "go-wrapper");
    if old.as_ref().is_some_and(|old| name(old) != name(&new)) {
        return Some(format!("it starts {new}, not {}", old.unwrap_or_default()));
    }
    let state = after.end_state(after.final_stage()?);
    let places = if new.contains('/') {
        vec![state.absolute(&new)?]
    } else {
        const SEARCHED: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        let path = state.set("PATH").unwrap_or_else(|| SEARCHED.to_owned());
        path.split(':').map(|folder| join(folder, &new)).collect()
    };
    let there = places.iter().any(|place| copy_of(after, place).is_some());
    (!there).then(|| format!("nothing copies {new}"))
}

/// Prints one line of the table.
fn tell(entry: &Entry, [safe, all]: &[Reached; 2]) {
    let first: Vec<_> = safe.blockers.iter().take(4).map(String::as_str).collect();
    println!(
        "  {:<46}{:?}  {:<11}{:<11}{}  [{}]",
        entry.repo,
        entry.label,
        safe.rung,
        all.rung,
        first.join(" "),
        all.carried.join(" ")
    );
}

#[test]
fn real_projects_get_a_rung_on_which_they_work() {
    let (entries, mirrors) = match load() {
        Ok(found) => found,
        Err(reason) => {
            return println!("SKIPPED real_projects_get_a_rung_on_which_they_work: {reason}");
        }
    };
    let found = support::in_parallel(support::cores(), &entries, |entry| results(entry, &mirrors));
    println!(
        "\n  {:<46}   {:<11}{:<11}what keeps it from more  [copied to]",
        "project", "safe", "unsafe too"
    );
    let mut misses = Vec::new();
    let mut reached = [0; 2];
    let mut simple = 0;
    for (entry, result) in entries.iter().zip(&found) {
        let Ok(result) = result else {
            misses.push(format!("{}: {}", entry.repo, result.as_ref().err().unwrap()));
            continue;
        };
        tell(entry, result);
        simple += usize::from(entry.label == Label::S);
        for (way, result) in result.iter().enumerate() {
            reached[way] += usize::from(entry.label == Label::S && result.rung == "static");
            let said = result.misses.iter().map(|miss| format!("{}: {miss}", entry.repo));
            misses.extend(said.filter(|said| !misses.contains(said)).collect::<Vec<_>>());
        }
    }
    println!(
        "\n  {simple} need nothing but the binary; on static are {} safe, {} unsafe too",
        reached[0], reached[1]
    );
    assert!(misses.is_empty(), "{} misses:\n{}", misses.len(), misses.join("\n"));
    assert!(reached[1] * 100 >= simple * 85, "too few reach static");
}

/// What a result lacks that the first project of the list needs.
fn lost_from(rest: &str) -> Vec<String> {
    let text = format!("FROM golang AS builder\nRUN true\nFROM gcr.io/distroless/static-debian13\n{rest}");
    let document = Document::parse(&text);
    lost(&Model::new(&document), &NEEDS[0])
}

#[test]
fn a_lost_or_read_only_file_is_noticed() {
    const PLACE: &str = "/go/src/github.com/bonde-redirect";
    let file = format!("{PLACE}/redirects.csv");
    let copy = |owner: &str| format!("WORKDIR {PLACE}\nCOPY --from=builder {owner} {file} {file}\n");
    assert_eq!(lost_from(&copy("--chown=65532:65532")), [""; 0]);
    assert_eq!(lost_from(&copy("")), [format!("{file} can't be written")]);
    assert_eq!(lost_from(&format!("WORKDIR {PLACE}\n")), [format!("{file} is lost")]);
    let folder = format!("WORKDIR {PLACE}\nCOPY --from=builder --chown=65532 {PLACE} {PLACE}\n");
    assert_eq!(lost_from(&folder), [""; 0]);
    let context = format!("WORKDIR {PLACE}\nCOPY --chown=65532 *.go redirects.csv ./\n");
    assert_eq!(lost_from(&context), [""; 0]);
    let elsewhere = format!("COPY --chown=65532 redirects.csv {file}\n");
    assert_eq!(lost_from(&elsewhere), [format!("it starts in Some(\"/\"), not in {PLACE}")]);
}

/// What is wrong with the program of a text made from another.
fn misnamed_in(before: &str, after: &str) -> Option<String> {
    let (before, after) = (Document::parse(before), Document::parse(after));
    misnamed(&Model::new(&before), &Model::new(&after))
}

#[test]
fn a_missing_or_renamed_program_is_noticed() {
    const BEFORE: &str = "FROM golang\nRUN go install svc\nCMD [\"svc\", \"-v\"]\n";
    let after = |rest: &str| {
        let text = format!("{BEFORE}FROM gcr.io/distroless/static-debian13\n{rest}");
        misnamed_in(BEFORE, &text)
    };
    assert_eq!(after("COPY --from=0 /go/bin/svc /usr/bin/\nCMD [\"svc\", \"-v\"]\n"), None);
    assert_eq!(after("COPY --from=0 /out/app /app/svc\nWORKDIR /app\nENTRYPOINT [\"./svc\"]\n"), None);
    let renamed = after("COPY --from=0 /go/bin/svc /app\nENTRYPOINT [\"/app\"]\n");
    assert_eq!(renamed.as_deref(), Some("it starts /app, not svc"));
    let missing = after("COPY --from=0 /go/bin/svc /go/bin/svc\nCMD [\"svc\"]\n");
    assert_eq!(missing.as_deref(), Some("nothing copies svc"));
}
