//! Mirrors.

use crate::server::{Asked, Say, Server, status};
use crate::{digest, failure, found, manifest, manifest_reply, options, reference};
use harden::catalog::{Answer, Mirror};
use harden::registry::{Client, Options, Pin};
use std::time::Duration;

fn always(say: Say) -> Server {
    Server::start(|_| move |_: &Asked| say.clone())
}

/// A client for which a server holds what another has, below `hub/`.
fn mirrored(mirror: &Server, origin: &Server) -> Options {
    let mirror = Mirror { prefix: format!("{}/hub/", mirror.address), of: format!("{}/", origin.address) };
    Options { mirrors: vec![mirror], ..options() }
}

#[test]
fn a_mirror_is_asked_first() {
    let (mirror, origin) = (always(manifest_reply(&manifest('1'))), always(manifest_reply(&manifest('2'))));
    let client = Client::new(mirrored(&mirror, &origin));
    assert_eq!(digest(&client, &origin.image("team/app:1")), found(&manifest('1')));
    assert_eq!(mirror.lines(), ["GET /v2/hub/team/app/manifests/1"]);
    assert_eq!(origin.lines(), Vec::<String>::new());
}

#[test]
fn what_a_mirror_does_not_give_is_asked_of_its_registry() {
    for say in [status(404), status(401), status(403), status(500), Say::Raw(Vec::new())] {
        let (mirror, origin) = (always(say.clone()), always(manifest_reply(&manifest('2'))));
        let client = Client::new(mirrored(&mirror, &origin));
        assert_eq!(digest(&client, &origin.image("a:1")), found(&manifest('2')), "{say:?}");
    }
}

#[test]
fn a_mirror_that_never_answers_leaves_time_for_the_registry() {
    let (mirror, origin) =
        (always(Say::Silence(Duration::from_secs(30))), always(manifest_reply(&manifest('2'))));
    let client = Client::new(Options { patience: Duration::from_secs(1), ..mirrored(&mirror, &origin) });
    assert_eq!(digest(&client, &origin.image("a:1")), found(&manifest('2')));
}

#[test]
fn whether_an_image_exists_is_for_its_own_registry_to_say() {
    let (mirror, origin) = (always(status(500)), always(status(404)));
    let client = Client::new(mirrored(&mirror, &origin));
    assert_eq!(digest(&client, &origin.image("a:1")), Answer::Missing);
    let (mirror, origin) = (always(status(404)), always(status(500)));
    let why = failure(&Client::new(mirrored(&mirror, &origin)), &origin.image("a:1"));
    let (mirror, origin) = (mirror.address, origin.address);
    assert_eq!(
        why,
        format!("{origin} is in trouble (status 500) (its mirror {mirror}: {mirror} has no such image)")
    );
}

#[test]
fn what_a_mirror_of_one_project_said_is_not_kept_for_another() {
    let folder = tempfile::tempdir().unwrap();
    let (mirror, origin) = (always(manifest_reply(&manifest('1'))), always(manifest_reply(&manifest('2'))));
    let cache = Some(folder.path().join("c"));
    let with_mirror = Options { cache: cache.clone(), ..mirrored(&mirror, &origin) };
    assert_eq!(digest(&Client::new(with_mirror), &origin.image("a:1")), found(&manifest('1')));
    let without = Options { cache, ..options() };
    assert_eq!(digest(&Client::new(without), &origin.image("a:1")), found(&manifest('2')));
}

#[test]
fn a_pin_that_the_mirror_does_not_hold_is_looked_for_at_home() {
    let (mirror, origin) = (always(status(404)), always(manifest_reply(&manifest('2'))));
    let client = Client::new(mirrored(&mirror, &origin));
    let image = origin.image(&format!("a:1@{}", crate::sha256(&manifest('2'))));
    assert_eq!(client.pin(&reference(&image)).unwrap(), Pin::Current);
}
