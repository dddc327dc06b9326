//! The images that a Dockerfile names.

use super::{Base, Model};
use crate::catalog::{Reference, Rules};
use crate::document::{Flag, Instruction, Keyword};
use crate::span::Span;
use std::borrow::Cow;

/// One place that names an image.
#[derive(Clone, Debug)]
pub struct ImageUse<'m> {
    /// What the image is for.
    pub role: Role,
    /// Index of the instruction.
    pub instruction: usize,
    /// Where the reference is written, in the joined text of the instruction.
    pub at: Span,
    /// The reference as it is written.
    pub written: &'m str,
    /// The reference with variables replaced by their defaults.
    pub reference: Cow<'m, str>,
    /// The reference where the image comes from, if it is written as a copy at a mirror.
    pub origin: Cow<'m, str>,
}

/// What an image is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A stage is built on it; the stage's number.
    Base(usize),
    /// `COPY --from` takes files from it.
    Copy,
    /// `RUN --mount` shows its files to a command.
    Mount,
}

impl ImageUse<'_> {
    /// The reference; none where it is not one.
    pub fn reference(&self) -> Option<Reference<'_>> {
        Reference::parse(&self.reference)
    }

    /// The reference where the image comes from.
    pub fn origin(&self) -> Option<Reference<'_>> {
        Reference::parse(&self.origin)
    }

    /// Whether the reference is written out, without variables, quotes or escapes.
    pub fn is_plain(&self) -> bool {
        self.written == self.reference
    }
}

impl Model<'_> {
    /// Every place that names an image, in the order of the text; not those that name a stage or the empty image.
    pub fn images<'m>(&'m self, rules: &Rules) -> Vec<ImageUse<'m>> {
        let mut uses = Vec::new();
        for stage in &self.stages {
            if let Base::Image(text) = &stage.base {
                let from = self.from(stage);
                let written = &from.text.text()[stage.base_at.range()];
                let role = Role::Base(stage.index);
                uses.push(new(rules, (role, stage.from, stage.base_at), written, Cow::Borrowed(text)));
            }
            for (index, instruction) in self.body(stage) {
                for (role, at) in named(instruction) {
                    let written = &instruction.text.text()[at.range()];
                    if self.stage_of(written).is_none() && !written.is_empty() && written != "scratch" {
                        uses.push(new(rules, (role, index, at), written, Cow::Borrowed(written)));
                    }
                }
            }
        }
        uses
    }
}

fn new<'m>(
    rules: &Rules,
    (role, instruction, at): (Role, usize, Span),
    written: &'m str,
    reference: Cow<'m, str>,
) -> ImageUse<'m> {
    let origin = match rules.origin(&reference) {
        Cow::Owned(origin) => Cow::Owned(origin),
        Cow::Borrowed(_) => reference.clone(),
    };
    ImageUse { role, instruction, at, written, reference, origin }
}

/// Where the flags of an instruction name an image or a stage. A build takes no variables there.
fn named(instruction: &Instruction<'_>) -> Vec<(Role, Span)> {
    let flags = |name: &'static str| instruction.flags.iter().filter(move |flag| flag.name() == name);
    match instruction.keyword {
        Keyword::Copy => flags("from").filter_map(|f| Some((Role::Copy, value(instruction, f)?))).collect(),
        Keyword::Run => flags("mount").filter_map(|f| Some((Role::Mount, source(instruction, f)?))).collect(),
        _ => Vec::new(),
    }
}

/// Where the value of a flag is; none if it is quoted or escaped.
fn value(instruction: &Instruction<'_>, flag: &Flag) -> Option<Span> {
    let written = &instruction.text.text()[flag.span.range()];
    let plain = written == flag.text && !written.contains(['$', '"', '\'']);
    let start = flag.span.start + flag.text.find('=')? + 1;
    plain.then(|| Span::new(start, flag.span.end))
}

/// Where `from=` of a mount is.
fn source(instruction: &Instruction<'_>, flag: &Flag) -> Option<Span> {
    let all = value(instruction, flag)?;
    let mut start = all.start;
    for field in instruction.text.text()[all.range()].split(',') {
        if let Some(image) = field.strip_prefix("from=") {
            return Some(Span::new(start + field.len() - image.len(), start + field.len()));
        }
        start += field.len() + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    fn images(text: &str) -> Vec<String> {
        let document = Document::parse(text);
        let model = Model::new(&document);
        let uses = model.images(&Rules::default());
        for used in &uses {
            let instruction = &document.instructions[used.instruction];
            assert_eq!(&instruction.text.text()[used.at.range()], used.written);
        }
        uses.iter().map(|used| format!("{:?} {}", used.role, used.reference)).collect()
    }

    #[test]
    fn all_places_are_found_and_stages_are_none() {
        let text = "ARG V=1.22\nFROM golang:${V} AS build\nRUN --mount=type=bind,from=busybox:1,target=/b ls\n\
                    FROM scratch\nCOPY --from=build /a /a\nCOPY --chown=1 --from=alpine/git:v2 /b /b\n\
                    COPY --from=0 /c /c\nRUN --mount=type=cache,target=/x ls\nFROM build\n";
        assert_eq!(images(text), ["Base(0) golang:1.22", "Mount busybox:1", "Copy alpine/git:v2"]);
    }

    #[test]
    fn a_stage_hides_the_image_of_its_name() {
        assert_eq!(images("FROM alpine:3 AS golang\nFROM golang\n"), ["Base(0) alpine:3"]);
        assert_eq!(images("FROM golang\nFROM alpine:3 AS golang\n"), ["Base(0) golang", "Base(1) alpine:3"]);
    }

    #[test]
    fn what_is_quoted_or_variable_in_a_flag_is_left() {
        assert_eq!(images("FROM a\nCOPY --from=\"b:1\" /x /\nCOPY --from=$C /x /\n"), ["Base(0) a"]);
    }
}
