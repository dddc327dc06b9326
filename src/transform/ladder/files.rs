//! Files: what a `COPY` brings, and what settings and arguments name.

use super::super::Context;
use crate::document::{Instruction, Keyword};
use crate::model::Stage;
use std::path::Path;

/// What the sources of a `COPY` are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Files {
    /// Go sources and module files: only a build reads them.
    Sources,
    /// Files named one by one, or folders whose name says that they hold none of the sources.
    Assets,
    /// A folder or pattern that may hold anything; its text.
    Anything(String),
}

/// Tells what a `COPY` or `ADD` brings; none when its words can't be read for sure.
pub(super) fn files(copy: &Instruction<'_>) -> Option<Files> {
    if copy.json.is_some() || !copy.heredocs.is_empty() || !copy.flags.is_empty() {
        return None;
    }
    let words: Vec<&str> = copy.words().map(|w| w.text).collect();
    let (_, sources) = words.split_last()?;
    if sources.is_empty() || words.iter().any(|w| w.contains(['$', '"', '\'', '\\', ':'])) {
        return None;
    }
    if let Some(folder) = sources.iter().find(|s| kind(s) == Kind::Unknown) {
        return Some(Files::Anything((*folder).to_owned()));
    }
    if sources.iter().all(|s| kind(s) == Kind::Source) {
        return Some(Files::Sources);
    }
    // A mixed list is carried whole: a source too many does no harm, a file too few does.
    Some(Files::Assets)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Source,
    Asset,
    Unknown,
}

/// Files and folders that only builds read.
const SOURCES: [&str; 18] = [
    "go.mod",
    "go.sum",
    "go.work",
    "go.work.sum",
    "vendor",
    "Makefile",
    "Gopkg.lock",
    "Gopkg.toml",
    "glide.lock",
    "glide.yaml",
    "Godeps",
    "Godeps.json",
    "vendor.json",
    "vendor.conf",
    "Dockerfile",
    "LICENSE",
    "README.md",
    ".git",
];

/// Folders that by their name hold files for the program.
const ASSETS: [&str; 16] = [
    "assets",
    "conf",
    "config",
    "configs",
    "data",
    "etc",
    "html",
    "locales",
    "migrations",
    "public",
    "static",
    "templates",
    "tmpl",
    "views",
    "web",
    "www",
];

/// Whether only a build reads a file of this name.
pub(super) fn is_source(source: &str) -> bool {
    kind(source) == Kind::Source
}

fn kind(source: &str) -> Kind {
    let trimmed = source.trim_end_matches('/');
    let name = trimmed.rsplit('/').next().unwrap_or(trimmed);
    let extension = Path::new(name).extension().and_then(|e| e.to_str());
    if name.contains(['*', '?', '[']) {
        // `*.go` brings sources only; `go.*` and `go.mod*` the module files.
        let sources = extension == Some("go") && !name.ends_with('*') || name.starts_with("go.");
        return if sources { Kind::Source } else { Kind::Unknown };
    }
    match extension {
        Some("go" | "proto") => Kind::Source,
        _ if SOURCES.contains(&name) => Kind::Source,
        _ if ASSETS.contains(&name) => Kind::Asset,
        Some(_) if !name.starts_with('.') => Kind::Asset,
        _ => Kind::Unknown,
    }
}

/// Places that every image has and that programs only read, or that anyone may write to.
const COMMON: [&str; 8] = ["/etc/", "/usr/", "/dev/", "/proc/", "/sys/", "/tmp", "/bin/", "/run/secrets"];

/// The absolute paths in the arguments of a program and in the variables of its stage, with the instruction that sets one.
pub(super) fn named_paths<'c>(
    cx: &Context<'c>,
    stage: &Stage,
    argv: &[String],
) -> Vec<(String, Option<&'c Instruction<'c>>)> {
    let mut found: Vec<_> = argv.iter().skip(1).flat_map(|a| paths(a)).map(|path| (path, None)).collect();
    for (_, instruction) in cx.model.body(stage).filter(|(_, i)| i.keyword == Keyword::Env) {
        for pair in instruction.pairs().into_iter().filter(|p| !is_for_builds(p.name) && !is_used(cx, p.name))
        {
            let value = pair.value.map_or("", |v| v.text.trim_matches(['"', '\'']));
            found.extend(paths(value).into_iter().map(|path| (path, Some(instruction))));
        }
    }
    found
}

/// Whether the Dockerfile itself uses a variable, other than in the command, for which it may have been set.
fn is_used(cx: &Context<'_>, name: &str) -> bool {
    let (plain, braced) = (format!("${name}"), format!("${{{name}}}"));
    let uses = |i: &&Instruction<'_>| i.args().contains(&plain) || i.args().contains(&braced);
    let of_build = |i: &&Instruction<'_>| !matches!(i.keyword, Keyword::Cmd | Keyword::Entrypoint);
    cx.document.instructions.iter().filter(of_build).any(|i| uses(&i))
}

/// Whether a path is by its name one that programs write to.
pub(super) fn is_store(path: &str) -> bool {
    const PARTS: [&str; 12] = [
        "db", "data", "log", "logs", "cache", "store", "storage", "upload", "uploads", "tmp", "database",
        "state",
    ];
    let part = |part: &str| {
        PARTS.contains(&part) || [".db", ".log", ".sqlite", ".pid"].iter().any(|end| part.ends_with(end))
    };
    path.split('/').any(part)
}

/// The absolute paths in a word.
fn paths(word: &str) -> Vec<String> {
    let parts = word.split(['=', ':', ',', ' ']).filter(|part| part.len() > 1 && part.starts_with('/'));
    let read = |part: &str| {
        let extension = Path::new(part).extension().and_then(|e| e.to_str());
        extension.is_some_and(|e| {
            ["yml", "yaml", "toml", "conf", "cfg", "ini", "crt", "pem", "key", "html", "tmpl"].contains(&e)
        })
    };
    let own = parts
        .filter(|part| !part.starts_with("//") && !read(part) && !COMMON.iter().any(|c| part.starts_with(c)));
    own.map(str::to_owned).collect()
}

/// Variables that only a build reads; the Go runtime reads others, such as GOMAXPROCS and GODEBUG.
pub(super) fn is_for_builds(name: &str) -> bool {
    const NAMES: [&str; 26] = [
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
    name.starts_with("CGO_") || NAMES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    #[test]
    fn names_tell_sources_from_assets() {
        let of = |line: &str| {
            let text = format!("FROM a\n{line}\n");
            files(&Document::parse(&text).instructions[1])
        };
        assert_eq!(of("COPY go.mod go.sum main.go ./"), Some(Files::Sources));
        assert_eq!(of("COPY src/*.go ./"), Some(Files::Sources));
        assert_eq!(of("COPY templates ./templates"), Some(Files::Assets));
        assert_eq!(of("COPY config.yaml /etc/app/"), Some(Files::Assets));
        assert_eq!(of("COPY . ."), Some(Files::Anything(".".into())));
        assert_eq!(of("COPY cmd ./cmd"), Some(Files::Anything("cmd".into())));
        assert_eq!(of("COPY --chown=1 main.go ./"), None);
        assert_eq!(of("COPY $X ./"), None);
    }
}
