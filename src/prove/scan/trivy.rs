//! Trivy: its command line and its JSON report.
//!
//! The report is that of schema version 2, in use since 0.20: `pkg/types/report.go` in aquasecurity/trivy.

use super::program::{self, Program};
use super::read::{self, List};
use super::{Scan, Scanner, Severity, Vulnerability};
use crate::prove::error::Error;
use crate::prove::process::{Limits, Output};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;

const NAME: &str = "trivy";
/// The version of the report's schema that is read here.
const SCHEMA: u64 = 2;

pub(super) fn scan(program: &Program, archive: &Path, limits: &Limits) -> Result<Scan, Error> {
    // What a user has set for their own runs, such as another format or exit code, is overruled where it would
    // change the report's form, and kept where it changes what is found, such as ignored vulnerabilities.
    let asked = [
        "--format=json",
        "--output=",
        "--scanners=vuln",
        "--list-all-pkgs",
        "--exit-code=0",
        "--exit-on-eol=0",
    ];
    let output = program.run(arguments(&asked, archive, limits), limits)?;
    if !output.status.success() {
        return Err(program::failed(NAME, &output));
    }
    let mut scan = parse(&output.stdout)?;
    if scan.version.is_none() {
        scan.version = version(program, limits)?;
    }
    Ok(scan)
}

/// Prints a list of what an image holds, as CycloneDX.
pub(super) fn list(program: &Program, archive: &Path, limits: &Limits) -> Result<Output, Error> {
    program.run(arguments(&["--format=cyclonedx", "--output="], archive, limits), limits)
}

/// The program that is run where nothing else is said: without news of new versions and without telling its makers.
pub(super) fn quiet(program: Program) -> Program {
    program.with("TRIVY_DISABLE_TELEMETRY", "true").with("TRIVY_SKIP_VERSION_CHECK", "true")
}

fn arguments(asked: &[&str], archive: &Path, limits: &Limits) -> Vec<OsString> {
    // Its own limit is five minutes, whatever ours.
    let timeout = format!("--timeout={}s", limits.step.as_secs().saturating_add(1));
    let fixed = ["image", "--no-progress", &timeout].into_iter().chain(asked.iter().copied());
    fixed.map(OsString::from).chain([program::prefixed("--input=", archive)]).collect()
}

/// Its version, which reports tell only since 2026: aquasecurity/trivy, pull request 10065.
fn version(program: &Program, limits: &Limits) -> Result<Option<String>, Error> {
    let output = program.run(["--version", "--format=json"], limits)?;
    Ok(read::json(NAME, &output.stdout).ok().and_then(|about: About| read::text(about.version)))
}

/// Reads a report.
pub(super) fn parse(printed: &[u8]) -> Result<Scan, Error> {
    let report: Report = read::json(NAME, printed)?;
    if report.schema != SCHEMA {
        return Err(read::strange(
            NAME,
            format!("its report has schema version {}, not {SCHEMA}", report.schema),
        ));
    }
    let results = report.results.0;
    let packages: BTreeSet<_> = results
        .iter()
        .flat_map(|result| result.packages.0.iter().map(move |one| (&result.kind, &one.name, &one.version)))
        .collect();
    let packages = packages.len();
    let found = results.into_iter().flat_map(|result| result.vulnerabilities.0).map(Vulnerability::from);
    let version = report.trivy.and_then(|about| read::text(about.version));
    Ok(Scan { version, packages: Some(packages), ..Scan::new(Scanner::Trivy, found) })
}

#[derive(Deserialize)]
struct Report {
    #[serde(rename = "SchemaVersion")]
    schema: u64,
    #[serde(rename = "Trivy")]
    trivy: Option<About>,
    #[serde(rename = "Results", default)]
    results: List<Target>,
}

#[derive(Deserialize)]
struct About {
    #[serde(rename = "Version")]
    version: Option<String>,
}

/// What was found in one place: the packages of the system, or one program.
#[derive(Deserialize)]
struct Target {
    #[serde(rename = "Type")]
    kind: Option<String>,
    #[serde(rename = "Packages", default)]
    packages: List<Package>,
    #[serde(rename = "Vulnerabilities", default)]
    vulnerabilities: List<Found>,
}

#[derive(Deserialize)]
struct Package {
    #[serde(rename = "Name")]
    name: String,
    #[serde(rename = "Version")]
    version: Option<String>,
}

#[derive(Deserialize)]
struct Found {
    #[serde(rename = "VulnerabilityID")]
    id: String,
    #[serde(rename = "PkgName")]
    package: String,
    #[serde(rename = "InstalledVersion")]
    version: Option<String>,
    #[serde(rename = "FixedVersion")]
    fixed: Option<String>,
    #[serde(rename = "Severity")]
    severity: Option<String>,
}

impl From<Found> for Vulnerability {
    fn from(found: Found) -> Self {
        Self {
            severity: Severity::of(&found.severity.unwrap_or_default()),
            id: found.id,
            package: found.package,
            version: found.version.unwrap_or_default(),
            fixed: read::text(found.fixed),
        }
    }
}
