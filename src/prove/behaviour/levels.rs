//! Which rights an image needs.
//!
//! In: how a run with given rights went. Out: the least rights with which it went well. Does not know engines.

use super::{Aspect, Mismatch, Observation};
use crate::prove::engine::Confinement;
use crate::prove::error::Error;

/// Neither capabilities nor a file system that can be written to.
const STRICT: Confinement = Confinement { no_capabilities: true, read_only: true };
/// No capabilities.
const WRITABLE: Confinement = Confinement { no_capabilities: true, read_only: false };
/// Every right that an engine gives unasked.
pub(super) const EVERYTHING: Confinement = Confinement { no_capabilities: false, read_only: false };

/// The least rights with which `same` tells that the original does the same as with every right.
pub(super) fn of_original(
    same: &mut dyn FnMut(Confinement) -> Result<bool, Error>,
) -> Result<Confinement, Error> {
    for confinement in [STRICT, WRITABLE] {
        if same(confinement)? {
            return Ok(confinement);
        }
    }
    Ok(EVERYTHING)
}

/// A run of the rewrite and what it does not do as the original does.
type Run = (Observation, Vec<Mismatch>);

/// The run of the rewrite with the least rights with which it does what the original does; or else the one with every
/// right. `run` runs it with given rights. Rights that the original does not need are a mismatch of their own.
pub(super) fn of_rewrite(
    original: Confinement,
    run: &mut dyn FnMut(Confinement) -> Result<Run, Error>,
) -> Result<Run, Error> {
    let strict = run(STRICT)?;
    if strict.1.is_empty() {
        return Ok(strict);
    }
    let (best, why) = if original == STRICT {
        // What fails where the original does not need more rights mostly fails with all: that is known first.
        let all = run(EVERYTHING)?;
        if !all.1.is_empty() {
            return Ok(all);
        }
        let writable = run(WRITABLE)?;
        (if writable.1.is_empty() { writable } else { all }, strict)
    } else {
        let writable = run(WRITABLE)?;
        if writable.1.is_empty() {
            return Ok(writable);
        }
        (run(EVERYTHING)?, writable)
    };
    if !best.1.is_empty() || best.0.confinement >= original {
        return Ok(best);
    }
    // What went wrong once may go wrong now and then only.
    let again = run(original)?;
    if again.1.is_empty() {
        return Ok(again);
    }
    let excess = excess(best.0.confinement, &why.1);
    Ok((best.0, vec![excess]))
}

/// The rights that the rewrite needs and the original does not, and what the rewrite does without them.
fn excess(needed: Confinement, without: &[Mismatch]) -> Mismatch {
    let right = if needed.no_capabilities { "a writable root file system" } else { "capabilities" };
    let detail = without.iter().map(|mismatch| format!("without: {}", mismatch.what));
    let said = without.first().into_iter().flat_map(|mismatch| mismatch.detail.clone());
    Mismatch {
        aspect: Aspect::Confinement,
        what: format!("needs {right}, which the original did not"),
        detail: detail.chain(said).collect(),
    }
}

#[cfg(test)]
#[path = "levels_tests.rs"]
mod tests;
