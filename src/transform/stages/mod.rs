//! Verbs about which stages there are, and how they are named.
//!
//! - `named_stages`: stages are copied from by name, not by number
//! - `no_unused_stages`: no stages that the image takes nothing from
//! - `unique_stage_names`: no two stages of one name

mod named_stages;
mod no_unused_stages;
mod unique_stage_names;

use super::{Table, boxed};

/// The verbs of this folder, by name.
pub(super) const VERBS: Table = &[
    ("named_stages", boxed::<named_stages::NamedStages>),
    ("no_unused_stages", boxed::<no_unused_stages::NoUnusedStages>),
    ("unique_stage_names", boxed::<unique_stage_names::UniqueStageNames>),
];
