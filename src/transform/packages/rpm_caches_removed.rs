//! `rpm_caches_removed`: what dnf, yum, microdnf and zypper keep for the next time goes in the same step.

use super::super::{Context, Proposals, Transform};
use super::calls::{self, Call, Tool};
use super::chain::{Chain, Next};
use crate::document::Instruction;
use crate::edit::Applicability;
use crate::model::Stage;
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::transform) struct RpmCachesRemoved {}

impl Transform for RpmCachesRemoved {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for stage in &cx.model.stages {
            for (index, _) in cx.model.body(stage) {
                let _ = propose(cx, stage, index, out);
            }
        }
    }
}

fn propose(cx: &Context<'_>, stage: &Stage, index: usize, out: &mut Proposals<'_>) -> Option<()> {
    let chain = Chain::of(cx, index)?;
    let calls: Vec<Call> =
        calls::calls(&chain).into_iter().filter(|call| clean(call.tool).is_some()).collect();
    let last = calls.iter().rfind(|call| fetches(call)).filter(|_| !calls.iter().all(is_preparing))?;
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
    let fix = out
        .fix(message, format!("add {name} {}", clean(last.tool)?), chain.source(command.span))
        .edits([edit]);
    match doubt(cx, stage, &chain, last, name) {
        Some(why) => fix.at_most(Applicability::Unsafe, why).done(),
        None => fix.done(),
    }
    Some(())
}

/// Why what is added may fail where the step did not.
fn doubt(
    cx: &Context<'_>,
    stage: &Stage,
    chain: &Chain<'_>,
    last: &Call,
    name: &str,
) -> Option<&'static str> {
    let at = last.command;
    // `apt-get install a || yum install a`, and the branches of a condition.
    let is_one_way =
        chain.commands()[at].nested || chain.follows(at, "||") || matches!(chain.next(at), Next::Or);
    let root = cx.model.chain(stage).last();
    let own = root.and_then(Stage::facts).and_then(|facts| facts.package_manager.as_deref());
    // `CleanCommand` and `checkEnabledRepo` in yumcommands.py of yum 3.
    let drops = |i: &Instruction<'_>| {
        i.args().contains("yum.repos.d") && ["rm ", "mv "].iter().any(|w| i.args().contains(w))
    };
    let has = own == Some(name) || (name == "yum" && own == Some("dnf"));
    if is_one_way && !has {
        Some("the step may go another way on an image that has no such program")
    } else if last.tool == Tool::Yum && cx.document.instructions.iter().any(drops) {
        Some("yum fails to clean where no repository is left")
    } else {
        None
    }
}

/// Whether a call only fetches lists, which a later step is to find.
fn is_preparing(call: &Call) -> bool {
    !fetches(call) || matches!(call.verb(), "makecache" | "check-update" | "ref" | "refresh")
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
    const FETCHING: [&str; 26] = [
        "install",
        "localinstall",
        "groupinstall",
        "reinstall",
        "update",
        "upgrade",
        "downgrade",
        "swap",
        "group",
        "module",
        "distro-sync",
        "builddep",
        "update-minimal",
        "makecache",
        "check-update",
        "in",
        "up",
        "dup",
        "ref",
        "refresh",
        "patch",
        "dist-upgrade",
        "source-install",
        "si",
        "inr",
        "install-new-recommends",
    ];
    FETCHING.contains(&call.verb())
}

/// Whether a call works on another system than this one, or by what was fetched before.
fn is_special(call: &Call) -> bool {
    call.has(&["--installroot", "--root", "--cacheonly", "--no-refresh", "--cache-dir"], "CR")
}

/// Whether another step needs what would go.
fn needs_cache(cx: &Context<'_>) -> bool {
    // Lists that were fetched without a look at their signature would be looked at when they are fetched again.
    const MARKS: [&str; 7] = [
        "--cacheonly",
        "--no-refresh",
        "--downloadonly",
        "--download-only",
        "--no-gpg-checks",
        "keepcache=1",
        "keepcache=True",
    ];
    let takes = |i: &Instruction<'_>| {
        let text = &cx.document.text[i.span.range()];
        i.flags.iter().any(|flag| flag.name() == "from" || flag.text.contains("from="))
            && ["/var/cache", "/var/lib/dnf", "/var/lib/yum"].iter().any(|path| text.contains(path))
    };
    MARKS.iter().any(|mark| cx.document.text.contains(mark)) || cx.document.instructions.iter().any(takes)
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
