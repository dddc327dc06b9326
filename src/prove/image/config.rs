//! How containers of an image run.

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How containers of an image run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Config {
    /// As written: empty, a name, a number, with or without a group.
    pub user: String,
    /// The user's number, looked up in the image where it is a name; none where the image does not know it.
    pub uid: Option<u32>,
    /// The group's number.
    pub gid: Option<u32>,
    /// ENTRYPOINT; a shell form is `/bin/sh -c TEXT`.
    pub entrypoint: Vec<String>,
    /// CMD; likewise.
    pub command: Vec<String>,
    /// Variables.
    pub environment: BTreeMap<String, String>,
    /// As in `8080/tcp`.
    pub ports: BTreeSet<String>,
    /// Folders that are volumes.
    pub volumes: BTreeSet<String>,
    /// Labels, but for those that `prove` adds.
    pub labels: BTreeMap<String, String>,
    /// The working directory; `/` where none is set.
    pub working_directory: String,
    /// The signal that stops it; none for SIGTERM.
    pub stop_signal: Option<String>,
    /// How its health is checked.
    pub health_check: Option<HealthCheck>,
}

/// How the health of a container is checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HealthCheck {
    /// `["CMD", ...]`, `["CMD-SHELL", text]` or `["NONE"]`.
    pub test: Vec<String>,
    /// Nanoseconds, as the image holds them; 0 is the engine's own.
    pub interval: i64,
    /// Likewise.
    pub timeout: i64,
    /// Likewise.
    pub start_period: i64,
    /// 0 is the engine's own.
    pub retries: i64,
}

impl Config {
    /// What a container without arguments of its own starts: ENTRYPOINT and CMD together.
    pub fn argv(&self) -> impl Iterator<Item = &str> {
        self.entrypoint.iter().chain(&self.command).map(String::as_str)
    }
}
