//! `unprivileged_ports`: ports that a user other than root may listen on everywhere.
//!
//! Only told: the port is in the program's configuration.

use crate::document::Keyword;
use crate::transform::user::low_port;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UnprivilegedPorts {}

impl Transform for UnprivilegedPorts {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let Some(stage) = cx.model.final_stage() else { return };
        // Root may; and who runs it is not known where a variable or an unknown base tells.
        let Some(user) = cx.model.end_state(stage).user else { return };
        if matches!(user.split(':').next(), Some("" | "0" | "root")) {
            return;
        }
        let exposed = cx.model.chain(stage).flat_map(|stage| cx.model.body(stage));
        for (_, instruction) in exposed.filter(|(_, i)| i.keyword == Keyword::Expose) {
            for word in instruction.words().filter(|word| low_port(word.text)) {
                let port = word.text;
                let message = format!(
                    "user {user} may not listen on port {port} everywhere: CRI-O and host networks keep it for root"
                );
                let title = format!("let the program listen on a port from 1024 on, in the place of {port}");
                out.fix(message, title, instruction.source(word.span)).done();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::UnprivilegedPorts;
    use crate::transform::command::told;

    #[test]
    fn only_for_a_user_that_is_known_not_to_be_root() {
        let count = |text: &str| told(&UnprivilegedPorts {}, text).len();
        assert_eq!(count("FROM debian:13 AS base\nEXPOSE 80 443/tcp 8080\nFROM base\nUSER 65532\n"), 2);
        assert_eq!(count("FROM debian:13\nEXPOSE 80\n"), 0);
        assert_eq!(count("FROM debian:13\nEXPOSE 80\nUSER 0:0\n"), 0);
        assert_eq!(count("FROM example.org/base\nEXPOSE 80\n"), 0, "its user is not known");
    }
}
