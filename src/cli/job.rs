//! One file from its bytes to what is printed about it.

use super::Exit;
use super::args::{Format, Global, Options};
use super::brought::Looked;
use super::failure::Failure;
use super::inputs::Input;
use super::online;
use super::projects::Projects;
use super::terminal::Terminal;
use crate::engine::{self, Finding, Outcome, Settings, State};
use crate::files;
use crate::recipe::Phase;
use crate::report::{self, Counts, Record, Style, Subject};
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::sync::OnceLock;

/// What holds for every file of a run.
#[derive(Clone, Copy)]
pub(super) struct Run<'a> {
    /// The options of the command line.
    pub(super) options: &'a Options,
    /// Those that every command takes.
    pub(super) global: &'a Global,
    /// The recipes, how far they may go, and what projects say of images.
    pub(super) projects: &'a Projects,
    /// Where messages go.
    pub(super) terminal: Terminal,
    /// The working directory.
    pub(super) folder: &'a Path,
    /// Standard input, once it was read: it comes only once.
    pub(super) stdin: &'a Stdin,
}

/// What was on standard input, once it was read.
pub(super) type Stdin = OnceLock<Result<Vec<u8>, files::Error>>;

/// What is left of a file when it is done.
#[derive(Debug)]
pub(super) struct Done {
    /// For standard output.
    pub(super) product: Vec<u8>,
    /// For standard error.
    pub(super) talk: String,
    /// What the summary counts.
    pub(super) counts: Counts,
    /// Whether anything was found by what the catalog says about releases of images.
    pub(super) by_release: bool,
    /// The exit code for this file alone.
    pub(super) exit: Exit,
}

impl Run<'_> {
    /// Does all there is to do for one file.
    pub(super) fn file(&self, input: &Input) -> Looked {
        let read = read(input, self.stdin).and_then(|source| Ok((source, self.projects.settings(input)?)));
        match read {
            Ok((source, settings)) => self.text(input, &source, settings),
            Err(error) => Looked::Done(self.failed(input, &error.into())),
        }
    }

    fn text(&self, input: &Input, source: &[u8], settings: &Settings) -> Looked {
        let outcome = outcome(self.options, settings, input, source);
        let outcome = online::checked(outcome, &settings.view);
        if !outcome.files.is_empty() {
            return Looked::Waits(input.clone(), Box::new(outcome));
        }
        Looked::Done(match self.write(input, &outcome) {
            Ok(()) => self.told(input, settings, &outcome, &[]),
            Err(error) => self.failed(input, &error.into()),
        })
    }

    /// What is left of a file that was treated; its files around it have these names in a patch.
    pub(super) fn told(
        &self,
        input: &Input,
        settings: &Settings,
        outcome: &Outcome,
        files: &[Vec<u8>],
    ) -> Done {
        let (name, label) = (input.name(), input.label(self.folder));
        let subject = Subject { path: &name, label: &label, files, outcome };
        Done {
            product: self.product(input, &subject),
            talk: self.talk(input, &subject),
            counts: Counts::of(outcome),
            by_release: by_release(settings, outcome),
            exit: self.exit(outcome),
        }
    }

    /// Writes the new text, if that is asked for.
    pub(super) fn write(&self, input: &Input, outcome: &Outcome) -> Result<(), files::Error> {
        let changed = outcome.before != outcome.after;
        match input {
            Input::File(path) if self.options.apply && outcome.problem.is_none() && changed => {
                files::replace(path, &outcome.before, &outcome.after)
            }
            _ => Ok(()),
        }
    }

    fn exit(&self, outcome: &Outcome) -> Exit {
        match outcome {
            Outcome { problem: Some(_), .. } => Exit::Failed,
            _ if self.options.check && outcome.changed() => Exit::Found,
            _ => Exit::Done,
        }
    }

    fn product(&self, input: &Input, subject: &Subject<'_>) -> Vec<u8> {
        match self.options.format {
            Format::Json => json(&report::record(subject)),
            Format::Diff => self.patch(subject, self.terminal.colour_patch),
            Format::Text if self.options.apply && matches!(input, Input::Stdin(_)) => {
                subject.outcome.after.clone()
            }
            Format::Text if self.global.quiet => report::concise(subject).into_bytes(),
            Format::Text => self.people(subject),
        }
    }

    /// The findings, and the patch unless it was applied.
    fn people(&self, subject: &Subject<'_>) -> Vec<u8> {
        let style = self.style(self.terminal.colour_out);
        if !self.options.apply {
            let mut out = report::diagnostics(subject, style, |_| true).into_bytes();
            out.extend(report::ladder(subject, style).into_bytes());
            out.extend(self.patch(subject, self.terminal.colour_out));
            if subject.outcome.changed() {
                out.push(b'\n');
            }
            return out;
        }
        let mut out = String::new();
        for finding in subject.outcome.findings.iter().filter(|finding| finding.state == State::Applied) {
            let (path, title) = (report::clean(subject.path), report::clean(&finding.fix.title));
            writeln!(out, "{path}: {}: {title}", finding.fix.recipe).ok();
        }
        out.push_str(&report::diagnostics(subject, style, |finding| finding.state != State::Applied));
        out.push_str(&report::ladder(subject, style));
        out.into_bytes()
    }

    fn style(&self, colour: bool) -> Style {
        Style { colour, evidence: self.global.verbose }
    }

    fn patch(&self, subject: &Subject<'_>, colour: bool) -> Vec<u8> {
        if !self.terminal.to_people && !colour {
            return subject.patch();
        }
        subject.patches().iter().flat_map(|patch| report::paint(patch, colour).into_bytes()).collect()
    }

    fn talk(&self, input: &Input, subject: &Subject<'_>) -> String {
        let Some(problem) = &subject.outcome.problem else { return self.unwritten(input, subject) };
        report::problem(subject.path, &subject.outcome.before, problem, self.style(self.terminal.colour_err))
    }

    /// What is left of a file that could not be treated.
    pub(super) fn failed(&self, input: &Input, failure: &Failure) -> Done {
        Done {
            product: self.record(input.name(), failure),
            talk: failure.render(self.terminal.colour_err),
            counts: Counts::default(),
            by_release: false,
            exit: Exit::Failed,
        }
    }

    /// That a file is not written where the Dockerfile itself is only printed.
    fn unwritten(&self, input: &Input, subject: &Subject<'_>) -> String {
        let mut out = String::new();
        let is_printed = self.options.apply && input.path().is_none();
        for label in subject.files.iter().filter(|_| is_printed) {
            let name = String::from_utf8_lossy(label);
            writeln!(out, "{} is not written: give the Dockerfile by its path", report::clean(&name)).ok();
        }
        out
    }

    fn record(&self, path: String, failure: &Failure) -> Vec<u8> {
        match self.options.format {
            Format::Json => json(&Record::failed(path, failure.line())),
            Format::Text | Format::Diff => Vec::new(),
        }
    }
}

/// Whether anything that was found goes by what is known of releases.
fn by_release(settings: &Settings, outcome: &Outcome) -> bool {
    let about_images = |finding: &Finding| {
        let mut recipes = settings.recipes.iter();
        recipes.any(|recipe| recipe.id == finding.fix.recipe && recipe.phase == Phase::Image)
    };
    outcome.findings.iter().any(about_images)
}

/// Notes what is wanted of registries for a file; one that can't be read wants nothing.
pub(super) fn note(options: &Options, settings: &Settings, input: &Input, stdin: &Stdin) {
    if let Ok(source) = read(input, stdin) {
        online::note(&outcome(options, settings, input, &source), &settings.view);
    }
}

fn outcome(options: &Options, settings: &Settings, input: &Input, source: &[u8]) -> Outcome {
    let project = options.selection.project(input.path(), source);
    engine::harden(source, project.as_ref(), settings)
}

fn read(input: &Input, stdin: &Stdin) -> Result<Vec<u8>, files::Error> {
    match input {
        Input::File(path) => files::read(path),
        Input::Stdin(_) => {
            stdin.get_or_init(|| files::read_from(io::stdin().lock(), "standard input")).clone()
        }
    }
}

/// A record as one line; strings and numbers always can be written.
fn json(record: &Record) -> Vec<u8> {
    serde_json::to_vec(record).unwrap_or_default()
}
