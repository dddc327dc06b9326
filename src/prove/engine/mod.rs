//! The user's container engine, through its command line.
//!
//! In: a Dockerfile's text, a context, what to run. Out: images, archives, containers, and what they said and did.
//! Does not know what the results mean. All that is made carries a label of this run and is removed with its [`Workshop`].
//!
//! The command line, not a client library: it has the user's contexts, builders, credentials and proxies, it is
//! the same for docker, podman and buildah, and nothing else can be expected of their versions.

mod build;
mod call;
mod clean;
mod containers;
mod failure;
mod find;
mod inspect;
mod start;
mod volumes;
mod written;

use crate::prove::error::Error;
use crate::prove::process::{Limits, Output};
use find::{Found, Way};
use serde::Serialize;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

/// The label that everything carries which is made in an engine; its value is the run's id.
pub const LABEL: &str = "dev.harden.prove";

/// Kinds of engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Docker, with `BuildKit` where buildx is there.
    Docker,
    /// Podman.
    Podman,
    /// Buildah, which builds; podman runs what it built.
    Buildah,
}

/// A Dockerfile to build.
#[derive(Clone, Debug, Default)]
pub struct Build {
    /// Its text.
    pub text: Vec<u8>,
    /// Its file's name.
    pub name: OsString,
    /// The folder that it is in: there may be an ignore file of its own, its name with `.dockerignore` behind it.
    pub folder: PathBuf,
    /// The folder that it is built from.
    pub context: PathBuf,
    /// What the ignore file of that folder is to say, in place of what it says.
    pub ignored: Option<String>,
    /// The stage to build, the last one unless given.
    pub target: Option<String>,
    /// The platform, the engine's own unless given.
    pub platform: Option<String>,
    /// `NAME=VALUE`, or `NAME` for the value in the environment.
    pub arguments: Vec<String>,
    /// As `docker build --secret` takes them.
    pub secrets: Vec<String>,
    /// As `docker build --ssh` takes them.
    pub ssh: Vec<String>,
}

/// An image in the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// Its tag, `harden-prove-ID:NAME`.
    pub tag: String,
    /// How long the build took.
    pub took: Duration,
}

/// Why there is no image.
#[derive(Clone, Debug)]
pub enum NotBuilt {
    /// The Dockerfile does not build.
    Fails(BuildFailure),
    /// There is another reason.
    Fault(Error),
}

/// A Dockerfile that does not build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildFailure {
    /// The line of the Dockerfile, from 1, where the engine tells it.
    pub line: Option<usize>,
    /// The reason in one line.
    pub message: String,
    /// The end of the output that has to do with it.
    pub output: Vec<String>,
}

/// What a container may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Confinement {
    /// All capabilities are dropped and no new privileges can be had.
    pub no_capabilities: bool,
    /// The file system of the image can't be written to; `/tmp` is in memory.
    pub read_only: bool,
}

/// A container to start.
#[derive(Clone, Debug)]
pub struct Start<'a> {
    /// The image's tag.
    pub image: &'a str,
    /// In place of the image's CMD, if there are any.
    pub arguments: &'a [String],
    /// In place of the image's ENTRYPOINT.
    pub entrypoint: Option<&'a str>,
    /// `NAME=VALUE`.
    pub environment: &'a [String],
    /// Folders and files, or volumes of this run.
    pub mounts: &'a [Mount],
    /// What it may do.
    pub confinement: Confinement,
    /// Whether only root may listen on ports below 1024, as in clusters with CRI-O or containerd before 2.0; else as the
    /// engine has it, and Docker since 20.10 opens them to everyone.
    pub refuse_low_ports: bool,
    /// TCP ports to publish on the loopback interface, on any free port.
    pub ports: &'a BTreeSet<u16>,
}

/// Something from outside in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mount {
    /// A file or folder of the host, read-only.
    Host(PathBuf, String),
    /// A volume of this run, by its name, at a path.
    Volume(String, String),
}

/// How a container is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Whether it runs.
    pub running: bool,
    /// Its exit code when it does not.
    pub code: i32,
    /// Whether it ended for want of memory.
    pub out_of_memory: bool,
    /// What the engine says about a start that failed, or nothing.
    pub error: String,
}

impl Engine {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
            Self::Buildah => "buildah",
        }
    }
}

/// All that a run makes in an engine; removed when it is dropped.
///
/// What any build leaves stays, too: the engine's build cache, and base images that podman or buildah pulled.
#[derive(Debug)]
pub struct Workshop<'a> {
    /// The kind of engine.
    pub engine: Engine,
    /// As it says itself.
    pub version: String,
    /// How far the run may go.
    pub limits: &'a Limits,
    found: Found,
    /// Tells this run's things from those of others; part of every name and the value of every label.
    id: String,
    /// How many names were given.
    named: AtomicU32,
    /// Whether there may be something to remove.
    dirty: AtomicBool,
    /// Whether the engine refused limits of memory and processes, so that it is not asked again.
    unbounded: AtomicBool,
}

/// A container; removed, with its unnamed volumes, when it is dropped.
#[derive(Debug)]
pub struct Container<'a> {
    /// Its engine.
    pub workshop: &'a Workshop<'a>,
    /// Its name.
    pub name: String,
    /// What the engine answered when its program could not be started.
    unstarted: Option<Output>,
}

impl<'a> Workshop<'a> {
    /// Finds the engine, the given one or the first of docker, podman and buildah that answers, and asks for its version.
    pub fn open(wanted: Option<Engine>, limits: &'a Limits) -> Result<Self, Error> {
        Self::open_in(&std::env::var_os("PATH").unwrap_or_default(), wanted, limits)
    }

    /// The same with the programs of the folders in `path`, which is written as the variable `PATH` is.
    pub fn open_in(path: &OsStr, wanted: Option<Engine>, limits: &'a Limits) -> Result<Self, Error> {
        let found = find::find(path, wanted, limits)?;
        Ok(Self {
            engine: found.engine,
            version: found.version.clone(),
            limits,
            found,
            // The process is for people who look at what is there.
            id: format!("{:x}-{}", std::process::id(), random()),
            named: AtomicU32::new(0),
            dirty: AtomicBool::new(false),
            unbounded: AtomicBool::new(false),
        })
    }

    /// Whether the engine can run containers: buildah on its own only builds.
    pub fn runs(&self) -> bool {
        self.found.way != Way::Buildah
    }

    /// The value of this run's label, [`LABEL`].
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A name for something that is about to be made.
    fn new_name(&self) -> String {
        self.dirty.store(true, Ordering::SeqCst);
        format!("harden-prove-{}-{}", self.id, self.named.fetch_add(1, Ordering::SeqCst))
    }

    /// `LABEL=ID`.
    fn label(&self) -> String {
        format!("{LABEL}={}", self.id)
    }
}

/// 16 hexadecimal digits that no other run has.
fn random() -> String {
    use std::hash::{BuildHasher as _, Hasher as _, RandomState};
    // The library seeds it from the system's source of randomness.
    let mut state = RandomState::new().build_hasher();
    state.write_u32(std::process::id());
    format!("{:016x}", state.finish())
}

#[cfg(test)]
mod tests;
