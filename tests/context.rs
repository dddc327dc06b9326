//! The build context on the command line: given, found, or left out.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const DOCKERFILE: &str = "FROM golang:1.22\nWORKDIR /app\nCOPY go.mod .\nCOPY main.go .\nRUN go build -o main .\nCMD [\"./main\"]\n";

fn run(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harden"));
    command
        .env_remove("CI")
        .env_remove("GITHUB_ACTIONS")
        .env("NO_COLOR", "1")
        .env("XDG_CACHE_HOME", "/nonexistent")
        .current_dir(folder);
    let stdin = fs::File::open(folder.join("Dockerfile")).unwrap();
    command.args(args).stdin(Stdio::from(stdin)).output().unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("a b")).unwrap();
    for (name, text) in [
        ("Dockerfile", DOCKERFILE),
        ("go.mod", "module example.org/a\n"),
        ("main.go", "package main\n\nfunc main() {}\n"),
        ("a b/go.mod", "module example.org/a\n"),
        ("a b/main.go", "package main\n\nfunc main() {}\n"),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn what_is_no_folder_is_refused() {
    let dir = folder();
    for (name, cause) in [("nowhere", "no such file or folder"), ("go.mod", "it is not a folder")] {
        let output = run(dir.path(), &["--context", name, "Dockerfile"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty());
        let expected = format!("error: cannot build from {name}\n  cause: {cause}\n  help: --context takes");
        assert!(err(&output).starts_with(&expected), "{}", err(&output));
    }
    let output = run(dir.path(), &["--context", ".", "--no-context", "Dockerfile"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("cannot be used with"), "{}", err(&output));
}

#[test]
fn the_command_that_applies_repeats_the_context() {
    let dir = folder();
    for (args, command) in [
        (&["Dockerfile"][..], "harden --apply Dockerfile\n"),
        (&["--context", "a b", "Dockerfile"], "harden --apply --context 'a b' Dockerfile\n"),
        (&["--no-context", "Dockerfile"], "harden --apply --no-context Dockerfile\n"),
    ] {
        let output = run(dir.path(), args);
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        assert!(err(&output).contains(&format!("Apply with: {command}")), "{}", err(&output));
    }
}

#[test]
fn a_context_does_no_harm_where_it_says_nothing_new() {
    let dir = folder();
    let patch = |args: &[&str]| {
        let output = run(dir.path(), args);
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        output.stdout
    };
    let expected = patch(&["-f", "diff", "Dockerfile"]);
    assert!(!expected.is_empty());
    assert_eq!(patch(&["-f", "diff", "--context", "a b", "Dockerfile"]), expected);
    assert_eq!(patch(&["-f", "diff", "--context", "a b", "-"]), expected);
}
