//! Verbs about what package managers do: apt, apk, dnf, pip, npm and others.
//!
//! - `frozen_lock_file`: yarn and pnpm install what the lock file says
//! - `gem_no_document`: no documentation of gems
//! - `npm_ci`: npm installs what the lock file says
//! - `package_cache_removed`: what conda, npm and yarn downloaded goes again
//! - `pip_no_cache`: pip keeps no copy of what it downloads

mod called;
mod chain;
mod frozen_lock_file;
mod gem_no_document;
mod mount;
mod npm;
mod npm_ci;
mod npm_lock;
mod package_cache_removed;
mod pip;
mod pip_no_cache;
mod placed;
mod yarn_lock;

use super::{Table, boxed};

/// The verbs of this folder, by name.
pub(super) const VERBS: Table = &[
    ("frozen_lock_file", boxed::<frozen_lock_file::FrozenLockFile>),
    ("gem_no_document", boxed::<gem_no_document::GemNoDocument>),
    ("npm_ci", boxed::<npm_ci::NpmCi>),
    ("package_cache_removed", boxed::<package_cache_removed::PackageCacheRemoved>),
    ("pip_no_cache", boxed::<pip_no_cache::PipNoCache>),
];
