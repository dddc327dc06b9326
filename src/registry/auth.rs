//! What a registry wants to know before it answers: nothing, a login, or a token that a token server gives.
//!
//! A registry that wants something says so with status 401 and a challenge. What it wanted once it will want again, so
//! later questions bring it along: a token for every image, as everybody may be given one, and a password only for the image
//! that it was wanted for, as a wrong one would be refused where none is needed. No answer may depend on which image was asked
//! for first: what can't be met is not brought along. Tokens are kept until they expire, for one server and one image each.
//!
//! The protocol: <https://distribution.github.io/distribution/spec/auth/token> and `.../spec/auth/oauth`.

use super::challenge::{Challenge, challenges};
use super::deadline::Deadline;
use super::host::{Host, Url};
use super::hosts::Hosts;
use super::login::{Found, Keyring, Login, Logins};
use super::place::Place;
use super::trouble::Trouble;
use super::wire::{Call, Reply, lock};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use ureq::http::HeaderValue;

/// The most bytes of a token server's answer.
const LIMIT: u64 = 1 << 20;
/// How long a token is good when its server does not say: the protocol's own default.
const LIFE: u64 = 60;
/// How long before its end a token is not used any more.
const MARGIN: u64 = 5;

/// What is written as a percent sign and digits in a query: all but letters, digits and `-._~`.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a token server is asked with, so that no realm may bring it along.
const OURS: [&str; 7] =
    ["scope", "service", "account", "offline_token", "client_id", "grant_type", "refresh_token"];

/// The logins and tokens of a run.
pub(super) struct Auth {
    keyring: Keyring,
    /// What was met, by host; of passwords also by what they are for.
    wanted: Mutex<BTreeMap<(Host, Option<String>), Challenge>>,
    tokens: Mutex<BTreeMap<(Host, String), Token>>,
}

#[derive(Clone)]
struct Token {
    header: HeaderValue,
    until: Instant,
}

impl Auth {
    pub(super) fn new(logins: Logins) -> Self {
        Self { keyring: Keyring::new(logins), wanted: Mutex::default(), tokens: Mutex::default() }
    }

    /// What is sent along with the first try: what the registry is known to want, or nothing.
    pub(super) fn first(&self, hosts: &Hosts, place: &Place, end: &Deadline) -> Option<HeaderValue> {
        let wanted = {
            let wanted = lock(&self.wanted);
            let of = |scope| wanted.get(&(place.host.clone(), scope)).cloned();
            of(Some(place.scope())).or_else(|| of(None))
        };
        self.meet(hosts, place, &wanted?, end).ok().flatten()
    }

    /// What is sent along after the registry has refused a request that came with `sent`.
    pub(super) fn next(
        &self,
        hosts: &Hosts,
        place: &Place,
        refusal: (&Reply, Option<&HeaderValue>),
        end: &Deadline,
    ) -> Result<HeaderValue, Trouble> {
        let (reply, sent) = refusal;
        let challenge = self.challenge(reply, place)?;
        if let Some(sent) = sent {
            // A token may have expired early; a password that was refused is refused again.
            let mut tokens = lock(&self.tokens);
            let key = (place.host.clone(), place.scope());
            if tokens.get(&key).is_some_and(|token| token.header == *sent) {
                tokens.remove(&key);
            }
        }
        let met = self.meet(hosts, place, &challenge, end)?.filter(|header| Some(header) != sent);
        let header = met.ok_or_else(|| self.refused(place))?;
        let scope = (challenge == Challenge::Basic).then(|| place.scope());
        lock(&self.wanted).insert((place.host.clone(), scope), challenge);
        Ok(header)
    }

    /// The challenge of a refusal that can be met, a token before a password.
    fn challenge(&self, reply: &Reply, place: &Place) -> Result<Challenge, Trouble> {
        let challenges = challenges(&reply.headers);
        let found = challenges.iter().find(|c| matches!(c, Challenge::Bearer { .. }));
        match found.or_else(|| challenges.iter().find(|c| matches!(c, Challenge::Basic))) {
            Some(challenge) => Ok(challenge.clone()),
            None => match challenges.first() {
                Some(Challenge::Other(scheme)) => Err(Trouble::last(format!(
                    "{} wants a login by {scheme}, which is not known",
                    place.registry
                ))),
                _ => Err(self.refused(place)),
            },
        }
    }

    /// What meets a challenge; none where it wants a password that the user has not given.
    fn meet(
        &self,
        hosts: &Hosts,
        place: &Place,
        challenge: &Challenge,
        end: &Deadline,
    ) -> Result<Option<HeaderValue>, Trouble> {
        // The user may have to unlock a keyring.
        end.paused(|| self.keyring.of(place));
        match challenge {
            Challenge::Bearer { realm, service } => {
                self.token(hosts, place, (realm, service.as_deref()), end.end()).map(Some)
            }
            _ => self.with_login(place, |found| match &found.login {
                Some(Login::Password(user, password)) => basic(user, password).map(Some),
                _ => Ok(None),
            }),
        }
    }

    fn with_login<T>(&self, place: &Place, then: impl FnOnce(&Found) -> T) -> T {
        let found = self.keyring.of(place);
        then(found.get().unwrap_or(&Found { login: None, hindrance: None }))
    }

    fn token(
        &self,
        hosts: &Hosts,
        place: &Place,
        (realm, service): (&str, Option<&str>),
        end: Instant,
    ) -> Result<HeaderValue, Trouble> {
        // What is asked for is up to this program, not to the registry: to read this image, and nothing else.
        let key = (place.host.clone(), place.scope());
        if let Some(token) = lock(&self.tokens).get(&key).filter(|token| Instant::now() < token.until) {
            return Ok(token.header.clone());
        }
        let realm = token_server(place, realm)?;
        let reply =
            self.with_login(place, |found| buy(hosts, place, (&realm, service), found.login.as_ref(), end))?;
        if reply.status != 200 {
            return Err(match reply.status {
                400..=499 => self.refused(place),
                status => {
                    Trouble::last(format!("the token server {} answers with status {status}", realm.host))
                }
            });
        }
        let token = read(&reply).ok_or_else(|| {
            Trouble::last(format!("the token server {} gives no token that can be read", realm.host))
        })?;
        let header = token.header.clone();
        lock(&self.tokens).insert(key, token);
        Ok(header)
    }

    /// A registry that does not let this user read an image.
    pub(super) fn refused(&self, place: &Place) -> Trouble {
        let name = place.full_name();
        self.with_login(place, |found| match (&found.login, &found.hindrance) {
            (Some(_), _) => Trouble::last(format!(
                "{} refuses the login for {name}, or has no such image",
                place.registry
            ))
            .with_help(format!("log in as a user who may read it: {}", place.login_command())),
            (None, Some(hindrance)) => Trouble::last(format!(
                "{} wants a login for {name}, or has no such image; {hindrance}",
                place.registry
            ))
            .with_help(format!("log in again: {}", place.login_command())),
            (None, None) => {
                Trouble::last(format!("{} wants a login for {name}, or has no such image", place.registry))
                    .with_help(format!("log in: {}", place.login_command()))
            }
        })
    }
}

/// The address of a token server. Without TLS, or on this machine, it may only be where the registry is on this machine,
/// too: another's registry is not to send a login to what happens to listen here.
fn token_server(place: &Place, realm: &str) -> Result<Url, Trouble> {
    let registry = &place.registry;
    let url = Url::parse(realm)
        .ok_or_else(|| Trouble::last(format!("{registry} names a token server that is no address")))?;
    if url.host.is_loopback() && !place.host.is_loopback() {
        return Err(Trouble::last(format!("{registry} names a token server on this machine, {}", url.host)));
    }
    let url = url.secure(&format!("the token server of {registry}"))?;
    Ok(Url { path: own_query(&url.path), ..url })
}

/// An address without what this program says itself: a server that takes the first of two would not read ours.
fn own_query(path: &str) -> String {
    let Some((path, query)) = path.split_once('?') else { return path.to_owned() };
    let is_ours = |field: &&str| {
        let name = field.split('=').next().unwrap_or_default();
        let name = percent_decode_str(name).decode_utf8_lossy().to_lowercase();
        OURS.contains(&name.as_str())
    };
    let kept: Vec<&str> = query.split('&').filter(|field| !is_ours(field)).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

/// Asks a token server for a token.
fn buy(
    hosts: &Hosts,
    place: &Place,
    (realm, service): (&Url, Option<&str>),
    login: Option<&Login>,
    end: Instant,
) -> Result<Reply, Trouble> {
    let encode = |text: &str| utf8_percent_encode(text, QUERY).to_string();
    let mut query = format!("scope={}", encode(&place.scope()));
    if let Some(service) = service {
        query = format!("service={}&{query}", encode(service));
    }
    if let Some(Login::Identity(token)) = login {
        let form =
            format!("grant_type=refresh_token&client_id=harden&{query}&refresh_token={}", encode(token));
        let form = Some(form.as_str());
        let call = Call { url: realm, head: false, accept: &[], authorization: None, form, limit: LIMIT };
        return hosts.exchange(&call, end);
    }
    let authorization = match login {
        Some(Login::Password(user, password)) => Some(basic(user, password)?),
        _ => None,
    };
    let authorization = authorization.as_ref();
    let url = &realm.with_query(&query);
    hosts.exchange(&Call { url, head: false, accept: &[], authorization, form: None, limit: LIMIT }, end)
}

fn basic(user: &str, password: &str) -> Result<HeaderValue, Trouble> {
    secret(&http_auth::basic::encode_credentials(user, password))
        .ok_or_else(|| Trouble::last("the login can't be sent"))
}

/// A header that no `Debug` shows.
fn secret(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The token in a token server's answer, under either of its names.
fn read(reply: &Reply) -> Option<Token> {
    let answer: serde_json::Value = serde_json::from_slice(&reply.body).ok()?;
    let text = |name: &str| answer.get(name)?.as_str().filter(|text| !text.is_empty());
    let token = text("token").or_else(|| text("access_token"))?;
    let life = answer.get("expires_in").and_then(serde_json::Value::as_u64).unwrap_or(LIFE);
    let life = Duration::from_secs(life.clamp(1, 86_400).saturating_sub(MARGIN));
    Some(Token { header: secret(&format!("Bearer {token}"))?, until: Instant::now() + life })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_server_is_where_a_login_may_go() {
        let led = |registry: &str, realm: &str| {
            let server = token_server(&Place::of(&format!("{registry}/a")).unwrap(), realm);
            server.map(|url| url.text()).map_err(|trouble| trouble.why)
        };
        for (registry, realm) in [
            ("docker.io", "https://auth.docker.io/token"),
            ("localhost:5000", "https://auth.corp/token"),
            ("localhost:5000", "http://127.0.0.1:5001/token?x=y"),
        ] {
            assert_eq!(led(registry, realm).as_deref(), Ok(realm));
        }
        for (realm, asked) in [
            ("https://a.io/t?scope=x&a=b&service=y", "https://a.io/t?a=b"),
            (
                "https://a.io/t?%73cope=x&Scope=x&offline_token=true&account=me&client_id&grant_type=x",
                "https://a.io/t",
            ),
            ("https://a.io/t?scopes=x&&refresh_token=y", "https://a.io/t?scopes=x&"),
        ] {
            assert_eq!(led("a.io", realm).as_deref(), Ok(asked));
        }
        for (registry, realm, why) in [
            ("a.io", "http://a.io/t", "the token server of a.io is http://a.io, and only this machine"),
            (
                "localhost:5000",
                "http://a.io/t",
                "the token server of localhost:5000 is http://a.io, and only",
            ),
            ("a.io", "http://localhost/t", "a.io names a token server on this machine, localhost"),
            ("a.io", "https://[::1]:1/t", "a.io names a token server on this machine, [::1]:1"),
            ("a.io", "https://u:p@a.io/t", "a.io names a token server that is no address"),
            ("a.io", "/token", "a.io names a token server that is no address"),
        ] {
            let told = led(registry, realm).unwrap_err();
            assert!(told.starts_with(why), "{realm}: {told}");
        }
    }
}
