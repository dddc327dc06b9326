//! Many things at once, and the results in their order.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;

/// Deeply nested shell text needs a deep stack.
const STACK: usize = 8 << 20;

/// Calls `work` for every one on all cores, and `take` for the results in the same order, whatever the threads do.
pub(super) fn each<I: Sync, T: Send>(inputs: &[I], work: impl Fn(&I) -> T + Sync, mut take: impl FnMut(T)) {
    if let [only] = inputs {
        return take(work(only));
    }
    let next = AtomicUsize::new(0);
    let (send, receive) = mpsc::channel();
    let threads = thread::available_parallelism().map_or(1, usize::from).min(inputs.len());
    thread::scope(|scope| {
        let mut started = 0;
        for _ in 0..threads {
            let (send, next, work) = (send.clone(), &next, &work);
            let worker = move || worker(inputs, work, next, &send);
            started +=
                usize::from(thread::Builder::new().stack_size(STACK).spawn_scoped(scope, worker).is_ok());
        }
        if started == 0 {
            worker(inputs, &work, &next, &send);
        }
        drop(send);
        let mut waiting = BTreeMap::new();
        let mut turn = 0;
        for (index, done) in receive {
            waiting.insert(index, done);
            while let Some(done) = waiting.remove(&turn) {
                take(done);
                turn += 1;
            }
        }
    });
}

fn worker<I, T>(
    inputs: &[I],
    work: &(impl Fn(&I) -> T + Sync),
    next: &AtomicUsize,
    send: &Sender<(usize, T)>,
) {
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(input) = inputs.get(index) else { return };
        if send.send((index, work(input))).is_err() {
            return;
        }
    }
}
