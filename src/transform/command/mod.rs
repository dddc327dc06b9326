//! Verbs about how the program is started, and what else the image says of itself.

use super::Table;

/// The verbs of this folder, by name.
pub(super) const VERBS: Table = &[];
