//! What becomes of each instruction of a stage that is split.

use super::super::Context;
use super::files::{Files, files};
use crate::document::{Instruction, Keyword};
use crate::model::{State, is_go};
use crate::shell::Command;
use std::path::Path;

/// What becomes of the instructions of the stage.
#[derive(Default)]
pub(super) struct Sorted {
    pub(super) moved: Vec<usize>,
    pub(super) carried: Vec<String>,
    pub(super) env: Vec<String>,
    pub(super) doubt: Option<String>,
    /// A source whose files the text does not show.
    pub(super) unseen: Option<String>,
    /// Whether a later COPY is relative to the working directory of the build.
    pub(super) by_folder: bool,
    /// Whether the new stage sets its working directory by itself.
    pub(super) tail_folder: bool,
}

impl Sorted {
    /// Takes an instruction; none when the stage can't be split because of it.
    pub(super) fn sort(
        &mut self,
        cx: &Context<'_>,
        index: usize,
        i: &Instruction<'_>,
        last_run: usize,
        binary: &str,
    ) -> Option<()> {
        let tail = index > last_run;
        match i.keyword {
            Keyword::Run => self.run(cx, index, binary)?,
            Keyword::Copy | Keyword::Add if tail => {
                files(i).filter(|_| i.keyword == Keyword::Copy)?;
                self.by_folder |=
                    !self.tail_folder && i.words().last().is_some_and(|w| !w.text.starts_with('/'));
            }
            Keyword::Copy | Keyword::Add => self.copy(cx, index, i)?,
            Keyword::Env if tail => {}
            Keyword::Env => self.env(i)?,
            Keyword::Label | Keyword::Expose | Keyword::Stopsignal | Keyword::Maintainer => {
                if !tail {
                    self.moved.push(index);
                }
            }
            Keyword::Workdir => self.tail_folder |= tail && i.args().starts_with('/'),
            Keyword::Arg | Keyword::Cmd | Keyword::Entrypoint => {}
            // A user, a volume, a health check, a shell, a trigger: the text does not show what they need.
            _ => return None,
        }
        // A relative WORKDIR of the new stage would start from another place.
        (i.keyword != Keyword::Workdir || !tail || i.args().starts_with('/')).then_some(())
    }

    fn copy(&mut self, cx: &Context<'_>, index: usize, i: &Instruction<'_>) -> Option<()> {
        let words: Vec<&str> = i.words().map(|w| w.text).collect();
        let (target, sources) = words.split_last()?;
        let folder = cx.model.state(index).absolute(target)?;
        match files(i)? {
            Files::Sources => {}
            Files::Assets if i.keyword == Keyword::Add => return None,
            Files::Assets => {
                let slash =
                    if target.ends_with('/') || *target == "." || sources.len() > 1 { "/" } else { "" };
                let folder = folder.trim_end_matches('/');
                self.carried.push(format!("{} {folder}{slash}", sources.join(" ")));
            }
            Files::Anything(source) => drop(self.unseen.get_or_insert(source)),
        }
        Some(())
    }

    fn env(&mut self, i: &Instruction<'_>) -> Option<()> {
        for pair in i.pairs() {
            if pair.name.starts_with("CGO_") || BUILD_ONLY.contains(&pair.name) {
                continue;
            }
            let text = &i.text.text()[pair.span.range()];
            if text.contains('$') || i.start_line != i.end_line && i.is_legacy_pair() {
                return None;
            }
            self.env.push(text.to_owned());
        }
        Some(())
    }

    fn run(&mut self, cx: &Context<'_>, index: usize, binary: &str) -> Option<()> {
        for command in cx.model.run(index)?.list()? {
            let git = build_step(command, binary, cx.model.state(index))?;
            if git {
                self.doubt.get_or_insert("the stage installs git, which the program may call".into());
            }
        }
        Some(())
    }
}

/// Variables that only a build reads; the Go runtime reads others, such as GOMAXPROCS and GODEBUG.
const BUILD_ONLY: [&str; 26] = [
    "DEBIAN_FRONTEND",
    "GO111MODULE",
    "GOAMD64",
    "GOARCH",
    "GOARM",
    "GOARM64",
    "GOBIN",
    "GOCACHE",
    "GOENV",
    "GOEXPERIMENT",
    "GOFLAGS",
    "GOINSECURE",
    "GOMODCACHE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOOS",
    "GOPATH",
    "GOPRIVATE",
    "GOPROXY",
    "GOROOT",
    "GOSUMDB",
    "GOTOOLCHAIN",
    "GOVCS",
    "GOWORK",
    "GOTMPDIR",
    "PATH",
];

/// Packages that only a build needs, or that the new stage's image has.
const PACKAGES: [&str; 14] = [
    "git",
    "ca-certificates",
    "tzdata",
    "make",
    "gcc",
    "g++",
    "build-base",
    "build-essential",
    "musl-dev",
    "libc-dev",
    "libc6-dev",
    "binutils",
    "update",
    "pkgconf",
];

/// Whether a command installs git; none when it may do something that the program needs.
fn build_step(command: &Command, binary: &str, state: &State) -> Option<bool> {
    if command.name() == Some("go") {
        let known = ["mod", "build", "test", "vet", "version", "env"].iter().any(|n| is_go(command, n));
        return (known && command.redirects.is_empty()).then_some(false);
    }
    let words = command.literals()?;
    let known = match words.as_slice() {
        ["set", rest @ ..] => rest.iter().all(|w| w.starts_with('-') || *w == "pipefail"),
        ["mkdir", rest @ ..] => rest.iter().all(|w| {
            let above = |path: &str| Path::new(path).starts_with(w) && w.starts_with('/');
            w.starts_with('-') || above(binary) || state.workdir.as_deref().is_some_and(above)
        }),
        ["chmod", "+x" | "755" | "0755" | "a+x", path] => state.absolute(path).as_deref() == Some(binary),
        ["cd" | "update-ca-certificates" | "true", ..]
        | ["apk" | "apt-get", "update" | "clean" | "autoremove", ..] => true,
        ["apk", "add", rest @ ..]
        | ["apt-get", "install", rest @ ..]
        | ["apt-get", "-y", "install", rest @ ..] => {
            rest.iter().all(|w| w.starts_with('-') && !w.contains("virtual") || PACKAGES.contains(w))
        }
        ["rm", rest @ ..] => rest
            .iter()
            .all(|w| w.starts_with('-') || w.starts_with("/var/lib/apt") || w.starts_with("/var/cache")),
        _ => false,
    };
    (known && command.redirects.is_empty()).then_some(words.contains(&"git"))
}
