//! `[prove]`: how a project's own images are tried.

use crate::files::{self, Error};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// `[prove]`: how images are tried.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Prove {
    /// Given to both images, after their names.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// Variables of both containers.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// What is mounted in both.
    #[serde(default)]
    pub mounts: Vec<Mount>,
    /// TCP ports to try beside those that the images tell.
    #[serde(default)]
    pub ports: Vec<u16>,
    /// Whether only root may listen on ports below 1024, as in clusters with CRI-O or containerd before 2.0.
    #[serde(default)]
    pub refuse_low_ports: bool,
    /// Seconds that a program may take to be ready, to end, or to fall silent.
    pub wait: Option<f64>,
    /// `[[prove.probe]]`: what is asked of both.
    #[serde(default, rename = "probe")]
    pub probes: Vec<Probe>,
}

/// A file or folder of the project, or a fresh volume.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mount {
    /// Relative to the file's folder and in it; mounted read-only. A fresh volume unless given.
    pub source: Option<PathBuf>,
    /// An absolute path in the container.
    pub target: String,
}

/// A question to both images; exactly one of `http` and `run`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Probe {
    /// For people.
    pub name: Option<String>,
    /// The path of a page, with its query.
    pub http: Option<String>,
    /// Arguments of a container of its own, which is to end.
    pub run: Option<Vec<String>>,
    /// The port of the page.
    pub port: Option<u16>,
    /// `GET` unless given.
    pub method: Option<String>,
    /// Headers to send.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The status that has to come.
    pub status: Option<u16>,
    /// Text that the page has to contain.
    pub body: Option<String>,
    /// In place of the image's ENTRYPOINT.
    pub entrypoint: Option<String>,
    /// The exit code that has to come.
    pub exit: Option<i32>,
    /// Text that the output has to contain.
    pub output: Option<String>,
    /// How many times it runs, with the same volumes; once unless given.
    pub times: Option<u32>,
    /// Variables, beside the others.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// What is mounted, beside the others.
    #[serde(default)]
    pub mounts: Vec<Mount>,
}

impl Prove {
    /// What is wrong, if anything is.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.wait.is_some_and(|wait| !(0.1..=3600.0).contains(&wait)) {
            return Err("`wait` is between 0.1 and 3600 seconds".into());
        }
        self.mounts.iter().try_for_each(Mount::check)?;
        self.probes.iter().enumerate().try_for_each(|(index, probe)| {
            probe.check().map_err(|error| format!("probe {} of `prove`: {error}", index + 1))
        })
    }
}

impl Mount {
    fn check(&self) -> Result<(), String> {
        // The engine's own syntax for mounts is made of commas.
        if !self.target.starts_with('/') || self.target.contains([',', '\n', '"']) {
            return Err(format!("the target of a mount is an absolute path, not `{}`", self.target));
        }
        let Some(source) = &self.source else { return Ok(()) };
        let inside = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        if source.as_os_str().is_empty() || !source.components().all(inside) {
            return Err(format!(
                "the source of a mount is a path in the folder of this file, not `{}`",
                source.display()
            ));
        }
        Ok(())
    }

    /// The file or folder to mount, with links followed; refused when they lead out of the folder.
    pub fn place(&self, folder: &Path) -> Result<Option<PathBuf>, Error> {
        let Some(source) = &self.source else { return Ok(None) };
        let message = || format!("cannot mount {}", source.display());
        let home = folder.canonicalize().map_err(|error| Error::new(message(), files::cause(&error)))?;
        let path = home.join(source).canonicalize();
        let path = path.map_err(|error| Error::new(message(), files::cause(&error)))?;
        if path.starts_with(&home) && !path.to_string_lossy().contains([',', '\n', '"']) {
            Ok(Some(path))
        } else {
            Err(Error::new(message(), format!("it leads out of {}", folder.display()))
                .with_help("mount a file or folder of the project"))
        }
    }
}

impl Probe {
    fn check(&self) -> Result<(), String> {
        self.mounts.iter().try_for_each(Mount::check)?;
        match (&self.http, &self.run) {
            (Some(path), None) if !path.starts_with('/') => {
                Err(format!("`http` is a path, as in `/health`, not `{path}`"))
            }
            (Some(_), None) => self.only_http(),
            (None, Some(_)) => self.only_run(),
            _ => Err("it needs either `http` or `run`".into()),
        }
    }

    fn only_http(&self) -> Result<(), String> {
        let other = self.entrypoint.is_some() || self.exit.is_some() || self.output.is_some();
        if other || self.times.is_some() || !self.environment.is_empty() || !self.mounts.is_empty() {
            return Err(
                "`http` asks the running program: `entrypoint`, `exit`, `output`, `times`, `environment` \
                        and `mounts` go with `run`"
                    .into(),
            );
        }
        Ok(())
    }

    fn only_run(&self) -> Result<(), String> {
        let other = self.port.is_some() || self.status.is_some() || self.body.is_some();
        if other || self.method.is_some() || !self.headers.is_empty() {
            return Err("`port`, `status`, `body`, `method` and `headers` go with `http`".into());
        }
        if self.times.is_some_and(|times| !(1..=10).contains(&times)) {
            return Err("`times` is between 1 and 10".into());
        }
        Ok(())
    }
}
