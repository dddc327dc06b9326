//! Users and groups by number, from the base image and from the steps that make them.

use super::nonroot_user::{commands, file};
use crate::catalog::Account;
use crate::document::Keyword;
use crate::model::Stage;
use crate::shell::{Command, Joiner, Link};
use crate::transform::Context;
use crate::transform::ladder::target;

/// The numbers behind a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// The user's.
    pub uid: u32,
    /// That of its first group, if it is known.
    pub gid: Option<u32>,
    /// Whether that group has the user's name.
    pub is_own_group: bool,
    /// The step that makes the user; none where the base image has it.
    pub made: Option<usize>,
    /// Whether a copied folder may bring another list of users.
    pub may_be_replaced: bool,
}

/// The numbers of a user before an instruction; none where they are not fixed.
pub(super) fn number(cx: &Context<'_>, stage: &Stage, before: usize, name: &str) -> Option<Number> {
    let steps = steps(cx, stage, before);
    if steps.iter().any(|step| meddles(cx, *step)) {
        return None;
    }
    let mut made = steps.iter().flat_map(|step| mentions(cx, *step, &["useradd", "adduser"], name));
    let found = match (made.next(), made.next()) {
        (Some(step), None) => made_by(cx, stage, before, step, name),
        (None, _) => of_base(cx, stage, name),
        (Some(_), Some(_)) => None,
    };
    let may_be_replaced = steps.iter().any(|step| replaces(cx, *step));
    found.map(|found| Number { may_be_replaced, ..found })
}

/// Whether a folder is copied to the top, in which a list of users may be.
fn replaces(cx: &Context<'_>, index: usize) -> bool {
    let i = &cx.document.instructions[index];
    matches!(i.keyword, Keyword::Copy | Keyword::Add) && target(cx, index).is_none_or(|path| path == "/")
}

/// The number of a group that a step before an instruction makes.
pub(super) fn group_number(cx: &Context<'_>, stage: &Stage, before: usize, name: &str) -> Option<u32> {
    let mut made = steps(cx, stage, before)
        .into_iter()
        .flat_map(|step| mentions(cx, step, &["groupadd", "addgroup"], name));
    let step = made.next().filter(|_| made.next().is_none())?;
    let words = command(cx, step, &["groupadd", "addgroup"], name)?;
    option(&words, 'g', "--gid")?.parse().ok().filter(|_| !shares(&words))
}

/// The steps of a stage, and of the stages below it, up to an instruction.
fn steps(cx: &Context<'_>, stage: &Stage, before: usize) -> Vec<usize> {
    let body = cx.model.chain(stage).flat_map(|part| cx.model.body(part));
    body.map(|(index, _)| index).filter(|index| *index < before).collect()
}

/// Whether an instruction changes users in another way than to add one, or may do so.
fn meddles(cx: &Context<'_>, index: usize) -> bool {
    const WORDS: [&str; 9] = [
        "userdel",
        "deluser",
        "groupmod",
        "delgroup",
        "groupdel",
        "newusers",
        "/etc/passwd",
        "/etc/group",
        "/etc/{",
    ];
    let i = &cx.document.instructions[index];
    match i.keyword {
        Keyword::Run => {
            let text = &cx.document.text[i.span.range()];
            let renumbers =
                [" -u", " -ou", "--uid", " -g", "--gid", " -l", "--login"].iter().any(|o| text.contains(o));
            // `cd /etc && sed -i 's/33/44/' passwd`
            let rewrites = text.contains("sed ") && text.contains("passwd");
            WORDS.iter().any(|word| text.contains(word)) || rewrites || text.contains("usermod") && renumbers
        }
        Keyword::Copy | Keyword::Add => {
            let whole = i.flag("from").is_some() && i.args().trim() == "/ /";
            let over = |path: String| matches!(path.as_str(), "/etc" | "/etc/passwd" | "/etc/group");
            whole || target(cx, index).is_some_and(over)
        }
        _ => false,
    }
}

/// The step, once for each time that it has one of these programs and the name among its words.
fn mentions(cx: &Context<'_>, index: usize, programs: &[&str], name: &str) -> Vec<usize> {
    let i = &cx.document.instructions[index];
    if i.keyword != Keyword::Run {
        return Vec::new();
    }
    let text = &cx.document.text[i.span.range()];
    let all = commands(text.get(i.name().len()..).unwrap_or_default());
    let makes =
        |words: &&Vec<String>| programs.contains(&file(&words[0])) && positional(words).any(|w| w == name);
    all.iter().filter(makes).map(|_| index).collect()
}

/// The words of the one command of a step that makes a user or group in any case, if all of them are literal.
fn command(cx: &Context<'_>, index: usize, programs: &[&str], name: &str) -> Option<Vec<String>> {
    let i = &cx.document.instructions[index];
    let run = cx.model.run(index).filter(|_| !i.args().contains("||"))?;
    let makes = |c: &&Command| c.name().is_some_and(|n| programs.contains(&file(n))) && !c.nested;
    let words = |c: &Command| Some(c.literals()?.into_iter().map(str::to_owned).collect::<Vec<_>>());
    let mut found = run.script.commands.iter().filter(makes).filter_map(words);
    found.find(|words| positional(words).any(|w| w == name))
}

fn made_by(cx: &Context<'_>, stage: &Stage, before: usize, step: usize, name: &str) -> Option<Number> {
    let words = command(cx, step, &["useradd", "adduser"], name).filter(|words| !shares(words))?;
    if !fails_with_it(cx, step) && !lacks(cx, stage, name) {
        return None;
    }
    let uid = option(&words, 'u', "--uid")?.parse().ok().filter(|uid| *uid > 0)?;
    // `-g` is the first group for `useradd`, and what is said of the person for `adduser`.
    let group = match file(&words[0]) {
        "useradd" => option(&words, 'g', "--gid"),
        _ => option(&words, 'G', "--ingroup").or_else(|| option(&words, '\0', "--gid")),
    };
    let gid = group.as_ref().and_then(|g| g.parse().ok().or_else(|| group_number(cx, stage, before, g)));
    let is_own_group = group.as_deref().is_none_or(|g| g == name);
    Some(Number { uid, gid, is_own_group, made: Some(step), may_be_replaced: false })
}

/// Whether a build fails when a command of a step does.
fn fails_with_it(cx: &Context<'_>, step: usize) -> bool {
    let Some(run) = cx.model.run(step) else { return false };
    let sets = |c: &Command| {
        c.name() == Some("set")
            && c.literals().is_some_and(|w| w[1..].iter().any(|o| o.starts_with('-') && o.contains('e')))
    };
    let stops = run.script.commands.first().is_some_and(sets);
    let goes_on = |link: &Link| match link.before {
        None | Some(Joiner::And) => true,
        Some(Joiner::Semi) => stops,
        Some(_) => false,
    };
    run.script.chain.as_ref().is_some_and(|chain| chain.iter().all(goes_on))
}

/// Whether the base image surely has no user of a name, which would stay if the step fails to make one.
fn lacks(cx: &Context<'_>, stage: &Stage, name: &str) -> bool {
    let root = cx.model.chain(stage).last();
    let users = root.and_then(|root| Some(root.family()?.users(&root.origin()?)));
    users.is_some_and(|users| users.user.is_some() && !users.accounts.contains_key(name))
}

fn of_base(cx: &Context<'_>, stage: &Stage, name: &str) -> Option<Number> {
    let root = cx.model.chain(stage).last()?;
    let users = root.family()?.users(&root.origin()?);
    // What is not known of the image may be another user of the name.
    users.user.as_ref()?;
    let Account { uid, gid } = *users.accounts.get(name)?;
    Some(Number { uid, gid: Some(gid), is_own_group: true, made: None, may_be_replaced: false })
        .filter(|_| uid > 0)
}

/// Whether a number may be that of another user as well, or the user is made in another root.
fn shares(words: &[String]) -> bool {
    let elsewhere = |w: &str| ["-R", "--root", "-P", "--prefix"].iter().any(|option| w.starts_with(option));
    words.iter().any(|w| matches!(w.as_str(), "-o" | "--non-unique") || elsewhere(w))
}

/// Short options of the programs that take a value.
const VALUED: &str = "uUgGdschkKefpbZ";

/// Whether a word is an option whose value is the next one.
fn takes_next(program: &str, word: &str) -> bool {
    const LONG: [&str; 16] = [
        "--uid",
        "--gid",
        "--groups",
        "--home-dir",
        "--home",
        "--shell",
        "--comment",
        "--skel",
        "--key",
        "--expiredate",
        "--inactive",
        "--password",
        "--base-dir",
        "--ingroup",
        "--gecos",
        "--firstuid",
    ];
    match word.strip_prefix('-') {
        Some(long) if long.starts_with('-') => LONG.contains(&word),
        // `useradd -U` makes a group; no other of these takes a value in one program and none in another.
        Some(short) if short.ends_with('U') => false,
        Some(short) => {
            short.chars().last().is_some_and(|c| VALUED.contains(c))
                && !(program == "addgroup" && short == "s")
        }
        None => false,
    }
}

/// The words that are no options and no values of options.
fn positional(words: &[String]) -> impl Iterator<Item = &str> {
    let program = words.first().map(|w| file(w)).unwrap_or_default();
    let is_value = move |index: usize| index > 1 && takes_next(program, &words[index - 1]);
    (1..words.len()).filter(move |&i| !words[i].starts_with('-') && !is_value(i)).map(|i| words[i].as_str())
}

/// The value of an option: `-u 5`, `-u5`, `-mu 5`, `--uid 5`, `--uid=5`.
fn option(words: &[String], short: char, long: &str) -> Option<String> {
    let next = |i: usize| words.get(i + 1).cloned();
    words.iter().enumerate().skip(1).find_map(|(i, word)| {
        if let Some(rest) = word.strip_prefix(long) {
            return if rest.is_empty() { next(i) } else { rest.strip_prefix('=').map(str::to_owned) };
        }
        let letters = word.strip_prefix('-').filter(|w| !w.starts_with('-'))?;
        match letters.split_once(short)? {
            (_, "") => next(i),
            ("", value) => Some(value.to_owned()),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn options_in_all_their_forms() {
        for text in [
            "useradd -u 5 a",
            "useradd -u5 a",
            "useradd -mu 5 a",
            "useradd --uid 5 a",
            "useradd --uid=5 a",
            "useradd a -u 5",
        ] {
            assert_eq!(option(&words(text), 'u', "--uid").as_deref(), Some("5"), "{text}");
            assert_eq!(positional(&words(text)).collect::<Vec<_>>(), ["a"], "{text}");
        }
        assert_eq!(option(&words("useradd -g 5 a"), 'u', "--uid"), None);
        let text = "adduser -S -D -H -h /x -G b -g c -s /bin/sh a";
        assert_eq!(positional(&words(text)).collect::<Vec<_>>(), ["a"]);
    }
}
