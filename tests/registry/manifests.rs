//! Manifests of images, and what a registry answers for them.
#![allow(unreachable_pub)]

use crate::server::{Say, body};
use std::process::{Command, Stdio};

/// The manifest of an image for one platform.
pub fn manifest(config: char) -> String {
    format!(
        r#"{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:{}","size":2}},"layers":[]}}"#,
        config.to_string().repeat(64)
    )
}

/// What a registry answers for it.
pub fn manifest_reply(text: &str) -> Say {
    body(text)
        .with("Content-Type", "application/vnd.oci.image.manifest.v1+json")
        .with("Docker-Content-Digest", sha256(text))
}

/// A digest as another program computes it.
pub fn sha256(text: &str) -> String {
    let mut program = Command::new("sha256sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(program.stdin.as_mut().unwrap(), text.as_bytes()).unwrap();
    let output = program.wait_with_output().unwrap().stdout;
    format!("sha256:{}", String::from_utf8(output).unwrap().split(' ').next().unwrap())
}
