//! What containers of an image do, as far as it can be seen from outside.
//!
//! In: an image in an engine, and how to try it. Out: an [`Observation`]; and how two of them differ.
//! Does not know what is in the image, nor why two of them differ.

mod complaints;
mod differ;
mod exec;
mod facts;
mod http;
mod levels;
mod lines;
mod normal;
mod observation;
mod observe;
mod ready;
mod trial;

pub use observation::{Answer, End, Observation, Stop};
pub use trial::{ExecProbe, HttpProbe, Mounted, Probe, Trial};

use crate::prove::engine::Workshop;
use crate::prove::error::{Error, ErrorKind};
use observe::{Bench, Step, observe};
use ready::{Expectation, Said};
use std::collections::BTreeSet;

/// What the original does.
#[derive(Clone, Debug, Default)]
pub struct Reference {
    /// What it did with every right, but for `confinement`: the least with which it did the same.
    pub observation: Observation,
    /// Another run of the same: what differs between the two is no difference.
    pub again: Observation,
    /// What a user should know of this run: the original fails by itself, or tells very many ports, so that not all was
    /// compared. One sentence, lower case, no full stop.
    pub note: Option<String>,
}

/// Something that the rewrite does not do as the original does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Which.
    pub aspect: Aspect,
    /// In one line: lower case, no full stop: `GET / on port 8080: status 500 in place of 200`.
    pub what: String,
    /// Expected and found, in lines.
    pub detail: Vec<String>,
}

/// What can be seen of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// Whether it runs, or its exit code.
    Exit,
    /// What it prints or says.
    Output,
    /// The port that it listens on, as the number.
    Port(u16),
    /// An answer.
    Answer,
    /// The files that it writes.
    Files,
    /// How it ends when it is asked to.
    Stop,
    /// What it needs to be allowed.
    Confinement,
}

/// Runs the original: twice with every right, to learn what differs by itself, then with fewer and fewer, to learn what
/// it needs. `declared` are the TCP ports that either image tells.
///
/// Fails when the original does not do what a probe asks for: then the probe is wrong, and no rewrite can be measured by it.
pub fn reference(
    workshop: &Workshop<'_>,
    image: &str,
    trial: &Trial,
    declared: &BTreeSet<u16>,
) -> Result<Reference, Error> {
    let bench = Bench { workshop, image, trial, declared };
    let expected = Expectation { ports: bench.ports(), ..Expectation::default() };
    let observation = observe(&bench, levels::EVERYTHING, &expected, &|_, _| true)?;
    holds(&observation)?;
    // What had to be killed once is not waited for again.
    let killed = observation.stop.is_some_and(|stop| stop.killed);
    let expected = expectation(&observation, &observation);
    let again = observe(&bench, levels::EVERYTHING, &expected, &|_, step| !killed || step != Step::Stop)?;
    let note = note(&observation, &again, trial).or_else(|| many(declared));
    let mut reference = Reference { observation, again, note };
    reference.observation.confinement = levels::of_original(&mut |confinement| {
        let expected = expectation(&reference.observation, &reference.again);
        let same = |seen: &Observation, step| {
            !(killed && step == Step::Stop) && differ::differences(&reference, seen, false).is_empty()
        };
        let seen = observe(&bench, confinement, &expected, &same)?;
        Ok(differ::differences(&reference, &seen, true).is_empty())
    })?;
    Ok(reference)
}

/// Runs the rewrite, with as few rights as it does the same with as the original, or else with all; tells how it differs.
pub fn compare(
    workshop: &Workshop<'_>,
    image: &str,
    trial: &Trial,
    declared: &BTreeSet<u16>,
    reference: &Reference,
) -> Result<(Observation, Vec<Mismatch>), Error> {
    let bench = Bench { workshop, image, trial, declared };
    let expected = expectation(&reference.observation, &reference.again);
    levels::of_rewrite(reference.observation.confinement, &mut |confinement| {
        // With every right all is told; with less the first mismatch is enough.
        let all = confinement == levels::EVERYTHING;
        let worth = |seen: &Observation, _| all || differ::differences(reference, seen, false).is_empty();
        let seen = observe(&bench, confinement, &expected, &worth)?;
        let mismatches = differ::differences(reference, &seen, true);
        Ok((seen, mismatches))
    })
}

/// What a run is to wait for that is to do the same as two others.
fn expectation(first: &Observation, again: &Observation) -> Expectation {
    let both = |stream: fn(&Observation) -> &Vec<String>| {
        stream(first).len().min(stream(again).len()).min(differ::COMPARED)
    };
    Expectation {
        ports: live(first).intersection(&live(again)).take(observe::MOST_PORTS).copied().collect(),
        said: Said { output: both(|seen| &seen.output), errors: both(|seen| &seen.errors) },
        ends: first.end != End::Running && again.end != End::Running,
        seen: true,
    }
}

/// The ports that a program listened on, as far as that was seen, or gave an answer on.
fn live(seen: &Observation) -> BTreeSet<u16> {
    let answers = seen.answers.iter().filter(|answer| !differ::is_silent(answer));
    seen.listening.iter().flatten().copied().chain(answers.filter_map(|answer| answer.port)).collect()
}

/// Fails when the original does not do what a probe asks for.
fn holds(seen: &Observation) -> Result<(), Error> {
    let Some(answer) = seen.answers.iter().find(|answer| !answer.unmet.is_empty()) else { return Ok(()) };
    let question = differ::show(&answer.question);
    let list =
        |texts: &[String]| texts.iter().take(3).map(|text| differ::show(text)).collect::<Vec<_>>().join("; ");
    let ended = match &seen.end {
        End::Exited { code } if answer.port.is_some() => format!("; it had ended with exit code {code}"),
        End::NotStarted { message } => format!("; it does not start: {}", differ::show(message)),
        _ => String::new(),
    };
    let cause = format!("asked for {}; what came: {}{ended}", list(&answer.unmet), list(&answer.facts));
    Err(Error::new(ErrorKind::Other, format!("the probe \"{question}\" does not hold on the original"))
        .because(cause)
        .with_help("correct the probe in harden.toml"))
}

/// What a user should know of an image that tells more ports than are asked.
fn many(declared: &BTreeSet<u16>) -> Option<String> {
    let most = observe::MOST_PORTS;
    (declared.len() > most)
        .then(|| format!("the image tells {} ports, of which {most} are asked for a page", declared.len()))
}

/// What a user should know of an original that fails by itself.
fn note(first: &Observation, again: &Observation, trial: &Trial) -> Option<String> {
    match (&first.end, &again.end) {
        (End::NotStarted { message }, End::NotStarted { .. }) => {
            Some(format!("the original does not start: {}", differ::show(message)))
        }
        (End::Exited { code: code @ 1.. }, End::Exited { code: 1.. }) if trial.arguments.is_empty() => {
            Some(format!("the original ends with exit code {code} without arguments: give some after `--`"))
        }
        (End::Exited { code: code @ 1.. }, End::Exited { code: 1.. }) => {
            Some(format!("the original ends with exit code {code}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod lab_tests;
#[cfg(test)]
mod tests;
