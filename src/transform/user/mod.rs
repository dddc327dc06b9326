//! Verbs about who runs the program, and the steps of the build.

mod accounts;
mod last_user_nonroot;
mod no_sudo;
mod nonroot_user;
mod numeric_user;

pub(super) use nonroot_user::{in_root, is_locked, low_port};

use super::{Table, boxed};

/// The verbs of this folder, by name.
pub(super) const VERBS: Table = &[
    ("last_user_nonroot", boxed::<last_user_nonroot::LastUserNonroot>),
    ("no_sudo", boxed::<no_sudo::NoSudo>),
    ("nonroot_user", boxed::<nonroot_user::NonrootUser>),
    ("numeric_user", boxed::<numeric_user::NumericUser>),
];
