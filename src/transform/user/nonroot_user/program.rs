//! What a command starts, as far as its text tells. Taken by operators alone, so that no text is too odd for it: what it
//! finds too much only keeps a user from being added.

use crate::model::{Form, Stage};
use crate::transform::Context;
use crate::transform::ladder::IDLE;

/// The commands that a container starts, each as its words.
pub(in crate::transform) fn started_by(cx: &Context<'_>, stage: &Stage) -> Vec<Vec<String>> {
    let command = cx.model.command(stage);
    let form = |part: Option<(usize, Form)>| part.map(|(_, form)| form);
    let (entrypoint, cmd) = (form(command.entrypoint), form(command.cmd));
    let mut found = match (&entrypoint, &cmd) {
        (Some(Form::Exec(first)), Some(Form::Exec(more))) if !stripped(first).is_empty() => {
            started(&[first.as_slice(), more.as_slice()].concat())
        }
        (Some(form), _) => of(form),
        (None, _) => Vec::new(),
    };
    // What a script or an init program is told to start is a program, what others are told is not.
    let last = found.last().map(|words| words[0].as_str());
    if last.is_none_or(|p| is_script(p) || IDLE.contains(&file(p))) {
        found.extend(cmd.as_ref().map(of).unwrap_or_default());
    }
    found
}

/// The programs that a container starts.
pub(in crate::transform) fn programs(cx: &Context<'_>, stage: &Stage) -> Vec<String> {
    started_by(cx, stage).into_iter().filter_map(|words| words.into_iter().next()).collect()
}

fn of(form: &Form) -> Vec<Vec<String>> {
    match form {
        Form::Shell(text) => all(text),
        Form::Exec(words) => started(words),
    }
}

/// The words behind an init program and its options.
fn stripped(words: &[String]) -> &[String] {
    const INIT: [&str; 7] = ["tini", "tini-static", "dumb-init", "catatonit", "env", "exec", "nohup"];
    let is_option = |w: &&String| w.starts_with('-') || w.contains('=');
    let mut rest = words;
    while let [first, after @ ..] = rest {
        if !first.is_empty() && !INIT.contains(&file(first)) {
            break;
        }
        let options = after.iter().take_while(is_option).count();
        rest = &after[options..];
    }
    rest
}

/// The commands that words in exec form start.
fn started(words: &[String]) -> Vec<Vec<String>> {
    match stripped(words) {
        [shell, after @ ..] if is_shell(shell) => {
            let options = after.iter().take_while(|w| w.starts_with('-')).count();
            let is_text = after[..options].iter().any(|w| w.ends_with('c') && !w.starts_with("--"));
            match after.get(options) {
                Some(text) if is_text => all(text),
                Some(_) => vec![after[options..].to_vec()],
                None => vec![vec![shell.clone()]],
            }
        }
        [] => Vec::new(),
        [waiting, after @ ..] if file(waiting).starts_with("wait-for") || file(waiting) == "dockerize" => {
            match after.iter().position(|w| w == "--") {
                Some(at) => started(&after[at + 1..]),
                None => vec![vec![waiting.clone()]],
            }
        }
        rest => vec![rest.to_vec()],
    }
}

/// The commands of a shell text.
pub(in crate::transform) fn all(text: &str) -> Vec<Vec<String>> {
    commands(text).into_iter().flat_map(|words| started(&words)).collect()
}

/// The words of each command of a shell text, without what stands in front of a program.
pub(in crate::transform) fn commands(text: &str) -> Vec<Vec<String>> {
    const LEADING: [&str; 17] = [
        "if", "then", "else", "elif", "do", "while", "until", "!", "exec", "time", "env", "nohup", "sudo",
        "set", "-e", "-x", "-c",
    ];
    let text = text.replace("\\\n", " ").replace("\\\r\n", " ");
    let ends = |c: char| ";&|()`\n\r{}\"'".contains(c);
    let is_leading = |w: &&str| {
        LEADING.contains(w) || w.split_once('=').is_some_and(|(name, _)| !name.contains(['/', '-']))
    };
    text.split(ends)
        .map(|piece| piece.split_whitespace().skip_while(is_leading).map(str::to_owned).collect())
        .filter(|words: &Vec<String>| !words.is_empty())
        .collect()
}

/// The file's name of a program.
pub(in crate::transform) fn file(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

pub(super) fn is_shell(word: &str) -> bool {
    matches!(file(word), "sh" | "bash" | "ash" | "dash" | "zsh")
}

/// Whether a program is a script by its name.
pub(super) fn is_script(program: &str) -> bool {
    let name = file(program);
    let extension = name.rsplit_once('.').map(|(_, e)| e);
    matches!(extension, Some("sh" | "bash" | "py" | "rb" | "pl" | "js")) || name.contains("entrypoint")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_of_a_shell_text() {
        for (text, expected) in [
            ("./app -v", &["./app"][..]),
            ("if [ $A = b ]; then app; else go get x && fresh; fi", &["[", "app", "go", "fresh", "fi"]),
            ("A=1 exec gosu me app", &["gosu"]),
            ("sh -c \"go run *.go\"", &["sh", "go"]),
            ("tini -- make serve", &["make"]),
            ("bash -l -c \"bundle install\"", &["bash", "bundle"]),
            ("wait-for-it.sh db:5432 -- python app.py", &["python"]),
            ("", &[]),
        ] {
            let found: Vec<String> = all(text).into_iter().map(|words| words[0].clone()).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
