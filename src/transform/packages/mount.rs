//! Caches that a build keeps and the image does not: `RUN --mount=type=cache`.

use super::called::file_name;
use crate::document::Instruction;
use crate::edit::Edit;
use crate::model::Run;
use crate::span::Span;
use crate::transform::Context;
use serde::Deserialize;

/// What becomes of a cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Cache {
    /// It is not kept.
    #[default]
    Remove,
    /// The build keeps it.
    Mount,
}

/// Whether a mount of an instruction may hold a folder that ends so in somebody's home.
pub(super) fn may_cover(instruction: &Instruction<'_>, end: &str) -> bool {
    let last = file_name(end);
    let mounts = instruction.flags.iter().filter(|flag| flag.name() == "mount");
    mounts.filter_map(|mount| mount.value()).filter(|value| value.contains("type=cache")).any(|value| {
        let target = value.split(',').find_map(|field| {
            ["target=", "dst=", "destination="].iter().find_map(|key| field.strip_prefix(key))
        });
        target.is_none_or(|target| {
            target.contains('$')
                || target.contains(last)
                || target.contains(".cache")
                || matches!(target.trim_end_matches('/'), "/root" | "/home")
        })
    })
}

/// The mount of a folder in root's home; none where the `RUN` or a part of it is another user's, or mounts are not known.
pub(super) fn edit(cx: &Context<'_>, index: usize, run: &Run, folder: &str) -> Option<Edit> {
    let state = cx.model.state(index);
    let is_root = matches!(
        state.user.as_deref().map(|user| user.split(':').next().unwrap_or(user)),
        Some("root" | "0")
    );
    let homes = ["HOME", "XDG_CACHE_HOME"].iter().all(|name| state.set(name).is_none());
    let others = ["sudo", "su", "gosu", "su-exec", "runuser", "setpriv", "chroot"];
    let changes = |name: &str| others.contains(&file_name(name)) || name.contains("HOME=");
    let words = run.script.commands.iter().flat_map(|command| &command.words);
    let alone = words.filter_map(|word| word.literal.as_deref()).all(|word| !changes(word));
    let instruction = &cx.document.instructions[index];
    if !is_root || !homes || !alone || !knows_mounts(cx) || instruction.args().contains("HOME=") {
        return None;
    }
    let end = instruction.source(instruction.name).end;
    let text = format!(" --mount=type=cache,target=/root/{folder}");
    Some(Edit { span: Span::at(end), text })
}

/// Whether the frontend that a text names knows `RUN --mount`: that of 1.2 and later, and the engine's own.
fn knows_mounts(cx: &Context<'_>) -> bool {
    let Some(syntax) = cx.document.directives.iter().find(|directive| directive.name == "syntax") else {
        return true;
    };
    let image = syntax.value.strip_prefix("docker.io/").unwrap_or(syntax.value);
    let Some(tag) = image.strip_prefix("docker/dockerfile:") else { return image == "docker/dockerfile" };
    let tag = tag.split(['@', '-']).next().unwrap_or(tag);
    let mut parts = tag.split('.').map(str::parse::<u32>);
    match (parts.next(), parts.next()) {
        (Some(Ok(1)), None) => true,
        (Some(Ok(1)), Some(Ok(minor))) => minor >= 2,
        _ => tag == "latest",
    }
}
