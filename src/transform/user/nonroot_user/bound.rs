//! What ties a container to root: a user that is not root would surely, or very likely, keep it from starting.

use super::in_root;
use super::program::{commands, file, is_script, programs};
use crate::catalog::packages::is_for_root;
use crate::document::{Instruction, Keyword};
use crate::model::{Stage, join};
use crate::transform::Context;
use crate::transform::ladder::{IDLE, RELOADERS, TOOLS, target};

/// Why the final stage is made for root, if it is.
pub(in crate::transform) fn tie(cx: &Context<'_>, stage: &Stage) -> Option<String> {
    let programs = programs(cx, stage);
    if names_root_folder(cx, stage) {
        return Some("it uses root's folder, which is closed to others".into());
    }
    if let Some(program) = programs.iter().find(|p| needs_toolchain(p)) {
        return Some(format!("{} builds, into folders that are root's", file(program)));
    }
    if let Some(program) = programs.iter().find(|p| is_for_root_alone(p)) {
        return Some(format!("{} is for root", file(program)));
    }
    if cx.model.go_image(stage).is_some() && serves_toolchain(&programs) {
        return Some("it is there for its toolchain, whose folders are root's".into());
    }
    let step = |(index, i): (usize, &Instruction<'_>)| match i.keyword {
        Keyword::Run => run_is_for_root(cx, (index, i), &programs),
        Keyword::Copy | Keyword::Add if closes(cx, (index, i), &programs) => {
            Some("only its owner may run the program".into())
        }
        _ => None,
    };
    cx.model.body(stage).find_map(step).or_else(|| drops_rights(cx, stage))
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
pub(super) fn names_root(text: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    text.match_indices("/root").any(|(at, word)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(|c| inside(c) || c == '}' || c == '/') && !after.is_some_and(inside)
    })
}

/// What starts the program and is there to give rights up, whoever calls it.
fn drops_rights(cx: &Context<'_>, stage: &Stage) -> Option<String> {
    let names = ["gosu", "su-exec", "s6-overlay", "supervisord.conf"];
    let named = |name: &&str| cx.model.body(stage).any(|(_, i)| i.args().contains(*name));
    names
        .iter()
        .find(|name| named(name))
        .map(|name| format!("{name} is there to start programs as other users"))
}

/// Why a `RUN` is for root: it adds packages that are of use to root only, or closes what the container starts to others.
fn run_is_for_root(
    cx: &Context<'_>,
    (index, i): (usize, &Instruction<'_>),
    programs: &[String],
) -> Option<String> {
    let text = &cx.document.text[i.span.range()];
    let folder = cx.model.state(index).workdir.clone().unwrap_or_default();
    commands(text.get(i.name().len()..).unwrap_or_default()).iter().find_map(|words| {
        let (name, rest) = words.split_first()?;
        match file(name) {
            "apk" | "apt-get" | "apt" | "aptitude" | "yum" | "dnf" | "microdnf" => {
                let adds = rest.iter().any(|w| w == "add" || w == "install");
                let package = rest.iter().find(|w| adds && is_for_root(w))?;
                Some(format!("the package {package} is of use to root only"))
            }
            "chmod" => {
                let mut words = rest.iter().filter(|w| !is_flag(w));
                let closed = words.next().is_some_and(|mode| is_closed(mode));
                let deep = rest.iter().any(|w| w.starts_with('-') && w.contains('R'));
                let path = words.find(|path| programs.iter().any(|p| is_meant(path, p, &folder, deep)));
                path.filter(|_| closed).map(|path| format!("only its owner may run {path}"))
            }
            _ => None,
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
