//! `checksummed_add`: the checksum of what a URL of `ADD` leads to.
//!
//! Files are got before verbs run: this one reads what was found. A build of `BuildKit` then refuses any other file, in
//! `validatePinnedChecksum` of its `source/http/source.go`.

use crate::catalog::Remote;
use crate::document::{Document, Instruction, Keyword};
use crate::edit::{Applicability, Edit};
use crate::span::Span;
use crate::transform::{Context, Proposal, Proposals, Transform};
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChecksummedAdd {}

impl Transform for ChecksummedAdd {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        if cx.document.escape != '\\' {
            return;
        }
        for add in cx.document.instructions.iter().filter(|i| i.keyword == Keyword::Add) {
            if let Some(url) = url(add) {
                propose(cx, add, &url, out);
            }
        }
    }
}

fn propose(cx: &Context<'_>, add: &Instruction<'_>, url: &str, out: &mut Proposals<'_>) {
    let at = add.source(add.args);
    let fix =
        out.fix("ADD takes whatever the URL leads to when it is built", "add the checksum of the file", at);
    let manual = |fix: Proposal<'_>, why: &str| fix.at_most(Applicability::Manual, why).done();
    let doubt = match frontend(cx.document) {
        Frontend::Knows => None,
        Frontend::Own => Some(
            "a builder older than BuildKit 0.12 does not know `--checksum`, unless the file names a syntax",
        ),
        Frontend::Old => {
            return manual(fix, "the syntax that the file names may not know `--checksum`: it takes 1.6");
        }
    };
    let digest = match cx.view.lookups.remotes.at(url) {
        Some(Remote::File(digest)) => digest,
        Some(Remote::Failed(why)) => return manual(fix, &format!("its checksum is not known: {why}")),
        None => return manual(fix, "its checksum takes the network: --online"),
    };
    let fix = match doubt {
        Some(why) => fix.at_most(Applicability::Unsafe, why),
        None => fix,
    };
    let fix = if is_fixed(url) {
        fix
    } else {
        fix.at_most(Applicability::Unsafe, "the URL names no version: the build fails once its file changes")
    };
    let start = Span::at(at.start);
    fix.evidence([cx.evidence(format!("the URL leads to {digest}"), add)])
        .edits([Edit { span: start, text: format!("--checksum={digest} ") }])
        .done();
}

/// The URL of an `ADD` that may have a checksum: its only source, by TLS, without a variable, and no repository of git.
fn url(add: &Instruction<'_>) -> Option<String> {
    if add.flags.iter().any(|flag| !["chmod", "chown", "link", "unpack"].contains(&flag.name())) {
        return None;
    }
    let words: Vec<String> = match &add.json {
        Some(words) => words.iter().map(|word| word.value.clone()).collect(),
        None => add.words().map(|word| word.text.to_owned()).collect(),
    };
    let [url, _] = words.as_slice() else { return None };
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_graphic() && !"$\\\"'#".contains(c);
    // A trailing slash after a repository is of git too.
    let is_git = path.trim_end_matches('/').rsplit_once('.').is_some_and(|(_, ending)| ending == "git");
    // What an API tells is got to see that it changed: it is there for the cache.
    let is_told = url.starts_with("https://api.") || path.contains("/api/") || path.contains("/refs/heads/");
    let is_file = path.starts_with("https://") && !is_git && (!is_told || is_fixed(url));
    (is_file && url.chars().all(plain)).then(|| url.clone())
}

/// What reads the file.
enum Frontend {
    /// One that knows the flag.
    Knows,
    /// The builder's own.
    Own,
    /// One that does not, or of which that can't be told.
    Old,
}

/// What reads a file: its `# syntax=`, else the builder.
///
/// The flag came with Dockerfile 1.6, which is that of `BuildKit` 0.12:
/// <https://docs.docker.com/reference/dockerfile/#add>, <https://github.com/moby/buildkit/releases/tag/dockerfile%2F1.6.0>.
fn frontend(document: &Document<'_>) -> Frontend {
    let Some(syntax) = document.directives.iter().find(|d| d.name.eq_ignore_ascii_case("syntax")) else {
        return Frontend::Own;
    };
    let image = syntax.value.split('@').next().unwrap_or_default();
    let name = image.strip_prefix("docker.io/").unwrap_or(image);
    let (name, tag) = name.split_once(':').unwrap_or((name, "latest"));
    let mut parts = tag.trim_end_matches("-labs").split(['.', '-']);
    let knows = match (parts.next(), parts.next()) {
        (Some("1" | "latest" | "labs"), None) => true,
        (Some("1"), Some(minor)) => minor.parse::<u32>().is_ok_and(|minor| minor >= 6),
        _ => false,
    };
    // A digest may be that of an older one.
    let pinned_to_any = syntax.value.contains('@') && !tag.contains('.');
    if ["docker/dockerfile", "docker/dockerfile-upstream"].contains(&name) && knows && !pinned_to_any {
        Frontend::Knows
    } else {
        Frontend::Old
    }
}

/// Whether a URL names a version or a commit, so that its file should never change.
fn is_fixed(url: &str) -> bool {
    const MOVING: [&str; 11] = [
        "current", "daily", "dev", "edge", "head", "latest", "main", "master", "nightly", "snapshot",
        "stable",
    ];
    let lower = url.to_ascii_lowercase();
    let path =
        lower.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    let path = path.split('?').next().unwrap_or_default();
    let mut words = path.split(|c: char| !c.is_ascii_alphanumeric());
    if words.clone().any(|word| MOVING.contains(&word)) {
        return false;
    }
    let is_commit = |word: &str| word.len() == 40 && word.bytes().all(|b| b.is_ascii_hexdigit());
    words.any(is_commit) || has_version(path)
}

/// Whether a text has two numbers with a dot between them, and not more digits than those of versions.
fn has_version(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit() && c != '.').any(|part| {
        let numbers: Vec<&str> = part.trim_matches('.').split('.').collect();
        numbers.len() >= 2 && numbers.iter().all(|number| !number.is_empty())
    })
}

#[cfg(test)]
#[path = "checksummed_add_tests.rs"]
mod tests;
