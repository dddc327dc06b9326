//! Where the commands of Go put the programs that they make.

use super::super::state::join;
use super::super::{Model, Value};
use super::{GoBuild, GoVerb, is_go};
use crate::shell::{Command, Word};
use std::path::Path;

/// What a command writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// One executable, by its whole path.
    File(String),
    /// Executables in a folder, with these names as far as the text tells; empty: any name.
    In(String, Vec<String>),
    /// The text does not tell.
    Unknown,
}

impl Output {
    /// Whether a path may be what was written.
    pub fn may_be(&self, path: &str) -> bool {
        match self {
            Self::File(file) => file == path,
            Self::In(folder, names) => path.rsplit_once('/').is_some_and(|(parent, name)| {
                parent == folder && (names.is_empty() || names.iter().any(|n| n == name))
            }),
            Self::Unknown => false,
        }
    }
}

/// Which program-making command this is, if it is one.
fn verb(command: &Command) -> Option<GoVerb> {
    let has = |flag: &str| command.words.iter().any(|w| w.literal.as_deref() == Some(flag));
    match command.name()? {
        "go" if is_go(command, "build") => Some(GoVerb::Build),
        "go" if is_go(command, "install") => Some(GoVerb::Install),
        "go" if is_go(command, "get") && !has("-d") => Some(GoVerb::Get),
        "go-wrapper" if command.words.get(1)?.literal.as_deref() == Some("install") => Some(GoVerb::Install),
        _ => None,
    }
}

/// The arguments of a command of Go.
struct Arguments {
    /// The value of `-o`, if there is one.
    output: Option<Value>,
    changes_folder: bool,
    targets: Vec<Option<String>>,
    tags: Vec<String>,
}

/// Flags of `go build` that take no value.
const SWITCHES: [&str; 21] = [
    "a",
    "n",
    "v",
    "x",
    "i",
    "u",
    "t",
    "f",
    "d",
    "fix",
    "insecure",
    "race",
    "msan",
    "asan",
    "cover",
    "work",
    "json",
    "linkshared",
    "modcacherw",
    "trimpath",
    "buildvcs",
];

fn arguments(words: &[Option<String>]) -> Arguments {
    let mut read = Arguments { output: None, changes_folder: false, targets: Vec::new(), tags: Vec::new() };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let Some(flag) = word.as_deref().and_then(|w| w.strip_prefix('-')) else {
            read.targets.push(word.clone());
            continue;
        };
        let flag = flag.strip_prefix('-').unwrap_or(flag);
        let (name, value) = flag.split_once('=').map_or((flag, None), |(n, v)| (n, Some(v.to_owned())));
        let value =
            if value.is_some() || SWITCHES.contains(&name) { value } else { words.next().cloned().flatten() };
        match name {
            "o" => {
                let known = value.filter(|value| value != "$");
                read.output = Some(known.map_or(Value::Unknown, Value::Set));
            }
            "C" => read.changes_folder = true,
            "tags" => {
                let tags = value.unwrap_or_default();
                read.tags = tags.split([',', ' ']).filter(|t| !t.is_empty()).map(str::to_owned).collect();
            }
            _ => {}
        }
    }
    read
}

impl Model<'_> {
    /// What a command makes that a `RUN` runs in a folder; none for one that makes no Go programs.
    ///
    /// `at` is the index of the `RUN` and the command's number there; `text` is what the command was read from.
    pub fn go_build(
        &self,
        at: (usize, usize),
        command: &Command,
        text: &str,
        folder: Option<String>,
    ) -> Option<GoBuild> {
        let verb = verb(command)?;
        let state = self.state(at.0);
        let value = |w: &Word| {
            let raw = w.raw(text);
            // The name of a flag is known where its value is not.
            let flag = || {
                raw.split_once('=')
                    .filter(|(name, _)| name.starts_with('-'))
                    .map(|(name, _)| format!("{name}=$"))
            };
            w.literal.clone().or_else(|| self.shell_word(state, &self.locals(at.0, w), raw)).or_else(flag)
        };
        let words: Vec<_> = command.words.iter().skip(2).map(value).collect();
        let (output, read) = self.output(at.0, verb, command, arguments(&words), folder.as_deref());
        let (targets, tags) = (read.targets, read.tags);
        Some(GoBuild { instruction: at.0, command: at.1, verb, output, folder, targets, tags })
    }

    /// What a command writes.
    fn output(
        &self,
        index: usize,
        verb: GoVerb,
        command: &Command,
        read: Arguments,
        folder: Option<&str>,
    ) -> (Output, Arguments) {
        let output = match verb {
            _ if read.changes_folder => Output::Unknown,
            GoVerb::Install | GoVerb::Get => self.installed(index, command, &read.targets),
            GoVerb::Build => match &read.output {
                Some(Value::Unknown | Value::Unset) => Output::Unknown,
                Some(Value::Set(path)) => written(path, &read.targets, folder),
                None => built(&read.targets, folder),
            },
        };
        (output, read)
    }

    /// `go install` and `go get` write to `GOBIN`, or else to the folder `bin` of `GOPATH`.
    fn installed(&self, index: usize, command: &Command, targets: &[Option<String>]) -> Output {
        let own = |name: &str| {
            command.assignments.iter().rfind(|a| a.name == name).map(|a| a.value.literal.clone())
        };
        let set = |name: &str| match own(name) {
            Some(value) => value,
            None => self.state(index).set(name),
        };
        let bin = match set("GOBIN").filter(|bin| !bin.is_empty()) {
            Some(bin) => bin,
            None => match set("GOPATH") {
                Some(path) => {
                    format!("{}/bin", path.split(':').next().unwrap_or(&path).trim_end_matches('/'))
                }
                None => return Output::Unknown,
            },
        };
        Output::In(join("/", &bin), names(targets))
    }
}

/// What `-o PATH` writes: a file, or programs in a folder.
fn written(path: &str, targets: &[Option<String>], folder: Option<&str>) -> Output {
    let Some(whole) = absolute(path, folder) else { return Output::Unknown };
    if path.ends_with('/') || path == "." || path.ends_with("/.") {
        return Output::In(whole, names(targets));
    }
    Output::File(whole)
}

/// What `go build` writes without `-o`: the first file's name for a list of files, else a name that the module decides.
fn built(targets: &[Option<String>], folder: Option<&str>) -> Output {
    let Some(folder) = folder.filter(|f| f.starts_with('/')) else { return Output::Unknown };
    let first = targets.first().cloned().flatten();
    if let Some(name) = first.as_deref().and_then(source_name) {
        return Output::File(join(folder, name));
    }
    if targets.len() > 1 || first.as_deref().is_some_and(|t| t.contains("...")) {
        return Output::Unknown;
    }
    Output::In(folder.to_owned(), names(targets))
}

/// The name of the program that `go build x.go` makes.
fn source_name(target: &str) -> Option<&str> {
    let is_source = Path::new(target).extension().is_some_and(|e| e == "go");
    is_source.then(|| target.rsplit('/').next().unwrap_or(target).trim_end_matches(".go"))
}

/// The names of the programs of these packages; empty when any may come.
fn names(targets: &[Option<String>]) -> Vec<String> {
    let mut names = Vec::new();
    for target in targets {
        let Some(target) = target.as_deref() else { return Vec::new() };
        let path = target.split('@').next().unwrap_or(target).trim_end_matches('/');
        if path.contains("...") || path.is_empty() {
            return Vec::new();
        }
        // What is named by its place takes its name from go.mod or from the folder.
        if path.split('/').all(|part| matches!(part, "." | "..")) {
            return Vec::new();
        }
        if let Some(name) = source_name(path) {
            names.push(name.to_owned());
            continue;
        }
        let mut parts = path.rsplit('/');
        let mut name = parts.next().unwrap_or(path);
        let is_version =
            name.strip_prefix('v').is_some_and(|v| !v.is_empty() && v.chars().all(|c| c.is_ascii_digit()));
        if is_version {
            name = parts.next().unwrap_or(name);
        }
        names.push(name.to_owned());
    }
    names
}

/// A path in a folder; none when the folder is not known and the path is relative.
fn absolute(path: &str, folder: Option<&str>) -> Option<String> {
    let known = path.starts_with('/') || folder.is_some_and(|f| f.starts_with('/'));
    known.then(|| join(folder.unwrap_or_default(), path))
}
