//! Go modules that use C, and modules that are known not to.

use serde::Deserialize;
use std::sync::OnceLock;

/// Modules whose packages use C, and what comes of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Cgo {
    /// Their paths.
    pub modules: Vec<String>,
    /// The packages that use C, relative to the module; empty for all of them.
    #[serde(default)]
    pub packages: Vec<String>,
    /// What a program with them needs to run.
    pub needs: Needs,
    /// What a build without cgo does.
    #[serde(default)]
    pub without_cgo: Without,
    /// Build tags that take C out.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What does the same without C.
    pub alternative: Option<String>,
    /// Where this is known from.
    #[cfg_attr(not(test), expect(dead_code, reason = "for those who review the catalog"))]
    source: String,
    /// When it was read there.
    #[cfg_attr(not(test), expect(dead_code, reason = "for those who review the catalog"))]
    date: String,
}

/// What a program needs to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Needs {
    /// The C library: everything else is compiled in.
    #[serde(rename = "bundled-c")]
    BundledC,
    /// The C and the C++ library.
    #[serde(rename = "bundled-c++")]
    BundledCpp,
    /// Shared libraries of the distribution.
    #[serde(rename = "system")]
    System,
}

/// What a build without cgo does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Without {
    /// It does not build, or parts are missing.
    #[default]
    Fails,
    /// It builds, and the program fails when it runs.
    Stub,
    /// Another implementation takes the place.
    Works,
}

/// Modules that do not use C on Linux, nor does anything they import.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Pure {
    /// Paths that stand for the packages below them too.
    modules: Vec<String>,
    /// Packages below them that are not meant.
    except: Vec<String>,
    /// Where this is known from.
    #[cfg_attr(not(test), expect(dead_code, reason = "for those who review the catalog"))]
    source: String,
    /// When it was looked at.
    #[cfg_attr(not(test), expect(dead_code, reason = "for those who review the catalog"))]
    date: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    cgo: Vec<Cgo>,
    pure: Pure,
}

/// The embedded file can be read: a test sees to it.
fn known() -> &'static File {
    static KNOWN: OnceLock<File> = OnceLock::new();
    KNOWN.get_or_init(|| super::file("cgo").unwrap_or_default())
}

impl Cgo {
    /// Where a path is in one of the modules, its major version left out; the module itself is the empty path.
    fn rest<'a>(&self, path: &'a str) -> Option<&'a str> {
        let rest = self.modules.iter().find_map(|module| within(path, module))?;
        let (first, after) = rest.split_once('/').unwrap_or((rest, ""));
        let version = first.strip_prefix('v').is_some_and(|n| n.parse::<u32>().is_ok());
        Some(if version { after } else { rest })
    }

    fn uses_c(&self, rest: &str) -> bool {
        self.packages.is_empty() || self.packages.iter().any(|package| within(rest, package).is_some())
    }
}

/// What is known about a package by its import path; none when it is not known to use C.
pub fn package(import: &str) -> Option<&'static Cgo> {
    known().cgo.iter().find(|cgo| cgo.rest(import).is_some_and(|rest| cgo.uses_c(rest)))
}

/// What is known about the packages of a module or repository: some or all of them use C.
pub fn module(path: &str) -> Option<&'static Cgo> {
    package(path).or_else(|| known().cgo.iter().find(|cgo| cgo.rest(path) == Some("")))
}

/// Whether neither a package nor anything that it imports uses C on Linux, in any of its versions that were looked at.
pub fn is_pure(import: &str) -> bool {
    let pure = &known().pure;
    let named = |paths: &[String]| paths.iter().any(|path| within(import, path).is_some());
    named(&pure.modules) && !named(&pure.except) && package(import).is_none()
}

/// What is left of `path` below `prefix`.
fn within<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(prefix)?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix('/') }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_file_can_be_read() {
        super::super::file::<File>("cgo").unwrap();
    }

    #[test]
    fn packages_that_use_c() {
        let cases = [
            ("github.com/mattn/go-sqlite3", Some((Needs::BundledC, Without::Stub))),
            ("github.com/confluentinc/confluent-kafka-go/v2/kafka", Some((Needs::BundledC, Without::Fails))),
            ("rogchap.com/v8go", Some((Needs::BundledCpp, Without::Fails))),
            ("gopkg.in/gographics/imagick.v2/imagick", Some((Needs::System, Without::Fails))),
            ("github.com/google/gopacket/pcap", Some((Needs::System, Without::Fails))),
            ("github.com/google/gopacket/afpacket", Some((Needs::BundledC, Without::Fails))),
            ("github.com/coreos/go-systemd/v22/sdjournal", Some((Needs::System, Without::Fails))),
            ("github.com/ethereum/go-ethereum/crypto/secp256k1", Some((Needs::BundledC, Without::Works))),
            ("github.com/jinzhu/gorm/dialects/sqlite", Some((Needs::BundledC, Without::Stub))),
            ("github.com/google/gopacket", None),
            ("github.com/google/gopacket/pcapgo", None),
            ("github.com/coreos/go-systemd/daemon", None),
            ("github.com/mattn/go-sqlite3x", None),
            ("github.com/jinzhu/gorm", None),
            ("", None),
        ];
        for (import, expected) in cases {
            let found = package(import).map(|cgo| (cgo.needs, cgo.without_cgo));
            assert_eq!(found, expected, "{import}");
        }
    }

    #[test]
    fn modules_of_which_some_packages_use_c() {
        let partly = module("github.com/google/gopacket").unwrap();
        assert_eq!(partly.packages, ["pcap", "pfring"]);
        assert!(module("github.com/coreos/go-systemd/v22").is_some());
        assert!(module("github.com/containers/image/v5").unwrap().tags.len() == 1);
        assert!(module("github.com/mattn/go-sqlite3").unwrap().packages.is_empty());
        assert!(module("github.com/mattn/go-isatty").is_none());
    }

    #[test]
    fn pure_modules() {
        let cases = [
            ("github.com/gorilla/mux", true),
            ("github.com/jinzhu/gorm", true),
            ("github.com/jinzhu/gorm/dialects/postgres", true),
            ("github.com/jinzhu/gorm/dialects/sqlite", false),
            ("github.com/gorilla/muxer", false),
            ("github.com/mattn/go-sqlite3", false),
            ("example.com/own", false),
        ];
        for (import, expected) in cases {
            assert_eq!(is_pure(import), expected, "{import}");
        }
    }

    #[test]
    fn every_entry_has_a_source_and_a_date() {
        let pure = &known().pure;
        let entries = known().cgo.iter().map(|cgo| (&cgo.source, &cgo.date));
        for (source, date) in entries.chain([(&pure.source, &pure.date)]) {
            assert!(!source.is_empty() && date.len() == 10, "{source} {date}");
        }
        assert!(pure.modules.is_sorted(), "the list of pure modules is sorted");
    }

    #[test]
    fn no_module_is_in_both_lists_as_a_whole() {
        for path in &known().pure.modules {
            assert!(package(path).is_none(), "{path}");
        }
    }
}
