//! Verbs about what is copied, downloaded and kept.
//!
//! - `checked_downloads`: what is downloaded and used without a look at its checksum
//! - `checksummed_add`: the checksum of what a URL leads to
//! - `copy_not_add`: `COPY` where `ADD` does nothing more
//! - `dockerignore`: what stays out of a copy of the whole build context
//! - `least_mode`: files that everybody may change
//! - `no_piped_installer`: what a server sends is run at once
//! - `no_plain_http`: what comes without encryption
//! - `no_secrets`: passwords, tokens and keys that the file gives away
//! - `private_keys_closed`: private keys that others can read, or that every container shares
//! - `secret_build_args`: passwords and keys that a build is given as arguments
//! - `verified_sources`: checks of certificates or signatures that are switched off
//!
//! Verbs share `steps`, which reads commands, and `downloads`, which knows what they get.

mod archive;
mod checked_downloads;
mod checksummed_add;
mod copy_not_add;
mod dockerignore;
mod downloads;
mod least_mode;
mod no_piped_installer;
mod no_plain_http;
mod no_secrets;
mod private_keys_closed;
mod secret_build_args;
mod steps;
#[cfg(test)]
mod tests;
mod verified_sources;

use super::{Table, boxed};

/// The verbs of this folder, by name.
pub(super) const VERBS: Table = &[
    ("checked_downloads", boxed::<checked_downloads::CheckedDownloads>),
    ("checksummed_add", boxed::<checksummed_add::ChecksummedAdd>),
    ("copy_not_add", boxed::<copy_not_add::CopyNotAdd>),
    ("dockerignore", boxed::<dockerignore::Dockerignore>),
    ("least_mode", boxed::<least_mode::LeastMode>),
    ("no_piped_installer", boxed::<no_piped_installer::NoPipedInstaller>),
    ("no_plain_http", boxed::<no_plain_http::NoPlainHttp>),
    ("no_secrets", boxed::<no_secrets::NoSecrets>),
    ("private_keys_closed", boxed::<private_keys_closed::PrivateKeysClosed>),
    ("secret_build_args", boxed::<secret_build_args::SecretBuildArgs>),
    ("verified_sources", boxed::<verified_sources::VerifiedSources>),
];
