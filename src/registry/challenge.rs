//! The challenges of a refusal.

use ureq::http::{HeaderMap, header};

/// The most bytes of one header that are read.
const LIMIT: usize = 8 << 10;

/// What a registry wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// A token of the server `realm`, for `service`.
    Bearer { realm: String, service: Option<String> },
    /// A name and a password.
    Basic,
    /// Something else, by its name.
    Other(String),
}

/// What the refusal of a registry says, in its order; what can't be read is left out.
pub(super) fn challenges(headers: &HeaderMap) -> Vec<Challenge> {
    let texts = headers.get_all(header::WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
    let short = texts.filter(|text| text.len() <= LIMIT);
    short
        .flat_map(|text| http_auth::parse_challenges(text).unwrap_or_default())
        .map(|c| meaning(&c))
        .collect()
}

fn meaning(challenge: &http_auth::ChallengeRef<'_>) -> Challenge {
    let parameter = |name: &str| {
        let found = challenge.params.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.to_unescaped()).filter(|value| !value.is_empty())
    };
    let is = |scheme: &str| challenge.scheme.eq_ignore_ascii_case(scheme);
    match parameter("realm") {
        Some(realm) if is("Bearer") => Challenge::Bearer { realm, service: parameter("service") },
        _ if is("Basic") => Challenge::Basic,
        _ => Challenge::Other(challenge.scheme.chars().take(20).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(values: &[&str]) -> Vec<Challenge> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::WWW_AUTHENTICATE, value.parse().unwrap());
        }
        challenges(&headers)
    }

    fn bearer(realm: &str, service: Option<&str>) -> Challenge {
        Challenge::Bearer { realm: realm.into(), service: service.map(str::to_owned) }
    }

    #[test]
    fn challenges_of_registries_are_understood() {
        let hub = r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull""#;
        assert_eq!(read(&[hub]), [bearer("https://auth.docker.io/token", Some("registry.docker.io"))]);
        assert_eq!(read(&[r#"bearer realm="https://a.io/t""#]), [bearer("https://a.io/t", None)]);
        assert_eq!(read(&[r#"Basic realm="Registry Realm""#]), [Challenge::Basic]);
        assert_eq!(read(&["Basic"]), [Challenge::Basic]);
        assert_eq!(
            read(&["Negotiate", r#"Basic realm="x", Bearer realm="https://a.io/""#]),
            [Challenge::Other("Negotiate".into()), Challenge::Basic, bearer("https://a.io/", None)]
        );
        // Without a server to ask, a token can't be had.
        assert_eq!(read(&[r#"Bearer service="x""#]), [Challenge::Other("Bearer".into())]);
    }

    #[test]
    fn what_makes_no_sense_is_no_challenge() {
        for text in ["", "Bearer realm=https://a.io/", "Bearer realm=\"x", "=", "Bearer realm=\"é\"", ",,,"]
        {
            let value = header::HeaderValue::from_bytes(text.as_bytes()).unwrap();
            let headers = HeaderMap::from_iter([(header::WWW_AUTHENTICATE, value)]);
            assert_eq!(challenges(&headers), [], "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60), text in r#"(Bearer|Basic| |,|=|"|\\|realm|a|é){0,20}"#) {
            for bytes in [bytes, text.into_bytes()] {
                if let Ok(value) = header::HeaderValue::from_bytes(&bytes) {
                    challenges(&HeaderMap::from_iter([(header::WWW_AUTHENTICATE, value)]));
                }
            }
        }
    }
}
