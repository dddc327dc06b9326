//! What a project says of Go: `go.mod`, `go.work`, `.go-version`.

use super::set::Set;
use super::stated::{Stated, lines};
use super::version::numbers;
use super::want::Want;
use crate::project::golang;

/// The lines `go` and `toolchain`: a Go that is as new or newer builds the module (Go's documentation, doc/toolchain: the
/// first is a strict minimum, the second what is wished for).
pub(super) fn module(text: &str) -> Vec<Stated> {
    let lines = golang::asked_versions(text).into_iter();
    // `default` asks for the Go that is there.
    let lines = lines.filter(|(_, version)| version != "default");
    lines.map(|(line, version)| Stated { line, want: at_least(&version), text: version }).collect()
}

/// `.go-version`, of goenv.
pub(super) fn version_file(text: &str) -> Vec<Stated> {
    lines(text).take(1).map(|(line, text)| Stated::new(line, text, pin(text))).collect()
}

/// A version as version managers write it: what starts with it.
pub(super) fn pin(text: &str) -> Want {
    Want::set(numbers(text.strip_prefix("go").unwrap_or(text)).map(|parts| Set::line(&parts)))
}

/// `1.22`, `go1.22.3`, `1.22rc1`, `go1.22.3-custom`: this version and newer ones.
fn at_least(text: &str) -> Want {
    let text = text.strip_prefix("go").unwrap_or(text);
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    Want::set(numbers(&text[..end]).map(|parts| Set::at_least(&parts)))
}
