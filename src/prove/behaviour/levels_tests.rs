use super::*;

/// A run of the rewrite that goes well with some rights, and how many were tried.
fn search(original: Confinement, well: &[Confinement]) -> (Run, Vec<Confinement>) {
    let mut tried = Vec::new();
    let run = of_rewrite(original, &mut |confinement| {
        tried.push(confinement);
        let failed = Mismatch {
            aspect: Aspect::Exit,
            what: "ends".to_owned(),
            detail: vec!["says: read-only file system".to_owned()],
        };
        let mismatches = if well.contains(&confinement) { vec![] } else { vec![failed] };
        Ok((Observation { confinement, ..Observation::default() }, mismatches))
    });
    (run.unwrap(), tried)
}

#[test]
fn an_original_that_needs_nothing_is_tried_once() {
    let mut starts = 0;
    let found = of_original(&mut |_| {
        starts += 1;
        Ok(true)
    });
    assert_eq!((found.unwrap(), starts), (STRICT, 1));
}

#[test]
fn an_original_gets_what_it_needs() {
    assert_eq!(of_original(&mut |rights| Ok(!rights.read_only)).unwrap(), WRITABLE);
    let mut tried = Vec::new();
    let found = of_original(&mut |rights| {
        tried.push(rights);
        Ok(false)
    });
    assert_eq!((found.unwrap(), tried), (EVERYTHING, vec![STRICT, WRITABLE]));
}

#[test]
fn a_fault_of_the_engine_is_no_need() {
    let fault = || Error::new(crate::prove::ErrorKind::Engine, "gone");
    assert_eq!(of_original(&mut |_| Err(fault())), Err(fault()));
    assert_eq!(of_rewrite(STRICT, &mut |_| Err(fault())), Err(fault()));
}

#[test]
fn a_rewrite_that_needs_nothing_is_tried_once() {
    for original in [STRICT, WRITABLE, EVERYTHING] {
        let ((seen, mismatches), tried) = search(original, &[STRICT, WRITABLE, EVERYTHING]);
        assert_eq!((seen.confinement, mismatches.len(), tried.len()), (STRICT, 0, 1));
    }
}

#[test]
fn a_rewrite_may_need_what_the_original_needs() {
    let ((seen, mismatches), tried) = search(WRITABLE, &[WRITABLE, EVERYTHING]);
    assert_eq!((seen.confinement, mismatches.len(), tried.len()), (WRITABLE, 0, 2));
    let ((seen, mismatches), _) = search(EVERYTHING, &[EVERYTHING]);
    assert_eq!((seen.confinement, mismatches.len()), (EVERYTHING, 0));
}

#[test]
fn a_rewrite_that_needs_more_is_told_with_what_it_does_without() {
    let ((seen, mismatches), _) = search(STRICT, &[WRITABLE, EVERYTHING]);
    assert_eq!(seen.confinement, WRITABLE);
    assert_eq!(mismatches.len(), 1);
    assert_eq!(mismatches[0].aspect, Aspect::Confinement);
    assert_eq!(mismatches[0].what, "needs a writable root file system, which the original did not");
    assert_eq!(mismatches[0].detail, ["without: ends", "says: read-only file system"]);

    let ((_, mismatches), _) = search(WRITABLE, &[EVERYTHING]);
    assert_eq!(mismatches[0].what, "needs capabilities, which the original did not");
    let ((_, mismatches), _) = search(STRICT, &[EVERYTHING]);
    assert_eq!(mismatches[0].what, "needs capabilities, which the original did not");
}

#[test]
fn a_run_that_went_wrong_once_is_no_need() {
    let mut runs = 0;
    let run = of_rewrite(STRICT, &mut |confinement| {
        runs += 1;
        let failed = Mismatch { aspect: Aspect::Output, what: "late".to_owned(), detail: vec![] };
        let mismatches = if runs == 1 { vec![failed] } else { vec![] };
        Ok((Observation { confinement, ..Observation::default() }, mismatches))
    });
    let (seen, mismatches) = run.unwrap();
    assert_eq!((seen.confinement, mismatches), (STRICT, vec![]));
}

#[test]
fn a_broken_rewrite_is_told_as_it_is_with_every_right_in_few_starts() {
    let ((seen, mismatches), tried) = search(STRICT, &[]);
    assert_eq!((seen.confinement, tried.len()), (EVERYTHING, 2));
    assert_eq!(mismatches[0].aspect, Aspect::Exit);
    let ((seen, mismatches), tried) = search(EVERYTHING, &[]);
    assert_eq!((seen.confinement, mismatches.len(), tried.len()), (EVERYTHING, 1, 3));
}
