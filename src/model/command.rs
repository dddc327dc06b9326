//! What a container runs.

use super::{Base, Model, Stage};
use crate::document::{Instruction, Keyword};

/// The `ENTRYPOINT` and `CMD` in force at the end of a stage, with their instructions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// The `ENTRYPOINT` of the stage itself: its instruction's index.
    pub entrypoint: Option<(usize, Form)>,
    /// The `CMD` of the stage itself.
    pub cmd: Option<(usize, Form)>,
    /// What the base brings in front, if the stage sets no `ENTRYPOINT`; none when that is not known.
    pub base_entrypoint: Option<Vec<String>>,
}

/// How a command is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// An array of arguments, run as it is.
    Exec(Vec<String>),
    /// Text for the shell.
    Shell(String),
}

impl Form {
    /// The form of a `CMD` or an `ENTRYPOINT`.
    pub fn of(instruction: &Instruction<'_>) -> Self {
        match &instruction.json {
            Some(words) => Self::Exec(words.iter().map(|w| w.value.clone()).collect()),
            None => Self::Shell(instruction.args().to_owned()),
        }
    }
}

impl Model<'_> {
    /// The command of a stage: the last `ENTRYPOINT` and the last `CMD` count.
    pub fn command(&self, stage: &Stage) -> Command {
        let last = |keyword| {
            self.body(stage).rfind(|(_, i)| i.keyword == keyword).map(|(index, i)| (index, Form::of(i)))
        };
        Command {
            entrypoint: last(Keyword::Entrypoint),
            cmd: last(Keyword::Cmd),
            base_entrypoint: self.base_entrypoint(stage),
        }
    }

    fn base_entrypoint(&self, stage: &Stage) -> Option<Vec<String>> {
        match &stage.base {
            Base::Scratch => Some(Vec::new()),
            Base::Image(_) => stage.facts().map(|facts| facts.entrypoint.clone()),
            Base::Stage(index) => {
                let command = self.command(&self.stages[*index]);
                match command.entrypoint {
                    Some((_, Form::Exec(words))) => Some(words),
                    Some(_) => None,
                    None => command.base_entrypoint,
                }
            }
            Base::Unknown => None,
        }
    }
}
