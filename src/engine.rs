//! One text, hardened: the loop from document to outcome.
//!
//! In: the bytes of a Dockerfile, the files around it if they are known, and the recipes to apply. Out: an [`Outcome`] with
//! both texts and all findings.
//! Does not know how files are read or written, terminals or configuration.

mod quiet;
mod way;

use crate::catalog::View;
use crate::document::{Document, decode};
use crate::edit::{Applicability, Fix, NewFile, resolve, splice, verify};
use crate::model::{Model, Scripts};
use crate::project::Project;
use crate::recipe::{Names, Recipe};
use crate::span::Span;
use crate::suppress::Stop;
use crate::transform::ladder::{Ladder, Rung};
use crate::transform::{Context, Proposals};
use quiet::Quiet;
use std::borrow::Cow;
use std::sync::Arc;
use way::Way;

/// Passes after which a text is left as it was: recipes that keep undoing each other are a bug.
const PASSES: usize = 20;

/// What to apply.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The recipes, in the order in which they go first.
    pub recipes: Vec<Arc<Recipe>>,
    /// Whether fixes that may change what the container does are made too.
    pub include_unsafe: bool,
    /// The highest rung that an image may go to; [`Rung::Static`] is no limit.
    pub highest: Rung,
    /// What is known of images.
    pub view: Arc<View>,
    /// How comments of the file that keep fixes away are followed; none where they are not.
    pub ignores: Option<Ignores>,
}

impl Settings {
    /// Safe fixes of these recipes; comments of the file keep none away.
    pub const fn new(recipes: Vec<Arc<Recipe>>, view: Arc<View>) -> Self {
        Self { recipes, include_unsafe: false, highest: Rung::Static, view, ignores: None }
    }
}

/// How comments that keep fixes away are followed.
#[derive(Clone, Debug)]
pub struct Ignores {
    /// What they may name.
    pub names: Arc<Names>,
    /// Whether all recipes run that usually do: only then it can be told that a comment about all of them is of no use.
    pub whole: bool,
}

/// What became of a text.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The text as it was.
    pub before: Vec<u8>,
    /// The text as it should be; the same when there is nothing to do.
    pub after: Vec<u8>,
    /// Files of the context that come with it, each once.
    pub files: Vec<NewFile>,
    /// What was found, in the order of the text.
    pub findings: Vec<Finding>,
    /// Why the text was left alone, if it was.
    pub problem: Option<Problem>,
    /// How far the image of a Go program got; none for other images.
    pub ladder: Option<Ladder>,
}

impl Outcome {
    /// Whether the text or a file around it changed.
    pub fn changed(&self) -> bool {
        self.before != self.after || !self.files.is_empty()
    }

    /// The same text left as it was, for a reason.
    #[must_use]
    pub fn left_alone(self, problem: Problem) -> Self {
        let after = self.before.clone();
        Self { after, files: Vec::new(), findings: Vec::new(), problem: Some(problem), ..self }
    }

    /// Takes a file up; what was to be written there before is replaced.
    fn bring(&mut self, file: NewFile) {
        match self.files.iter_mut().find(|known| known.path == file.path) {
            Some(known) => known.text = file.text,
            None => self.files.push(file),
        }
    }
}

/// A fix and what became of it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The fix; `at` is in the text as it was, edits are in the pass that proposed it.
    pub fix: Fix,
    /// What became of it.
    pub state: State,
    /// What keeps it away, if it is [`State::Suppressed`].
    pub stop: Option<Stop>,
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
    /// A comment of the file keeps it away.
    Suppressed,
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
pub fn harden(source: &[u8], project: Option<&Project>, settings: &Settings) -> Outcome {
    let mut outcome = Outcome {
        before: source.to_vec(),
        after: source.to_vec(),
        files: Vec::new(),
        findings: Vec::new(),
        problem: None,
        ladder: None,
    };
    if let Err(problem) = run(source, project, settings, &mut outcome) {
        outcome = outcome.left_alone(problem);
    }
    outcome.findings.sort_by_key(|f| (f.fix.at.start, f.state != State::Applied));
    outcome
}

fn run(
    source: &[u8],
    project: Option<&Project>,
    settings: &Settings,
    outcome: &mut Outcome,
) -> Result<(), Problem> {
    let least = if settings.include_unsafe { Applicability::Unsafe } else { Applicability::Safe };
    let mut bytes = Cow::Borrowed(source);
    let mut way = Way { source, origins: Vec::new() };
    let scripts = Scripts::default();
    let mut quiet = Quiet::new(settings);
    // The context with the files that earlier passes wrote.
    let mut newer = None;
    for pass in 0..PASSES {
        let decoded = decode(&bytes);
        let document = Document::parse(&decoded.text);
        let model = Model::sharing(&document, &scripts, &settings.view.rules);
        let project = newer.as_ref().or(project);
        let cx = Context::new(&document, &model, project).at_most(settings.highest).seeing(&settings.view);
        if pass == 0 {
            check(&model, &decoded.bad)?;
            outcome.ladder = Ladder::of(&cx);
        }
        quiet.begin(&document);
        let sift = |fixes: &mut Vec<Fix>, from| quiet.sift(fixes, from, &way, document.text);
        let fixes = propose(&cx, settings, least, sift);
        let resolution = resolve(&fixes, least);
        if resolution.accepted.is_empty() {
            let told = fixes.into_iter().filter(|fix| !way.is_own(fix));
            outcome.findings.extend(told.map(|fix| waiting(fix, least, &way, &document)));
            outcome.findings.extend(quiet.findings(&way, &document));
            outcome.ladder = outcome.ladder.take().map(|ladder| ladder.arrived(&cx));
            outcome.after = bytes.into_owned();
            return Ok(());
        }
        let (new, origin) = splice(&bytes, &resolution.edits);
        let accepted: Vec<&Fix> = resolution.accepted.iter().map(|&index| &fixes[index]).collect();
        let decoded_new = decode(&new);
        let newest = Document::parse(&decoded_new.text);
        verify(&document, &newest).map_err(|fault| broken(&accepted, &fault, &way))?;
        if quiet.parted((&newest, &origin), &accepted, &way) {
            continue;
        }
        let made = accepted.into_iter().map(|fix| found(fix.clone(), State::Applied, &way, &document));
        outcome.findings.extend(made);
        way.origins.push(origin);
        if let Some(project) = project.filter(|_| !resolution.files.is_empty()) {
            newer = Some(project.with(resolution.files.iter().map(NewFile::pair)));
        }
        resolution.files.into_iter().for_each(|file| outcome.bring(file));
        bytes = Cow::Owned(new);
    }
    Err(Problem {
        span: Span::default(),
        message: format!("the recipes still change the file after {PASSES} passes"),
        help: Some("this is a bug in a recipe: the file was left as it is".into()),
    })
}

/// Fixes that broke a text.
fn broken(accepted: &[&Fix], fault: &str, way: &Way<'_>) -> Problem {
    let recipes: Vec<&str> = accepted.iter().map(|f| f.recipe.as_str()).collect();
    let help = "this is a bug in harden: the file was left as it is; use --ignore meanwhile";
    Problem {
        span: accepted.first().map_or(Span::default(), |f| way.home(f.at)),
        message: format!("{} would break the file: {fault}", recipes.join(", ")),
        help: Some(help.into()),
    }
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
///
/// `sift` takes out what is not to be told of those from an index on.
fn propose(
    cx: &Context<'_>,
    settings: &Settings,
    least: Applicability,
    mut sift: impl FnMut(&mut Vec<Fix>, usize),
) -> Vec<Fix> {
    let mut all = Vec::new();
    for recipes in settings.recipes.chunk_by(|a, b| a.phase == b.phase) {
        let start = all.len();
        for recipe in recipes {
            let mut out = Proposals::new(&recipe.id, recipe.applies, &mut all);
            for transform in &recipe.transforms {
                transform.propose(cx, &mut out);
            }
        }
        // Without a context there is no place for a file.
        if cx.project.is_none() {
            all.retain(|fix| fix.files.is_empty());
        }
        sift(&mut all, start);
        if all[start..].iter().any(|fix| fix.can_be_made() && fix.applicability >= least) {
            return all.split_off(start);
        }
    }
    all
}

/// A finding for a fix that was not made.
fn waiting(fix: Fix, least: Applicability, way: &Way<'_>, document: &Document<'_>) -> Finding {
    let state = match fix.applicability {
        Applicability::Manual => State::Manual,
        _ if !fix.can_be_made() => State::Manual,
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
    Finding { fix, state, stop: None }
}
