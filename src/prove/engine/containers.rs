//! A container that was started: how it does, what it says, where it listens, how it ends.

use super::inspect::Facts;
use super::{Container, Status, start};
use crate::prove::error::{Error, ErrorKind};
use crate::prove::process::{Limits, Output, run};
use crate::report::clean;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::{Duration, Instant};

/// How long an engine may need to end a container after its grace.
const SLACK: Duration = Duration::from_secs(30);
/// The state of a socket that listens, in `/proc/net/tcp`.
const LISTEN: &str = "0A";

impl Container<'_> {
    /// How it is doing.
    pub fn status(&self) -> Result<Status, Error> {
        if let Some(output) = &self.unstarted {
            let code = output.status.code().unwrap_or(125);
            return Ok(Status { code, error: start::why(output), ..Status::default() });
        }
        let state = self.facts()?.state;
        let mut status = Status {
            running: state.running,
            code: state.exit_code,
            out_of_memory: state.out_of_memory,
            error: if state.running { String::new() } else { clean(&state.error).into_owned() },
        };
        if !status.running && status.error.is_empty() && matches!(status.code, 1 | 126 | 127 | 255) {
            status.error = unexecuted(&self.logs()?);
        }
        Ok(status)
    }

    /// What its program printed and said until now, at most the last 64 MB.
    pub fn logs(&self) -> Result<Output, Error> {
        match &self.unstarted {
            Some(output) => Ok(Output { status: output.status, stdout: Vec::new(), stderr: Vec::new() }),
            None => self.workshop.call("read what a container said", &["logs", &self.name]),
        }
    }

    /// Where a TCP port of it can be reached from here, the likeliest first. None when it does not run.
    pub fn addresses(&self, port: u16) -> Result<Vec<SocketAddr>, Error> {
        if self.unstarted.is_some() {
            return Ok(Vec::new());
        }
        let facts = self.facts()?;
        Ok(if facts.state.running { addresses(&facts, port) } else { Vec::new() })
    }

    /// TCP ports that its program listens on at an address other than loopback; none where that can't be seen from here:
    /// the engine is on another machine or in a virtual one, or the container shares this machine's network.
    pub fn listening(&self) -> Result<Option<BTreeSet<u16>>, Error> {
        if self.unstarted.is_some() {
            return Ok(Some(BTreeSet::new()));
        }
        let facts = self.facts()?;
        if !facts.state.running {
            return Ok(Some(BTreeSet::new()));
        }
        let seen = listening_in(Path::new("/proc"), &facts);
        // It may have ended meanwhile.
        if seen.is_none() && !self.facts()?.state.running { Ok(Some(BTreeSet::new())) } else { Ok(seen) }
    }

    /// Runs the command of the image's HEALTHCHECK in it and tells its exit code: 0 is healthy, 124 took longer than
    /// `patience`, 126 and 127 can't be run. None where there is no such command, or the program has ended.
    pub fn check_health(&self, patience: Duration) -> Result<Option<i32>, Error> {
        if self.unstarted.is_some() {
            return Ok(None);
        }
        let facts = self.facts()?;
        let Some(check) = facts.config.check().filter(|_| facts.state.running) else { return Ok(None) };
        let words = ["exec".to_owned(), self.name.clone()].into_iter().chain(check).collect::<Vec<_>>();
        let limits = Limits { step: patience, ..self.workshop.limits.clone() };
        match run(&mut self.workshop.command(&words), &limits, &mut |_, _| {}) {
            Ok(output) => Ok(output.status.code()),
            Err(error) if error.kind == ErrorKind::Timeout => Ok(Some(124)),
            Err(error) => Err(error),
        }
    }

    /// Asks its program to end, as `docker stop` does, and tells how long that took. After `grace`, counted in whole
    /// seconds, it is killed, and its code is 137.
    pub fn stop(&self, grace: Duration) -> Result<(Duration, Status), Error> {
        if self.unstarted.is_some() {
            return Ok((Duration::ZERO, self.status()?));
        }
        let step = self.workshop.limits.step.max(grace + SLACK);
        let limits = Limits { step, ..self.workshop.limits.clone() };
        let seconds = grace.as_secs().max(1).to_string();
        let began = Instant::now();
        self.workshop.call_within("stop a container", &["stop", "--time", &seconds, &self.name], &limits)?;
        Ok((began.elapsed(), self.status()?))
    }
}

/// What the runtime wrote in the place of a program that it could not execute: it had become the program's process
/// already, and its words are among the container's. A missing interpreter shows in the same way.
fn unexecuted(logs: &Output) -> String {
    const ENDS: [&str; 3] = ["exec format error", "no such file or directory", "permission denied"];
    let said = String::from_utf8_lossy(&logs.stderr);
    let mut lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    let (Some(line), None) = (lines.next(), lines.next()) else { return String::new() };
    let is_runtime = line.starts_with("exec ") || line.contains("exec user process caused");
    let is_it = logs.stdout.is_empty()
        && is_runtime
        && ENDS.iter().any(|end| line.trim_end_matches('"').ends_with(end));
    if is_it { clean(line).into_owned() } else { String::new() }
}

pub(super) fn addresses(facts: &Facts, port: u16) -> Vec<SocketAddr> {
    if facts.host_config.network_mode == "host" {
        return vec![(Ipv4Addr::LOCALHOST, port).into()];
    }
    let network = &facts.network_settings;
    let published = network.ports.iter().filter_map(|ports| ports.get(&format!("{port}/tcp")));
    let published = published.flatten().flatten().filter_map(|it| {
        let ip = if it.host_ip.is_empty() { "127.0.0.1" } else { &it.host_ip };
        Some(SocketAddr::new(ip.parse().ok()?, it.host_port.parse().ok()?))
    });
    let own = [&network.own].into_iter().chain(network.networks.iter().flat_map(|all| all.values()));
    let own = own.filter_map(|it| Some(SocketAddr::new(it.ip.parse().ok()?, port)));
    let mut all: Vec<SocketAddr> = Vec::new();
    for address in published.chain(own) {
        if !all.contains(&address) {
            all.push(address);
        }
    }
    all
}

/// The ports of the network that the container's first process is in.
pub(super) fn listening_in(proc: &Path, facts: &Facts) -> Option<BTreeSet<u16>> {
    let process = proc.join(facts.state.pid.to_string());
    let network = |process: &Path| process.join("ns/net").read_link();
    let is_shared = match (network(&process), network(&proc.join("self"))) {
        (Ok(its), Ok(own)) => its == own,
        // Another user's process does not tell.
        _ => facts.host_config.network_mode == "host",
    };
    if facts.state.pid == 0 || is_shared || !is_of_container(&process, &facts.id) {
        return None;
    }
    let table = |file: &str| std::fs::read_to_string(process.join(file));
    let (four, six) = (table("net/tcp").ok()?, table("net/tcp6").unwrap_or_default());
    Some(four.lines().chain(six.lines()).filter_map(listener).collect())
}

/// Whether a process is the container's: the number alone may be that of another machine's, as where the engine is in
/// a virtual one. The container's id is in the name of its control group, or in those of files mounted into it.
fn is_of_container(process: &Path, id: &str) -> bool {
    let names = |file: &str| std::fs::read_to_string(process.join(file)).is_ok_and(|text| text.contains(id));
    !id.is_empty() && (names("cgroup") || names("mountinfo"))
}

/// The port of a line of `/proc/net/tcp` or `tcp6` whose socket listens, unless on loopback.
fn listener(line: &str) -> Option<u16> {
    let mut fields = line.split_whitespace().skip(1);
    let (local, state) = (fields.next()?, fields.nth(1)?);
    let (address, port) = local.split_once(':')?;
    let is_public = state == LISTEN && !address_of(address)?.is_loopback();
    is_public.then(|| u16::from_str_radix(port, 16).ok())?
}

/// An address as the kernel writes it: words of 32 bits in the machine's own order.
fn address_of(hex: &str) -> Option<IpAddr> {
    let word = |at: usize| u32::from_str_radix(hex.get(at * 8..at * 8 + 8)?, 16).ok().map(u32::to_ne_bytes);
    match hex.len() {
        8 => Some(Ipv4Addr::from(word(0)?).into()),
        32 => {
            let mut bytes = [0; 16];
            for (at, chunk) in bytes.chunks_exact_mut(4).enumerate() {
                chunk.copy_from_slice(&word(at)?);
            }
            Some(IpAddr::V6(Ipv6Addr::from(bytes)).to_canonical())
        }
        _ => None,
    }
}
