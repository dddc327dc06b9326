//! Verbs about what package managers do: apt, apk, dnf, pip, npm and others.
//!
//! - `apk_no_cache`: Alpine's lists of packages are not kept
//! - `apt_frontend_scope`: debconf is told not to ask in the build alone
//! - `apt_get`: `apt-get` in place of `apt`
//! - `apt_lists_removed`: the lists of packages go in the step that fetched them
//! - `apt_no_dist_upgrade`: upgrades of the whole system are told
//! - `apt_no_recommends`: only what is named is installed, and what that needs
//! - `apt_update_with_install`: what installs fetches the lists itself
//! - `assume_yes`: package managers do not ask
//! - `frozen_lock_file`: yarn and pnpm install what the lock file says
//! - `gem_no_document`: gems come without their documentation
//! - `npm_ci`: npm installs what the lock file says
//! - `package_cache_removed`: what conda, npm and yarn downloaded goes again
//! - `pip_no_cache`: pip keeps no copy of what it downloads
//! - `rpm_caches_removed`: what dnf, yum and zypper keep goes in the same step
//!
//! Verbs share `chain`, the commands of a `RUN` and the edits that change them; `calls`, which tells the package managers
//! among them; `index`, which tells who reads apt's lists; and `quiet`, which names the programs that surely do not. Those of
//! languages share `npm`, `pip` and `called`, which do the same for theirs; `placed`, which tells what of the context an image
//! has; and `mount`, for caches that a build keeps.

mod apk_no_cache;
mod apt_frontend_scope;
mod apt_get;
mod apt_lists_removed;
mod apt_no_dist_upgrade;
mod apt_no_recommends;
mod apt_update_with_install;
mod assume_yes;
mod called;
mod calls;
mod chain;
mod frozen_lock_file;
mod gem_no_document;
mod index;
mod mount;
mod npm;
mod npm_ci;
mod npm_lock;
mod package_cache_removed;
mod pip;
mod pip_no_cache;
mod placed;
mod quiet;
mod rpm_caches_removed;
mod yarn_lock;

use super::{Table, boxed};

/// The verbs of this folder, by name.
pub(super) const VERBS: Table = &[
    ("apk_no_cache", boxed::<apk_no_cache::ApkNoCache>),
    ("apt_frontend_scope", boxed::<apt_frontend_scope::AptFrontendScope>),
    ("apt_get", boxed::<apt_get::AptGet>),
    ("apt_lists_removed", boxed::<apt_lists_removed::AptListsRemoved>),
    ("apt_no_dist_upgrade", boxed::<apt_no_dist_upgrade::AptNoDistUpgrade>),
    ("apt_no_recommends", boxed::<apt_no_recommends::AptNoRecommends>),
    ("apt_update_with_install", boxed::<apt_update_with_install::AptUpdateWithInstall>),
    ("assume_yes", boxed::<assume_yes::AssumeYes>),
    ("frozen_lock_file", boxed::<frozen_lock_file::FrozenLockFile>),
    ("gem_no_document", boxed::<gem_no_document::GemNoDocument>),
    ("npm_ci", boxed::<npm_ci::NpmCi>),
    ("package_cache_removed", boxed::<package_cache_removed::PackageCacheRemoved>),
    ("pip_no_cache", boxed::<pip_no_cache::PipNoCache>),
    ("rpm_caches_removed", boxed::<rpm_caches_removed::RpmCachesRemoved>),
];
