//! What the Go commands of a stage make.

mod output;

pub use output::Output;

use super::expand::Value;
use super::run::literals;
use super::{Model, Stage};
use crate::catalog::Tag;
use crate::document::Keyword;
use crate::shell::Command;
use std::path::Path;

/// A command that makes Go programs.
#[derive(Clone, Debug)]
pub struct GoBuild {
    /// Index of its `RUN`.
    pub instruction: usize,
    /// Index among the commands of the `RUN`.
    pub command: usize,
    /// Which command it is.
    pub verb: GoVerb,
    /// What it writes.
    pub output: Output,
    /// The folder that it runs in; none when that is not known.
    pub folder: Option<String>,
    /// The packages or files that it builds; a none for a word that is not known. Empty: the package of its folder.
    pub targets: Vec<Option<String>>,
    /// The build tags that it sets.
    pub tags: Vec<String>,
}

impl GoBuild {
    /// The executable that it writes, when the text tells its whole path.
    pub fn file(&self) -> Option<&str> {
        match &self.output {
            Output::File(path) => Some(path),
            _ => None,
        }
    }
}

/// The commands of Go that make programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoVerb {
    /// `go build`.
    Build,
    /// `go install`, and `go-wrapper install`, which calls it.
    Install,
    /// `go get`, which installed programs before Go 1.18.
    Get,
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
    /// The commands of a stage that make Go programs, in order.
    pub fn go_programs(&self, stage: &Stage) -> &[GoBuild] {
        self.programs[stage.index].get_or_init(|| self.read_programs(stage))
    }

    fn read_programs(&self, stage: &Stage) -> Vec<GoBuild> {
        let mut builds = Vec::new();
        for (index, instruction) in self.body(stage) {
            if instruction.keyword == Keyword::Run && instruction.args().contains("go") {
                self.read_builds(index, &mut builds);
            }
        }
        builds
    }

    /// The `go build` commands of a stage, in order.
    pub fn go_builds(&self, stage: &Stage) -> impl Iterator<Item = &GoBuild> {
        self.go_programs(stage).iter().filter(|build| build.verb == GoVerb::Build)
    }

    fn read_builds(&self, index: usize, builds: &mut Vec<GoBuild>) {
        let Some(run) = self.run(index) else { return };
        let text = self.document.instructions[index].args();
        for (number, (command, folder)) in run.script.commands.iter().zip(self.folders(index)).enumerate() {
            builds.extend(self.go_build((index, number), command, text, folder.clone()));
        }
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
        if self.lacks_compiler(stage) {
            return Purity::Pure("the base image has no C compiler and the stage installs none".into());
        }
        let minor = self.go_image(stage).and_then(go_minor);
        match self.only_own_go_files(stage, build) {
            Some(true) if minor.is_none_or(|m| m >= STRICT_SUMS) => {
                return Purity::Pure(
                    "go.mod comes without go.sum, so the program has no other modules".into(),
                );
            }
            Some(false) => {
                return Purity::Pure(
                    "only files that are named come, and nothing that brings packages".into(),
                );
            }
            _ => {}
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
        };
        words
            .iter()
            .filter_map(|w| w.literal.as_deref())
            .find(cgo)
            .map(|w| w.split(['=', ' ']).next().unwrap_or(w).to_owned())
    }

    /// The stage at the root of a stage, if its image has a Go toolchain that is known here.
    pub fn go_image(&self, stage: &Stage) -> Option<&Stage> {
        self.chain(stage).last().filter(|root| root.is_go_builder())
    }

    /// An image of Go without a C compiler, in which nothing that brings one is installed.
    pub fn lacks_compiler(&self, stage: &Stage) -> bool {
        let bare = |root: &Stage| root.is(GOLANG) && root.facts().is_some_and(|facts| !facts.gcc);
        self.go_image(stage).is_some_and(bare)
            && self.chain(stage).flat_map(|part| self.body(part)).all(|(index, instruction)| {
                instruction.keyword != Keyword::Run
                    || self.run(index).is_some_and(|run| !run.script.commands.iter().any(brings_compiler))
            })
    }

    /// Whether there is a go.mod, where every file comes by name, with neither a go.sum nor anything that could hold modules;
    /// none where that is not so.
    fn only_own_go_files(&self, stage: &Stage, build: &GoBuild) -> Option<bool> {
        let fetches = |c: &Command| !(is_go(c, "mod") && second(c) == Some("download"));
        let (mut has_module, mut has_source) = (false, false);
        for (index, instruction) in self.body(stage).take_while(|(index, _)| *index <= build.instruction) {
            match instruction.keyword {
                Keyword::Copy | Keyword::Add => {
                    if instruction.flags.iter().any(|f| f.name() == "from")
                        || !instruction.heredocs.is_empty()
                    {
                        return None;
                    }
                    let words: Vec<_> = instruction.words().map(|w| w.text).collect();
                    let (_, sources) = words.split_last()?;
                    has_module |= sources.iter().any(|s| s.rsplit('/').next() == Some("go.mod"));
                    has_source |= sources.iter().any(|s| Path::new(s).extension().is_some_and(|e| e == "go"));
                    if instruction.json.is_some() || !sources.iter().all(|s| is_plain_file(s)) {
                        return None;
                    }
                }
                Keyword::Run if index == build.instruction => {
                    let run = self.run(index)?;
                    let before = run.script.commands.iter().take(build.command);
                    if before.into_iter().any(|c| fetches(c) && c.name() != Some("cd")) {
                        return None;
                    }
                }
                Keyword::Run => {
                    let list = self.run(index).and_then(super::Run::list);
                    if list.is_none_or(|l| l.into_iter().any(fetches)) {
                        return None;
                    }
                }
                _ => {}
            }
        }
        (has_module || has_source).then_some(has_module)
    }
}

/// First minor of Go that takes no module without its line in go.sum.
pub const STRICT_SUMS: u32 = 16;

/// The minor release of the stage's Go image; none for a floating tag, which is the newest.
pub fn go_minor(stage: &Stage) -> Option<u32> {
    let reference = stage.reference()?;
    let tag = Tag::parse(reference.tag?).filter(|tag| !tag.prerelease)?;
    tag.version.filter(|version| version.major() == 1)?.minor()
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

/// Whether a command may install a C compiler.
fn brings_compiler(command: &Command) -> bool {
    const COMPILERS: [&str; 12] = [
        "gcc",
        "g++",
        "build-base",
        "alpine-sdk",
        "clang",
        "llvm",
        "rust",
        "cargo",
        "ghc",
        "fortran",
        "tcc",
        "mingw",
    ];
    if command.name() != Some("apk") {
        return false;
    }
    let Some(words) = literals(&command.words) else { return true };
    words.iter().any(|w| *w == "go" || COMPILERS.iter().any(|name| w.contains(name)))
}

impl Stage {
    /// Whether the base is an image with a Go toolchain that is known here.
    pub fn is_go_builder(&self) -> bool {
        self.is(GOLANG) || self.is("cgr.dev/chainguard/go")
    }
}
