//! Unified diffs that `git apply` and `patch -p1` turn back into exactly the new bytes.
//!
//! The head is `---` and `+++` without `diff --git`: `git apply` then reads the path from the current folder, as
//! `patch` does, and not from the top of the repository.

use super::clean::clean_bytes;
use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};
use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// The name that a patch gives to a file: from `folder` if it lies there, else from the root.
///
/// Links are resolved, since neither `git apply` nor `patch` changes a file through one; for a file that is not there, the
/// caller has done so.
pub fn label(path: &Path, folder: &Path) -> Vec<u8> {
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let inside = fs::canonicalize(folder)
        .ok()
        .and_then(|folder| real.strip_prefix(folder).ok().map(Path::to_path_buf));
    let inside = inside.unwrap_or(real);
    let plain: PathBuf = inside.components().filter(|part| matches!(part, Component::Normal(_))).collect();
    let bytes = plain.as_os_str().as_encoded_bytes();
    if cfg!(windows) {
        bytes.iter().map(|&b| if b == b'\\' { b'/' } else { b }).collect()
    } else {
        bytes.to_vec()
    }
}

/// The patch from `before` to `after`; empty when they are equal.
pub fn patch(label: &[u8], before: &[u8], after: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    if before != after {
        head(&mut out, b"--- ", b"a/", label);
        head(&mut out, b"+++ ", b"b/", label);
        hunks(&mut out, before, after);
    }
    out
}

/// The patch that makes a file; empty when there would be nothing in it.
pub fn creation(label: &[u8], text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    if !text.is_empty() {
        out.extend_from_slice(b"--- /dev/null\n");
        head(&mut out, b"+++ ", b"b/", label);
        hunks(&mut out, b"", text);
    }
    out
}

fn hunks(out: &mut Vec<u8>, before: &[u8], after: &[u8]) {
    let (old, new) = (lines(before), lines(after));
    let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
    for group in group_diff_ops(ops, CONTEXT) {
        hunk(out, &group, &old, &new);
    }
}

/// Lines as patch programs know them: ended by a line feed and by nothing else.
fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|&b| b == b'\n').collect()
}

fn hunk(out: &mut Vec<u8>, group: &[DiffOp], old: &[&[u8]], new: &[&[u8]]) {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return };
    let removed = range(&(first.old_range().start..last.old_range().end));
    let added = range(&(first.new_range().start..last.new_range().end));
    out.extend_from_slice(format!("@@ -{removed} +{added} @@\n").as_bytes());
    for op in group {
        let (tag, from, to) = op.as_tag_tuple();
        match tag {
            DiffTag::Equal => body(out, b' ', &old[from]),
            DiffTag::Delete | DiffTag::Insert | DiffTag::Replace => {
                body(out, b'-', &old[from]);
                body(out, b'+', &new[to]);
            }
        }
    }
}

/// `start,count` with lines from 1; an empty range names the line before it.
fn range(lines: &Range<usize>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => format!("{}", lines.start + 1),
        count => format!("{},{count}", lines.start + 1),
    }
}

fn body(out: &mut Vec<u8>, sign: u8, lines: &[&[u8]]) {
    for line in lines {
        out.push(sign);
        out.extend_from_slice(line);
        if !line.ends_with(b"\n") {
            out.extend_from_slice(b"\n\\ No newline at end of file\n");
        }
    }
}

fn head(out: &mut Vec<u8>, mark: &[u8], side: &[u8], label: &[u8]) {
    out.extend_from_slice(mark);
    if label.iter().any(|&b| needs_quotes(b)) {
        out.push(b'"');
        out.extend_from_slice(side);
        for &byte in label {
            quoted(out, byte);
        }
        out.push(b'"');
    } else {
        out.extend_from_slice(side);
        out.extend_from_slice(label);
        // The tab ends the name; without it `patch` stops at the space.
        if label.contains(&b' ') {
            out.push(b'\t');
        }
    }
    out.push(b'\n');
}

fn needs_quotes(byte: u8) -> bool {
    matches!(byte, 0..=0x1f | b'"' | b'\\' | 0x7f..)
}

/// One byte of a quoted name, the way git writes it.
fn quoted(out: &mut Vec<u8>, byte: u8) {
    match byte {
        b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\t' => out.extend_from_slice(b"\\t"),
        _ if needs_quotes(byte) => out.extend_from_slice(format!("\\{byte:03o}").as_bytes()),
        _ => out.push(byte),
    }
}

/// The patch for a terminal: control characters escaped, lines in colour if asked.
pub fn paint(patch: &[u8], colour: bool) -> String {
    let text = clean_bytes(patch);
    if !colour {
        return text;
    }
    let mut out = String::with_capacity(text.len() * 2);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let code = match line.as_bytes().first() {
            _ if number < 2 => "1",
            Some(b'@') => "36",
            Some(b'-') => "31",
            Some(b'+') => "32",
            _ => "",
        };
        let body = line.trim_end_matches(['\r', '\n']);
        if code.is_empty() {
            out.push_str(line);
        } else {
            write!(out, "\u{1b}[{code}m{body}\u{1b}[0m{}", &line[body.len()..]).ok();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(label: &str, before: &[u8], after: &[u8]) -> String {
        String::from_utf8_lossy(&patch(label.as_bytes(), before, after)).into_owned()
    }

    #[test]
    fn a_lone_carriage_return_is_no_line_end() {
        let expected = "--- a/D\n+++ b/D\n@@ -1,2 +1,2 @@\n a\rb\n-c\n+d\n";
        assert_eq!(text("D", b"a\rb\nc\n", b"a\rb\nd\n"), expected);
    }

    #[test]
    fn a_missing_final_newline_is_told() {
        let expected = "--- a/D\n+++ b/D\n@@ -1 +1,2 @@\n-a\r\n\\ No newline at end of file\n+a\n+b\n\\ No newline at end of file\n";
        assert_eq!(text("D", b"a\r", b"a\nb"), expected);
    }

    #[test]
    fn equal_texts_have_no_patch() {
        assert_eq!(text("D", b"a", b"a"), "");
    }

    #[test]
    fn a_new_file_is_made_from_nothing() {
        let text = |text: &[u8]| String::from_utf8_lossy(&creation(b"a/b", text)).into_owned();
        assert_eq!(text(b"x\ny\n"), "--- /dev/null\n+++ b/a/b\n@@ -0,0 +1,2 @@\n+x\n+y\n");
        assert_eq!(text(b"x"), "--- /dev/null\n+++ b/a/b\n@@ -0,0 +1 @@\n+x\n\\ No newline at end of file\n");
    }

    #[test]
    fn odd_names_are_quoted_as_git_does() {
        assert!(text("é\"\n", b"a\n", b"b\n").starts_with("--- \"a/\\303\\251\\\"\\n\"\n+++ \"b/"));
        assert!(text("my file", b"a\n", b"b\n").starts_with("--- a/my file\t\n+++ b/my file\t\n"));
    }
}
