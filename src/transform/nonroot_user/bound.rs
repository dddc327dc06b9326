//! What ties a container to root: a user that is not root would surely, or very likely, keep it from starting.

use super::super::Context;
use super::super::ladder::{IDLE, RELOADERS, TOOLS, target};
use super::in_root;
use crate::catalog::packages::is_for_root;
use crate::document::{Instruction, Keyword};
use crate::model::{Form, Stage, join};

/// Whether the final stage is made for root.
pub(super) fn is_bound(cx: &Context<'_>, stage: &Stage) -> bool {
    let programs = programs(cx, stage);
    names_root_folder(cx, stage)
        || programs.iter().any(|p| needs_toolchain(p) || is_for_root_alone(p))
        || cx.model.go_image(stage).is_some() && serves_toolchain(&programs)
        || cx.model.body(stage).any(|(index, i)| match i.keyword {
            Keyword::Run => run_is_for_root(cx, (index, i), &programs),
            Keyword::Copy | Keyword::Add => closes(cx, (index, i), &programs),
            _ => false,
        })
        || drops_rights(cx, stage)
}

/// The programs that the command starts, as far as its text tells: the first word of each command in it.
fn programs(cx: &Context<'_>, stage: &Stage) -> Vec<String> {
    let command = cx.model.command(stage);
    let mut found = Vec::new();
    let mut hands_over = true;
    for (_, form) in [&command.entrypoint, &command.cmd].into_iter().flatten() {
        if !hands_over {
            break;
        }
        let own = match form {
            Form::Shell(text) => heads(text),
            Form::Exec(words) => started(words),
        };
        // What a script or an init program is told to start is a program, what others are told is not.
        hands_over = own.last().is_none_or(|p| is_script(p) || IDLE.contains(&file(p)));
        found.extend(own);
    }
    found
}

/// The programs that words in exec form start.
fn started(words: &[String]) -> Vec<String> {
    const INIT: [&str; 7] = ["tini", "tini-static", "dumb-init", "catatonit", "env", "exec", "nohup"];
    let is_option = |w: &&String| w.starts_with('-') || w.contains('=');
    let mut rest = words;
    while let [first, after @ ..] = rest {
        if !INIT.contains(&file(first)) {
            break;
        }
        let options = after.iter().take_while(is_option).count();
        rest = &after[options..];
    }
    match rest {
        [shell, flag, text, ..] if is_shell(shell) && flag.starts_with('-') && flag.ends_with('c') => {
            heads(text)
        }
        [shell, after @ ..] if is_shell(shell) => {
            let script = after.iter().find(|w| !w.starts_with('-'));
            script.or(Some(shell)).into_iter().cloned().collect()
        }
        [program, ..] => vec![program.clone()],
        [] => Vec::new(),
    }
}

/// The first word of each command of a shell text. Taken by its operators alone, so that no text is too odd for it: what
/// it finds too much only keeps a user from being added.
fn heads(text: &str) -> Vec<String> {
    commands(text).into_iter().filter_map(|words| started(&words).into_iter().next()).collect()
}

/// The words of each command of a shell text, without what stands in front of a program.
fn commands(text: &str) -> Vec<Vec<String>> {
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

fn file(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

fn is_shell(word: &str) -> bool {
    matches!(file(word), "sh" | "bash" | "ash" | "dash" | "zsh")
}

fn is_script(program: &str) -> bool {
    let name = file(program);
    let extension = name.rsplit_once('.').map(|(_, e)| e);
    matches!(extension, Some("sh" | "bash" | "py" | "rb" | "pl" | "js")) || name.contains("entrypoint")
}

/// Whether a program builds: its caches and the folders of the toolchain are root's.
fn needs_toolchain(program: &str) -> bool {
    let folder = program.strip_suffix(file(program)).unwrap_or_default();
    let found_by_path =
        matches!(folder, "" | "/usr/bin/" | "/usr/local/bin/" | "/usr/local/go/bin/" | "/bin/")
            || folder.ends_with("go/bin/")
            || folder.starts_with('$');
    found_by_path && (TOOLS.contains(&file(program)) || RELOADERS.contains(&file(program)))
}

/// Whether the image is there for its toolchain: what the container starts is a script, or waits for a person.
fn serves_toolchain(programs: &[String]) -> bool {
    programs.iter().any(|p| is_script(p)) || programs.last().is_some_and(|p| IDLE.contains(&file(p)))
}

/// Whether only root can run a program, or it starts as root to become another user.
fn is_for_root_alone(program: &str) -> bool {
    const PROGRAMS: [&str; 36] = [
        "gosu",
        "su-exec",
        "su",
        "sudo",
        "setuidgid",
        "chpst",
        "chroot",
        "setpriv",
        "sshd",
        "cron",
        "crond",
        "supervisord",
        "runsv",
        "runsvdir",
        "systemd",
        "service",
        "s6-svscan",
        "s6-overlay-suexec",
        "dockerd",
        "containerd",
        "mount",
        "umount",
        "modprobe",
        "insmod",
        "sysctl",
        "ip",
        "tc",
        "iptables",
        "ip6tables",
        "ipset",
        "chown",
        "useradd",
        "adduser",
        "apk",
        "apt-get",
        "apt",
    ];
    PROGRAMS.contains(&file(program)) || program == "/sbin/init"
}

/// Whether root's folder, which is closed to others, is where the program runs or is told of.
fn names_root_folder(cx: &Context<'_>, stage: &Stage) -> bool {
    let runs_there = cx.model.end_state(stage).workdir.is_some_and(|folder| in_root(&folder));
    runs_there
        || cx.model.body(stage).any(|(index, i)| match i.keyword {
            Keyword::Cmd | Keyword::Entrypoint => {
                names_root(i.args()) || ["$HOME", "${HOME", "~/"].iter().any(|home| i.args().contains(home))
            }
            Keyword::Env | Keyword::Volume => names_root(i.args()),
            Keyword::Copy | Keyword::Add => {
                target(cx, index).is_some_and(|path| in_root(&path))
                    || i.words().last().is_some_and(|w| names_root(w.text))
            }
            _ => false,
        })
}

/// Whether a text has `/root` as a path, or the beginning of one.
fn names_root(text: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    text.match_indices("/root").any(|(at, word)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(|c| inside(c) || c == '}' || c == '/') && !after.is_some_and(inside)
    })
}

/// Whether what starts the program is there to give rights up, whoever calls it.
fn drops_rights(cx: &Context<'_>, stage: &Stage) -> bool {
    let names = ["gosu", "su-exec", "s6-overlay", "supervisord.conf"];
    cx.model.body(stage).any(|(_, i)| names.iter().any(|name| i.args().contains(name)))
}

/// Whether a `RUN` adds packages that are of use to root only, or closes what the container starts to others.
fn run_is_for_root(cx: &Context<'_>, (index, i): (usize, &Instruction<'_>), programs: &[String]) -> bool {
    let text = &cx.document.text[i.span.range()];
    let folder = cx.model.state(index).workdir.clone().unwrap_or_default();
    commands(text.get(i.name().len()..).unwrap_or_default()).iter().any(|words| {
        let Some((name, rest)) = words.split_first() else { return false };
        match file(name) {
            "apk" | "apt-get" | "apt" | "aptitude" | "yum" | "dnf" | "microdnf" => {
                rest.iter().any(|w| w == "add" || w == "install") && rest.iter().any(|w| is_for_root(w))
            }
            "chmod" => {
                let mut words = rest.iter().filter(|w| !is_flag(w));
                let closed = words.next().is_some_and(|mode| is_closed(mode));
                let deep = rest.iter().any(|w| w.starts_with('-') && w.contains('R'));
                closed && words.any(|path| programs.iter().any(|p| is_meant(path, p, &folder, deep)))
            }
            _ => false,
        }
    })
}

fn is_flag(word: &str) -> bool {
    word.strip_prefix('-').is_some_and(|w| w.chars().all(|c| "Rcfv-".contains(c) || w.starts_with('-')))
}

/// Whether a `COPY` brings what the container starts with a mode that closes it to others.
fn closes(cx: &Context<'_>, (index, i): (usize, &Instruction<'_>), programs: &[String]) -> bool {
    let closed = i.flag("chmod").is_some_and(is_closed) && i.flag("chown").is_none();
    let brought = |program: &String| {
        i.words().any(|w| file(w.text) == file(program)) || target(cx, index).is_some_and(|t| &t == program)
    };
    closed && programs.iter().any(brought)
}

/// Whether a mode leaves a file that only its owner may execute: `u+x`, `700`, `0744`.
fn is_closed(mode: &str) -> bool {
    if mode.len() >= 3 && mode.chars().all(|c| c.is_digit(8)) {
        return mode.chars().last().and_then(|c| c.to_digit(8)).is_some_and(|others| others & 1 == 0);
    }
    mode.split(',').all(|part| part.starts_with('u') && !part.starts_with("ugo"))
        || mode.split(',').any(|part| {
            part.split_once('-').is_some_and(|(who, what)| who.contains('o') && what.contains(['x', 'r']))
        })
}

/// Whether a path of `chmod` is, or may be, that of a program.
fn is_meant(path: &str, program: &str, folder: &str, deep: bool) -> bool {
    let path = path.trim_matches(['"', '\'']);
    if let Some((_, end)) = path.rsplit_once('*') {
        return program.ends_with(end);
    }
    let whole = join(folder, path);
    file(path) == file(program) || deep && join(folder, program).starts_with(&format!("{whole}/"))
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
            ("", &[]),
        ] {
            assert_eq!(heads(text), expected, "{text}");
        }
    }

    #[test]
    fn root_s_folder_is_told_from_others_of_its_name() {
        for (text, expected) in [
            ("/root", true),
            ("[\"/root/app\"]", true),
            ("A=/root/.cache", true),
            ("/app/root", false),
            ("/rootfs", false),
            ("/go/root/x", false),
            ("${X}/root", false),
        ] {
            assert_eq!(names_root(text), expected, "{text}");
        }
    }

    #[test]
    fn modes_that_close_a_file_to_others() {
        for (mode, expected) in [
            ("700", true),
            ("0744", true),
            ("u+x", true),
            ("u=rwx", true),
            ("go-x", true),
            ("755", false),
            ("+x", false),
            ("a+x", false),
            ("ugo+x", false),
            ("u+x,g+x,o+x", false),
        ] {
            assert_eq!(is_closed(mode), expected, "{mode}");
        }
    }
}
