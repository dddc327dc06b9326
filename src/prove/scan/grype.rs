//! Grype: its command line and its JSON report.
//!
//! The report is `Document` of `grype/presenter/models` in anchore/grype. It does not tell how many packages were seen.

use super::program::{self, Program};
use super::read::{self, List};
use super::{Scan, Scanner, Severity, Vulnerability};
use crate::prove::error::Error;
use crate::prove::process::Limits;
use serde::Deserialize;
use std::ffi::OsString;
use std::path::Path;

const NAME: &str = "grype";

pub(super) fn scan(program: &Program, archive: &Path, limits: &Limits) -> Result<Scan, Error> {
    // An empty file is standard output, whatever a user has set for their own runs.
    let fixed = ["--output=json", "--file="].into_iter().map(OsString::from);
    let arguments = fixed.chain([program::prefixed("docker-archive:", archive)]);
    let output = program.run(arguments, limits)?;
    if output.status.success() {
        return parse(&output.stdout);
    }
    // A user may have told it to fail on what it finds (`fail-on-severity`): its report is whole all the same.
    parse(&output.stdout).map_err(|_| program::failed(NAME, &output))
}

/// The program that is run where nothing else is said: without news of new versions.
pub(super) fn quiet(program: Program) -> Program {
    program.with("GRYPE_CHECK_FOR_APP_UPDATE", "false")
}

/// Reads a report.
pub(super) fn parse(printed: &[u8]) -> Result<Scan, Error> {
    let report: Report = read::json(NAME, printed)?;
    let version = report.descriptor.and_then(|descriptor| read::text(descriptor.version));
    let found = report.matches.0.into_iter().map(Vulnerability::from);
    Ok(Scan { version, ..Scan::new(Scanner::Grype, found) })
}

#[derive(Deserialize)]
struct Report {
    matches: List<Match>,
    descriptor: Option<Descriptor>,
}

#[derive(Deserialize)]
struct Descriptor {
    version: Option<String>,
}

#[derive(Deserialize)]
struct Match {
    vulnerability: Found,
    artifact: Artifact,
}

#[derive(Deserialize)]
struct Found {
    id: String,
    severity: Option<String>,
    fix: Option<Fix>,
}

#[derive(Deserialize)]
struct Fix {
    #[serde(default)]
    versions: List<String>,
}

#[derive(Deserialize)]
struct Artifact {
    name: String,
    version: Option<String>,
}

impl From<Match> for Vulnerability {
    fn from(found: Match) -> Self {
        let Match { vulnerability, artifact } = found;
        let fixed = vulnerability.fix.map(|fix| fix.versions.0.join(", "));
        Self {
            severity: Severity::of(&vulnerability.severity.unwrap_or_default()),
            id: vulnerability.id,
            package: artifact.name,
            version: artifact.version.unwrap_or_default(),
            fixed: read::text(fixed),
        }
    }
}
