//! Verbs about which stages there are, and how they are named.
//!
//! - `named_stages`: stages are copied from by name, not by number

mod named_stages;

use super::{Table, boxed};

/// The verbs of this folder, by name.
pub(super) const VERBS: Table = &[("named_stages", boxed::<named_stages::NamedStages>)];
