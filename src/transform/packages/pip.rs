//! Which commands are pip's, and how old the pip is that they start.
//!
//! Two versions matter. Before 6.0 pip does not know `--no-cache-dir`. Before 19.1 it builds no wheel of a package that
//! comes as sources when it has no cache, but lets the package install itself, which puts other files into the image:
//! <https://github.com/pypa/pip/issues/5749>, <https://pip.pypa.io/en/stable/news/#v19-1>.

use super::super::Context;
use super::called::{file_name, past_sudo};
use super::placed::before;
use crate::catalog::{Reference, Suite, Tag, Version};
use crate::document::Keyword;
use crate::model::Stage;
use crate::shell::{Command, Word};

/// A command that starts pip.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'c> {
    /// The name as it is called: `pip3`, `python3`.
    pub name: &'c str,
    /// The folder of that name, if it is written with one.
    pub folder: &'c str,
    /// The subcommand: `install`.
    pub verb: &'c Word,
    /// What comes after it.
    pub arguments: &'c [Word],
}

/// Options in front of the subcommand that take the next word with them.
const VALUED: [&str; 12] = [
    "--cache-dir",
    "--cert",
    "--client-cert",
    "--default-timeout",
    "--exists-action",
    "--log",
    "--log-file",
    "--proxy",
    "--python",
    "--retries",
    "--timeout",
    "--trusted-host",
];

/// The call of pip that a command is; none for one whose subcommand can't be told.
pub(super) fn call(command: &Command) -> Option<Call<'_>> {
    let words = past_sudo(&command.words)?;
    let (first, mut rest) = words.split_first()?;
    let path = first.literal.as_deref()?;
    let name = file_name(path);
    if versioned(name, "python") {
        let module = rest.iter().position(|w| w.literal.as_deref() == Some("-m"))?;
        let flags = rest[..module].iter().all(|w| w.literal.as_deref().is_some_and(is_short_flag));
        let pip = rest.get(module + 1)?.literal.as_deref() == Some("pip");
        rest = rest.get(module + 2..).filter(|_| flags && pip)?;
    } else if !versioned(name, "pip") {
        return None;
    }
    while let Some(option) = rest.first()?.literal.as_deref().filter(|word| word.starts_with('-')) {
        rest = rest.get(if VALUED.contains(&option) { 2 } else { 1 }..)?;
    }
    let (verb, arguments) = rest.split_first()?;
    verb.literal.as_ref()?;
    Some(Call { name, folder: path[..path.len() - name.len()].trim_end_matches('/'), verb, arguments })
}

impl Call<'_> {
    /// Whether it installs.
    pub(super) fn installs(&self) -> bool {
        self.verb.literal.as_deref() == Some("install")
    }

    /// The words after the subcommand whose values are known.
    fn values(&self) -> impl Iterator<Item = &str> {
        self.arguments.iter().filter_map(|word| word.literal.as_deref())
    }

    /// Whether it brings the newest pip.
    fn upgrades_pip(&self) -> bool {
        let flag = |word: &str| {
            word == "--upgrade" || word.starts_with('-') && !word.starts_with("--") && word.contains('U')
        };
        self.installs() && self.values().any(flag) && self.values().any(|word| word == "pip")
    }

    /// Which Python it is for, as far as the name tells.
    fn python(&self) -> Option<char> {
        self.name.trim_start_matches(|c: char| !c.is_ascii_digit()).chars().next()
    }
}

/// `pip`, `pip3`, `pip3.12`, `pip-3.6`.
fn versioned(name: &str, stem: &str) -> bool {
    name.strip_prefix(stem)
        .is_some_and(|rest| rest.trim_start_matches('-').chars().all(|c| c.is_ascii_digit() || c == '.'))
}

fn is_short_flag(word: &str) -> bool {
    word.len() == 2 && word.starts_with('-') && !"cmWX".contains(&word[1..])
}

/// How old a pip is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    /// 19.1 or newer.
    Modern,
    /// 6.0 or newer.
    Middle,
    /// Not known.
    Unknown,
    /// Older than 6.0.
    Ancient,
}

/// What brings a pip of its own, whose age is not that of the base.
const FOREIGN: [&str; 11] = [
    "easy_install",
    "virtualenv",
    "conda",
    "pyenv",
    "Python-",
    "PYTHON_PIP_VERSION",
    "pip==",
    "pip<",
    "pip~=",
    "pip!=",
    "pip>",
];

/// How old the pip is that a command of a `RUN` starts.
pub(super) fn age(cx: &Context<'_>, stage: &Stage, index: usize, at: &Command) -> Age {
    let base = cx.model.chain(stage).last().and_then(Stage::origin);
    let (Some(call), Some(base)) = (call(at), base) else { return Age::Unknown };
    let mentions = |what: &[&str]| {
        let own = std::iter::once(&cx.document.instructions[index]);
        before(cx, stage, index).map(|(_, i)| i).chain(own).any(|i| what.iter().any(|w| i.args().contains(w)))
    };
    // A virtual environment gets the pip that Python was released with.
    let is_usual = matches!(call.folder, "" | "/usr/bin" | "/usr/local/bin" | "/bin");
    let in_environment = !is_usual || mentions(&["venv", "activate"]);
    if mentions(&FOREIGN) || in_environment && !has_late_python(&base) {
        return Age::Unknown;
    }
    match base_age(&base) {
        Age::Modern => Age::Modern,
        age if in_environment || !is_upgraded(cx, stage, index, &call, at) => age,
        _ => Age::Modern,
    }
}

/// Whether a newest pip was installed before a call, for the same Python.
///
/// The newest pip for Python 2.7 is 20.3, that for 3.4 is 19.1: it does not matter which Python it is.
fn is_upgraded(cx: &Context<'_>, stage: &Stage, index: usize, call: &Call<'_>, at: &Command) -> bool {
    let reaches = |other: &Call<'_>| {
        let same = other.python() == call.python();
        let named_pip = call.name == "pip" && other.python() == Some('3');
        other.upgrades_pip() && (same || named_pip)
    };
    let fetched = |text: &str| {
        let script = text.contains("bootstrap.pypa.io/get-pip.py");
        script && call.python().is_none_or(|digit| text.contains(&format!("python{digit}")))
    };
    let own = cx.model.run(index).into_iter().flat_map(|run| &run.script.commands);
    let mut own = own.take_while(|command| command.span.end <= at.span.start && !command.nested);
    before(cx, stage, index).any(|(index, i)| {
        let run = (i.keyword == Keyword::Run).then(|| cx.model.run(index)).flatten();
        let calls =
            run.iter().flat_map(|run| &run.script.commands).filter(|c| !c.nested).filter_map(self::call);
        i.keyword == Keyword::Run && fetched(i.args()) || calls.into_iter().any(|other| reaches(&other))
    }) || own.any(|command| self::call(command).is_some_and(|other| reaches(&other)))
}

/// Whether all Pythons of an image are 3.8 or newer, whose own pip is modern.
fn has_late_python(base: &Reference<'_>) -> bool {
    let tag = base.tag.unwrap_or("latest");
    match (base.canonical().as_str(), Tag::parse(tag).and_then(|tag| tag.version)) {
        ("docker.io/library/python", Some(version)) => {
            version.parts() == [3] || is_from(Some(version), &[3, 8])
        }
        ("docker.io/library/python", None) => true,
        _ => base_age(base) == Age::Modern,
    }
}

/// How old the pip of a base image is.
///
/// Ubuntu: 12.04 1.0, 14.04 1.5.4, 16.04 8.1.1, 18.04 9.0.1, 20.04 20.0.2. Debian: 7 1.1, 8 1.5.6, 9 9.0.1, 10 18.1, 11 20.3.4.
/// Alpine: 3.3 7.1.2, 3.8 10.0.1, 3.10 18.1, 3.12 20.1.1. Fedora: 24 8.0.2, 32 19.3.1. EL: 6 7.1.0, 7 8.1.2, 8 9.0.3, 9 21.2.3.
/// (<https://packages.ubuntu.com/python3-pip>, <https://tracker.debian.org/pkg/python-pip>, <https://pkgs.alpinelinux.org>,
/// <https://src.fedoraproject.org/rpms/python-pip>)
fn base_age(base: &Reference<'_>) -> Age {
    let text = base.tag.unwrap_or("latest");
    let (Some(tag), false) = (Tag::parse(text), base.tag.is_none() && base.digest.is_some()) else {
        return Age::Unknown;
    };
    let name = base.canonical();
    let numbered =
        |ancient: &[u32], middle: &[u32], modern: &[u32]| by_version(&tag, ancient, middle, modern);
    match name.strip_prefix("docker.io/library/").unwrap_or(&name) {
        "python" => python_age(&tag),
        "ubuntu" if tag.version.is_some() => numbered(&[0], &[16, 4], &[20, 4]),
        "debian" if tag.version.is_some() => numbered(&[0], &[9], &[11]),
        "alpine" if tag.version.is_none_or(|version| version.parts() == [3]) => Age::Modern,
        "alpine" => by_version(&tag, &[], &[3, 3], &[3, 12]),
        "fedora" if tag.version.is_some() => by_version(&tag, &[], &[24], &[32]),
        "ubuntu" | "debian" | "fedora" if FLOATING.contains(&text.trim_end_matches("-slim")) => Age::Modern,
        "centos" => by_version(&Tag::parse(text.trim_start_matches("centos")).unwrap_or(tag), &[], &[6], &[]),
        "rockylinux" | "almalinux" => numbered(&[], &[8], &[9]),
        "amazonlinux" => numbered(&[], &[2], &[2023]),
        official if !official.contains('/') => suite_age(&tag, base),
        _ => Age::Unknown,
    }
}

/// Tags that stand for a release of the last years.
const FLOATING: [&str; 9] =
    ["latest", "rolling", "devel", "stable", "testing", "unstable", "sid", "rawhide", "slim"];

fn by_version(tag: &Tag<'_>, ancient: &[u32], middle: &[u32], modern: &[u32]) -> Age {
    match tag.version {
        None => Age::Unknown,
        version if is_from(version, modern) => Age::Modern,
        version if is_from(version, middle) => Age::Middle,
        version if is_from(version, ancient) => Age::Ancient,
        Some(_) => Age::Unknown,
    }
}

/// Whether a version is known and is one or comes after it; none comes after no numbers.
fn is_from(version: Option<Version>, first: &[u32]) -> bool {
    !first.is_empty() && version.is_some_and(|version| version.parts() >= first)
}

/// The age by the release of a distribution that a tag names, whatever image it is a tag of.
fn suite_age(tag: &Tag<'_>, base: &Reference<'_>) -> Age {
    match tag.suite {
        Suite::Debian("wheezy" | "jessie") | Suite::Ubuntu("precise" | "trusty") => Age::Ancient,
        Suite::Debian("stretch" | "buster") | Suite::Ubuntu("xenial" | "bionic") => Age::Middle,
        Suite::Debian(_) | Suite::Ubuntu("focal" | "jammy" | "noble" | "resolute") => Age::Modern,
        Suite::Alpine(Some(version)) if is_from(Some(version), &[3, 12]) => Age::Modern,
        Suite::Alpine(Some(version)) if is_from(Some(version), &[3, 3]) => Age::Middle,
        // Without a version the tag moves with the product, unless the product does not move any more.
        Suite::Alpine(None) if tag.version.is_none() => {
            let retired = base.family().is_none_or(|family| family.retired(&base.canonical()).is_some());
            if retired { Age::Unknown } else { Age::Modern }
        }
        _ => Age::Unknown,
    }
}

/// The age by a tag of the official image of Python, by `ENV PYTHON_PIP_VERSION` in the history of its Dockerfiles
/// (<https://github.com/docker-library/python>): all that were built after May 2019 have 19.1 or newer.
fn python_age(tag: &Tag<'_>) -> Age {
    const FIRST: [[u32; 3]; 5] = [[2, 7, 17], [3, 5, 8], [3, 6, 9], [3, 7, 4], [3, 8, 0]];
    let plain = !tag.prerelease && tag.words.iter().all(|word| matches!(*word, "slim" | "latest" | "alpine"));
    let lasted = match tag.suite {
        Suite::Default | Suite::Alpine(None) => true,
        Suite::Debian(name) => !matches!(name, "wheezy" | "jessie"),
        Suite::Alpine(Some(version)) => is_from(Some(version), &[3, 10]),
        Suite::Ubuntu(_) => false,
    };
    let Some(version) = tag.version else {
        return if plain && lasted { Age::Modern } else { Age::Unknown };
    };
    let parts = version.parts();
    let modern = match parts {
        [2 | 3] => lasted,
        [_, _] => lasted && FIRST.iter().any(|first| parts == &first[..2]) || is_from(Some(version), &[3, 8]),
        [_, _, _] => FIRST.iter().any(|f| parts[..2] == f[..2] && parts >= &f[..]) || parts >= &[3, 8, 0][..],
        _ => false,
    };
    match modern && plain {
        true => Age::Modern,
        // Since 2015 the image has had pip 7 or newer; before, the one of the day.
        false if is_from(Some(version), &[3, 5]) => Age::Middle,
        false => Age::Unknown,
    }
}
