//! Programs that are known by their names: tools, reloaders, shells, and those that need more than themselves.

use super::super::Context;
use super::blocker::{Blocker, Id};
use super::command::Main;
use super::rung::Rung;
use crate::model::Stage;

/// Programs that rebuild and restart another one when its sources change.
pub(in super::super) const RELOADERS: [&str; 14] = [
    "gin",
    "fresh",
    "air",
    "realize",
    "reflex",
    "CompileDaemon",
    "revel",
    "bee",
    "modd",
    "nodemon",
    "watcher",
    "entr",
    "rerun",
    "gow",
];

/// Programs that build, test or check.
pub(in super::super) const TOOLS: [&str; 16] = [
    "go",
    "make",
    "mage",
    "task",
    "dep",
    "glide",
    "godep",
    "govendor",
    "gb",
    "ginkgo",
    "golint",
    "golangci-lint",
    "gometalinter",
    "gotestsum",
    "goreleaser",
    "dlv",
];

/// Programs that wait, or wait for a person.
pub(in super::super) const IDLE: [&str; 11] =
    ["bash", "sh", "ash", "dash", "zsh", "sleep", "tail", "cat", "top", "true", "watch"];

/// Refuses what is no program that an image of its own could run.
pub(super) fn check(cx: &Context<'_>, stage: &Stage, main: &Main<'_>) -> Result<(), Blocker> {
    let argv = main.argv();
    let Some(name) = argv.first() else {
        let message = "the final stage has no command: this is no image of a program";
        return Err(Blocker::new(Id::NoCommand, message).at(cx, cx.model.from(stage)));
    };
    let at = main.instruction().unwrap_or_else(|| cx.model.from(stage));
    let file = name.rsplit('/').next().unwrap_or(name);
    let by_path = !name.contains('/')
        || name.starts_with("/usr/")
        || name.starts_with("/bin/")
        || name.starts_with("/go/bin/");
    let block = |id, message: String| Err(Blocker::new(id, message).at(cx, at));
    if by_path && RELOADERS.contains(&file) {
        return block(Id::ReloaderCommand, format!("{file} rebuilds the program while it runs"));
    }
    if by_path && TOOLS.contains(&file) {
        return block(Id::ToolchainCommand, format!("{file} needs the toolchain when the container runs"));
    }
    let script = argv.iter().skip(1).any(|w| !w.starts_with('-'));
    if by_path && IDLE.contains(&file) {
        return match file {
            "bash" | "sh" | "ash" | "dash" if script => {
                block(Id::EntryScript, format!("{file} runs a script"))
            }
            _ => block(Id::IdleCommand, format!("{file} is no program of this image")),
        };
    }
    let extension = file.rsplit_once('.').map(|(_, e)| e);
    if matches!(extension, Some("sh" | "bash" | "py" | "rb" | "pl" | "js")) || file.contains("entrypoint") {
        return block(Id::EntryScript, format!("{name} is a script, which needs a shell"));
    }
    Ok(())
}

/// Programs that are known to call others, or to write where they run.
const CALLERS: [&str; 33] = [
    "goose",
    "git-sync",
    "tty2web",
    "bash-exporter",
    "go-init",
    "goimports",
    "goagen",
    "swagger",
    "gvt",
    "hugo",
    "dockerize",
    "webhook",
    "gotty",
    "confd",
    "consul-template",
    "envconsul",
    "supercronic",
    "gitea",
    "gogs",
    "makisu",
    "drone",
    "gitlab-runner",
    "go-cron",
    "protoc",
    "buf",
    "ko",
    "kaniko",
    "terraform",
    "packer",
    "helm",
    "kubectl",
    "cloud-torrent",
    "rclone",
];

/// Parts of names of programs that need more rights than a user has.
const RIGHTS: [&str; 9] =
    ["ping", "icmp", "device-plugin", "-cni", "-csi", "iptables", "installer", "dnsdock", "node-exporter"];

/// What the name of a program and the text show of other programs and of rights.
pub(super) fn hints(cx: &Context<'_>, stage: &Stage, name: &str) -> Vec<Blocker> {
    let file = name.rsplit('/').next().unwrap_or(name);
    let text = cx.document.text;
    let mut hints = Vec::new();
    if CALLERS.contains(&file) {
        hints.push(
            Blocker::new(Id::RunsPrograms, format!("{file} is known to call other programs"))
                .passable()
                .through(Rung::Slim),
        );
    }
    let is_part =
        |part: &&str| file.contains(*part) && (part.len() > 4 || file.split(['-', '_']).any(|p| p == *part));
    if RIGHTS.iter().any(is_part) {
        hints.push(Blocker::new(
            Id::WritesAsRoot,
            format!("{file} looks like a program that needs rights of root"),
        ));
    }
    if text.contains("git config --global user.") {
        hints.push(
            Blocker::new(Id::RunsPrograms, "git is set up for commits, so the program may call it")
                .passable(),
        );
    }
    if ["docker.sock", "github.com/docker/docker", "github.com/fsouza/go-dockerclient"]
        .iter()
        .any(|part| text.contains(part))
    {
        hints
            .push(Blocker::new(Id::WritesAsRoot, "the program may use the engine's socket, which is root's"));
    }
    hints.into_iter().map(|hint| hint.at(cx, cx.model.from(stage))).collect()
}
