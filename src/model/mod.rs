//! What the instructions of a Dockerfile mean.
//!
//! In: a document, and the catalog's facts about base images. Out: stages and their graph, and for every instruction the
//! user, directory, shell and variables in force at it; the command of a stage; what its Go builds make.
//! Does not know recipes: it says what is, not what should be.

mod command;
mod expand;
mod fault;
mod go;
mod image;
mod run;
mod stage;
mod state;

pub use command::{Command, Form};
pub use expand::{Value, expand};
pub use fault::Fault;
pub use go::{GOLANG, GoBuild, GoVerb, Output, Purity, STRICT_SUMS, go_minor, is_go};
pub use image::{ImageUse, Role};
pub use run::{Locals, Run, Scripts};
pub use stage::{Base, Stage};
pub use state::{State, join};

use crate::catalog::Rules;
use crate::document::{Document, Instruction};
use std::cell::OnceCell;

/// A Dockerfile, understood.
#[derive(Debug)]
pub struct Model<'d> {
    /// What it was understood from.
    pub document: &'d Document<'d>,
    /// Its stages, in order.
    pub stages: Vec<Stage>,
    /// For every instruction, what is in force before it; made when first asked for.
    states: OnceCell<Vec<State>>,
    /// For every instruction, its shell text, for `RUN` in shell form; made when first asked for.
    runs: Vec<OnceCell<Option<Run>>>,
    /// For every instruction, the folder of each command of its shell text, likewise.
    folders: Vec<OnceCell<Vec<Option<String>>>>,
    /// For every stage, its commands that make Go programs, likewise.
    programs: Vec<OnceCell<Vec<GoBuild>>>,
    /// Shell texts that were read already.
    scripts: Scripts,
}

impl<'d> Model<'d> {
    /// Understands a document.
    pub fn new(document: &'d Document<'d>) -> Self {
        Self::sharing(document, &Scripts::default(), &Rules::default())
    }

    /// The same, for a document that says much of what others said from which the scripts are, in a project with rules
    /// about images.
    pub fn sharing(document: &'d Document<'d>, scripts: &Scripts, rules: &Rules) -> Self {
        let stages = stage::stages(document, rules);
        let count = document.instructions.len();
        Self {
            document,
            states: OnceCell::new(),
            runs: vec![OnceCell::new(); count],
            folders: vec![OnceCell::new(); count],
            programs: vec![OnceCell::new(); stages.len()],
            scripts: scripts.clone(),
            stages,
        }
    }

    /// The stage that a build without `--target` makes.
    pub fn final_stage(&self) -> Option<&Stage> {
        self.stages.last()
    }

    /// The instructions of a stage after its `FROM`, with their indexes.
    pub fn body(
        &self,
        stage: &Stage,
    ) -> impl DoubleEndedIterator<Item = (usize, &'d Instruction<'d>)> + use<'d> {
        let start = stage.from + 1;
        self.document.instructions[start..stage.end].iter().enumerate().map(move |(i, x)| (start + i, x))
    }

    /// The `FROM` of a stage.
    pub fn from(&self, stage: &Stage) -> &'d Instruction<'d> {
        &self.document.instructions[stage.from]
    }

    /// What is in force before an instruction.
    pub fn state(&self, index: usize) -> &State {
        &self.states.get_or_init(|| state::states(self))[index]
    }

    /// What is in force at the end of a stage.
    pub fn end_state(&self, stage: &Stage) -> State {
        let last = stage.end - 1;
        state::after(self, self.state(last), &self.document.instructions[last])
    }

    /// The shell text of a `RUN`; none when it can't be read for sure.
    pub fn run(&self, index: usize) -> Option<&Run> {
        self.runs[index].get_or_init(|| run::read(self, index)).as_ref()
    }

    /// The shell that `SHELL` sets at the end of a stage, if it is not the default one.
    pub fn run_shell(&self, stage: &Stage) -> Option<Vec<String>> {
        self.end_state(stage).shell
    }

    /// A stage, the stage that it is built on, and so on to the one that is built on an image.
    pub fn chain(&self, stage: &Stage) -> impl Iterator<Item = &Stage> {
        let below = |stage: &&Stage| match stage.base {
            Base::Stage(index) => self.stages.get(index),
            _ => None,
        };
        std::iter::successors(self.stages.get(stage.index), below)
    }

    /// A stage and all that are built on it, directly or through others, in the order of the text.
    pub fn built_on(&self, stage: &Stage) -> impl Iterator<Item = &Stage> {
        let index = stage.index;
        self.stages.iter().filter(move |above| self.chain(above).any(|below| below.index == index))
    }

    /// The stage that `--from=` names, by name or number.
    pub fn stage_of(&self, from: &str) -> Option<usize> {
        let named =
            self.stages.iter().rposition(|s| s.name.as_deref().is_some_and(|n| n.eq_ignore_ascii_case(from)));
        named.or_else(|| from.parse().ok().filter(|&index: &usize| index < self.stages.len()))
    }
}
