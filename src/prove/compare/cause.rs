//! Why the rewrite does not do what the original does: what its containers say, matched with what the images hold.

use super::{Findings, Pair, is_root, some};
use crate::prove::behaviour::{Aspect, End, Mismatch, Observation};
use crate::prove::image::{Image, Kind as FileKind};
use crate::prove::proof::Kind;
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Sources of programs and what their tools read: no program misses them when it runs.
const SOURCES: [&str; 14] = [
    ".go",
    ".mod",
    ".sum",
    ".md",
    ".s",
    ".c",
    ".h",
    ".proto",
    "Dockerfile",
    "Makefile",
    ".gitignore",
    ".dockerignore",
    ".toml",
    "LICENSE",
];

/// What to do about a folder that can't be written to.
const FOLDER: &str = "give the folder to the user where it is made: COPY --chown, or `install -d -o`";

/// Adds a difference for every mismatch, and for every cause that can be told.
pub(super) fn explain(pair: Pair<'_>, before: &Image, after: &Image, found: &mut Findings) {
    low_ports(pair, before, after, found);
    let seen = Seen { before, after };
    if pair.mismatches.is_empty() {
        return seen.left_out(found);
    }
    for line in fresh_lines(pair) {
        seen.line(&line, found);
    }
    for mismatch in pair.mismatches {
        seen.mismatch(mismatch, found);
    }
    if let Some(observation) = &pair.after.behaviour {
        seen.start(observation, found);
    }
    let unexplained = !found.differences.iter().any(|known| known.id < Kind::Exit);
    if unexplained {
        seen.guess(pair.mismatches, found);
    }
    for mismatch in pair.mismatches {
        let kind = match mismatch.aspect {
            Aspect::Exit => Kind::Exit,
            Aspect::Output => Kind::Output,
            Aspect::Port(_) => Kind::Port,
            Aspect::Answer => Kind::Answer,
            Aspect::Files => Kind::UnwritableFolder,
            Aspect::Stop => Kind::Stop,
            Aspect::Confinement => Kind::Confinement,
        };
        let help = (kind == Kind::UnwritableFolder).then_some(FOLDER);
        found.helped(kind, mismatch.what.clone(), mismatch.detail.clone(), help);
    }
}

/// A low port that works here and may not elsewhere.
fn low_ports(pair: Pair<'_>, before: &Image, after: &Image, found: &mut Findings) {
    let listening = pair.after.behaviour.iter().flat_map(|seen| seen.listening.iter().flatten());
    if let Some(port) = listening.copied().find(|port| *port < 1024)
        && is_root(before)
        && !is_root(after)
    {
        found.note(format!(
            "port {port} is open to every user here, as with Docker since 20.10; --refuse-low-ports tries it as in \
             clusters where it is not"
        ));
    }
}

/// Lines that the rewrite wrote or answered and the original did not.
fn fresh_lines(pair: Pair<'_>) -> BTreeSet<String> {
    let lines = |side: Option<&Observation>| -> BTreeSet<String> {
        let Some(seen) = side else { return BTreeSet::new() };
        let answers = seen.answers.iter().flat_map(|answer| answer.facts.iter().chain(&answer.unmet));
        seen.output.iter().chain(&seen.errors).chain(answers).cloned().collect()
    };
    let old = lines(pair.before.behaviour.as_ref());
    let mut new = lines(pair.after.behaviour.as_ref());
    new.extend(pair.mismatches.iter().flat_map(|mismatch| mismatch.detail.iter().cloned()));
    new.into_iter().filter(|line| !old.contains(line)).collect()
}

/// What both images hold.
struct Seen<'a> {
    before: &'a Image,
    after: &'a Image,
}

static MISSING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"["'`(\s:]?((?:\.{0,2}/)?[\w.@+~-]+(?:/[\w.@+~-]+)*/?)["'`)]*: (?:no such file or directory|No such file or directory|not found|does not exist)"#,
    )
});
static PATTERN: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex(r#"pattern matches no files: [`"']?([^`"'\s]+)"#));
static DENIED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"["'`(\s:]?((?:\.{0,2}/)?[\w.@+~-]+(?:/[\w.@+~-]+)*/?)["'`)]*: (?:permission denied|Permission denied|EACCES)"#,
    )
});
static REFUSED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(r":(\d{1,5})\b[^:]*: bind: permission denied|(?:EACCES|[Pp]ermission denied)[^\n]*:(\d{1,5})\b")
});
static AUTHORITY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r"x509: (?:certificate signed by unknown authority|failed to load system roots)|unable to get local issuer certificate",
    )
});
static ZONE: LazyLock<Option<Regex>> = LazyLock::new(|| regex(r"unknown time zone (\S+)"));
static LIBRARY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(r"error while loading shared libraries: ([^:\s]+):|Error loading shared library ([^:\s]+):")
});

/// A pattern of this file; a test compiles them all.
fn regex(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

/// What a pattern finds in a line: its first group that took part, or the whole.
fn first<'l>(pattern: Option<&Regex>, line: &'l str) -> Option<&'l str> {
    let captures = pattern?.captures(line)?;
    captures.iter().skip(1).flatten().next().or_else(|| captures.get(0)).map(|part| part.as_str())
}

impl Seen<'_> {
    /// A line that only the rewrite wrote.
    fn line(&self, line: &str, found: &mut Findings) {
        let detail = || vec![line.to_owned()];
        if let Some(port) = first(REFUSED.as_ref(), line) {
            self.refused(port, detail(), found);
        } else if let Some(path) = first(DENIED.as_ref(), line) {
            self.denied(path, detail(), found);
        }
        if let Some(library) = first(LIBRARY.as_ref(), line) {
            found.different(Kind::MissingLibrary, format!("{library} is not in the image"), detail());
        } else if let Some(path) = first(MISSING.as_ref(), line).or_else(|| first(PATTERN.as_ref(), line)) {
            self.missing(path, detail(), found);
        }
        if first(AUTHORITY.as_ref(), line).is_some() && !found.has(Kind::Certificates) {
            let help = "copy the certificates from the builder, or take a base image that has them";
            found.helped(Kind::Certificates, "no certificate is trusted", detail(), Some(help));
        }
        if let Some(zone) = first(ZONE.as_ref(), line) {
            let help = "copy /usr/share/zoneinfo from the builder, or take a base image that has it";
            found.helped(Kind::TimeZones, format!("the time zone {zone} is not known"), detail(), Some(help));
        }
    }

    fn refused(&self, port: &str, detail: Vec<String>, found: &mut Findings) {
        let help = "listen on a port from 1024 on, and let the service map it; Docker lets everyone listen on low \
                    ports, Kubernetes may not";
        let what =
            format!("port {port} is for root, and the container runs as user {}", self.after.config.user);
        found.helped(Kind::PortRefused, what, detail, Some(help));
    }

    /// A path that the rewrite may not read or write.
    fn denied(&self, path: &str, detail: Vec<String>, found: &mut Findings) {
        let config = &self.after.config;
        let (uid, gid) = (config.uid.unwrap_or(0), config.gid.unwrap_or(0));
        let at = self.after.files.resolve(path, &config.working_directory);
        match at {
            Some((at, entry))
                if entry.kind != FileKind::Folder && !self.after.files.readable(&at, uid, gid) =>
            {
                let what = format!("{at} can't be read by user {}", config.user);
                let help = "give the file to the user, or let everyone read it: COPY --chown or --chmod";
                found.helped(Kind::UnreadableFile, what, detail, Some(help));
            }
            _ => {
                let what = format!(
                    "{} can't be written by user {}",
                    join(&config.working_directory, path),
                    config.user
                );
                found.helped(Kind::UnwritableFolder, what, detail, Some(FOLDER));
            }
        }
    }

    /// A path, or a pattern of paths, that the rewrite does not find.
    fn missing<'p>(&self, path: &'p str, detail: Vec<String>, found: &mut Findings) {
        let (old, new) = (&self.before.config.working_directory, &self.after.config.working_directory);
        let fixed = path.find(['*', '?', '[']).map_or(path, |at| &path[..at]);
        let fixed = match fixed.rfind('/') {
            Some(at) if fixed.len() < path.len() => &fixed[..at],
            None if fixed.len() < path.len() => ".",
            _ => fixed,
        };
        // What the program makes itself is in neither image, but the folder for it may be.
        let above = fixed.rsplit_once('/').map(|(folder, _)| folder).filter(|folder| !folder.is_empty());
        let known = |at: &'p str| Some((at, self.before.files.resolve(at, old)?.0));
        let Some((fixed, was)) = known(fixed).or_else(|| known(above?)) else { return };
        if !path.starts_with('/') && old != new && self.after.files.resolve(fixed, old).is_some() {
            let what = format!("{path} is looked for in {new}, and is in {old}");
            let help = format!("set `WORKDIR {old}`");
            found.helped(Kind::WorkingDirectory, what, detail, Some(&help));
        } else if self.after.files.resolve(fixed, new).is_none() {
            let what = format!("{was} is not in the image");
            found.helped(Kind::MissingFile, what, detail, Some("copy it from the builder or the context"));
        }
    }

    fn mismatch(&self, mismatch: &Mismatch, found: &mut Findings) {
        if let Aspect::Port(port @ 1..1024) = mismatch.aspect
            && !is_root(self.after)
            && !found.has(Kind::PortRefused)
        {
            self.refused(&port.to_string(), mismatch.detail.clone(), found);
        }
    }

    /// Why a program did not even begin.
    fn start(&self, observation: &Observation, found: &mut Findings) {
        let End::NotStarted { message } = &observation.end else { return };
        let program = self.after.config.argv().next().unwrap_or_default();
        let detail = vec![message.clone()];
        let lower = message.to_ascii_lowercase();
        if lower.contains("exec format error") && !found.has(Kind::WrongArchitecture) {
            found.different(
                Kind::WrongArchitecture,
                format!("{program} is no program for this machine"),
                detail,
            );
        } else if lower.contains("permission denied") {
            let help = "let everyone execute it: COPY --chmod=755";
            let what = format!("{program} can't be executed by user {}", self.after.config.user);
            found.helped(Kind::UnreadableFile, what, detail, Some(help));
        } else if lower.contains("no such file or directory") || lower.contains("not found") {
            let known = [Kind::MissingProgram, Kind::MissingLibrary].into_iter().any(|kind| found.has(kind));
            if !known {
                found.different(Kind::MissingProgram, format!("{program} can't be started"), detail);
            }
        }
    }

    /// Files of the original's working directory that may be data: those that the rewrite does not hold, by name, and the others.
    fn data(&self) -> (Vec<String>, Vec<String>) {
        let inside = format!("{}/", self.before.config.working_directory);
        let names: BTreeSet<&str> = self.after.files.iter().map(|(path, _)| name(path)).collect();
        let data = self.before.files.iter().filter(|(path, entry)| {
            entry.kind == FileKind::File
                && path.starts_with(&inside)
                && !SOURCES.iter().any(|end| path.ends_with(end))
                && !path.contains("/.git/")
        });
        data.map(|(path, _)| path.to_owned()).partition(|path| !names.contains(name(path)))
    }

    /// Tells of files that are left out though nothing missed them: a page that nobody asked for may.
    fn left_out(&self, found: &mut Findings) {
        let (gone, _) = self.data();
        if !gone.is_empty() {
            found.note(format!(
                "files that the new image does not hold, and that nothing asked for in these runs: {}",
                some(&gone)
            ));
        }
    }

    /// Files that may be behind a difference for which there is no other cause.
    fn guess(&self, mismatches: &[Mismatch], found: &mut Findings) {
        let reads =
            mismatches.iter().any(|one| matches!(one.aspect, Aspect::Answer | Aspect::Exit | Aspect::Output));
        let (old, new) = (&self.before.config.working_directory, &self.after.config.working_directory);
        if !reads || old == "/" {
            return;
        }
        let (gone, moved) = self.data();
        if !gone.is_empty() {
            let what = format!("files of the working directory are not in the image: {}", some(&gone));
            let help = "copy those that the program reads from the builder or the context";
            found.helped(Kind::MissingFile, what, Vec::new(), Some(help));
        } else if old != new && !moved.is_empty() {
            let what = format!("the program works in {new} in place of {old}");
            let help = format!("set `WORKDIR {old}`");
            found.helped(Kind::WorkingDirectory, what, Vec::new(), Some(&help));
        }
    }
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn join(folder: &str, path: &str) -> String {
    crate::model::join(folder, path)
}

/// All patterns, for the test that they are some.
#[cfg(test)]
fn patterns() -> impl Iterator<Item = Option<&'static Regex>> {
    [&MISSING, &PATTERN, &DENIED, &REFUSED, &AUTHORITY, &ZONE, &LIBRARY]
        .into_iter()
        .map(|pattern| pattern.as_ref())
}

#[cfg(test)]
#[path = "cause_tests.rs"]
mod tests;
