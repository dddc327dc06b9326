//! Containers that are to end, one after the other, with the same volumes.

use super::observe::{Bench, end};
use super::{Answer, End, ExecProbe, facts};
use crate::prove::engine::{Confinement, Mount, Start};
use crate::prove::error::Error;
use std::thread;
use std::time::{Duration, Instant};

/// The most files of a volume that are told one by one.
const FILES: usize = 1000;
/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// Runs a program as often as asked, and tells how it ended, what it wrote, and what is in its volumes then.
pub(super) fn ask(bench: &Bench<'_>, confinement: Confinement, probe: &ExecProbe) -> Result<Answer, Error> {
    let all: Vec<_> = bench.trial.mounts.iter().chain(&probe.mounts).cloned().collect();
    let mounts = bench.mounts(&all)?;
    let mut answer = Answer { question: question(probe), port: None, facts: Vec::new(), unmet: Vec::new() };
    let runs = probe.runs.max(1);
    for run in 1..=runs {
        if runs > 1 {
            answer.facts.push(format!("run {run} of {runs}"));
        }
        let ran = once(bench, confinement, probe, &mounts)?;
        answer.unmet.extend(unmet(probe, &ran, run == runs));
        answer.facts.extend(ran.facts());
    }
    for mount in &mounts {
        if let Mount::Volume(volume, target) = mount {
            answer.facts.extend(files(&bench.workshop.volume_files(bench.image, volume)?, target));
        }
    }
    Ok(answer)
}

/// What is in a volume. Who owns a file changes on purpose.
fn files(found: &[(String, u32, String)], target: &str) -> Vec<String> {
    let target = target.trim_end_matches('/');
    let fact = |(path, _, digest): &(String, u32, String)| {
        format!("file {target}/{} {digest}", path.trim_start_matches('/'))
    };
    let mut facts: Vec<String> = found.iter().take(FILES).map(fact).collect();
    if found.len() > FILES {
        facts.push(format!("{} more files in {target}", found.len() - FILES));
    }
    facts
}

fn question(probe: &ExecProbe) -> String {
    probe.name.clone().unwrap_or_else(|| {
        let words = probe.entrypoint.iter().chain(&probe.arguments).map(String::as_str);
        match words.collect::<Vec<_>>().join(" ") {
            empty if empty.is_empty() => "run without arguments".to_owned(),
            words => format!("run with {words}"),
        }
    })
}

/// How a program ended and what it wrote.
struct Ran {
    end: End,
    output: Vec<u8>,
    errors: Vec<u8>,
    /// How long it was waited for.
    wait: Duration,
}

impl Ran {
    fn facts(&self) -> Vec<String> {
        let mut facts = vec![match &self.end {
            End::Running => format!("does not end within {} s", self.wait.as_secs_f32()),
            End::Exited { code } => format!("exit code {code}"),
            End::NotStarted { message } => format!("does not start: {message}"),
        }];
        facts.extend(facts::of_stream(&self.output).iter().map(|line| format!("prints {line}")));
        facts.extend(facts::of_stream(&self.errors).iter().map(|line| format!("says {line}")));
        facts
    }
}

fn once(
    bench: &Bench<'_>,
    confinement: Confinement,
    probe: &ExecProbe,
    mounts: &[Mount],
) -> Result<Ran, Error> {
    let environment: Vec<String> =
        bench.trial.environment.iter().chain(&probe.environment).cloned().collect();
    let container = bench.workshop.start(&Start {
        image: bench.image,
        arguments: &probe.arguments,
        entrypoint: probe.entrypoint.as_deref(),
        environment: &environment,
        mounts,
        confinement,
        refuse_low_ports: bench.trial.refuse_low_ports,
        ports: &std::collections::BTreeSet::new(),
    })?;
    let started = Instant::now();
    let wait = bench.trial.wait;
    let mut status = container.status()?;
    while status.running && started.elapsed() < wait {
        bench.workshop.limits.cancel.check()?;
        thread::sleep(PAUSE);
        status = container.status()?;
    }
    let logs = container.logs()?;
    Ok(Ran { end: end(status), output: logs.stdout, errors: logs.stderr, wait })
}

/// What should have come and did not. What a run prints may hang on the runs before it: only the last has to.
fn unmet(probe: &ExecProbe, ran: &Ran, last: bool) -> Vec<String> {
    let mut unmet = Vec::new();
    if let Some(code) = probe.code.filter(|&code| ran.end != End::Exited { code }) {
        unmet.push(format!("exit code {code}"));
    }
    let has = |text: &str| String::from_utf8_lossy(&ran.output).contains(text);
    let missing = probe.output.iter().filter(|text| last && !has(text));
    unmet.extend(missing.map(|text| format!("output that contains {text:?}")));
    unmet
}

#[cfg(test)]
#[path = "exec_tests.rs"]
mod tests;
