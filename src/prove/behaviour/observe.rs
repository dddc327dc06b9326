//! One run of one image with given rights.
//!
//! In: an image, how to try it, what it is expected to do. Out: what it did. Does not know what that means.

use super::ready::{self, Expectation, Said, Watched};
use super::{Answer, End, HttpProbe, Mounted, Observation, Probe, Stop, Trial, exec, facts, http};
use crate::prove::engine::{Confinement, Container, Mount, Start, Status, Workshop};
use crate::prove::error::Error;
use crate::prove::process::Output;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

/// How long a program may take to end when it is asked to: what engines and Kubernetes' users are used to.
const GRACE: Duration = Duration::from_secs(10);
/// How long a program may take until its own check says that it is healthy.
const HEALTHY: Duration = Duration::from_secs(5);
/// More bytes in a log than this, and it is not read again until the end: the program talks without end.
const LOUD: usize = 1 << 18;

/// The most ports that are published and asked of those that an image tells, or its program listens on: `EXPOSE 1-65535` would
/// start as many proxies on this machine.
pub(super) const MOST_PORTS: usize = 32;

/// An image and how to try it.
#[derive(Clone, Copy)]
pub(super) struct Bench<'a> {
    pub(super) workshop: &'a Workshop<'a>,
    pub(super) image: &'a str,
    pub(super) trial: &'a Trial,
    /// TCP ports that either image tells.
    pub(super) declared: &'a BTreeSet<u16>,
}

impl Bench<'_> {
    /// The ports that are tried whatever is seen.
    pub(super) fn ports(&self) -> BTreeSet<u16> {
        tried(self.declared, self.trial)
    }

    /// Mounts with volumes that nothing has written to.
    pub(super) fn mounts(&self, mounted: &[Mounted]) -> Result<Vec<Mount>, Error> {
        let mount = |mounted: &Mounted| {
            let target = mounted.target.clone();
            Ok(match &mounted.source {
                Some(source) => Mount::Host(source.clone(), target),
                None => Mount::Volume(self.workshop.volume()?, target),
            })
        };
        mounted.iter().map(mount).collect()
    }
}

/// All ports that the user names, and the first of those that an image tells.
fn tried(declared: &BTreeSet<u16>, trial: &Trial) -> BTreeSet<u16> {
    let asked = trial.probes.iter().filter_map(|probe| match probe {
        Probe::Http(probe) => probe.port,
        Probe::Exec(_) => None,
    });
    declared.iter().take(MOST_PORTS).chain(&trial.ports).copied().chain(asked).collect()
}

/// A step of a run that takes long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The program is asked to end.
    Stop,
    /// Another container runs.
    Exec,
}

/// Asked before a step, with what was seen until then: whether it is worth its time.
pub(super) type Worth<'a> = &'a dyn Fn(&Observation, Step) -> bool;

/// Runs an image, but for the steps that are not worth their time.
pub(super) fn observe(
    bench: &Bench<'_>,
    confinement: Confinement,
    expected: &Expectation,
    worth: Worth<'_>,
) -> Result<Observation, Error> {
    let mut seen = Observation { confinement, ..Observation::default() };
    run(bench, expected, worth, &mut seen)?;
    for probe in &bench.trial.probes {
        if let Probe::Exec(probe) = probe {
            if !worth(&seen, Step::Exec) {
                break;
            }
            seen.answers.push(exec::ask(bench, confinement, probe)?);
        }
    }
    Ok(seen)
}

/// The container that stays as long as its program does.
fn run(
    bench: &Bench<'_>,
    expected: &Expectation,
    worth: Worth<'_>,
    seen: &mut Observation,
) -> Result<(), Error> {
    let trial = bench.trial;
    let mut ports = bench.ports();
    ports.extend(&expected.ports);
    let container = bench.workshop.start(&Start {
        image: bench.image,
        arguments: &trial.arguments,
        entrypoint: None,
        environment: &trial.environment,
        mounts: &bench.mounts(&trial.mounts)?,
        confinement: seen.confinement,
        refuse_low_ports: bench.trial.refuse_low_ports,
        ports: &ports,
    })?;
    let program = Running { container: &container, started: Instant::now(), loud: RefCell::default() };
    let ready = ready::ready(&program, expected, trial.wait)?;
    let listening = if ready { container.listening()? } else { None };
    ask(bench, &program, &ports, listening.as_ref(), ready, seen)?;
    if ready {
        seen.answers.extend(health(&program, trial.wait)?);
    }
    let runs = ready::settled(&program, expected, trial.wait)?;
    seen.listening = if runs { container.listening()?.or(listening) } else { listening };
    seen.end = end(container.status()?);
    seen.written = container.written()?;
    let early = program.loud.take().filter(|_| seen.end == End::Running);
    let logs = early.map_or_else(|| container.logs(), Ok)?;
    (seen.output, seen.errors) = (facts::of_stream(&logs.stdout), facts::of_stream(&logs.stderr));
    if seen.end == End::Running && worth(seen, Step::Stop) {
        seen.stop = Some(stop(&container)?);
    }
    Ok(())
}

/// How a container is.
pub(super) fn end(status: Status) -> End {
    match status {
        Status { running: true, .. } => End::Running,
        Status { error, .. } if !error.is_empty() => End::NotStarted { message: error },
        Status { code, .. } => End::Exited { code },
    }
}

fn stop(container: &Container<'_>) -> Result<Stop, Error> {
    let (took, status) = container.stop(GRACE)?;
    // 137 is what a kill leaves, and what a program may end with itself, but hardly so late.
    let killed = status.code == 137 && took + Duration::from_millis(500) >= GRACE;
    Ok(Stop { seconds: took.as_secs_f64(), code: status.code, killed })
}

/// Asks all ports, then what was declared.
fn ask(
    bench: &Bench<'_>,
    program: &Running<'_>,
    ports: &BTreeSet<u16>,
    listening: Option<&BTreeSet<u16>>,
    runs: bool,
    seen: &mut Observation,
) -> Result<(), Error> {
    if runs {
        let found = listening.into_iter().flatten().filter(|port| !ports.contains(port)).take(MOST_PORTS);
        for &port in ports.iter().chain(found) {
            seen.answers.extend(automatic(program.container, port)?);
        }
    }
    let first = bench.declared.first().or(bench.trial.ports.first()).or(listening.and_then(BTreeSet::first));
    for probe in &bench.trial.probes {
        if let Probe::Http(probe) = probe {
            let port = probe.port.or(first.copied());
            seen.answers.push(declared(program, probe, port, bench.trial.wait, runs)?);
        }
    }
    Ok(())
}

/// What comes from a port; none where it can't be reached from here at all.
fn automatic(container: &Container<'_>, port: u16) -> Result<Option<Answer>, Error> {
    let addresses = container.addresses(port)?;
    let question = http::Question { method: "GET", path: "/", port, headers: &[] };
    let answer = |reply| Answer {
        question: format!("GET / on port {port}"),
        port: Some(port),
        facts: facts::of_reply(&reply),
        unmet: Vec::new(),
    };
    Ok((!addresses.is_empty()).then(|| answer(http::ask(&addresses, question))))
}

/// What comes to a question that was declared, asked again as long as the program seems not to be ready.
fn declared(
    program: &Running<'_>,
    probe: &HttpProbe,
    port: Option<u16>,
    wait: Duration,
    runs: bool,
) -> Result<Answer, Error> {
    let method = probe.method.as_deref().unwrap_or("GET");
    let question = probe.name.clone().unwrap_or_else(|| match port {
        Some(port) => format!("{method} {} on port {port}", probe.path),
        None => format!("{method} {}", probe.path),
    });
    let Some(number) = port else {
        let unmet = vec!["there is no port to ask: the image tells none".to_owned()];
        return Ok(Answer { question, port, facts: vec![facts::NO_ANSWER.to_owned()], unmet });
    };
    let asked = http::Question { method, path: &probe.path, port: number, headers: &probe.headers };
    loop {
        let reply =
            if runs { http::ask(&program.container.addresses(number)?, asked) } else { http::Reply::Nothing };
        let unmet = unmet(probe, &reply);
        let early = match &reply {
            http::Reply::Page(page) => matches!(page.status, 502..=504),
            http::Reply::Nothing => true,
            _ => false,
        };
        if unmet.is_empty() || !early || program.age() >= wait || !program.runs()? {
            return Ok(Answer { question, port, facts: facts::of_reply(&reply), unmet });
        }
        program.pause(Duration::from_millis(250))?;
    }
}

/// What the image's own check of its health says, asked again as long as the program may not be ready: orchestrators end
/// a container whose check needs a shell or a program that is no longer there.
fn health(program: &Running<'_>, wait: Duration) -> Result<Option<Answer>, Error> {
    loop {
        let Some(code) = program.container.check_health(wait)? else { return Ok(None) };
        if code == 0 || program.age() >= wait.min(HEALTHY) {
            let facts = vec![format!("exit code {code}")];
            return Ok(Some(Answer { question: facts::HEALTH.into(), port: None, facts, unmet: Vec::new() }));
        }
        program.pause(Duration::from_millis(250))?;
    }
}

/// What should have come and did not.
fn unmet(probe: &HttpProbe, reply: &http::Reply) -> Vec<String> {
    let page = match reply {
        http::Reply::Page(page) => Some(page),
        _ => None,
    };
    let mut unmet = Vec::new();
    if let Some(status) = probe.status.filter(|&status| page.is_none_or(|page| page.status != status)) {
        unmet.push(format!("status {status}"));
    }
    let has = |text: &str| page.is_some_and(|page| String::from_utf8_lossy(&page.body).contains(text));
    unmet.extend(
        probe.body.iter().filter(|text| !has(text)).map(|text| format!("a body that contains {text:?}")),
    );
    if let http::Reply::Unaskable(why) = reply {
        unmet.push(why.clone());
    }
    unmet
}

/// A container's program.
struct Running<'a> {
    container: &'a Container<'a>,
    started: Instant,
    /// What it had said when that became too much to read again and again. The first lines stay the same.
    loud: RefCell<Option<Output>>,
}

impl Watched for Running<'_> {
    fn runs(&self) -> Result<bool, Error> {
        Ok(self.container.status()?.running)
    }

    fn listening(&self) -> Result<Option<BTreeSet<u16>>, Error> {
        self.container.listening()
    }

    fn answers(&self, port: u16) -> Result<bool, Error> {
        Ok(http::answers(&self.container.addresses(port)?))
    }

    fn said(&self) -> Result<Said, Error> {
        let count =
            |logs: &Output| Said { output: facts::count(&logs.stdout), errors: facts::count(&logs.stderr) };
        if let Some(logs) = &*self.loud.borrow() {
            return Ok(count(logs));
        }
        let logs = self.container.logs()?;
        let said = count(&logs);
        if logs.stdout.len() + logs.stderr.len() > LOUD {
            self.loud.replace(Some(logs));
        }
        Ok(said)
    }

    fn age(&self) -> Duration {
        self.started.elapsed()
    }

    fn pause(&self, time: Duration) -> Result<(), Error> {
        self.container.workshop.limits.cancel.check()?;
        thread::sleep(time);
        Ok(())
    }
}

#[cfg(test)]
#[path = "observe_tests.rs"]
mod tests;
