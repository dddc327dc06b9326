//! `last_user_nonroot`: an image that was given to a user stays that user's.
//!
//! `USER root` for some steps, and no way back: the container runs as root though its makers meant another.

use super::nonroot_user::{insertion, started_by, started_tie};
use crate::document::{Instruction, Keyword};
use crate::edit::{Applicability, Edit};
use crate::model::{Base, Stage, expand};
use crate::span::Span;
use crate::transform::layout::Layout;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LastUserNonroot {}

impl Transform for LastUserNonroot {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let Some(stage) = cx.model.final_stage() else { return };
        let users: Vec<_> = cx.model.body(stage).filter(|(_, i)| i.keyword == Keyword::User).collect();
        let Some((last, root)) = users.last().copied().filter(|(_, i)| is_root(i.args())) else { return };
        let written = users.iter().rev().map(|(_, i)| i.args()).find(|user| !is_root(user));
        let of_base = written.is_none();
        let message = "the last USER of the final stage is root";
        let Some(user) = written.map(str::to_owned).or_else(|| base_user(stage)) else {
            if matches!(stage.base, Base::Image(_)) && stage.family().is_none() {
                let fix = out.fix(message, "end with the user that the base image has", root.span);
                fix.at_most(Applicability::Manual, "the user of the base image is not known").done();
            }
            return;
        };
        let fix = out.fix(message, format!("go back to user {user}"), root.span);
        let fix = match left(cx, stage, last, &user) {
            Some(reason) => fix.at_most(Applicability::Manual, reason),
            None => fix
                .at_most(
                    Applicability::Unsafe,
                    "what the steps of root made is root's, and the program may write there",
                )
                .edits([placed(cx, stage, last, &user)]),
        };
        let whose = if of_base { "the base image runs as" } else { "an earlier USER is" };
        fix.evidence([cx.evidence(format!("{whose} {user}"), cx.model.from(stage))]).done();
    }
}

/// Why root stays, or the user can't be written.
fn left(cx: &Context<'_>, stage: &Stage, root: usize, user: &str) -> Option<String> {
    let acts = |i: &Instruction<'_>| matches!(i.keyword, Keyword::Run | Keyword::Copy | Keyword::Add);
    if !cx.model.body(stage).any(|(index, i)| index > root && acts(i)) {
        return Some(
            "no step follows it: root is meant for the container, or for those who build on it".into(),
        );
    }
    let known = expand(user, cx.document.escape, &|name| cx.model.end_state(stage).variable(name));
    if user.contains('$') && known.is_none() {
        return Some("the variable that names the user is not set in this file".into());
    }
    started_tie(cx, stage, &started_by(cx, stage))
}

fn is_root(user: &str) -> bool {
    matches!(user.split(':').next(), Some("0" | "root" | ""))
}

/// The user of the base image, where that is not root.
fn base_user(stage: &Stage) -> Option<String> {
    let users = stage.family()?.users(&stage.origin()?);
    users.user.filter(|user| !is_root(user))
}

/// The user after the last step that root takes: before the command, or at the end of the stage.
fn placed(cx: &Context<'_>, stage: &Stage, root: usize, user: &str) -> Edit {
    let acts =
        |k| matches!(k, Keyword::Run | Keyword::Copy | Keyword::Add | Keyword::Workdir | Keyword::User);
    let body: Vec<(usize, &Instruction<'_>)> = cx.model.body(stage).collect();
    let last = body.iter().rev().find(|(_, i)| acts(i.keyword)).map_or(root, |(index, _)| *index);
    let starts = |k| matches!(k, Keyword::Cmd | Keyword::Entrypoint);
    match body.iter().find(|(index, i)| *index > last && starts(i.keyword)) {
        Some((_, command)) => insertion(cx, command, user),
        None => after(cx, &cx.document.instructions[last], user),
    }
}

/// `USER` on a line of its own below an instruction, which may end the file without a line end.
fn after(cx: &Context<'_>, instruction: &Instruction<'_>, user: &str) -> Edit {
    let layout = Layout::of(cx.document);
    let end = cx.document.piece(instruction).end;
    let line = format!("{} {user}", layout.keyword("USER"));
    let is_last = !cx.document.text[..end].ends_with('\n');
    let gap = layout.gap();
    let lead = &gap[layout.eol.len()..];
    let text = if is_last { format!("{gap}{line}") } else { format!("{lead}{line}{}", layout.eol) };
    Edit { span: Span::at(end), text }
}
