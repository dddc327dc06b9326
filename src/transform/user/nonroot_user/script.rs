//! The scripts that start a program: what they call, and what they write.

use super::program::{commands, file, is_shell};
use super::roles;
use crate::document::{Instruction, Keyword};
use crate::model::{Form, Stage};
use crate::transform::Context;
use crate::transform::ladder::context::Landed;
use crate::transform::ladder::target;

/// Why what starts the container may need root, as far as the scripts tell that it starts.
pub(super) fn tie(cx: &Context<'_>, stage: &Stage, started: &[Vec<String>]) -> Option<String> {
    let told = texts(cx, stage).iter().find_map(|text| needs(text));
    if let Some(what) = told {
        return Some(format!("the command: {what}"));
    }
    let sources = copied_scripts(cx, stage);
    let is_script = |p: &&String| is_shell_script(p) || sources.iter().any(|target| file(target) == file(p));
    let is_told = |w: &&String| is_sh(w) && !w.starts_with('-');
    let programs = started.iter().filter_map(|words| words.first()).filter(is_script);
    let mut scripts =
        programs.chain(started.iter().flat_map(|words| words.iter().skip(1)).filter(is_told)).peekable();
    scripts.peek()?;
    let landed = Landed::of(cx, stage);
    scripts.find_map(|program| {
        let read = landed.as_ref().and_then(|landed| read(cx, stage, landed, program));
        let Some(text) = read else {
            return Some(format!("what {} does as root can't be read here", file(program)));
        };
        needs(&text).map(|what| format!("{}: {what}", file(program)))
    })
}

/// The shell texts of a command.
fn texts(cx: &Context<'_>, stage: &Stage) -> Vec<String> {
    let command = cx.model.command(stage);
    let forms = [command.entrypoint, command.cmd].into_iter().flatten().map(|(_, form)| form);
    let text = |form| match form {
        Form::Shell(text) => Some(text),
        Form::Exec(words) => {
            let is_text =
                words.first().is_some_and(|w| is_shell(w)) && words.iter().any(|w| w == "-c" || w == "-lc");
            words.last().filter(|_| is_text).cloned()
        }
    };
    forms.filter_map(text).collect()
}

/// What `npm start` and the like run, where the project tells.
pub(super) fn package_script(cx: &Context<'_>, stage: &Stage, words: &[String]) -> Option<String> {
    let manager = file(words.first()?);
    if !matches!(manager, "npm" | "yarn" | "pnpm") {
        return None;
    }
    let mut plain = words[1..].iter().filter(|w| !w.starts_with('-')).map(String::as_str);
    let first = plain.next()?;
    let name = if matches!(first, "run" | "run-script") { plain.next()? } else { first };
    let path = cx.model.end_state(stage).absolute("package.json")?;
    let text = cx.project?.text(&Landed::of(cx, stage)?.context(&path)?)?;
    let package: serde_json::Value = serde_json::from_str(&text).ok()?;
    Some(package.get("scripts")?.get(name)?.as_str()?.to_owned())
}

/// Whether a path ends the way shell scripts do.
fn is_sh(path: &str) -> bool {
    path.strip_suffix(".sh").is_some()
}

/// Whether a program is a shell script by its name.
fn is_shell_script(program: &str) -> bool {
    const PARTS: [&str; 14] = [
        "boot",
        "bootstrap",
        "entry",
        "entrypoint",
        "init",
        "launch",
        "launcher",
        "run",
        "runner",
        "setup",
        "start",
        "starter",
        "startup",
        "wrapper",
    ];
    let name = file(program);
    let extension = name.rsplit_once('.').map(|(_, e)| e);
    let named =
        || name.split(['-', '_', '.']).any(|part| PARTS.contains(&part)) || name.contains("entrypoint");
    matches!(extension, Some("sh" | "bash"))
        || !matches!(extension, Some("js" | "py" | "rb" | "pl" | "jar")) && named()
}

/// Where the stage puts files that are shell scripts by the name that they have in the context.
fn copied_scripts(cx: &Context<'_>, stage: &Stage) -> Vec<String> {
    let copies = cx.model.body(stage).filter(|(_, i)| matches!(i.keyword, Keyword::Copy | Keyword::Add));
    let is_script = |i: &Instruction<'_>| i.words().next().is_some_and(|w| is_sh(w.text));
    copies.filter(|(_, i)| is_script(i)).filter_map(|(index, _)| target(cx, index)).collect()
}

fn read(cx: &Context<'_>, stage: &Stage, landed: &Landed<'_>, program: &str) -> Option<String> {
    let state = cx.model.end_state(stage);
    let folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
    let paths: Vec<String> = if program.contains('/') {
        vec![state.absolute(program)?]
    } else {
        let found = folders.iter().map(|folder| format!("{folder}/{program}"));
        // `sh start.sh` looks in the working directory.
        found.chain(state.absolute(program)).collect()
    };
    let place = paths.iter().find_map(|path| landed.context(path))?;
    cx.project?.text(&place)
}

/// What of a script needs root.
fn needs(text: &str) -> Option<String> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let text = lines.collect::<Vec<_>>().join("\n");
    if text.contains("docker.sock") || text.contains("/root") {
        return Some("it uses what is root's".into());
    }
    let redirect = text.split('>').skip(1).find_map(|rest| outside(rest.split_whitespace().next()?));
    redirect
        .map(|path| format!("it writes {path}"))
        .or_else(|| commands(&text).iter().find_map(|words| command_needs(words)))
}

fn command_needs(words: &[String]) -> Option<String> {
    const CHANGES: [&str; 13] = [
        "chgrp", "chmod", "cp", "envsubst", "install", "ln", "mkdir", "mv", "rm", "sed", "tar", "tee",
        "touch",
    ];
    const OTHERS: [&str; 14] = [
        "adduser", "chown", "chpst", "chroot", "gosu", "groupadd", "mount", "runuser", "setpriv", "sshd",
        "su", "su-exec", "sudo", "useradd",
    ];
    let name = file(words.first()?);
    if OTHERS.contains(&name) {
        return Some(format!("it calls {name}"));
    }
    if CHANGES.contains(&name) {
        let plain = words[1..].iter().filter(|w| !w.starts_with('-'));
        let mut closed = plain.filter_map(|word| written(word));
        return closed.next_back().map(|path| format!("it writes {path}"));
    }
    let idle = is_shell(words.first()?) || matches!(name, "true" | "sleep" | "tail" | "cat");
    if idle { None } else { roles::why(words) }
}

/// A path of a command that changes files: one in the working directory belongs to root as well.
fn written(word: &str) -> Option<&str> {
    let plain =
        word.chars().all(|c| c.is_ascii_alphanumeric() || "/_.-*".contains(c)) && !word.starts_with("tmp/");
    if word.starts_with('/') { outside(word) } else { Some(word).filter(|_| plain) }
}

/// A path that only root may write to.
fn outside(word: &str) -> Option<&str> {
    let path = word.trim_matches(['"', '\'', '&', ';', ')']);
    let open = ["/dev/", "/tmp/", "/proc/self/", "/var/tmp/"].iter().any(|folder| path.starts_with(folder));
    (path.starts_with('/') && path.len() > 1 && !open).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_of_a_script_needs_root() {
        for (text, expected) in [
            ("#!/bin/sh\nset -e\nexec \"$@\"\n", None),
            ("#!/bin/sh\n# chown it\npython manage.py migrate\nexec gunicorn app > /dev/stdout\n", None),
            ("chown -R app /data\nexec su-exec app server\n", Some("it calls chown")),
            ("echo \"$HOSTS\" >> /etc/hosts\n", Some("it writes /etc/hosts")),
            ("sed -i s/a/b/ /srv/config\nexec app\n", Some("it writes /srv/config")),
            (
                "service redis start\nexec app\n",
                Some("service starts other programs, as users that its settings name"),
            ),
            (
                "exec nginx -g 'daemon off;'\n",
                Some("nginx starts as root and gives that up in its own processes"),
            ),
            ("mkdir -p /tmp/x\nnode app.js\n", None),
            ("rm -f tmp/pids/server.pid\nexec rails s\n", None),
            ("cp settings.sample.py settings.py\npython app.py\n", Some("it writes settings.py")),
        ] {
            assert_eq!(needs(text).as_deref(), expected, "{text}");
        }
    }
}
