//! Servers in trouble, slow ones, and those that lie.

use crate::server::{Say, Server, body, status};
use crate::{
    PASSWORD, digest, failure, found, manifest, manifest_reply, no_secret, options, reference, sha256,
};
use harden::catalog::{Answer, Reference};
use harden::registry::{Client, Options};
use proptest::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

/// A server that answers the first requests for a manifest in one way and later ones in another.
fn first_then(first: &Say, times: usize, then: Say) -> Server {
    let (first, count) = (first.clone(), AtomicUsize::new(0));
    Server::start(|_| {
        move |_: &_| {
            if count.fetch_add(1, Ordering::SeqCst) < times { first.clone() } else { then.clone() }
        }
    })
}

fn always(say: Say) -> Server {
    Server::start(|_| move |_: &_| say.clone())
}

/// Why a server that always answers in one way has no digest; its address is written `HOST`.
fn why(say: Say) -> (String, Server) {
    let server = always(say);
    let why = failure(&Client::new(options()), &server.image("a:1"));
    (why.replace(&server.address.to_string(), "HOST"), server)
}

#[test]
fn a_server_that_recovers_is_asked_again() {
    let right = manifest('1');
    for trouble in [
        status(500),
        status(503),
        Say::Raw(Vec::new()),
        Say::Cut(10, Box::new(body(right.clone()))),
        Say::Raw(b"garbage\r\n\r\n".to_vec()),
    ] {
        let server = first_then(&trouble, 2, manifest_reply(&right));
        assert_eq!(digest(&Client::new(options()), &server.image("a:1")), found(&right), "{trouble:?}");
        assert_eq!(server.lines(), ["GET /v2/a/manifests/1"; 3], "{trouble:?}");
    }
}

#[test]
fn a_server_that_stays_in_trouble_is_told() {
    for (say, expected) in [
        (status(500), "HOST is in trouble (status 500)"),
        (status(502), "HOST is in trouble (status 502)"),
        (Say::Raw(Vec::new()), "HOST cut the connection"),
        (Say::Cut(9, Box::new(manifest_reply(&manifest('1')))), "HOST cut the connection"),
        (Say::Raw(b"garbage\r\n\r\n".to_vec()), "the answer of HOST is not HTTP"),
        (
            Say::Raw(format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(500)).into_bytes()),
            "the answer of HOST is not HTTP",
        ),
        (
            Say::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n".to_vec()),
            "the answer of HOST is not HTTP",
        ),
        (Say::Raw(b"HTTP/1.1 200 OK\r\n\xff\xfe: x\r\n\r\n".to_vec()), "the answer of HOST is not HTTP"),
    ] {
        let (why, server) = why(say.clone());
        assert_eq!((why.as_str(), server.asked().len()), (expected, 3), "{say:?}");
    }
}

#[test]
fn what_would_not_change_is_not_asked_again() {
    let endless = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(200_000));
    for (say, expected) in [
        (status(400), "HOST answers with status 400"),
        (status(418), "HOST answers with status 418"),
        (status(301), "HOST redirects to nowhere"),
        (status(301).with("Location", "ftp://a.io/"), "HOST redirects to nowhere"),
        (Say::Flood, "the answer of HOST is larger than 4096 KiB"),
        (Say::Raw(endless.into_bytes()), "the answer of HOST has headers without end"),
        (
            body(""),
            "what HOST sends for a is not the manifest of an image; a login page or a proxy may stand in between",
        ),
        (
            body("<html>Welcome</html>"),
            "what HOST sends for a is not the manifest of an image; a login page or a proxy may stand in between",
        ),
        (
            body(manifest('1')).with("Docker-Content-Digest", "md5:abc"),
            "HOST sends a digest that is none: `md5:abc`",
        ),
    ] {
        let (why, server) = why(say.clone());
        assert_eq!((why.as_str(), server.asked().len()), (expected, 1));
    }
}

#[test]
fn a_lying_digest_is_found() {
    let (told, sent) = (manifest('1'), manifest('2'));
    let (why, _server) = why(body(sent).with("Docker-Content-Digest", sha256(&told)));
    assert_eq!(
        why,
        "the digest that HOST tells for a does not fit what it sends; a proxy or mirror on the way may be broken; \
         nothing is pinned to it"
    );
}

#[test]
fn a_slow_server_is_not_waited_for() {
    for say in [Say::Silence(Duration::from_secs(30)), Say::Drip] {
        let (start, server) = (Instant::now(), always(say.clone()));
        let client = Client::new(Options { timeout: Duration::from_millis(300), ..options() });
        assert_eq!(
            failure(&client, &server.image("a:1")),
            format!("{} did not answer in time", server.address)
        );
        assert!(start.elapsed() < Duration::from_secs(5), "{say:?}");
        assert_eq!(server.asked().len(), 3);
    }
    let server = always(Say::Silence(Duration::from_secs(30)));
    let start = Instant::now();
    let client = Client::new(Options { patience: Duration::from_secs(1), ..options() });
    failure(&client, &server.image("a:1"));
    assert!(start.elapsed() < Duration::from_secs(2), "patience is for all tries together");
}

#[test]
fn a_busy_server_is_left_alone_for_as_long_as_it_asks() {
    let right = manifest('1');
    let server = first_then(&status(429).with("Retry-After", "1"), 1, manifest_reply(&right));
    assert_eq!(digest(&Client::new(options()), &server.image("a:1")), found(&right));
    let asked = server.asked();
    assert!(asked[1].at - asked[0].at >= Duration::from_secs(1));
    // Without a time, it is asked again after a moment.
    let server = first_then(&status(429), 1, manifest_reply(&right));
    assert_eq!(digest(&Client::new(options()), &server.image("a:1")), found(&right));
}

#[test]
fn a_server_that_is_busy_for_long_is_told_and_asked_no_more() {
    for (asked, told) in [("3600", "60 min"), ("Tue, 01 Jan 2097 00:00:00 GMT", "365 days")] {
        let server = always(status(429).with("Retry-After", asked));
        let (client, start) = (Client::new(options()), Instant::now());
        let expected = format!(
            "{} wants no more questions for now, for {told}; run the command again after that; \
             users with a login may ask more",
            server.address
        );
        for tag in ["1", "2", "3"] {
            assert_eq!(failure(&client, &server.image(&format!("a:{tag}"))), expected);
        }
        assert!(start.elapsed() < Duration::from_secs(1));
        assert_eq!(server.asked().len(), 1);
    }
}

#[test]
fn a_dead_server_is_given_up() {
    let server = always(status(500));
    let client = Client::new(Options { tries: 2, at_once: 1, ..options() });
    let images: Vec<_> = (0..40).map(|n| server.image(&format!("a:{n}"))).collect();
    let references: Vec<Reference<'_>> = images.iter().map(|image| reference(image)).collect();
    let lookups = client.look_up(&references);
    let why = format!("{} is in trouble (status 500)", server.address);
    assert!(lookups.iter().all(|(_, answer)| *answer == Answer::Failed(why.clone())));
    assert_eq!((lookups.iter().count(), server.asked().len()), (40, 6));
}

#[test]
fn an_address_that_can_t_be_read_does_not_show_its_password() {
    let address = format!("https://me:{PASSWORD}@a.invalid/x");
    let error = Client::new(options()).document(&address, 9).unwrap_err().to_string();
    no_secret(&error);
    assert!(error.contains("`a.invalid/x`"), "{error}");
}

#[test]
fn no_server_at_all_is_told() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let why = failure(&Client::new(options()), &format!("{closed}/a:1"));
    assert_eq!(why, format!("no connection to {closed}: connection refused"));
    let why = failure(&Client::new(options()), "registry.invalid/a:1");
    assert!(why.starts_with("registry.invalid has no address: "), "{why}");
}

#[test]
fn a_missing_image_is_missing() {
    let (client, server) = (Client::new(options()), always(status(404)));
    assert_eq!(digest(&client, &server.image("a:1")), Answer::Missing);
    assert_eq!(server.asked().len(), 1);
    assert!(matches!(digest(&client, "scratch"), Answer::Failed(_)));
}

#[test]
fn a_look_up_of_many_ends_in_time() {
    let server = always(Say::Silence(Duration::from_secs(30)));
    let options = Options { whole: Duration::from_secs(1), tries: 1, at_once: 2, ..options() };
    let images: Vec<_> = (0..50).map(|n| server.image(&format!("a:{n}"))).collect();
    let references: Vec<Reference<'_>> = images.iter().map(|image| reference(image)).collect();
    let start = Instant::now();
    let lookups = Client::new(options).look_up(&references);
    assert!(start.elapsed() < Duration::from_secs(3));
    let late = Answer::Failed("it was not asked, as the time for all is over".into());
    assert_eq!(lookups.iter().count(), 50);
    assert!(lookups.iter().any(|(_, answer)| *answer == late));
}

/// A server that says what it is told to.
static NOISE: LazyLock<(Server, Arc<Mutex<Vec<u8>>>)> = LazyLock::new(|| {
    let says = Arc::new(Mutex::new(Vec::new()));
    let now = Arc::clone(&says);
    (Server::start(|_| move |_: &_| Say::Raw(now.lock().unwrap().clone())), says)
});

/// What may stand in an answer, right or wrong.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let words = [
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 401 No\r\n",
        "HTTP/1.1 302 Go\r\n",
        "HTTP/1.1 429 Wait\r\nRetry-After: ",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "WWW-Authenticate: Bearer realm=\"http://127.0.0.1:1/\"",
        "Location: ",
        "/v2/",
        "http://",
        "Docker-Content-Digest: sha256:",
        "Content-Length: ",
        "Transfer-Encoding: chunked\r\n",
        "-1",
        "99999999999999999999",
        "7",
        "\r\n",
        "\r\n\r\n",
        "{\"schemaVersion\":2,",
        "\"manifests\":[",
        "\0",
        "é",
    ];
    let word = proptest::sample::select(words.map(|word| word.as_bytes().to_vec()).to_vec());
    let noise = proptest::collection::vec(any::<u8>(), 0..8);
    let piece = prop_oneof![8 => word, 1 => noise];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_answer_makes_it_panic_or_find_a_digest(bytes in pieces()) {
        let (server, says) = &*NOISE;
        let client = Client::new(Options { tries: 1, ..options() });
        for whole in [[b"HTTP/1.1 200 OK\r\n", &bytes[..]].concat(), bytes] {
            *says.lock().unwrap() = whole;
            let answer = digest(&client, &server.image("a:1"));
            prop_assert!(!matches!(answer, Answer::Digest(_)), "{answer:?}");
            client.tags(&reference(&server.image("a"))).ok();
        }
    }
}
