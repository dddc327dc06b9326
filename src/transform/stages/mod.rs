//! Verbs about which stages there are, and how they are named.

use super::Table;

/// The verbs of this folder, by name.
pub(super) const VERBS: Table = &[];
