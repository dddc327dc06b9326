//! Which fixes can be made together.

use super::{Applicability, Edit, Fix, NewFile};

/// Fixes that fit together, and the rest.
#[derive(Debug, Default)]
pub struct Resolution {
    /// Indexes of the fixes to make.
    pub accepted: Vec<usize>,
    /// Indexes of the fixes that overlap an accepted one.
    pub deferred: Vec<usize>,
    /// The edits of the accepted fixes: sorted, none twice, none overlapping.
    pub edits: Vec<Edit>,
    /// The files of the accepted fixes, none twice.
    pub files: Vec<NewFile>,
}

impl Resolution {
    /// Whether anything stands in the way of a fix.
    fn is_in_the_way(&self, fix: &Fix) -> bool {
        let edited = |edit: &Edit| self.edits.iter().any(|made| made != edit && overlap(made, edit));
        let written = |file: &NewFile| self.files.iter().any(|made| made != file && made.path == file.path);
        fix.edits.iter().any(edited) || fix.files.iter().any(written)
    }
}

/// Chooses, in the order given, the fixes at or above an applicability whose edits fit those chosen before.
///
/// A fix is atomic: one edit or file in the way defers all of it. Identical ones are made once.
pub fn resolve(fixes: &[Fix], least: Applicability) -> Resolution {
    let mut resolution = Resolution::default();
    for (index, fix) in fixes.iter().enumerate() {
        if !fix.can_be_made() || fix.applicability < least {
            continue;
        }
        if resolution.is_in_the_way(fix) {
            resolution.deferred.push(index);
            continue;
        }
        resolution.accepted.push(index);
        for edit in &fix.edits {
            if !resolution.edits.contains(edit) {
                resolution.edits.push(edit.clone());
            }
        }
        for file in &fix.files {
            if !resolution.files.contains(file) {
                resolution.files.push(file.clone());
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
            hidden: Vec::new(),
            files: Vec::new(),
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
    fn a_file_is_written_by_one_fix_only() {
        let brings = |text: &str| {
            let file = NewFile { path: ".dockerignore".into(), before: None, text: text.into() };
            Fix { files: vec![file], ..fix(Applicability::Safe, &[]) }
        };
        let resolution = resolve(&[brings("a"), brings("b"), brings("a")], Applicability::Safe);
        assert_eq!((resolution.accepted, resolution.deferred), (vec![0, 2], vec![1]));
        assert_eq!(resolution.files.len(), 1);
    }

    #[test]
    fn two_insertions_at_one_place_wait_for_each_other() {
        let fixes = [fix(Applicability::Safe, &[(5, 5, "a")]), fix(Applicability::Safe, &[(5, 5, "b")])];
        assert_eq!(resolve(&fixes, Applicability::Safe).deferred, [1]);
    }
}
