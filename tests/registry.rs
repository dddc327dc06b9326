//! The client for registries: against a server of this test that misbehaves, and against a real registry.
//!
//! `HARDEN_REGISTRY=1 cargo test --test registry -- --nocapture` runs also what needs `docker-registry`, `skopeo`, `openssl`
//! and `htpasswd`; else that is skipped.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "registry/answers.rs"]
mod answers;
#[path = "registry/field.rs"]
mod field;
#[path = "registry/logins.rs"]
mod logins;
#[path = "registry/manifests.rs"]
mod manifests;
#[path = "registry/many.rs"]
mod many;
#[path = "registry/net.rs"]
mod net;
#[path = "registry/places.rs"]
mod places;
#[path = "registry/real.rs"]
mod real;
#[path = "registry/server.rs"]
mod server;
#[path = "registry/trouble.rs"]
mod trouble;

use harden::catalog::{Answer, Pin, Reference};
use harden::registry::{Client, Logins, Options};
use manifests::{manifest, manifest_reply, sha256};
use std::time::Duration;

/// A password that nothing may show.
const PASSWORD: &str = "hunter2-secret";
/// `me:hunter2-secret` as Docker's file has it.
const AUTH: &str = "bWU6aHVudGVyMi1zZWNyZXQ=";

fn reference(text: &str) -> Reference<'_> {
    Reference::parse(text).unwrap()
}

/// Options for a server that is near.
fn options() -> Options {
    Options {
        timeout: Duration::from_secs(2),
        patience: Duration::from_secs(6),
        tries: 3,
        pause: Duration::from_millis(20),
        ..Options::default()
    }
}

/// The same with a login for a registry.
fn with_login(registry: &str) -> Options {
    let file = format!(r#"{{"auths": {{"{registry}": {{"auth": "{AUTH}"}}}}}}"#);
    Options { logins: Logins::new(Some(file), Vec::new()), ..options() }
}

/// Asks about an image, as a program would, and checks that what comes shows no secret.
fn digest(client: &Client, image: &str) -> Answer {
    let answer = client.answer(&reference(image));
    no_secret(&format!("{answer:?} {client:?}"));
    answer
}

/// Why there is no digest.
fn failure(client: &Client, image: &str) -> String {
    match digest(client, image) {
        Answer::Failed(why) => why,
        other => panic!("{other:?}"),
    }
}

/// What became of a pinned digest.
fn pin(client: &Client, image: &str) -> Pin {
    match digest(client, image) {
        Answer::Pin(pin) => pin,
        other => panic!("{other:?}"),
    }
}

fn no_secret(text: &str) {
    for secret in [PASSWORD, AUTH, "t0ken"] {
        assert!(!text.contains(secret), "{text} shows {secret}");
    }
}

fn found(text: &str) -> Answer {
    Answer::Digest(sha256(text))
}
