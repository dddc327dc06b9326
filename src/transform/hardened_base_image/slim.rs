//! The slim variants of the official images: the same programs without compilers and most tools.

use super::Swap;
use crate::catalog::{Answer, Reference, Suite, Tag, listing};
use crate::document::Keyword;
use crate::model::{Command, Form};

/// Whether an image has a slim variant beside it: it is none itself, and not on Alpine.
pub(super) fn has_other(origin: &Reference<'_>) -> bool {
    let text = origin.tag.unwrap_or("latest");
    Tag::parse(text)
        .is_some_and(|tag| !matches!(tag.suite, Suite::Alpine(_)) && tag.words.is_empty() && !tag.prerelease)
}

/// The tag of the slim variant: the same version and suite.
pub(super) fn name(swap: &Swap<'_, '_>, tag: &Tag<'_>, word: &str) -> Result<String, String> {
    let canonical = swap.origin.canonical();
    let tags = listing::of(&canonical).and_then(|listing| listing.tags.as_ref());
    let tags = tags.filter(|tags| tags.date <= swap.cx.view.images.date).ok_or("its tags are not known")?;
    let mut all = tags.all().filter_map(|(text, _)| Some((text, Tag::parse(text)?)));
    let same = |other: &Tag<'_>| {
        other.version == tag.version && other.suite == tag.suite && other.words == [word] && !other.prerelease
    };
    if let Some((text, _)) = all.find(|(_, other)| same(other)) {
        return Ok(format!("{canonical}:{text}"));
    }
    let guess = format!("{canonical}:{}-{word}", swap.origin.tag.unwrap_or("latest"));
    let answer = Reference::parse(&guess).and_then(|guess| swap.cx.view.lookups.answer(&guess));
    match answer {
        Some(Answer::Digest(_)) => Ok(guess),
        _ => Err("no slim variant of this version is built any more: move to a newer release first".into()),
    }
}

/// Commands that the slim variants have: of the shell, of what is in every Debian, and those of the language.
const HAS: [&str; 62] = [
    "[", ":", ".", "addgroup", "adduser", "apt", "apt-get", "bundle", "cat", "cd", "chmod", "chown", "cp",
    "cut", "date", "dpkg", "echo", "env", "exit", "export", "false", "find", "gem", "getent", "grep",
    "groupadd", "head", "id", "install", "ln", "ls", "mkdir", "mv", "node", "npm", "npx", "pip", "pip3",
    "printf", "pwd", "python", "python3", "rails", "rm", "rmdir", "ruby", "sed", "set", "sh", "sleep",
    "sort", "tail", "tar", "tee", "test", "touch", "tr", "true", "useradd", "usermod", "xargs", "yarn",
];

/// What the stage does that takes more than the slim variant has.
pub(super) fn check(swap: &Swap<'_, '_>) -> Result<(), String> {
    let cx = swap.cx;
    let mut installed = String::new();
    for (index, instruction) in swap.body() {
        let line = cx.line(instruction.span.start);
        match instruction.keyword {
            Keyword::Run => {
                let run = cx.model.run(index).ok_or_else(|| format!("line {line}: the RUN can't be read"))?;
                let text = instruction.text.text();
                installed.push_str(text);
                // Package managers call git for such sources.
                let from_git =
                    text.split_whitespace().any(|word| word.contains("git+") || word.contains(".git"));
                if from_git && !installed.split_whitespace().any(|word| word == "git") {
                    return Err(format!("line {line} needs git, which is not in the slim image"));
                }
                for command in &run.script.commands {
                    let name = command.name().ok_or_else(|| format!("line {line}: the RUN can't be read"))?;
                    if !HAS.contains(&name) {
                        return Err(format!("line {line} calls {name}, which may not be in the slim image"));
                    }
                }
            }
            Keyword::Healthcheck => {
                let tool = ["curl", "wget", "nc"].into_iter().find(|tool| instruction.args().contains(tool));
                if let Some(tool) = tool.filter(|tool| !installed.contains(tool)) {
                    return Err(format!("line {line} calls {tool}, which is not in the slim image"));
                }
            }
            _ => {}
        }
    }
    starts(&cx.model.command(swap.stage))
}

/// Whether what the container runs may be in the slim image.
fn starts(command: &Command) -> Result<(), String> {
    let forms = [&command.entrypoint, &command.cmd];
    let calls = forms.into_iter().flatten().any(|(_, form)| {
        let text = match form {
            Form::Exec(words) => words.join(" "),
            Form::Shell(text) => text.clone(),
        };
        text.split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| matches!(word, "git" | "gcc" | "make" | "curl" | "wget"))
    });
    if calls { Err("its command calls a tool that is not in the slim image".into()) } else { Ok(()) }
}
