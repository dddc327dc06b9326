//! `read_only_root`: where a container writes, for one whose root file system may be read-only.
//!
//! Only told, and only what the file says: its volumes, and the folders that it gives to a user other than root.

use crate::document::{Instruction, Keyword};
use crate::edit::Evidence;
use crate::model::{Stage, State, expand, join};
use crate::shell::Command;
use crate::transform::{Context, Proposals, Transform};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReadOnlyRoot {}

impl Transform for ReadOnlyRoot {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let Some(stage) = cx.model.final_stage() else { return };
        let found: BTreeMap<String, Evidence> =
            cx.model.chain(stage).flat_map(|stage| written(cx, stage)).collect();
        if found.is_empty() {
            return;
        }
        let paths: Vec<&str> = found.keys().map(String::as_str).collect();
        let paths = paths.join(", ");
        let message = format!("with a read-only root file system these want a volume: {paths}");
        let title = "mount volumes there, and at /tmp, and set readOnlyRootFilesystem: true";
        out.fix(message, title, cx.model.from(stage).span).evidence(found.into_values()).done();
    }
}

/// The folders of a stage that are for writing, with what tells so.
fn written(cx: &Context<'_>, stage: &Stage) -> Vec<(String, Evidence)> {
    let mut found = Vec::new();
    for (index, instruction) in cx.model.body(stage) {
        let (paths, what) = match instruction.keyword {
            Keyword::Volume => (volumes(instruction, cx.model.state(index)), "a volume"),
            Keyword::Run => (given(cx, index), "given to a user by chown"),
            _ => continue,
        };
        let evidence = |path| {
            let evidence = cx.evidence(format!("{path} is {what}"), instruction);
            (path, evidence)
        };
        found.extend(paths.into_iter().map(evidence));
    }
    found
}

/// The paths of a `VOLUME` that are known.
fn volumes(instruction: &Instruction<'_>, state: &State) -> Vec<String> {
    let words: Vec<String> = match &instruction.json {
        Some(words) => words.iter().map(|word| word.value.clone()).collect(),
        None => instruction.words().map(|word| word.text.to_owned()).collect(),
    };
    let known = words.iter().filter_map(|word| expand(word, '\\', &|name| state.variable(name)));
    known.filter(|path| path.starts_with('/')).map(|path| join("", &path)).collect()
}

/// The paths that a `RUN` gives to a user other than root.
fn given(cx: &Context<'_>, index: usize) -> Vec<String> {
    let Some(run) = cx.model.run(index) else { return Vec::new() };
    let folders = cx.model.folders(index);
    let commands = run.script.commands.iter().zip(folders);
    let chown = commands.filter(|(command, _)| command.name() == Some("chown"));
    chown.flat_map(|(command, folder)| paths(cx, index, command, folder.as_deref())).collect()
}

fn paths(cx: &Context<'_>, index: usize, chown: &Command, folder: Option<&str>) -> Vec<String> {
    let words = chown.arguments().iter().map(|word| cx.model.word(index, word));
    let mut words = words.skip_while(|word| word.as_ref().is_some_and(|word| word.starts_with('-')));
    let Some(owner) = words.next().flatten() else { return Vec::new() };
    if matches!(owner.split([':', '.']).next(), Some("" | "0" | "root")) {
        return Vec::new();
    }
    let known = words.flatten().filter(|path| !path.contains(['*', '?', '[']));
    let absolute = known.map(|path| join(folder.unwrap_or_default(), &path));
    absolute.filter(|path| path.starts_with('/') && path != "/").collect()
}

#[cfg(test)]
mod tests {
    use super::ReadOnlyRoot;
    use crate::transform::command::told;

    #[test]
    fn volumes_and_folders_that_are_given_away() {
        let text = "FROM debian:13 AS base\nENV HOME=/home/app\nVOLUME /data $HOME/cache\nFROM base\nWORKDIR /srv\n\
                    RUN mkdir log && chown -R app:app log /var/lib/app && chown root /etc/x\nUSER app\n";
        let paths = "/data, /home/app/cache, /srv/log, /var/lib/app";
        let expected = format!("with a read-only root file system these want a volume: {paths}");
        assert_eq!(told(&ReadOnlyRoot {}, text), [expected]);
        assert!(told(&ReadOnlyRoot {}, "FROM debian:13\nRUN chown $USER /x\n").is_empty());
    }
}
