//! How containers of an image run.

use serde::{Deserialize, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What labels begin with that `prove` itself puts on images.
const OWN_LABELS: &str = "dev.harden.";

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
    /// Variables. Records have their names alone, for values may be secret.
    #[serde(serialize_with = "names")]
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
    /// ONBUILD: instructions for images that are built on it.
    pub on_build: Vec<String>,
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

/// The file that describes an image, as far as it is of interest: the OCI image specification, `config.md`, and what
/// Docker adds to it. Everything in it may be absent or null.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Described {
    os: Option<String>,
    architecture: Option<String>,
    variant: Option<String>,
    config: Option<Written>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Written {
    user: Option<String>,
    entrypoint: Option<Vec<String>>,
    cmd: Option<Vec<String>>,
    env: Option<Vec<String>>,
    exposed_ports: Option<HashMap<String, Anything>>,
    volumes: Option<HashMap<String, Anything>>,
    labels: Option<BTreeMap<String, String>>,
    working_dir: Option<String>,
    stop_signal: Option<String>,
    healthcheck: Option<WrittenCheck>,
    on_build: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct WrittenCheck {
    test: Option<Vec<String>>,
    interval: i64,
    timeout: i64,
    start_period: i64,
    retries: i64,
}

/// A value that is not looked at.
type Anything = Option<serde::de::IgnoredAny>;

impl Described {
    /// As in `linux/amd64` and `linux/arm64/v8`.
    pub(super) fn platform(&self) -> String {
        let parts = [&self.os, &self.architecture, &self.variant];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join("/")
    }

    /// How containers run; who the user is has still to be looked up.
    pub(super) fn config(self) -> Config {
        let written = self.config.unwrap_or_default();
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        let env = written.env.unwrap_or_default();
        let variables = env.iter().filter_map(|line| line.split_once('='));
        let mut labels = written.labels.unwrap_or_default();
        labels.retain(|key, _| !key.starts_with(OWN_LABELS));
        Config {
            user: written.user.unwrap_or_default(),
            uid: None,
            gid: None,
            entrypoint: written.entrypoint.unwrap_or_default(),
            command: written.cmd.unwrap_or_default(),
            environment: variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            ports: written.exposed_ports.unwrap_or_default().into_keys().map(with_protocol).collect(),
            volumes: written.volumes.unwrap_or_default().into_keys().collect(),
            labels,
            working_directory: filled(written.working_dir).unwrap_or_else(|| "/".to_owned()),
            stop_signal: filled(written.stop_signal),
            health_check: written.healthcheck.and_then(WrittenCheck::check),
            on_build: written.on_build.unwrap_or_default(),
        }
    }
}

fn names<S: Serializer>(variables: &BTreeMap<String, String>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(variables.keys())
}

/// A port without a protocol is one of TCP.
fn with_protocol(port: String) -> String {
    if port.contains('/') { port } else { format!("{port}/tcp") }
}

impl WrittenCheck {
    /// An empty test means the one of the image below, which an image that is built has taken over already.
    fn check(self) -> Option<HealthCheck> {
        let test = self.test.filter(|test| !test.is_empty())?;
        let Self { interval, timeout, start_period, retries, .. } = self;
        Some(HealthCheck { test, interval, timeout, start_period, retries })
    }
}
