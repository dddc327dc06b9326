//! Verbs about what is copied, downloaded and kept.
//!
//! - `copy_not_add`: `COPY` where `ADD` does nothing more

mod archive;
mod copy_not_add;

use super::{Table, boxed};

/// The verbs of this folder, by name.
pub(super) const VERBS: Table = &[("copy_not_add", boxed::<copy_not_add::CopyNotAdd>)];
