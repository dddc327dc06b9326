//! Which fixes can be made together.

use super::{Applicability, Edit, Fix};

/// Fixes that fit together, and the rest.
#[derive(Debug, Default)]
pub struct Resolution {
    /// Indexes of the fixes to make.
    pub accepted: Vec<usize>,
    /// Indexes of the fixes that overlap an accepted one.
    pub deferred: Vec<usize>,
    /// The edits of the accepted fixes: sorted, none twice, none overlapping.
    pub edits: Vec<Edit>,
}

/// Chooses, in the order given, the fixes at or above an applicability whose edits fit those chosen before.
///
/// A fix is atomic: one edit in the way defers all of it. Identical edits are made once.
pub fn resolve(fixes: &[Fix], least: Applicability) -> Resolution {
    let mut resolution = Resolution::default();
    for (index, fix) in fixes.iter().enumerate() {
        if fix.edits.is_empty() || fix.applicability < least {
            continue;
        }
        let clashes = |edit: &Edit| resolution.edits.iter().any(|made| made != edit && overlap(made, edit));
        if fix.edits.iter().any(clashes) {
            resolution.deferred.push(index);
            continue;
        }
        resolution.accepted.push(index);
        for edit in &fix.edits {
            if !resolution.edits.contains(edit) {
                resolution.edits.push(edit.clone());
            }
        }
    }
    resolution.edits.sort();
    resolution
}

/// Whether two edits touch the same bytes, or the order of an insertion beside the other would matter.
fn overlap(a: &Edit, b: &Edit) -> bool {
    if a.span.is_empty() || b.span.is_empty() {
        a.span.start <= b.span.end && b.span.start <= a.span.end
    } else {
        a.span.start < b.span.end && b.span.start < a.span.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;

    fn fix(applicability: Applicability, edits: &[(usize, usize, &str)]) -> Fix {
        let edits = edits.iter().map(|&(a, b, t)| Edit { span: Span::new(a, b), text: t.into() });
        Fix {
            recipe: String::new(),
            message: String::new(),
            title: String::new(),
            at: Span::default(),
            applicability,
            reason: String::new(),
            evidence: Vec::new(),
            edits: edits.collect(),
        }
    }

    #[test]
    fn an_overlap_defers_the_whole_later_fix() {
        let fixes = [
            fix(Applicability::Safe, &[(5, 8, "a")]),
            fix(Applicability::Safe, &[(0, 2, "b"), (7, 9, "c")]),
            fix(Applicability::Safe, &[(5, 8, "a"), (9, 10, "d")]),
            fix(Applicability::Unsafe, &[(20, 21, "e")]),
        ];
        let resolution = resolve(&fixes, Applicability::Safe);
        assert_eq!(resolution.accepted, [0, 2]);
        assert_eq!(resolution.deferred, [1]);
        assert_eq!(resolution.edits.iter().map(|e| e.text.as_str()).collect::<Vec<_>>(), ["a", "d"]);
    }

    #[test]
    fn two_insertions_at_one_place_wait_for_each_other() {
        let fixes = [fix(Applicability::Safe, &[(5, 5, "a")]), fix(Applicability::Safe, &[(5, 5, "b")])];
        assert_eq!(resolve(&fixes, Applicability::Safe).deferred, [1]);
    }
}
