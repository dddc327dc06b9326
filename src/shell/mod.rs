//! In: the joined text of a shell-form instruction or the script of a heredoc.
//! Out: its simple commands, words, assignments and redirects, each with its bytes in that text; or nothing.
//! Not known here: Docker, which shell will run the text, and what any command does.

mod guard;
mod redirect;
mod walk;
mod word;

use crate::span::Span;

pub use word::quote;

/// A shell text that was understood in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Every simple command in source order, nested ones too, except those in substitutions.
    pub commands: Vec<Command>,
    /// The whole script as a flat list of simple commands; `None` when it is anything else: a pipeline, a
    /// compound command, a negation, a heredoc, or a last command in the background.
    pub chain: Option<Vec<Link>>,
    /// Whether the text holds the one command and blanks, nothing else.
    alone: bool,
}

/// One command of a flat list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Index into [`Script::commands`].
    pub command: usize,
    /// What stands between the command and the one before it.
    pub before: Option<Joiner>,
}

/// What joins two commands of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joiner {
    /// `&&`
    And,
    /// `||`
    Or,
    /// `;` or a newline
    Semi,
    /// `&`
    Background,
}

/// A simple command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// From its first assignment, word or redirect to the end of its last one.
    pub span: Span,
    /// The assignments in front of the name.
    pub assignments: Vec<Assignment>,
    /// The name and its arguments.
    pub words: Vec<Word>,
    /// The redirects, wherever they stand.
    pub redirects: Vec<Redirect>,
    /// Whether it stands in a pipeline, a compound command, a function or behind `!` or `time`.
    pub nested: bool,
    /// Whether a word, assignment or redirect may hold a command or process substitution.
    pub substitutes: bool,
}

/// `NAME=value` in front of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The name, the equals sign and the value.
    pub span: Span,
    /// The variable.
    pub name: String,
    /// The value; its span is empty when nothing follows the equals sign.
    pub value: Word,
}

/// A word as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Its bytes, quotes included.
    pub span: Span,
    /// The value after quote removal; `None` when the shell may expand any part of it.
    pub literal: Option<String>,
}

/// A redirect of a simple command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// From its file descriptor, if written, to the end of its target.
    pub span: Span,
    /// The file descriptor, if written.
    pub fd: Option<u32>,
    /// The operator: `>`, `>>`, `<<-`, `>&` and so on.
    pub operator: String,
    /// The file, the descriptor, or the delimiter of a heredoc as written.
    pub target: Word,
}

impl Script {
    /// The only command, when the text is that command, without operators, comments or heredocs around it.
    pub fn single(&self) -> Option<&Command> {
        match self.commands.as_slice() {
            [command] if self.alone => Some(command),
            _ => None,
        }
    }
}

impl Command {
    /// The name of the command, if no expansion decides it.
    pub fn name(&self) -> Option<&str> {
        self.words.first()?.literal.as_deref()
    }

    /// The words after the name.
    pub fn arguments(&self) -> &[Word] {
        self.words.get(1..).unwrap_or_default()
    }

    /// The values of all words, the name included, if no expansion decides any of them.
    pub fn literals(&self) -> Option<Vec<&str>> {
        self.words.iter().map(|word| word.literal.as_deref()).collect()
    }
}

impl Word {
    /// The word as it stands in `text`, the text that was parsed.
    pub fn raw<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.span.range()).unwrap_or_default()
    }
}

/// Reads a shell text; `None` when any of it is in doubt.
///
/// The text must be joined over Dockerfile continuations; newlines may separate commands. Spans are bytes of
/// `text`. What bash and sh read differently either is refused or keeps the script from being a chain.
pub fn parse(text: &str) -> Option<Script> {
    guard::run(text, |text| walk::script(text, &rable::parse(text, false).ok()?))
}

#[cfg(test)]
mod tests;
