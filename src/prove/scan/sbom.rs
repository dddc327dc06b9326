//! A list of what an image holds (SBOM), written to a file.

use super::program::{self, Program};
use super::trivy;
use crate::files::{self, Sink};
use crate::prove::error::{Error, ErrorKind};
use crate::prove::process::{Limits, Output};
use serde::Deserialize;
use std::io::{self, Write as _};
use std::path::Path;

/// Writes what an image holds to a file, as CycloneDX in JSON, with the first of syft, trivy that is on PATH.
///
/// The file appears when it is whole. Without either program it is an error.
pub fn sbom(archive: &Path, to: &Path, limits: &Limits) -> Result<(), Error> {
    let lister = if program::on_path("syft") {
        Lister::Syft(Program::on_path("syft").with("SYFT_CHECK_FOR_APP_UPDATE", "false"))
    } else if program::on_path("trivy") {
        Lister::Trivy(trivy::quiet(Program::on_path("trivy")))
    } else {
        return Err(absent());
    };
    write(&lister, archive, to, limits)
}

/// A program that lists what an image holds.
pub(super) enum Lister {
    Syft(Program),
    Trivy(Program),
}

/// The list of this program, in its file.
pub(super) fn write(lister: &Lister, archive: &Path, to: &Path, limits: &Limits) -> Result<(), Error> {
    // A place that can't be written to is told before the work.
    let mut place = Sink::create(to).map_err(unwritten)?;
    let list = lister.list(archive, limits)?;
    place.write_all(&list).map_err(|error| unwritten_at(to, &error))?;
    place.finish().map_err(unwritten)
}

impl Lister {
    /// The list as the program printed it, which is CycloneDX and whole.
    fn list(&self, archive: &Path, limits: &Limits) -> Result<Vec<u8>, Error> {
        let (name, output) = match self {
            Self::Syft(program) => ("syft", syft(program, archive, limits)?),
            Self::Trivy(program) => ("trivy", trivy::list(program, archive, limits)?),
        };
        let fail = |cause| failed(name, cause);
        if !output.status.success() {
            return Err(fail(program::reason(&output)));
        }
        let head: Head = serde_json::from_slice(&output.stdout).map_err(|error| fail(error.to_string()))?;
        match head.format.as_str() {
            "CycloneDX" => Ok(output.stdout),
            other => Err(fail(format!("it printed the format {other:?}"))),
        }
    }
}

fn syft(program: &Program, archive: &Path, limits: &Limits) -> Result<Output, Error> {
    let image = program::prefixed("docker-archive:", archive);
    program.run([image, "--output=cyclonedx-json".into()], limits)
}

fn failed(name: &str, cause: String) -> Error {
    Error::new(ErrorKind::Other, format!("{name} could not list what the image holds"))
        .because(cause)
        .with_help(format!("see whether {name} works by itself, or leave out --sbom"))
}

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "bomFormat")]
    format: String,
}

fn absent() -> Error {
    Error::new(ErrorKind::Other, "cannot list what the image holds")
        .because("neither syft nor trivy is on PATH")
        .with_help("install syft, https://github.com/anchore/syft, or leave out --sbom")
}

fn unwritten(error: files::Error) -> Error {
    let files::Error { message, cause, help } = error;
    Error { kind: ErrorKind::Other, message, cause, help }
}

fn unwritten_at(to: &Path, error: &io::Error) -> Error {
    Error::new(ErrorKind::Other, format!("cannot write {}", to.display())).because(files::cause(error))
}
