//! Limits on what is read of an image, and how faults of reading become errors for people.

use crate::prove::error::{Error, ErrorKind};
use crate::prove::process::{Cancel, Limits};
use std::io::{self, Read};
use std::time::{Duration, Instant};

/// How far reading may go.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    /// Bytes of all layers, unpacked.
    pub(super) most: u64,
    deadline: Instant,
    patience: Duration,
    cancel: Cancel,
}

impl Guard {
    pub(super) fn new(limits: &Limits) -> Self {
        let deadline = Instant::now() + limits.step;
        Self { most: limits.image, deadline, patience: limits.step, cancel: limits.cancel.clone() }
    }

    /// Fails when the user or the time asks for the end.
    pub(super) fn check(&self) -> io::Result<()> {
        self.cancel.check().map_err(io::Error::other)?;
        if Instant::now() < self.deadline {
            return Ok(());
        }
        let seconds = self.patience.as_secs();
        let late = Error::new(ErrorKind::Timeout, format!("reading an image took more than {seconds} s"));
        Err(io::Error::other(late.with_help("give it more with --timeout SECONDS")))
    }

    fn too_large(&self) -> io::Error {
        let larger = format!("the image is larger than allowed: more than {} bytes, unpacked", self.most);
        io::Error::other(Error::new(ErrorKind::Disk, larger))
    }
}

/// A stream that may give so many bytes and no more.
pub(super) struct Guarded<'a, R> {
    inner: R,
    guard: &'a Guard,
    /// Bytes given until now, by this stream and those before it.
    given: &'a mut u64,
}

impl<'a, R: Read> Guarded<'a, R> {
    pub(super) fn new(inner: R, guard: &'a Guard, given: &'a mut u64) -> Self {
        Self { inner, guard, given }
    }
}

impl<R: Read> Read for Guarded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.guard.check()?;
        let read = self.inner.read(buffer)?;
        *self.given += read as u64;
        if *self.given > self.guard.most { Err(self.guard.too_large()) } else { Ok(read) }
    }
}

/// An error for people: one of ours that came through a stream as it is, any other with what could not be done.
pub(super) fn fault(what: impl Into<String>, error: io::Error) -> Error {
    let cause = match error.kind() {
        io::ErrorKind::UnexpectedEof => "it ends too early".to_owned(),
        _ => crate::files::cause(&error),
    };
    let own = error.into_inner().and_then(|inner| inner.downcast::<Error>().ok());
    own.map_or_else(|| Error::new(ErrorKind::Other, what).because(cause), |own| *own)
}
