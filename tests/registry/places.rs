//! Mirrors: what they say is told as theirs, and only where the registry itself can't be asked.

use crate::server::{Asked, Say, Server, status};
use crate::{digest, failure, found, manifest, manifest_reply, options, pin, reference, sha256};
use harden::catalog::{Answer, Mirror, Pin};
use harden::registry::{Client, Options};
use std::time::Duration;

fn always(say: Say) -> Server {
    Server::start(|_| move |_: &Asked| say.clone())
}

/// A mirror that holds what another server has, below `hub/`.
fn hub(mirror: &Server, origin: &Server) -> Mirror {
    Mirror { prefix: format!("{}/hub/", mirror.address), of: format!("{}/", origin.address) }
}

/// A client of a project with such a mirror.
fn mirrored(options: Options, mirror: &Server, origin: &Server) -> Client {
    Client::new(options).with_mirrors(&[hub(mirror, origin)])
}

/// The digest that a mirror told, and why it was asked.
fn copy(client: &Client, image: &str, mirror: &Server) -> (String, String) {
    match digest(client, image) {
        Answer::Copy { digest, registry, why } => {
            assert_eq!(registry, mirror.address.to_string());
            (digest, why)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_registry_itself_is_asked_first() {
    let (mirror, origin) = (always(manifest_reply(&manifest('1'))), always(manifest_reply(&manifest('2'))));
    let client = mirrored(options(), &mirror, &origin);
    assert_eq!(digest(&client, &origin.image("team/app:1")), found(&manifest('2')));
    assert_eq!(origin.lines(), ["GET /v2/team/app/manifests/1"]);
    assert_eq!(mirror.lines(), Vec::<String>::new());
}

#[test]
fn what_is_written_at_a_mirror_is_asked_there_only() {
    let (mirror, origin) = (always(manifest_reply(&manifest('1'))), always(manifest_reply(&manifest('2'))));
    // It may be a mirror of a mirror.
    let both = |mirror: &Server| {
        let back = Mirror { prefix: format!("{}/", origin.address), of: format!("{}/", mirror.address) };
        Client::new(options()).with_mirrors(&[hub(mirror, &origin), back])
    };
    assert_eq!(digest(&both(&mirror), &mirror.image("hub/team/app:1")), found(&manifest('1')));
    for (say, expected) in [(status(404), "Missing"), (status(500), "Failed")] {
        let mirror = always(say);
        let answer = digest(&both(&mirror), &mirror.image("hub/a:1"));
        assert!(format!("{answer:?}").starts_with(expected), "{answer:?}");
    }
    assert_eq!(origin.lines(), Vec::<String>::new());
}

#[test]
fn a_mirror_is_asked_where_the_registry_can_t_be() {
    let mirror = always(manifest_reply(&manifest('1')));
    for say in [
        status(401),
        status(403),
        status(429),
        status(500),
        Say::Raw(Vec::new()),
        Say::Silence(Duration::from_secs(30)),
    ] {
        let origin = always(say.clone());
        let quick = Options { patience: Duration::from_secs(1), ..options() };
        let client = mirrored(quick, &mirror, &origin);
        let (digest, why) = copy(&client, &origin.image("a:1"), &mirror);
        assert_eq!(digest, sha256(&manifest('1')), "{say:?}");
        assert!(why.contains(&origin.address.to_string()), "{why}");
    }
}

#[test]
fn whether_an_image_exists_is_for_its_own_registry_to_say() {
    let (mirror, origin) = (always(manifest_reply(&manifest('1'))), always(status(404)));
    assert_eq!(digest(&mirrored(options(), &mirror, &origin), &origin.image("a:1")), Answer::Missing);
    assert_eq!(mirror.lines(), Vec::<String>::new());
    let (mirror, origin) = (always(status(404)), always(status(500)));
    let why = failure(&mirrored(options(), &mirror, &origin), &origin.image("a:1"));
    let (mirror, origin) = (mirror.address, origin.address);
    assert_eq!(
        why,
        format!("{origin} is in trouble (status 500) (its mirror {mirror}: {mirror} has no such image)")
    );
}

#[test]
fn what_a_mirror_of_one_project_said_is_not_kept_for_another() {
    let folder = tempfile::tempdir().unwrap();
    let (mirror, origin) = (always(manifest_reply(&manifest('1'))), always(status(500)));
    let cached = || Options { cache: Some(folder.path().join("c")), ..options() };
    copy(&mirrored(cached(), &mirror, &origin), &origin.image("a:1"), &mirror);
    failure(&Client::new(cached()), &origin.image("a:1"));
    let run = Client::new(cached());
    copy(&run.with_mirrors(&[hub(&mirror, &origin)]), &origin.image("a:1"), &mirror);
    failure(&run.with_mirrors(&[]), &origin.image("a:1"));
}

#[test]
fn of_a_pin_a_mirror_tells_only_what_the_tag_names() {
    let (mirror, origin) = (always(manifest_reply(&manifest('1'))), always(manifest_reply(&manifest('2'))));
    let pinned = |origin: &Server, config| origin.image(&format!("a:1@{}", sha256(&manifest(config))));
    let client = mirrored(options(), &mirror, &origin);
    assert_eq!(pin(&client, &pinned(&origin, '2')), Pin::Current);
    assert_eq!(mirror.lines(), Vec::<String>::new());
    let origin = always(status(503));
    let client = mirrored(options(), &mirror, &origin);
    assert_eq!(copy(&client, &pinned(&origin, '2'), &mirror).0, sha256(&manifest('1')));
    assert_eq!(mirror.lines(), ["GET /v2/hub/a/manifests/1"]);
    failure(&client, &origin.image(&format!("a@{}", sha256("x"))));
    assert_eq!(mirror.asked().len(), 1, "without a tag it has nothing to tell");
}

#[test]
fn what_a_host_asks_for_counts_for_all_projects_of_a_run() {
    let server = always(status(429).with("Retry-After", "3600"));
    let (run, image) = (Client::new(options()), server.image("a:1"));
    for _ in 0..3 {
        let lookups = run.with_mirrors(&[]).look_up(&[reference(&image)]);
        assert!(matches!(lookups.answer(&reference(&image)), Some(Answer::Failed(_))));
    }
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn the_time_for_all_is_for_all_projects_of_a_run() {
    let server = always(Say::Silence(Duration::from_secs(30)));
    let run = Client::new(Options { whole: Duration::from_secs(1), tries: 1, ..options() });
    let image = server.image("a:1");
    run.with_mirrors(&[]).look_up(&[reference(&image)]);
    let late = run.with_mirrors(&[]).look_up(&[reference(&image)]);
    let expected = Answer::Failed("it was not asked, as the time for all is over".into());
    assert_eq!(late.answer(&reference(&image)), Some(&expected));
}
