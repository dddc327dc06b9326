//! x
use super::{Context, Proposals, Transform};
use serde::Deserialize;
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HardenedBaseImage {}
impl Transform for HardenedBaseImage {
    fn propose(&self, _: &Context<'_>, _: &mut Proposals<'_>) {}
}
