//! The cases in `cases/ladder/`.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One folder of `cases/ladder/`.
pub struct Case {
    pub name: String,
    pub folder: PathBuf,
    pub source: Vec<u8>,
    pub expected: Expected,
}

/// What should become of a case.
///
/// A rung may be a list with `|` between, where more than one is right. What the result must hold is asked of the run
/// that makes safe fixes only, unless `unsafe-rung` is given; what it must not hold, of both.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Expected {
    /// Number of the form that it stands for.
    pub archetype: Option<usize>,
    /// Which of `ROWS` it shows.
    pub rows: Vec<String>,
    /// What is special about it: lower case, no full stop.
    pub about: String,
    /// `single` or `multi`; none for an image without a Go program.
    pub from: Option<String>,
    /// Reached by safe fixes.
    pub rung: Option<String>,
    /// Reached with unsafe ones; none for the same.
    pub unsafe_rung: Option<String>,
    /// Ids that are among the blockers when only safe fixes are made.
    #[serde(default)]
    pub blockers: Vec<String>,
    /// Ids that are not.
    #[serde(default)]
    pub not_blockers: Vec<String>,
    /// Whole lines of the result.
    #[serde(default)]
    pub has: Vec<String>,
    /// Texts in the result.
    #[serde(default)]
    pub holds: Vec<String>,
    /// Texts that are not in it.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// Texts in its final stage.
    #[serde(default)]
    pub r#final: Vec<String>,
    /// Pairs of texts of which its final stage holds at most one.
    #[serde(default)]
    pub apart: Vec<[String; 2]>,
    /// Pairs of texts of which the result holds the second if it holds the first.
    #[serde(default)]
    pub implies: Vec<[String; 2]>,
    /// Whether nothing may change, by any fix.
    #[serde(default)]
    pub unchanged: bool,
}

/// What a conversion has to keep, or to stop at. Each has a case.
pub const ROWS: [&str; 53] = [
    "exec-form main",
    "shell form, one plain command",
    "shell form, constant in the program's path",
    "shell form with run-time $VAR args",
    "&& ; | > $( ) in the command",
    r#"["sh", "-c", "x"]"#,
    "malformed exec JSON",
    "exec form with a literal $VAR",
    "ENTRYPOINT + CMD both",
    "tini / dumb-init / gosu",
    "entry script",
    "relative command",
    "WORKDIR under /root",
    "EXPOSE",
    "EXPOSE < 1024",
    "VOLUME",
    "ENV set",
    "ENV secret-like",
    "ARG",
    "LABEL / MAINTAINER",
    "HEALTHCHECK",
    "STOPSIGNAL, SHELL",
    "USER non-root already",
    "useradd / chown in RUN",
    "mkdir of data folders",
    "COPY --chown, COPY --from=image",
    "ADD url",
    "ADD where COPY works",
    "explicit config/asset COPY",
    "CMD/ENTRYPOINT argument naming a config file",
    "whole-context COPY",
    "ca-certificates named",
    "custom CA",
    "tzdata / TZ / localtime",
    "setcap",
    "OS packages installed",
    "run-time-looking packages",
    "lib*-dev",
    "sqlite, libpcap, vips, librdkafka",
    "CGO_ENABLED=0 set",
    "CGO_ENABLED=1, -race",
    "-ldflags",
    "GOOS / GOARCH",
    "TARGETARCH",
    "-tags",
    "private dependencies",
    "RUN --mount",
    "git clone",
    "go generate / protoc / npm",
    "go test / vet in the build",
    "two or more local binaries",
    "onbuild tag",
    "rm -rf of sources",
];

/// Every case, sorted by name.
pub fn all() -> Vec<Case> {
    let folder = super::folder("cases/ladder");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names.into_iter().map(load).collect()
}

fn load(name: String) -> Case {
    let folder = super::folder("cases/ladder").join(&name);
    let source = std::fs::read(folder.join("Dockerfile")).unwrap();
    let text = std::fs::read_to_string(folder.join("case.toml")).unwrap();
    let expected = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    Case { name, folder, source, expected }
}

/// The files below a folder, by their paths from `root`; none if it does not exist.
pub fn files(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(root, &path, found);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            found.insert(name, std::fs::read(&path).unwrap());
        }
    }
}
