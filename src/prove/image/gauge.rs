//! How many bytes gzip makes of what passes by.
//!
//! An estimate: blocks of 1 MiB are compressed each on its own, so that all processors take part, at the level of flate2's own
//! implementation that comes nearest to zlib's default, 6: 4, with 0.344 against 0.345 of the bytes of an image with Go's
//! toolchain, in a third of the time of its 6. Tools that fill registries differ by more.

use flate2::{Compress, Compression, FlushCompress, Status};
use std::io::{self, Read};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, Scope};

const BLOCK: usize = 1 << 20;
/// The level: see above.
const LEVEL: u32 = 4;
/// The most threads; more would wait for the archive.
const MOST_THREADS: usize = 4;
/// What gzip puts around a layer (RFC 1952).
const AROUND: u64 = 18;

/// Where threads take their blocks from, and where they count.
#[derive(Debug)]
pub(super) struct Gauge {
    blocks: Mutex<Receiver<Vec<u8>>>,
    compressed: AtomicU64,
}

/// Takes bytes to be counted.
#[derive(Clone, Debug)]
pub(super) struct Feed(SyncSender<Vec<u8>>);

impl Gauge {
    /// A gauge and what feeds it.
    pub(super) fn new() -> (Self, Feed) {
        let (send, receive) = sync_channel(MOST_THREADS);
        (Self { blocks: Mutex::new(receive), compressed: AtomicU64::new(0) }, Feed(send))
    }

    /// Starts threads that count until all feeds are gone; fails when there can't be any.
    pub(super) fn start<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>) -> io::Result<()> {
        let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
        for number in 0..threads {
            match thread::Builder::new().spawn_scoped(scope, || self.count()) {
                // The others do its part.
                Err(_) if number > 0 => break,
                started => drop(started?),
            }
        }
        Ok(())
    }

    /// Bytes counted; all of them once the threads have ended.
    pub(super) fn compressed(&self) -> u64 {
        self.compressed.load(Ordering::SeqCst)
    }

    fn count(&self) {
        let mut gzip = Compress::new(Compression::new(LEVEL), false);
        loop {
            let Ok(blocks) = self.blocks.lock() else { return };
            let Ok(block) = blocks.recv() else { return };
            drop(blocks);
            self.compressed.fetch_add(compressed(&mut gzip, &block), Ordering::SeqCst);
        }
    }
}

/// How many bytes a block becomes.
fn compressed(gzip: &mut Compress, block: &[u8]) -> u64 {
    let mut out = vec![0; 1 << 16];
    gzip.reset();
    loop {
        let read = usize::try_from(gzip.total_in()).unwrap_or(usize::MAX);
        let rest = block.get(read..).unwrap_or_default();
        match gzip.compress(rest, &mut out, FlushCompress::Finish) {
            Ok(Status::Ok) => {}
            Ok(Status::StreamEnd | Status::BufError) | Err(_) => return gzip.total_out(),
        }
    }
}

/// A stream that feeds a gauge with what it gives.
pub(super) struct Gauged<R> {
    inner: R,
    feed: Option<Feed>,
    block: Vec<u8>,
}

impl<R: Read> Gauged<R> {
    /// A stream, and what to feed, if anything.
    pub(super) fn new(inner: R, feed: Option<Feed>) -> Self {
        Self { inner, feed, block: Vec::new() }
    }

    /// Feeds what is left; tells how many bytes more there are around it.
    pub(super) fn finish(mut self) -> u64 {
        self.pass_on();
        if self.feed.is_some() { AROUND } else { 0 }
    }

    fn pass_on(&mut self) {
        if let Some(Feed(send)) = &self.feed {
            // It fails only when all threads are gone, which is when the program ends.
            send.send(std::mem::take(&mut self.block)).ok();
        }
    }
}

impl<R: Read> Read for Gauged<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if self.feed.is_some() {
            self.block.extend_from_slice(&buffer[..read]);
            if self.block.len() >= BLOCK {
                self.pass_on();
            }
        }
        Ok(read)
    }
}
