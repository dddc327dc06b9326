//! Verbs about what is copied, downloaded and kept.
//!
//! - `no_secrets`: passwords, tokens and keys that the file gives away

mod no_secrets;

use super::{Table, boxed};

/// The verbs of this folder, by name.
pub(super) const VERBS: Table = &[("no_secrets", boxed::<no_secrets::NoSecrets>)];
