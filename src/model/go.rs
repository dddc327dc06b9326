//! What the Go commands of a stage make.

use super::expand::Value;
use super::run::literals;
use super::state::join;
use super::{Model, Stage};
use crate::document::Keyword;
use crate::shell::{Command, Word};

/// A `go build`.
#[derive(Clone, Debug)]
pub struct GoBuild {
    /// Index of its `RUN`.
    pub instruction: usize,
    /// Index among the commands of the `RUN`.
    pub command: usize,
    /// The executable that it writes; none when the text alone does not tell.
    pub output: Option<String>,
}

/// Whether a program needs cgo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purity {
    /// It does not, and why.
    Pure(String),
    /// The text does not tell, and why.
    Unknown(String),
    /// The build asks for cgo, and how.
    Cgo(String),
}

impl Model<'_> {
    /// The `go build` commands of a stage, in order.
    pub fn go_builds(&self, stage: &Stage) -> Vec<GoBuild> {
        let mut builds = Vec::new();
        for (index, instruction) in self.body(stage) {
            if instruction.keyword != Keyword::Run || !instruction.args().contains("build") {
                continue;
            }
            let Some(run) = self.run(index) else { continue };
            let mut folder = self.state(index).workdir.clone();
            for (number, command) in run.script.commands.iter().enumerate() {
                if command.name() == Some("cd") {
                    folder = changed(folder.as_deref(), command);
                } else if is_go(command, "build") {
                    let output = output(command, folder.as_deref());
                    builds.push(GoBuild { instruction: index, command: number, output });
                }
            }
        }
        builds
    }

    /// What `CGO_ENABLED` and the like are at a build: an assignment before the command, else `ENV` and `ARG`.
    pub fn go_setting(&self, build: &GoBuild, name: &str) -> Value {
        let own = self.go_command(build).and_then(|c| c.assignments.iter().rfind(|a| a.name == name));
        match own {
            Some(assignment) => assignment.value.literal.clone().map_or(Value::Unknown, Value::Set),
            None => match self.state(build.instruction).variable(name) {
                // Base images of Go set none of these variables.
                Value::Unknown if self.sets_nowhere(name) => Value::Unset,
                value => value,
            },
        }
    }

    /// The command of a build.
    pub fn go_command(&self, build: &GoBuild) -> Option<&Command> {
        self.run(build.instruction)?.script.commands.get(build.command)
    }

    fn sets_nowhere(&self, name: &str) -> bool {
        !self.document.text.contains(name)
    }

    /// Whether the program of a build needs cgo, as far as the text tells.
    pub fn purity(&self, stage: &Stage, build: &GoBuild) -> Purity {
        match self.go_setting(build, "CGO_ENABLED") {
            Value::Set(value) if value == "0" => return Purity::Pure("the build sets CGO_ENABLED=0".into()),
            Value::Set(value) => return Purity::Cgo(format!("the build sets CGO_ENABLED={value}")),
            Value::Unknown => return Purity::Unknown("CGO_ENABLED is set to what can't be told".into()),
            Value::Unset => {}
        }
        if let Some(flag) = self.cgo_flag(build) {
            return Purity::Cgo(format!("the build uses {flag}"));
        }
        let minor = go_minor(stage);
        if minor.is_none_or(|m| m >= PURE_NET) && self.lacks_compiler(stage) {
            return Purity::Pure("the base image has no C compiler and the stage installs none".into());
        }
        if minor.is_none_or(|m| m >= STRICT_SUMS) && self.only_own_go_files(stage, build) {
            return Purity::Pure("go.mod comes without go.sum, so the program has no other modules".into());
        }
        Purity::Unknown("a module that needs cgo may be among the dependencies".into())
    }

    fn cgo_flag(&self, build: &GoBuild) -> Option<String> {
        let words = &self.go_command(build)?.words;
        let cgo = |w: &&str| {
            matches!(*w, "-race" | "-msan" | "-asan")
                || w.starts_with("-buildmode")
                || w.starts_with("-linkshared")
                || w.contains("extldflags")
                || w.contains("linkmode")
                || w.starts_with("-tags")
        };
        words
            .iter()
            .filter_map(|w| w.literal.as_deref())
            .find(cgo)
            .map(|w| w.split(['=', ' ']).next().unwrap_or(w).to_owned())
    }

    /// An Alpine variant of the Go image, in which nothing but known packages without a compiler are installed.
    fn lacks_compiler(&self, stage: &Stage) -> bool {
        stage.is(GOLANG)
            && stage.facts().is_some_and(|f| !f.gcc)
            && self.body(stage).filter(|(_, i)| i.keyword == Keyword::Run).all(|(index, _)| {
                self.run(index)
                    .and_then(super::Run::list)
                    .is_some_and(|c| c.iter().all(|c| brings_no_compiler(c)))
            })
    }

    /// Whether every file comes by name, there is a go.mod, and neither a go.sum nor anything that could hold modules.
    fn only_own_go_files(&self, stage: &Stage, build: &GoBuild) -> bool {
        let mut has_module = false;
        for (index, instruction) in self.body(stage).take_while(|(index, _)| *index < build.instruction) {
            match instruction.keyword {
                Keyword::Copy | Keyword::Add => {
                    if instruction.flags.iter().any(|f| f.name() == "from")
                        || !instruction.heredocs.is_empty()
                    {
                        return false;
                    }
                    let words: Vec<_> = instruction.words().map(|w| w.text).collect();
                    let Some((_, sources)) = words.split_last() else { return false };
                    has_module |= sources.iter().any(|s| s.rsplit('/').next() == Some("go.mod"));
                    if instruction.json.is_some() || !sources.iter().all(|s| is_plain_file(s)) {
                        return false;
                    }
                }
                Keyword::Run => {
                    let fetches = |c: &Command| !(is_go(c, "mod") && second(c) == Some("download"));
                    let list = self.run(index).and_then(super::Run::list);
                    if list.is_none_or(|l| l.into_iter().any(fetches)) {
                        return false;
                    }
                }
                _ => {}
            }
        }
        has_module
    }
}

/// First minor of Go whose standard library has no part made with cgo ahead of time.
const PURE_NET: u32 = 20;

/// First minor of Go that takes no module without its line in go.sum.
pub const STRICT_SUMS: u32 = 16;

/// The minor release of the stage's Go image; none for a floating tag, which is the newest.
pub fn go_minor(stage: &Stage) -> Option<u32> {
    let reference = stage.reference()?;
    crate::catalog::golang::Tag::parse(reference.tag?)?.minor()
}

/// The catalog's name of the official Go image.
pub const GOLANG: &str = "docker.io/library/golang";

/// Whether a command is `go NAME`.
pub fn is_go(command: &Command, name: &str) -> bool {
    command.name() == Some("go") && command.words.get(1).and_then(|w| w.literal.as_deref()) == Some(name)
}

fn second(command: &Command) -> Option<&str> {
    command.words.get(2)?.literal.as_deref()
}

/// A file given by a name that is none of a folder, a pattern, a URL or go.sum.
fn is_plain_file(source: &str) -> bool {
    let name = source.rsplit('/').next().unwrap_or(source);
    let listed = std::path::Path::new(name).extension().is_some() && !name.starts_with('.');
    listed && !source.contains(['*', '?', '[', '$', ':', '"', '\'']) && !matches!(name, "go.sum" | "go.work")
}

/// A command that surely puts no C compiler into the stage.
fn brings_no_compiler(command: &Command) -> bool {
    const HARMLESS: [&str; 9] =
        ["git", "ca-certificates", "tzdata", "openssh", "openssh-client", "make", "curl", "bash", "wget"];
    let Some(words) = literals(&command.words) else { return command.name() == Some("go") };
    match words.as_slice() {
        ["apk", rest @ ..] => rest.iter().all(|w| {
            w.starts_with("--no")
                || matches!(*w, "add" | "update" | "-U" | "--update" | "-q")
                || HARMLESS.contains(w)
        }),
        [name, ..] => matches!(
            *name,
            "go" | "mkdir" | "cd" | "echo" | "chmod" | "rm" | "true" | "set" | "update-ca-certificates"
        ),
        [] => false,
    }
}

/// The folder after a `cd`.
fn changed(folder: Option<&str>, cd: &Command) -> Option<String> {
    match cd.words.as_slice() {
        [_, Word { literal: Some(path), .. }] if !cd.nested && path != "-" => {
            let known = path.starts_with('/') || folder.is_some();
            known.then(|| join(folder.unwrap_or_default(), path))
        }
        _ => None,
    }
}

/// The executable that a `go build` writes.
///
/// Without `-o`, only a list of files tells the name: it is that of the first.
fn output(command: &Command, folder: Option<&str>) -> Option<String> {
    let words = &command.words[2..];
    let mut path = None;
    let mut words_iter = words.iter();
    while let Some(word) = words_iter.next() {
        let Some(text) = word.literal.as_deref() else { continue };
        let text = text.strip_prefix('-').filter(|t| t.starts_with('-')).unwrap_or(text);
        if text == "-o" {
            path = Some(words_iter.next()?.literal.as_deref()?);
        } else if let Some(value) = text.strip_prefix("-o=") {
            path = Some(value);
        } else if text == "-C" || text.starts_with("-C=") {
            return None;
        }
    }
    let path = match path {
        Some(path) if path.ends_with('/') || path == "." => return None,
        Some(path) => path,
        None => {
            let is_source = |t: &&str| std::path::Path::new(t).extension().is_some_and(|e| e == "go");
            let first = words.iter().filter_map(|w| w.literal.as_deref()).find(is_source)?;
            let name = first.rsplit('/').next()?;
            name.strip_suffix(".go")?
        }
    };
    let known = path.starts_with('/') || folder.is_some_and(|f| f.starts_with('/'));
    known.then(|| join(folder.unwrap_or_default(), path))
}

impl Stage {
    /// Whether the base is an image with a Go toolchain that is known here.
    pub fn is_go_builder(&self) -> bool {
        self.is(GOLANG) || self.is("cgr.dev/chainguard/go")
    }
}
