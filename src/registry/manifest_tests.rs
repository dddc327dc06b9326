use super::*;
use ureq::http::HeaderMap;

const CONFIG: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

/// The digest of `single()`, by sha256sum.
const SINGLE: &str = "sha256:990d9ab963b1a78a787e7ba2baec4e94a2c43344b5efd027f2647d1d416a4d8a";

fn reply(body: &str, digest: Option<&str>) -> Reply {
    let mut headers = HeaderMap::new();
    if let Some(digest) = digest {
        headers.insert("docker-content-digest", digest.parse().unwrap());
    }
    Reply { status: 200, headers, body: body.as_bytes().to_vec() }
}

fn result(body: &str, digest: Option<&str>) -> Result<Manifest, String> {
    read(&reply(body, digest), &Place::of("a.io/x/y").unwrap()).map_err(|trouble| trouble.why)
}

fn single() -> String {
    format!(r#"{{"schemaVersion":2,"config":{{"digest":"{CONFIG}"}},"layers":[]}}"#)
}

#[test]
fn digests_are_those_of_the_bytes() {
    let body = single();
    let computed = result(&body, None).unwrap();
    assert_eq!(computed, Manifest { digest: SINGLE.into(), platforms: Vec::new() });
    assert_eq!(result(&body, Some(&computed.digest)).unwrap(), computed);
    // The examples of FIPS 180 and what the tools of coreutils say of nothing.
    for (text, digest) in [
        ("", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (
            "",
            "sha384:38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
        ),
        (
            "abc",
            "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ),
    ] {
        assert_eq!(super::digest(&reply(text, Some(digest)), &Place::of("a.io/x").unwrap()).unwrap(), digest);
    }
}

#[test]
fn a_digest_that_does_not_fit_is_refused() {
    let why = result(&single(), Some(CONFIG)).unwrap_err();
    assert_eq!(why, "the digest that a.io tells for x/y does not fit what it sends");
    let why = result(&single(), Some("md5:1234")).unwrap_err();
    assert_eq!(why, "a.io sends a digest that is none: `md5:1234`");
    let why = result(&single(), Some(&CONFIG.to_uppercase())).unwrap_err();
    assert!(why.starts_with("a.io sends a digest that is none"), "{why}");
}

#[test]
fn an_index_tells_its_platforms() {
    let body = format!(
        r#"{{"schemaVersion":2,"mediaType":"{}","manifests":[{{"digest":"{CONFIG}","size":2}}]}}"#,
        ACCEPT[1]
    );
    assert_eq!(result(&body, None).unwrap().platforms, [CONFIG]);
}

#[test]
fn what_is_no_manifest_is_refused() {
    let both = format!(r#"{{"schemaVersion":2,"manifests":[],"config":{{"digest":"{CONFIG}"}}}}"#);
    let artifact = single().replace("{\"schemaV", "{\"mediaType\":\"text/plain\",\"schemaV");
    for body in [
        "",
        "<html>log in</html>",
        "[]",
        "{}",
        r#"{"schemaVersion":2}"#,
        r#"{"schemaVersion":"2"}"#,
        r#"{"schemaVersion":2,"config":{"digest":"x"}}"#,
        r#"{"schemaVersion":2,"manifests":[{"size":1}]}"#,
        r#"{"schemaVersion":2,"manifests":[]}"#,
        r#"{"schemaVersion":2,"manifests":[{"digest":"sha256:1"}]}"#,
        &single().replace("\"schemaVersion\":2", "\"schemaVersion\":3"),
        &both,
        &artifact,
        &single()[..40],
    ] {
        let why = result(body, None).unwrap_err();
        assert_eq!(why, "what a.io sends for x/y is not the manifest of an image", "{body}");
    }
    let why = result(r#"{"schemaVersion":1,"signatures":[]}"#, None).unwrap_err();
    assert!(why.contains("first format of manifests"), "{why}");
}
