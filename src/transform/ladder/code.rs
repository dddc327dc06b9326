//! What the code of the program asks of the image that it runs in.

use super::blocker::{Blocker, Id};
use super::context::Seen;
use super::rung::Rung;
use crate::catalog::cgo::{self, Cgo, Needs, Without};
use crate::edit::Evidence;
use crate::model::join;
use crate::project::golang::{CImport, Closure, Fallback};

/// Whether the program needs cgo, as its code shows.
#[derive(Debug)]
pub(super) enum Need {
    /// It does not, and why.
    None(String),
    /// It does.
    Cgo(Blocker),
    /// That can't be told, and why.
    Unknown(String),
}

/// Looks for what links C: in the code, and among the modules that are known to.
pub(super) fn need(seen: &Seen<'_>, tags: &[String]) -> Need {
    let program = &seen.program;
    let bars = |through: Rung, message: String| Blocker::new(Id::CgoNeeded, message).through(through);
    if let Some(found) = program.plugins.first() {
        let message = "the program loads plugins, which needs the C library".to_owned();
        return Need::Cgo(bars(Rung::Static, message).in_file(&found.file, found.line));
    }
    let works = |found: &&Cgo| {
        found.without_cgo != Without::Works && !found.tags.iter().any(|tag| tags.contains(tag))
    };
    let surely =
        program.names().filter_map(|name| cgo::package(name).filter(works).map(|found| (name, found)));
    if let Some((name, found)) = surely.max_by_key(|(_, found)| found.needs) {
        let through = match found.needs {
            Needs::BundledC => Rung::Static,
            Needs::BundledCpp => Rung::Base,
            Needs::System => Rung::Cc,
        };
        let instead = found
            .alternative
            .as_ref()
            .map(|other| format!("; {other} does the same without C"))
            .unwrap_or_default();
        return Need::Cgo(bars(through, format!("{name} is built with cgo{instead}")));
    }
    if let Some(import) = program.c_imports.iter().find(|import| import.fallback == Fallback::None) {
        let through = linked(import);
        let package = if import.package.is_empty() { "the program itself" } else { &import.package };
        let message = format!("{package} uses C");
        return Need::Cgo(bars(through, message).in_file(&import.file, import.line));
    }
    if let Some(why) = &program.unknown {
        return Need::Unknown(why.clone());
    }
    let pure = |what: &str| Need::None(format!("no package of the program uses C: {what}"));
    let perhaps = program
        .modules
        .iter()
        .find(|name| !cgo::is_pure(name) && cgo::module(name).is_some_and(|found| works(&found)));
    if let Some(name) = perhaps {
        return Need::Unknown(format!("some packages of {name} are built with cgo"));
    }
    match &program.closure {
        Closure::Std => pure("it imports the standard library and its own code"),
        Closure::Vendored => pure("all that it imports is in the build context"),
        Closure::Sums(_) => pure("go.mod and go.sum name all modules"),
        Closure::Locked(_) => pure("a lock file names all packages"),
        Closure::Unseen(import) => {
            // Tags may bring in packages that nobody looked at.
            if tags.is_empty() && program.external.iter().all(|import| cgo::is_pure(&import.what)) {
                return pure("the packages that it imports are known to be written in Go");
            }
            Need::Unknown(format!("what {} brings along is not seen", import.what))
        }
    }
}

/// The lowest rung that lacks what a package links.
fn linked(import: &CImport) -> Rung {
    match (import.libraries.is_empty(), import.cpp) {
        (false, _) => Rung::Cc,
        (true, true) => Rung::Base,
        (true, false) => Rung::Static,
    }
}

/// What the program does that a user other than root, or an image without other programs, can't do.
pub(super) fn behaviour(seen: &Seen<'_>, cwd: &str, writable: &[String]) -> Vec<Blocker> {
    let program = &seen.program;
    let mut blockers = Vec::new();
    if let Some(call) = program.runs.iter().find(|call| !is_itself(call.what.as_deref())) {
        let what = call.what.as_deref().unwrap_or("another program");
        blockers.push(
            Blocker::new(Id::RunsPrograms, format!("the program runs {what}")).in_file(&call.file, call.line),
        );
    }
    for call in &program.writes {
        let Some(path) = call.what.as_deref().filter(|path| !path.is_empty()) else { continue };
        let image = if path.starts_with('/') { join("/", path) } else { join(cwd, path) };
        let open = |folder: &String| image == *folder || image.starts_with(&format!("{folder}/"));
        if !open(&"/tmp".to_owned()) && !image.starts_with("/dev/") && !writable.iter().any(open) {
            let message = format!("the program writes {image}, where only root can");
            blockers.push(Blocker::new(Id::WritesAsRoot, message).in_file(&call.file, call.line));
        }
    }
    if let Some(found) = program.environment.iter().find(|found| found.what == "HOME") {
        let message = "the program looks in the home folder, which is another one for another user";
        blockers.push(Blocker::new(Id::WritesAsRoot, message).in_file(&found.file, found.line));
    }
    if let Some(found) = program.literals.iter().find(|found| found.what.contains("docker.sock")) {
        let message = "the engine's socket is root's";
        blockers.push(Blocker::new(Id::WritesAsRoot, message).in_file(&found.file, found.line));
    }
    blockers
}

/// Whether a program starts itself anew.
fn is_itself(what: Option<&str>) -> bool {
    what.is_some_and(|what| what == "/proc/self/exe")
}

/// What the code shows that is worth telling.
pub(super) fn notes(seen: &Seen<'_>) -> Vec<Evidence> {
    let low = seen.program.listens.iter().find(|found| {
        let port = found.what.rsplit(':').next().and_then(|port| port.parse::<u32>().ok());
        port.is_some_and(|port| (1..1024).contains(&port))
    });
    let told = |what: String| Evidence { what, line: None };
    low.map(|found| {
        told(format!(
            "the program listens on {} ({}:{}): a port below 1024",
            found.what, found.file, found.line
        ))
    })
    .into_iter()
    .collect()
}
