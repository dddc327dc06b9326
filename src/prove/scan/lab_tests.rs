//! The real Trivy on real images, before and after hardening. `tests/lab/scanner/build DIR` makes what this needs.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use super::program::{self, Program};
use super::*;
use crate::prove::process::Cancel;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

/// The article's file, hardened: its rewriting is tested elsewhere.
const HARDENED: &str = "FROM cgr.dev/chainguard/go:latest AS builder
WORKDIR /app
COPY src/go.mod .
RUN go mod download
COPY src/main.go ./
RUN CGO_ENABLED=0 GOOS=linux go build -ldflags=\"-s -w\" -o main .

FROM gcr.io/distroless/static-debian13
COPY --from=builder /app/main /main
USER 65532:65532
ENTRYPOINT [\"/main\"]
";

/// Trivy, where this run may use it, and whether its database is the one of `tests/lab/scanner`.
fn trivy() -> Result<(Program, bool), &'static str> {
    if env::var("HARDEN_LAB").as_deref() != Ok("1") {
        return Err("set HARDEN_LAB=1");
    }
    let own = env::var_os("HARDEN_TRIVY").map(PathBuf::from);
    let Some(path) = own else {
        let there = program::on_path("trivy");
        return if there { Ok((trivy::quiet(Program::on_path("trivy")), false)) } else { Err(MISSING) };
    };
    let cache = path.parent().unwrap().join("cache");
    let mut program = trivy::quiet(Program::named(&path));
    if !cache.join("db/trivy.db").exists() {
        return Ok((program, false));
    }
    program = program.with("TRIVY_CACHE_DIR", cache);
    for setting in ["SKIP_DB_UPDATE", "SKIP_JAVA_DB_UPDATE", "SKIP_VEX_REPO_UPDATE", "OFFLINE_SCAN"] {
        program = program.with(format!("TRIVY_{setting}"), "true");
    }
    Ok((program, true))
}

const MISSING: &str = "no trivy on PATH; set HARDEN_TRIVY to the one that tests/lab/scanner/build has made";

/// An image that goes with its test.
struct Tag(String);

impl Drop for Tag {
    fn drop(&mut self) {
        Command::new("docker").args(["image", "rm", "--force", &self.0]).output().ok();
    }
}

/// The example, built from this text and saved to a file.
fn archive(folder: &Path, side: &str, dockerfile: &str) -> PathBuf {
    let context = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/go-http");
    let file = folder.join(side);
    fs::write(&file, dockerfile).unwrap();
    let tag = Tag(format!("harden-scan-{}:{side}", std::process::id()));
    docker(&["build", "--file", file.to_str().unwrap(), "--tag", &tag.0, context]);
    let saved = file.with_extension("tar");
    docker(&["save", "--output", saved.to_str().unwrap(), &tag.0]);
    saved
}

fn docker(arguments: &[&str]) {
    let output = Command::new("docker").args(arguments).output().unwrap();
    assert!(output.status.success(), "docker {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Ids with their packages, each once.
fn names(found: &[Vulnerability]) -> Vec<String> {
    let mut names: Vec<_> = found.iter().map(|one| format!("{} {}", one.id, one.package)).collect();
    names.sort();
    names
}

#[test]
fn real_trivy_sees_critical_vulnerabilities_go() {
    let (program, own) = match trivy() {
        Ok(found) => found,
        Err(why) => return println!("SKIPPED: real_trivy_sees_critical_vulnerabilities_go: {why}"),
    };
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { step: Duration::from_mins(10), image: u64::MAX, cancel: Cancel::default() };
    let scan = |archive: &Path| Scanner::Trivy.scan_with(&program, archive, &limits).unwrap();
    let original = include_str!("../../../examples/go-http/Dockerfile");
    let before = scan(&archive(folder.path(), "before", original));
    let after_archive = archive(folder.path(), "after", HARDENED);
    let after = scan(&after_archive);

    assert!(before.version.is_some());
    assert!(
        before.packages.unwrap() > 100 && after.packages.unwrap() < 20,
        "{:?}, {:?}",
        before.packages,
        after.packages
    );
    assert!(before.count(Severity::Critical) > 0);
    assert_eq!(after.count(Severity::Critical), 0);
    let gone = before.vulnerabilities.iter().filter(|one| !after.vulnerabilities.contains(one));
    let gone: Vec<_> = gone.cloned().collect();
    assert_eq!(
        gone.iter().filter(|one| one.severity == Severity::Critical).count(),
        before.count(Severity::Critical)
    );
    if own {
        // Advisories that the images' versions have the fix of are in the database too.
        assert_eq!(
            names(&gone),
            [
                "CVE-2005-2541 tar",
                "CVE-2011-3374 apt",
                "CVE-2011-3374 libapt-pkg6.0",
                "CVE-2023-2953 libldap-2.5-0",
                "CVE-2023-45853 zlib1g",
                "CVE-2023-50495 libtinfo6",
                "CVE-2023-50495 ncurses-base",
                "CVE-2023-50495 ncurses-bin",
                "CVE-2024-45341 stdlib",
                "CVE-2025-22871 stdlib",
                "CVE-2025-61729 stdlib",
            ]
        );
        assert!(after.vulnerabilities.is_empty(), "{:?}", after.vulnerabilities);
    }
    lists_contents(&program, folder.path(), &after_archive, &limits);
    tells_why_it_fails(&program, folder.path(), &limits);
}

/// What the new image holds names the program's module and what it was built with.
fn lists_contents(program: &Program, folder: &Path, archive: &Path, limits: &Limits) {
    let to = folder.join("list.json");
    sbom::write(&sbom::Lister::Trivy(program.clone()), archive, &to, limits).unwrap();
    let list = fs::read_to_string(&to).unwrap();
    assert!(list.contains("example.com/go-http") && list.contains("stdlib"), "{list}");
}

fn tells_why_it_fails(program: &Program, folder: &Path, limits: &Limits) {
    let broken = folder.join("broken.tar");
    fs::write(&broken, "no archive").unwrap();
    let error = Scanner::Trivy.scan_with(program, &broken, limits).unwrap_err();
    let cause = error.cause.unwrap();
    assert!(cause.contains("as a Docker image: unexpected EOF"), "{cause}");
    let bare =
        program.clone().with("TRIVY_CACHE_DIR", folder.join("empty")).with("TRIVY_SKIP_DB_UPDATE", "true");
    let error = Scanner::Trivy.scan_with(&bare, &broken, limits).unwrap_err();
    let cause = error.cause.unwrap();
    assert!(cause.contains("init error: DB error: "), "{cause}");
}
