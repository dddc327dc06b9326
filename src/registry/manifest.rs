//! The manifest behind a tag, and its digest.
//!
//! A digest that goes into a file is computed here from the bytes that the registry sends. Its own word for it, the header
//! `Docker-Content-Digest`, is only compared: a registry or a proxy before it that is out of step would make builds fail, or
//! build something else than what was looked at.

use super::place::Place;
use super::trouble::{Trouble, quote};
use super::wire::Reply;
use serde::Deserialize;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use std::fmt::Write as _;

/// The most bytes of a manifest: what registries and engines themselves allow.
pub(super) const LIMIT: u64 = 4 << 20;

/// The media types that are asked for: with those of an index first in, a registry sends the index of an image for
/// several platforms and not the manifest for one of them.
pub(super) const ACCEPT: [&str; 4] = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
];

/// What is behind a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Manifest {
    /// Of the index for images of several platforms.
    pub(super) digest: String,
    /// The digests of the single platforms in an index.
    pub(super) platforms: Vec<String>,
}

/// What an index and a manifest have in common.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    schema_version: u64,
    media_type: Option<String>,
    manifests: Option<Vec<Entry>>,
    config: Option<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    digest: String,
}

/// Reads a manifest that a registry has sent.
pub(super) fn read(reply: &Reply, place: &Place) -> Result<Manifest, Trouble> {
    let digest = digest(reply, place)?;
    let platforms = platforms(reply, place)?;
    Ok(Manifest { digest, platforms })
}

/// The digest that a registry claims; none where it claims none.
pub(super) fn claimed<'a>(reply: &'a Reply, place: &Place) -> Result<Option<&'a str>, Trouble> {
    let Some(value) = reply.headers.get("docker-content-digest") else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    if is_digest(text) {
        return Ok(Some(text));
    }
    Err(Trouble::last(format!("{} sends a digest that is none: {}", place.registry, quote(text))))
}

fn digest(reply: &Reply, place: &Place) -> Result<String, Trouble> {
    let claimed = claimed(reply, place)?;
    let algorithm =
        claimed.and_then(|text| text.split_once(':')).map_or("sha256", |(algorithm, _)| algorithm);
    let computed = match algorithm {
        "sha384" => format!("sha384:{}", hex(&Sha384::digest(&reply.body))),
        "sha512" => format!("sha512:{}", hex(&Sha512::digest(&reply.body))),
        _ => format!("sha256:{}", hex(&Sha256::digest(&reply.body))),
    };
    match claimed {
        Some(claimed) if claimed != computed => Err(Trouble::last(format!(
            "the digest that {} tells for {} does not fit what it sends",
            place.registry, place.name
        ))
        .with_help("a proxy or mirror on the way may be broken; nothing is pinned to it")),
        _ => Ok(computed),
    }
}

/// Bytes in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").ok();
        text
    })
}

fn platforms(reply: &Reply, place: &Place) -> Result<Vec<String>, Trouble> {
    let no_manifest = || {
        Trouble::last(format!(
            "what {} sends for {} is not the manifest of an image",
            place.registry, place.name
        ))
        .with_help("a login page or a proxy may stand in between")
    };
    let body: Body = serde_json::from_slice(&reply.body).map_err(|_| no_manifest())?;
    if body.schema_version == 1 {
        return Err(Trouble::last(format!(
            "{} has {} only in the first format of manifests, which engines don't pull any more",
            place.registry, place.name
        )));
    }
    let known = body.media_type.as_deref().is_none_or(|media_type| ACCEPT.contains(&media_type));
    let known = known && body.schema_version == 2;
    let are_images =
        |entries: &[Entry]| !entries.is_empty() && entries.iter().all(|entry| is_digest(&entry.digest));
    match (body.manifests, body.config) {
        (Some(entries), None) if known && are_images(&entries) => {
            Ok(entries.into_iter().map(|entry| entry.digest).collect())
        }
        (None, Some(config)) if known && is_digest(&config.digest) => Ok(Vec::new()),
        _ => Err(no_manifest()),
    }
}

/// Whether a text is a digest of a known algorithm.
pub(super) fn is_digest(text: &str) -> bool {
    crate::catalog::Reference::parse(&format!("a@{text}"))
        .is_some_and(|reference| reference.digest == Some(text))
}

#[cfg(test)]
#[path = "manifest_tests.rs"]
mod tests;
