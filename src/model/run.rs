//! The shell text of a `RUN`.

use super::Model;
use crate::document::Keyword;
use crate::shell::{self, Command, Script, Word};
use crate::span::Span;

/// The commands of a `RUN` in shell form.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its commands; spans are in the shell text.
    pub script: Script,
    /// Where the shell text starts in the joined text of the instruction.
    base: usize,
}

impl Run {
    /// A range of the shell text as a range of the joined text.
    pub const fn joined(&self, span: Span) -> Span {
        Span::new(self.base + span.start, self.base + span.end)
    }

    /// The commands as a plain list; none when there is a pipe, a condition, a loop or the like.
    pub fn list(&self) -> Option<Vec<&Command>> {
        let chain = self.script.chain.as_ref()?;
        Some(chain.iter().filter_map(|link| self.script.commands.get(link.command)).collect())
    }
}

/// The literal words of a command, none when one of them is an expansion.
pub(super) fn literals(words: &[Word]) -> Option<Vec<&str>> {
    words.iter().map(|word| word.literal.as_deref()).collect()
}

pub(super) fn read(model: &Model<'_>, index: usize) -> Option<Run> {
    let instruction = &model.document.instructions[index];
    if instruction.keyword != Keyword::Run || instruction.json.is_some() || !instruction.heredocs.is_empty() {
        return None;
    }
    let plain_shell = model.state(index).shell.as_ref().is_none_or(|shell| is_posix(shell));
    if !plain_shell || model.document.escape != '\\' {
        return None;
    }
    let script = shell::parse(instruction.args())?;
    Some(Run { script, base: instruction.args.start })
}

/// Whether a `SHELL` runs its last argument as a script of a POSIX shell.
fn is_posix(shell: &[String]) -> bool {
    let name = shell.first().map_or("", |path| path.rsplit('/').next().unwrap_or(path));
    matches!(name, "sh" | "bash" | "ash" | "dash")
        && shell.last().is_some_and(|f| f.starts_with('-') && f.ends_with('c'))
}
