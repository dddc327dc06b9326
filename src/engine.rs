//! One text, hardened: the loop from document to outcome.
//!
//! In: the bytes of a Dockerfile, the files around it if they are known, and the recipes to apply. Out: an [`Outcome`] with
//! both texts and all findings.
//! Does not know how files are read or written, terminals or configuration.

use crate::catalog::View;
use crate::document::{Document, decode};
use crate::edit::{Applicability, Fix, Origin, resolve, splice, verify};
use crate::model::{Model, Scripts};
use crate::project::Project;
use crate::recipe::Recipe;
use crate::span::Span;
use crate::transform::ladder::{Ladder, Rung};
use crate::transform::{Context, Proposals};
use std::borrow::Cow;
use std::sync::Arc;

/// Passes after which a text is left as it was: recipes that keep undoing each other are a bug.
const PASSES: usize = 20;

/// What to apply.
#[derive(Clone, Debug)]
pub struct Settings<'a> {
    /// The recipes, in the order in which they go first.
    pub recipes: Vec<&'a Recipe>,
    /// Whether fixes that may change what the container does are made too.
    pub include_unsafe: bool,
    /// The highest rung that an image may go to; [`Rung::Static`] is no limit.
    pub highest: Rung,
    /// What is known of images.
    pub view: Arc<View>,
}

/// What became of a text.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The text as it was.
    pub before: Vec<u8>,
    /// The text as it should be; the same when there is nothing to do.
    pub after: Vec<u8>,
    /// What was found, in the order of the text.
    pub findings: Vec<Finding>,
    /// Why the text was left alone, if it was.
    pub problem: Option<Problem>,
    /// How far the image of a Go program got; none for other images.
    pub ladder: Option<Ladder>,
}

impl Outcome {
    /// Whether the text changed.
    pub fn changed(&self) -> bool {
        self.before != self.after
    }
}

/// A fix and what became of it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The fix; `at` is in the text as it was, edits are in the pass that proposed it.
    pub fix: Fix,
    /// What became of it.
    pub state: State,
}

/// What became of a fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was made.
    Applied,
    /// It waits for leave to make fixes that may change what the container does.
    Unsafe,
    /// It is for a person to make.
    Manual,
    /// Another fix is in its way.
    Conflict,
}

/// Why a text was left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// Hardens a text: applies recipes until none has anything more to do. The project is what a build of it sees.
pub fn harden(source: &[u8], project: Option<&Project>, settings: &Settings<'_>) -> Outcome {
    let mut outcome = Outcome {
        before: source.to_vec(),
        after: source.to_vec(),
        findings: Vec::new(),
        problem: None,
        ladder: None,
    };
    if let Err(problem) = run(source, project, settings, &mut outcome) {
        outcome.after.clone_from(&outcome.before);
        outcome.findings.clear();
        outcome.problem = Some(problem);
    }
    outcome.findings.sort_by_key(|f| (f.fix.at.start, f.state != State::Applied));
    outcome
}

fn run(
    source: &[u8],
    project: Option<&Project>,
    settings: &Settings<'_>,
    outcome: &mut Outcome,
) -> Result<(), Problem> {
    let least = if settings.include_unsafe { Applicability::Unsafe } else { Applicability::Safe };
    let mut bytes = Cow::Borrowed(source);
    let mut way = Way { source, origins: Vec::new() };
    let scripts = Scripts::default();
    for pass in 0..PASSES {
        let decoded = decode(&bytes);
        let document = Document::parse(&decoded.text);
        let model = Model::sharing(&document, &scripts, &settings.view.rules);
        let cx = Context::new(&document, &model, project).at_most(settings.highest).seeing(&settings.view);
        if pass == 0 {
            check(&model, &decoded.bad)?;
            outcome.ladder = Ladder::of(&cx);
        }
        let fixes = propose(&cx, settings, least);
        let resolution = resolve(&fixes, least);
        if resolution.edits.is_empty() {
            let told = fixes.into_iter().filter(|fix| !way.is_own(fix));
            outcome.findings.extend(told.map(|fix| waiting(fix, least, &way, &document)));
            outcome.ladder = outcome.ladder.take().map(|ladder| ladder.arrived(&cx));
            outcome.after = bytes.into_owned();
            return Ok(());
        }
        let (new, origin) = splice(&bytes, &resolution.edits);
        let accepted: Vec<Fix> = resolution.accepted.iter().map(|&index| fixes[index].clone()).collect();
        if let Err(fault) = verify(&document, &Document::parse(&decode(&new).text)) {
            let recipes: Vec<&str> = accepted.iter().map(|f| f.recipe.as_str()).collect();
            return Err(Problem {
                span: accepted.first().map_or(Span::default(), |f| way.home(f.at)),
                message: format!("{} would break the file: {fault}", recipes.join(", ")),
                help: Some(
                    "this is a bug in harden: the file was left as it is; use --ignore meanwhile".into(),
                ),
            });
        }
        let made = accepted.into_iter().map(|fix| found(fix, State::Applied, &way, &document));
        outcome.findings.extend(made);
        way.origins.push(origin);
        bytes = Cow::Owned(new);
    }
    Err(Problem {
        span: Span::default(),
        message: format!("the recipes still change the file after {PASSES} passes"),
        help: Some("this is a bug in a recipe: the file was left as it is".into()),
    })
}

/// Whether a text may be rewritten: it parses, a build would not refuse it, and what is not UTF-8 in it stands in comments.
fn check(model: &Model<'_>, bad: &[usize]) -> Result<(), Problem> {
    let document = model.document;
    if let Some(error) = &document.error {
        let (message, help) = (error.message.clone(), error.help.clone());
        return Err(Problem { span: error.span, message, help });
    }
    if let Some(fault) = model.faults().into_iter().next() {
        let help = "a build refuses the file as it is: mend this first";
        return Err(Problem { span: fault.span, message: fault.message, help: Some(help.into()) });
    }
    // Comments may hold anything, also between the lines of an instruction.
    let in_code = |at: usize| {
        document.instructions.iter().filter(|i| i.span.contains(Span::new(at, at + 1))).any(|i| {
            i.text.text().contains('\u{1A}')
                || i.heredocs.iter().any(|h| h.body.start <= at && at < h.body.end)
        })
    };
    match bad.iter().find(|at| in_code(**at)) {
        None => Ok(()),
        Some(&at) => Err(Problem {
            span: Span::new(at, at + 1),
            message: "an instruction holds a byte that is not UTF-8".into(),
            help: Some("save the file as UTF-8".into()),
        }),
    }
}

/// The fixes of the first phase in which one can be made, or, if none can, those of all phases.
fn propose(cx: &Context<'_>, settings: &Settings<'_>, least: Applicability) -> Vec<Fix> {
    let mut all = Vec::new();
    for recipes in settings.recipes.chunk_by(|a, b| a.phase == b.phase) {
        let start = all.len();
        for recipe in recipes {
            let mut out = Proposals::new(&recipe.id, recipe.applies, &mut all);
            for transform in &recipe.transforms {
                transform.propose(cx, &mut out);
            }
        }
        if all[start..].iter().any(|fix| !fix.edits.is_empty() && fix.applicability >= least) {
            return all.split_off(start);
        }
    }
    all
}

/// The way from the text of a pass back to the text as it was.
struct Way<'a> {
    source: &'a [u8],
    origins: Vec<Origin>,
}

impl Way<'_> {
    /// The range that a range comes from; for one that edits brought, what they replaced.
    fn home(&self, span: Span) -> Span {
        self.origins.iter().rev().fold(span, |span, origin| origin.span(span))
    }

    /// Whether edits brought all of a range.
    fn brought(&self, mut span: Span) -> bool {
        self.origins.iter().rev().any(|origin| {
            let brought = origin.brought(span);
            span = origin.span(span);
            brought
        })
    }

    /// Whether a fix that waits finds fault with nothing but what was written a moment ago: nobody else can mend that.
    fn is_own(&self, fix: &Fix) -> bool {
        fix.edits.is_empty() && self.brought(fix.at)
    }

    /// The line that a line comes from, both from 1.
    fn line(&self, document: &Document<'_>, line: usize) -> usize {
        if self.origins.is_empty() {
            return line;
        }
        let text = document.text.as_bytes();
        let mut starts = text.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(at, _)| at + 1);
        let start = if line < 2 { Some(0) } else { starts.nth(line - 2) };
        let start = start.map_or(text.len(), |start| self.home(Span::at(start)).start);
        // What was added at the end is told at the last line.
        let end = self.source.len().saturating_sub(usize::from(self.source.ends_with(b"\n")));
        let before = self.source.get(..start.min(end)).unwrap_or_default();
        before.split(|b| *b == b'\n').count()
    }
}

/// A finding for a fix that was not made.
fn waiting(fix: Fix, least: Applicability, way: &Way<'_>, document: &Document<'_>) -> Finding {
    let state = match fix.applicability {
        Applicability::Manual => State::Manual,
        _ if fix.edits.is_empty() => State::Manual,
        applicability if applicability < least => State::Unsafe,
        _ => State::Conflict,
    };
    found(fix, state, way, document)
}

fn found(mut fix: Fix, state: State, way: &Way<'_>, document: &Document<'_>) -> Finding {
    fix.at = way.home(fix.at);
    fix.hidden.iter_mut().for_each(|secret| *secret = way.home(*secret));
    for evidence in &mut fix.evidence {
        evidence.line = evidence.line.map(|line| way.line(document, line));
    }
    fix.evidence.dedup();
    Finding { fix, state }
}
