//! The shell text of a `RUN`.

use super::Model;
use super::expand::{Value, expand};
use super::state::{State, join};
use crate::document::Keyword;
use crate::shell::{self, Assignment, Command, Script, Word};
use crate::span::Span;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// The commands of a `RUN` in shell form.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its commands; spans are in the shell text.
    pub script: Rc<Script>,
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

/// Shell texts that were read, by themselves: the passes over a text read again little but what changed.
#[derive(Clone, Debug, Default)]
pub struct Scripts(Rc<RefCell<HashMap<String, Option<Rc<Script>>>>>);

impl Scripts {
    fn read(&self, text: &str) -> Option<Rc<Script>> {
        if let Some(known) = self.0.borrow().get(text) {
            return known.clone();
        }
        let script = shell::parse(text).map(|mut script| {
            script.commands.iter_mut().for_each(unwrap_env);
            Rc::new(script)
        });
        self.0.borrow_mut().insert(text.to_owned(), script.clone());
        script
    }
}

/// Variables of a shell, in the order in which they were set.
pub type Locals = Vec<(String, Option<String>)>;

impl Model<'_> {
    /// The value of a word of a `RUN`: what quotes and variables that are known make of it; none when that can't be told.
    pub fn word(&self, index: usize, word: &Word) -> Option<String> {
        if let Some(literal) = &word.literal {
            return Some(literal.clone());
        }
        let text = self.document.instructions[index].args();
        self.shell_word(self.state(index), &self.locals(index, word), word.raw(text))
    }

    /// Variables that commands of a `RUN` set before a word of it; none for a value that is not known.
    pub(super) fn locals(&self, index: usize, word: &Word) -> Locals {
        let mut locals = Locals::new();
        let Some(run) = self.run(index) else { return locals };
        let text = self.document.instructions[index].args();
        for command in run.script.commands.iter().take_while(|c| c.span.end <= word.span.start) {
            if !command.words.is_empty() {
                continue;
            }
            for assignment in &command.assignments {
                let raw = assignment.value.raw(text);
                let known = assignment.value.literal.clone();
                let value = known.or_else(|| self.shell_word(self.state(index), &locals, raw));
                locals.push((assignment.name.clone(), value.filter(|_| !command.nested)));
            }
        }
        locals
    }

    /// The value that a shell gives a word of variables and literal text.
    pub fn shell_word(&self, state: &State, locals: &Locals, raw: &str) -> Option<String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-./${}\"@:=+,%".contains(c);
        if !raw.chars().all(plain) || raw.contains("${}") {
            return None;
        }
        let lookup = |name: &str| match locals.iter().rev().find(|(local, _)| local == name) {
            Some((_, value)) => value.clone().map_or(Value::Unknown, Value::Set),
            None => state.variable(name),
        };
        let value = expand(raw, '\\', &lookup)?;
        // Blanks would split the word.
        (!value.contains(char::is_whitespace)).then_some(value)
    }

    /// The folder in which each command of a `RUN` runs, as far as `cd` tells.
    pub fn folders(&self, index: usize) -> &[Option<String>] {
        self.folders[index].get_or_init(|| self.read_folders(index))
    }

    fn read_folders(&self, index: usize) -> Vec<Option<String>> {
        let Some(run) = self.run(index) else { return Vec::new() };
        let mut folder = self.state(index).workdir.clone();
        let mut folders = Vec::with_capacity(run.script.commands.len());
        for command in &run.script.commands {
            folders.push(folder.clone());
            if command.name() == Some("cd") {
                folder = self.changed(index, folder.as_deref(), command);
            }
        }
        folders
    }

    /// The folder after a `cd`.
    fn changed(&self, index: usize, folder: Option<&str>, cd: &Command) -> Option<String> {
        let [_, word] = cd.words.as_slice() else { return None };
        let path = self.word(index, word).filter(|path| !cd.nested && path != "-")?;
        let known = path.starts_with('/') || folder.is_some();
        known.then(|| join(folder.unwrap_or_default(), &path))
    }
}

/// The literal words of a command, none when one of them is an expansion.
pub(super) fn literals(words: &[Word]) -> Option<Vec<&str>> {
    words.iter().map(|word| word.literal.as_deref()).collect()
}

/// Reads the shell text of an instruction; none where it has none or it can't be read for sure.
pub(super) fn read(model: &Model<'_>, index: usize) -> Option<Run> {
    let instruction = &model.document.instructions[index];
    if instruction.keyword != Keyword::Run || instruction.json.is_some() || !instruction.heredocs.is_empty() {
        return None;
    }
    let plain_shell = model.state(index).shell.as_ref().is_none_or(|shell| is_posix(shell));
    if !plain_shell || model.document.escape != '\\' {
        return None;
    }
    let script = model.scripts.read(instruction.args())?;
    Some(Run { script, base: instruction.args.start })
}

/// Whether a `SHELL` runs its last argument as a script of a POSIX shell.
fn is_posix(shell: &[String]) -> bool {
    let name = shell.first().map_or("", |path| path.rsplit('/').next().unwrap_or(path));
    matches!(name, "sh" | "bash" | "ash" | "dash")
        && shell.last().is_some_and(|f| f.starts_with('-') && f.ends_with('c'))
}

/// `env NAME=value program` as what it does.
fn unwrap_env(command: &mut Command) {
    if command.name() != Some("env") {
        return;
    }
    let assigned =
        |word: &&Word| word.literal.as_deref().is_some_and(|w| w.contains('=') && !w.starts_with('-'));
    let count = command.words.iter().skip(1).take_while(assigned).count();
    if command.words.len() <= count + 1 {
        return;
    }
    for word in command.words.drain(..=count).skip(1) {
        let Some((name, value)) = word.literal.as_deref().and_then(|w| w.split_once('=')) else { continue };
        let literal = Some(value.to_owned());
        command.assignments.push(Assignment {
            span: word.span,
            name: name.to_owned(),
            value: Word { span: word.span, literal },
        });
    }
}
