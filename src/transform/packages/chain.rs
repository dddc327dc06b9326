//! The commands of a `RUN` as they stand in the file: what joins them, and the edits that add one, take one out, or give
//! one a flag, each in the style of the instruction.

use super::super::Context;
use crate::document::{Document, Instruction};
use crate::edit::Edit;
use crate::model::{Model, Run};
use crate::shell::Command;
use crate::span::Span;

/// The shell text of a `RUN`, with the way back into the file.
#[derive(Clone, Copy)]
pub(in crate::transform) struct Chain<'c> {
    document: &'c Document<'c>,
    model: &'c Model<'c>,
    /// The `RUN`.
    pub(in crate::transform) index: usize,
    run: &'c Run,
}

/// What follows a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::transform) enum Next {
    /// `&&`
    And,
    /// `||`
    Or,
    /// `;` and another command
    Semi,
    /// Nothing, or the one `;` that ends the text.
    End,
    /// Anything else: a pipe, `&`, the end of a group or a loop.
    Other,
}

/// What stands between two commands on two lines, in the file's own bytes.
struct Gap {
    text: String,
    operator: &'static str,
}

impl<'c> Chain<'c> {
    /// The commands of a `RUN` in shell form; none when it can't be read for sure.
    pub(in crate::transform) fn of(cx: &'c Context<'_>, index: usize) -> Option<Self> {
        Some(Self { document: cx.document, model: cx.model, index, run: cx.model.run(index)? })
    }

    /// The `RUN`.
    pub(in crate::transform) fn instruction(&self) -> &'c Instruction<'c> {
        &self.document.instructions[self.index]
    }

    /// Its commands in source order, nested ones too.
    pub(in crate::transform) fn commands(&self) -> &'c [Command] {
        &self.run.script.commands
    }

    /// The shell text.
    pub(in crate::transform) fn text(&self) -> &'c str {
        self.instruction().args()
    }

    /// A range of the shell text as a range of the file.
    pub(in crate::transform) fn source(&self, span: Span) -> Span {
        self.instruction().source(self.run.joined(span))
    }

    /// The value of a variable of the build where the instruction begins, if it is known.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        self.model.state(self.index).set(name)
    }

    /// The bytes of a command in the file, if it is one line of literal words and nothing else.
    pub(super) fn plain(&self, command: usize) -> Option<&'c str> {
        let own = &self.commands()[command];
        let span = self.source(own.span);
        let text = self.file_text(span.start, span.end);
        (own.redirects.is_empty() && own.literals().is_some() && !text.contains('\n')).then_some(text)
    }

    /// What joins a command to the one after it.
    pub(in crate::transform) fn next(&self, command: usize) -> Next {
        let rest = self.text()[self.commands()[command].span.end..].trim_start_matches([' ', '\t']);
        let is_end = |rest: &str| rest.trim().is_empty() || rest.trim_start().starts_with('#');
        match rest {
            _ if is_end(rest) => Next::End,
            _ if rest.starts_with("&&") => Next::And,
            _ if rest.starts_with("||") => Next::Or,
            _ if rest.starts_with(";;") => Next::Other,
            _ if rest.starts_with(';') && is_end(&rest[1..]) => Next::End,
            _ if rest.starts_with(';') => Next::Semi,
            _ => Next::Other,
        }
    }

    /// Whether a command stands right after an operator, as the text has it: `"||"`, `"|"`, ...
    pub(in crate::transform) fn follows(&self, command: usize, operator: &str) -> bool {
        let before = self.text()[..self.commands()[command].span.start].trim_end_matches([' ', '\t']);
        before.ends_with(operator) && (operator != "|" || !before.ends_with("||"))
    }

    /// Whether a command that fails ends the shell where commands are joined by `;` at that place.
    pub(in crate::transform) fn stops_on_errors(&self, command: usize) -> bool {
        let stops = |words: &mut dyn Iterator<Item = &str>| {
            let words: Vec<&str> = words.collect();
            words.iter().enumerate().any(|(i, word)| {
                let short = word.starts_with('-') && !word.starts_with("--") && word.contains('e');
                short || (*word == "errexit" && i > 0 && words[i - 1].ends_with('o'))
            })
        };
        let shell = self.model.state(self.index).shell.as_ref();
        let by_shell = shell.is_some_and(|words| stops(&mut words.iter().skip(1).map(String::as_str)));
        let set = |c: &&Command| c.name() == Some("set");
        let mut before = self.commands()[..command].iter().filter(set);
        let is_off = |c: &Command| c.arguments().iter().any(|w| w.raw(self.text()).starts_with('+'));
        let on =
            |c: &Command| !c.nested && stops(&mut c.arguments().iter().filter_map(|w| w.literal.as_deref()));
        !before.clone().any(is_off) && (by_shell || before.any(on))
    }

    /// Whether the build fails when a command fails: nothing after it hides that.
    pub(in crate::transform) fn is_decisive(&self, command: usize) -> bool {
        let own = &self.commands()[command];
        if own.nested || own.substitutes || self.follows(command, "!") {
            return false;
        }
        for index in command..self.commands().len() {
            match self.next(index) {
                Next::And if !self.commands()[index].nested => {}
                Next::End => return true,
                Next::Semi => return index == command && self.stops_on_errors(command),
                _ => return false,
            }
        }
        false
    }

    /// The edit that has `added` done right after a command, and only if that succeeded where its failure counts; none
    /// where that can't be written there.
    ///
    /// After `a || b` it is added behind `b`, so that it is done after either.
    pub(in crate::transform) fn append(&self, command: usize, added: &str) -> Option<Edit> {
        if self.commands()[command].nested {
            return None;
        }
        let mut last = command;
        while self.next(last) == Next::Or {
            last += 1;
            if self.commands().get(last).is_none_or(|c| c.nested || !self.follows(last, "||")) {
                return None;
            }
        }
        let operator = match self.next(last) {
            Next::And | Next::End => "&&",
            Next::Semi => ";",
            Next::Or | Next::Other => return None,
        };
        let end = self.source(self.commands()[last].span).end;
        let joiner = self.joiner(last, operator);
        Some(Edit { span: Span::at(end), text: format!("{joiner}{added}") })
    }

    /// The edit that has `added` done after all else, if all else succeeded; none where that can't be written.
    ///
    /// For a text that ends in a loop or the like. Such a text keeps `set -e` from working in what is before `&&`, so
    /// nothing is added where it is on.
    pub(in crate::transform) fn append_to_all(&self, added: &str) -> Option<Edit> {
        let (text, last) = (self.text(), self.commands().last()?);
        let tail = &text[last.span.end..];
        let leaves = matches!(last.name(), Some("exit" | "exec" | "return"));
        let sets = self.stops_on_errors(self.commands().len());
        if leaves || sets || tail.contains(['#', '&']) || text.ends_with([';', '\\']) {
            return None;
        }
        let end = self.source(Span::new(0, text.len())).end;
        let joiner = self.joiner(self.commands().len() - 1, "&&");
        Some(Edit { span: Span::at(end), text: format!("{joiner}{added}") })
    }

    /// The edit that has `added` done right before a command, on its line; none where that can't be written there.
    ///
    /// A failure of `added` counts as one of the command.
    pub(in crate::transform) fn prepend(&self, command: usize, added: &str) -> Option<Edit> {
        let own = &self.commands()[command];
        if own.nested || self.follows(command, "||") || self.follows(command, "!") {
            return None;
        }
        let joiner = match self.next(command) {
            Next::And | Next::End => " && ",
            // `a && b;` would keep a failure of `a` from `set -e`.
            Next::Semi if self.stops_on_errors(command) && !self.follows(command, "&&") => "; ",
            _ => return None,
        };
        let start = self.source(own.span).start;
        Some(Edit { span: Span::at(start), text: format!("{added}{joiner}") })
    }

    /// The edits that take a command out, with what joins it to the next one; none where that would change more, or
    /// where it is the last one.
    pub(in crate::transform) fn remove(&self, command: usize) -> Option<Vec<Edit>> {
        let own = &self.commands()[command];
        let after = self.commands().get(command + 1)?;
        let operator = match self.next(command) {
            Next::And => "&&",
            Next::Semi => ";",
            _ => return None,
        };
        if own.nested || self.follows(command, "||") || self.follows(command, "!") {
            return None;
        }
        let (start, end) = (self.source(own.span).start, self.source(after.span).start);
        let gap = self.file_text(self.source(own.span).end, end);
        // The next command may begin with a bracket or a keyword, which is not part of it.
        let plain = gap.chars().all(|c| c.is_whitespace() || "\\;&".contains(c));
        if plain {
            return Some(vec![Edit { span: Span::new(start, end), text: String::new() }]);
        }
        self.remove_around_comments(own.span, operator)
    }

    /// Takes a command out where comments stand behind it: they keep their lines.
    fn remove_around_comments(&self, own: Span, operator: &str) -> Option<Vec<Edit>> {
        let text = self.text();
        let at = own.end + text[own.end..].find(operator)?;
        let joiner = self.source(Span::new(at, at + operator.len()));
        let rest = &self.document.text[joiner.end..];
        let follow = joiner.end + rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let own = self.source(own);
        let between = self.file_text(own.end, joiner.start);
        if between.trim_matches([' ', '\t']).is_empty() {
            return Some(vec![Edit { span: Span::new(own.start, follow), text: String::new() }]);
        }
        let head = between.len() - between.trim_start_matches([' ', '\t']).len();
        Some(vec![
            Edit { span: Span::new(own.start, own.end + head), text: String::new() },
            Edit { span: Span::new(joiner.start, follow), text: String::new() },
        ])
    }

    /// The edit that puts a flag right behind a word of a command.
    pub(in crate::transform) fn flag(&self, command: usize, word: usize, flag: &str) -> Option<Edit> {
        let word = self.commands()[command].words.get(word)?;
        Some(Edit { span: Span::at(self.source(word.span).end), text: format!(" {flag}") })
    }

    /// The edit that writes a word of a command otherwise.
    pub(in crate::transform) fn replace(&self, command: usize, word: usize, text: &str) -> Option<Edit> {
        let word = self.commands()[command].words.get(word)?;
        Some(Edit { span: self.source(word.span), text: text.to_owned() })
    }

    /// The edit that takes a word of a command out, which is not its first one; none where it stands on a line of its own.
    pub(in crate::transform) fn drop_word(&self, command: usize, word: usize) -> Option<Edit> {
        let words = &self.commands()[command].words;
        let (before, own) = (words.get(word.checked_sub(1)?)?, words.get(word)?);
        let (start, span) = (self.source(before.span).end, self.source(own.span));
        let is_blank = self.file_text(start, span.start).chars().all(|c| c == ' ' || c == '\t');
        is_blank.then(|| Edit { span: Span::new(start, span.end), text: String::new() })
    }

    /// The edit that puts a word behind another of a command, on a line of its own where that one has its own.
    pub(super) fn word_after(&self, command: usize, word: usize, text: &str) -> Option<Edit> {
        let words = &self.commands()[command].words;
        let (before, own) = (words.get(word.checked_sub(1)?)?, words.get(word)?);
        let own = self.source(own.span);
        let breaks = |gap: &&str| {
            gap.matches('\n').count() == 1 && gap.chars().all(|c| c.is_whitespace() || c == '\\')
        };
        // Behind the line break, so that the line of the word stays as it is.
        let next = words.get(word + 1).map(|next| self.source(next.span).start);
        let behind = |next| Some(self.file_text(own.end, next)).filter(breaks).map(|gap| (next, gap));
        if let Some((next, gap)) = next.and_then(behind) {
            return Some(Edit { span: Span::at(next), text: format!("{text}{gap}") });
        }
        let gap = Some(self.file_text(self.source(before.span).end, own.start)).filter(breaks);
        let rest = self.document.text[own.end..].split_inclusive('\n').next().unwrap_or_default();
        if let Some((_, indent)) =
            gap.and_then(|gap| gap.rsplit_once('\n')).filter(|_| breaks(&rest) && rest.contains('\\'))
        {
            let at = Span::at(own.end + rest.len());
            return Some(Edit { span: at, text: format!("{indent}{text}{rest}") });
        }
        Some(Edit { span: Span::at(own.end), text: format!("{}{text}", gap.unwrap_or(" ")) })
    }

    fn file_text(&self, start: usize, end: usize) -> &'c str {
        self.document.text.get(start..end).unwrap_or_default()
    }

    /// What stands between a command and one that is added behind it, in the style of the instruction.
    fn joiner(&self, command: usize, operator: &'static str) -> String {
        let count = self.commands().len();
        let near = [command.checked_add(1), Some(command)].into_iter().flatten();
        let gaps: Vec<Gap> = near.chain(1..count).filter_map(|right| self.gap(right)).collect();
        let same = gaps.iter().find(|gap| gap.operator == operator);
        if let Some(gap) = same.or_else(|| gaps.first()) {
            return gap.written(operator);
        }
        if let Some(indent) = self.broken(command) {
            return format!(" \\{}{indent}{operator} ", self.document.line_end());
        }
        if operator == ";" { "; ".into() } else { " && ".into() }
    }

    /// What stands between two commands, where it breaks the line: without comments and lines of nothing.
    fn gap(&self, right: usize) -> Option<Gap> {
        let (left, own) = (self.commands().get(right.checked_sub(1)?)?, self.commands().get(right)?);
        let text = self.file_text(self.source(left.span).end, self.source(own.span).start);
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let last = lines.len().checked_sub(1).filter(|last| *last > 0)?;
        let says =
            |line: &str| !line.trim().is_empty() && line.trim() != "\\" && !line.trim().starts_with('#');
        let inner = |i: usize, line: &str| i == 0 || i == last || says(line);
        let kept: Vec<&str> =
            lines.iter().enumerate().filter(|(i, l)| inner(*i, l)).map(|(_, l)| *l).collect();
        let text = kept.concat();
        let bare: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\\').collect();
        let operator = ["&&", ";"].into_iter().find(|operator| *operator == bare)?;
        (kept.len() == 2).then_some(Gap { text, operator })
    }

    /// The indentation of the last line of a command that goes over several.
    fn broken(&self, command: usize) -> Option<&'c str> {
        let own = self.source(self.commands()[command].span);
        let text = self.file_text(own.start, own.end);
        let line = &text[text.rfind('\n')? + 1..];
        Some(&line[..line.len() - line.trim_start().len()])
    }
}

impl Gap {
    /// The same with an operator, which follows the last word at once if it is a semicolon.
    fn written(&self, operator: &str) -> String {
        if self.operator == operator {
            return self.text.clone();
        }
        let swapped = self.text.replacen(self.operator, operator, 1);
        match operator {
            ";" => swapped.trim_start_matches([' ', '\t']).to_owned(),
            _ if swapped.starts_with(operator) => format!(" {swapped}"),
            _ => swapped,
        }
    }
}

#[cfg(test)]
#[path = "chain_tests.rs"]
mod tests;
