//! What became of the packages and vulnerabilities of the original.

use crate::prove::image::Package;
use crate::prove::proof::{Proof, Side};
use crate::prove::scan::{Severity, Vulnerability};

/// Severities, the worst first, and their names.
pub(super) const SEVERITIES: [(Severity, &str); 5] = [
    (Severity::Critical, "critical"),
    (Severity::High, "high"),
    (Severity::Medium, "medium"),
    (Severity::Low, "low"),
    (Severity::Unknown, "unknown"),
];

/// The name of a severity.
pub(super) fn severity(severity: Severity) -> &'static str {
    SEVERITIES.iter().find(|(known, _)| *known == severity).map_or("unknown", |(_, name)| name)
}

/// Things of two images, parted by where they are.
#[derive(Debug)]
pub(super) struct Fates<'a, T> {
    /// Those of the original alone.
    pub gone: Vec<&'a T>,
    /// Those of both, as the rewrite has them.
    pub stayed: Vec<&'a T>,
    /// Those of the rewrite alone.
    pub new: Vec<&'a T>,
}

impl<'a, T> Fates<'a, T> {
    fn of<K: Ord>(before: &'a [T], after: &'a [T], key: impl Fn(&'a T) -> K) -> Self {
        let keys = |things: &'a [T]| things.iter().map(&key).collect::<std::collections::BTreeSet<K>>();
        let (old, kept) = (keys(before), keys(after));
        let (stayed, new) = after.iter().partition(|thing| old.contains(&key(thing)));
        Self { gone: before.iter().filter(|thing| !kept.contains(&key(thing))).collect(), stayed, new }
    }

    /// The three with their names.
    pub(super) fn parts(&self) -> [(&'static str, &[&'a T]); 3] {
        [("new", &self.new), ("stayed", &self.stayed), ("gone", &self.gone)]
    }
}

/// What a scanner said of both images.
#[derive(Debug)]
pub(super) struct Scanned<'a> {
    /// Its name, and its version if it told.
    pub scanner: String,
    /// What became of each vulnerability: of one number in one package.
    pub fates: Fates<'a, Vulnerability>,
}

/// What became of vulnerabilities, for each scanner that looked at both images.
pub(super) fn vulnerabilities(proof: &Proof) -> Vec<Scanned<'_>> {
    both(&proof.before, &proof.after)
}

fn both<'a>(before: &'a Side, after: &'a Side) -> Vec<Scanned<'a>> {
    let pairs = before.scans.iter().filter_map(|old| {
        let new = after.scans.iter().find(|new| new.scanner == old.scanner)?;
        Some((old, new))
    });
    pairs
        .map(|(old, new)| Scanned {
            scanner: [Some(old.scanner.as_str()), old.version.as_deref()]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" "),
            fates: Fates::of(&old.vulnerabilities, &new.vulnerabilities, |found| (&found.id, &found.package)),
        })
        .collect()
}

/// What became of packages by their names; none where there are not two images.
pub(super) fn packages(proof: &Proof) -> Option<Fates<'_, Package>> {
    let (before, after) = (proof.before.image.as_ref()?, proof.after.image.as_ref()?);
    Some(Fates::of(&before.packages, &after.packages, |package| &package.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prove::scan::Scan;

    #[test]
    fn a_vulnerability_is_one_number_in_one_package_whatever_its_version() {
        let one = |id: &str, package: &str, version: &str| Vulnerability {
            severity: Severity::High,
            id: id.into(),
            package: package.into(),
            version: version.into(),
            fixed: None,
        };
        let old = [one("CVE-1", "a", "1"), one("CVE-1", "b", "1"), one("CVE-2", "a", "1")];
        let new = [one("CVE-1", "b", "2"), one("CVE-3", "a", "2")];
        let fates = Fates::of(&old, &new, |found| (&found.id, &found.package));
        assert_eq!(fates.gone, [&old[0], &old[2]]);
        assert_eq!((fates.stayed, fates.new), (vec![&new[0]], vec![&new[1]]));
    }

    #[test]
    fn scans_of_one_scanner_are_compared() {
        let side = |scanner: &str| {
            let scan = Scan { scanner: scanner.into(), ..Scan::default() };
            Side { scans: vec![scan], ..Side::default() }
        };
        let alike = |before: &str, after: &str| both(&side(before), &side(after)).len();
        assert_eq!((alike("trivy", "trivy"), alike("trivy", "grype")), (1, 0));
    }
}
