//! The user of an image with a shell that is not one of a Go program: its own, or one that is made, with the folders that
//! the program writes to. Never safe, for nothing shows what a program writes.

use super::account::{Who, who};
use super::owned::{Owned, owned};
use super::program::{commands, file, started_by};
use super::{NonrootUser, bound, has_locked_file, insertion, keyword, main, roles, script, shown};
use crate::catalog::Users;
use crate::document::{Instruction, Keyword};
use crate::edit::{Applicability, Edit};
use crate::model::{Base, Form, Stage};
use crate::span::Span;
use crate::transform::layout::Layout;
use crate::transform::{Context, Proposals};

/// Proposes a user, or tells why there is none.
pub(super) fn propose(verb: &NonrootUser, cx: &Context<'_>, stage: &Stage, out: &mut Proposals<'_>) {
    let Some(users) = users(stage).filter(|users| runs_as_root(cx, stage, users)) else { return };
    let from = cx.model.from(stage);
    let left = |out: &mut Proposals<'_>, reason: String| {
        let fix = out.fix("the container runs as root", "run as a user that is not root", from.span);
        fix.at_most(Applicability::Manual, reason).done();
    };
    let command = cx.model.command(stage);
    let of_base = || of_base(stage, &users, command.cmd.is_some());
    if let Some(reason) = command.entrypoint.is_none().then(of_base).flatten() {
        return left(out, reason);
    }
    if command.entrypoint.is_none() && command.cmd.is_none() || cx.document.escape != '\\' {
        return;
    }
    let started = started_by(cx, stage);
    if started.is_empty() {
        return;
    }
    if let Some(reason) = tie(cx, stage, &users, &started) {
        return left(out, reason);
    }
    let Some((instruction, form)) = main(cx, stage) else { return };
    let who = who(verb, stage, &users);
    let owned = owned(cx, stage, &started);
    let steps: Vec<String> = who.made_by.iter().cloned().chain(owned.commands(&who.written)).collect();
    if !steps.is_empty() && !has_plain_shell(cx, stage) {
        return left(out, "its steps run in a shell of another kind".into());
    }
    let words = started.first().map(Vec::as_slice).unwrap_or_default();
    let reason = doubt(cx, stage, (&form, words), &who, &owned);
    let said = owned.said().map(|paths| cx.evidence(format!("the program is given {paths}"), from));
    out.fix("the container runs as root", &who.title, from.span)
        .evidence([cx.evidence("no USER before the end of the final stage", from)])
        .evidence(said)
        .at_most(Applicability::Unsafe, reason)
        .edits(edits(cx, stage, instruction, &steps, (&who, &owned)))
        .done();
}

/// What is known of the users of the image that a stage stands on.
fn users(stage: &Stage) -> Option<Users> {
    match stage.base {
        Base::Image(_) => Some(stage.family()?.users(&stage.origin()?)),
        Base::Stage(_) | Base::Scratch | Base::Unknown => None,
    }
}

fn is_root(user: &str) -> bool {
    matches!(user.split(':').next(), Some("0" | "root" | ""))
}

/// Whether root runs it, and no step is run by another.
fn runs_as_root(cx: &Context<'_>, stage: &Stage, users: &Users) -> bool {
    let others = cx.model.body(stage).any(|(_, i)| i.keyword == Keyword::User && !is_root(i.args()));
    !others && users.user.as_deref().is_some_and(is_root)
}

/// Why what the base image starts by itself needs root.
fn of_base(stage: &Stage, users: &Users, has_cmd: bool) -> Option<String> {
    let entrypoint = stage.facts().map(|facts| !facts.entrypoint.is_empty());
    match &users.starts_as_root {
        Some(why) if !has_cmd || entrypoint == Some(true) && !users.hands_over => Some(why.clone()),
        _ if has_cmd && entrypoint != Some(false) && !users.hands_over => {
            Some("what the entrypoint of its base does as root is not known".into())
        }
        _ => None,
    }
}

/// Why root has to start it, or why that can't be told.
fn tie(cx: &Context<'_>, stage: &Stage, users: &Users, started: &[Vec<String>]) -> Option<String> {
    if cx.model.body(stage).any(|(_, i)| i.keyword == Keyword::Onbuild) {
        return Some("others build on it, and its ONBUILD steps need root".into());
    }
    if cx.document.text.contains("docker.sock") {
        return Some("the engine's socket is root's".into());
    }
    if cx.model.body(stage).any(|(_, i)| i.flag("from").is_some() && i.args().trim() == "/ /") {
        return Some("another image's system is copied over that of the base".into());
    }
    if has_locked_file(cx, stage) {
        return Some("a file comes with a mode that keeps it from others".into());
    }
    started_tie(cx, stage, started).or_else(|| steps_tie(cx, stage, users))
}

/// Why what the container starts needs root, or why that can't be told.
pub(in crate::transform) fn started_tie(
    cx: &Context<'_>,
    stage: &Stage,
    started: &[Vec<String>],
) -> Option<String> {
    // What `bundle exec` starts counts as well.
    let inner = started.iter().filter(|w| w.len() > 2 && w[1] == "exec").map(|w| w[2..].to_vec());
    let scripts = started.iter().filter_map(|words| script::package_script(cx, stage, words));
    let scripts: Vec<Vec<String>> = scripts.flat_map(|text| commands(&text)).collect();
    let known = started.iter().cloned().chain(inner).chain(scripts).find_map(|words| roles::why(&words));
    known.or_else(|| bound::tie(cx, stage)).or_else(|| script::tie(cx, stage, started))
}

/// Why what the steps leave behind is for root, or for a user of the file's own.
fn steps_tie(cx: &Context<'_>, stage: &Stage, users: &Users) -> Option<String> {
    cx.model.body(stage).filter(|(_, i)| i.keyword == Keyword::Run).find_map(|(_, i)| {
        let text = &cx.document.text[i.span.range()];
        let text = text.get(i.name().len()..).unwrap_or_default();
        let own = |words: &Vec<String>| step_ties(words, users);
        installs_at_home(text).or_else(|| commands(text).iter().find_map(own))
    })
}

fn step_ties(words: &[String], users: &Users) -> Option<String> {
    let (name, rest) = words.split_first()?;
    let name = file(name);
    let plain = || rest.iter().filter(|w| !w.starts_with('-'));
    match name {
        "useradd" | "adduser" => {
            Some(format!("a step makes the user {}, whom it may be meant for", plain().next_back()?))
        }
        "chown" => {
            let owner = plain().next()?.split([':', '.']).next()?.to_owned();
            let own = users.own.as_deref() == Some(owner.as_str());
            let root = matches!(owner.as_str(), "root" | "0" | "");
            (!own && !root).then(|| format!("a step gives files to {owner}, whom it may be meant for"))
        }
        "rm" | "echo" => None,
        _ if words.iter().any(|w| is_home(w)) => {
            Some(format!("{name} puts files into root's folder, which is closed to others"))
        }
        _ => None,
    }
}

fn is_home(word: &str) -> bool {
    bound::names_root(word)
        || word.starts_with("~/")
        || word == "~"
        || word.contains("$HOME")
        || word.contains("${HOME")
}

/// Installers that put programs into the home of the one who calls them.
fn installs_at_home(text: &str) -> Option<String> {
    const KNOWN: [(&str, &str); 14] = [
        ("pm2 install", "pm2"),
        ("pip install --user", "pip"),
        ("sh.rustup.rs", "rustup"),
        ("nvm-sh/nvm", "nvm"),
        ("creationix/nvm", "nvm"),
        ("install.meteor.com", "Meteor"),
        ("bun.sh/install", "bun"),
        ("deno.land/x/install", "deno"),
        ("playwright install", "Playwright"),
        ("nltk.download", "NLTK"),
        ("nltk.downloader", "NLTK"),
        ("composer global", "composer"),
        ("dotnet tool install", "dotnet"),
        ("get.sdkman.io", "SDKMAN"),
    ];
    let told = KNOWN.iter().find(|(part, _)| text.contains(part)).map(|(_, name)| (*name).to_owned());
    let venv =
        ["poetry install", "pipenv install", "pipenv sync"].into_iter().find(|part| text.contains(part));
    let venv = venv.filter(|_| {
        !["--system", "virtualenvs.create", "VIRTUALENVS_CREATE", "in-project"]
            .iter()
            .any(|w| text.contains(w))
    });
    let name = told.or_else(|| venv.and_then(|v| v.split(' ').next()).map(str::to_owned))?;
    Some(format!("{name} puts files into root's home, which is closed to others"))
}

/// Whether the steps of a stage run in a shell that takes what is written here.
fn has_plain_shell(cx: &Context<'_>, stage: &Stage) -> bool {
    let plain = |shell: &str| matches!(file(shell), "sh" | "bash" | "ash" | "dash");
    cx.model.run_shell(stage).is_none_or(|words| words.first().is_some_and(|w| plain(w)))
}

/// The best reason why it may not be right.
fn doubt(
    cx: &Context<'_>,
    stage: &Stage,
    (form, words): (&Form, &[String]),
    who: &Who,
    owned: &Owned,
) -> String {
    let argv = match form {
        Form::Exec(words) => words.as_slice(),
        Form::Shell(_) => words,
    };
    if let Some(doubt) = &owned.doubt {
        return doubt.clone();
    }
    if owned.volume.is_some() {
        return "volumes that exist already stay root's".into();
    }
    let port = shown::right(cx, stage, argv).filter(|reason| reason.contains("ports"));
    let manager = argv.first().map(|w| file(w)).filter(|w| matches!(*w, "npm" | "yarn" | "pnpm"));
    let manager = manager.filter(|_| cx.project.is_none());
    let script = manager.map(|name| format!("what {name} starts is in package.json, which was not read"));
    let home = (!who.has_entry)
        .then(|| "it has no home: programs may look for caches and settings there".to_owned());
    port.or(script).or(home).unwrap_or_else(|| "the program may write where only root can".into())
}

/// The edits: the steps, where there are any, and the user.
fn edits(
    cx: &Context<'_>,
    stage: &Stage,
    instruction: &Instruction<'_>,
    steps: &[String],
    (who, owned): (&Who, &Owned),
) -> Vec<Edit> {
    let user = insertion(cx, instruction, &who.written);
    if steps.is_empty() {
        return vec![user];
    }
    let layout = Layout::of(cx.document);
    let run = format!("{}{}", step(cx, &keyword(layout, instruction, "RUN"), layout, steps), layout.gap());
    // Older builders drop what is done to a volume after it was declared.
    let acts = |k| {
        matches!(
            k,
            Keyword::Run | Keyword::Copy | Keyword::Add | Keyword::Workdir | Keyword::User | Keyword::Shell
        )
    };
    let last = cx.model.body(stage).rfind(|(_, i)| acts(i.keyword)).map_or(stage.from, |(index, _)| index);
    match owned.volume.filter(|volume| *volume > last) {
        Some(volume) => {
            let volume = &cx.document.instructions[volume];
            let at = cx.document.block_start(volume);
            if at >= user.span.start {
                return vec![Edit { span: user.span, text: run + &user.text }];
            }
            vec![Edit { span: Span::at(at), text: run }, user]
        }
        None => vec![Edit { span: user.span, text: run + &user.text }],
    }
}

/// A `RUN` of these commands, broken the way the file breaks its own.
fn step(cx: &Context<'_>, keyword: &str, layout: Layout, commands: &[String]) -> String {
    let (indent, leads, breaks) = habits(cx);
    let line = format!("{keyword} {}", commands.join(" && "));
    if commands.len() == 1 || !breaks && line.len() <= 120 {
        return line;
    }
    let between =
        if leads { format!(" \\{}{indent}&& ", layout.eol) } else { format!(" && \\{}{indent}", layout.eol) };
    format!("{keyword} {}", commands.join(&between))
}

/// How steps of the file are broken into lines: the indent, whether `&&` leads a line, and whether any is broken.
fn habits(cx: &Context<'_>) -> (String, bool, bool) {
    let runs = cx.document.instructions.iter().filter(|i| i.keyword == Keyword::Run && i.heredocs.is_empty());
    for run in runs {
        let text = &cx.document.text[run.span.range()];
        let Some((first, rest)) = text.split_once('\n') else { continue };
        let mut lines =
            rest.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
        let Some(line) = lines.next() else { continue };
        let indent: String = line.chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
        let leads = rest.lines().any(|line| line.trim_start().starts_with("&&"));
        let trailing = |line: &str| line.trim_end_matches(['\\', ' ', '\r', '\t']).ends_with("&&");
        let trails = trailing(first) || rest.lines().any(trailing);
        let indent = if indent.is_empty() { "    ".to_owned() } else { indent };
        return (indent, leads || !trails, true);
    }
    ("    ".to_owned(), true, false)
}
