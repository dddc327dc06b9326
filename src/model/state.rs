//! What is in force at an instruction.

use super::expand::{Value, expand};
use super::stage::Base;
use super::{Model, Stage};
use crate::document::{Instruction, Keyword};
use std::rc::Rc;

/// What an instruction finds set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The working directory, absolute; none when it is not known.
    pub workdir: Option<String>,
    /// The user as written by the last `USER` or the base image; none when it is not known.
    pub user: Option<String>,
    /// The shell of the last `SHELL`; none for the default.
    pub shell: Option<Vec<String>>,
    /// `ENV` and `ARG` in order; a later one wins. Shared by the instructions between two that set one.
    variables: Rc<Vec<Variable>>,
    /// Whether a name that is not in `variables` is surely not set.
    closed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Variable {
    name: String,
    value: Value,
    is_env: bool,
}

impl State {
    /// The value of a variable: `ENV` wins over `ARG`.
    pub fn variable(&self, name: &str) -> Value {
        self.env(name).or_else(|| self.find(name, false)).unwrap_or(if self.closed {
            Value::Unset
        } else {
            Value::Unknown
        })
    }

    /// The value that `ENV` gives a name, in the stage or in its base.
    pub fn env(&self, name: &str) -> Option<Value> {
        self.find(name, true)
    }

    /// The value of a variable that is known to be set.
    pub fn set(&self, name: &str) -> Option<String> {
        match self.variable(name) {
            Value::Set(value) => Some(value),
            Value::Unset | Value::Unknown => None,
        }
    }

    fn find(&self, name: &str, is_env: bool) -> Option<Value> {
        self.variables.iter().rev().find(|v| v.name == name && v.is_env == is_env).map(|v| v.value.clone())
    }

    /// A path made absolute in the working directory.
    pub fn absolute(&self, path: &str) -> Option<String> {
        Some(join(self.workdir.as_deref().unwrap_or_default(), path)).filter(|p| p.starts_with('/'))
    }
}

/// A path in a folder, cleaned of `.`, `..` and doubled slashes; a slash at its end goes too.
pub fn join(folder: &str, path: &str) -> String {
    let whole = if path.starts_with('/') { path.to_owned() } else { format!("{folder}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let root = if whole.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

/// The states before each instruction.
pub(super) fn states(model: &Model<'_>) -> Vec<State> {
    let instructions = &model.document.instructions;
    let mut states: Vec<State> = Vec::with_capacity(instructions.len());
    let mut ends: Vec<State> = Vec::with_capacity(model.stages.len());
    let head = model.stages.first().map_or(instructions.len(), |s| s.from);
    states.resize(head, State::default());
    for stage in &model.stages {
        let mut state = State::default();
        states.push(state.clone());
        begin(&mut state, stage, &ends);
        for instruction in &instructions[stage.from + 1..stage.end] {
            states.push(state.clone());
            step(&mut state, model, instruction);
        }
        ends.push(state);
    }
    states
}

/// The state after an instruction.
pub(super) fn after(model: &Model<'_>, before: &State, instruction: &Instruction<'_>) -> State {
    let mut state = before.clone();
    if instruction.keyword == Keyword::From {
        if let Some(stage) = model.stages.iter().find(|s| std::ptr::eq(model.from(s), instruction)) {
            begin(&mut state, stage, &[]);
        }
        return state;
    }
    step(&mut state, model, instruction);
    state
}

/// What a base brings.
fn begin(state: &mut State, stage: &Stage, ends: &[State]) {
    match &stage.base {
        Base::Stage(index) => {
            state.clone_from(&ends.get(*index).cloned().unwrap_or_default());
            Rc::make_mut(&mut state.variables).retain(|v| v.is_env);
        }
        Base::Scratch => {
            state.workdir = Some("/".into());
            state.user = Some("0".into());
            state.closed = true;
        }
        Base::Image(_) => {
            let Some(facts) = stage.facts() else { return };
            state.workdir = Some(if facts.workdir.is_empty() { "/".into() } else { facts.workdir.clone() });
            state.user = Some(if facts.user.is_empty() { "0".into() } else { facts.user.clone() });
            for (name, value) in &facts.env {
                set(state, name, Value::Set(value.clone()), true);
            }
        }
        Base::Unknown => {}
    }
}

fn set(state: &mut State, name: &str, value: Value, is_env: bool) {
    Rc::make_mut(&mut state.variables).push(Variable { name: name.to_owned(), value, is_env });
}

fn step(state: &mut State, model: &Model<'_>, instruction: &Instruction<'_>) {
    let escape = model.document.escape;
    let value = |state: &State, text: &str| expand(text, escape, &|name| state.variable(name));
    match instruction.keyword {
        Keyword::Workdir => {
            let path = value(state, instruction.args());
            let known = path.as_ref().is_some_and(|p| p.starts_with('/')) || state.workdir.is_some();
            state.workdir =
                path.filter(|_| known).map(|p| join(state.workdir.as_deref().unwrap_or_default(), &p));
        }
        Keyword::User => state.user = value(state, instruction.args()),
        Keyword::Shell => {
            state.shell =
                instruction.json.as_ref().map(|words| words.iter().map(|w| w.value.clone()).collect());
        }
        Keyword::Env | Keyword::Arg => {
            let is_env = instruction.keyword == Keyword::Env;
            // All pairs of one instruction see the variables from before it.
            let before = state.clone();
            for pair in instruction.pairs() {
                let own = match pair.value {
                    Some(word) => value(&before, word.text).map_or(Value::Unknown, Value::Set),
                    // An ARG without a value takes that of a global one, or of --build-arg.
                    None => Value::Unknown,
                };
                set(state, pair.name, own, is_env);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    fn end(text: &str) -> State {
        let document = Document::parse(text);
        let model = Model::new(&document);
        model.end_state(&model.stages[model.stages.len() - 1])
    }

    #[test]
    fn the_directory_follows_its_instructions() {
        assert_eq!(end("FROM scratch\nWORKDIR /a\nWORKDIR b/../c\n").workdir.as_deref(), Some("/a/c"));
        assert_eq!(end("FROM scratch\nENV D=/x\nWORKDIR $D/y\n").workdir.as_deref(), Some("/x/y"));
        assert_eq!(end("FROM own/base\nWORKDIR a\n").workdir, None, "an unknown base, a relative path");
        assert_eq!(end("FROM golang:1.22\n").workdir.as_deref(), Some("/go"));
        assert_eq!(
            end("FROM scratch AS a\nWORKDIR /x\nFROM a\nWORKDIR y\n").workdir.as_deref(),
            Some("/x/y")
        );
    }

    #[test]
    fn variables_have_a_scope() {
        let state = end("ARG V=1\nFROM scratch\nARG W=2\nENV A=$W B=$A\n");
        assert_eq!(state.variable("A"), Value::Set("2".into()));
        assert_eq!(state.variable("B"), Value::Set(String::new()), "pairs of one line do not see each other");
        assert_eq!(state.variable("V"), Value::Unset, "a global ARG is not in the stage");
        assert_eq!(end("FROM own/base\n").variable("A"), Value::Unknown);
    }
}
