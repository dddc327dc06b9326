//! Tools that newer releases of an image lack.

use crate::document::Keyword;
use crate::transform::Context;

/// What Node's image had beside npm, and the first release without it: Corepack left Node.js with 25
/// (<https://github.com/nodejs/TSC/pull/1697>), Yarn the image with 26 (<https://github.com/nodejs/docker-node/pull/2422>).
const NODE: [(&str, u32); 3] = [("corepack", 25), ("yarn", 26), ("yarnpkg", 26)];

/// The first release of an image that lacks what the file calls; none where all releases do.
pub(super) fn first_without(cx: &Context<'_>, family: &str) -> Option<u32> {
    if family != "docker.io/library/node" {
        return None;
    }
    NODE.into_iter().filter(|(tool, _)| names(cx, tool)).map(|(_, release)| release).min()
}

/// Whether a step or a command names a tool. Who installs it is not asked: an older release that gets fixes does as well.
fn names(cx: &Context<'_>, tool: &str) -> bool {
    let runs = |k| {
        matches!(
            k,
            Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck | Keyword::Onbuild
        )
    };
    let of_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    cx.document
        .instructions
        .iter()
        .filter(|i| runs(i.keyword))
        .any(|i| cx.document.text[i.span.range()].split(|c| !of_word(c)).any(|word| word == tool))
}
