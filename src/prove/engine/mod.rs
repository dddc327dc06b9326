//! The user's container engine, through its command line.
//!
//! In: a Dockerfile's text, a context, what to run. Out: images, archives, containers, and what they said and did.
//! Does not know what the results mean. All that is made carries a label of this run and is removed with its [`Workshop`].
//!
//! The command line, not a client library: it has the user's contexts, builders, credentials and proxies, it is
//! the same for docker, podman and buildah, and nothing else can be expected of their versions.

use crate::prove::error::Error;
use crate::prove::process::{Limits, Output, Stream};
use serde::Serialize;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

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
#[derive(Clone, Debug)]
pub struct Build {
    /// Its text.
    pub text: Vec<u8>,
    /// Its file's name.
    pub name: OsString,
    /// The folder that it is in: there may be an ignore file of its own, its name with `.dockerignore` behind it.
    pub folder: PathBuf,
    /// The folder that it is built from.
    pub context: PathBuf,
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
#[derive(Debug)]
pub struct Workshop<'a> {
    /// The kind of engine.
    pub engine: Engine,
    /// As it says itself.
    pub version: String,
    /// How far the run may go.
    pub limits: &'a Limits,
}

impl<'a> Workshop<'a> {
    /// Finds the engine, the given one or the first that answers, and asks for its version.
    pub fn open(wanted: Option<Engine>, limits: &'a Limits) -> Result<Self, Error> {
        let _ = (wanted, limits);
        todo!()
    }

    /// Builds a Dockerfile to `NAME`. `see` gets the build's output, as it comes.
    pub fn build(
        &self,
        name: &str,
        build: &Build,
        see: &mut dyn FnMut(Stream, &[u8]),
    ) -> Result<Built, NotBuilt> {
        let _ = (name, build, see);
        todo!()
    }

    /// Writes an image to a file, as `docker save` does; fails when the disk has no room for it.
    pub fn save(&self, image: &str, to: &Path) -> Result<(), Error> {
        let _ = (image, to);
        todo!()
    }

    /// Starts a container; the program in it may have ended already, or never begun: see [`Container::status`].
    pub fn start(&self, start: &Start<'_>) -> Result<Container<'_>, Error> {
        let _ = start;
        todo!()
    }

    /// x
    pub fn runs(&self) -> bool {
        true
    }
    /// x
    pub fn clean(&self) -> Result<(), Error> {
        Ok(())
    }

    /// Makes an empty volume, removed with the workshop, and gives its name.
    pub fn volume(&self) -> Result<String, Error> {
        todo!()
    }

    /// Every file in a volume: path, owner's number, and a digest of a regular file's content; sorted. `image` is any of
    /// this run's images; nothing of it runs.
    pub fn volume_files(&self, image: &str, volume: &str) -> Result<Vec<(String, u32, String)>, Error> {
        let _ = (image, volume);
        todo!()
    }
}

/// A container; removed, with its unnamed volumes, when it is dropped.
#[derive(Debug)]
pub struct Container<'a> {
    /// Its engine.
    pub workshop: &'a Workshop<'a>,
    /// Its name.
    pub name: String,
}

impl Container<'_> {
    /// How it is doing.
    pub fn status(&self) -> Result<Status, Error> {
        todo!()
    }

    /// What its program printed and said until now.
    pub fn logs(&self) -> Result<Output, Error> {
        todo!()
    }

    /// Where a TCP port of it can be reached from here, the likeliest first.
    pub fn addresses(&self, port: u16) -> Result<Vec<SocketAddr>, Error> {
        let _ = port;
        todo!()
    }

    /// TCP ports that its program listens on at an address other than loopback; none where that can't be seen from here.
    pub fn listening(&self) -> Result<Option<BTreeSet<u16>>, Error> {
        todo!()
    }

    /// Asks its program to end, as `docker stop` does, and tells how long that took. After `grace` it is killed.
    pub fn stop(&self, grace: Duration) -> Result<(Duration, Status), Error> {
        let _ = grace;
        todo!()
    }
}
