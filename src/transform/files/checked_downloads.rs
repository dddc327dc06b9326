//! `checked_downloads`: what is downloaded and then unpacked or run, and nobody looks whether it is what was meant.

use super::downloads::{Download, download, is_checked};
use super::steps::{self, Script};
use crate::edit::Applicability;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckedDownloads {}

impl Transform for CheckedDownloads {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for script in steps::scripts(cx).filter(|script| !is_checked(script)) {
            for (at, command) in script.commands().iter().enumerate() {
                let Some(call) = steps::call(command) else { continue };
                let Some(download) = download(&script, command, &call) else { continue };
                let Some(what) = used(&script, at, &download) else { continue };
                out.fix(
                    format!(
                        "{} downloads what is {what}; nobody looks whether it is what was meant",
                        call.name
                    ),
                    "compare its checksum, or the signature of its maker, before it is used",
                    script.source(command.span),
                )
                .at_most(Applicability::Manual, "which checksum is right can't be told from here")
                .done();
            }
        }
    }
}

/// What is done with a download in the same script; none where that is nothing that needs a check more than most.
fn used(script: &Script<'_>, at: usize, download: &Download<'_>) -> Option<&'static str> {
    let commands = script.commands();
    let piped = commands.get(at + 1..script.pipeline(at)).unwrap_or_default();
    if piped.iter().any(|command| steps::call(command).is_some_and(|call| UNPACKERS.contains(&call.name))) {
        return Some("unpacked");
    }
    let path = download.file?;
    let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
    if BIN.iter().any(|folder| path.strip_prefix(folder) == Some(name)) {
        return Some("put among the programs");
    }
    commands.get(at + 1..)?.iter().find_map(|command| {
        let call = steps::call(command);
        let words = || command.words.iter().map(|word| script.raw(word));
        let is_named = words().any(|word| word.trim_matches('"').ends_with(name) || word.contains(name));
        let Some(call) = call else {
            return is_named
                .then_some("run")
                .filter(|_| words().next().is_some_and(|word| word.contains(name)));
        };
        let is_wild = UNPACKERS.contains(&call.name) && words().any(|word| word.contains('*'));
        let installs = INSTALLERS.contains(&call.name);
        match () {
            () if UNPACKERS.contains(&call.name) && (is_named || is_wild) => Some("unpacked"),
            () if installs && is_named => Some("installed"),
            () if call.name == name || (RUNNERS.contains(&call.name) && is_named) => Some("run"),
            () if call.name == "chmod" && is_named && words().any(makes_program) => Some("run"),
            () => None,
        }
    })
}

/// Whether a mode lets somebody run a file.
fn makes_program(mode: &str) -> bool {
    let octal = mode.len() >= 3 && mode.bytes().all(|b| (b'0'..=b'7').contains(&b));
    (octal && mode.bytes().any(|b| b % 2 == 1))
        || mode.split_once('+').is_some_and(|(_, right)| right.contains('x'))
}

const UNPACKERS: [&str; 18] = [
    "7z",
    "7za",
    "ar",
    "bsdtar",
    "bunzip2",
    "bzcat",
    "cpio",
    "dpkg-deb",
    "funzip",
    "gunzip",
    "gzip",
    "jar",
    "tar",
    "unsquashfs",
    "unxz",
    "unzip",
    "xz",
    "zcat",
];

const INSTALLERS: [&str; 12] = [
    "apt",
    "apt-get",
    "dnf",
    "dpkg",
    "easy_install",
    "gem",
    "install",
    "microdnf",
    "pip",
    "pip3",
    "rpm",
    "yum",
];

const RUNNERS: [&str; 16] = [
    ".", "ash", "bash", "dash", "java", "node", "perl", "php", "python", "python2", "python3", "ruby", "sh",
    "source", "zsh", "ksh",
];

const BIN: [&str; 6] = ["/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/usr/local/bin/", "/usr/local/sbin/"];

#[cfg(test)]
#[path = "checked_downloads_tests.rs"]
mod tests;
