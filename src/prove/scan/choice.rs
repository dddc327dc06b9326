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
