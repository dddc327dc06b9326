//! What packages of distributions are for.

use serde::Deserialize;
use std::sync::OnceLock;

/// Packages by use.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Uses {
    /// Where the facts were read.
    #[serde(rename = "source")]
    _source: String,
    /// The day of that source, `YYYY-MM-DD`.
    #[serde(rename = "date")]
    _date: String,
    build: Vec<String>,
    either: Vec<String>,
    data: Vec<String>,
    root: Vec<String>,
}

/// The embedded file can be read: a test sees to it.
fn uses() -> &'static Uses {
    static USES: OnceLock<Uses> = OnceLock::new();
    USES.get_or_init(|| super::file::<File>("packages").map(|file| file.packages).unwrap_or_default())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    packages: Uses,
}

/// What an image has a package for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// To build.
    Build,
    /// To build, or for the program to call.
    Either,
    /// Certificates or time zones.
    Data,
    /// For the program, as far as is known.
    Run,
}

/// What a package is for, by its name without a version.
pub fn use_of(package: &str) -> Use {
    let data = uses();
    let name = bare(package);
    let listed = |list: &[String]| list.iter().any(|n| n == name);
    if listed(&data.data) {
        Use::Data
    } else if listed(&data.build) {
        Use::Build
    } else if listed(&data.either) {
        Use::Either
    } else {
        Use::Run
    }
}

/// Whether a package is of use to root only: it changes the network or the kernel, or starts programs as other users.
pub fn is_for_root(package: &str) -> bool {
    let name = bare(package);
    uses().root.iter().any(|n| n == name)
}

/// A package's name without a version.
fn bare(package: &str) -> &str {
    package.split(['=', '<', '>', '~', '@', ':']).next().unwrap_or(package)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_file_can_be_read() {
        super::super::file::<File>("packages").unwrap();
    }

    #[test]
    fn an_unknown_package_is_taken_for_one_that_the_program_needs() {
        assert_eq!(use_of("gcc"), Use::Build);
        assert_eq!(use_of("git=2.30"), Use::Either);
        assert_eq!(use_of("ca-certificates"), Use::Data);
        assert_eq!(use_of("ffmpeg"), Use::Run);
    }

    #[test]
    fn packages_for_root() {
        assert!(is_for_root("iptables") && is_for_root("sudo=1.9.13"));
        assert!(!is_for_root("ffmpeg") && !is_for_root("docker-compose"));
    }
}
