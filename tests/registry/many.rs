//! Many references at once.

use crate::net::{accept, tunnel};
use crate::real::{Registry, Setup, wanted};
use crate::{options, reference};
use harden::catalog::{Answer, Lookups, Reference};
use harden::registry::{Client, Options};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How far the registry is from the client, there and back.
const FAR: Duration = Duration::from_millis(10);

#[test]
fn five_hundred_references_are_asked_once_each() {
    if !wanted("five_hundred_references_are_asked_once_each") {
        return;
    }
    let registry = Setup::default().start();
    let tags: Vec<_> = (0..100).map(|n| format!("t{n}")).collect();
    let names = ["a", "b/c", "d", "e/f/g", "h"];
    let told: Vec<_> = names.iter().flat_map(|name| registry.fill(name, &tags)).collect();
    let connections = Arc::new(AtomicUsize::new(0));
    let (count, to) = (Arc::clone(&connections), registry.port);
    let far = accept(move |client| {
        count.fetch_add(1, Ordering::SeqCst);
        tunnel(client, to, FAR);
    });
    for (port, place) in [(registry.port, "on this machine"), (far, "10 ms away")] {
        let images = names
            .iter()
            .flat_map(|name| tags.iter().map(move |tag| format!("127.0.0.1:{port}/{name}:{tag}")));
        let images: Vec<_> = images.collect();
        // Each is written several times, as in a repository with many Dockerfiles.
        let references: Vec<Reference<'_>> =
            images.iter().chain(&images).map(|image| reference(image)).collect();
        let [alone, together] = [1, 16].map(|at_once| timed(&registry, &references, &told, at_once));
        println!(
            "500 references {place}: {:.0}/s one at a time, {:.0}/s with 16 at once, {:.1} times as fast",
            500.0 / alone.as_secs_f64(),
            500.0 / together.as_secs_f64(),
            alone.as_secs_f64() / together.as_secs_f64()
        );
    }
    // One at a time, 16 at once, and for each run the question whether it is TLS and its answer in plain.
    let connections = connections.load(Ordering::SeqCst);
    assert!(connections <= 1 + 16 + 4, "connections are to be used again: {connections}");
}

/// How long it takes to ask about all, which is checked.
fn timed(registry: &Registry, references: &[Reference<'_>], told: &[String], at_once: usize) -> Duration {
    let client = Client::new(Options { at_once, at_once_per_host: at_once, ..options() });
    let (start, before) = (Instant::now(), registry.access().lines().count());
    let lookups = client.look_up(references);
    let took = start.elapsed();
    check(&lookups, references, told);
    assert_eq!(asked_since(registry, before), 500, "{at_once} at once");
    took
}

fn check(lookups: &Lookups, references: &[Reference<'_>], told: &[String]) {
    assert_eq!(lookups.iter().count(), 500);
    for (reference, told) in references.iter().zip(told) {
        assert_eq!(lookups.answer(reference), Some(&Answer::Digest(told.clone())));
    }
}

/// How many manifests were asked for; fails where one was twice.
fn asked_since(registry: &Registry, before: usize) -> usize {
    thread::sleep(Duration::from_millis(200));
    let access = registry.access();
    let lines = access.lines().skip(before).filter_map(|line| line.split('"').nth(1));
    let mut asked: Vec<_> = lines.filter(|line| line.contains("/manifests/")).collect();
    let all = asked.len();
    asked.sort_unstable();
    asked.dedup();
    assert_eq!(asked.len(), all);
    all
}
