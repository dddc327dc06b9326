//! `exec_form_command`: the program itself as the first process, not a shell around it.
//!
//! Only where the shell adds nothing: one plain command of literal words. The program then gets signals itself.

use super::{Context, Proposals, Transform};
use crate::document::{Instruction, Keyword};
use crate::edit::{Applicability, Edit};
use crate::model::{Command, Form};
use crate::shell;
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExecFormCommand {}

impl Transform for ExecFormCommand {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let Some(stage) = cx.model.final_stage() else { return };
        let command = cx.model.command(stage);
        let Some((index, text)) = candidate(&command) else { return };
        let instruction = &cx.document.instructions[index];
        if cx.model.end_state(stage).shell.is_some() || cx.document.escape != '\\' {
            return;
        }
        let Some(argv) = argv(text).filter(|words| !IDLE.contains(&words[0].as_str())) else { return };
        let title = format!("write {} in exec form", instruction.name().to_ascii_uppercase());
        let fix = out
            .fix("the program runs under a shell, which keeps signals from it", title, instruction.span)
            .evidence([
                cx.evidence("one plain command: no variable, operator, redirection or pattern", instruction)
            ]);
        let fix = match (&command.entrypoint, &command.base_entrypoint) {
            (Some(_), _) => fix.at_most(
                Applicability::Unsafe,
                "arguments of `docker run`, ignored until now, reach the program",
            ),
            (None, Some(words)) if words.is_empty() => fix,
            (None, Some(_)) => {
                fix.at_most(Applicability::Unsafe, "the base image's entrypoint gets other arguments")
            }
            (None, None) => {
                fix.at_most(Applicability::Unsafe, "the base image may have an entrypoint of its own")
            }
        };
        let fix = if is_program(cx, &argv[0]) {
            fix
        } else {
            fix.at_most(Applicability::Unsafe, "it may be a script without `#!`, which only a shell runs")
        };
        fix.edits([edit(instruction, &argv)]).done();
    }
}

/// The instruction to rewrite: a shell-form ENTRYPOINT without a CMD, or a shell-form CMD without an ENTRYPOINT.
///
/// With both, the forms decide whether CMD's arguments reach ENTRYPOINT, so a change of form is a change of meaning.
fn candidate(command: &Command) -> Option<(usize, &str)> {
    match (&command.entrypoint, &command.cmd) {
        (Some((index, Form::Shell(text))), None) | (None, Some((index, Form::Shell(text)))) => {
            Some((*index, text))
        }
        _ => None,
    }
}

/// The arguments of a plain command; none when a shell is needed to tell them.
pub(super) fn argv(text: &str) -> Option<Vec<String>> {
    let script = shell::parse(text)?;
    let command = script.single()?;
    if !command.assignments.is_empty() || !command.redirects.is_empty() || command.substitutes {
        return None;
    }
    let mut words: Vec<String> = command.literals()?.into_iter().map(str::to_owned).collect();
    if words.first().is_some_and(|w| w == "exec") {
        words.remove(0);
    }
    let name = words.first()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    let text_is_plain = words.iter().all(|w| !w.is_empty() && !w.contains(['\n', '\r', '\\', '\0']));
    // Text in brackets is an exec form gone wrong: what it means is not for us to guess.
    (name.chars().all(plain) && !BUILTINS.contains(&name.as_str()) && !name.starts_with('-') && text_is_plain)
        .then_some(words)
}

/// Programs that do nothing: as first process they would ignore the signals that they get.
const IDLE: [&str; 2] = ["sleep", "tail"];

/// Whether a name is surely one of an executable: one of the system's folders or found by `PATH`, or built by Go here.
fn is_program(cx: &Context<'_>, name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let is_shipped = |i: &Instruction<'_>| {
        let words = || i.words().map(|w| w.text.trim_end_matches('/').rsplit('/').next().unwrap_or_default());
        matches!(i.keyword, Keyword::Copy | Keyword::Add)
            && i.flag("from").is_none()
            && words().any(|w| w == file)
    };
    if cx.document.instructions.iter().any(is_shipped) {
        return false;
    }
    let script = file.contains('.') && !file.starts_with("python") || file.contains("entrypoint");
    let system =
        |n: &str| ["/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/"].iter().any(|folder| n.starts_with(folder));
    let built = || {
        let builds = cx.model.stages.iter().flat_map(|stage| cx.model.go_builds(stage));
        let Some(stage) = cx.model.final_stage() else { return false };
        let path = cx.model.end_state(stage).absolute(name);
        cx.model.stages.len() == 1
            && builds.into_iter().any(|build| path.is_some() && build.file() == path.as_deref())
    };
    !script && (!name.contains('/') || system(name) || built())
}

/// Commands that only a shell has, or that a shell has its own version of.
const BUILTINS: [&str; 44] = [
    ".", ":", "alias", "bg", "break", "builtin", "cd", "command", "continue", "declare", "dirs", "echo",
    "eval", "exec", "exit", "export", "false", "fg", "getopts", "hash", "jobs", "kill", "let", "local",
    "logout", "popd", "printf", "pushd", "pwd", "read", "readonly", "return", "set", "shift", "source",
    "test", "times", "trap", "true", "type", "ulimit", "umask", "unset", "wait",
];

/// Whether only a shell has a command, or has its own version of it.
pub(super) fn is_builtin(name: &str) -> bool {
    BUILTINS.contains(&name)
}

/// The arguments as an array in JSON form.
pub(super) fn json(argv: &[String]) -> String {
    let words: Vec<String> = argv.iter().map(|w| serde_json::Value::from(w.as_str()).to_string()).collect();
    format!("[{}]", words.join(", "))
}

fn edit(instruction: &Instruction<'_>, argv: &[String]) -> Edit {
    debug_assert!(matches!(instruction.keyword, Keyword::Cmd | Keyword::Entrypoint));
    Edit { span: instruction.source(instruction.args), text: json(argv) }
}
