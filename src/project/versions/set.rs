//! Sets of versions.

use super::version::{NEWEST, Numbers, Version, filled};

/// The longest text that is read as a set: longer ones are nobody's.
pub(super) const LONGEST: usize = 256;

/// Versions, as ranges that each have their start and not their end; one without an end goes on for ever.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Set {
    ranges: Vec<(Numbers, Option<Numbers>)>,
}

impl Set {
    /// From one version on; to another, which is not among them.
    fn range(from: Numbers, to: Option<Numbers>) -> Self {
        let ranges = if to.is_some_and(|to| to <= from) { Vec::new() } else { vec![(from, to)] };
        Self { ranges }
    }

    /// All versions.
    pub(super) fn all() -> Self {
        Self::at_least(&[])
    }

    /// This version and those after it; missing numbers are 0.
    pub(super) fn at_least(parts: &[u64]) -> Self {
        Self::range(filled(parts, 0), None)
    }

    /// The versions before this one, likewise.
    pub(super) fn below(parts: &[u64]) -> Self {
        Self::range([0; 3], Some(filled(parts, 0)))
    }

    /// The versions after this one, likewise.
    pub(super) fn after(parts: &[u64]) -> Self {
        Self::range(next(filled(parts, 0), 2), None)
    }

    /// This version and those before it, likewise.
    pub(super) fn up_to(parts: &[u64]) -> Self {
        Self::range([0; 3], Some(next(filled(parts, 0), 2)))
    }

    /// The versions that start with these numbers; all for none.
    pub(super) fn line(parts: &[u64]) -> Self {
        match parts.len().min(3).checked_sub(1) {
            Some(last) => Self::from_within(parts, last),
            None => Self::all(),
        }
    }

    /// This version, missing numbers being 0, and those after it whose numbers up to that index are the same.
    pub(super) fn from_within(parts: &[u64], index: usize) -> Self {
        let from = filled(parts, 0);
        Self::range(from, Some(next(from, index)))
    }

    /// The versions of either.
    #[must_use]
    pub(super) fn or(mut self, other: Self) -> Self {
        self.ranges.extend(other.ranges);
        self
    }

    /// The versions of both.
    #[must_use]
    pub(super) fn and(&self, other: &Self) -> Self {
        let to = |a: Option<Numbers>, b: Option<Numbers>| match (a, b) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let both = |a: &(Numbers, Option<Numbers>)| {
            let a = *a;
            other.ranges.iter().flat_map(move |b| Self::range(a.0.max(b.0), to(a.1, b.1)).ranges)
        };
        Self { ranges: self.ranges.iter().flat_map(both).collect() }
    }

    /// The versions that are not in it; it is one range.
    pub(super) fn except_one(&self) -> Self {
        let Some(&(from, to)) = self.ranges.first() else { return Self::all() };
        let after = to.map_or_else(Self::default, |to| Self::range(to, None));
        Self::range([0; 3], Some(from)).or(after)
    }

    /// Whether a version is in it. For one in part, its newest decides; none where others of its line are in it.
    pub(super) fn holds(&self, version: &Version) -> Option<bool> {
        let (oldest, newest) = (version.oldest(), version.newest());
        let within =
            |(from, to): &(Numbers, Option<Numbers>)| *from <= newest && to.is_none_or(|to| newest < to);
        let touches =
            |(from, to): &(Numbers, Option<Numbers>)| *from <= newest && to.is_none_or(|to| oldest < to);
        if self.ranges.iter().any(within) {
            return Some(true);
        }
        (!self.ranges.iter().any(touches)).then_some(false)
    }
}

/// The first version after those whose numbers up to an index are these.
fn next(numbers: Numbers, index: usize) -> Numbers {
    std::array::from_fn(|i| match i.cmp(&index) {
        std::cmp::Ordering::Less => numbers[i],
        std::cmp::Ordering::Equal => numbers[i].saturating_add(1).min(NEWEST),
        std::cmp::Ordering::Greater => 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_in_part_is_the_newest_of_its_line() {
        let version = |parts: &[u64]| Version { parts: parts.to_vec() };
        let set = Set::at_least(&[3, 8]).and(&Set::below(&[3, 12, 4]));
        for (parts, expected) in [
            (&[3, 8, 0][..], Some(true)),
            (&[3, 7, 9], Some(false)),
            (&[3, 12, 3], Some(true)),
            (&[3, 12, 4], Some(false)),
            (&[3, 11], Some(true)),
            (&[3, 12], None),
            (&[3, 13], Some(false)),
            (&[3], None),
            (&[4], Some(false)),
            (&[2], Some(false)),
        ] {
            assert_eq!(set.holds(&version(parts)), expected, "{parts:?}");
        }
        assert_eq!(Set::line(&[18]).holds(&version(&[18])), Some(true));
        assert_eq!(Set::line(&[18]).except_one().holds(&version(&[18])), Some(false));
        assert_eq!(Set::line(&[18]).except_one().holds(&version(&[20])), Some(true));
        assert_eq!(Set::line(&[18, 2, 0]).except_one().holds(&version(&[18])), Some(true));
    }
}
