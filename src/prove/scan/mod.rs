//! What scanners say of an image.
//!
//! In: an image's archive and the names of scanners. Out: a [`Scan`] each, with vulnerabilities by severity;
//! on request a list of what the image holds (SBOM), in a file. Does not know engines
//! or how images are compared.
//!
//! Scanners are programs of others: each is looked for on PATH, run with the user's own settings for it but not with those of
//! the folder where the user is, which may be a stranger's, and its JSON is read by a file of its own. They may go on the network for what they know of vulnerabilities.

mod choice;
mod grype;
mod program;
mod read;
mod sbom;
mod scout;
mod trivy;

#[cfg(test)]
mod lab_tests;
#[cfg(test)]
mod read_tests;
#[cfg(test)]
mod run_tests;

pub use choice::Choice;
pub use sbom::sbom;

use crate::prove::error::Error;
use crate::prove::process::Limits;
use program::Program;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// What one scanner said of one image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Scan {
    /// `trivy`, `grype` or `docker-scout`.
    pub scanner: String,
    /// As it says itself.
    pub version: Option<String>,
    /// Packages that it saw; none where it does not tell.
    pub packages: Option<usize>,
    /// What it found, sorted, each once.
    pub vulnerabilities: Vec<Vulnerability>,
}

/// A vulnerability of a package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Vulnerability {
    /// How bad; the worst first.
    pub severity: Severity,
    /// As in `CVE-2024-24790`.
    pub id: String,
    /// The package that has it.
    pub package: String,
    /// The package's version.
    pub version: String,
    /// The version without it, where there is one.
    pub fixed: Option<String>,
}

/// How bad a vulnerability is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The worst.
    Critical,
    /// Bad.
    High,
    /// Not so bad.
    Medium,
    /// Hardly bad.
    Low,
    /// Nobody said.
    Unknown,
}

impl Severity {
    /// A scanner's word for it, in any case: `Negligible` is low, and a word that is not known says nothing.
    fn of(word: &str) -> Self {
        match word.trim().to_ascii_lowercase().as_str() {
            "critical" => Self::Critical,
            "high" => Self::High,
            "medium" => Self::Medium,
            "low" | "negligible" => Self::Low,
            _ => Self::Unknown,
        }
    }
}

impl Scan {
    /// What a scanner said, in order: of what it said of one package more than once, the worst is kept.
    fn new(scanner: Scanner, found: impl IntoIterator<Item = Vulnerability>) -> Self {
        let mut each = BTreeMap::new();
        for one in found {
            let key = (one.id.clone(), one.package.clone(), one.version.clone());
            let seen = each.entry(key).or_insert_with(|| one.clone());
            if one < *seen {
                *seen = one;
            }
        }
        let mut vulnerabilities: Vec<_> = each.into_values().collect();
        vulnerabilities.sort();
        Self { scanner: scanner.name().into(), vulnerabilities, ..Self::default() }
    }

    /// How many there are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.vulnerabilities.iter().filter(|found| found.severity == severity).count()
    }
}

/// A scanner on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scanner {
    /// Trivy.
    Trivy,
    /// Grype.
    Grype,
    /// Docker Scout, a plugin of the docker command.
    Scout,
}

impl Scanner {
    /// All of them, in the order in which they are tried.
    pub const ALL: [Self; 3] = [Self::Trivy, Self::Grype, Self::Scout];

    /// Its name, on the command line and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trivy => "trivy",
            Self::Grype => "grype",
            Self::Scout => "docker-scout",
        }
    }

    /// Those on PATH. Docker Scout is asked for its version, which takes some tens of milliseconds.
    pub fn found() -> Vec<Self> {
        Self::ALL.into_iter().filter(|scanner| scanner.is_there()).collect()
    }

    /// Whether it is on PATH.
    pub fn is_there(self) -> bool {
        match self {
            Self::Trivy | Self::Grype => program::on_path(self.name()),
            Self::Scout => program::on_path("docker") && scout::is_there(&self.program()),
        }
    }

    /// Looks at an archive as `docker save` writes it.
    ///
    /// Secrets in the image are not looked for. A scanner that fails, is not understood or takes longer than
    /// [`Limits::step`] is an error that names it.
    pub fn scan(self, archive: &Path, limits: &Limits) -> Result<Scan, Error> {
        self.scan_with(&self.program(), archive, limits)
    }

    /// The same with a program that need not be on PATH.
    fn scan_with(self, program: &Program, archive: &Path, limits: &Limits) -> Result<Scan, Error> {
        match self {
            Self::Trivy => trivy::scan(program, archive, limits),
            Self::Grype => grype::scan(program, archive, limits),
            Self::Scout => scout::scan(program, archive, limits),
        }
    }

    /// Its program on PATH, told to keep to the matter.
    fn program(self) -> Program {
        match self {
            Self::Trivy => trivy::quiet(Program::on_path("trivy")),
            Self::Grype => grype::quiet(Program::on_path("grype")),
            Self::Scout => scout::quiet(Program::on_path("docker")),
        }
    }
}
