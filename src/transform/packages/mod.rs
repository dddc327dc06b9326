//! Verbs about what package managers do: apt, apk, dnf, pip, npm and others.
//!
//! - `npm_ci`: npm installs what the lock file says
//! - `pip_no_cache`: pip keeps no copy of what it downloads

mod called;
mod mount;
mod npm;
mod npm_ci;
mod npm_lock;
mod pip;
mod pip_no_cache;
mod placed;

use super::{Table, boxed};

/// The verbs of this folder, by name.
pub(super) const VERBS: Table =
    &[("npm_ci", boxed::<npm_ci::NpmCi>), ("pip_no_cache", boxed::<pip_no_cache::PipNoCache>)];
