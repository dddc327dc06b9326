//! What an attacker finds in two images, and what the program no longer does.

use super::{Findings, is_root, some};
use crate::prove::image::Image;
use crate::prove::proof::Kind;
use std::collections::BTreeSet;

/// An image may grow by a quarter, or by this many bytes: newer releases of a base image are often larger.
const GROWTH: u64 = 20_000_000;
/// It may gain a quarter of its packages, or this many.
const MORE_PACKAGES: usize = 10;

/// Compares what stands out in two images.
pub(super) fn compare(before: &Image, after: &Image, found: &mut Findings) {
    for (name, old, new) in [
        ("shell", &before.shells, &after.shells),
        ("package manager", &before.package_managers, &after.package_managers),
    ] {
        if old.is_empty() && !new.is_empty() {
            found.different(Kind::Surface, format!("the image has a {name}: {}", some(new)), Vec::new());
        }
    }
    for (what, old, new) in [
        ("run as their owner or group", &before.setuid, &after.setuid),
        ("can be written by everyone", &before.world_writable, &after.world_writable),
    ] {
        let fresh = fresh(old, new);
        if !fresh.is_empty() {
            found.different(Kind::Surface, format!("new files {what}: {}", some(&fresh)), Vec::new());
        }
    }
    for (kind, name, old, new) in [
        (Kind::Certificates, "certificates of authorities", before.certificates, after.certificates),
        (Kind::TimeZones, "time zones", before.time_zones, after.time_zones),
    ] {
        if old && !new {
            let help = "copy them from the builder, or take a base image that has them";
            found.helped(kind, format!("the {name} are gone"), Vec::new(), Some(help));
        }
    }
    unreadable(before, after, found);
    size(before, after, found);
}

/// Those whose names are new: a distribution moves its files from one release to the next.
fn fresh(old: &[String], new: &[String]) -> Vec<String> {
    let known: BTreeSet<&str> = old.iter().map(|path| name(path)).collect();
    new.iter().filter(|path| !known.contains(name(path))).cloned().collect()
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Files that the user could read and can't any more. A file that moved is known by its name.
fn unreadable(before: &Image, after: &Image, found: &mut Findings) {
    if is_root(after) {
        return;
    }
    let had: BTreeSet<&str> = before.files.iter().map(|(path, _)| name(path)).collect();
    let was: BTreeSet<&str> = before.unreadable.iter().map(|path| name(path)).collect();
    let lost = after.unreadable.iter().filter(|path| had.contains(name(path)) && !was.contains(name(path)));
    let lost: Vec<String> = lost.cloned().collect();
    if !lost.is_empty() {
        let what = format!("{} can't be read by user {}", some(&lost), after.config.user);
        let mode = |path: &String| after.files.get(path).map_or(0, |entry| entry.mode & 0o7777);
        let detail = lost.iter().take(5).map(|path| format!("the mode of {path} is {:04o}", mode(path)));
        let help = "give the file to the user, or let everyone read it: COPY --chown or --chmod";
        found.helped(Kind::UnreadableFile, what, detail.collect(), Some(help));
    }
}

fn size(before: &Image, after: &Image, found: &mut Findings) {
    let most = before.unpacked + (before.unpacked / 4).max(GROWTH);
    if after.unpacked > most {
        let what = format!(
            "the image takes {} MB in place of {} MB",
            after.unpacked / 1_000_000,
            before.unpacked / 1_000_000
        );
        found.different(Kind::Size, what, Vec::new());
    }
    let (old, new) = (before.packages.len(), after.packages.len());
    if new > old + (old / 4).max(MORE_PACKAGES) {
        found.different(Kind::Size, format!("the image holds {new} packages in place of {old}"), Vec::new());
    }
}
