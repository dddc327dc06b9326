//! The user's logins, as Docker and Podman keep them.
//!
//! The crate `docker_credential` reads the format and runs the helpers. What it leaves to its caller: a missing file is
//! no error here; a helper that knows no login says so by failing; the login of Docker Hub has an address for a key,
//! `https://index.docker.io/v1/`, while Podman keeps it under `docker.io`; and a helper may wait for a keyring that nobody
//! opens.

use crate::files;
use docker_credential::{CredentialRetrievalError as Error, DockerCredential};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use super::hosts::remaining;
use super::place::Place;
use super::wire::lock;

/// How long all that is asked for one login may take: the user may have to unlock a keyring.
const PATIENCE: Duration = Duration::from_mins(1);
/// What every helper prints when it has no login for a registry.
const NOT_FOUND: &str = "credentials not found in native keychain";

/// Where logins are found: the first place that has one for a registry counts.
#[derive(Clone, Default)]
pub struct Logins {
    inline: Option<String>,
    files: Vec<PathBuf>,
}

impl fmt::Debug for Logins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logins").field("inline", &self.inline.is_some()).field("files", &self.files).finish()
    }
}

impl Logins {
    /// `inline` is the text of such a file, as `DOCKER_AUTH_CONFIG` has it; `files` are tried in this order, and need
    /// not exist.
    pub fn new(inline: Option<String>, files: Vec<PathBuf>) -> Self {
        Self { inline, files }
    }
}

/// A login. Has no `Debug`, so that it is never printed.
pub(super) enum Login {
    /// A name and a password.
    Password(String, String),
    /// A token that buys others.
    Identity(String),
}

/// What was found for a registry.
#[derive(Default)]
pub(super) struct Found {
    pub(super) login: Option<Login>,
    /// Why a login could not be had though there may be one, for people.
    pub(super) hindrance: Option<String>,
}

/// All logins that were asked for, each once: a helper may be slow or ask the user.
pub(super) struct Keyring {
    logins: Logins,
    found: Mutex<BTreeMap<String, Arc<OnceLock<Found>>>>,
}

impl Keyring {
    pub(super) fn new(logins: Logins) -> Self {
        Self { logins, found: Mutex::default() }
    }

    /// What there is for a registry.
    pub(super) fn of(&self, place: &Place) -> Arc<OnceLock<Found>> {
        let found = Arc::clone(lock(&self.found).entry(place.registry.clone()).or_default());
        found.get_or_init(|| self.logins.find(place, Instant::now() + PATIENCE));
        found
    }
}

impl Logins {
    fn find(&self, place: &Place, end: Instant) -> Found {
        let mut hindrance = None;
        for text in self.texts() {
            match text.and_then(|text| from_text(&text, place, end)) {
                Ok(Some(login)) => return Found { login: Some(login), hindrance: None },
                Ok(None) => {}
                Err(why) => hindrance = hindrance.or(Some(why)),
            }
        }
        Found { login: None, hindrance }
    }

    fn texts(&self) -> impl Iterator<Item = Result<Vec<u8>, String>> {
        let inline = self.inline.iter().map(|text| Ok(text.clone().into_bytes()));
        let there = self.files.iter().filter(|path| path.exists());
        inline.chain(there.map(|path| files::read(path).map_err(|error| error.to_string())))
    }
}

/// The login in the text of one file.
fn from_text(text: &[u8], place: &Place, end: Instant) -> Result<Option<Login>, String> {
    let text = without_empty(text);
    let keys = [place.login_key().to_owned(), place.registry.clone()];
    let keys = if keys[0] == keys[1] { &keys[..1] } else { &keys[..] };
    for key in keys {
        let found = match in_time(text.clone(), key.clone(), end) {
            Ok(DockerCredential::UsernamePassword(user, _)) if user.is_empty() => None,
            Ok(DockerCredential::UsernamePassword(user, password)) => Some(Login::Password(user, password)),
            Ok(DockerCredential::IdentityToken(token)) => {
                Some(token).filter(|t| !t.is_empty()).map(Login::Identity)
            }
            Err(error) => {
                explain(error)?;
                None
            }
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The text of a file without identity tokens that are empty: some programs write them beside a password, which counts.
fn without_empty(text: &[u8]) -> Vec<u8> {
    let Ok(mut file) = serde_json::from_slice::<Value>(text) else { return text.to_vec() };
    for login in file.get_mut("auths").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        if let Some(login) = login.as_object_mut() {
            login.retain(|field, value| field != "identitytoken" || *value != "");
        }
    }
    file.to_string().into_bytes()
}

/// Reads a login in a thread of its own, as the program that keeps it may never answer.
fn in_time(text: Vec<u8>, key: String, end: Instant) -> Result<DockerCredential, Error> {
    let time = remaining(end);
    if time.is_zero() {
        return Err(Error::HelperCommunicationError);
    }
    let (sender, receiver) = mpsc::channel();
    let work = move || sender.send(docker_credential::get_credential_from_reader(&text[..], &key)).ok();
    if thread::Builder::new().spawn(work).is_err() {
        return Err(Error::HelperCommunicationError);
    }
    receiver.recv_timeout(time).unwrap_or(Err(Error::HelperCommunicationError))
}

/// Why there is no login, where that is not simply so. What a helper has printed is not shown: it may be a secret.
fn explain(error: Error) -> Result<(), String> {
    match error {
        Error::NoCredentialConfigured | Error::ConfigNotFound => Ok(()),
        Error::HelperFailure { stdout, .. } if stdout.trim() == NOT_FOUND => Ok(()),
        Error::HelperFailure { helper, .. } => Err(format!("`{helper}`, which keeps the logins, failed")),
        Error::HelperCommunicationError => {
            Err("the program that keeps the logins (docker-credential-...) could not be run".into())
        }
        Error::MalformedHelperResponse => {
            Err("the program that keeps the logins (docker-credential-...) gave no login that can be read"
                .into())
        }
        Error::ConfigReadError => Err("the file with the logins is not in Docker's format".into()),
        Error::CredentialDecodingError | Error::CredentialMismatchError => {
            Err("the login in Docker's file can't be read".into())
        }
    }
}

#[cfg(test)]
#[path = "login_tests.rs"]
mod tests;
