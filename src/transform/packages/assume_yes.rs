//! `assume_yes`: package managers do not ask in a build, where nobody can answer.

use super::super::{Context, Proposals, Transform};
use super::calls::{self, Call, Tool};
use super::chain::Chain;
use crate::edit::Applicability;
use serde::Deserialize;

/// The verb, with the managers that it is about.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::transform) struct AssumeYes {
    managers: Managers,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Managers {
    Apt,
    Rpm,
}

impl Transform for AssumeYes {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        // apt's own settings can say it for all commands.
        if cx.document.text.contains("Assume-Yes") || cx.document.text.contains("assumeyes") {
            return;
        }
        for index in 0..cx.document.instructions.len() {
            let Some(chain) = Chain::of(cx, index) else { continue };
            for call in calls::calls(&chain).iter().filter(|call| self.asks(&chain, call)) {
                propose(&chain, call, out);
            }
        }
    }
}

impl AssumeYes {
    /// Whether a call may ask, and nothing answers.
    fn asks(&self, chain: &Chain<'_>, call: &Call) -> bool {
        let by_tool = match call.tool {
            Tool::Apt | Tool::AptGet => self.managers == Managers::Apt && apt_asks(call),
            Tool::Yum | Tool::Dnf | Tool::Microdnf | Tool::Tdnf => {
                self.managers == Managers::Rpm && rpm_asks(call)
            }
            Tool::Zypper => self.managers == Managers::Rpm && zypper_asks(call),
            Tool::Aptitude | Tool::Apk => false,
        };
        let command = &chain.commands()[call.command];
        let is_fed = command.redirects.iter().any(|r| r.operator.starts_with('<'));
        by_tool && !is_fed && !chain.follows(call.command, "|") && !call.has_hidden_options(chain)
    }
}

fn apt_asks(call: &Call) -> bool {
    const ASKING: [&str; 9] = [
        "install",
        "remove",
        "purge",
        "autoremove",
        "upgrade",
        "dist-upgrade",
        "full-upgrade",
        "build-dep",
        "satisfy",
    ];
    // `-qq` answers yes, as apt-get(8) has it.
    let quiet =
        call.options.iter().any(|(_, o)| o == "-q=2" || (!o.starts_with("--") && o.matches('q').count() > 1))
            || call.options.iter().filter(|(_, o)| o == "-q" || o == "--quiet").count() > 1;
    let answered = [
        "--yes",
        "--assume-yes",
        "--force-yes",
        "--assume-no",
        "--dry-run",
        "--simulate",
        "--just-print",
        "--recon",
        "--no-act",
        "--print-uris",
    ];
    ASKING.contains(&call.verb()) && !quiet && !call.has(&answered, "ysh")
}

fn rpm_asks(call: &Call) -> bool {
    const ASKING: [&str; 17] = [
        "install",
        "localinstall",
        "groupinstall",
        "reinstall",
        "remove",
        "erase",
        "autoremove",
        "update",
        "upgrade",
        "downgrade",
        "swap",
        "distro-sync",
        "builddep",
        "group",
        "module",
        "update-minimal",
        "groupremove",
    ];
    let answered = ["--assumeyes", "--assumeno", "--downloadonly", "--help"];
    ASKING.contains(&call.verb()) && !call.has(&answered, "yhCq")
}

fn zypper_asks(call: &Call) -> bool {
    const ASKING: [&str; 14] = [
        "install",
        "in",
        "remove",
        "rm",
        "update",
        "up",
        "patch",
        "dist-upgrade",
        "dup",
        "source-install",
        "si",
        "install-new-recommends",
        "inr",
        "verify",
    ];
    let answered = ["--non-interactive", "--no-confirm", "--dry-run", "--help"];
    ASKING.contains(&call.verb()) && !call.has(&answered, "nyhD")
}

fn propose(chain: &Chain<'_>, call: &Call, out: &mut Proposals<'_>) {
    let (word, flag) = match (&call.verb, call.tool) {
        (_, Tool::Zypper) => (call.name, "-n"),
        (Some((verb, _)), _) => (*verb, "-y"),
        (None, _) => return,
    };
    let Some(edit) = chain.flag(call.command, word, flag) else { return };
    let name = chain.commands()[call.command].words[call.name].raw(chain.text());
    let message = format!("{} asks before it goes on, and a build has nobody to answer", calls::base(name));
    let at = chain.source(chain.commands()[call.command].span);
    let fix = out.fix(message, format!("answer with {flag}"), at).edits([edit]);
    if chain.is_decisive(call.command) {
        fix.done();
    } else {
        let why = "the build may have gone on without what this command was stopped from doing";
        fix.at_most(Applicability::Unsafe, why).done();
    }
}
