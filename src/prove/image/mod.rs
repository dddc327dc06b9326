//! What an image holds, read from the archive that an engine saves.
//!
//! In: a file as `docker save` writes it. Out: an [`Image`]: its configuration, files, packages, and what stands out.
//! Does not know engines, nor the other image. Nothing of the image is unpacked to disk or run.

mod archive;
mod config;
mod contents;
mod elf;
mod files;
mod gauge;
mod gobuild;
mod guard;
mod layers;
mod loader;
mod packages;
mod program;
mod read;
mod surface;
#[cfg(test)]
mod tests;
mod unpack;
mod user;
mod walk;

pub use config::{Config, HealthCheck};
pub use files::{Entry, Files, Kind};

use serde::Serialize;

/// What an image holds.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Image {
    /// Digest of its configuration, `sha256:...`.
    pub id: String,
    /// Operating system and processor, as in `linux/amd64` or `linux/arm64/v8`.
    pub platform: String,
    /// Bytes of the files of all layers, unpacked, also of those that a later layer replaces or takes away: what `docker images`
    /// tells.
    pub unpacked: u64,
    /// Bytes of all layers, compressed, as a registry stores them: as they are in the archive where they are compressed
    /// there, otherwise an estimate of what gzip makes of them.
    pub compressed: u64,
    /// Number of layers that hold something.
    pub layers: usize,
    /// How containers of it run.
    pub config: Config,
    /// Packages of its distribution, sorted.
    pub packages: Vec<Package>,
    /// Paths of shells, sorted: sh, bash, dash, ash, zsh, busybox ...
    pub shells: Vec<String>,
    /// Paths of package managers, sorted: apt-get, apk, dnf, pip, npm ...
    pub package_managers: Vec<String>,
    /// Files that run as their owner or group, sorted.
    pub setuid: Vec<String>,
    /// Files and folders that everyone may write to, but for those with the sticky bit, links and devices; sorted.
    pub world_writable: Vec<String>,
    /// Files that the image's user can't read, sorted; empty for root, and where it is not known who that is. Without what
    /// distributions close to all but root, as `/etc/shadow`, `/root` and package managers' own files are.
    pub unreadable: Vec<String>,
    /// Whether there is a bundle of certificates where programs look for one.
    pub certificates: bool,
    /// Whether there is a database of time zones.
    pub time_zones: bool,
    /// The program that a container starts; none where it is not in the image.
    pub program: Option<Program>,
    /// Every file, without its bytes.
    #[serde(skip)]
    pub files: Files,
}

/// A package of a distribution.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version as the distribution writes it.
    pub version: String,
}

/// The program that a container starts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Program {
    /// Where it is, after links.
    pub path: String,
    /// What it is.
    pub format: Format,
    /// The processor that it is for, as in image platforms (`amd64`); none where that can't be told.
    pub architecture: Option<String>,
    /// The program that loads its libraries; none for a static one. For a script, what `#!` names.
    pub interpreter: Option<String>,
    /// Whether that is in the image.
    pub interpreter_found: bool,
    /// Names of libraries that it or one of these needs and that are not in the image.
    pub missing_libraries: Vec<String>,
    /// Names of libraries that it needs itself.
    pub libraries: Vec<String>,
    /// Go's build information: version of Go, `main` module's path, settings such as `CGO_ENABLED=0`.
    pub go: Option<GoBuild>,
}

/// What a program is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// An ELF program that loads nothing.
    Static,
    /// An ELF program that loads libraries.
    Dynamic,
    /// A text that begins with `#!`.
    Script,
    /// Something else.
    #[default]
    Other,
}

/// What Go writes into its programs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct GoBuild {
    /// As in `go1.27.3`.
    pub version: String,
    /// The main package's path.
    pub path: Option<String>,
    /// Settings in their order: `-ldflags`, `CGO_ENABLED`, `GOARCH` ...
    pub settings: Vec<(String, String)>,
}
