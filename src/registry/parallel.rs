//! Many questions at once.

use super::options::Options;
use super::place::Place;
use super::wire::lock;
use crate::catalog::{Answer, Lookups, Reference};
use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

/// A question that waits: which one it is, and the host that it goes to first.
struct Waiting {
    index: usize,
    host: String,
}

/// What is still to be asked, and how many questions each host has.
#[derive(Default)]
struct Queue {
    waiting: Vec<Waiting>,
    busy: BTreeMap<String, usize>,
}

/// Asks about each reference once, some at a time and of them only so many of one host; references that are one question
/// are asked as one. The empty image is left out.
pub(super) fn each<'a, 'b>(
    references: &'a [Reference<'b>],
    options: &Options,
    ask: impl Fn(&Reference<'b>) -> Answer + Sync,
) -> Vec<(&'a Reference<'b>, Answer)> {
    let mut distinct = BTreeMap::new();
    for reference in references.iter().filter(|reference| !reference.is_scratch()) {
        distinct.entry(Lookups::key(reference)).or_insert(reference);
    }
    let distinct: Vec<_> = distinct.into_values().collect();
    // The end of the list is taken first.
    let waiting = distinct.iter().enumerate().rev().map(|(index, reference)| Waiting {
        index,
        host: Place::of(&reference.canonical()).map(|own| own.host.to_string()).unwrap_or_default(),
    });
    let queue = (Mutex::new(Queue { waiting: waiting.collect(), busy: BTreeMap::new() }), Condvar::new());
    let answers = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..options.at_once.clamp(1, distinct.len().max(1)) {
            scope.spawn(|| {
                while let Some(next) = take(&queue, options.at_once_per_host.max(1)) {
                    let answer = ask(distinct[next.index]);
                    lock(&answers).push((next.index, answer));
                    done(&queue, &next.host);
                }
            });
        }
    });
    let mut answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    answers.sort_by_key(|(index, _)| *index);
    answers.into_iter().map(|(index, answer)| (distinct[index], answer)).collect()
}

/// The next question whose host has room, which may have to be waited for; none when all are taken.
fn take((queue, changed): &(Mutex<Queue>, Condvar), most: usize) -> Option<Waiting> {
    let mut queue = lock(queue);
    loop {
        if queue.waiting.is_empty() {
            return None;
        }
        let has_room = |next: &Waiting| queue.busy.get(&next.host).copied().unwrap_or_default() < most;
        if let Some(at) = queue.waiting.iter().rposition(has_room) {
            let next = queue.waiting.remove(at);
            *queue.busy.entry(next.host.clone()).or_default() += 1;
            return Some(next);
        }
        queue = changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
    }
}

fn done((queue, changed): &(Mutex<Queue>, Condvar), host: &str) {
    if let Some(busy) = lock(queue).busy.get_mut(host) {
        *busy -= 1;
    }
    changed.notify_all();
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[test]
    fn each_question_is_asked_once_and_no_host_gets_more_than_its_share() {
        let texts: Vec<String> =
            (0..60).map(|n| format!("{}.io/x:{}", ["a", "b", "c"][n % 3], n / 6)).collect();
        let references: Vec<_> = texts.iter().map(|text| Reference::parse(text).unwrap()).collect();
        let options = Options { at_once: 12, at_once_per_host: 2, ..Options::default() };
        let now = ["a", "b", "c"].map(|_| AtomicUsize::new(0));
        let (most, asked) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let ask = |reference: &Reference<'_>| {
            let own = &now[usize::from(reference.registry.unwrap().as_bytes()[0] - b'a')];
            most.fetch_max(own.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            asked.fetch_add(1, Ordering::SeqCst);
            thread::sleep(Duration::from_millis(2));
            own.fetch_sub(1, Ordering::SeqCst);
            Answer::Digest(format!("{}:{}", reference.canonical(), reference.tag.unwrap()))
        };
        let answers = each(&references, &options, ask);
        assert_eq!((asked.into_inner(), most.into_inner()), (30, 2));
        assert_eq!(answers.len(), 30);
        for (reference, answer) in &answers {
            let own = format!("{}:{}", reference.canonical(), reference.tag.unwrap());
            assert_eq!(*answer, Answer::Digest(own));
        }
        let backwards: Vec<_> = references.iter().rev().copied().collect();
        let again =
            each(&backwards, &options, |r| Answer::Digest(format!("{}:{}", r.canonical(), r.tag.unwrap())));
        let texts =
            |answers: &[(&Reference<'_>, Answer)]| answers.iter().map(|(_, a)| a.clone()).collect::<Vec<_>>();
        assert_eq!(texts(&again), texts(&answers));
    }

    #[test]
    fn nothing_to_ask_asks_nothing() {
        let scratch = Reference::parse("scratch").unwrap();
        for references in [&[][..], &[scratch]] {
            assert!(each(references, &Options::default(), |_| panic!()).is_empty());
        }
    }
}
