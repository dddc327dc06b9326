//! Stages and what they are built on.

use super::expand::{Value, expand};
use crate::catalog::{Class, Facts, Family, Images, Reference, Rules, Why};
use crate::document::{Document, Instruction, Keyword};
use crate::span::Span;
use std::borrow::Cow;
use std::cell::OnceCell;

/// A stage.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its number, from 0.
    pub index: usize,
    /// Its name in lower case, which is how builds compare names.
    pub name: Option<String>,
    /// Index of its `FROM`.
    pub from: usize,
    /// Index after its last instruction.
    pub end: usize,
    /// What it is built on.
    pub base: Base,
    /// Where the base is written, in the joined text of the `FROM`.
    pub base_at: Span,
    /// The base where it comes from, if it is written as a copy at a mirror.
    origin: Option<String>,
    family: OnceCell<Option<&'static Family>>,
    facts: OnceCell<Option<Facts>>,
}

/// What a stage is built on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// An earlier stage, by number.
    Stage(usize),
    /// Nothing: `scratch`.
    Scratch,
    /// An image; the reference with variables replaced by their defaults.
    Image(String),
    /// It can't be told: a variable without a default, or a missing word.
    Unknown,
}

impl Stage {
    /// The reference of the base, for an image.
    pub fn reference(&self) -> Option<Reference<'_>> {
        match &self.base {
            Base::Image(text) => Reference::parse(text),
            _ => None,
        }
    }

    /// The reference of the base where it comes from: the same, unless it is written as a copy at a mirror.
    pub fn origin(&self) -> Option<Reference<'_>> {
        self.origin.as_deref().map_or_else(|| self.reference(), Reference::parse)
    }

    /// The image's family in the catalog.
    pub fn family(&self) -> Option<&'static Family> {
        *self.family.get_or_init(|| self.origin()?.family())
    }

    /// What the catalog knows of the image.
    pub fn facts(&self) -> Option<&Facts> {
        self.facts.get_or_init(|| self.family()?.facts(&self.origin()?)).as_ref()
    }

    /// In which state the image is; none for one that another stage makes.
    pub fn class(&self, images: &Images) -> Option<Class> {
        match &self.base {
            Base::Stage(_) => None,
            Base::Scratch => Some(Class::Empty),
            Base::Unknown => Some(Class::Unknown(Why::Variable)),
            Base::Image(_) => {
                let class = self.origin().map(|reference| images.class(&reference));
                Some(class.unwrap_or(Class::Unknown(Why::Unreadable)))
            }
        }
    }

    /// Whether the image is of a family: `docker.io/library/golang`, `gcr.io/distroless/static`, ...
    pub fn is(&self, family: &str) -> bool {
        self.family().is_some_and(|f| f.name == family)
    }
}

/// The stages of a document, in order.
pub(super) fn stages(document: &Document<'_>, rules: &Rules) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::new();
    for (index, instruction) in document.instructions.iter().enumerate() {
        if instruction.keyword != Keyword::From {
            continue;
        }
        if let Some(last) = stages.last_mut() {
            last.end = index;
        }
        let (base, base_at) = base(document, instruction, &stages);
        stages.push(Stage {
            index: stages.len(),
            name: alias(instruction).map(str::to_lowercase),
            from: index,
            end: document.instructions.len(),
            origin: match &base {
                Base::Image(text) => Some(rules.origin(text)).filter(|o| o != text).map(Cow::into_owned),
                _ => None,
            },
            base,
            base_at,
            family: OnceCell::new(),
            facts: OnceCell::new(),
        });
    }
    stages
}

/// The name that `FROM base AS name` gives.
fn alias<'i>(from: &'i Instruction<'_>) -> Option<&'i str> {
    let mut words = from.words().skip(1);
    let as_ = words.next()?;
    let name = words.next()?;
    as_.text.eq_ignore_ascii_case("as").then_some(name.text)
}

fn base(document: &Document<'_>, from: &Instruction<'_>, before: &[Stage]) -> (Base, Span) {
    let Some(word) = from.words().next() else { return (Base::Unknown, from.args) };
    let Some(text) = expand(word.text, document.escape, &|name| global(document, name)) else {
        return (Base::Unknown, word.span);
    };
    let named =
        before.iter().rev().find(|s| s.name.as_deref().is_some_and(|n| n.eq_ignore_ascii_case(&text)));
    let base = match named {
        Some(stage) => Base::Stage(stage.index),
        None if text == "scratch" => Base::Scratch,
        None if text.is_empty() => Base::Unknown,
        None => Base::Image(text),
    };
    (base, word.span)
}

/// The value of an `ARG` before the first `FROM`: its default, as a build without `--build-arg` has it.
fn global(document: &Document<'_>, name: &str) -> Value {
    let head = document.instructions.iter().take_while(|i| i.keyword != Keyword::From);
    let mut value = if PLATFORM.contains(&name) { Value::Unknown } else { Value::Unset };
    let mut known: Vec<(String, Value)> = Vec::new();
    for instruction in head.filter(|i| i.keyword == Keyword::Arg) {
        for pair in instruction.pairs() {
            let lookup =
                |n: &str| known.iter().rev().find(|(k, _)| k == n).map_or(Value::Unset, |(_, v)| v.clone());
            let own = match pair.value {
                Some(word) => expand(word.text, document.escape, &lookup).map_or(Value::Unknown, Value::Set),
                None => Value::Unset,
            };
            if pair.name == name {
                value = own.clone();
            }
            known.push((pair.name.to_owned(), own));
        }
    }
    value
}

/// Variables that a build sets by itself.
const PLATFORM: [&str; 8] = [
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
];
