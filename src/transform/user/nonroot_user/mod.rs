//! `nonroot_user`: the container runs as a user that is not root.
//!
//! A number, so that Kubernetes can check it. `shown` is for images without a shell and those of Go programs: a number
//! alone, safe where nothing can be missed. `other` is for all others: the image's own user, or one that is made, with the
//! folders that the program writes to. `bound` and `roles` tell why a container is started by root; `script` reads what
//! starts it.

mod account;
mod bound;
mod other;
mod owned;
mod program;
mod roles;
mod script;
mod shown;

pub(super) use other::started_tie;
pub(super) use program::{commands, file, started_by};

use crate::document::{Instruction, Keyword};
use crate::edit::Edit;
use crate::model::{Base, Form, Stage};
use crate::span::Span;
use crate::transform::ladder::Rung;
use crate::transform::layout::Layout;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;

/// The verb and its parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::transform) struct NonrootUser {
    /// User and group for `USER`, where the image has none of its own.
    #[serde(deserialize_with = "crate::transform::user_param::not_root")]
    user: String,
}

impl Transform for NonrootUser {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let Some(stage) = cx.model.final_stage().filter(|_| cx.highest <= Rung::InPlace) else { return };
        let is_go = cx.model.go_image(stage).is_some() || cx.assessment().is_some();
        let shell_less = stage.base == Base::Scratch || stage.facts().is_some_and(|f| !f.shell);
        if is_go || shell_less {
            shown::propose(self, cx, stage, out);
        } else {
            other::propose(self, cx, stage, out);
        }
    }
}

/// Whether the stage is for others to build on, or has a file that only its owner, root, may read.
fn has_locked_file(cx: &Context<'_>, stage: &Stage) -> bool {
    cx.model.body(stage).any(|(_, i)| match i.keyword {
        Keyword::Onbuild => true,
        Keyword::Copy | Keyword::Add => is_locked(i),
        _ => false,
    })
}

/// Whether a file that comes may be read by root alone: by its mode, or because `ADD` fetches it, which gives it mode 600.
pub(in crate::transform) fn is_locked(i: &Instruction<'_>) -> bool {
    if i.flag("chown").is_some() {
        return false;
    }
    match i.flag("chmod") {
        Some(mode) => {
            let digits = mode.len() >= 3 && mode.chars().all(|c| c.is_digit(8));
            digits && mode.chars().last().and_then(|c| c.to_digit(8)).is_some_and(|others| others & 4 == 0)
        }
        None => {
            i.keyword == Keyword::Add
                && i.words().any(|w| w.text.contains("://") && w.text.strip_suffix(".git").is_none())
        }
    }
}

/// Whether a path is in root's folder, which is closed to other users.
pub(in crate::transform) fn in_root(path: &str) -> bool {
    path == "/root" || path.starts_with("/root/")
}

/// Whether a word, such as one of `EXPOSE`, is a port below 1024.
pub(in crate::transform) fn low_port(word: &str) -> bool {
    let number = word.split(['/', '-']).next().unwrap_or_default();
    number.parse::<u32>().is_ok_and(|port| (1..1024).contains(&port))
}

/// The instruction before which a user belongs, and the form of the program: the first of ENTRYPOINT and CMD.
///
/// None when there is no command, or when a later step would run as the new user.
fn main<'c>(cx: &Context<'c>, stage: &Stage) -> Option<(&'c Instruction<'c>, Form)> {
    let command = cx.model.command(stage);
    let (index, form) = match (command.entrypoint, command.cmd) {
        (Some((e, form)), Some((c, _))) => (e.min(c), form),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => return None,
    };
    let acts = |k| matches!(k, Keyword::Run | Keyword::Copy | Keyword::Add | Keyword::Workdir);
    let later = cx.model.body(stage).any(|(i, x)| i > index && acts(x.keyword));
    (!later).then(|| (&cx.document.instructions[index], form))
}

/// `USER` on a line of its own above an instruction and its comments.
pub(in crate::transform) fn insertion(cx: &Context<'_>, instruction: &Instruction<'_>, user: &str) -> Edit {
    let layout = Layout::of(cx.document);
    let text = format!("{} {user}{}", keyword(layout, instruction, "USER"), layout.gap());
    Edit { span: Span::at(cx.document.block_start(instruction)), text }
}

/// A keyword in the case of its neighbour, or where that mixes cases, in that of the file.
fn keyword(layout: Layout, neighbour: &Instruction<'_>, name: &str) -> String {
    let letters = neighbour.name();
    if letters.chars().all(|c| c.is_ascii_lowercase()) {
        name.to_lowercase()
    } else if letters.chars().all(|c| c.is_ascii_uppercase()) {
        name.to_owned()
    } else {
        layout.keyword(name)
    }
}
