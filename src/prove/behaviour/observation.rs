//! What was seen of a container.

use crate::prove::engine::Confinement;
use serde::Serialize;
use std::collections::BTreeSet;

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
    /// Files that it wrote, but for volumes and passing files; none where that can't be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written: Option<BTreeSet<String>>,
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
