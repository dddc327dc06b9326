//! What came, as lines of text: for people, and to compare.

use super::http::{self, Page, Reply};
use std::hash::{DefaultHasher, Hasher as _};

/// The most bytes of a stream that are looked at.
const STREAM: usize = 64 << 10;
/// The most lines of a stream or page that are kept.
pub(super) const LINES: usize = 200;
/// The most bytes of a line that are kept.
const LINE: usize = 500;

/// What came, one fact a line.
pub(super) fn of_reply(reply: &Reply) -> Vec<String> {
    match reply {
        Reply::Page(page) => of_page(page),
        Reply::Connects(greeting) => {
            let greeting = greeting.iter().map(|line| format!("greeting {line}"));
            std::iter::once("connects".to_owned()).chain(greeting).collect()
        }
        Reply::Nothing => vec![NO_ANSWER.to_owned()],
        Reply::Unaskable(why) => vec![format!("cannot be asked: {why}")],
    }
}

/// The question that the image's HEALTHCHECK answers.
pub(super) const HEALTH: &str = "the health check";
/// The fact that nothing came.
pub(super) const NO_ANSWER: &str = "no answer";

fn of_page(page: &Page) -> Vec<String> {
    let mut facts = vec![format!("status {}", page.status)];
    facts.extend(page.content_type.iter().map(|kind| format!("content type {kind}")));
    facts.extend(page.location.iter().map(|location| format!("location {location}")));
    match std::str::from_utf8(&page.body) {
        // How much came in time differs from run to run; what came until it was enough does not.
        _ if !page.whole && page.body.len() < http::BODY => facts.push("a body that does not end".to_owned()),
        Ok(text) if !text.contains('\0') => facts.extend(lines(text)),
        _ => facts.push(format!("{} bytes, digest {}", page.body.len(), digest(&page.body))),
    }
    facts
}

/// The lines of a stream that has come to its end or not.
pub(super) fn of_stream(bytes: &[u8]) -> Vec<String> {
    let some = &bytes[..bytes.len().min(STREAM)];
    let mut out = lines(&String::from_utf8_lossy(some));
    if bytes.len() > STREAM && out.len() <= LINES {
        out.pop();
        out.push(format!("({} bytes in all)", bytes.len()));
    }
    out
}

/// How many lines a stream has, as [`of_stream`] counts them.
pub(super) fn count(bytes: &[u8]) -> usize {
    let some = &bytes[..bytes.len().min(STREAM)];
    some.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).count()
}

/// Lines, the first of them; of long ones the beginning. Of the rest how much it is, and a digest.
fn lines(text: &str) -> Vec<String> {
    let mut all = text.lines().map(|line| line.trim_end_matches('\r')).filter(|line| !line.is_empty());
    let mut out: Vec<String> = all.by_ref().take(LINES).map(short).collect();
    let rest: Vec<&str> = all.collect();
    if !rest.is_empty() {
        let digest = digest(rest.join("\n").as_bytes());
        out.push(format!("({} more lines, digest {digest})", rest.len()));
    }
    out
}

fn short(line: &str) -> String {
    if line.len() <= LINE {
        return line.to_owned();
    }
    let end = line.floor_char_boundary(LINE);
    format!("{} ({} bytes in all, digest {})", &line[..end], line.len(), digest(line.as_bytes()))
}

/// Tells contents apart within one run of this program.
fn digest(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
#[path = "facts_tests.rs"]
mod tests;
