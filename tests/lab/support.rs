//! What the lab's tests share: whether it runs at all, the program, and what it may have left behind.

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One test at a time: each looks at what is in the engine.
static TURN: Mutex<()> = Mutex::new(());

/// A turn at the engine.
pub(crate) struct Lab {
    /// Whether a few programs are enough.
    pub(crate) fast: bool,
    _turn: MutexGuard<'static, ()>,
}

impl Lab {
    /// A turn, if real builds are asked for; else says why there is none.
    pub(crate) fn open(what: &str) -> Option<Self> {
        let asked = std::env::var("HARDEN_LAB").unwrap_or_default();
        if asked.is_empty() {
            println!("SKIPPED {what}: real builds need Docker and minutes; ask for them with HARDEN_LAB=1");
            return None;
        }
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = Command::new("docker").arg("info").output().is_ok_and(|output| output.status.success());
        assert!(answers, "HARDEN_LAB is set, and the Docker engine does not answer");
        Some(Self { fast: asked == "fast", _turn: turn })
    }
}

/// What a process of the program was, and left.
pub(crate) struct Ended {
    /// What it printed, and its exit code.
    pub(crate) output: Output,
    /// Labels of containers, images and volumes of it that are still there.
    pub(crate) left: Vec<String>,
}

/// Runs the program to its end.
pub(crate) fn ended(command: &mut Command) -> Ended {
    finished(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
}

/// Waits for the end of the program.
pub(crate) fn finished(child: Child) -> Ended {
    let id = child.id();
    let output = child.wait_with_output().unwrap();
    Ended { output, left: left(id) }
}

/// Labels of what a process has made in the engine and not removed: others may be at work there, too.
fn left(process: u32) -> Vec<String> {
    const LABEL: &str = "dev.harden.prove";
    let docker = |words: &[&str]| text(&Command::new("docker").args(words).output().unwrap().stdout);
    let (filter, format) = (format!("label={LABEL}"), format!("{{{{.Label \"{LABEL}\"}}}}"));
    let mut labels = docker(&["ps", "-a", "--filter", &filter, "--format", &format]);
    labels.push_str(&docker(&["volume", "ls", "--filter", &filter, "--format", &format]));
    let images = docker(&["image", "ls", "-a", "-q", "--filter", &filter]);
    let index = format!("{{{{index .Config.Labels \"{LABEL}\"}}}}");
    for image in images.split_whitespace() {
        labels.push_str(&docker(&["image", "inspect", "-f", &index, image]));
    }
    let own = format!("{process:x}-");
    labels.lines().filter(|label| label.starts_with(&own)).map(str::to_owned).collect()
}

/// The program, with an environment that says nothing about colour.
pub(crate) fn harden(_: &Lab) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harden"));
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env_remove("FORCE_COLOR");
    command.env("XDG_CACHE_HOME", "/nonexistent");
    command
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// The differences of a proof, a line each.
pub(crate) fn found(proof: &Value) -> String {
    let differences = proof["differences"].as_array().cloned().unwrap_or_default();
    let lines = differences.iter().map(|one| format!("{}: {} {}", one["id"], one["what"], one["detail"]));
    lines.collect::<Vec<_>>().join("\n")
}

/// Bytes as text.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
