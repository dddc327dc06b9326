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
        let escape = self.document.escape;
        let own = |i: &Instruction<'_>| message(i).or_else(|| open_quote(i, escape)).map(|m| fault(i, m));
        faults.extend(instructions.iter().filter_map(own));
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

/// Tells of a word whose variables a build replaces and whose quote it does not find the end of.
fn open_quote(i: &Instruction<'_>, escape: char) -> Option<String> {
    let is_open = |text: &str| is_open(text, escape);
    let found = match i.keyword {
        Keyword::Arg | Keyword::Env | Keyword::Label => {
            i.pairs().iter().filter_map(|p| p.value.as_ref()).any(|w| is_open(w.text))
        }
        Keyword::Workdir | Keyword::User | Keyword::Stopsignal => is_open(i.args()),
        Keyword::Volume | Keyword::Expose if i.json.is_none() => i.words().any(|word| is_open(word.text)),
        _ => false,
    };
    found.then(|| format!("a quote of {} is not closed", upper(i)))
}

/// Whether a quote of a text is not closed. What stands in braces has rules of its own, and is not judged.
fn is_open(text: &str, escape: char) -> bool {
    let (mut quote, mut chars) = (None, text.chars());
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('\''), _) => {}
            (_, c) if c == escape => drop(chars.next()),
            (None, '"' | '\'') => quote = Some(c),
            _ => {}
        }
    }
    quote.is_some() && !text.contains("${")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    #[test]
    fn a_quote_that_is_not_closed_is_a_fault() {
        let faults = |line: &str| {
            let text = format!("FROM scratch\n{line}\n");
            Model::new(&Document::parse(&text)).faults().len()
        };
        for line in
            ["ARG \"A=b\"", "ENV PATH \"$PATH:/bin", "VOLUME [\"/var/log]", "LABEL v=1 w=a\"", "WORKDIR '/a"]
        {
            assert_eq!(faults(line), 1, "{line}");
        }
        for line in
            [r#"ENV A "it's" B"#, r#"ENV A=\" B='"'"#, "ENV A it\\'s", "LABEL a=\"b\\\"c\"", "RUN echo \""]
        {
            assert_eq!(faults(line), 0, "{line}");
        }
    }
}
