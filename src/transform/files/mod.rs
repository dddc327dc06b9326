//! Verbs about what is copied, downloaded and kept.

use super::Table;

/// The verbs of this folder, by name.
pub(super) const VERBS: Table = &[];
