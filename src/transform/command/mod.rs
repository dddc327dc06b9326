//! Verbs about how the program is started, and what else the image says of itself.
//!
//! - `absolute_workdir`: a `WORKDIR` that says the whole path
//! - `authors_label`: who made the image, in a label
//! - `env_key_value`: `ENV` and `LABEL` with an equals sign
//! - `no_empty_continuation`: no blank lines inside an instruction
//! - `single_command`: of several commands the one that counts

mod absolute_workdir;
mod authors_label;
mod env_key_value;
mod no_empty_continuation;
mod single_command;

use super::{Table, boxed};

/// The verbs of this folder, by name.
pub(super) const VERBS: Table = &[
    ("absolute_workdir", boxed::<absolute_workdir::AbsoluteWorkdir>),
    ("authors_label", boxed::<authors_label::AuthorsLabel>),
    ("env_key_value", boxed::<env_key_value::EnvKeyValue>),
    ("no_empty_continuation", boxed::<no_empty_continuation::NoEmptyContinuation>),
    ("single_command", boxed::<single_command::SingleCommand>),
];
