//! `signal_reaches_program`: the signal of `docker stop` reaches the program, which then ends at once and in order.
//!
//! Only told: what takes the place of the command is for those who know the program.

use crate::document::Instruction;
use crate::model::Form;
use crate::shell;
use crate::transform::{Context, Proposals, Transform, exec_form_command};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignalReachesProgram {}

impl Transform for SignalReachesProgram {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        let Some(stage) = cx.model.final_stage() else { return };
        let command = cx.model.command(stage);
        let own_entrypoint = command.base_entrypoint.is_some_and(|words| !gives_way(&words));
        let (index, form) = match (command.entrypoint, command.cmd) {
            (Some(entrypoint), _) => entrypoint,
            // What another entrypoint makes of the command is its own affair.
            (None, Some(cmd)) if !own_entrypoint => cmd,
            _ => return,
        };
        let instruction = &cx.document.instructions[index];
        let Some((message, title)) = trouble(&form) else { return };
        tell(instruction, message, title, out);
    }
}

/// Whether an entrypoint is none, or the script of an official image, which ends in `exec "$@"`.
fn gives_way(words: &[String]) -> bool {
    match words {
        [] => true,
        [script] => script.rsplit('/').next().is_some_and(|name| name == "docker-entrypoint.sh"),
        _ => false,
    }
}

fn tell(instruction: &Instruction<'_>, message: String, title: String, out: &mut Proposals<'_>) {
    out.fix(message, title, instruction.span).done();
}

/// What is in the way of signals, and what to do.
fn trouble(form: &Form) -> Option<(String, String)> {
    match form {
        Form::Exec(words) => of_program(words),
        Form::Shell(text) => match exec_form_command::argv(text) {
            Some(words) => of_program(&words),
            None => of_shell(text),
        },
    }
}

/// Of a program that is the first process itself.
fn of_program(words: &[String]) -> Option<(String, String)> {
    let first = words.first()?;
    let name = first.rsplit('/').next().unwrap_or(first);
    Some(match name {
        "npm" | "yarn" => (
            format!("{name} is the first process: it keeps signals from the program that it starts"),
            "start the program itself, such as `node server.js`".into(),
        ),
        "node" | "nodejs" => (
            "Node.js as the first process ends at SIGTERM only if the program handles it".into(),
            "handle SIGTERM in the program, or run the container with --init".into(),
        ),
        "sleep" | "tail" => (
            format!("{name} as the first process ignores SIGTERM: stopping takes until it is killed"),
            "run the container with --init".into(),
        ),
        _ => return None,
    })
}

/// Of a script: its last command should take the shell's place.
fn of_shell(text: &str) -> Option<(String, String)> {
    let script = shell::parse(text)?;
    let chain = script.chain.as_ref()?;
    let last = script.commands.get(chain.last()?.command)?;
    let name = last.name()?;
    if chain.len() < 2 || name == "exec" || exec_form_command::is_builtin(name) {
        return None;
    }
    let message = format!("some shells wait for {name} as the first process and keep signals from it");
    Some((message, format!("write `exec {name}`, so that it takes the shell's place")))
}

#[cfg(test)]
mod tests {
    use super::SignalReachesProgram;
    use crate::transform::command::told;

    #[test]
    fn what_is_in_the_way_of_signals() {
        let first = |text: &str| told(&SignalReachesProgram {}, text).pop();
        for (command, word) in [
            ("CMD [\"npm\", \"start\"]", "npm"),
            ("CMD yarn start", "yarn"),
            ("CMD [\"/usr/bin/node\", \"x.js\"]", "Node.js"),
            ("ENTRYPOINT [\"tail\", \"-f\", \"/dev/null\"]", "tail"),
            ("CMD migrate && server $PORT", "wait for server"),
        ] {
            let message = first(&format!("FROM node:24\n{command}\n"));
            assert!(message.as_ref().is_some_and(|m| m.contains(word)), "{command}: {message:?}");
        }
        for text in [
            "FROM debian:13\nCMD [\"server\"]\n",
            "FROM debian:13\nCMD migrate && exec server\n",
            "FROM debian:13\nCMD server --port $PORT\n",
            "FROM debian:13\nENTRYPOINT [\"tini\", \"--\"]\nCMD [\"npm\", \"start\"]\n",
            "FROM debian:13\nCMD server & wait\n",
        ] {
            assert_eq!(first(text), None, "{text}");
        }
    }
}
