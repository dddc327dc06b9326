//! How to try an image: what it is given and what it is asked.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

/// How to try an image; the same for both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    /// In place of the image's CMD, if there are any.
    pub arguments: Vec<String>,
    /// `NAME=VALUE`.
    pub environment: Vec<String>,
    /// What is mounted in it.
    pub mounts: Vec<Mounted>,
    /// TCP ports to try, beside those that the images tell.
    pub ports: BTreeSet<u16>,
    /// How long a program may take to be ready, to end, or to fall silent.
    pub wait: Duration,
    /// Whether only root may listen on ports below 1024.
    pub refuse_low_ports: bool,
    /// What is asked of it.
    pub probes: Vec<Probe>,
}

/// Something mounted in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mounted {
    /// A file or folder of the project, mounted read-only; a fresh volume unless given.
    pub source: Option<PathBuf>,
    /// Where.
    pub target: String,
}

/// A question to a container, and what the answer has to be beside the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// A page of the running program.
    Http(HttpProbe),
    /// A container of its own that is to end.
    Exec(ExecProbe),
}

/// A page of the running program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpProbe {
    /// For people; made of the path and port unless given.
    pub name: Option<String>,
    /// With its query.
    pub path: String,
    /// The image's first one unless given.
    pub port: Option<u16>,
    /// `GET` unless given.
    pub method: Option<String>,
    /// Headers to send.
    pub headers: Vec<(String, String)>,
    /// The status that has to come.
    pub status: Option<u16>,
    /// Text that the body has to contain.
    pub body: Option<String>,
}

/// A container of its own that is to end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExecProbe {
    /// For people; made of the arguments unless given.
    pub name: Option<String>,
    /// In place of the image's CMD.
    pub arguments: Vec<String>,
    /// In place of the image's ENTRYPOINT.
    pub entrypoint: Option<String>,
    /// `NAME=VALUE`, beside the trial's.
    pub environment: Vec<String>,
    /// Beside the trial's. What a volume holds after the runs is compared.
    pub mounts: Vec<Mounted>,
    /// How many times it runs, with the same volumes; 1 or more.
    pub runs: u32,
    /// The exit code that it has to end with.
    pub code: Option<i32>,
    /// Text that its standard output has to contain.
    pub output: Option<String>,
}
