//! Verbs about how the program is started, and what else the image says of itself.
//!
//! - `absolute_workdir`: a `WORKDIR` that says the whole path
//! - `authors_label`: who made the image, in a label
//! - `env_key_value`: `ENV` and `LABEL` with an equals sign
//! - `no_empty_continuation`: no blank lines inside an instruction
//! - `no_ssh_port`: no image that is entered over SSH
//! - `pipefail`: a download that fails before a pipe fails the build
//! - `read_only_root`: where a container writes
//! - `signal_reaches_program`: what keeps signals from the program
//! - `single_command`: of several commands the one that counts
//! - `unprivileged_ports`: ports that any user may listen on
//! - `workdir_not_cd`: `WORKDIR` in the place of `cd`

mod absolute_workdir;
mod authors_label;
mod env_key_value;
mod no_empty_continuation;
mod no_ssh_port;
mod pipefail;
mod read_only_root;
mod signal_reaches_program;
mod single_command;
mod unprivileged_ports;
mod workdir_not_cd;

use super::{Table, boxed};

/// The verbs of this folder, by name.
pub(super) const VERBS: Table = &[
    ("absolute_workdir", boxed::<absolute_workdir::AbsoluteWorkdir>),
    ("authors_label", boxed::<authors_label::AuthorsLabel>),
    ("env_key_value", boxed::<env_key_value::EnvKeyValue>),
    ("no_empty_continuation", boxed::<no_empty_continuation::NoEmptyContinuation>),
    ("no_ssh_port", boxed::<no_ssh_port::NoSshPort>),
    ("pipefail", boxed::<pipefail::Pipefail>),
    ("read_only_root", boxed::<read_only_root::ReadOnlyRoot>),
    ("signal_reaches_program", boxed::<signal_reaches_program::SignalReachesProgram>),
    ("single_command", boxed::<single_command::SingleCommand>),
    ("unprivileged_ports", boxed::<unprivileged_ports::UnprivilegedPorts>),
    ("workdir_not_cd", boxed::<workdir_not_cd::WorkdirNotCd>),
];

/// What a verb tells of a text.
#[cfg(test)]
pub(super) fn told(verb: &dyn super::Transform, text: &str) -> Vec<String> {
    let document = crate::document::Document::parse(text);
    let model = crate::model::Model::new(&document);
    let mut fixes = Vec::new();
    let mut out = super::Proposals::new("recipe", crate::edit::Applicability::Safe, &mut fixes);
    verb.propose(&super::Context::new(&document, &model, None), &mut out);
    fixes.into_iter().map(|fix| fix.message).collect()
}
