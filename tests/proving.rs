//! `harden prove` as far as no container engine is needed: what it refuses, what it says, what it leaves alone.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const GO: &str =
    "FROM golang:1.22\nWORKDIR /app\nCOPY go.mod main.go ./\nRUN go build -o main .\nCMD [\"./main\"]\n";

/// Runs the program in a folder, where no engine and no scanner is on PATH.
fn prove(folder: &Path, args: &[&str]) -> Output {
    let empty = folder.join("nothing-is-here");
    fs::create_dir_all(&empty).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_harden"));
    command
        .env("PATH", &empty)
        .env("TMPDIR", &empty)
        .env("XDG_CACHE_HOME", &empty)
        .current_dir(folder)
        .arg("prove")
        .args(args)
        .output()
        .unwrap()
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[track_caller]
fn refused(output: &Output, parts: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(output.stdout.is_empty());
    for part in parts {
        assert!(said.contains(part), "no {part:?} in:\n{said}");
    }
}

#[test]
fn without_an_engine_nothing_is_proven_or_written() {
    let folder = folder(&[
        ("Dockerfile", GO),
        ("go.mod", "module x\n\ngo 1.22\n"),
        ("main.go", "package main\n\nfunc main() {}\n"),
    ]);
    let output = prove(folder.path(), &["--apply"]);
    refused(&output, &["error: no container engine on PATH", "help: install"]);
    assert_eq!(fs::read_to_string(folder.path().join("Dockerfile")).unwrap(), GO);
    let output = prove(folder.path(), &["--engine", "podman"]);
    refused(&output, &["podman"]);
    assert_eq!(fs::read_dir(folder.path().join("nothing-is-here")).unwrap().count(), 0, "a log is left");
}

#[test]
fn a_file_that_stays_as_it_is_needs_no_proof() {
    let folder = folder(&[(
        "Containerfile",
        "FROM scratch\nCOPY main /main\nUSER 65532:65532\nENTRYPOINT [\"/main\"]\n",
    )]);
    let output = prove(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("nothing to build and compare"));
    let output = prove(folder.path(), &["-f", "json", "-o", "proof.json"]);
    assert_eq!(output.status.code(), Some(0));
    let record = fs::read_to_string(folder.path().join("proof.json")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    assert_eq!((&record["schema"], &record["verdict"]), (&1.into(), &"unchanged".into()));
}

#[test]
fn a_file_that_only_unsafe_fixes_change_says_so() {
    let text = "FROM golang:1.27 AS build\nWORKDIR /app\nCOPY go.mod *.go ./\nRUN go build -o /out/app .\n\nFROM debian:bookworm-slim\nCOPY --from=build /out/app /usr/bin/app\nHEALTHCHECK CMD [\"/usr/bin/app\", \"check\"]\nCMD [\"app\"]\n";
    let code = "package main\n\nimport \"net/http\"\n\nfunc main() {\n\thttp.ListenAndServe(os.Getenv(\"HOME\"), nil)\n}\n";
    let folder = folder(&[("Dockerfile", text), ("go.mod", "module x\n\ngo 1.22\n"), ("main.go", code)]);
    let output = prove(folder.path(), &[]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("unchanged:") && said.contains("with --unsafe, these recipes do more:"), "{said}");
}

#[test]
fn arguments_that_can_not_be_meant_are_refused() {
    let folder = folder(&[("Dockerfile", GO)]);
    let here = folder.path();
    refused(&prove(here, &["-"]), &["standard input"]);
    refused(&prove(here, &["missing"]), &["cannot read missing"]);
    refused(&prove(here, &["Dockerfile", "missing"]), &["cannot read missing"]);
    refused(&prove(here, &["nothing-is-here"]), &["no Dockerfile in nothing-is-here"]);
    refused(&prove(here, &["--wait", "0"]), &["--wait"]);
    refused(&prove(here, &["--timeout", "0"]), &["--timeout"]);
    refused(&prove(here, &["--timeout", "18446744073709551615"]), &["--timeout"]);
    refused(&prove(here, &["--scanner", "trivy"]), &["trivy", "help: install it"]);
    refused(&prove(here, &["--rung", "sttic"]), &["static, base-nossl"]);
    refused(&prove(here, &["--apply", "Dockerfile", "Dockerfile"]), &["cannot be used with"]);
}

#[test]
fn a_configuration_that_can_not_be_read_is_refused() {
    let folder = folder(&[("Dockerfile", GO), ("harden.toml", "[prove]\nwiat = 3\n")]);
    refused(&prove(folder.path(), &[]), &["harden.toml:2:1", "wiat"]);
    fs::write(folder.path().join("harden.toml"), "[prove]\nmounts = [{ source = '../..', target = '/x' }]\n")
        .unwrap();
    refused(&prove(folder.path(), &[]), &["folder of this file"]);
    fs::write(folder.path().join("harden.toml"), "[prove]\nmounts = [{ source = 'none', target = '/x' }]\n")
        .unwrap();
    refused(&prove(folder.path(), &[]), &["cannot mount none", "no such file"]);
}

#[test]
fn a_file_that_no_build_would_take_is_refused() {
    let folder = folder(&[("Dockerfile", "FROM golang:1.22\nRUNN go build\n")]);
    refused(&prove(folder.path(), &[]), &["cannot harden Dockerfile", "line 2"]);
}
