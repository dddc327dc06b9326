//! Two images, compared: what is better, what is worse, and why something that worked does not.
//!
//! In: what both images hold, what scanners say of them, and how the rewrite's containers differ from the original's. Out: the
//! table, the differences and the notes of a [`Proof`](super::Proof). Does not know engines; builds and runs nothing.

mod cause;
mod declared;
mod health;
mod program;
mod rows;
mod settings;
mod surface;
#[cfg(test)]
mod tests;

pub use declared::Declared;

use super::behaviour::{Aspect, Mismatch};
use super::image::Image;
use super::proof::{Difference, Kind, Row, Side};
use super::scan::{Scan, Severity};

/// What is compared.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    /// What is known of the original.
    pub before: &'a Side,
    /// What is known of the rewrite.
    pub after: &'a Side,
    /// What the original's text sets itself.
    pub declared: &'a Declared,
    /// How the rewrite's containers differ.
    pub mismatches: &'a [Mismatch],
}

/// What the comparison found.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// The table.
    pub rows: Vec<Row>,
    /// What is worse or not the same, causes before what they cause.
    pub differences: Vec<Difference>,
    /// What changed on purpose.
    pub notes: Vec<String>,
}

/// Compares two images that were built.
pub fn compare(pair: Pair<'_>) -> Comparison {
    let mut found = Findings::default();
    if let (Some(before), Some(after)) = (&pair.before.image, &pair.after.image) {
        program::compare(before, after, &mut found);
        settings::compare(before, after, pair.declared, &mut found);
        health::compare(before, after, &mut found);
        surface::compare(before, after, &mut found);
        cause::explain(pair, before, after, &mut found);
    }
    for scan in &pair.after.scans {
        if let Some(old) = pair.before.scans.iter().find(|old| old.scanner == scan.scanner) {
            vulnerabilities(old, scan, &mut found);
        }
    }
    let mut differences = found.differences;
    differences.sort_by_key(|difference| difference.id);
    let mut rows = rows::rows(pair.before, pair.after);
    if pair.mismatches.iter().any(|mismatch| mismatch.aspect != Aspect::Confinement) {
        rows::forget_rights(&mut rows);
    }
    Comparison { rows, differences, notes: found.notes }
}

/// More vulnerabilities that matter are a difference; fewer are in the table.
fn vulnerabilities(before: &Scan, after: &Scan, found: &mut Findings) {
    for (severity, name) in [(Severity::Critical, "critical"), (Severity::High, "high")] {
        let (old, new) = (before.count(severity), after.count(severity));
        if new > old {
            let what = format!("{new} {name} vulnerabilities in place of {old}, says {}", after.scanner);
            let fresh = after.vulnerabilities.iter().filter(|one| one.severity == severity);
            let fresh = fresh.filter(|one| !before.vulnerabilities.iter().any(|old| old.id == one.id));
            let detail = fresh.take(10).map(|one| format!("{} in {} {}", one.id, one.package, one.version));
            found.different(Kind::Vulnerabilities, what, detail.collect());
        }
    }
}

/// What was found so far.
#[derive(Debug, Default)]
struct Findings {
    differences: Vec<Difference>,
    notes: Vec<String>,
}

impl Findings {
    /// Something that is worse or not the same.
    fn different(&mut self, id: Kind, what: impl Into<String>, detail: Vec<String>) {
        self.helped(id, what, detail, None);
    }

    /// The same with a next step. What was told already is not told again.
    fn helped(&mut self, id: Kind, what: impl Into<String>, detail: Vec<String>, help: Option<&str>) {
        let what = what.into();
        if self.differences.iter().any(|known| known.id == id && known.what == what) {
            return;
        }
        self.differences.push(Difference { id, what, detail, help: help.map(str::to_owned) });
    }

    fn has(&self, id: Kind) -> bool {
        self.differences.iter().any(|known| known.id == id)
    }

    /// Something that changed on purpose, or is of no weight.
    fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

/// A list for people: the first ones, and how many more.
fn some(items: &[String]) -> String {
    const SHOWN: usize = 5;
    let first = items.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match items.len().saturating_sub(SHOWN) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// Whether the image's user is root, as far as the image tells.
fn is_root(image: &Image) -> bool {
    image.config.uid.unwrap_or(0) == 0
}
