//! Where `harden prove` can't do its work: what it says, how it ends, and that nothing stays behind.

use crate::support::{Ended, Lab, ended, finished, harden, text};
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const OLD: &str = "FROM debian:bookworm-slim\nCMD [\"sleep\", \"300\"]\n";
const NEW: &str = "FROM debian:bookworm-slim\nUSER 65532:65532\nCMD [\"sleep\", \"300\"]\n";

/// Two Dockerfiles to compare, and the command that does.
struct Pair {
    folder: TempDir,
}

impl Pair {
    fn new(old: &str, new: &str) -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("Dockerfile"), old).unwrap();
        fs::write(folder.path().join("new.Dockerfile"), new).unwrap();
        Self { folder }
    }

    fn command(&self, lab: &Lab) -> Command {
        let mut command = harden(lab);
        command.args(["prove", "--scanner", "none", "Dockerfile", "new.Dockerfile"]);
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }
}

/// Asserts how a run ended, what it said, and that nothing stayed.
#[track_caller]
fn is_told(ended: &Ended, code: i32, parts: &[&str]) {
    let (output, left) = (&ended.output, &ended.left);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}{}", text(&output.stdout));
    for part in parts {
        assert!(said.contains(part), "no {part:?} in:\n{said}");
    }
    assert!(!said.contains("panicked"), "{said}");
    assert!(left.is_empty(), "left behind: {left:?}");
}

#[test]
fn without_an_engine_it_says_what_to_install() {
    let Some(lab) = Lab::open("no engine") else { return };
    let empty = TempDir::new().unwrap();
    let pair = Pair::new(OLD, NEW);
    let run = ended(pair.command(&lab).env("PATH", empty.path()));
    is_told(&run, 2, &["no container engine", "help: install"]);
}

#[test]
fn an_engine_that_is_down_is_told_from_one_that_is_missing() {
    let Some(lab) = Lab::open("an engine that is down") else { return };
    let pair = Pair::new(OLD, NEW);
    let run =
        ended(pair.command(&lab).args(["--engine", "docker"]).env("DOCKER_HOST", "unix:///nowhere.sock"));
    is_told(&run, 2, &["docker", "help:"]);
}

#[test]
fn an_engine_without_rights_is_told() {
    let Some(_lab) = Lab::open("an engine without rights") else { return };
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if !is_root {
        println!("SKIPPED an engine without rights: only root can become somebody else");
        return;
    }
    let pair = Pair::new(OLD, NEW);
    let place = pair.folder.path().join("harden");
    fs::copy(env!("CARGO_BIN_EXE_harden"), &place).unwrap();
    let open = Command::new("chmod").args(["-R", "a+rX"]).arg(pair.folder.path()).status().unwrap();
    assert!(open.success());
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(&place)
        .args(["prove", "--engine", "docker", "--scanner", "none", "Dockerfile", "new.Dockerfile"])
        .env("HOME", "/nonexistent")
        .current_dir(pair.folder.path());
    let run = ended(&mut command);
    is_told(&run, 2, &["permission denied", "help:"]);
}

#[test]
fn an_original_that_does_not_build_is_told_with_its_line() {
    let Some(lab) = Lab::open("an original that does not build") else { return };
    let old = "FROM debian:bookworm-slim\n\nRUN echo the reason is here && exit 7\n";
    let pair = Pair::new(old, NEW);
    let run = ended(&mut pair.command(&lab));
    is_told(&run, 2, &["the original does not build", "line 3", "the reason is here", "help:"]);
}

#[test]
fn a_rewrite_that_does_not_build_breaks_the_proof() {
    let Some(lab) = Lab::open("a rewrite that does not build") else { return };
    let new = "FROM debian:bookworm-slim\nRUN echo it broke && exit 7\nUSER 65532\n";
    let pair = Pair::new(OLD, new);
    let run = ended(&mut pair.command(&lab));
    is_told(&run, 1, &[]);
    let told = text(&run.output.stdout);
    for part in ["different[build-fails]", "line 2", "it broke"] {
        assert!(told.contains(part), "no {part:?} in:\n{told}");
    }
}

#[test]
fn a_build_without_end_is_ended() {
    let Some(lab) = Lab::open("a build without end") else { return };
    let old = "FROM debian:bookworm-slim\nRUN sleep 600\n";
    let began = Instant::now();
    let pair = Pair::new(old, NEW);
    let run = ended(pair.command(&lab).args(["--timeout", "5"]));
    is_told(&run, 2, &["more than 5 s", "--timeout"]);
    assert!(began.elapsed() < Duration::from_mins(1), "it took {:?}", began.elapsed());
}

#[test]
fn an_image_that_is_too_large_is_left_alone() {
    let Some(lab) = Lab::open("an image that is too large") else { return };
    let pair = Pair::new(OLD, NEW);
    let run = ended(pair.command(&lab).args(["--max-size", "0.01"]));
    is_told(&run, 2, &["--max-size"]);
}

#[test]
fn a_disk_without_room_is_told() {
    let Some(lab) = Lab::open("a disk without room") else { return };
    let Some(disk) = Disk::of("4m") else {
        println!("SKIPPED a disk without room: no small file system can be mounted here");
        return;
    };
    let pair = Pair::new(OLD, NEW);
    let run = ended(pair.command(&lab).env("TMPDIR", &disk.0));
    is_told(&run, 2, &["help:", "TMPDIR"]);
    assert_eq!(fs::read_dir(&disk.0).unwrap().count(), 0, "files stayed on the disk");
}

/// A small file system.
struct Disk(PathBuf);

impl Disk {
    fn of(size: &str) -> Option<Self> {
        let place = TempDir::new().unwrap().keep();
        let options = format!("size={size}");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(&place).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(place))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        Command::new("umount").arg(&self.0).status().ok();
        fs::remove_dir(&self.0).ok();
    }
}

#[test]
fn a_signal_while_it_builds_leaves_nothing() {
    let Some(lab) = Lab::open("a signal during a build") else { return };
    let pair = Pair::new("FROM debian:bookworm-slim\nRUN sleep 600\n", NEW);
    let log = pair.folder.path().join("build.log");
    let child = started(pair.command(&lab).arg("--log").arg(&log));
    await_that("the build runs", || fs::read_to_string(&log).is_ok_and(|text| text.contains("sleep 600")));
    is_told(&interrupted(child), 130, &["stopped"]);
}

#[test]
fn a_signal_while_it_runs_containers_leaves_nothing() {
    let Some(lab) = Lab::open("a signal during a run") else { return };
    let pair = Pair::new(OLD, NEW);
    let child = started(pair.command(&lab).args(["--wait", "60"]));
    await_that("a container runs", || {
        let running =
            Command::new("docker").args(["ps", "-q", "--filter", "label=dev.harden.prove"]).output();
        !running.unwrap().stdout.is_empty()
    });
    is_told(&interrupted(child), 130, &["stopped"]);
}

#[test]
fn what_does_not_hold_is_not_written() {
    let Some(lab) = Lab::open("what does not hold") else { return };
    // The variable decides what the program does, and there is nobody with that number who could read the file.
    let old = "FROM golang:1.27\nWORKDIR /app\nCOPY go.mod main.go ./\nRUN go build -o main . && chmod 700 main\nCMD [\"./main\"]\n";
    let pair = Pair::new(old, NEW);
    let folder = pair.folder.path();
    fs::write(folder.join("go.mod"), "module example.org/secret\n\ngo 1.22\n").unwrap();
    let program = "package main\n\nimport \"os\"\n\nfunc main() {\n\tif os.Getuid() != 0 {\n\t\tprintln(\"not root\")\n\t\tos.Exit(5)\n\t}\n\tprintln(\"root\")\n}\n";
    fs::write(folder.join("main.go"), program).unwrap();
    let mut command = harden(&lab);
    command.args(["prove", "--apply", "--unsafe", "--scanner", "none", "Dockerfile"]).current_dir(folder);
    let run = ended(&mut command);
    is_told(&run, 1, &["nothing was written"]);
    assert_eq!(fs::read_to_string(folder.join("Dockerfile")).unwrap(), old);
    let told = text(&run.output.stdout);
    assert!(told.contains("different[exit]") && told.contains("tried"), "{told}");
}

fn started(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn await_that(what: &str, mut is_so: impl FnMut() -> bool) {
    let patience = Instant::now() + Duration::from_mins(2);
    while !is_so() {
        assert!(Instant::now() < patience, "{what}: not within two minutes");
        thread::sleep(Duration::from_millis(200));
    }
}

/// What a process leaves that is stopped as by Ctrl-C.
fn interrupted(child: Child) -> Ended {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    finished(child)
}
