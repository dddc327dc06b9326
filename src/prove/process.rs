//! Programs of others, run with a limit of time and a way to stop.

use super::error::{Error, ErrorKind};
use std::io::{self, BufReader, Read};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
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
    limits.cancel.check()?;
    let name =
        Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let started =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).spawn();
    let mut child = started.map_err(|error| unstarted(&name, &error))?;
    let pieces = pieces(&mut child);
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
            end(&mut child, &pieces);
            return Err(stopped);
        }
    }
    // Its streams are closed, yet it may go on.
    while let Ok(None) = child.try_wait() {
        if let Err(stopped) = limits.within(deadline, &name) {
            end(&mut child, &pieces);
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
fn pieces(child: &mut Child) -> Receiver<(Stream, Vec<u8>)> {
    let (send, receive) = mpsc::sync_channel(WAITING);
    if let Some(out) = child.stdout.take() {
        pass_on(out, Stream::Out, send.clone());
    }
    if let Some(err) = child.stderr.take() {
        pass_on(err, Stream::Err, send);
    }
    receive
}

fn pass_on(source: impl Read + Send + 'static, stream: Stream, send: SyncSender<(Stream, Vec<u8>)>) {
    thread::spawn(move || {
        let mut source = BufReader::new(source);
        let mut buffer = vec![0; 1 << 16];
        while let Ok(read @ 1..) = source.read(&mut buffer) {
            if send.send((stream, buffer[..read].to_vec())).is_err() {
                return;
            }
        }
    });
}

/// Ends a program and all that it started: politely, then not.
fn end(child: &mut Child, pieces: &Receiver<(Stream, Vec<u8>)>) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else { return };
    kill_process_group(group, Signal::TERM).ok();
    let patience = Instant::now() + GRACE;
    while Instant::now() < patience {
        if matches!(child.try_wait(), Ok(Some(_)) | Err(_)) {
            break;
        }
        // Who can't write can't end.
        if pieces.recv_timeout(TICK) == Err(RecvTimeoutError::Disconnected) {
            thread::sleep(TICK);
        }
    }
    // What a child of it still does ends as well.
    kill_process_group(group, Signal::KILL).ok();
    child.wait().ok();
}
