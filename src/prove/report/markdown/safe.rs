//! Text of strangers in a comment, where no markup in it has any force.
//!
//! Names stand in code spans and fences that are longer than any run of backticks in them. There, GitHub makes no links of
//! mentions, numbers and addresses. In a table, a pipe would end the cell even within code: it gets an odd
//! number of backslashes before it, with which every reader takes it for a part of the text.

use super::super::prose::pieces;
use super::super::words::shortened;
use crate::report::clean;

/// A name as code.
pub(super) fn code(text: &str, most: usize) -> String {
    let text = harmless(text, most).replace(['\u{2028}', '\u{2029}'], " ");
    let fence = "`".repeat(longest_run(&text) + 1);
    let blank = text.trim().is_empty()
        || [text.chars().next(), text.chars().last()].iter().any(|end| matches!(end, Some('`' | ' ')));
    let pad = if blank { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// The same in a cell of a table.
pub(super) fn code_cell(text: &str, most: usize) -> String {
    cell(&code(text, most))
}

/// A sentence: words as they are, names as code.
pub(super) fn prose(text: &str, most: usize) -> String {
    let text = shortened(text, most);
    pieces(&text)
        .iter()
        .map(|piece| if piece.code { code(&piece.text, most) } else { piece.text.clone() })
        .collect()
}

/// The same in a cell of a table.
pub(super) fn prose_cell(text: &str, most: usize) -> String {
    cell(&prose(text, most))
}

/// Lines in a fence, with blanks before each.
pub(super) fn fenced(lines: &[String], indent: &str, most: usize) -> String {
    let lines: Vec<String> = lines.iter().map(|line| harmless(line, most)).collect();
    let fence = "`".repeat(lines.iter().map(|line| longest_run(line)).max().unwrap_or(0).max(2) + 1);
    let body = lines.iter().flat_map(|line| [indent, line, "\n"]).collect::<String>();
    format!("{indent}{fence}text\n{body}{indent}{fence}\n")
}

/// At most so many characters of a line, without any that would be obeyed. What is cut away is not looked at.
fn harmless(text: &str, most: usize) -> String {
    shortened(&clean(&shortened(text, most).replace('\t', "    ")), most)
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Text of one line with an odd number of backslashes before each pipe.
fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut slashes = 0;
    for letter in text.chars() {
        if letter == '|' && slashes % 2 == 0 {
            out.push('\\');
        }
        slashes = if letter == '\\' { slashes + 1 } else { 0 };
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_longer_than_its_backticks() {
        assert_eq!(code("a", 9), "`a`");
        assert_eq!(code("a``b`c", 9), "```a``b`c```");
        assert_eq!(code("`a`", 9), "`` `a` ``");
        assert_eq!(code("", 9), "`  `");
        assert_eq!(code("a\nb", 9), "`a\\u{a}b`");
        assert_eq!(fenced(&["a".into(), "````".into()], "  ", 9), "  `````text\n  a\n  ````\n  `````\n");
    }

    #[test]
    fn no_pipe_ends_a_cell() {
        assert_eq!(code_cell("a|b", 9), "`a\\|b`");
        assert_eq!(code_cell("a\\|b", 9), "`a\\|b`");
        assert_eq!(code_cell("a\\\\|b", 9), "`a\\\\\\|b`");
    }

    #[test]
    fn sentences_keep_their_words() {
        let sentence = "GET /a on port 8080: by @team in #12";
        assert_eq!(prose(sentence, 99), "GET `/a` on port 8080: by `@team` in `#12`");
    }
}
