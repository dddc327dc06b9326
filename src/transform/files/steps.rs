//! The commands of `RUN` instructions, with what they are piped into.

use crate::document::Instruction;
use crate::model::Run;
use crate::shell::{Command, Word};
use crate::span::Span;
use crate::transform::Context;

/// A `RUN` in shell form that can be read.
pub(super) struct Script<'m> {
    /// The instruction.
    pub instruction: &'m Instruction<'m>,
    run: &'m Run,
}

/// A program and its arguments.
pub(super) struct Call<'m> {
    /// Its name, without a folder.
    pub name: &'m str,
    /// What it gets.
    pub arguments: &'m [Word],
}

/// The `RUN` instructions of a text that can be read.
pub(super) fn scripts<'m>(cx: &'m Context<'_>) -> impl Iterator<Item = Script<'m>> {
    (0..cx.document.instructions.len()).filter_map(|index| script(cx, index))
}

/// The instruction of an index, if it is such a `RUN`.
pub(super) fn script<'m>(cx: &'m Context<'_>, index: usize) -> Option<Script<'m>> {
    Some(Script { instruction: cx.document.instructions.get(index)?, run: cx.model.run(index)? })
}

impl<'m> Script<'m> {
    /// The commands, in the order of the text.
    pub(super) fn commands(&self) -> &'m [Command] {
        &self.run.script.commands
    }

    /// The shell text.
    pub(super) fn text(&self) -> &'m str {
        self.instruction.args()
    }

    /// The text of a word, quotes included.
    pub(super) fn raw(&self, word: &Word) -> &'m str {
        word.raw(self.text())
    }

    /// The value of a word, or its text where variables decide it.
    pub(super) fn value(&self, word: &'m Word) -> &'m str {
        word.literal.as_deref().unwrap_or_else(|| self.raw(word).trim_matches('"'))
    }

    /// Where a range of the shell text is in the file.
    pub(super) fn source(&self, span: Span) -> Span {
        self.instruction.source(self.run.joined(span))
    }

    /// Whether the output of a command goes into the one after it; a group's goes where that of its last command does.
    pub(super) fn is_piped(&self, at: usize) -> bool {
        let [command, next] = self.commands().get(at..at + 2).unwrap_or_default() else { return false };
        let gap = self.text().get(command.span.end..next.span.start).unwrap_or_default();
        let gap: String = gap.chars().filter(|c| !c.is_whitespace() && !")};".contains(*c)).collect();
        gap == "|" || gap == "|&"
    }

    /// The index after the last command of the pipeline that a command begins.
    pub(super) fn pipeline(&self, from: usize) -> usize {
        let mut end = from;
        while self.is_piped(end) {
            end += 1;
        }
        end + 1
    }
}

/// The program that a command starts, by itself or through `sudo` and the like.
pub(super) fn call(command: &Command) -> Option<Call<'_>> {
    let mut words = command.words.as_slice();
    loop {
        let [first, rest @ ..] = words else { return None };
        let name = first.literal.as_deref()?;
        let name = name.rsplit('/').next().unwrap_or(name);
        if !WRAPPERS.contains(&name) {
            return Some(Call { name, arguments: rest });
        }
        words = rest;
        while let [option, rest @ ..] = words {
            let text = option.literal.as_deref().unwrap_or_default();
            let assigns = name != "exec" && text.contains('=') && !text.starts_with('-');
            if !text.starts_with('-') && !assigns {
                break;
            }
            let takes_value = name == "sudo" && ["-u", "-g", "-h", "-p", "-C"].contains(&text);
            words = if takes_value { rest.get(1..).unwrap_or_default() } else { rest };
        }
    }
}

/// Programs that start another one.
const WRAPPERS: [&str; 7] = ["sudo", "exec", "command", "env", "nice", "nohup", "time"];

/// Whether a word is a short option `letter`, by itself or with others in front of it; `valued` are those that take the
/// rest of the word as their value.
pub(super) fn has_short(word: &str, letter: char, valued: &str) -> bool {
    let Some(letters) = word.strip_prefix('-').filter(|rest| !rest.starts_with('-')) else { return false };
    letters.chars().take_while(|c| *c == letter || !valued.contains(*c)).any(|c| c == letter)
}
