//! Verbs about what is copied, downloaded and kept.
//!
//! - `dockerignore`: what stays out of a copy of the whole build context
//! - `no_secrets`: passwords, tokens and keys that the file gives away
//! - `private_keys_closed`: private keys that others can read, or that every container shares
//! - `secret_build_args`: passwords and keys that a build is given as arguments

mod dockerignore;
mod no_secrets;
mod private_keys_closed;
mod secret_build_args;

use super::{Table, boxed};

/// The verbs of this folder, by name.
pub(super) const VERBS: Table = &[
    ("dockerignore", boxed::<dockerignore::Dockerignore>),
    ("no_secrets", boxed::<no_secrets::NoSecrets>),
    ("private_keys_closed", boxed::<private_keys_closed::PrivateKeysClosed>),
    ("secret_build_args", boxed::<secret_build_args::SecretBuildArgs>),
];
