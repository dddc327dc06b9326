//! `harden catalog update`: newer listings of images than those that the program brings, in the user's cache.
//!
//! Each file is written only when all of it came and makes sense; until then the old one stays.

use super::cached;
use super::listing::{quoted, write_releases, write_row};
use super::refresh::{self, Built};
use super::support;
use crate::catalog::listing::{self, Listing, Tags};
use crate::catalog::{Reference, Version, families, today};
use crate::cli::args::UpdateCatalog;
use crate::cli::failure::Failure;
use crate::cli::terminal::Terminal;
use crate::cli::{Exit, Stop, online, parallel};
use crate::files;
use crate::registry::Client;
use crate::report::clean;
use jiff::civil::Date;
use std::fmt::Write as _;

/// Where the official images are.
const OFFICIAL: &str = "docker.io/library/";
/// What a made file begins with.
const HEADER: &str = "# Made by `harden catalog update` from lists that are public; it can be removed.\n";

/// Runs the command.
pub(super) fn update(args: &UpdateCatalog) -> Result<Exit, Stop> {
    if !args.network.online {
        let failure = Failure::new("cannot update the catalog").because("it needs the network");
        return Err(failure.help("add --online").into());
    }
    let folder = cached::folder().ok_or_else(|| {
        let failure = Failure::new("cannot update the catalog").because("there is no folder for caches");
        failure.help("set HOME or XDG_CACHE_HOME")
    })?;
    let wanted = wanted(args)?;
    // No project has a say here, not even of its mirrors: what comes of it holds for all of this user's projects.
    let source = Source { args, client: Client::new(online::options(&args.network)), today: today() };
    let (mut made, mut failed) = (0, 0);
    let work = |listing: &&'static Listing| {
        let text = source.text(listing)?;
        cached::write(&folder, &listing.name, &text)
    };
    let mut names = wanted.iter();
    parallel::each(&wanted, work, |ended: Result<(), files::Error>| {
        let name = names.next().map_or("", |listing| listing.name.as_str());
        match ended {
            Ok(()) => made += 1,
            Err(error) => {
                failed += 1;
                let error = Failure::from(error).line();
                Terminal::tell(&format!("{}: {}\n", clean(name), clean(&error)));
            }
        }
    });
    Terminal::print(&format!("{made} of {} listings are new, in {}\n", made + failed, folder.display()))?;
    Ok(if failed == 0 { Exit::Done } else { Exit::Failed })
}

/// The listings to refresh: those named, or all.
fn wanted(args: &UpdateCatalog) -> Result<Vec<&'static Listing>, Failure> {
    if args.images.is_empty() {
        return Ok(listing::all().collect());
    }
    let named = |name: &String| {
        let found = Reference::parse(name).and_then(|reference| listing::of(&reference.canonical()));
        found.ok_or_else(|| {
            let known = families().filter(|family| family.listing().is_some()).count();
            Failure::new(format!("nothing is listed of {name}"))
                .because(format!("it is none of the {known} images whose tags or ends of support are known"))
        })
    };
    args.images.iter().map(named).collect()
}

/// Where newer lists come from.
struct Source<'a> {
    args: &'a UpdateCatalog,
    client: Client,
    today: Date,
}

impl Source<'_> {
    /// The text of a newer listing.
    fn text(&self, known: &'static Listing) -> Result<String, files::Error> {
        let refused =
            |cause: String| files::Error::new("the old listing stays", cause).with_help("try again later");
        let mut out = format!("{HEADER}name = {}\n", quoted(&known.name));
        let mut support = String::new();
        if let Some(old) = &known.support {
            let address = support::address(&self.args.end_of_life, &old.product);
            let bytes = self.client.document(&address, support::LIMIT)?;
            let releases = support::read(&bytes, old).map_err(|why| refused(format!("{address}: {why}")))?;
            write_releases(&mut support, &old.product, &address, &self.today.to_string(), &releases);
        }
        if let Some(tags) = &known.tags {
            // Which lines have ended is what was told a moment ago.
            let fresh = listing::check(&format!("{out}{support}")).map_err(refused)?;
            self.tags(&mut out, tags, known, &fresh)?;
        }
        out.push_str(&support);
        match listing::check(&out) {
            Ok(new) if new.name == known.name => Ok(out),
            Ok(_) => Err(refused("what came makes no listing".into())),
            Err(why) => Err(refused(format!("what came makes no listing: {why}"))),
        }
    }

    fn tags(
        &self,
        out: &mut String,
        known: &'static Tags,
        of: &Listing,
        fresh: &Listing,
    ) -> Result<(), files::Error> {
        let place = match of.name.strip_prefix(OFFICIAL) {
            Some(short) => format!("{}/{short}", self.args.official.trim_end_matches('/')),
            None => of.name.clone(),
        };
        let reference = Reference::parse(&place).ok_or_else(|| {
            files::Error::new(format!("cannot list the tags of {place}"), "it is not the name of an image")
        })?;
        let listed = self.client.tags(&reference)?;
        let ended = |line: &Version| has_ended(line, of, fresh, known.date, self.today);
        let built = refresh::built(known, line(of, fresh), &listed, &ended);
        let (new, old) = (built.iter().map(|row| row.tags.len()).sum::<usize>(), known.all().count());
        if new * 2 < old {
            let cause = format!("of the tags of {place}, {new} seem to be built, and {old} were");
            return Err(files::Error::new("the old listing stays", cause));
        }
        write_tags(out, &place, self.today, known, &built);
        Ok(())
    }
}

/// How many numbers name a line of releases.
fn line(known: &Listing, fresh: &Listing) -> usize {
    let of = |listing: &Listing| {
        let mut releases = listing.support.as_ref()?.releases.iter();
        releases.find_map(|release| release.version).map(|version| version.precision())
    };
    of(fresh).or_else(|| of(known)).unwrap_or(1)
}

/// Whether a line of releases ended after the known list was made: it is not built any more, though its tags stay.
fn has_ended(line: &Version, known: &Listing, fresh: &Listing, then: Date, now: Date) -> bool {
    let ended = |listing: &Listing, on: Date| {
        let support = listing.support.as_ref();
        let releases = support.into_iter().flat_map(|support| &support.releases);
        releases
            .filter(|release| {
                release.version.is_some_and(|version| line.is_in(&version) || version.is_in(line))
            })
            .any(|release| release.has_ended(on))
    };
    ended(fresh, now) && !ended(known, then)
}

fn write_tags(out: &mut String, place: &str, today: Date, known: &Tags, built: &[Built]) {
    let source = format!(
        "the list of tags of {place}; that variants of the newest releases are built, and for which platforms, is told by {}",
        known.source
    );
    write!(out, "\n[tags]\nsource = {}\ndate = {}\n", quoted(&source), quoted(&today.to_string())).ok();
    out.push_str("rows = [\n");
    for row in built {
        let names: Vec<&str> = row.tags.iter().map(String::as_str).collect();
        write_row(out, &names, &quoted(&row.platforms.join(" ")));
    }
    out.push_str("]\n");
}
