#![allow(clippy::unwrap_used)]

use super::super::Exit;
use super::super::args::Arguments;
use super::super::job::{Run, Stdin};
use super::super::projects::Projects;
use super::super::terminal::Terminal;
use super::*;
use crate::catalog::View;
use crate::edit::Applicability;
use crate::recipe::{Phase, Recipe};
use crate::transform::{Context, Proposals, Transform};
use clap::Parser as _;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;

/// Wants an ignore file to say the name of the first stage's image.
#[derive(Debug)]
struct Ignoring;

impl Transform for Ignoring {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let from = &cx.document.instructions[0];
        let line = format!("{}\n", from.args());
        let before = cx.project.and_then(|project| project.ignore_file().unwrap());
        let before = before.map(|file| String::from_utf8(file.bytes).unwrap());
        if before.as_ref().is_some_and(|text| text.contains(&line)) {
            return;
        }
        let text = format!("{}{line}", before.clone().unwrap_or_default());
        let file = NewFile { path: ".dockerignore".into(), before, text };
        out.fix("it is not ignored", "ignore it", from.span).files([file]).done();
    }
}

fn recipe() -> Recipe {
    Recipe {
        id: "ignoring".into(),
        title: "t".into(),
        since: "0".into(),
        applies: Applicability::Safe,
        phase: Phase::Files,
        tags: Vec::new(),
        links: Vec::new(),
        rules: Vec::new(),
        what: String::new(),
        why: String::new(),
        safety: String::new(),
        steps: Vec::new(),
        examples: Vec::new(),
        transforms: vec![Box::new(Ignoring)],
    }
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// What is printed for the Dockerfiles of a folder, what is told, and how it ends.
fn run(folder: &TempDir, arguments: &[&str], dockerfiles: &[&str]) -> (String, String, Exit) {
    let arguments = Arguments::parse_from(["harden"].iter().chain(arguments));
    let inputs: Vec<Input> = dockerfiles.iter().map(|name| Input::File(folder.path().join(name))).collect();
    outcome(folder, recipe(), &arguments, &inputs, &Stdin::new())
}

fn outcome(
    folder: &TempDir,
    recipe: Recipe,
    arguments: &Arguments,
    inputs: &[Input],
    stdin: &Stdin,
) -> (String, String, Exit) {
    let settings = Settings::new(vec![recipe.into()], Arc::new(View::of_listings()));
    let projects = Projects::of(inputs, &settings);
    let (options, global) = (&arguments.options, &arguments.global);
    let terminal = Terminal::new(global.color);
    let run = Run { options, global, projects: &projects, terminal, folder: folder.path(), stdin };
    let (mut brought, mut printed, mut told, mut exit) =
        (Brought::new(), String::new(), String::new(), Exit::Done);
    for input in inputs {
        let done = run.settle(run.file(input), &mut brought);
        printed.push_str(&String::from_utf8(done.product).unwrap());
        told.push_str(&done.talk);
        exit = exit.max(done.exit);
    }
    (printed, told, exit)
}

fn text(folder: &TempDir, path: &str) -> Option<String> {
    fs::read_to_string(folder.path().join(path)).ok()
}

const TWO: [(&str, &str); 3] =
    [("svc/a.Dockerfile", "FROM a\nCOPY x /\n"), ("svc/b.Dockerfile", "FROM b\nCOPY x /\n"), ("svc/x", "")];
const BOTH: [&str; 2] = ["svc/a.Dockerfile", "svc/b.Dockerfile"];

#[test]
fn a_patch_makes_a_file_that_a_later_one_adds_to() {
    for program in [&["git", "apply"][..], &["patch", "-p1"]] {
        let folder = folder(&TWO);
        let (patch, _, exit) = run(&folder, &["-f", "diff"], &BOTH);
        assert_eq!(exit, Exit::Done);
        assert_eq!(
            patch,
            "--- /dev/null\n+++ b/svc/.dockerignore\n@@ -0,0 +1 @@\n+a\n\
             --- a/svc/.dockerignore\n+++ b/svc/.dockerignore\n@@ -1 +1,2 @@\n a\n+b\n"
        );
        assert_eq!(text(&folder, "svc/.dockerignore"), None, "a preview writes nothing");
        let mut child = Command::new(program[0]);
        child.args(&program[1..]).current_dir(folder.path()).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = child.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), patch.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "{program:?}");
        assert_eq!(text(&folder, "svc/.dockerignore").unwrap(), "a\nb\n");
        assert_eq!(run(&folder, &["-f", "diff"], &BOTH).0, "", "a second run finds nothing");
    }
}

#[test]
fn a_file_is_written_with_the_dockerfile_and_counts_for_a_check() {
    let folder = folder(&TWO);
    assert_eq!(run(&folder, &["--check"], &BOTH[..1]).2, Exit::Found);
    assert_eq!(text(&folder, "svc/.dockerignore"), None);
    let (printed, _, exit) = run(&folder, &["--apply"], &BOTH);
    assert_eq!((printed.matches("ignoring: ignore it").count(), exit), (2, Exit::Done));
    assert_eq!(text(&folder, "svc/.dockerignore").unwrap(), "a\nb\n");
    assert_eq!(text(&folder, BOTH[0]).unwrap(), TWO[0].1);
    assert_eq!(run(&folder, &["--check"], &BOTH).2, Exit::Done);
}

#[test]
fn a_program_is_told_of_the_files() {
    let folder = folder(&TWO);
    let (printed, ..) = run(&folder, &["-f", "json"], &BOTH[..1]);
    let record: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(record["changed"], true);
    assert_eq!(record["findings"][0]["state"], "applied");
    let expected = serde_json::json!([{"path": "svc/.dockerignore", "before": null, "after": "a\n"}]);
    assert_eq!(record["files"], expected);
}

#[test]
fn a_file_goes_with_standard_input_only_where_its_folder_is_given() {
    let folder = folder(&TWO);
    let stdin = Stdin::from(Ok(b"FROM a\n".to_vec()));
    let of = |arguments: &[&str]| {
        let arguments = Arguments::parse_from(["harden"].iter().chain(arguments));
        outcome(&folder, recipe(), &arguments, &[Input::Stdin(None)], &stdin)
    };
    assert_eq!(of(&["-f", "diff", "-"]).0, "");
    let context = folder.path().join("svc");
    let context = context.to_str().unwrap();
    assert!(of(&["-f", "diff", "--context", context, "-"]).0.contains("+++ b/svc/.dockerignore\n"));
    let (printed, told, _) = of(&["--apply", "--context", context, "-"]);
    assert_eq!(printed, "FROM a\n");
    assert_eq!(told, "svc/.dockerignore is not written: give the Dockerfile by its path\n");
    assert_eq!(text(&folder, "svc/.dockerignore"), None);
}
