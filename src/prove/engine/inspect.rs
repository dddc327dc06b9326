//! What an engine says about an image or a container.

use super::{Container, Workshop};
use crate::prove::error::{Error, ErrorKind};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A container, as `container inspect` tells it; docker and podman use the same names.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Facts {
    pub(super) id: String,
    pub(super) state: State,
    pub(super) host_config: HostConfig,
    pub(super) network_settings: Network,
    pub(super) config: Config,
    pub(super) mounts: Option<Vec<Mounted>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Config {
    pub(super) healthcheck: Option<Check>,
    pub(super) shell: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Check {
    pub(super) test: Option<Vec<String>>,
}

impl Config {
    /// The command with which the container's health is checked; none where it is not.
    pub(super) fn check(self) -> Option<Vec<String>> {
        let test = self.healthcheck?.test?;
        let (kind, words) = test.split_first()?;
        match (kind.as_str(), words) {
            ("CMD", [_, ..]) => Some(words.to_vec()),
            ("CMD-SHELL", [text]) => {
                let shell = self.shell.filter(|shell| !shell.is_empty());
                let shell = shell.unwrap_or_else(|| ["/bin/sh", "-c"].map(str::to_owned).into());
                Some(shell.into_iter().chain([text.clone()]).collect())
            }
            _ => None,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Mounted {
    pub(super) destination: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct State {
    pub(super) running: bool,
    pub(super) exit_code: i32,
    #[serde(rename = "OOMKilled")]
    pub(super) out_of_memory: bool,
    pub(super) error: String,
    pub(super) pid: u32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct HostConfig {
    pub(super) network_mode: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Network {
    #[serde(flatten)]
    pub(super) own: Address,
    pub(super) networks: Option<BTreeMap<String, Address>>,
    pub(super) ports: Option<BTreeMap<String, Option<Vec<Published>>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Address {
    #[serde(rename = "IPAddress")]
    pub(super) ip: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Published {
    pub(super) host_ip: String,
    pub(super) host_port: String,
}

impl Container<'_> {
    /// What the engine says about it.
    pub(super) fn facts(&self) -> Result<Facts, Error> {
        let what = "say how a container is doing";
        let said = self.workshop.call(what, &["container", "inspect", &self.name])?;
        let mut all: Vec<Facts> = serde_json::from_slice(&said.stdout).map_err(|error| {
            let message = format!("{} describes a container in an unknown way", self.workshop.engine.name());
            Error::new(ErrorKind::Engine, message).because(error.to_string())
        })?;
        all.pop().ok_or_else(|| self.workshop.fault(what, "no such container"))
    }
}

impl Workshop<'_> {
    /// How many bytes an image has, unpacked, as the engine counts them; buildah alone tells three or four digits.
    pub(super) fn size(&self, image: &str) -> Result<u64, Error> {
        let what = "say how large an image is";
        let size = if self.runs() {
            self.call(what, &["image", "inspect", "--format", "{{.Size}}", image])?.text().parse().ok()
        } else {
            number(&self.call(what, &["images", "--format", "{{.Size}}", image])?.text())
        };
        size.ok_or_else(|| self.fault(what, "it printed no number"))
    }
}

/// The bytes in `85.3 MB`.
pub(super) fn number(text: &str) -> Option<u64> {
    let (figures, unit) = text.lines().next()?.trim().split_once(' ')?;
    let power = ["B", "KB", "MB", "GB", "TB"].iter().position(|name| name.eq_ignore_ascii_case(unit));
    let unit = 1000_u64.checked_pow(u32::try_from(power?).ok()?)?;
    let (whole, part) = figures.split_once('.').unwrap_or((figures, ""));
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    let thousandths = whole.parse::<u64>().ok()?.checked_mul(1000)?.checked_add(part.parse().ok()?)?;
    thousandths.checked_mul(unit).map(|bytes| bytes / 1000)
}
