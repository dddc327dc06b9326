//! One proof, from two texts to what was found out.

use super::behaviour::{self, Reference};
use super::blame;
use super::compare::{Comparison, Declared, Pair, compare};
use super::engine::{Build, BuildFailure, Built, NotBuilt, Workshop};
use super::error::{Error, ErrorKind};
use super::image::{Config, Image};
use super::process::Limits;
use super::proof::{Applied, Difference, EngineFacts, Kind, Proof, Side, Verdict};
use super::request::{Request, Rewrite, Watch};
use super::scan::{self, Scanner};
use crate::engine::{Outcome, Settings, State, harden};
use crate::transform::ladder::Rung;
use std::collections::BTreeSet;
use std::path::Path;
use std::thread;

/// A rewrite to try.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) text: Vec<u8>,
    pub(super) rung: Option<Rung>,
    pub(super) recipes: Vec<Applied>,
    /// Recipes that wait for `--unsafe`.
    waiting: BTreeSet<String>,
}

impl Candidate {
    /// What a user should know of what was not done.
    fn note(&self) -> Option<String> {
        let waiting = self.waiting.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        (!waiting.is_empty()).then(|| format!("with --unsafe, these recipes do more: {waiting}"))
    }
}

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
/// is no engine, the original does not build, time or space ran out, or the user stopped it.
pub fn prove(request: &Request<'_>, watch: &mut dyn Watch) -> Result<Proof, Error> {
    let candidate = candidate(request)?;
    if candidate.text == request.original.text {
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
    let cleaned = bench.workshop.clean();
    proof.and_then(|proof| cleaned.map(|()| proof))
}

/// The rewrite that is asked for.
fn candidate(request: &Request<'_>) -> Result<Candidate, Error> {
    match &request.rewrite {
        Rewrite::Given(text) => {
            Ok(Candidate { text: text.clone(), rung: None, recipes: Vec::new(), waiting: BTreeSet::new() })
        }
        Rewrite::Hardened { settings, .. } => hardened(request, settings).map_err(|outcome| {
            let error = Error::new(ErrorKind::Other, format!("cannot harden {}", request.file));
            let Some(problem) = outcome.problem else { return error };
            let line = crate::span::place(&String::from_utf8_lossy(&outcome.before), problem.span.start).line;
            let error = error.because(format!("line {line}: {}", problem.message));
            problem.help.into_iter().fold(error, Error::with_help)
        }),
    }
}

/// What settings make of the original; the outcome back where there is a problem with it.
pub(super) fn hardened(request: &Request<'_>, settings: &Settings<'_>) -> Result<Candidate, Box<Outcome>> {
    let project = match &request.rewrite {
        Rewrite::Hardened { project, .. } => *project,
        Rewrite::Given(_) => None,
    };
    let outcome = harden(&request.original.text, project, settings);
    if outcome.problem.is_some() {
        return Err(Box::new(outcome));
    }
    let made = outcome.findings.iter().filter(|finding| finding.state == State::Applied);
    let recipes = made.map(|finding| Applied {
        recipe: finding.fix.recipe.clone(),
        title: finding.fix.title.clone(),
        applicability: crate::report::applicability(finding.fix.applicability).to_owned(),
    });
    let recipes = recipes.collect();
    let rung = outcome.ladder.as_ref().map(|ladder| ladder.rung);
    let waiting = outcome.findings.iter().filter(|finding| finding.state == State::Unsafe);
    let waiting = waiting.map(|finding| finding.fix.recipe.clone()).collect();
    Ok(Candidate { text: outcome.after, rung, recipes, waiting })
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
        let build = Build { text: candidate.text.clone(), ..self.request.original.clone() };
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
            comparison.differences.push(not_run());
        }
        let original = &self.request.original;
        let target = original.target.as_deref();
        comparison.differences.extend(super::target::unproven(&original.text, &candidate.text, target));
        Ok(Attempt { side, comparison })
    }
}

/// Where images are looked at without running them.
struct Desk<'d> {
    workshop: &'d Workshop<'d>,
    scanners: &'d [Scanner],
    limits: &'d Limits,
    /// Where to list what the image holds.
    sbom: Option<&'d Path>,
}

impl Desk<'_> {
    /// What an image holds, and what scanners say of it.
    fn look(&self, built: &Built, name: &str, watch: &mut dyn Watch) -> Result<Side, Error> {
        watch.step(&format!("reading the image of {name}"));
        let folder = tempfile::Builder::new().prefix("harden-prove-").tempdir();
        let folder = folder.map_err(|error| {
            Error::new(ErrorKind::Disk, "cannot make a temporary folder").because(crate::files::cause(&error))
        })?;
        let archive = folder.path().join("image.tar");
        self.workshop.save(&built.tag, &archive)?;
        let image = Image::read(&archive, self.limits)?;
        let mut scans = Vec::new();
        for scanner in self.scanners {
            watch.step(&format!("{} looks at {name}", scanner.name()));
            scans.push(scanner.scan(&archive, self.limits)?);
        }
        if let Some(to) = self.sbom {
            watch.step("listing what the new image holds");
            scan::sbom(&archive, to, self.limits)?;
        }
        let build_seconds = Some(built.took.as_secs_f64());
        Ok(Side { build_seconds, image: Some(image), behaviour: None, scans })
    }
}

/// Hears nothing: what is done beside something else is not told.
struct Silent;

impl Watch for Silent {
    fn begins(&mut self, _: &str) {}
    fn step(&mut self, _: &str) {}
    fn output(&mut self, _: &[u8]) {}
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
fn not_run() -> Difference {
    Difference {
        id: Kind::NotRun,
        what: "nothing was run: this engine only builds".into(),
        detail: Vec::new(),
        help: Some("install podman, which runs what buildah builds".into()),
    }
}
