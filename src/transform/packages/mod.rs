//! Verbs about what package managers do: apt, apk, dnf, pip, npm and others.
//!
//! - `pip_no_cache`: pip keeps no copy of what it downloads

mod called;
mod mount;
mod pip;
mod pip_no_cache;

use super::{Table, boxed};

/// The verbs of this folder, by name.
pub(super) const VERBS: Table = &[("pip_no_cache", boxed::<pip_no_cache::PipNoCache>)];
