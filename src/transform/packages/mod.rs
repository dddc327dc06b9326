//! Verbs about what package managers do: apt, apk, dnf, pip, npm and others.

mod chain;

use super::Table;

/// The verbs of this folder, by name.
pub(super) const VERBS: Table = &[];
