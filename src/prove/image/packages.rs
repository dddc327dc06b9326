//! Packages of the image's distribution, as its own lists name them.
//!
//! Facts: `deb-control(5)` and `dpkg(1)` for Debian's list; distroless images have one file a package in `status.d`, beside lists of
//! sums; Alpine's `APKINDEX` and installed database, which moved to `/usr` with version 3 of its tools. The databases of RPM are no
//! texts: their packages are not listed.

use super::Package;
use super::contents::Contents;
use super::files::{Files, Kind};
use std::io;

const DPKG: &str = "/var/lib/dpkg/status";
const DISTROLESS: &str = "/var/lib/dpkg/status.d";
const APK: [&str; 2] = ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"];

/// All packages of an image, sorted, each once.
pub(super) fn packages(contents: &Contents<'_>) -> io::Result<Vec<Package>> {
    let mut packages = Vec::new();
    for (path, text) in contents.texts(&lists(contents.files))? {
        if APK.contains(&path.as_str()) {
            stanzas(&text, &mut |stanza| packages.extend(of_apk(stanza)));
        } else {
            stanzas(&text, &mut |stanza| packages.extend(of_dpkg(stanza)));
        }
    }
    packages.sort_unstable();
    packages.dedup();
    Ok(packages)
}

/// The files that list packages.
fn lists(files: &Files) -> Vec<String> {
    let single = files.under(DISTROLESS).filter(|(path, entry)| {
        let is_file = matches!(entry.kind, Kind::File | Kind::Link(_));
        is_file && !path.ends_with(".md5sums")
    });
    let single = single.map(|(path, _)| path.to_owned());
    [DPKG].into_iter().chain(APK).map(str::to_owned).chain(single).collect()
}

/// The pieces of a text between blank lines.
fn stanzas(text: &str, see: &mut dyn FnMut(&[&str])) {
    let lines: Vec<&str> = text.lines().collect();
    lines.split(|line| line.trim().is_empty()).filter(|stanza| !stanza.is_empty()).for_each(see);
}

/// A package that is installed; one whose files are gone stays in the list with another state.
fn of_dpkg(stanza: &[&str]) -> Option<Package> {
    let field = |name| field(stanza, name);
    let state = field("Status:").map(|state| state.split_whitespace().nth(2).unwrap_or_default());
    if state.is_some_and(|state| state != "installed") {
        return None;
    }
    Some(Package {
        name: field("Package:")?.to_owned(),
        version: field("Version:").unwrap_or_default().to_owned(),
    })
}

fn of_apk(stanza: &[&str]) -> Option<Package> {
    let field = |name| field(stanza, name);
    Some(Package { name: field("P:")?.to_owned(), version: field("V:").unwrap_or_default().to_owned() })
}

fn field<'a>(stanza: &[&'a str], name: &str) -> Option<&'a str> {
    stanza.iter().find_map(|line| line.strip_prefix(name)).map(str::trim)
}
