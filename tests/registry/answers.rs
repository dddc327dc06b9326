//! What right answers lead to: digests, tags, pins, and what is kept of them.

use crate::server::{Asked, Server, body, status};
use crate::{digest, found, manifest, manifest_reply, options, pin, reference, sha256};
use harden::catalog::{Answer, Pin};
use harden::registry::{Client, Options};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// The index of an image for two platforms.
fn index() -> String {
    let entry = |config| {
        let text = manifest(config);
        let (digest, size) = (sha256(&text), text.len());
        format!(
            r#"{{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{digest}","size":{size}}}"#
        )
    };
    let (one, two) = (entry('1'), entry('2'));
    format!(
        r#"{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{one},{two}]}}"#
    )
}

/// A registry with an image of two platforms under `both`, and one of one platform under any other tag but `none`.
fn registry() -> Server {
    Server::start(|_| {
        |asked: &Asked| match asked.path.rsplit('/').next().unwrap() {
            "both" => manifest_reply(&index()),
            "none" => status(404),
            digest if digest.starts_with("sha256:") => {
                let held = [manifest('1'), manifest('2'), index()];
                held.iter()
                    .find(|text| sha256(text) == digest)
                    .map_or(status(404), |text| manifest_reply(text))
            }
            _ => manifest_reply(&manifest('1')),
        }
    })
}

#[test]
fn the_digest_of_the_index_is_asked_for() {
    let (server, client) = (registry(), Client::new(options()));
    assert_eq!(digest(&client, &server.image("team/app:both")), found(&index()));
    assert_eq!(digest(&client, &server.image("team/app:one")), found(&manifest('1')));
    assert_eq!(digest(&client, &server.image("team/app")), found(&manifest('1')));
    let asked = server.asked();
    assert_eq!(server.lines()[2], "GET /v2/team/app/manifests/latest");
    let accept = asked[0].header("accept").unwrap();
    for part in
        ["oci.image.index.v1", "manifest.list.v2", "oci.image.manifest.v1", "distribution.manifest.v2"]
    {
        assert!(accept.contains(part), "{accept}");
    }
    assert!(asked[0].header("user-agent").unwrap().starts_with("harden/"));
}

#[test]
fn each_name_and_tag_is_asked_once() {
    let server = registry();
    let pinned = format!("a:1@{}", sha256("x"));
    let images = ["a:1", "a", "a:latest", "b:1", &pinned, "a:1", "a:none"].map(|image| server.image(image));
    let references: Vec<_> = images.iter().map(|image| reference(image)).collect();
    let lookups = Client::new(options()).look_up(&references);
    let mut lines = server.lines();
    lines.sort();
    let names = [
        "GET /v2/a/manifests/1",
        "GET /v2/a/manifests/1",
        "GET /v2/a/manifests/latest",
        "GET /v2/a/manifests/none",
        "GET /v2/b/manifests/1",
        &format!("HEAD /v2/a/manifests/{}", sha256("x")),
    ];
    assert_eq!(lines, names, "a pin is a question of its own");
    let gone = Answer::Pin(Pin::Gone(Some(sha256(&manifest('1')))));
    let one = found(&manifest('1'));
    for (reference, expected) in
        references.iter().zip([&one, &one, &one, &one, &gone, &one, &Answer::Missing])
    {
        assert_eq!(lookups.answer(reference), Some(expected), "{reference:?}");
    }
}

#[test]
fn a_pin_is_current_or_tells_what_became_of_it() {
    let (server, client) = (registry(), Client::new(options()));
    let (one, both, gone) = (sha256(&manifest('1')), sha256(&index()), sha256("gone"));
    let pin = |tag: &str, digest: &str| pin(&client, &server.image(&format!("a{tag}@{digest}")));
    assert_eq!(pin(":both", &both), Pin::Current);
    assert_eq!(pin(":one", &one), Pin::Current);
    assert_eq!(pin(":both", &one), Pin::Platform(both.clone()));
    assert_eq!(pin(":one", &both), Pin::Moved(one.clone()));
    assert_eq!(pin(":one", &gone), Pin::Gone(Some(one.clone())));
    assert_eq!(pin(":none", &gone), Pin::Gone(None));
    assert_eq!(pin(":none", &both), Pin::Untagged);
    assert_eq!(pin("", &both), Pin::Untagged);
}

#[test]
fn a_digest_is_kept_and_renewed_by_its_headers() {
    let folder = tempfile::tempdir().unwrap();
    let image = |server: &Server| server.image("a:1");
    let kept = |max_age| Options { cache: Some(folder.path().join("c")), max_age, ..options() };
    let changed = std::sync::Arc::new(AtomicUsize::new(0));
    let now = std::sync::Arc::clone(&changed);
    let server = Server::start(|_| {
        move |_: &Asked| manifest_reply(&manifest(if now.load(Ordering::SeqCst) == 0 { '1' } else { '2' }))
    });
    let hour = Duration::from_hours(1);
    assert_eq!(digest(&Client::new(kept(hour)), &image(&server)), found(&manifest('1')));
    assert_eq!(digest(&Client::new(kept(hour)), &image(&server)), found(&manifest('1')));
    assert_eq!(server.lines(), ["GET /v2/a/manifests/1"], "the second run asks nothing");
    assert_eq!(digest(&Client::new(kept(Duration::ZERO)), &image(&server)), found(&manifest('1')));
    assert_eq!(server.lines()[1..], ["HEAD /v2/a/manifests/1"], "what was computed once is only compared");
    changed.store(1, Ordering::SeqCst);
    assert_eq!(digest(&Client::new(kept(Duration::ZERO)), &image(&server)), found(&manifest('2')));
    assert_eq!(server.lines()[2..], ["HEAD /v2/a/manifests/1", "GET /v2/a/manifests/1"]);
    assert_eq!(digest(&Client::new(kept(hour)), &image(&server)), found(&manifest('2')));
    assert_eq!(digest(&Client::new(options()), &image(&server)), found(&manifest('2')));
    assert_eq!(server.asked().len(), 5, "without a cache it is asked");
}

#[test]
fn a_pin_that_was_kept_is_current_and_any_other_is_asked_about() {
    let folder = tempfile::tempdir().unwrap();
    let client = Client::new(Options { cache: Some(folder.path().join("c")), ..options() });
    let server = registry();
    let pinned = |text: &str| server.image(&format!("a:1@{}", sha256(text)));
    assert_eq!(digest(&client, &server.image("a:1")), found(&manifest('1')));
    assert_eq!(pin(&client, &pinned(&manifest('1'))), Pin::Current);
    assert_eq!(server.asked().len(), 1, "what was told a moment ago is not asked again");
    assert_eq!(pin(&client, &pinned(&index())), Pin::Moved(sha256(&manifest('1'))));
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn only_answers_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Options { cache: Some(folder.path().join("c")), ..options() };
    let server = Server::start(|_| |_: &Asked| status(404));
    for _ in 0..2 {
        assert_eq!(digest(&Client::new(cache.clone()), &server.image("a:1")), Answer::Missing);
    }
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn tags_come_page_by_page() {
    let server = Server::start(|_| {
        |asked: &Asked| match asked.path.as_str() {
            "/v2/a/b/tags/list?n=1000" => body(r#"{"name":"a/b","tags":["1","2"]}"#)
                .with("Link", r#"</v2/a/b/tags/list?last=2&n=2>; rel="next""#),
            "/v2/a/b/tags/list?last=2&n=2" => body(r#"{"name":"a/b","tags":["3","not a tag"]}"#),
            "/v2/other/tags/list?n=1000" => {
                body(r#"{"tags":["1"]}"#).with("Link", r#"<https://evil.invalid/v2/>; rel="next""#)
            }
            "/v2/moved/tags/list?n=1000" => status(307).with("Location", "/v2/a/b/tags/list?n=1000"),
            path if path.starts_with("/v2/endless") => {
                body(r#"{"tags":["1"]}"#).with("Link", format!("<{path}>; rel=next"))
            }
            "/v2/html/tags/list?n=1000" => body("<html>"),
            _ => status(404),
        }
    });
    let client = Client::new(options());
    let tags = |name: &str| {
        let tags = client.tags(&reference(&server.image(name)));
        tags.map_err(|error| error.to_string().replace(&server.address.to_string(), "HOST"))
    };
    assert_eq!(tags("a/b:1").unwrap(), ["1", "2", "3"]);
    let message = |name: &str, cause: &str| Err(format!("cannot list the tags of HOST/{name}: {cause}"));
    let elsewhere = "HOST has the next page of tags on another host, evil.invalid, which is not asked";
    assert_eq!(tags("other"), message("other", elsewhere));
    assert_eq!(tags("moved"), message("moved", "HOST answers with status 307"));
    assert_eq!(tags("endless"), message("endless", "the list of the tags of HOST/endless has no end"));
    assert_eq!(tags("html"), message("html", "what HOST sends for the tags of html is no list"));
    assert_eq!(tags("none"), message("none", "HOST has no such image"));
}
