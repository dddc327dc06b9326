//! `apt_get`: scripts call `apt-get`, whose behaviour does not change between releases, and not `apt`.

use super::super::{Context, Proposals, Transform};
use super::calls::{self, Call, Tool};
use super::chain::Chain;
use crate::edit::{Applicability, Edit};
use crate::model::Stage;
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::transform) struct AptGet {}

impl Transform for AptGet {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for stage in &cx.model.stages {
            for (index, _) in cx.model.body(stage) {
                let Some(chain) = Chain::of(cx, index) else { continue };
                for call in calls::calls(&chain).iter().filter(|call| call.tool == Tool::Apt) {
                    let Some(edits) = edits(&chain, call) else { continue };
                    let at = chain.source(chain.commands()[call.command].span);
                    let title = "call apt-get";
                    let fix = out.fix("apt is for people: its behaviour may change", title, at).edits(edits);
                    let own = chain.commands()[call.command].span;
                    if is_piped(&chain.text()[own.end..]) {
                        // `apt update` tells how many packages can be upgraded.
                        fix.at_most(Applicability::Unsafe, "apt-get writes other messages").done();
                    } else if !keeps_archives(call) || is_known(cx, stage) {
                        fix.done();
                    } else {
                        let why =
                            "apt-get keeps the archives of packages where the image has no rule against it";
                        fix.at_most(Applicability::Unsafe, why).done();
                    }
                }
            }
        }
    }
}

/// Whether another program reads what is written, by what stands behind a command.
fn is_piped(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '\t']);
    rest.starts_with('|') && !rest.starts_with("||")
}

/// What `apt-get` does under the same name, or under another, with the flags that make it the same.
fn edits(chain: &Chain<'_>, call: &Call) -> Option<Vec<Edit>> {
    let (at, verb) = call.verb.as_ref()?;
    let name = chain.replace(call.command, call.name, "")?;
    let written = chain.commands()[call.command].words[call.name].raw(chain.text());
    let name =
        Edit { text: format!("{}-get", written.strip_suffix("apt").map(|p| format!("{p}apt"))?), ..name };
    match verb.as_str() {
        "install" | "update" | "remove" | "purge" | "autoremove" | "clean" | "autoclean" | "build-dep"
        | "source" | "download" | "dist-upgrade" => Some(vec![name]),
        // `apt upgrade` installs what an upgrade newly needs; see apt(8).
        "upgrade" => {
            let has = call.options.iter().any(|(_, option)| option.ends_with("-new-pkgs"));
            let flag = (!has).then(|| chain.flag(call.command, *at, "--with-new-pkgs")).flatten();
            Some(std::iter::once(name).chain(flag).collect())
        }
        "full-upgrade" => Some(vec![name, chain.replace(call.command, *at, "dist-upgrade")?]),
        _ => None,
    }
}

/// Whether the packages that are installed would be kept by `apt-get` and not by `apt`, unless the image says otherwise.
fn keeps_archives(call: &Call) -> bool {
    matches!(call.verb(), "install" | "upgrade" | "full-upgrade" | "dist-upgrade" | "build-dep")
}

/// Whether the image is one of which it is known that no archives are kept: Docker's own of Debian and Ubuntu have
/// `/etc/apt/apt.conf.d/docker-clean`, and so has what is made from them.
fn is_known(cx: &Context<'_>, stage: &Stage) -> bool {
    let Some(bottom) = cx.model.chain(stage).last() else { return false };
    let official = bottom.origin().is_some_and(|r| r.canonical().starts_with("docker.io/library/"));
    official && bottom.facts().is_some_and(|facts| facts.package_manager.as_deref() == Some("apt"))
}
