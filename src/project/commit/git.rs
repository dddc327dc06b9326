//! The `git` program, kept from running or fetching anything.

use super::super::tree::LARGEST_FILE;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// The longest answer that is taken.
const LONGEST_ANSWER: u64 = 64 << 20;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// `git` in a repository.
#[derive(Debug)]
pub(super) struct Git {
    repository: PathBuf,
}

impl Git {
    /// The git of a repository.
    pub(super) fn new(repository: PathBuf) -> Self {
        Self { repository }
    }

    /// What a command prints.
    pub(super) fn output(&self, args: &[&str]) -> Result<Vec<u8>, String> {
        let mut child = Guard(self.command(args).spawn().map_err(|error| unstarted(&error))?);
        let stdout = child.0.stdout.take().ok_or("git has no output")?;
        let stderr = child.0.stderr.take().ok_or("git has no output")?;
        let errors = gathered(stderr, 4096);
        let answer = gathered(stdout, LONGEST_ANSWER + 1).recv_timeout(PATIENCE).map_err(|_| too_slow())?;
        if answer.len() as u64 > LONGEST_ANSWER {
            return Err("git's answer is too long".to_owned());
        }
        if child.0.wait().is_ok_and(|status| status.success()) {
            return Ok(answer);
        }
        let errors = errors.recv_timeout(PATIENCE).unwrap_or_default();
        let errors = String::from_utf8_lossy(&errors);
        let line = errors.lines().next().unwrap_or_default().trim_start_matches("fatal: ");
        Err(if line.is_empty() { "git does not know it".to_owned() } else { line.to_owned() })
    }

    /// A process that reads many objects.
    pub(super) fn batch(&self) -> Result<Batch, String> {
        let mut command = self.command(&["cat-file", "--batch"]);
        command.stdin(Stdio::piped()).stderr(Stdio::null());
        let mut child = Guard(command.spawn().map_err(|error| unstarted(&error))?);
        let stdin = child.0.stdin.take().ok_or("git has no input")?;
        let stdout = child.0.stdout.take().ok_or("git has no output")?;
        let (send, answers) = mpsc::sync_channel(0);
        thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            while let Some(answer) = answer(&mut stdout) {
                if send.send(answer).is_err() {
                    return;
                }
            }
        });
        Ok(Batch { _child: child, stdin, answers })
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        // What the caller's environment says is about another repository, or about tracing and editors.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
            command.env_remove(name);
        }
        command
            .envs([
                ("GIT_CONFIG_NOSYSTEM", "1"),
                ("GIT_CONFIG_GLOBAL", if cfg!(windows) { "NUL" } else { "/dev/null" }),
                ("GIT_OPTIONAL_LOCKS", "0"),
                ("GIT_TERMINAL_PROMPT", "0"),
                // A missing object is not fetched, from nowhere and by no protocol that its configuration names.
                ("GIT_NO_LAZY_FETCH", "1"),
                ("GIT_ALLOW_PROTOCOL", ""),
                ("LC_ALL", "C"),
            ])
            .args(["--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"])
            .args(["-c", "safe.directory=*", "-c", "core.quotePath=false", "-C"])
            .arg(&self.repository)
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

/// A process that reads objects one after the other.
#[derive(Debug)]
pub(super) struct Batch {
    _child: Guard,
    stdin: ChildStdin,
    answers: Receiver<Answer>,
}

/// An object's bytes, or why there are none.
type Answer = Result<Vec<u8>, String>;

impl Batch {
    /// Reads an object; the outer error ends the process's use.
    pub(super) fn read(&mut self, object: &str) -> Result<Answer, String> {
        writeln!(self.stdin, "{object}").map_err(|error| error.to_string())?;
        self.answers.recv_timeout(PATIENCE).map_err(|_| too_slow())
    }
}

/// Reads the next answer: a line that ends with the size, the bytes, a line end; none at the end.
fn answer(stdout: &mut impl std::io::BufRead) -> Option<Answer> {
    let mut head = String::new();
    stdout.take(4096).read_line(&mut head).ok().filter(|read| *read > 0)?;
    let Some(size) = head.trim_end().rsplit(' ').next().and_then(|size| size.parse::<u64>().ok()) else {
        return Some(Err("git does not have it".to_owned()));
    };
    if size > LARGEST_FILE {
        std::io::copy(&mut stdout.take(size + 1), &mut std::io::sink()).ok()?;
        return Some(Err(format!("it is larger than {} MiB", LARGEST_FILE >> 20)));
    }
    let mut bytes = Vec::new();
    stdout.take(size + 1).read_to_end(&mut bytes).ok()?;
    (bytes.pop() == Some(b'\n') && bytes.len() as u64 == size).then_some(Ok(bytes))
}

/// Reads to the end on a thread of its own, up to a limit.
fn gathered(from: impl Read + Send + 'static, limit: u64) -> Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let whole = from.take(limit).read_to_end(&mut bytes).is_ok();
        send.send(if whole { bytes } else { Vec::new() }).ok();
    });
    receive
}

fn unstarted(error: &std::io::Error) -> String {
    format!("git can't be started: {error}")
}

fn too_slow() -> String {
    "git does not answer".to_owned()
}

/// A process that ends with its use.
#[derive(Debug)]
struct Guard(Child);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}
