//! How a proof ended, in a sentence.

use super::words::{counted, list};
use crate::prove::behaviour::{End, Observation};
use crate::prove::engine::Confinement;
use crate::prove::proof::{Kind, Proof, Side, Verdict};
use crate::report::clean;
use std::collections::BTreeSet;

/// The verdict as a word.
pub(super) const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Held => "held",
        Verdict::Broken => "broken",
        Verdict::Unchanged => "unchanged",
    }
}

/// The verdict as a sentence, without a full stop.
pub(super) fn title(proof: &Proof) -> &'static str {
    let first = proof.differences.first().map(|difference| difference.id);
    match (proof.verdict, first) {
        (Verdict::Held, _) if conduct(proof).is_some() => "The rewrite does the same",
        (Verdict::Held, _) => "The rewrite holds",
        (Verdict::Broken, Some(Kind::BuildFails)) => "The rewrite does not build",
        (Verdict::Broken, _) => "The rewrite does not hold",
        (Verdict::Unchanged, _) => "There is nothing to prove",
    }
}

/// What stands behind the verdict: lower case, no full stop.
pub(super) fn reason(proof: &Proof) -> String {
    let work = work(proof);
    match proof.verdict {
        Verdict::Unchanged => {
            "no recipe changes the file, so there is nothing to build and compare".to_owned()
        }
        Verdict::Broken => format!("{}; {work}", counted(proof.differences.len(), "difference")),
        Verdict::Held => [Some(work), conduct(proof)].into_iter().flatten().collect::<Vec<_>>().join("; "),
    }
}

/// What was done to the file: `3 recipes, rung static`.
fn work(proof: &Proof) -> String {
    let recipes = match proof.recipes.len() {
        0 => "two files".to_owned(),
        count => counted(count, "recipe"),
    };
    let rung = proof.rung.map(|rung| format!("rung {}", rung.name()));
    [Some(recipes), rung].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What both images do, when they do the same: `answers the same on port 8080, with a read-only file system`.
fn conduct(proof: &Proof) -> Option<String> {
    let (_, after) = proof.before.behaviour.as_ref().zip(proof.after.behaviour.as_ref())?;
    Some(format!("{}, {}", deeds(after), rights(after.confinement)))
}

fn deeds(seen: &Observation) -> String {
    let ports: BTreeSet<u16> = seen.answers.iter().filter_map(|answer| answer.port).collect();
    let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
    match (&seen.end, ports.len(), seen.answers.len()) {
        (_, 1, _) => format!("answers the same on port {}", list(&ports)),
        (_, 2.., _) => format!("answers the same on ports {}", list(&ports)),
        (_, 0, count @ 1..) => format!("answers the same to {}", counted(count, "question")),
        (End::Running, ..) => "keeps running, as before".to_owned(),
        (End::Exited { code }, ..) => format!("prints the same and ends with {code}"),
        (End::NotStarted { .. }, ..) => "does not start, as before".to_owned(),
    }
}

/// What a container was allowed to do.
pub(super) const fn rights(confinement: Confinement) -> &'static str {
    match (confinement.read_only, confinement.no_capabilities) {
        (true, true) => "with a read-only file system and no capabilities",
        (true, false) => "with a read-only file system",
        (false, true) => "with no capabilities",
        (false, false) => "with the rights that every container has",
    }
}

/// How a container was when it was looked at last: lower case, no full stop.
pub(super) fn end(end: &End) -> String {
    match end {
        End::Running => "kept running".to_owned(),
        End::Exited { code } => format!("ended with exit code {code}"),
        End::NotStarted { message } => format!("did not start: {}", clean(message)),
    }
}

/// What made the proof: `docker 28.1.1`, and the image's platform.
pub(super) fn made_by(proof: &Proof) -> Vec<String> {
    let engine = format!("{} {}", clean(&proof.engine.name), clean(&proof.engine.version));
    let platform = [&proof.after, &proof.before].into_iter().find_map(|side| side.image.as_ref());
    let platform = platform.map(|image| clean(&image.platform).into_owned());
    [engine.trim().to_owned()].into_iter().chain(platform).filter(|fact| !fact.is_empty()).collect()
}

/// What to do for more, where no scanner was there to look at the images.
pub(super) fn more(proof: &Proof) -> Option<&'static str> {
    let unseen = |side: &Side| side.image.is_some() && side.scans.is_empty();
    (unseen(&proof.before) && proof.after.scans.is_empty())
        .then_some("with trivy, grype or docker scout installed, known vulnerabilities are compared too")
}
