//! One proof, from two texts to what was found out.

use super::behaviour::{self, End, Reference};
use super::blame;
use super::candidate::{Candidate, candidate};
use super::compare::{Comparison, Declared, Pair, compare};
use super::desk::{Desk, Silent};
use super::engine::{Build, BuildFailure, Built, NotBuilt, Workshop};
use super::error::{Error, ErrorKind};
use super::image::Config;
use super::mask::{Masked, Masks};
use super::proof::{Difference, EngineFacts, Kind, Proof, Side, Verdict};
use super::request::{Request, Rewrite, Watch};
use std::collections::BTreeSet;
use std::path::Path;
use std::thread;

/// What came of a rewrite.
#[derive(Debug, Default)]
pub(super) struct Attempt {
    pub(super) side: Side,
    pub(super) comparison: Comparison,
}

/// What is there once the original was tried.
pub(super) struct Bench<'r> {
    pub(super) request: &'r Request<'r>,
    pub(super) workshop: Workshop<'r>,
    declared: Declared,
    before: Side,
    /// TCP ports that are tried.
    ports: BTreeSet<u16>,
    reference: Reference,
}

/// Proves a rewrite: builds both texts, runs both images, compares.
///
/// What it makes in the engine is gone afterwards, however it ends. An error means that nothing can be said of the rewrite: there
/// is no engine, the original does not build, time or space ran out, or the user stopped it. Values of build arguments,
/// secrets and variables are told nowhere: their names stand for them.
pub fn prove(request: &Request<'_>, watch: &mut dyn Watch) -> Result<Proof, Error> {
    let masks = Masks::of(request);
    let mut watch = Masked::new(&masks, watch);
    let result = run(request, &mut watch);
    watch.flush();
    result.map(|proof| masks.proof(proof)).map_err(|error| masks.error(error))
}

fn run(request: &Request<'_>, watch: &mut dyn Watch) -> Result<Proof, Error> {
    let candidate = candidate(request)?;
    if candidate.text == request.original.text && candidate.files.is_empty() {
        return Ok(unchanged(request, candidate));
    }
    watch.step("looking for a container engine");
    let workshop = Workshop::open(request.engine, request.limits)?;
    watch.begins(workshop.engine.name());
    let mut bench = Bench {
        request,
        workshop,
        declared: Declared::of(&request.original.text, request.original.target.as_deref()),
        before: Side::default(),
        ports: BTreeSet::new(),
        reference: Reference::default(),
    };
    let proof = bench.prove(candidate, watch);
    with_left_over(proof, bench.workshop.clean())
}

/// A result, unless something could not be removed afterwards: then that is told, too, with how to remove it.
fn with_left_over<T>(result: Result<T, Error>, cleaned: Result<(), Error>) -> Result<T, Error> {
    let Err(left) = cleaned else { return result };
    Err(match result {
        Err(error) if !matches!(error.kind, ErrorKind::Cancelled(_)) => {
            let help = [error.help.clone(), Some(left.message), left.help];
            error.with_help(help.into_iter().flatten().collect::<Vec<_>>().join("\n"))
        }
        _ => left,
    })
}

fn unchanged(request: &Request<'_>, candidate: Candidate) -> Proof {
    Proof {
        schema: 1,
        tool: TOOL.into(),
        file: request.file.clone(),
        engine: EngineFacts::default(),
        verdict: Verdict::Unchanged,
        rung: candidate.rung,
        recipes: Vec::new(),
        before: Side::default(),
        after: Side::default(),
        rows: Vec::new(),
        differences: Vec::new(),
        notes: candidate.note().into_iter().collect(),
        blame: None,
        text: candidate.text,
        files: candidate.files,
    }
}

/// The program and its version.
const TOOL: &str = concat!("harden ", env!("CARGO_PKG_VERSION"));

impl Bench<'_> {
    /// Builds both, and looks at the original while the rewrite is built: the one waits for the disk, the other for
    /// compilers.
    fn prove(&mut self, candidate: Candidate, watch: &mut dyn Watch) -> Result<Proof, Error> {
        let built = self.original(watch)?;
        let desk = self.desk(None);
        let (looked, rewrite) = thread::scope(|scope| {
            let looking = scope.spawn(|| desk.look(&built, "the original", &mut Silent));
            let rewrite = self.build("after", &candidate, REWRITE, watch);
            watch.step("reading the image of the original");
            (looking.join(), rewrite)
        });
        let lost = |_| Error::new(ErrorKind::Other, "reading the image of the original broke off");
        self.before = looked.map_err(lost)??;
        self.run_original(&built, watch)?;
        let attempt = match rewrite? {
            Ok(built) => self.examine(&candidate, &built, self.request.sbom.as_deref(), REWRITE, watch)?,
            Err(failure) => unbuilt(failure),
        };
        self.proof(candidate, attempt, watch)
    }

    fn original(&self, watch: &mut dyn Watch) -> Result<Built, Error> {
        watch.step("building the original");
        let built =
            self.workshop.build("before", &self.request.original, &mut |_, piece| watch.output(piece));
        built.map_err(|reason| match reason {
            NotBuilt::Fault(error) => error,
            NotBuilt::Fails(failure) => self.broken_original(&failure),
        })
    }

    fn broken_original(&self, failure: &BuildFailure) -> Error {
        let mut cause = failure.message.clone();
        for line in &failure.output {
            cause.push('\n');
            cause.push_str(line);
        }
        let at = failure.line.map_or(String::new(), |line| format!(" (line {line})"));
        Error::new(ErrorKind::Build, format!("the original does not build: {}{at}", self.request.file))
            .because(cause)
            .with_help(format!(
                "mend it first, or give what it needs: --build-arg, --secret, --context (now {})",
                self.request.original.context.display()
            ))
    }

    fn run_original(&mut self, built: &Built, watch: &mut dyn Watch) -> Result<(), Error> {
        if self.workshop.runs() {
            watch.step("running the original");
            let told = self.before.image.iter().flat_map(|image| tcp(&image.config));
            self.ports = told.chain(self.request.trial.ports.iter().copied()).collect();
            self.reference =
                behaviour::reference(&self.workshop, &built.tag, &self.request.trial, &self.ports)?;
            self.before.behaviour = Some(self.reference.observation.clone());
        }
        Ok(())
    }

    const fn desk<'d>(&'d self, sbom: Option<&'d Path>) -> Desk<'d> {
        Desk {
            workshop: &self.workshop,
            scanners: self.request.scanners.as_slice(),
            named: self.request.scanners_named,
            limits: self.request.limits,
            sbom,
        }
    }

    fn proof(&self, candidate: Candidate, attempt: Attempt, watch: &mut dyn Watch) -> Result<Proof, Error> {
        let held = attempt.comparison.differences.is_empty();
        let blame = match &self.request.rewrite {
            Rewrite::Hardened { settings, .. } if !held => {
                Some(blame::find(self, settings, &candidate, &attempt.comparison.differences, watch)?)
            }
            _ => None,
        };
        let mut notes = attempt.comparison.notes;
        notes.extend(self.reference.note.clone());
        notes.extend(candidate.note());
        notes.extend(attempt.side.unscanned.iter().chain(&self.before.unscanned).take(1).cloned());
        Ok(Proof {
            engine: EngineFacts {
                name: self.workshop.engine.name().into(),
                version: self.workshop.version.clone(),
            },
            verdict: if held { Verdict::Held } else { Verdict::Broken },
            recipes: candidate.recipes.clone(),
            before: self.before.clone(),
            after: attempt.side,
            rows: attempt.comparison.rows,
            differences: attempt.comparison.differences,
            notes,
            blame,
            ..unchanged(self.request, candidate)
        })
    }

    fn build(
        &self,
        tag: &str,
        candidate: &Candidate,
        name: &str,
        watch: &mut dyn Watch,
    ) -> Result<Result<Built, BuildFailure>, Error> {
        watch.step(&format!("building {name}"));
        let ignored = candidate.ignore_file().map(str::to_owned);
        let build = Build { text: candidate.text.clone(), ignored, ..self.request.original.clone() };
        match self.workshop.build(tag, &build, &mut |_, piece| watch.output(piece)) {
            Ok(built) => Ok(Ok(built)),
            Err(NotBuilt::Fails(failure)) => Ok(Err(failure)),
            Err(NotBuilt::Fault(error)) => Err(error),
        }
    }

    /// Builds, reads and runs a lesser rewrite, and compares it with the original.
    pub(super) fn attempt(
        &self,
        candidate: &Candidate,
        name: &str,
        watch: &mut dyn Watch,
    ) -> Result<Attempt, Error> {
        match self.build("lesser", candidate, name, watch)? {
            Ok(built) => self.examine(candidate, &built, None, name, watch),
            Err(failure) => Ok(unbuilt(failure)),
        }
    }

    /// Reads and runs a rewrite that was built, and compares it with the original.
    fn examine(
        &self,
        candidate: &Candidate,
        built: &Built,
        sbom: Option<&Path>,
        name: &str,
        watch: &mut dyn Watch,
    ) -> Result<Attempt, Error> {
        let mut side = self.desk(sbom).look(built, name, watch)?;
        let mut mismatches = Vec::new();
        if self.workshop.runs() {
            watch.step(&format!("running {name}"));
            let trial = &self.request.trial;
            let (seen, found) =
                behaviour::compare(&self.workshop, &built.tag, trial, &self.ports, &self.reference)?;
            side.behaviour = Some(seen);
            mismatches = found;
        }
        let pair =
            Pair { before: &self.before, after: &side, declared: &self.declared, mismatches: &mismatches };
        let mut comparison = compare(pair);
        if !self.workshop.runs() {
            let help = "install podman, which runs what buildah builds";
            comparison.differences.push(not_run("this engine only builds", help));
        } else if let End::NotStarted { message } = &self.reference.observation.end {
            let help = "give what it needs to start: --env, or arguments after `--`";
            comparison.differences.push(not_run(&format!("the original does not start: {message}"), help));
        }
        let original = &self.request.original;
        let target = original.target.as_deref();
        comparison.differences.extend(super::target::unproven(&original.text, &candidate.text, target));
        Ok(Attempt { side, comparison })
    }
}

const REWRITE: &str = "the rewrite";

fn tcp(config: &Config) -> impl Iterator<Item = u16> {
    config.ports.iter().filter_map(|port| port.strip_suffix("/tcp").unwrap_or(port).parse().ok())
}

/// What came of a rewrite that can't be built.
fn unbuilt(failure: BuildFailure) -> Attempt {
    let at = failure.line.map_or(String::new(), |line| format!(" (line {line} of the rewrite)"));
    let difference = Difference {
        id: Kind::BuildFails,
        what: format!("the rewrite does not build: {}{at}", failure.message),
        detail: failure.output,
        help: None,
    };
    let differences = vec![difference];
    Attempt { side: Side::default(), comparison: Comparison { differences, ..Comparison::default() } }
}

/// What stays open when nothing can be run.
fn not_run(why: &str, help: &str) -> Difference {
    Difference {
        id: Kind::NotRun,
        what: format!("nothing was compared of what they do: {why}"),
        detail: Vec::new(),
        help: Some(help.into()),
    }
}
