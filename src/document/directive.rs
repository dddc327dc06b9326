//! Parser directives: `# syntax=`, `# escape=`, `# check=`.

use super::Error;
use crate::span::Span;

/// A parser directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directive<'a> {
    /// Its name as written.
    pub name: &'a str,
    /// Its value, trimmed.
    pub value: &'a str,
    /// Where its line is, without the line end.
    pub span: Span,
}

/// The block of directives at the head of a file: it ends with the first line that is none.
#[derive(Debug, Default)]
pub(super) struct Block {
    done: bool,
}

impl Block {
    /// Reads a line of the head, trimmed; `seen` are the directives before it.
    pub(super) fn line<'a>(
        &mut self,
        line: &'a str,
        span: Span,
        seen: &[Directive<'a>],
    ) -> Result<Option<Directive<'a>>, Error> {
        if self.done {
            return Ok(None);
        }
        let Some((name, value)) = split(line) else {
            self.done = true;
            return Ok(None);
        };
        if seen.iter().any(|d| d.name.eq_ignore_ascii_case(name)) {
            let lower = name.to_ascii_lowercase();
            return Err(Error::new(span, format!("only one {lower} parser directive can be used"))
                .help("remove this line, or the one before it"));
        }
        if name.eq_ignore_ascii_case("escape") && !matches!(value, "\\" | "`") {
            return Err(Error::new(span, format!("the escape character can't be {value}"))
                .help("use a backslash or a backtick"));
        }
        Ok(Some(Directive { name, value, span }))
    }
}

/// Name and value of `# name = value`, if the name is a known one.
fn split(line: &str) -> Option<(&str, &str)> {
    let text = line.strip_prefix('#')?.trim_start();
    let (name, value) = text.split_once('=')?;
    let name = name.trim_end_matches(space);
    let known = ["syntax", "escape", "check"].iter().any(|k| name.eq_ignore_ascii_case(k));
    let value = value.trim_matches(space);
    (known && !value.is_empty()).then_some((name, value))
}

/// White space as `\s` of Go's regular expressions has it.
const fn space(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\u{C}' | '\r' | ' ')
}
