//! What containers of an image do, as far as it can be seen from outside.
//!
//! In: an image in an engine, and how to try it. Out: an [`Observation`]; and how two of them differ.
//! Does not know what is in the image, nor why two of them differ.

use crate::prove::engine::{Confinement, Workshop};
use crate::prove::error::Error;
use serde::Serialize;
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

/// What a container did.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Observation {
    /// What it was allowed to do: the least with which it does what it does with everything.
    pub confinement: Confinement,
    /// How it was when it was looked at last.
    pub end: End,
    /// The first lines that it printed.
    pub output: Vec<String>,
    /// The first lines that it said.
    pub errors: Vec<String>,
    /// TCP ports that it listens on; none where that can't be seen.
    pub listening: Option<BTreeSet<u16>>,
    /// Answers of the ports that were tried on their own, and to probes.
    pub answers: Vec<Answer>,
    /// How it ended when it was asked to; none where it had ended.
    pub stop: Option<Stop>,
}

/// How a container was when it was looked at last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum End {
    /// It still ran.
    #[default]
    Running,
    /// It had ended.
    Exited {
        /// With this code.
        code: i32,
    },
    /// Its program never began.
    NotStarted {
        /// What the engine said.
        message: String,
    },
}

/// An answer to a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// What was asked: `GET / on port 8080`, `run with --fail`.
    pub question: String,
    /// The port, where one was asked.
    pub port: Option<u16>,
    /// What came, one fact a line: `status 200`, `content type text/html`, the body's lines; `connects`; `no answer`.
    pub facts: Vec<String>,
    /// What should have come and did not.
    pub unmet: Vec<String>,
}

/// How a program ended when it was asked to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Stop {
    /// Seconds until it ended.
    pub seconds: f64,
    /// Its exit code.
    pub code: i32,
    /// Whether it had to be killed.
    pub killed: bool,
}

/// Runs the original: twice with every right, to learn what differs by itself, then with fewer and fewer, to learn what
/// it needs. `declared` are the TCP ports that either image tells.
pub fn reference(
    workshop: &Workshop<'_>,
    image: &str,
    trial: &Trial,
    declared: &BTreeSet<u16>,
) -> Result<Reference, Error> {
    let _ = (workshop, image, trial, declared);
    todo!()
}

/// What the original does.
#[derive(Clone, Debug, Default)]
pub struct Reference {
    /// What it did with every right, but for `confinement`: the least with which it did the same.
    pub observation: Observation,
    /// Another run of the same: what differs between the two is no difference.
    pub again: Observation,
    /// x.
    pub note: Option<String>,
}

/// Runs the rewrite, with as few rights as it does the same with as the original, or else with all; tells how it differs.
pub fn compare(
    workshop: &Workshop<'_>,
    image: &str,
    trial: &Trial,
    declared: &BTreeSet<u16>,
    reference: &Reference,
) -> Result<(Observation, Vec<Mismatch>), Error> {
    let _ = (workshop, image, trial, declared, reference);
    todo!()
}

/// Something that the rewrite does not do as the original does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Which.
    pub aspect: Aspect,
    /// In one line: lower case, no full stop: `GET / on port 8080: status 500 in place of 200`.
    pub what: String,
    /// Expected and found, in lines.
    pub detail: Vec<String>,
}

/// What can be seen of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// Whether it runs, or its exit code.
    Exit,
    /// What it prints or says.
    Output,
    /// The port that it listens on, as the number.
    Port(u16),
    /// An answer.
    Answer,
    /// How it ends when it is asked to.
    Stop,
    /// What it needs to be allowed.
    Confinement,
}
