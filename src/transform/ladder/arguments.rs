//! Arguments of commands that add accounts and packages, and that set owners, modes and the time zone.

use super::steps::{Account, Effect};
use crate::catalog::packages::{Use, use_of};

/// What a call of a package manager brings.
pub(super) fn packages(rest: &[&str]) -> Effect {
    const VERBS: [&str; 14] = [
        "add",
        "install",
        "update",
        "upgrade",
        "del",
        "clean",
        "autoclean",
        "autoremove",
        "remove",
        "purge",
        "cache",
        "makecache",
        "dist-upgrade",
        "fix",
    ];
    let verb = rest.iter().find(|w| VERBS.contains(w)).copied();
    if !matches!(verb, Some("add" | "install")) {
        let known = matches!(
            verb,
            Some(
                "update"
                    | "upgrade"
                    | "del"
                    | "clean"
                    | "autoclean"
                    | "autoremove"
                    | "remove"
                    | "purge"
                    | "cache"
                    | "makecache"
                    | "dist-upgrade"
            )
        );
        return if known { Effect::Nothing } else { Effect::Unknown("a package manager".into()) };
    }
    // The name that `--virtual NAME` gives to a group of packages is none of a package.
    let mut names = Vec::new();
    let mut rest = rest.iter().skip_while(|w| Some(**w) != verb).skip(1);
    while let Some(word) = rest.next() {
        if matches!(*word, "-t" | "--virtual" | "-X" | "--repository" | "--target-release") {
            rest.next();
        } else if !word.starts_with('-') {
            names.push((*word).to_owned());
        }
    }
    let of = |kind: Use| -> Vec<String> { names.iter().filter(|n| use_of(n) == kind).cloned().collect() };
    let (run, either) = (of(Use::Run), of(Use::Either));
    if !run.is_empty() {
        Effect::Packages([run, either].concat())
    } else if !either.is_empty() {
        Effect::Either(either)
    } else {
        Effect::Nothing
    }
}

/// A user or a group as `adduser`, `useradd`, `addgroup` or `groupadd` adds it.
pub(super) fn account(file: &str, rest: &[&str]) -> Option<Account> {
    const WITH_VALUE: [&str; 22] = [
        "-h",
        "-g",
        "-s",
        "-G",
        "-u",
        "-k",
        "-d",
        "-c",
        "-m",
        "-K",
        "-b",
        "-e",
        "-f",
        "-p",
        "--home",
        "--shell",
        "--gecos",
        "--ingroup",
        "--uid",
        "--gid",
        "--groups",
        "--home-dir",
    ];
    // `-m` takes no value for useradd, `-g` of addgroup and groupadd is the number.
    let takes = |w: &str| WITH_VALUE.contains(&w) && !(w == "-m" && file == "useradd");
    let is_group = matches!(file, "addgroup" | "groupadd");
    let mut account = Account { is_group, ..Account::default() };
    let mut names = Vec::new();
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        let (flag, own) = word.split_once('=').map_or((*word, None), |(f, v)| (f, Some(v)));
        if !flag.starts_with('-') {
            names.push(*word);
            continue;
        }
        // `-DHu 1000`: the last letter takes the value.
        let last = flag.chars().last().map(|c| format!("-{c}")).unwrap_or_default();
        let short = if flag.starts_with("--") || flag.len() == 2 { flag.to_owned() } else { last };
        let value = own.or_else(|| if takes(&short) { words.next().copied() } else { None });
        let is_number =
            matches!(short.as_str(), "-u" | "--uid") || is_group && matches!(short.as_str(), "-g" | "--gid");
        if is_number {
            account.id = value.map(str::to_owned);
        }
    }
    // `addgroup user group` puts one into the other, which gives rights.
    let [name] = names.as_slice() else { return None };
    (*name).clone_into(&mut account.name);
    Some(account)
}

/// What `chown` sets; none where its words are not known.
pub(super) fn owner(rest: &[&str], paths: &dyn Fn(usize) -> Option<Vec<String>>) -> Option<Effect> {
    let user = rest.iter().find(|w| !w.starts_with('-'))?;
    let deep = rest
        .iter()
        .any(|w| w.starts_with('-') && !w.starts_with("--") && w.contains('R') || *w == "--recursive");
    Some(Effect::Owner { user: (*user).to_owned(), deep, paths: paths(1)? })
}

/// `chmod` that makes something executable or readable, which it is already, or that opens a folder to a user.
pub(super) fn mode(rest: &[&str], paths: &dyn Fn(usize) -> Option<Vec<String>>) -> Option<Effect> {
    let mode = rest.iter().find(|w| !w.starts_with('-') || w.starts_with("-R"))?;
    let known = matches!(
        *mode,
        "+x" | "a+x"
            | "u+x"
            | "ugo+x"
            | "755"
            | "0755"
            | "775"
            | "0775"
            | "+rx"
            | "a+rx"
            | "777"
            | "0777"
            | "555"
            | "0555"
    );
    known.then(|| paths(1)).flatten().map(Effect::Executable)
}

/// `ln -s /usr/share/zoneinfo/ZONE /etc/localtime`, or a copy.
pub(super) fn zone(rest: &[&str]) -> Option<String> {
    let paths: Vec<&&str> = rest.iter().filter(|w| !w.starts_with('-')).collect();
    let [from, to] = paths.as_slice() else { return None };
    let zone = from.strip_prefix("/usr/share/zoneinfo/").filter(|_| **to == "/etc/localtime")?;
    is_zone(zone).then(|| zone.to_owned())
}

/// Whether a text can be the name of a time zone.
pub(super) fn is_zone(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "/_+-".contains(c))
}
