//! Images: built, measured, saved.

use super::call::{kind, quiet};
use super::failure::{self, Tail};
use super::find::Way;
use super::{Build, BuildFailure, Built, NotBuilt, Workshop};
use crate::files::cause;
use crate::prove::error::{Error, ErrorKind};
use crate::prove::process::{Output, Stream, run, run_builder};
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::Instant;
use tempfile::TempDir;

impl Workshop<'_> {
    /// Builds a Dockerfile to `harden-prove-ID:NAME`. `see` gets the build's output, as it comes: untrusted, with
    /// whatever the Dockerfile's commands print, which may include build arguments.
    ///
    /// An image with more than `limits.image` bytes is removed again.
    pub fn build(
        &self,
        name: &str,
        build: &Build,
        see: &mut dyn FnMut(Stream, &[u8]),
    ) -> Result<Built, NotBuilt> {
        self.dirty.store(true, Ordering::SeqCst);
        let folder = write(build).map_err(NotBuilt::Fault)?;
        let tag = self.tag(name);
        let mut command = self.build_command(build, folder.path(), &tag).map_err(NotBuilt::Fault)?;
        let mut tail = Tail::default();
        let began = Instant::now();
        let mut see = |stream, piece: &[u8]| {
            tail.push(piece);
            see(stream, piece);
        };
        let run = if self.found.way.is_docker() { run } else { run_builder };
        let output = run(&mut command, self.limits, &mut see);
        let output = output.map_err(|error| NotBuilt::Fault(self.stopped(error)))?;
        if !output.status.success() {
            return Err(self.not_built(build, &tail, &output));
        }
        let took = began.elapsed();
        self.measure(&tag).map_err(NotBuilt::Fault)?;
        Ok(Built { tag, took })
    }

    /// Writes an image to a file, as `docker save` does; fails when the disk has no room for it.
    ///
    /// On a failure there may be a part of it beside `to`, in the same folder.
    pub fn save(&self, image: &str, to: &Path) -> Result<(), Error> {
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        check_room(folder, self.size(image)?)?;
        let archive = || {
            [OsStr::new("docker-archive:"), to.as_os_str(), OsStr::new(":"), OsStr::new(image)].into_iter()
        };
        let arguments: Vec<OsString> = match self.found.way {
            Way::Buildah => vec!["push".into(), "--quiet".into(), image.into(), archive().collect()],
            Way::Podman => {
                let words = ["save", "--quiet", "--format", "docker-archive", "-o"];
                words
                    .iter()
                    .map(OsStr::new)
                    .chain([to.as_os_str(), OsStr::new(image)])
                    .map(OsStr::to_owned)
                    .collect()
            }
            _ => vec!["save".into(), "-o".into(), to.into(), image.into()],
        };
        self.call("save an image", &arguments).map(drop).map_err(|error| match error.kind {
            ErrorKind::Disk => error.with_help(ROOM),
            _ => error,
        })
    }

    /// A reference with which an engine is content, whatever the name.
    fn tag(&self, name: &str) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let name: String = name.chars().map(plain).take(100).collect();
        format!("harden-prove-{}:{}", self.id, name.trim_matches('-'))
    }

    fn build_command(&self, build: &Build, folder: &Path, tag: &str) -> Result<Command, Error> {
        let unreadable = |error: io::Error| no_context(&build.context).because(cause(&error));
        let context = std::path::absolute(&build.context).map_err(unreadable)?;
        if !context.is_dir() {
            return Err(no_context(&context));
        }
        let mut command = quiet(&self.found.builder);
        self.manner(&mut command, folder, build);
        command.arg("--file").arg(folder.join(file_name(build))).args([
            "--tag",
            tag,
            "--label",
            &self.label(),
        ]);
        for (option, value) in [("--target", &build.target), ("--platform", &build.platform)] {
            command.args(value.iter().flat_map(|value| [option, value]));
        }
        for (option, values) in
            [("--build-arg", &build.arguments), ("--secret", &build.secrets), ("--ssh", &build.ssh)]
        {
            command.args(values.iter().flat_map(|value| [option, value]));
        }
        command.arg(context);
        Ok(command)
    }

    /// The verb and what differs between engines.
    fn manner(&self, command: &mut Command, folder: &Path, build: &Build) {
        match self.found.way {
            // The variable, not an option: versions before 0.10 have neither attestations nor the option.
            Way::Buildx => command
                .args(["buildx", "build", "--load", "--progress", "plain"])
                .env("BUILDX_NO_DEFAULT_ATTESTATIONS", "1"),
            Way::BuildKit => command.args(["build", "--progress", "plain"]).env("DOCKER_BUILDKIT", "1"),
            Way::Legacy => command.args(["build", "--force-rm"]).env("DOCKER_BUILDKIT", "0"),
            // Their own format, OCI's, has no place for HEALTHCHECK, SHELL and others.
            Way::Podman | Way::Buildah => {
                command.args(["build", "--format", "docker", "--layers", "--force-rm"]);
                let ignored = folder.join(with_ending(file_name(build), IGNORES[0]));
                // Versions before 4 do not look beside the file on their own.
                if ignored.exists() { command.arg("--ignorefile").arg(ignored) } else { command }
            }
        };
    }

    /// A build that took too long, in words of its own.
    fn stopped(&self, error: Error) -> Error {
        if error.kind != ErrorKind::Timeout {
            return error;
        }
        Error { message: format!("the build took more than {} s", self.limits.step.as_secs()), ..error }
    }

    fn not_built(&self, build: &Build, tail: &Tail, output: &Output) -> NotBuilt {
        let lines = tail.lines();
        let read = failure::read(&lines, &build.text, file_name(build).to_string_lossy().as_ref());
        let BuildFailure { message, output: said, .. } = &read;
        let (about, help) = match kind(&output.complaint()) {
            ErrorKind::Disk => (ErrorKind::Disk, "make room on the disk of the engine"),
            ErrorKind::Engine => (ErrorKind::Engine, "see whether it still runs, then try again"),
            // The step that found no room says so, the engine only that the step failed.
            _ if said.iter().chain([message]).any(|line| kind(line) == ErrorKind::Disk) => {
                (ErrorKind::Disk, "make room on the disk of the engine")
            }
            _ => return NotBuilt::Fails(failure::without_arguments(read, &build.arguments)),
        };
        let cause = said.iter().find(|line| kind(line) == about).unwrap_or(message).clone();
        NotBuilt::Fault(self.fault("build", "").because(cause).with_help(help).of_kind(about))
    }

    /// Fails when an image is larger than the run may make one.
    fn measure(&self, tag: &str) -> Result<(), Error> {
        let (size, most) = (self.size(tag)?, self.limits.image);
        if size <= most {
            return Ok(());
        }
        self.remove_image(tag);
        let message =
            format!("the image has {}, more than the {} that are allowed", bytes(size), bytes(most));
        Err(Error::new(ErrorKind::Disk, message).with_help("allow more with --max-size"))
    }
}

/// What an ignore file of a Dockerfile's own has behind the Dockerfile's name. `BuildKit` knows the first only.
const IGNORES: [&str; 2] = [".dockerignore", ".containerignore"];
/// What to do when an archive finds no room.
const ROOM: &str = "make room, or set TMPDIR to a folder with room";

/// A folder with the Dockerfile and, where there is one, its own ignore file: engines look for that beside it.
fn write(build: &Build) -> Result<TempDir, Error> {
    let failed = |error: io::Error| {
        Error::new(ErrorKind::Other, "cannot write the Dockerfile to a temporary folder")
            .because(cause(&error))
            .with_help("set TMPDIR to a folder that can be written to")
    };
    let folder = tempfile::Builder::new().prefix("harden-prove-").tempdir().map_err(failed)?;
    let name = file_name(build);
    std::fs::write(folder.path().join(name), &build.text).map_err(failed)?;
    for ending in IGNORES {
        let ignored = with_ending(name, ending);
        let from = build.folder.join(&ignored);
        if from.is_file() {
            std::fs::copy(from, folder.path().join(ignored)).map_err(failed)?;
        }
    }
    // The folder that is built from stays as it is: what its ignore file will say stands beside the Dockerfile, unless
    // that has one of its own, which goes before it anyway.
    let own = folder.path().join(with_ending(name, IGNORES[0]));
    if let Some(text) = build.ignored.as_ref().filter(|_| !own.exists()) {
        std::fs::write(own, text).map_err(failed)?;
    }
    Ok(folder)
}

fn file_name(build: &Build) -> &OsStr {
    Path::new(&build.name).file_name().unwrap_or(OsStr::new("Dockerfile"))
}

fn with_ending(name: &OsStr, ending: &str) -> PathBuf {
    let mut name = name.to_owned();
    name.push(ending);
    name.into()
}

fn no_context(context: &Path) -> Error {
    Error::new(ErrorKind::Other, format!("{} is no folder to build from", context.display()))
        .with_help("name the folder with --context")
}

/// Fails when the file system of a folder has less than so many bytes for this user.
fn check_room(folder: &Path, wanted: u64) -> Result<(), Error> {
    // Where the figures can't be had, writing will tell.
    let Ok(disk) = rustix::fs::statvfs(folder) else { return Ok(()) };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if free >= wanted {
        return Ok(());
    }
    let message = format!("no room for the image in {}", folder.display());
    let figures = format!("it has {}, and {} are free", bytes(wanted), bytes(free));
    Err(Error::new(ErrorKind::Disk, message).because(figures).with_help(ROOM))
}

/// `1.2 GB`: powers of 1000, as engines tell sizes.
fn bytes(number: u64) -> String {
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1000, "kB")];
    let Some((unit, name)) = units.into_iter().find(|(unit, _)| number >= *unit) else {
        return format!("{number} bytes");
    };
    match number / (unit / 10) {
        tenths if tenths % 10 == 0 || tenths >= 1000 => format!("{} {name}", number / unit),
        tenths => format!("{}.{} {name}", tenths / 10, tenths % 10),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_new_ignore_file_stands_beside_the_dockerfile_unless_that_has_its_own() {
        let project = TempDir::new().unwrap();
        let folder = project.path().to_path_buf();
        let build = Build {
            name: "my.Dockerfile".into(),
            folder: folder.clone(),
            ignored: Some("new".into()),
            ..Build::default()
        };
        let ignored = || {
            let written = write(&build).unwrap();
            std::fs::read_to_string(written.path().join("my.Dockerfile.dockerignore")).unwrap()
        };
        assert_eq!(ignored(), "new");
        std::fs::write(folder.join("my.Dockerfile.dockerignore"), "own").unwrap();
        assert_eq!(ignored(), "own");
    }
}
