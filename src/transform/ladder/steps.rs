//! What the commands of a `RUN` leave behind that a running program could notice.

use super::super::Context;
use super::arguments::{account, is_zone, mode, owner, packages, zone};
use crate::model::join;
use crate::shell::{Command, Redirect};

/// What a command leaves behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing that is there when the program runs, or what every distroless image has.
    Nothing,
    /// Packages that the program may need.
    Packages(Vec<String>),
    /// Packages that a build or the program uses.
    Either(Vec<String>),
    /// Folders, absolute.
    Folders(Vec<String>),
    /// A user or group account.
    Account(Account),
    /// Owner of paths.
    Owner { user: String, deep: bool, paths: Vec<String> },
    /// The mode of files that stay executable by themselves.
    Executable(Vec<String>),
    /// The time zone.
    Zone(String),
    /// A capability on a file.
    Setcap,
    /// A certificate authority of one's own.
    Certificates,
    /// Files; what makes them, and what goes where as far as it is known.
    Files { what: String, made: Vec<(String, String)> },
    /// A build of Go, or the sources and modules for one.
    Build,
    /// Sources of another repository, in this folder.
    Cloned(Option<String>),
    /// Files go; none for files that are not known.
    Removed(Option<Vec<String>>),
    /// What can't be told.
    Unknown(String),
}

/// A user or a group that is added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Account {
    /// Its name.
    pub name: String,
    /// Its number, if it was given one.
    pub id: Option<String>,
    /// Whether it is a group.
    pub is_group: bool,
}

/// What the command of that number does in a `RUN`.
pub(super) fn effect(cx: &Context<'_>, index: usize, command: &Command, folder: Option<&str>) -> Effect {
    let words: Vec<Option<String>> = command.words.iter().map(|w| cx.model.word(index, w)).collect();
    let Some(Some(name)) = words.first().cloned() else {
        let assigns = words.is_empty() && command.redirects.is_empty();
        return if assigns { Effect::Nothing } else { Effect::Unknown("a command that is not known".into()) };
    };
    let redirects = || command.redirects.iter().all(is_quiet);
    if !redirects() {
        return redirected(cx, index, command, &words);
    }
    let file = name.rsplit('/').next().unwrap_or(&name);
    if file == "go" && matches!(words.get(1), Some(Some(verb)) if verb == "generate" || verb == "run") {
        return Effect::Unknown("a program of the build".into());
    }
    if is_builder(file) {
        return Effect::Build;
    }
    if file == "git" {
        let texts: Vec<&str> = words.iter().map(|w| w.as_deref().unwrap_or("$")).collect();
        return git(&texts, folder);
    }
    let Some(words) = words.into_iter().collect::<Option<Vec<String>>>() else {
        return match file {
            "echo" | "printf" | "export" | "test" | "[" | "cd" => Effect::Nothing,
            "rm" => Effect::Removed(patterns(cx, index, command, folder)),
            _ => Effect::Unknown(format!("`{file}` with words that are not known")),
        };
    };
    let rest: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    let paths = |skip: usize| -> Option<Vec<String>> {
        let given = rest.iter().filter(|w| !w.starts_with('-')).skip(skip);
        given
            .map(|p| (p.starts_with('/') || folder.is_some()).then(|| join(folder.unwrap_or_default(), p)))
            .collect()
    };
    plain(file, &rest, &paths)
}

/// What a `RUN` in exec form leaves behind.
pub(super) fn exec_effect(cx: &Context<'_>, index: usize, words: &[String]) -> Effect {
    let folder = cx.model.state(index).workdir.clone();
    let Some((name, rest)) = words.split_first() else { return Effect::Nothing };
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    let file = name.rsplit('/').next().unwrap_or(name);
    if file == "go" && matches!(rest.first(), Some(&"generate" | &"run")) {
        return Effect::Unknown("a program of the build".into());
    }
    if is_builder(file) {
        return Effect::Build;
    }
    let paths = |skip: usize| -> Option<Vec<String>> {
        let given = rest.iter().filter(|w| !w.starts_with('-')).skip(skip);
        given
            .map(|p| {
                (p.starts_with('/') || folder.is_some())
                    .then(|| join(folder.as_deref().unwrap_or_default(), p))
            })
            .collect()
    };
    plain(file, &rest, &paths)
}

/// Whether a `RUN` fetches a tool for builds by the script of its makers.
pub(super) fn is_installer(text: &str) -> bool {
    ["glide.sh/get", "golang/dep/", "golangci", "goreleaser", "gobuffalo", "Masterminds/glide"]
        .iter()
        .any(|part| text.contains(part))
}

/// Commands that build programs, or fetch what builds need.
fn is_builder(file: &str) -> bool {
    const NAMES: [&str; 24] = [
        "go",
        "go-wrapper",
        "gofmt",
        "dep",
        "glide",
        "godep",
        "govendor",
        "gb",
        "gvt",
        "gpm",
        "trash",
        "vndr",
        "gox",
        "make",
        "mage",
        "task",
        "protoc",
        "go-bindata",
        "packr",
        "packr2",
        "rice",
        "statik",
        "upx",
        "strip",
    ];
    const CHECKS: [&str; 8] = [
        "golint",
        "gometalinter",
        "gometalinter.v2",
        "golangci-lint",
        "ginkgo",
        "goveralls",
        "misspell",
        "swag",
    ];
    NAMES.contains(&file) || CHECKS.contains(&file)
}

fn plain(file: &str, rest: &[&str], paths: &dyn Fn(usize) -> Option<Vec<String>>) -> Effect {
    let unknown = || Effect::Unknown(format!("`{file}`"));
    match file {
        "set" | "cd" | "true" | ":" | "echo" | "printf" | "export" | "test" | "[" | "which" | "ls"
        | "pwd" | "env" | "cat" | "uname" | "find" | "du" | "sleep" | "file" | "ldd" | "id" | "whoami"
        | "unset" | "date" | "command" | "type" | "exit" | "umask" | "sync" | "ldconfig" | "hash" => {
            Effect::Nothing
        }
        "apk" | "apt-get" | "apt" | "aptitude" | "yum" | "dnf" | "microdnf" => packages(rest),
        "update-ca-certificates" => Effect::Certificates,
        // What a program for glibc is given on Alpine to find musl by.
        "ln" if rest.last().is_some_and(|link| link.starts_with("/lib64/ld-linux")) => Effect::Nothing,
        "mkdir" if rest.iter().all(|w| w.starts_with('-') || *w == "/lib64") => Effect::Nothing,
        "mkdir" => paths(usize::from(rest.contains(&"-m"))).map_or_else(unknown, Effect::Folders),
        "install" if rest.contains(&"-d") => unknown(),
        "adduser" | "useradd" | "addgroup" | "groupadd" => {
            account(file, rest).map_or_else(unknown, Effect::Account)
        }
        "passwd" => Effect::Nothing,
        "chown" => owner(rest, paths).unwrap_or_else(unknown),
        "chmod" => mode(rest, paths).unwrap_or_else(unknown),
        "ln" | "cp" => zone(rest).map_or_else(|| files(file, paths), Effect::Zone),
        "mv" | "touch" | "install" | "tee" => files(file, paths),
        "rm" | "rmdir" => Effect::Removed(paths(0)),
        "curl"
            if !rest.iter().any(|w| {
                w.starts_with("-o")
                    || w.starts_with("-O")
                    || w.starts_with("--output")
                    || w.starts_with("--remote")
                    || !w.starts_with("--") && w.starts_with('-') && w.contains(['o', 'O'])
            }) =>
        {
            Effect::Nothing
        }
        "wget"
            if rest.iter().any(|w| *w == "-O-" || *w == "-qO-")
                || rest.windows(2).any(|w| w == ["-O", "-"]) =>
        {
            Effect::Nothing
        }
        "hg" | "svn" | "ssh-keyscan" | "ssh-keygen" | "ssh-add" => Effect::Build,
        "setcap" => Effect::Setcap,
        _ => unknown(),
    }
}

/// The paths of words that may be patterns.
fn patterns(cx: &Context<'_>, index: usize, command: &Command, folder: Option<&str>) -> Option<Vec<String>> {
    let text = cx.document.instructions[index].args();
    let words =
        command.arguments().iter().map(|w| cx.model.word(index, w).unwrap_or_else(|| w.raw(text).to_owned()));
    let paths = words.filter(|w| !w.starts_with('-'));
    let known = |p: &String| !p.contains(['$', '`', '~', '{']) && (p.starts_with('/') || folder.is_some());
    paths.map(|p| known(&p).then(|| join(folder.unwrap_or_default(), &p))).collect()
}

/// `git clone` brings files, other commands of git only set it up.
fn git(words: &[&str], folder: Option<&str>) -> Effect {
    if !words.contains(&"clone") {
        return Effect::Build;
    }
    let given: Vec<&&str> = words.iter().skip(1).filter(|w| !w.starts_with('-') && **w != "clone").collect();
    let target = match given.as_slice() {
        [.., url, target] if url.contains([':', '/']) && !target.contains("://") => (*target).to_string(),
        [.., url] => url.rsplit('/').next().unwrap_or(url).trim_end_matches(".git").to_owned(),
        [] => return Effect::Cloned(None),
    };
    let known = (target.starts_with('/') || folder.is_some()) && !target.contains('$');
    Effect::Cloned(known.then(|| join(folder.unwrap_or_default(), &target)))
}

/// A command whose last path is where its others go; each pair of them is told.
fn files(file: &str, paths: &dyn Fn(usize) -> Option<Vec<String>>) -> Effect {
    let paths = paths(0).unwrap_or_default();
    let Some((target, sources)) = paths.split_last() else {
        return Effect::Files { what: file.to_owned(), made: Vec::new() };
    };
    let what = format!("{file} to {target}");
    let sources = if sources.is_empty() { std::slice::from_ref(target) } else { sources };
    let made = sources.iter().map(|source| (source.clone(), target.clone())).collect();
    Effect::Files { what, made }
}

/// Whether a redirect only silences.
fn is_quiet(redirect: &Redirect) -> bool {
    redirect
        .target
        .literal
        .as_deref()
        .is_some_and(|t| matches!(t, "/dev/null" | "1" | "2" | "/dev/stderr" | "/dev/stdout"))
}

/// Files that every distroless image has with the same meaning, and the time zone's name.
fn redirected(cx: &Context<'_>, index: usize, command: &Command, words: &[Option<String>]) -> Effect {
    let target =
        command.redirects.iter().rev().find(|r| !is_quiet(r)).and_then(|r| cx.model.word(index, &r.target));
    let text: Vec<&str> = words.iter().skip(1).map(|w| w.as_deref().unwrap_or("$")).collect();
    match target.as_deref() {
        Some("/etc/nsswitch.conf") if text.join(" ").contains("files dns") => Effect::Nothing,
        Some("/etc/timezone") if text.len() == 1 && is_zone(text[0]) => Effect::Zone(text[0].to_owned()),
        Some(path) if path.starts_with("/etc/apk/") || path.starts_with("/etc/apt/") => Effect::Nothing,
        Some(path) => Effect::Files { what: path.to_owned(), made: vec![(String::new(), path.to_owned())] },
        None => Effect::Unknown("a redirection".into()),
    }
}
