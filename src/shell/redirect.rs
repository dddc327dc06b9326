//! Redirects: their bytes in the text, and heredocs that every shell ends at the same line.

use rable::{Node, NodeKind};

use super::{Redirect, word};
use crate::span::Span;

const OPERATORS: [&str; 14] =
    ["<<<", "<<-", "&>>", ">&-", "<&-", "<<", ">>", "<&", ">&", "<>", ">|", "&>", "<", ">"];

/// The redirect of `node`, whose bytes from the operator on are `span`.
pub(super) fn read(text: &str, node: &Node, span: Span) -> Option<Redirect> {
    let written = text.get(span.range())?;
    let operator = *OPERATORS.iter().find(|&&operator| written.starts_with(operator))?;
    let (fd, start) = descriptor(text, span.start, number(node)?)?;
    // In `>&-` the dash is the target, whatever the parser makes of it.
    let operator = operator.strip_suffix("&-").map_or(operator, |_| &operator[..2]);
    let after = &written[operator.len()..];
    let raw = after.trim_start_matches([' ', '\t']);
    let target = word::read(raw, span.end - raw.len())?;
    if raw.is_empty() || !agrees(text, node, raw, span.end) {
        return None;
    }
    let span = Span::new(start, span.end);
    Some(Redirect { span, fd, operator: operator.to_owned(), target })
}

/// Whether the redirect of a compound command, found at `span`, leaves the rest of the text clear.
pub(super) fn sound(text: &str, node: &Node, span: Option<Span>) -> Option<()> {
    match &node.kind {
        NodeKind::HereDoc { .. } => read(text, node, span?).map(|_| ()),
        NodeKind::Redirect { varfd: None, .. } => Some(()),
        _ => None,
    }
}

/// The descriptor that the parser found; `None` for the `{name}>` of bash.
fn number(node: &Node) -> Option<i32> {
    match &node.kind {
        NodeKind::Redirect { fd, varfd: None, .. } | NodeKind::HereDoc { fd, .. } => Some(*fd),
        _ => None,
    }
}

/// The descriptor in front of the operator at `start`, and where it begins.
fn descriptor(text: &str, start: usize, fd: i32) -> Option<(Option<u32>, usize)> {
    if fd < 0 {
        return Some((None, start));
    }
    let digit = text.get(start.checked_sub(1)?..start)?.parse::<u32>().ok()?;
    // More digits are a descriptor in bash and a word in other shells.
    (i64::from(digit) == i64::from(fd)).then_some((Some(digit), start - 1))
}

/// Whether the text of the target is what the parser read.
fn agrees(text: &str, node: &Node, raw: &str, end: usize) -> bool {
    match &node.kind {
        NodeKind::Redirect { op, target, .. } => match &target.kind {
            NodeKind::Word { value, .. } => value == raw || (op.contains('&') && raw.ends_with('-')),
            _ => false,
        },
        NodeKind::HereDoc { delimiter, strip_tabs, .. } => {
            let bare = raw.trim_matches(['\'', '"']).trim_start_matches('\\');
            bare == delimiter && ends_clearly(&text[end..], delimiter, *strip_tabs)
        }
        _ => false,
    }
}

/// Whether the body ends at a line that is the delimiter alone, with no line that merely looks like it.
fn ends_clearly(after: &str, delimiter: &str, strip_tabs: bool) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-.+".contains(&b);
    if delimiter.is_empty() || !delimiter.bytes().all(plain) {
        return false;
    }
    let mut ended = false;
    let mut continued = false;
    for line in after.split('\n').skip(1) {
        let bare = if strip_tabs { line.trim_start_matches('\t') } else { line };
        if bare == delimiter && !continued {
            ended = true;
        } else if line.trim() == delimiter {
            return false;
        }
        continued = line.ends_with('\\');
    }
    ended
}
