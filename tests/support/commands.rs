//! Commands of image configs: what runs, whatever the form, and the named reasons for which it may differ.

use super::config::{Config, Judgement, Pair};
use harden::document::{Document, Keyword};

/// Whether a shell runs the words.
fn is_shell(words: &[String]) -> bool {
    matches!(words, [shell, flag, _] if shell == "/bin/sh" && flag == "-c")
}

/// The words of a plain command; none if it takes a shell.
fn words(text: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in text.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some('"') if "$`\\!".contains(c) => return None,
            None if "'\"".contains(c) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => found.extend(word.take()),
            None if ";&|<>$`()*?[]{}#~\\!".contains(c) => return None,
            _ => word.get_or_insert_default().push(c),
        }
    }
    found.extend(word);
    let assigns = found.first().is_none_or(|first: &String| first.contains('='));
    (quote.is_none() && !assigns).then_some(found)
}

/// The folder that a command in shell form enters first, and the rest of its text.
fn entering(text: &str) -> Option<(&str, &str)> {
    let (folder, rest) = text.trim_start().strip_prefix("cd ")?.split_once("&&")?;
    Some((folder.trim(), rest.trim()))
}

/// The folder that the command of a config enters first.
pub fn entered(config: &Config) -> Option<String> {
    let text = [&config.entrypoint, &config.cmd].into_iter().find(|words| is_shell(words))?.get(2)?;
    entering(text).map(|(folder, _)| folder.trim_end_matches('/').to_owned())
}

/// The words that a command comes down to without a shell, as far as one is not needed.
fn plain(command: &[String], pair: &Pair<'_>, found: &mut Judgement) -> Vec<String> {
    if !is_shell(command) {
        return command.to_vec();
    }
    let mut text = command[2].clone();
    if let Some((folder, rest)) = entering(&text)
        && folder.trim_end_matches('/') == pair.after.working_dir.trim_end_matches('/')
    {
        found.allow("a folder that the command enters is WORKDIR");
        text = rest.to_owned();
    }
    if pair.is_converted() && text.starts_with("$GOPATH/") {
        found.allow("command with a variable of Go's image, written out");
        text = text.replacen("$GOPATH/", "/go/", 1);
    }
    let Some(mut words) = words(&text) else { return command.to_vec() };
    if words.first().is_some_and(|word| word == "exec") {
        words.remove(0);
    }
    found.allow("shell form of a plain command in exec form");
    words
}

/// Whether both words name the program, which has another place now.
fn moved(old: &str, new: &str, pair: &Pair<'_>) -> bool {
    let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
    let copied =
        pair.last_stage().any(|line| line.starts_with("COPY ") && line.ends_with(&format!(" {new}")));
    let out_of_root = || {
        let folder = pair.after.working_dir.trim_end_matches('/');
        old.strip_prefix("/root/").is_some_and(|rest| new == format!("{folder}/{rest}"))
    };
    pair.is_converted() && name(old) == name(new) && new.starts_with('/') && (copied || out_of_root())
}

/// Whether two commands are the same but for the place of the program.
fn alike(old: &[String], new: &[String], pair: &Pair<'_>, found: &mut Judgement) -> bool {
    if old == new {
        return true;
    }
    let same = old.len() == new.len() && old.get(1..) == new.get(1..) && moved(&old[0], &new[0], pair);
    if same {
        found.allow("program at another place, with the same arguments");
    }
    same
}

/// Whether what runs is the same, and what of it gives way to arguments after the image's name.
pub fn same_command(pair: &Pair<'_>, found: &mut Judgement) -> bool {
    let (before, after) = (pair.before, pair.after);
    if (&before.entrypoint, &before.cmd) == (&after.entrypoint, &after.cmd) {
        return true;
    }
    // A shell that is the entrypoint takes no arguments of CMD.
    let ignored = is_shell(&before.entrypoint) && !before.cmd.is_empty();
    if ignored && !is_shell(&after.entrypoint) && !after.cmd.is_empty() {
        return false;
    }
    let wrapped = |words: &[String]| words.starts_with(&["go-wrapper".to_owned(), "run".to_owned()]);
    for ((old, new), [kept, same]) in [
        ((&before.entrypoint, &after.entrypoint), [&before.cmd, &after.cmd]),
        ((&before.cmd, &after.cmd), [&before.entrypoint, &after.entrypoint]),
    ] {
        if wrapped(old) && !new.is_empty() && old[2..] == new[1..] && kept == same {
            return found.explained("go-wrapper's program by its own name");
        }
    }
    if before.entrypoint.is_empty() && before.cmd.is_empty() {
        let triggered =
            pair.source.contains("onbuild") && after.cmd.len() == 1 && after.entrypoint.is_empty();
        return triggered && found.explained("command of Go's image with triggers, written out");
    }
    let init = ["dumb-init", "tini"].iter().any(|init| before.entrypoint == [*init]);
    if init && after.entrypoint.is_empty() && pair.include_unsafe && before.cmd == after.cmd {
        return found.explained("init program gone");
    }
    if !before.entrypoint.is_empty() {
        // Words of CMD are arguments here, also those of a shell.
        let entrypoint = plain(&before.entrypoint, pair, found);
        return alike(&entrypoint, &after.entrypoint, pair, found)
            && (ignored && after.cmd.is_empty() || before.cmd == after.cmd);
    }
    let cmd = plain(&before.cmd, pair, found);
    if after.entrypoint.is_empty() {
        return alike(&cmd, &after.cmd, pair, found);
    }
    let all: Vec<String> = after.entrypoint.iter().chain(&after.cmd).cloned().collect();
    let same = after.entrypoint.len() == 1 && cmd != all && alike(&cmd, &all, pair, found);
    same && found.explained("CMD as ENTRYPOINT where the program has another place")
}

/// The names of what the final stage of a text copies into a folder.
pub fn copied_to(source: &str, folder: &str) -> Vec<String> {
    let document = Document::parse(source);
    let mut found = Vec::new();
    let mut current = String::new();
    for instruction in &document.instructions {
        let words: Vec<&str> = instruction.words().map(|word| word.text).collect();
        let join = |path: &str| {
            let path = path.trim_start_matches("./");
            let full = if path.starts_with('/') { path.to_owned() } else { format!("{current}/{path}") };
            full.trim_end_matches(['/', '.']).to_owned()
        };
        match (&instruction.keyword, words.as_slice()) {
            (Keyword::From, _) => {
                found.clear();
                current.clear();
            }
            (Keyword::Workdir, [path]) => current = join(path),
            (Keyword::Copy | Keyword::Add, [sources @ .., target]) if join(target) == folder => {
                found.extend(sources.iter().map(|source| (*source).to_owned()));
            }
            _ => {}
        }
    }
    found
}
