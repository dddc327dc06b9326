//! When a program is ready, has ended, or has nothing more to say.

use super::facts::LINES;
use crate::prove::error::Error;
use std::collections::BTreeSet;
use std::time::Duration;

/// A program without ports that said nothing for so long is ready; it is also how long ports may follow others.
const SILENCE: Duration = Duration::from_secs(2);
/// What a program that is ready may still do at once: open another port, print a line, fall over.
const SETTLE: Duration = Duration::from_millis(300);
/// A program that ran for so long and still does is running: many fall over about a second after they began.
const ALIVE: Duration = Duration::from_millis(1500);
/// The shortest pause between two looks.
const SHORTEST: Duration = Duration::from_millis(40);
/// The longest pause between two looks.
const LONGEST: Duration = Duration::from_millis(250);

/// A program that runs, as far as it can be seen; and the time.
pub(super) trait Watched {
    /// Whether it runs.
    fn runs(&self) -> Result<bool, Error>;
    /// The ports that it listens on; none where that can't be seen.
    fn listening(&self) -> Result<Option<BTreeSet<u16>>, Error>;
    /// Whether somebody answers at a port.
    fn answers(&self, port: u16) -> Result<bool, Error>;
    /// What it wrote until now.
    fn said(&self) -> Result<Said, Error>;
    /// How long ago it was started.
    fn age(&self) -> Duration;
    /// Waits; fails when the run was stopped.
    fn pause(&self, time: Duration) -> Result<(), Error>;
}

/// How much a program wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// Lines on standard output.
    pub(super) output: usize,
    /// Lines on standard error.
    pub(super) errors: usize,
}

/// What a program is expected to do.
#[derive(Clone, Debug, Default)]
pub(super) struct Expectation {
    /// The ports that it listens on, at last.
    pub(super) ports: BTreeSet<u16>,
    /// How much it says at least.
    pub(super) said: Said,
    /// Whether it ends.
    pub(super) ends: bool,
    /// Whether this was seen of another run; else nothing is known but the ports, and that from its image only.
    pub(super) seen: bool,
}

/// Waits until a program has ended, or can be asked, or `wait` is over. Tells whether it still runs.
pub(super) fn ready(program: &dyn Watched, expected: &Expectation, wait: Duration) -> Result<bool, Error> {
    let mut pause = SHORTEST;
    let mut opened = BTreeSet::new();
    let mut last = (BTreeSet::new(), Said::default());
    let mut changed = program.age();
    while program.runs()? {
        if expected.seen && !expected.ends && expected.ports.is_empty() {
            return Ok(true); // There is nobody to ask; what it is to say is waited for at the end.
        }
        let ports = open(program, &expected.ports, &mut opened)?;
        if is_ready(&ports, expected) {
            program.pause(SETTLE)?;
            return program.runs();
        }
        let now = (ports, program.said()?);
        if now != last {
            (last, changed) = (now, program.age());
        }
        let silent = program.age().saturating_sub(changed) >= SILENCE && !expected.ends;
        // Nothing that it says later is compared.
        let enough = last.1.output.max(last.1.errors) >= LINES && !expected.ends && expected.ports.is_empty();
        let age = program.age();
        if age >= wait || enough || (silent && (expected.ports.is_empty() || !last.0.is_empty())) {
            return program.runs();
        }
        program.pause(pause.min(wait.saturating_sub(age)))?;
        pause = (pause * 3 / 2).min(LONGEST);
    }
    Ok(false)
}

/// Whether a program listens where it is expected to, or anywhere where nothing is known of it.
fn is_ready(ports: &BTreeSet<u16>, expected: &Expectation) -> bool {
    !expected.ends && !ports.is_empty() && expected.ports.is_subset(ports)
}

/// The ports that a program listens on; where that can't be seen, those of the expected ones that answer. No port is
/// asked again once it answered, for programs tell of connections in their logs.
fn open(
    program: &dyn Watched,
    expected: &BTreeSet<u16>,
    opened: &mut BTreeSet<u16>,
) -> Result<BTreeSet<u16>, Error> {
    if let Some(ports) = program.listening()? {
        return Ok(ports);
    }
    for &port in expected {
        if !opened.contains(&port) && program.answers(port)? {
            opened.insert(port);
        }
    }
    Ok(opened.clone())
}

/// Waits until a program that was asked has ended, or has run for a while and said as much as is expected, or `wait` is
/// over. Tells whether it still runs.
pub(super) fn settled(program: &dyn Watched, expected: &Expectation, wait: Duration) -> Result<bool, Error> {
    let mut pause = SHORTEST;
    while program.runs()? {
        let age = program.age();
        let complete = || {
            let said = program.said()?;
            Ok(said.output >= expected.said.output && said.errors >= expected.said.errors)
        };
        if age >= ALIVE && (age >= wait || complete()?) {
            return Ok(true);
        }
        program.pause(pause)?;
        pause = (pause * 3 / 2).min(LONGEST);
    }
    Ok(false)
}

#[cfg(test)]
#[path = "ready_tests.rs"]
mod tests;
