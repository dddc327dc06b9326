//! `rpm_caches_removed`: what dnf, yum, microdnf and zypper keep for the next time goes in the same step.

use super::super::{Context, Proposals, Transform};
use super::calls::{self, Call, Tool};
use super::chain::Chain;
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::transform) struct RpmCachesRemoved {}

impl Transform for RpmCachesRemoved {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for index in 0..cx.document.instructions.len() {
            let _ = propose(cx, index, out);
        }
    }
}

fn propose(cx: &Context<'_>, index: usize, out: &mut Proposals<'_>) -> Option<()> {
    let chain = Chain::of(cx, index)?;
    let calls: Vec<Call> =
        calls::calls(&chain).into_iter().filter(|call| clean(call.tool).is_some()).collect();
    let last = calls.iter().rfind(|call| fetches(call))?;
    let is_mounted = chain.instruction().flags.iter().any(|flag| flag.text.contains("cache"));
    if is_mounted || calls.iter().any(is_special) || is_cleaned(&chain, &calls, last) || needs_cache(cx) {
        return None;
    }
    let command = &chain.commands()[last.command];
    let name = calls::base(command.words[last.name].literal.as_deref()?);
    let sudo = if last.sudo { "sudo " } else { "" };
    let added = format!("{sudo}{name} {}", clean(last.tool)?);
    let edit = chain.append(last.command, &added).or_else(|| chain.append_to_all(&added))?;
    let message = format!("what {name} fetched stays in the image");
    out.fix(message, format!("add {name} {}", clean(last.tool)?), chain.source(command.span))
        .edits([edit])
        .done();
    Some(())
}

/// What removes all that a manager keeps.
const fn clean(tool: Tool) -> Option<&'static str> {
    match tool {
        Tool::Yum | Tool::Dnf | Tool::Microdnf | Tool::Tdnf => Some("clean all"),
        Tool::Zypper => Some("clean --all"),
        Tool::Apt | Tool::AptGet | Tool::Aptitude | Tool::Apk => None,
    }
}

/// Whether a call fetches lists or packages.
fn fetches(call: &Call) -> bool {
    const LOCAL: [&str; 14] = [
        "clean",
        "cc",
        "config-manager",
        "addrepo",
        "ar",
        "removerepo",
        "rr",
        "modifyrepo",
        "mr",
        "repos",
        "lr",
        "history",
        "mark",
        "versionlock",
    ];
    !call.verb().is_empty() && !LOCAL.contains(&call.verb())
}

/// Whether a call works on another system than this one, or by what was fetched before.
fn is_special(call: &Call) -> bool {
    call.has(&["--installroot", "--root", "--cacheonly", "--no-refresh", "--cache-dir"], "CR")
}

/// Whether another step needs what would go.
fn needs_cache(cx: &Context<'_>) -> bool {
    ["--cacheonly", "--no-refresh", "keepcache=1", "keepcache=True"]
        .iter()
        .any(|mark| cx.document.text.contains(mark))
}

/// Whether the `RUN` cleans up behind a call, or in a way of its own.
fn is_cleaned(chain: &Chain<'_>, calls: &[Call], last: &Call) -> bool {
    let own = |call: &Call| call.command > last.command && matches!(call.verb(), "clean" | "cc");
    let tail = &chain.text()[chain.commands()[last.command].span.end..];
    let folder = ["/var/cache", "/var/lib/dnf", "/var/lib/yum"].iter().any(|path| tail.contains(path));
    let script = chain.commands()[last.command + 1..]
        .iter()
        .any(|command| command.words.first().is_some_and(|word| word.raw(chain.text()).contains("clean")));
    calls.iter().any(own) || folder || script
}
