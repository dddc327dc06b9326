//! `unprivileged_ports`: ports that a user other than root may listen on everywhere.
//!
//! Only told: the port is in the program's configuration.

use crate::document::Keyword;
use crate::transform::nonroot_user::low_port;
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
                let message = format!("user {user} may not listen on port {port} everywhere: CRI-O and host networks keep ports below 1024 for root");
                let title = format!("listen on a port of 1024 and above in the program, and expose that in the place of {port}");
                out.fix(message, title, instruction.source(word.span)).done();
            }
        }
    }
}
