//! `apt_no_dist_upgrade`: an upgrade of the whole system is told; a newer base image does that better.

use super::super::{Context, Proposals, Transform};
use super::calls::{self, Tool};
use super::chain::Chain;
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::transform) struct AptNoDistUpgrade {}

impl Transform for AptNoDistUpgrade {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for index in 0..cx.document.instructions.len() {
            let Some(chain) = Chain::of(cx, index) else { continue };
            for call in calls::calls(&chain) {
                let is_apt = matches!(call.tool, Tool::Apt | Tool::AptGet | Tool::Aptitude);
                if is_apt && matches!(call.verb(), "dist-upgrade" | "full-upgrade") {
                    let message = format!("{} may add and remove packages of the base image", call.verb());
                    let at = chain.source(chain.commands()[call.command].span);
                    out.fix(message, "take a newer base image and upgrade no more than it needs", at).done();
                }
            }
        }
    }
}
