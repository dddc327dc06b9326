//! Which engine there is, and whether it answers.

use super::Engine;
use crate::prove::error::{Error, ErrorKind};
use crate::prove::process::{Limits, Output, on_path, run};
use crate::report::clean;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// How long an engine may take to say its version.
const PATIENCE: Duration = Duration::from_secs(30);

/// An engine that answers.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// As the user names it.
    pub(super) engine: Engine,
    /// What is asked for everything but builds.
    pub(super) program: PathBuf,
    /// What builds.
    pub(super) builder: PathBuf,
    /// As it says itself.
    pub(super) version: String,
    /// How it is spoken to.
    pub(super) way: Way,
}

/// How an engine is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Docker that builds with the plugin buildx.
    Buildx,
    /// Docker before 23, which has a `BuildKit` without the plugin.
    BuildKit,
    /// Docker from 23 on without the plugin, which builds as it did in the beginning.
    Legacy,
    /// Podman, or buildah with podman beside it.
    Podman,
    /// Buildah alone.
    Buildah,
}

impl Way {
    /// Whether it is one of docker's.
    pub(super) const fn is_docker(self) -> bool {
        matches!(self, Self::Buildx | Self::BuildKit | Self::Legacy)
    }
}

/// The wanted engine, or the first that answers.
pub(super) fn find(path: &OsStr, wanted: Option<Engine>, limits: &Limits) -> Result<Found, Error> {
    let limits = Limits { step: limits.step.min(PATIENCE), ..limits.clone() };
    let all = [Engine::Docker, Engine::Podman, Engine::Buildah];
    let mut first = None;
    for engine in all.into_iter().filter(|engine| wanted.is_none_or(|wanted| wanted == *engine)) {
        let Some(program) = on_path(path, engine.name()) else { continue };
        match answer(engine, program, path, &limits) {
            Err(error) if !matches!(error.kind, ErrorKind::Cancelled(_)) => first = first.or(Some(error)),
            found => return found,
        }
    }
    Err(first.unwrap_or_else(|| missing(wanted)))
}

fn missing(wanted: Option<Engine>) -> Error {
    match wanted {
        None => {
            Error::new(ErrorKind::Engine, "no container engine on PATH").with_help("install docker or podman")
        }
        Some(engine) => Error::new(ErrorKind::Engine, format!("no {} on PATH", engine.name()))
            .with_help("install it, or leave out --engine to take what is there"),
    }
}

/// What an engine says of itself.
fn answer(engine: Engine, program: PathBuf, path: &OsStr, limits: &Limits) -> Result<Found, Error> {
    match engine {
        Engine::Docker => docker(program, limits),
        Engine::Podman => podman(program.clone(), program, Engine::Podman, limits),
        Engine::Buildah => {
            let version = buildah(&program, limits)?;
            let beside = on_path(path, "podman")
                .and_then(|podman_there| podman(podman_there, program.clone(), Engine::Buildah, limits).ok());
            Ok(match beside {
                Some(both) => Found { version, ..both },
                None => Found { engine, builder: program.clone(), program, version, way: Way::Buildah },
            })
        }
    }
}

fn docker(program: PathBuf, limits: &Limits) -> Result<Found, Error> {
    let client = ask(&program, &["--version"], limits)?.text();
    // Distributions have a `docker` that is podman.
    if client.to_lowercase().contains("podman") {
        return podman(program.clone(), program, Engine::Podman, limits);
    }
    let server = ask(&program, &["version", "--format", "{{.Server.Version}}"], limits)?;
    let version = told(Engine::Docker, &server)?;
    let way = match ask(&program, &["buildx", "version"], limits)?.status.success() {
        true => Way::Buildx,
        false if major(&client).is_some_and(|number| number < 23) => Way::BuildKit,
        false => Way::Legacy,
    };
    Ok(Found { engine: Engine::Docker, builder: program.clone(), program, version, way })
}

/// The first number of `Docker version 28.2.2, build e6534b4`.
fn major(text: &str) -> Option<u32> {
    text.split(|c: char| !c.is_ascii_digit()).find(|part| !part.is_empty())?.parse().ok()
}

fn podman(program: PathBuf, builder: PathBuf, engine: Engine, limits: &Limits) -> Result<Found, Error> {
    let answer = ask(&program, &["info", "--format", "{{.Version.Version}}"], limits)?;
    let version = told(Engine::Podman, &answer)?;
    Ok(Found { engine, program, builder, version, way: Way::Podman })
}

fn buildah(program: &Path, limits: &Limits) -> Result<String, Error> {
    told(Engine::Buildah, &ask(program, &["info"], limits)?)?;
    let line = told(Engine::Buildah, &ask(program, &["--version"], limits)?)?;
    // `buildah version 1.28.2 (image-spec 1.0.2-dev, runtime-spec 1.0.2-dev)`
    Ok(line
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or(&line)
        .into())
}

fn ask(program: &Path, arguments: &[&str], limits: &Limits) -> Result<Output, Error> {
    run(Command::new(program).args(arguments), limits, &mut |_, _| {}).map_err(|error| match error.kind {
        ErrorKind::Timeout | ErrorKind::Other => {
            let name = program.file_name().unwrap_or_default().to_string_lossy();
            Error::new(ErrorKind::Engine, format!("{name} does not answer"))
                .because(error.to_string())
                .with_help("start it, or name another engine with --engine")
        }
        _ => error,
    })
}

/// The answer's first line, or why there is none.
fn told(engine: Engine, answer: &Output) -> Result<String, Error> {
    let text = answer.text();
    match text.lines().next().filter(|_| answer.status.success()) {
        Some(line) => Ok(clean(line).into_owned()),
        None => Err(unanswered(engine, &answer.complaint())),
    }
}

fn unanswered(engine: Engine, complaint: &str) -> Error {
    let name = engine.name();
    let complaint = clean(complaint).into_owned();
    if engine == Engine::Docker && complaint.contains("permission denied") {
        let help = "use podman or rootless docker, or have the user added to the group that owns the socket, often `docker`";
        return Error::new(ErrorKind::Engine, "docker refuses this user").because(complaint).with_help(help);
    }
    let help = match engine {
        Engine::Docker => {
            "start it, with `systemctl start docker` or Docker Desktop, or name another engine with --engine"
        }
        Engine::Podman | Engine::Buildah => {
            "make its command `info` work, or name another engine with --engine"
        }
    };
    let reason = if complaint.is_empty() { "it said nothing".to_owned() } else { complaint };
    Error::new(ErrorKind::Engine, format!("{name} does not answer")).because(reason).with_help(help)
}
