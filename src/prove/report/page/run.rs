//! How both images were built, run and asked.

use super::super::prose::{Piece, pieces};
use super::super::words::seconds;
use super::super::{Proof, verdict};
use super::MOST;
use crate::prove::behaviour::{Answer, Observation};
use crate::prove::proof::Side;
use crate::report::clean;
use serde::Serialize;

/// How both images were built, run and asked.
#[derive(Serialize)]
pub(super) struct Run {
    made_by: String,
    sides: Vec<Ran>,
}

#[derive(Serialize)]
struct Ran {
    name: &'static str,
    id: Option<String>,
    built: Option<String>,
    rights: Option<&'static str>,
    end: Vec<Piece>,
    listening: Option<String>,
    stop: Option<String>,
    answers: Vec<Asked>,
}

#[derive(Serialize)]
struct Asked {
    question: String,
    facts: Vec<String>,
    unmet: Vec<String>,
}

/// How the images of a proof were built, run and asked.
pub(super) fn run(proof: &Proof) -> Run {
    let sides = [("Before", &proof.before), ("After", &proof.after)];
    let sides = sides.into_iter().map(|(name, side)| ran(name, side)).collect();
    Run { made_by: verdict::made_by(proof).join(", "), sides }
}

fn ran(name: &'static str, side: &Side) -> Ran {
    let seen = side.behaviour.as_ref();
    Ran {
        name,
        id: side.image.as_ref().map(|image| clean(&image.id).into_owned()),
        built: side.build_seconds.map(seconds),
        rights: seen.map(|seen| verdict::rights(seen.confinement)),
        end: seen.map(|seen| pieces(&verdict::end(&seen.end))).unwrap_or_default(),
        listening: seen.and_then(listening),
        stop: seen.and_then(stopped),
        answers: seen.map(|seen| seen.answers.iter().take(MOST).map(asked).collect()).unwrap_or_default(),
    }
}

/// The ports that it listens on, where there are any and they can be seen.
fn listening(seen: &Observation) -> Option<String> {
    let ports: Vec<String> = seen.listening.as_ref()?.iter().map(u16::to_string).collect();
    (!ports.is_empty()).then(|| ports.join(", "))
}

fn stopped(seen: &Observation) -> Option<String> {
    let stop = seen.stop?;
    let how = if stop.killed { "killed" } else { "stopped" };
    Some(format!("{how} after {} with exit code {}", seconds(stop.seconds), stop.code))
}

fn asked(answer: &Answer) -> Asked {
    let lines = |lines: &[String]| lines.iter().take(MOST).map(|line| clean(line).into_owned()).collect();
    Asked {
        question: clean(&answer.question).into_owned(),
        facts: lines(&answer.facts),
        unmet: lines(&answer.unmet),
    }
}
