//! What a build refuses of a text that parses.

use super::Model;
use crate::document::{Instruction, Keyword};
use crate::span::Span;

/// A reason for which a build would stop before its first step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub span: Span,
    /// What is wrong: lower case, no full stop.
    pub message: String,
}

impl Model<'_> {
    /// The faults of the instructions, in order.
    pub fn faults(&self) -> Vec<Fault> {
        let fault = |i: &Instruction<'_>, message: String| Fault { span: i.span, message };
        let instructions = &self.document.instructions;
        let head = instructions.iter().take_while(|i| i.keyword != Keyword::From);
        let early = head.filter(|i| !matches!(i.keyword, Keyword::Arg | Keyword::Unknown));
        let mut faults: Vec<Fault> =
            early.map(|i| fault(i, format!("{} stands before the first FROM", upper(i)))).collect();
        faults.extend(instructions.iter().filter_map(|i| message(i).map(|m| fault(i, m))));
        if self.stages.is_empty() && faults.is_empty() {
            faults.push(Fault { span: Span::default(), message: "there is no FROM".into() });
        }
        faults
    }

    /// The `--from` values that name no stage: images, or mistakes.
    pub fn foreign_sources(&self) -> Vec<&str> {
        let instructions = self.document.instructions.iter();
        let from = instructions.filter(|i| matches!(i.keyword, Keyword::Copy | Keyword::Add));
        from.filter_map(|i| i.flag("from")).filter(|name| self.stage_of(name).is_none()).collect()
    }
}

fn upper(instruction: &Instruction<'_>) -> String {
    instruction.name().to_ascii_uppercase()
}

fn message(i: &Instruction<'_>) -> Option<String> {
    let words = || i.json.as_ref().map_or_else(|| i.words().count(), Vec::len);
    match i.keyword {
        Keyword::Unknown => return Some(format!("unknown instruction {}", i.name())),
        Keyword::Run | Keyword::Cmd | Keyword::Entrypoint => return None,
        Keyword::Shell if i.json.is_none() => return Some("SHELL needs an array in JSON form".into()),
        Keyword::From if !matches!(words(), 1 | 3) => {
            return Some("FROM needs an image, or `image AS name`".into());
        }
        Keyword::Copy | Keyword::Add if words() < 2 => {
            return Some(format!("{} needs a source and a destination", upper(i)));
        }
        Keyword::Volume if i.json.as_ref().is_some_and(|w| w.iter().any(|w| w.value.is_empty())) => {
            return Some("a volume can't be an empty string".into());
        }
        _ => {}
    }
    i.args.is_empty().then(|| format!("{} needs an argument", upper(i)))
}
