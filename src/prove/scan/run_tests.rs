//! Scanners that are scripts: how they are asked, and what becomes of those that fail.
#![allow(clippy::unwrap_used)]

use super::program::{self, Program};
use super::read_tests::{GRYPE, SCOUT, TRIVY_AFTER};
use super::sbom::{self, Lister};
use super::*;
use crate::prove::ErrorKind;
use crate::prove::process::{self, Cancel};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A folder for scanners that are scripts.
struct Stage(TempDir);

impl Stage {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A program that does what a shell script says.
    fn program(&self, name: &str, script: &str) -> Program {
        let path = self.path(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Program::named(path)
    }

    /// A program that prints a report.
    fn printer(&self, name: &str, report: &[u8], end: &str) -> Program {
        let file = self.path("report");
        fs::write(&file, report).unwrap();
        let seen = self.path("seen");
        self.program(name, &format!("echo \"$@\" >>{}\ncat {}\n{end}", seen.display(), file.display()))
    }

    fn seen(&self) -> String {
        fs::read_to_string(self.path("seen")).unwrap()
    }
}

fn limits() -> Limits {
    Limits { step: Duration::from_mins(1), image: u64::MAX, cancel: Cancel::default() }
}

#[test]
fn scanners_are_asked_the_way_they_document() {
    let archive = Path::new("/an archive.tar");
    let stage = Stage::new();
    let program = stage.printer("trivy", TRIVY_AFTER, "");
    Scanner::Trivy.scan_with(&program, archive, &limits()).unwrap();
    assert_eq!(
        stage.seen(),
        "image --no-progress --timeout=61s --format=json --output= --scanners=vuln --list-all-pkgs --exit-code=0 \
         --exit-on-eol=0 --input=/an archive.tar\n--version --format=json\n"
    );
    let stage = Stage::new();
    Scanner::Grype.scan_with(&stage.printer("grype", GRYPE, ""), archive, &limits()).unwrap();
    assert_eq!(stage.seen(), "--output=json --file= docker-archive:/an archive.tar\n");
    let stage = Stage::new();
    Scanner::Scout.scan_with(&stage.printer("docker", SCOUT, ""), archive, &limits()).unwrap();
    assert_eq!(stage.seen(), "scout cves --format sarif archive:///an archive.tar\n");
}

#[test]
fn trivy_s_version_comes_from_the_report_or_from_itself() {
    let stage = Stage::new();
    let script = r#"case $1 in image) echo '{"SchemaVersion": 2}' ;; *) echo '{"Version":"0.65.0"}' ;; esac"#;
    let scan = Scanner::Trivy.scan_with(&stage.program("trivy", script), Path::new("a"), &limits()).unwrap();
    assert_eq!(scan.version.as_deref(), Some("0.65.0"));
    let scan = trivy::parse(br#"{"SchemaVersion": 2, "Trivy": {"Version": "0.70.0"}}"#).unwrap();
    assert_eq!(scan.version.as_deref(), Some("0.70.0"));
}

#[test]
fn a_scanner_that_fails_says_why() {
    // Recorded from Trivy 0.65.0 without a network and without a database.
    let said = "2026-11-23T16:32:02Z\tINFO\t[vulndb] Need to update DB\n2026-11-23T16:32:02Z\tFATAL\tFatal error\trun error: \
                init error: DB error: failed to download vulnerability DB: OCI artifact error: failed to download \
                vulnerability DB: failed to download artifact from mirror.example/trivy-db:2: OCI repository error: 1 \
                error occurred:\n\t* Get \"https://mirror.example/v2/\": dial tcp: lookup mirror.example: no such host\n\n";
    let stage = Stage::new();
    fs::write(stage.path("said"), said).unwrap();
    let program = stage.program("trivy", &format!("cat {} >&2; exit 1", stage.path("said").display()));
    let error = Scanner::Trivy.scan_with(&program, Path::new("a"), &limits()).unwrap_err();
    assert_eq!(error.message, "trivy could not scan the image");
    let cause = error.cause.unwrap();
    assert!(
        cause.starts_with("run error: init error: DB error: failed to download vulnerability DB: "),
        "{cause}"
    );
    let end =
        "1 error occurred: Get \"https://mirror.example/v2/\": dial tcp: lookup mirror.example: no such host";
    assert!(cause.ends_with(end), "{cause}");
    assert!(cause.chars().count() <= 400);
    assert!(error.help.unwrap().ends_with("--scanner none"));
}

#[test]
fn colours_and_control_codes_do_not_pass() {
    let stage = Stage::new();
    let of = |scanner: Scanner, script: &str| {
        let program = stage.program("any", script);
        scanner.scan_with(&program, Path::new("a"), &limits()).unwrap_err().cause.unwrap()
    };
    let cause = of(Scanner::Grype, r"printf '\033[31mERROR\033[0m bad \007 archive\n' >&2; exit 1");
    assert_eq!(cause, "bad \\u{7} archive");
    // Recorded from Grype 0.121.2 without a network and without a database.
    let said = r"printf '[0000]  WARN unable to check for update\n[0014] ERROR \033[31mfailed to load vulnerability db: database does not exist\033[0m\n' >&2; exit 1";
    assert_eq!(of(Scanner::Grype, said), "failed to load vulnerability db: database does not exist");
    assert_eq!(
        of(Scanner::Scout, "echo 'ERROR   Log in with your Docker ID' >&2; exit 1"),
        "Log in with your Docker ID"
    );
    assert_eq!(of(Scanner::Scout, "exit 3"), "exit status: 3");
    let points = r"printf '2026-01-01T00:00:00Z\tFATAL\tFatal error\ttwo:\n\t* a.tar\n\t* b.tar\n\nsee help\n' >&2; exit 1";
    assert_eq!(of(Scanner::Trivy, points), "two: a.tar; b.tar");
    let cause = of(Scanner::Trivy, "printf 'start%5000dend' 0 >&2; exit 1");
    assert!(cause.starts_with("start") && cause.ends_with("end") && cause.len() < 410, "{cause}");
}

#[test]
fn settings_that_came_with_a_project_are_not_read() {
    let stage = Stage::new();
    let trivy = stage.program("trivy", "pwd >&2; echo \"$@\" >&2; exit 1");
    let said = trivy.run([program::prefixed("--input=", Path::new("a.tar"))], &limits()).unwrap().stderr;
    let here = std::env::current_dir().unwrap();
    assert_eq!(String::from_utf8(said).unwrap(), format!("/\n--input={}\n", here.join("a.tar").display()));
}

#[test]
fn a_failing_grade_of_grype_s_is_still_a_report() {
    let stage = Stage::new();
    let program = stage.printer("grype", GRYPE, "echo 'discovered vulnerabilities' >&2; exit 2");
    let scan = Scanner::Grype.scan_with(&program, Path::new("a"), &limits()).unwrap();
    assert_eq!(scan.vulnerabilities.len(), 2);
}

#[test]
fn a_scanner_that_does_not_end_is_ended() {
    let stage = Stage::new();
    let program = stage.program("grype", "sleep 60");
    let limits = Limits { step: Duration::from_millis(200), ..limits() };
    let from = Instant::now();
    let error = Scanner::Grype.scan_with(&program, Path::new("a"), &limits).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Timeout);
    limits.cancel.cancel(2);
    let error = Scanner::Grype.scan_with(&program, Path::new("a"), &limits).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Cancelled(2));
    assert!(from.elapsed() < Duration::from_secs(30));
}

#[test]
fn programs_are_looked_for_in_every_folder_of_path() {
    let stage = Stage::new();
    stage.program("trivy", "");
    fs::write(stage.path("grype"), "not a program").unwrap();
    fs::create_dir(stage.path("syft")).unwrap();
    let path = std::env::join_paths([Path::new("/does/not/exist"), stage.0.path()]).unwrap();
    assert_eq!(process::on_path(&path, "trivy"), Some(stage.path("trivy")));
    assert_eq!((process::on_path(&path, "grype"), process::on_path(&path, "syft")), (None, None));
    // A folder that is named from where the user is may be a stranger's.
    let up = "../".repeat(std::env::current_dir().unwrap().components().count() - 1);
    let near = format!("{up}{}", stage.0.path().strip_prefix("/").unwrap().display());
    assert!(Path::new(&near).join("trivy").exists());
    assert_eq!(process::on_path(near.as_ref(), "trivy"), None);
    assert!(scout::is_there(&stage.program("docker", "test \"$1 $2\" = 'scout version'")));
    assert!(!scout::is_there(
        &stage.program("docker", "echo \"docker: unknown command: docker $1\" >&2; exit 1")
    ));
    assert!(!scout::is_there(&Program::named(stage.path("absent"))));
}

#[test]
fn a_list_of_contents_is_written_whole_or_not_at_all() {
    let stage = Stage::new();
    let list = br#"{"bomFormat": "CycloneDX", "components": []}"#;
    let to = stage.path("list.json");
    let syft = Lister::Syft(stage.printer("syft", list, ""));
    sbom::write(&syft, Path::new("/a.tar"), &to, &limits()).unwrap();
    assert_eq!(fs::read(&to).unwrap(), list);
    assert_eq!(fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o644);
    assert_eq!(stage.seen(), "docker-archive:/a.tar --output=cyclonedx-json\n");

    for (printed, end) in
        [(&b"{\"bomFormat\": \"Cyc"[..], ""), (b"{\"bomFormat\": \"SPDX\"}", ""), (list, "exit 1"), (b"", "")]
    {
        let trivy = Lister::Trivy(stage.printer("trivy", printed, end));
        let error = sbom::write(&trivy, Path::new("/a.tar"), &to, &limits()).unwrap_err();
        assert_eq!(error.message, "trivy could not list what the image holds");
        assert!(error.help.unwrap().ends_with("leave out --sbom"));
        assert_eq!(fs::read(&to).unwrap(), list, "the file stays as it was");
    }
    assert!(
        stage
            .seen()
            .contains("image --no-progress --timeout=61s --format=cyclonedx --output= --input=/a.tar\n")
    );
    let error = sbom::write(&syft, Path::new("/a.tar"), &stage.path("no/list.json"), &limits()).unwrap_err();
    assert!(error.message.starts_with("cannot write "), "{error}");
    assert_eq!(
        fs::read_dir(stage.0.path())
            .unwrap()
            .filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().starts_with(".harden"))
            .count(),
        0
    );
}
