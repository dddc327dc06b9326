//! `private_keys_closed`: private keys that others can read or that every container shares, and doors that are open to root.

use super::super::{Context, Proposals, Transform};
use super::no_secrets::copied::{copied, is_private_key};
use super::no_secrets::words::is_shipped;
use crate::document::Instruction;
use crate::edit::Applicability;
use crate::shell::Command;
use crate::span::Span;
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::transform) struct PrivateKeysClosed {}

/// Message, title and reason.
type Words = (String, &'static str, &'static str);

impl Transform for PrivateKeysClosed {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for (index, instruction) in cx.document.instructions.iter().enumerate() {
            if let Some((words, at)) = open_copy(cx, index, instruction) {
                tell(out, instruction, at, words);
            }
            let Some(run) = cx.model.run(index).filter(|_| is_shipped(cx, index)) else { continue };
            let mut told = Vec::new();
            for command in &run.script.commands {
                let raw = &instruction.args()[command.span.range()];
                let found = [open_mode(command), made(instruction, command), login(raw)];
                for words in
                    found.into_iter().flatten().filter(|words| !told.contains(words)).collect::<Vec<_>>()
                {
                    told.push(words.clone());
                    tell(out, instruction, run.joined(command.span), words);
                }
            }
        }
    }
}

fn tell(out: &mut Proposals<'_>, instruction: &Instruction<'_>, at: Span, (message, title, reason): Words) {
    out.fix(message, title, instruction.source(at)).at_most(Applicability::Manual, reason).done();
}

/// `COPY --chmod=644 id_rsa`.
fn open_copy(cx: &Context<'_>, index: usize, instruction: &Instruction<'_>) -> Option<(Words, Span)> {
    let flag = instruction.flags.iter().rev().find(|flag| flag.name() == "chmod")?;
    is_open(flag.value()?).then_some(())?;
    let key =
        copied(cx, index, instruction).into_iter().find(|file| file.file.what.contains("private key"))?;
    Some((opened(&key.source), flag.span))
}

fn opened(path: &str) -> Words {
    let name = path.rsplit('/').next().unwrap_or(path);
    (
        format!("every user of the container can read the private key `{name}`"),
        "let its owner alone read it: mode 600 or 400",
        "who needs to read it is not in the file; a key that is mounted when the container runs is in no image",
    )
}

/// `chmod 644 id_rsa`.
fn open_mode(command: &Command) -> Option<Words> {
    if command.name() != Some("chmod") {
        return None;
    }
    let words: Vec<&str> = command.arguments().iter().filter_map(|word| word.literal.as_deref()).collect();
    let mut words = words.into_iter().filter(|word| !word.starts_with('-'));
    words.next().filter(|mode| is_open(mode))?;
    words.find(|path| is_private_key(path)).map(opened)
}

/// Whether a mode lets others read.
fn is_open(mode: &str) -> bool {
    if let Ok(bits) = u32::from_str_radix(mode, 8) {
        return bits & 0o004 != 0;
    }
    let opens = |part: &str| {
        let Some((who, what)) = part.split_once(['+', '=']) else { return false };
        (who.is_empty() || who.contains(['a', 'o'])) && what.contains('r')
    };
    mode.split(',').any(opens)
}

/// Keys that a build makes: every container of the image has the same.
fn made(instruction: &Instruction<'_>, command: &Command) -> Option<Words> {
    let name = command.name()?.rsplit('/').next()?;
    let words: Vec<&str> = command.arguments().iter().filter_map(|word| word.literal.as_deref()).collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    let makes = match name {
        "ssh-keygen" => {
            !has(&["-l", "-y", "-R", "-F", "-i", "-e", "-H", "-B", "-p", "-lf", "-yf"])
                && has(&["-A", "-f", "-t", "-b"])
        }
        "openssl" => has(&["genrsa", "genpkey", "-genkey", "-newkey"]),
        _ => false,
    };
    // A key that the same command line deletes is in no layer.
    let is_deleted = instruction.args().get(command.span.end..).is_some_and(|rest| {
        rest.contains("rm ") && (rest.contains("key") || rest.contains("id_rsa") || rest.contains(".pem"))
    });
    (makes && !is_deleted).then(|| {
        (
            format!("the private key that `{name}` makes is part of the image: all its containers have the same, and all who have it"),
            "make the key when the container starts, or mount it",
            "what uses the key is not in the file",
        )
    })
}

/// What `sshd` is told about who may log in: the last that a command says counts, what `sed` looks for comes before.
fn login(raw: &str) -> Option<Words> {
    let last = |key: &str| {
        let rest = raw.rfind(key).map(|at| raw[at + key.len()..].trim_start_matches(['\\', ' ', '\t']))?;
        rest.strip_prefix("yes").filter(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    };
    let message = if last("PermitEmptyPasswords").is_some() {
        "sshd lets accounts without a password in"
    } else {
        last("PermitRootLogin")?;
        "sshd lets root in with a password"
    };
    Some((
        message.to_owned(),
        "let nobody in but with a key: `PermitRootLogin prohibit-password`",
        "who logs in, and how, is not in the file",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::model::Model;

    fn told(line: &str) -> Vec<String> {
        let text = format!("FROM debian:13\n{line}\n");
        let document = Document::parse(&text);
        let model = Model::new(&document);
        let mut fixes = Vec::new();
        let cx = Context::new(&document, &model, None);
        PrivateKeysClosed {}.propose(&cx, &mut Proposals::new("x", Applicability::Safe, &mut fixes));
        assert!(fixes.iter().all(|fix| fix.edits.is_empty() && fix.applicability == Applicability::Manual));
        fixes.into_iter().map(|fix| fix.message).collect()
    }

    #[test]
    fn open_keys_shared_keys_and_open_doors_are_told() {
        for (line, part) in [
            ("COPY --chmod=644 id_rsa /root/.ssh/", "read the private key `id_rsa`"),
            ("COPY --chmod=a+r tls/server.key /etc/", "read the private key `server.key`"),
            ("RUN chown a /k/id_rsa && chmod 0644 /k/id_rsa", "read the private key `id_rsa`"),
            ("RUN chmod go+r /etc/ssl/private/a.key", "read the private key `a.key`"),
            ("RUN ssh-keygen -A", "the private key that `ssh-keygen` makes"),
            (
                "RUN if true; then /usr/bin/ssh-keygen -t rsa -f /a -N ''; fi",
                "the private key that `ssh-keygen` makes",
            ),
            (
                "RUN openssl req -x509 -newkey rsa:2048 -keyout a.key -out a.crt",
                "the private key that `openssl` makes",
            ),
            ("RUN sed -i 's/^#PermitRootLogin .*/PermitRootLogin yes/' /etc/ssh/sshd_config", "lets root in"),
            ("RUN echo PermitEmptyPasswords yes >> /etc/ssh/sshd_config", "without a password"),
        ] {
            let told = told(line);
            assert!(matches!(told.as_slice(), [message] if message.contains(part)), "{line}: {told:?}");
        }
    }

    #[test]
    fn closed_keys_and_other_commands_are_left_alone() {
        for line in [
            "COPY --chmod=600 id_rsa /root/.ssh/",
            "COPY --chmod=644 id_rsa.pub ca.pem /root/.ssh/",
            "RUN chmod 600 /root/.ssh/id_rsa && chmod u+r /root/.ssh/id_rsa",
            "RUN chmod 755 /usr/bin/run",
            "RUN ssh-keygen -A && rm /etc/ssh/ssh_host_*_key",
            "RUN ssh-keygen -lf /etc/ssh/a && ssh-keygen -R a.b && openssl x509 -in a.crt -text",
            "RUN sed -i 's/PermitRootLogin yes/PermitRootLogin no/' /etc/ssh/sshd_config",
            "FROM debian:13\nCOPY --from=0 /a /b",
        ] {
            assert_eq!(told(line), [""; 0], "{line}");
        }
        assert_eq!(told("RUN ssh-keygen -A\nFROM debian:13"), [""; 0], "a stage that is not shipped");
    }
}
