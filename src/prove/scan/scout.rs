//! Docker Scout: its command line and its report.
//!
//! Of its formats only SARIF names packages, severities and fixed versions: <https://docs.docker.com/reference/cli/docker/scout/cves/>.
//! There every vulnerability is a rule, whose properties tell the rest. It does not tell how many packages were seen.

use super::program::{self, Program};
use super::read::{self, List};
use super::{Scan, Scanner, Severity, Vulnerability};
use crate::prove::error::Error;
use crate::prove::process::{Cancel, Limits};
use serde::Deserialize;
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

const NAME: &str = "docker-scout";
/// How long it may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether docker has this plugin.
pub(super) fn is_there(docker: &Program) -> bool {
    let limits = Limits { step: PATIENCE, image: 0, cancel: Cancel::default() };
    docker.run(["scout", "version"], &limits).is_ok_and(|output| output.status.success())
}

pub(super) fn scan(docker: &Program, archive: &Path, limits: &Limits) -> Result<Scan, Error> {
    let fixed = ["scout", "cves", "--format", "sarif"].into_iter().map(OsString::from);
    let arguments = fixed.chain([program::prefixed("archive://", archive)]);
    let output = docker.run(arguments, limits)?;
    if !output.status.success() {
        let help = "Docker Scout needs `docker login`; to go without it: --scanner none";
        return Err(program::failed(NAME, &output).with_help(help));
    }
    parse(&output.stdout)
}

/// The program that is run where nothing else is said: without advice on what to do next.
pub(super) fn quiet(program: Program) -> Program {
    program.with("DOCKER_CLI_HINTS", "false")
}

/// Reads a report.
pub(super) fn parse(printed: &[u8]) -> Result<Scan, Error> {
    let report: Report = read::json(NAME, printed)?;
    let drivers: Vec<_> = report.runs.0.into_iter().map(|run| run.tool.driver).collect();
    let Some(first) = drivers.first() else {
        return Err(read::strange(NAME, "its report has no run"));
    };
    let version = read::text(first.version.clone());
    let found = drivers.into_iter().flat_map(|driver| driver.rules.0).flat_map(vulnerabilities);
    Ok(Scan { version, ..Scan::new(Scanner::Scout, found) })
}

#[derive(Deserialize)]
struct Report {
    runs: List<Run>,
}

#[derive(Deserialize)]
struct Run {
    tool: Tool,
}

#[derive(Deserialize)]
struct Tool {
    driver: Driver,
}

#[derive(Deserialize)]
struct Driver {
    version: Option<String>,
    #[serde(default)]
    rules: List<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    id: String,
    #[serde(default)]
    properties: Properties,
}

#[derive(Default, Deserialize)]
struct Properties {
    #[serde(rename = "cvssV3_severity")]
    severity: Option<String>,
    #[serde(default)]
    tags: List<String>,
    fixed_version: Option<String>,
    /// The packages that have it; in 0.24 there was one, below.
    #[serde(default)]
    purls: List<String>,
    purl: Option<String>,
}

/// What a rule says, once for each package.
fn vulnerabilities(rule: Rule) -> Vec<Vulnerability> {
    let Rule { id, properties } = rule;
    let severity = severity(&properties);
    let fixed = read::text(properties.fixed_version).filter(|version| version != "not fixed");
    let mut purls = properties.purls.0;
    purls.extend(properties.purl);
    if purls.is_empty() {
        purls.push("unknown".into());
    }
    let one = |purl: &String| {
        let (package, version) = package(purl);
        Vulnerability { severity, id: id.clone(), package, version, fixed: fixed.clone() }
    };
    purls.iter().map(one).collect()
}

fn severity(properties: &Properties) -> Severity {
    let words = properties.severity.iter().chain(&properties.tags.0);
    words.map(|word| Severity::of(word)).min().unwrap_or(Severity::Unknown)
}

/// Name and version of a package URL, `pkg:type/namespace/name@version?qualifiers#subpath`, the name as the
/// package's own world writes it: <https://github.com/package-url/purl-spec>.
fn package(purl: &str) -> (String, String) {
    let text = purl.strip_prefix("pkg:").unwrap_or(purl);
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let (path, version) = text.rsplit_once('@').unwrap_or((text, ""));
    let (kind, path) = path.split_once('/').unwrap_or(("", path));
    let name = match (kind, path.rsplit_once('/')) {
        // The distribution is no part of a package's name.
        ("deb" | "apk" | "rpm" | "alpm", Some((_, name))) => name.to_owned(),
        ("maven", Some((group, name))) => format!("{group}:{name}"),
        _ => path.to_owned(),
    };
    (decoded(&name), decoded(version))
}

/// Text with its `%3A` and the like read.
fn decoded(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let digits = piece.get(..2).filter(|two| two.bytes().all(|b| b.is_ascii_hexdigit()));
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend_from_slice(&piece.as_bytes()[2..]);
            }
            None => bytes.extend(b"%".iter().chain(piece.as_bytes())),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
