//! What stages do with an image that ended, and whether they can do it with another.

use super::super::Context;
use crate::catalog::{Libc, Reference, Retired};
use crate::document::{Instruction, Keyword};
use crate::model::{Command, Form, Stage};

/// Programs that add packages.
const MANAGERS: [&str; 6] = ["apt-get", "apt", "apk", "yum", "dnf", "microdnf"];

/// Why a stage can't stand on the new image, if it can't as far as the text tells.
pub(super) fn moves(cx: &Context<'_>, stage: &Stage, retired: &Retired, new: &str) -> Result<(), String> {
    let reference = Reference::parse(new).ok_or("its new name is none")?;
    lacks_platform(cx, stage, &reference)?;
    let facts = reference.family().and_then(|family| family.facts(&reference));
    let is_alpine = facts.as_ref().is_some_and(|facts| facts.libc == Libc::Musl);
    let manager = facts.and_then(|facts| facts.package_manager);
    for part in cx.model.stages.iter().filter(|part| cx.model.chain(part).any(|s| s.index == stage.index)) {
        for (index, instruction) in cx.model.body(part) {
            let text = instruction.text.text();
            if let Some(path) = retired.paths.iter().find(|path| text.contains(path.as_str())) {
                let line = cx.line(instruction.span.start);
                return Err(format!("line {line} names {path}, which is another in the new image"));
            }
            if let Some(why) = lacking(cx, index, retired).filter(|_| !is_alpine) {
                return Err(why);
            }
            if let Some(used) = manager.as_deref().and_then(|manager| other_manager(cx, index, manager)) {
                return Err(format!("packages are added with {used}, which the new image does not have"));
            }
        }
    }
    Ok(())
}

/// Programs by the packages that bring them, where the names differ.
const PACKAGES: [(&str, &str); 5] = [
    ("gpg", "gnupg"),
    ("hg", "mercurial"),
    ("svn", "subversion"),
    ("addgroup", "adduser"),
    ("xz", "xz-utils"),
];

/// What a `RUN` needs that the new image has not: a program, or a number for a user.
fn lacking(cx: &Context<'_>, index: usize, retired: &Retired) -> Option<String> {
    let instruction = &cx.document.instructions[index];
    if instruction.keyword != Keyword::Run {
        return None;
    }
    let line = cx.line(instruction.span.start);
    let own: Vec<&str> = words(instruction.text.text()).collect();
    // `tar` calls programs by the endings of archives.
    let calls = |program: &str| match program {
        "bzip2" => {
            own.iter().any(|word| *word == program || [".tar.bz2", ".tbz2"].iter().any(|e| word.contains(e)))
        }
        "xz" => {
            own.iter().any(|word| *word == program || [".tar.xz", ".txz"].iter().any(|e| word.contains(e)))
        }
        program => own.contains(&program),
    };
    // What a step installs first is there, as far as the text tells.
    if let Some(program) =
        retired.lacks.iter().find(|program| calls(program) && !installs(cx, index, program))
    {
        return Some(format!("line {line} needs {program}, which the new image may not have"));
    }
    let makes = ["useradd", "adduser", "groupadd", "addgroup"].into_iter().any(|name| own.contains(&name));
    let says = |i: &Instruction<'_>, number: &str| words(i.text.text()).any(|word| word == number);
    let settings =
        || cx.document.instructions.iter().filter(|i| matches!(i.keyword, Keyword::Arg | Keyword::Env));
    let number =
        retired.taken.iter().find(|number| says(instruction, number) || settings().any(|i| says(i, number)));
    let number = number.filter(|_| makes)?;
    Some(format!("line {line} makes an account with the number {number}, which is taken in the new image"))
}

/// Whether this `RUN` or one before it installs what brings a program.
fn installs(cx: &Context<'_>, index: usize, program: &str) -> bool {
    let package = PACKAGES.iter().find(|(name, _)| *name == program).map_or(program, |(_, package)| package);
    cx.document.instructions[..=index].iter().filter(|i| i.keyword == Keyword::Run).any(|instruction| {
        let words: Vec<&str> = words(instruction.text.text()).collect();
        let at = words.iter().position(|word| *word == "install");
        at.is_some_and(|at| words[at..].contains(&package))
    })
}

/// The words of a shell text, roughly: what stands between blanks and operators.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || ";&|()=\"'`\\".contains(c)).filter(|word| !word.is_empty())
}

/// A package manager that a `RUN` calls and that is not the one of an image.
fn other_manager(cx: &Context<'_>, index: usize, manager: &str) -> Option<&'static str> {
    if cx.document.instructions[index].keyword != Keyword::Run {
        return None;
    }
    let same = |name: &str| match manager {
        "apt" => name.starts_with("apt"),
        "yum" | "dnf" => matches!(name, "yum" | "dnf"),
        manager => name == manager,
    };
    let text = cx.document.instructions[index].text.text();
    let calls = |name: &str| words(text).any(|word| word == name);
    MANAGERS.into_iter().find(|name| !same(name) && calls(name))
}

/// Whether a stage asks for a platform that the new image is not built for.
fn lacks_platform(cx: &Context<'_>, stage: &Stage, new: &Reference<'_>) -> Result<(), String> {
    let Some(platform) = cx.model.from(stage).flag("platform").and_then(|text| text.strip_prefix("linux/"))
    else {
        return Ok(());
    };
    let listing = new.family().and_then(crate::catalog::Family::listing);
    let row = listing.and_then(|l| l.tags.as_ref()?.row(new.tag.unwrap_or("latest")));
    let Some(row) = row.filter(|_| !platform.contains('$')) else { return Ok(()) };
    let (wanted, _) = platform.split_once("/v8").unwrap_or((platform, ""));
    if row.architectures.iter().any(|known| known == wanted) {
        return Ok(());
    }
    Err(format!("the new image is not built for linux/{platform}"))
}

/// Why files of the stages on an image may not fit where folders are links in the new one.
pub(super) fn covers_link(cx: &Context<'_>, stage: usize, links: &[String]) -> Option<String> {
    if links.is_empty() {
        return None;
    }
    for part in cx.model.built_on(&cx.model.stages[stage]) {
        let command = cx.model.command(part);
        let copies = cx.model.body(part).filter(|(_, i)| matches!(i.keyword, Keyword::Copy | Keyword::Add));
        for (index, instruction) in copies {
            if may_cover(cx, index, instruction, links, &command) {
                let line = cx.line(instruction.span.start);
                let named = links.join(", ");
                return Some(format!(
                    "line {line} may bring folders for {named}, which are links in the new image: a build refuses them"
                ));
            }
        }
    }
    None
}

/// Why what an instruction takes from the new image may be links where it was folders.
pub(super) fn takes_link(instruction: &Instruction<'_>, links: &[String]) -> Option<String> {
    let words = paths(instruction);
    let sources = words.split_last().map_or(&[] as &[String], |(_, sources)| sources);
    let plain = |source: &String| {
        let folder = format!("/{}", source.trim_matches('/'));
        folder != "/" && !links.contains(&folder) && !source.contains(['$', '*', '?', '['])
    };
    let is_copy = instruction.keyword == Keyword::Copy;
    let is_plain = links.is_empty() || (is_copy && !sources.is_empty() && sources.iter().all(plain));
    (!is_plain).then(|| format!("{} are links in the new image, and were folders", links.join(", ")))
}

/// The paths that an instruction names.
fn paths(instruction: &Instruction<'_>) -> Vec<String> {
    match &instruction.json {
        Some(words) => words.iter().map(|word| word.value.clone()).collect(),
        None => instruction.words().map(|word| word.text.to_owned()).collect(),
    }
}

/// Whether a `COPY` may bring a folder that is a link.
fn may_cover(
    cx: &Context<'_>,
    index: usize,
    instruction: &Instruction<'_>,
    links: &[String],
    command: &Command,
) -> bool {
    let words = paths(instruction);
    let Some((target, sources)) = words.split_last() else { return true };
    let Some(folder) = cx.model.state(index).absolute(target).filter(|path| !path.contains('$')) else {
        return true;
    };
    if links.contains(&folder) {
        return true;
    }
    folder == "/" && !sources.iter().all(|source| is_file(source, command))
}

/// Whether a source is surely one file: the program that the container runs, or something with an ending.
fn is_file(source: &str, command: &Command) -> bool {
    const ENDINGS: [&str; 12] =
        ["crt", "pem", "json", "yaml", "yml", "toml", "jar", "txt", "sh", "conf", "html", "js"];
    let name = source.rsplit('/').next().unwrap_or(source);
    let forms = [&command.entrypoint, &command.cmd];
    let runs = forms.into_iter().flatten().filter_map(|(_, form)| match form {
        Form::Exec(words) => words.first().map(String::as_str),
        Form::Shell(_) => None,
    });
    let is_program = runs.filter_map(|program| program.rsplit('/').next()).any(|program| program == name);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    !name.is_empty()
        && !name.contains(['*', '?', '[', '$'])
        && (is_program || ending.is_some_and(|e| ENDINGS.contains(&e)))
}
