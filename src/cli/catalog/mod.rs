//! `harden catalog`: makes the generated part of the catalog: what the program brings, and what is newer on this machine.
//!
//! In: three files of data on images, or with `update` what registries and others publish. Out: files of
//! `recipes/catalog/`, or of the user's cache.
//! Does not know what the program makes of them.

pub(super) mod cached;
mod chainguard;
mod generate;
mod listing;
mod refresh;
mod support;
mod update;

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
        Catalog::Update(args) => update::update(args),
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
