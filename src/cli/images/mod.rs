//! `harden images`: what the catalog knows on a day, of all families, of one, or of one image.
//!
//! In: names as people write them. Out: a table or pages for people, or records for programs.
//! Does not know Dockerfiles, nor what registries would say.

mod page;
mod record;
mod table;
mod text;

use super::age;
use super::args::{self, TableFormat};
use super::catalog::cached;
use super::failure::Failure;
use super::terminal::Terminal;
use super::{Exit, Stop};
use crate::catalog::{self, Family, Images, Reference, short};
use crate::recipe::did_you_mean;
use record::{Answer, Page};

/// Runs `harden images`.
pub(super) fn images(args: &args::Images, global: &args::Global, terminal: Terminal) -> Result<Exit, Stop> {
    let images = Images { date: args.as_of.unwrap_or_else(catalog::today) };
    cached::install(images.date);
    let mut exit = Exit::Done;
    let mut answer = Answer::new(images);
    if args.names.is_empty() {
        answer.families = table::rows(images);
    }
    for name in &args.names {
        match page(images, name) {
            Ok(page) => answer.images.push(page),
            Err(failure) => {
                exit = Exit::Failed;
                answer.images.push(Page::Unknown { name: name.clone(), error: failure.line() });
                Terminal::tell(&failure.render(terminal.colour_err));
            }
        }
    }
    let out = match args.format {
        TableFormat::Json => serde_json::to_string(&answer).unwrap_or_default() + "\n",
        TableFormat::Text if args.names.is_empty() => table::render(&answer.families),
        TableFormat::Text => text::pages(&answer.images, global.verbose, terminal),
    };
    Terminal::print(&out)?;
    age::mention(args.as_of, global);
    Ok(exit)
}

/// What is known under a name: of a family where no tag is written, else of one image.
fn page(images: Images, name: &str) -> Result<Page, Failure> {
    let named = || catalog::families().find(|family| family.name == name || short(&family.name) == name);
    let reference = Reference::parse(name);
    let family = reference.as_ref().and_then(Reference::family).or_else(named);
    match (family, reference) {
        (Some(family), Some(reference)) if is_one(&reference) => {
            let standing = images.standing(&reference).ok_or_else(|| unknown(name))?;
            Ok(Page::Image(Box::new(page::image(images, name, &reference, &standing, family))))
        }
        (Some(family), reference) => {
            let canonical = reference.map_or_else(|| family.name.clone(), |r| r.canonical());
            Ok(Page::Family(Box::new(page::family(images, family, &canonical))))
        }
        (None, Some(_)) => Err(unknown(name)),
        (None, None) => Err(Failure::new(format!("`{name}` is no image reference")).help(
            "a reference is a name with a tag or a digest, as in golang:1.27 or gcr.io/distroless/static",
        )),
    }
}

/// Whether a reference names one image.
fn is_one(reference: &Reference<'_>) -> bool {
    reference.tag.is_some() || reference.digest.is_some() || reference.is_scratch()
}

fn unknown(name: &str) -> Failure {
    let parsed = Reference::parse(name);
    let bare = parsed.map_or(name, |reference| &name[..reference.name_end]);
    let names = |family: &'static Family| std::iter::once(&family.name).chain(&family.aliases);
    // Names of one registry begin alike, whatever they name.
    let is_near = |known: &&str| strsim::osa_distance(known, bare) <= 2.max(bare.len() / 4);
    let known = catalog::families().flat_map(names).map(|known| short(known)).filter(is_near);
    let help =
        did_you_mean(bare, known).unwrap_or_else(|| "`harden images` lists those that it knows".to_owned());
    Failure::new(format!("the catalog has no image {bare}")).help(help)
}

#[cfg(test)]
mod tests;
