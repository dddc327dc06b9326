//! Verbs: what recipes can do, one file each.
//!
//! In: a document, its model and the files around it. Out: proposed fixes, each with its applicability, its reason and its
//! evidence.
//! Does not know other recipes, files or terminals; a verb proposes and never writes.
//!
//! - `cached_go_modules`: modules are downloaded before the sources are copied
//! - `distroless_go`: the final stage of a Go program gets a smaller base
//! - `exec_form_command`: the program is the first process, without a shell around it
//! - `explicit_tag`: the tag that says which release a floating one is
//! - `hardened_base_image`: the final stage stands on a smaller image of the same role
//! - `maintained_base_image`: what takes the place of an image that gets no updates
//! - `multi_stage_go`: what builds and ships a program becomes two stages
//! - `newest_base_image`: the newest release of the base image
//! - `pinned_digest`: the digest of what a tag names
//! - `static_go_binary`: a Go program without the C library
//! - [`packages`]: what package managers do
//! - [`files`]: what is copied, downloaded and kept
//! - [`command`]: how the program is started, and what else the image says of itself
//! - [`stages`]: which stages there are, and how they are named
//! - [`user`]: who runs the program, and the steps of the build
//!
//! Verbs share [`ladder`], which decides how far an image may go, and `layout` and `rewrite`, which write it the way the
//! rest of the file is written.

mod cached_go_modules;
mod command;
mod distroless_go;
mod exec_form_command;
mod explicit_tag;
mod files;
mod hardened_base_image;
mod image_edit;
pub mod ladder;
mod layout;
mod maintained_base_image;
mod multi_stage_go;
mod newest_base_image;
mod packages;
mod pinned_digest;
mod rewrite;
mod stages;
mod static_go_binary;
mod user;
mod user_param;

use crate::catalog::View;
use crate::document::{Document, Instruction};
use crate::edit::{Applicability, Edit, Evidence, Fix, NewFile};
use crate::model::Model;
use crate::project::Project;
use crate::span::{Span, place};
use std::cell::OnceCell;
use std::fmt;

/// What a verb looks at.
#[derive(Debug)]
pub struct Context<'a> {
    /// The text.
    pub document: &'a Document<'a>,
    /// Its meaning.
    pub model: &'a Model<'a>,
    /// The files that a build of it sees, if they are known.
    pub project: Option<&'a Project>,
    /// The highest rung that the final image may go to; the first one unless [`Self::at_most`] says otherwise.
    pub highest: ladder::Rung,
    /// What is known of images.
    pub view: &'a View,
    /// What the ladder finds out about the file, once it is asked.
    assessment: OnceCell<Option<ladder::Assessment<'a>>>,
}

impl<'a> Context<'a> {
    /// What verbs look at in a text.
    pub fn new(document: &'a Document<'a>, model: &'a Model<'a>, project: Option<&'a Project>) -> Self {
        let (highest, view) = (ladder::Rung::Static, View::any());
        Self { document, model, project, highest, view, assessment: OnceCell::new() }
    }

    /// The same, with what is known of images.
    #[must_use]
    pub fn seeing(self, view: &'a View) -> Self {
        Self { view, ..self }
    }

    /// The same, with the highest rung that the final image may go to.
    #[must_use]
    pub fn at_most(self, highest: ladder::Rung) -> Self {
        Self { highest, ..self }
    }

    /// What the ladder finds out about the file.
    fn assessment(&self) -> Option<&ladder::Assessment<'a>> {
        self.assessment.get_or_init(|| ladder::assess(self)).as_ref()
    }

    /// Whether one of these keeps the file from a higher rung.
    fn is_blocked(&self, ids: &[ladder::Id]) -> bool {
        self.assessment().is_some_and(|found| found.blockers.iter().any(|b| ids.contains(&b.id)))
    }

    /// The line of a byte offset, from 1.
    pub fn line(&self, offset: usize) -> usize {
        place(self.document.text, offset).line
    }

    /// Something that was found at an instruction.
    pub fn evidence(&self, what: impl Into<String>, at: &Instruction<'_>) -> Evidence {
        Evidence { what: what.into(), line: Some(self.line(at.span.start)) }
    }
}

/// A verb with its parameters.
pub trait Transform: Send + Sync + fmt::Debug {
    /// Proposes fixes for a text.
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>);
}

/// Collects the fixes of one recipe.
#[derive(Debug)]
pub struct Proposals<'r> {
    recipe: &'r str,
    ceiling: Applicability,
    fixes: &'r mut Vec<Fix>,
}

impl<'r> Proposals<'r> {
    /// A collection for a recipe, whose fixes get no applicability above `ceiling`.
    pub const fn new(recipe: &'r str, ceiling: Applicability, fixes: &'r mut Vec<Fix>) -> Self {
        Self { recipe, ceiling, fixes }
    }

    /// Adds a fix; the caller fills in what it has beyond a message and a title.
    pub fn fix(&mut self, message: impl Into<String>, title: impl Into<String>, at: Span) -> Proposal<'_> {
        Proposal {
            fix: Fix {
                recipe: self.recipe.to_owned(),
                message: message.into(),
                title: title.into(),
                at,
                applicability: self.ceiling,
                reason: String::new(),
                evidence: Vec::new(),
                edits: Vec::new(),
                hidden: Vec::new(),
                files: Vec::new(),
            },
            fixes: self.fixes,
        }
    }
}

/// A fix in the making; it is proposed when dropped by [`Proposal::done`].
#[derive(Debug)]
#[must_use]
pub struct Proposal<'p> {
    fix: Fix,
    fixes: &'p mut Vec<Fix>,
}

impl Proposal<'_> {
    /// Lowers the applicability, with the reason; the first reason for the lowest one stays. Where the recipe claims no
    /// more anyway, it is the reason for that.
    pub fn at_most(mut self, applicability: Applicability, reason: impl Into<String>) -> Self {
        let now = self.fix.applicability;
        if applicability < now || (applicability == now && self.fix.reason.is_empty()) {
            self.fix.applicability = applicability;
            self.fix.reason = reason.into();
        }
        self
    }

    /// Lowers the applicability for a rung that may not be right, with the reason.
    fn doubted(self, doubt: Option<&ladder::Blocker>) -> Self {
        match doubt {
            Some(doubt) => self.at_most(Applicability::Unsafe, &doubt.message),
            None => self,
        }
    }

    /// Adds what was checked.
    pub fn evidence(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.fix.evidence.extend(evidence);
        self
    }

    /// Adds edits.
    pub fn edits(mut self, edits: impl IntoIterator<Item = Edit>) -> Self {
        self.fix.edits.extend(edits);
        self
    }

    /// Adds what no report may show of the file.
    pub fn hiding(mut self, secrets: impl IntoIterator<Item = Span>) -> Self {
        self.fix.hidden.extend(secrets);
        self
    }

    /// Adds files of the context: only for verbs that looked at the [`Context::project`], else they are left out. What is
    /// written is seen by the next pass there.
    pub fn files(mut self, files: impl IntoIterator<Item = NewFile>) -> Self {
        self.fix.files.extend(files);
        self
    }

    /// Proposes the fix.
    pub fn done(mut self) {
        self.fix.edits.sort();
        self.fix.edits.dedup();
        // Edits of one fix that touch the same bytes, and files elsewhere, are a bug of its verb: it must not make them.
        let collide = self.fix.edits.windows(2).any(|pair| pair[0].span.end > pair[1].span.start);
        let is_bug = collide || !self.fix.files.iter().all(NewFile::is_inside);
        debug_assert!(!is_bug, "{}: {:?} {:?}", self.fix.recipe, self.fix.edits, self.fix.files);
        if is_bug {
            return;
        }
        self.fixes.push(self.fix);
    }
}

/// Why a verb can't be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// Makes a verb of its parameters.
type Build = fn(toml::Table) -> Result<Box<dyn Transform>, toml::de::Error>;

/// The verbs of one folder, by name.
type Table = &'static [(&'static str, Build)];

/// All verbs.
const TABLES: [Table; 6] = [VERBS, command::VERBS, files::VERBS, packages::VERBS, stages::VERBS, user::VERBS];

/// The verbs of this folder, by name.
const VERBS: Table = &[
    ("cached_go_modules", boxed::<cached_go_modules::CachedGoModules>),
    ("distroless_go", boxed::<distroless_go::DistrolessGo>),
    ("exec_form_command", boxed::<exec_form_command::ExecFormCommand>),
    ("explicit_tag", boxed::<explicit_tag::ExplicitTag>),
    ("hardened_base_image", boxed::<hardened_base_image::HardenedBaseImage>),
    ("maintained_base_image", boxed::<maintained_base_image::MaintainedBaseImage>),
    ("multi_stage_go", boxed::<multi_stage_go::MultiStageGo>),
    ("newest_base_image", boxed::<newest_base_image::NewestBaseImage>),
    ("pinned_digest", boxed::<pinned_digest::PinnedDigest>),
    ("static_go_binary", boxed::<static_go_binary::StaticGoBinary>),
];

fn boxed<T>(params: toml::Table) -> Result<Box<dyn Transform>, toml::de::Error>
where
    T: Transform + serde::de::DeserializeOwned + 'static,
{
    Ok(Box::new(toml::Value::Table(params).try_into::<T>()?))
}

/// The verb of a name, with its parameters; an error for an unknown name or parameter.
pub fn build(verb: &str, params: toml::Table) -> Result<Box<dyn Transform>, Error> {
    let Some((_, build)) = TABLES.into_iter().flatten().find(|(name, _)| *name == verb) else {
        let near =
            verbs().max_by(|a, b| strsim::jaro_winkler(a, verb).total_cmp(&strsim::jaro_winkler(b, verb)));
        let help = near.map(|name| format!("did you mean `{name}`?"));
        return Err(Error { message: format!("unknown verb `{verb}`"), help });
    };
    build(params).map_err(|error| Error { message: format!("{verb}: {}", error.message()), help: None })
}

/// The names of all verbs.
pub fn verbs() -> impl Iterator<Item = &'static str> {
    TABLES.into_iter().flatten().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_and_a_typo_gets_a_hint() {
        assert!(TABLES.iter().all(|table| table.is_sorted_by_key(|(name, _)| *name)));
        let error = build("nonrot_user", toml::Table::new()).expect_err("a typo");
        assert_eq!(error.help.as_deref(), Some("did you mean `nonroot_user`?"));
        let table: toml::Table = "usr = \"1\"".parse().expect("toml");
        let error = build("nonroot_user", table).expect_err("an unknown parameter");
        assert!(error.message.contains("usr"), "{error}");
    }
}
