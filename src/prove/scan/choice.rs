//! The scanners that the command line asks for.

use super::Scanner;
use crate::prove::error::{Error, ErrorKind};

/// The scanners that are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Those that are there.
    Auto,
    /// None.
    None,
    /// This one; it is an error when it is not there.
    One(Scanner),
}

impl Choice {
    /// The words that [`Choice::parse`] takes; `scout` is short for `docker-scout`.
    pub const NAMES: [&'static str; 5] = ["auto", "trivy", "grype", "docker-scout", "none"];

    /// A word of the command line. Another word than these is an error that lists them.
    pub fn parse(name: &str) -> Result<Self, Error> {
        match name {
            "auto" => Ok(Self::Auto),
            "none" => Ok(Self::None),
            "trivy" => Ok(Self::One(Scanner::Trivy)),
            "grype" => Ok(Self::One(Scanner::Grype)),
            "scout" | "docker-scout" => Ok(Self::One(Scanner::Scout)),
            _ => Err(Error::new(ErrorKind::Other, format!("there is no scanner named `{name}`"))
                .with_help(format!("the choices are {}", Self::NAMES.join(", ")))),
        }
    }

    /// The scanners to run. One that was asked for by name and is not there is an error.
    pub fn scanners(self) -> Result<Vec<Scanner>, Error> {
        match self {
            Self::Auto => Ok(Scanner::found()),
            Self::None => Ok(Vec::new()),
            Self::One(scanner) if scanner.is_there() => Ok(vec![scanner]),
            Self::One(scanner) => Err(absent(scanner)),
        }
    }
}

fn absent(scanner: Scanner) -> Error {
    let (cause, page) = match scanner {
        Scanner::Trivy => ("there is no program trivy on PATH", "https://trivy.dev"),
        Scanner::Grype => ("there is no program grype on PATH", "https://github.com/anchore/grype"),
        Scanner::Scout => {
            ("`docker scout version` does not answer", "https://docs.docker.com/scout/install/")
        }
    };
    Error::new(ErrorKind::Other, format!("cannot scan with {}", scanner.name()))
        .because(cause)
        .with_help(format!("install it, see {page}, or take those that are there with --scanner auto"))
}
