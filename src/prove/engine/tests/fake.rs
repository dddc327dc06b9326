//! An engine made of a shell script: it writes down what it is asked, and keeps what it "makes" in files.

use crate::prove::engine::{Build, Confinement, Start};
use crate::prove::process::{Cancel, Limits};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// The folder that is the PATH.
pub(super) struct Fake(TempDir);

/// Prints the value of an option.
const VALUE: &str =
    r#"value() { o=$1; shift; while [ $# -gt 0 ]; do [ "$1" != "$o" ] || echo "$2"; shift; done; }"#;
/// What docker does when all is well. `@/` is the folder.
const DOCKER: &str = r#"
case "$*" in
  --version) echo "Docker version 28.2.2, build e6534b4" ;;
  "version "*) echo 28.2.2 ;;
  "buildx version") ;;
  "buildx build "*) value --tag "$@" >>@/images ;;
  "run "*|"create "*) value --name "$@" >>@/containers; echo 0123456789 ;;
  "volume create "*) for last; do :; done; echo "$last" >>@/volumes ;;
  "ps "*) cat @/containers ;;
  "images "*) cat @/images ;;
  "volume ls "*) cat @/volumes ;;
  "rm "*) for it; do sed -i "/^$it\$/d" @/containers; done ;;
  "rmi "*) for it; do sed -i "\\|^$it\$|d" @/images; done ;;
  "volume rm "*) for it; do sed -i "/^$it\$/d" @/volumes; done ;;
  "image inspect "*) echo 1000 ;;
  "container inspect "*) echo '[{"Id":"abc","State":{"Running":true,"Pid":0}}]' ;;
esac
"#;

impl Fake {
    pub(super) fn new() -> Self {
        let fake = Self(tempfile::tempdir().unwrap());
        for name in ["images", "containers", "volumes", "log"] {
            std::fs::write(fake.file(name), "").unwrap();
        }
        fake
    }

    /// Adds an engine that does something else in some cases, written as a shell does in `case`.
    pub(super) fn docker(self, cases: &str) -> Self {
        let cases = if cases.is_empty() { String::new() } else { format!("case \"$*\" in {cases} esac\n") };
        self.program("docker", &format!("{VALUE}\n{cases}{DOCKER}"))
    }

    pub(super) fn program(self, name: &str, script: &str) -> Self {
        let folder = format!("{}/", self.0.path().display());
        let script = format!("#!/bin/sh\necho \"{name} $*\" >>@/log\n{script}").replace("@/", &folder);
        // Written by a process of its own: else a process that another test starts meanwhile may hold the file open for
        // writing, and it could not be executed.
        let words = ["-c", "cat >\"$0\" && chmod 755 \"$0\""];
        let mut shell =
            Command::new("sh").args(words).arg(self.file(name)).stdin(Stdio::piped()).spawn().unwrap();
        shell.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        assert!(shell.wait().unwrap().success());
        self
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(super) fn path(&self) -> &OsStr {
        self.0.path().as_os_str()
    }

    pub(super) fn folder(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap()
    }

    /// What was made and is still there.
    pub(super) fn left(&self) -> String {
        ["images", "containers", "volumes"].iter().map(|name| self.read(name)).collect()
    }
}

pub(super) fn limits() -> Limits {
    Limits { step: Duration::from_mins(1), image: 1_000_000, cancel: Cancel::default() }
}

pub(super) fn dockerfile(text: &str, context: &Path) -> Build {
    Build {
        text: text.into(),
        name: "Dockerfile".into(),
        folder: context.into(),
        context: context.into(),
        ..Build::default()
    }
}

pub(super) fn start<'a>(image: &'a str, arguments: &'a [String], ports: &'a BTreeSet<u16>) -> Start<'a> {
    Start {
        image,
        arguments,
        entrypoint: None,
        environment: &[],
        mounts: &[],
        confinement: Confinement::default(),
        refuse_low_ports: false,
        ports,
    }
}
