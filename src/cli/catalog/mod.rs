//! `harden catalog`: makes the generated part of the catalog, for those who work on it.
//!
//! In: three files of data on images, as text. Out: files of `recipes/catalog/`.
//! Does not know what the program makes of them, and asks nobody.

mod chainguard;
mod generate;
mod listing;

use super::args::{BuildCatalog, Catalog};
use super::failure::Failure;
use super::terminal::Terminal;
use super::{Exit, Stop};
use crate::files;
use generate::Sources;
use std::fs;
use std::path::Path;

/// Runs `harden catalog`.
pub(super) fn catalog(command: &Catalog) -> Result<Exit, Stop> {
    match command {
        Catalog::Build(args) => build(args),
    }
}

fn build(args: &BuildCatalog) -> Result<Exit, Stop> {
    let (tags, support, chainguard) =
        (text(&args.official_tags)?, text(&args.end_of_life)?, text(&args.chainguard)?);
    let sources = Sources { tags: &tags, support: &support, chainguard: &chainguard };
    let made = generate::generate(sources).map_err(|cause| {
        Failure::new("cannot make the catalog")
            .because(cause)
            .help("its sources have another form than expected")
    })?;
    for file in &made {
        write(&args.output.join(&file.path), &file.text)?;
    }
    Terminal::print(&format!("{} files in {}\n", made.len(), args.output.display()))?;
    Ok(Exit::Done)
}

fn text(path: &Path) -> Result<String, Stop> {
    let bytes = files::read(path)?;
    String::from_utf8(bytes).map_err(|_| {
        Failure::new(format!("cannot read {}", path.display())).because("it is not UTF-8").into()
    })
}

fn write(path: &Path, text: &str) -> Result<(), Stop> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, text));
    made.map_err(|error| {
        Failure::new(format!("cannot write {}", path.display())).because(files::cause(&error)).into()
    })
}
