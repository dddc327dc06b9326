//! `numeric_user`: the user by its number, which Kubernetes can check and a name not.
//!
//! A number that the image knows means the same user, group, further groups and home as its name, for a container and for
//! the steps of a build: `GetExecUser` of <https://github.com/moby/sys>, `user/user.go`, which `BuildKit` calls as well
//! (`executor/oci/user.go` at 73ed6825). `WORKDIR` alone differs: what it makes gets the number for its group, too
//! (`solver/llbsolver/ops/user_linux.go`).

use super::accounts::{Number, group_number, number};
use crate::document::{Instruction, Keyword};
use crate::edit::{Applicability, Edit};
use crate::model::Stage;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NumericUser {}

impl Transform for NumericUser {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let Some(stage) = cx.model.final_stage() else { return };
        let last = cx.model.body(stage).rfind(|(_, i)| i.keyword == Keyword::User);
        let Some((index, user)) = last.filter(|(_, i)| is_name(i.args())) else { return };
        let (name, group) = user.args().split_once(':').map_or((user.args(), None), |(n, g)| (n, Some(g)));
        let message = "Kubernetes can't check that a name is not root's";
        let found = number(cx, stage, index, name);
        let whole = found.as_ref().and_then(|found| written(cx, stage, index, found, (name, group)));
        let (Some(found), Some(whole)) = (found, whole) else {
            let reason = format!("the number of {} is not known here", user.args());
            let fix =
                out.fix(message, "write the user's number, and fix it where the user is made", user.span);
            fix.at_most(Applicability::Manual, reason).done();
            return;
        };
        let fix =
            out.fix(message, format!("write {whole} for {}", user.args()), user.span).evidence([match found
                .made
            {
                Some(step) => {
                    cx.evidence(format!("{name} gets number {}", found.uid), &cx.document.instructions[step])
                }
                None => cx.evidence(
                    format!("{name} has number {} in the base image", found.uid),
                    cx.model.from(stage),
                ),
            }]);
        let other_group = group.is_none() && found.gid != Some(found.uid);
        let fix = if other_group && makes_folder(cx, stage, index) {
            fix.at_most(Applicability::Unsafe, "a folder that WORKDIR makes gets another group")
        } else {
            fix
        };
        let fix = if found.may_be_replaced {
            fix.at_most(Applicability::Unsafe, "what is copied to / may bring other users")
        } else {
            fix
        };
        fix.edits([Edit { span: user.source(user.args), text: whole }]).done();
    }
}

/// Whether a user is written as a name, and no variable, that is not root's.
fn is_name(written: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-.:".contains(c);
    let name = written.split(':').next().unwrap_or_default();
    let number = !name.is_empty() && name.chars().all(|c| c.is_ascii_digit());
    written.chars().all(plain) && !number && !matches!(name, "" | "root")
}

/// User and group as numbers; none where the group's is not known.
fn written(
    cx: &Context<'_>,
    stage: &Stage,
    index: usize,
    found: &Number,
    (name, group): (&str, Option<&str>),
) -> Option<String> {
    let Some(group) = group else { return Some(found.uid.to_string()) };
    let own = found.gid.filter(|_| group == name && found.is_own_group);
    let written = group.parse().ok();
    let gid = written.or(own).or_else(|| group_number(cx, stage, index, group))?;
    Some(format!("{}:{gid}", found.uid))
}

/// Whether `WORKDIR` may make a folder for the user.
fn makes_folder(cx: &Context<'_>, stage: &Stage, user: usize) -> bool {
    let is_workdir = |i: &Instruction<'_>| i.keyword == Keyword::Workdir;
    cx.model.body(stage).any(|(index, i)| index > user && is_workdir(i))
}
