//! A list of what an image holds (SBOM), written to a file.

use super::program::{self, Program};
use super::{read, trivy};
use crate::files::{self, Sink};
use crate::prove::error::{Error, ErrorKind};
use crate::prove::process::Limits;
use serde::Deserialize;
use std::io::{self, Write as _};
use std::path::Path;

/// Writes what an image holds to a file, as CycloneDX in JSON, with the first of syft, trivy that is on PATH.
///
/// The file appears when it is whole. Without either program it is an error.
pub fn sbom(archive: &Path, to: &Path, limits: &Limits) -> Result<(), Error> {
    let lister = if program::on_path("syft") {
        Lister::Syft(Program::named("syft").with("SYFT_CHECK_FOR_APP_UPDATE", "false"))
    } else if program::on_path("trivy") {
        Lister::Trivy(trivy::quiet(Program::named("trivy")))
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
    let (name, list) = match lister {
        Lister::Syft(program) => ("syft", syft(program, archive, limits)?),
        Lister::Trivy(program) => ("trivy", trivy::sbom(program, archive, limits)?),
    };
    let head: Head = read::whole_json(name, &list)?;
    if head.format != "CycloneDX" {
        return Err(read::strange(name, format!("its list is in the format {:?}", head.format)));
    }
    place.write_all(&list).map_err(|error| unwritten_at(to, &error))?;
    place.finish().map_err(unwritten)
}

fn syft(program: &Program, archive: &Path, limits: &Limits) -> Result<Vec<u8>, Error> {
    let arguments = [program::prefixed("docker-archive:", archive), "--output=cyclonedx-json".into()];
    let output = program.run(arguments, limits)?;
    if output.status.success() { Ok(output.stdout) } else { Err(program::failed("syft", &output)) }
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
