//! Programs of others, run with a limit of time and a way to stop.

use super::error::{Error, ErrorKind};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, BufReader, Read};
use std::iter;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

/// The most bytes of a program's output that are kept: of more, the beginning.
const KEPT: usize = 64 << 20;
/// How long a program may take to end when it is asked to.
const GRACE: Duration = Duration::from_secs(10);
/// How often is looked whether the run is to end.
const TICK: Duration = Duration::from_millis(50);
/// How long after a program's end what it started may still write.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many pieces of output wait until they are taken; a program that writes faster waits, too.
const WAITING: usize = 16;

/// Whether the user wants the run to end.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicI32>);

impl Cancel {
    /// Asks for the end, because of a signal.
    pub fn cancel(&self, signal: i32) {
        self.0.store(signal, Ordering::SeqCst);
    }

    /// Fails when the end was asked for.
    pub fn check(&self) -> Result<(), Error> {
        match self.0.load(Ordering::SeqCst) {
            0 => Ok(()),
            signal => Err(Error::new(ErrorKind::Cancelled(signal), "stopped before the end")),
        }
    }
}

/// How far a run may go.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How long one step may take: a build, a scan, a start.
    pub step: Duration,
    /// How many bytes an image may have, unpacked.
    pub image: u64,
    /// Whether the user wants the run to end.
    pub cancel: Cancel,
}

/// What a program left behind.
#[derive(Clone, Debug)]
pub struct Output {
    /// How it ended.
    pub status: ExitStatus,
    /// What it printed.
    pub stdout: Vec<u8>,
    /// What it said.
    pub stderr: Vec<u8>,
}

impl Output {
    /// What it printed, as text without blanks at its ends.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).trim().to_owned()
    }

    /// The last line of what it said that is not blank.
    pub fn complaint(&self) -> String {
        let said = String::from_utf8_lossy(&self.stderr);
        said.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
    }
}

/// Which of a program's streams a piece of text came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// The first program of that name in folders that are written as in the variable `PATH`. Folders that are not absolute are passed over: they depend on where the user is,
/// which may be somebody else's project.
pub(super) fn on_path(path: &OsStr, name: &str) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    let runs =
        |file: &PathBuf| file.metadata().is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0);
    std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(runs)
}

/// Runs a program to its end, without input. `see` gets what it writes, as it comes.
///
/// It runs in a process group of its own, so that a signal from the terminal reaches only this program, which
/// then ends it. An error means that it could not be started, took too long or was stopped; a program that fails is none.
pub(super) fn run(
    command: &mut Command,
    limits: &Limits,
    see: &mut dyn FnMut(Stream, &[u8]),
) -> Result<Output, Error> {
    run_keeping(command, limits, KEPT, see)
}

/// The same with another number of bytes of each stream that are kept.
pub(super) fn run_keeping(
    command: &mut Command,
    limits: &Limits,
    kept: usize,
    see: &mut dyn FnMut(Stream, &[u8]),
) -> Result<Output, Error> {
    run_as(command, limits, (kept, Ending::Asked), see)
}

/// The same for a program that clears up after itself only when what it has started fails, as podman does in a build.
pub(super) fn run_builder(
    command: &mut Command,
    limits: &Limits,
    see: &mut dyn FnMut(Stream, &[u8]),
) -> Result<Output, Error> {
    run_as(command, limits, (KEPT, Ending::ByWorkers), see)
}

/// How a program is ended before its time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// It is asked to.
    Asked,
    /// What it has started is ended, until it gives up on its own; then it is asked, too.
    ByWorkers,
}

fn run_as(
    command: &mut Command,
    limits: &Limits,
    (kept, ending): (usize, Ending),
    see: &mut dyn FnMut(Stream, &[u8]),
) -> Result<Output, Error> {
    limits.cancel.check()?;
    let name =
        Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let started =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).spawn();
    let mut child = started.map_err(|error| unstarted(&name, &error))?;
    let pieces = pieces(&mut child).map_err(|error| {
        end(&mut child, &mpsc::channel().1, ending);
        unstarted(&name, &error)
    })?;
    let deadline = Instant::now() + limits.step;
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut ended = None;
    loop {
        match pieces.recv_timeout(TICK) {
            Ok((stream, piece)) => {
                see(stream, &piece);
                let all = if stream == Stream::Out { &mut stdout } else { &mut stderr };
                let room = kept.saturating_sub(all.len()).min(piece.len());
                all.extend_from_slice(&piece[..room]);
            }
            // Something that it started in the background may hold its streams open for ever.
            Err(RecvTimeoutError::Timeout) => match child.try_wait() {
                Ok(Some(_)) if ended.is_some_and(|at: Instant| at.elapsed() > PATIENCE) => break,
                Ok(Some(_)) => ended = ended.or_else(|| Some(Instant::now())),
                _ => {}
            },
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if let Err(stopped) = limits.within(deadline, &name) {
            end(&mut child, &pieces, ending);
            return Err(stopped);
        }
    }
    // Its streams are closed, yet it may go on.
    while let Ok(None) = child.try_wait() {
        if let Err(stopped) = limits.within(deadline, &name) {
            end(&mut child, &pieces, ending);
            return Err(stopped);
        }
        thread::sleep(TICK / 10);
    }
    let status = child.wait().map_err(|error| unstarted(&name, &error))?;
    Ok(Output { status, stdout, stderr })
}

impl Limits {
    /// Fails when the run is to end, or the time for a program is over.
    fn within(&self, deadline: Instant, name: &str) -> Result<(), Error> {
        self.cancel.check()?;
        if Instant::now() <= deadline {
            return Ok(());
        }
        let message = format!("{name} took more than {} s", self.step.as_secs());
        Err(Error::new(ErrorKind::Timeout, message).with_help("give it more with --timeout SECONDS"))
    }
}

fn unstarted(name: &str, error: &io::Error) -> Error {
    Error::new(ErrorKind::Other, format!("cannot run {name}")).because(crate::files::cause(error))
}

/// What a program writes, in pieces, until both streams end.
fn pieces(child: &mut Child) -> io::Result<Receiver<(Stream, Vec<u8>)>> {
    let (send, receive) = mpsc::sync_channel(WAITING);
    if let Some(out) = child.stdout.take() {
        pass_on(out, Stream::Out, send.clone())?;
    }
    if let Some(err) = child.stderr.take() {
        pass_on(err, Stream::Err, send)?;
    }
    Ok(receive)
}

/// In a thread of its own. Where there can't be one more, that is an error: a panic would leave all that was made in engines.
fn pass_on(
    source: impl Read + Send + 'static,
    stream: Stream,
    send: SyncSender<(Stream, Vec<u8>)>,
) -> io::Result<()> {
    let passing_on = move || {
        let mut source = BufReader::new(source);
        let mut buffer = vec![0; 1 << 16];
        while let Ok(read @ 1..) = source.read(&mut buffer) {
            if send.send((stream, buffer[..read].to_vec())).is_err() {
                return;
            }
        }
    };
    thread::Builder::new().spawn(passing_on).map(drop)
}

/// Ends a program and all that it started: politely, then not.
fn end(child: &mut Child, pieces: &Receiver<(Stream, Vec<u8>)>, ending: Ending) {
    use rustix::process::{Pid, Signal, kill_process, kill_process_group};
    let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else { return };
    // What it starts from now on clears up, unless that takes long.
    let mut known = BTreeMap::new();
    let has_ended = ending == Ending::ByWorkers
        && ends_within(child, pieces, GRACE / 2, || {
            let is_first = known.is_empty();
            for worker in workers(group.as_raw_pid()) {
                let seen = *known.entry(worker).or_insert_with(Instant::now);
                if is_first || seen.elapsed() > PATIENCE {
                    Pid::from_raw(worker).map(|worker| kill_process(worker, Signal::KILL));
                }
            }
        });
    if !has_ended {
        kill_process_group(group, Signal::TERM).ok();
        ends_within(child, pieces, GRACE, || {});
    }
    // What a child of it still does ends as well.
    kill_process_group(group, Signal::KILL).ok();
    child.wait().ok();
}

/// Whether a program ends in time, with something done meanwhile.
fn ends_within(
    child: &mut Child,
    pieces: &Receiver<(Stream, Vec<u8>)>,
    time: Duration,
    mut meanwhile: impl FnMut(),
) -> bool {
    let patience = Instant::now() + time;
    while Instant::now() < patience {
        if matches!(child.try_wait(), Ok(Some(_)) | Err(_)) {
            return true;
        }
        meanwhile();
        // Who can't write can't end.
        if pieces.recv_timeout(TICK) == Err(RecvTimeoutError::Disconnected) {
            thread::sleep(TICK);
        }
    }
    false
}

/// Processes that a program started, directly or not, and that started none themselves; none where there is no `/proc`.
fn workers(program: i32) -> Vec<i32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let parents: BTreeMap<i32, i32> = numbers.filter_map(|number| Some((number, parent(number)?))).collect();
    let is_below = |number: i32| {
        // A process's number may be used again while this is read: no chain is longer than there are processes.
        let chain = iter::successors(Some(number), |number| parents.get(number).copied());
        chain.skip(1).take(parents.len()).any(|number| number == program)
    };
    let is_parent = |number: &i32| parents.values().any(|parent| parent == number);
    parents.keys().copied().filter(|number| is_below(*number) && !is_parent(number)).collect()
}

/// The second number behind the name, which is in parentheses and may have any, in `/proc/NUMBER/stat`.
fn parent(number: i32) -> Option<i32> {
    let text = std::fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
    text.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
#[path = "process_tests.rs"]
mod tests;
