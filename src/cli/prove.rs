//! `harden prove`: the rewrite is built and run before anyone takes it.

use super::args::{EngineName, Global, ProofFormat, Prove, ScannerName};
use super::failure::Failure;
use super::online;
use super::progress::Progress;
use super::selection::{library, quoted};
use super::terminal::Terminal;
use super::{Exit, Stop};
use crate::config::{self, Config};
use crate::engine::{self, Settings};
use crate::files::{self, Sink};
use crate::project::{Project, own_folder};
use crate::prove::behaviour::{ExecProbe, HttpProbe, Mounted, Probe, Trial};
use crate::prove::engine::{Build, Engine};
use crate::prove::proof::{Blame, Kind, Verdict};
use crate::prove::report::{self, Style};
use crate::prove::scan::{Choice, Scanner};
use crate::prove::{Cancel, Error, ErrorKind, Limits, Proof, Request, Rewrite};
use crate::report::clean;
use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Seconds that a program may take unless something else is said.
const WAIT: f64 = 10.0;
/// The most seconds of a step: eleven days. The clock can't count all that can be written.
const LONGEST: u64 = 1_000_000;
/// The number of SIGINT.
const INTERRUPT: i32 = 2;

/// Runs the command.
pub(super) fn prove(args: &Prove, global: &Global, terminal: Terminal) -> Result<Exit, Stop> {
    args.selection.check()?;
    let path = dockerfile(args.path.as_deref())?;
    let source = files::read(&path)?;
    let library = library(&args.selection.recipes)?;
    let mut settings = args.selection.settings(&library)?;
    let config = Config::of(own_folder(&path).as_path())?;
    settings.view = Arc::new(settings.view.with(config.images.clone()));
    let project = args.selection.project(Some(&path), &source);
    if args.new.is_none() {
        let client = online::client(&args.selection.network);
        let asked = online::ask(client.as_ref(), &mut settings, global.quiet, |settings| {
            online::note(&engine::harden(&source, project.as_ref(), settings), &settings.view);
        });
        asked.line().iter().for_each(|line| Terminal::tell(line));
    }
    let rewrite = rewrite(args, &settings, project.as_ref())?;
    let limits = limits(args)?;
    let request = Request {
        file: path.display().to_string(),
        original: build(args, &path, source)?,
        rewrite,
        trial: trial(args, &config)?,
        engine: args.build.engine.map(engine),
        scanners: scanners(&args.scanner)?,
        scanners_named: !args.scanner.is_empty(),
        sbom: args.sbom.clone(),
        bisect: args.bisect,
        limits: &limits,
    };
    let mut progress = Progress::new(&request.file, args.log.as_deref(), global.quiet)?;
    let ended = crate::prove::prove(&request, &mut progress);
    progress.clear();
    finish(args, global, terminal, &request, ended, progress)
}

/// Tells what came of it, and writes the new file where that is asked for and shown.
fn finish(
    args: &Prove,
    global: &Global,
    terminal: Terminal,
    request: &Request<'_>,
    ended: Result<Proof, Error>,
    progress: Progress,
) -> Result<Exit, Stop> {
    let mut proof = match ended {
        Ok(proof) => proof,
        Err(error) => return Ok(failed(error, progress, terminal)),
    };
    if let Some(blame) = &mut proof.blame {
        blame.command = command(args, &request.file, blame);
    }
    unless_closed(print(args, global, terminal, &proof))?;
    if proof.verdict == Verdict::Broken {
        let unbuilt = proof.differences.iter().any(|one| one.id == Kind::BuildFails);
        if let Some(log) = Some(progress).filter(|_| unbuilt).and_then(Progress::keep) {
            Terminal::tell(&format!("the builds' output is in {}\n", clean(&log.display().to_string())));
        }
        if args.apply {
            Terminal::tell("nothing was written: the proof did not hold\n");
        }
        return Ok(Exit::Found);
    }
    if args.apply && proof.verdict == Verdict::Held {
        let original = &request.original;
        let path = original.folder.join(&original.name);
        files::bring(&original.context, &proof.files, || files::replace(&path, &original.text, &proof.text))?;
        Terminal::tell(&format!("written: {}\n", clean(&request.file)));
    }
    Ok(Exit::Done)
}

/// Whoever closes a pipe has read enough: what the proof says holds all the same, and is the exit code.
fn unless_closed(printed: Result<(), Stop>) -> Result<(), Stop> {
    match printed {
        Err(Stop::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}

fn failed(error: Error, progress: Progress, terminal: Terminal) -> Exit {
    if let ErrorKind::Cancelled(_) = error.kind {
        Terminal::tell("stopped: what was made in the engine is removed\n");
        return Exit::Stopped;
    }
    let built = matches!(error.kind, ErrorKind::Build | ErrorKind::Timeout);
    Terminal::tell(&Failure::from(error).render(terminal.colour_err));
    if let Some(log) = Some(progress).filter(|_| built).and_then(Progress::keep) {
        Terminal::tell(&format!("  log: {}\n", clean(&log.display().to_string())));
    }
    Exit::Failed
}

fn print(args: &Prove, global: &Global, terminal: Terminal, proof: &Proof) -> Result<(), Stop> {
    let terminal = if args.output.is_some() { terminal.to_file(global.color) } else { terminal };
    let text = match args.format {
        ProofFormat::Text => {
            let width = if args.output.is_some() { 80 } else { Terminal::width() };
            report::text(proof, Style { colour: terminal.colour_out, all: global.verbose, width })
        }
        ProofFormat::Json => String::from_utf8_lossy(&report::json(proof)).into_owned(),
        ProofFormat::Markdown => report::markdown(proof),
        ProofFormat::Html => report::html(proof),
    };
    match &args.output {
        None => Terminal::print(&text)?,
        Some(path) => {
            let mut sink = Sink::create(path)?;
            sink.write_all(text.as_bytes())?;
            sink.finish()?;
        }
    }
    Ok(())
}

/// The Dockerfile that a path means.
fn dockerfile(path: Option<&Path>) -> Result<PathBuf, Failure> {
    let path = path.unwrap_or(Path::new("."));
    if path.as_os_str() == "-" {
        return Err(Failure::new("`prove` builds from a folder, so it takes no standard input")
            .help("give the Dockerfile's path"));
    }
    if !path.is_dir() {
        return Ok(path.to_path_buf());
    }
    let folder = if path == Path::new(".") { Path::new("") } else { path };
    let names = ["Dockerfile", "Containerfile"].map(|name| folder.join(name));
    names.into_iter().find(|path| path.is_file()).ok_or_else(|| {
        Failure::new(format!("no Dockerfile in {}", path.display()))
            .because("no file is named Dockerfile or Containerfile")
            .help("give the file itself: its name does not matter then")
    })
}

fn rewrite<'a>(
    args: &Prove,
    settings: &'a Settings,
    project: Option<&'a Project>,
) -> Result<Rewrite<'a>, files::Error> {
    match &args.new {
        Some(path) => Ok(Rewrite::Given(files::read(path)?)),
        None => Ok(Rewrite::Hardened { settings, project }),
    }
}

fn build(args: &Prove, path: &Path, source: Vec<u8>) -> Result<Build, Failure> {
    let folder = own_folder(path);
    let context = args.selection.folder(path, &source).unwrap_or_else(|| folder.clone());
    let name = path.file_name().ok_or_else(|| Failure::new(format!("{} is no file", path.display())))?;
    Ok(Build {
        name: name.to_owned(),
        folder,
        context,
        ignored: None,
        target: args.build.target.clone(),
        platform: args.build.platform.clone(),
        arguments: args.build.build_arg.clone(),
        secrets: args.build.secret.clone(),
        ssh: args.build.ssh.clone(),
        text: source,
    })
}

/// The limits of a run, which a signal ends.
fn limits(args: &Prove) -> Result<Limits, Failure> {
    if !(0.001..=100_000.0).contains(&args.max_size) || !(1..=LONGEST).contains(&args.timeout) {
        return Err(Failure::new(
            "--max-size and --timeout are larger than 0, and at most 100000 and 1000000",
        ));
    }
    let cancel = Cancel::default();
    let asked = cancel.clone();
    ctrlc::set_handler(move || asked.cancel(INTERRUPT))
        .map_err(|error| Failure::new("cannot listen to signals").because(error.to_string()))?;
    #[expect(clippy::cast_sign_loss, reason = "it was checked to be larger than 0")]
    let image = (args.max_size * 1e9) as u64;
    Ok(Limits { step: Duration::from_secs(args.timeout), image, cancel })
}

/// How containers are tried: as the command line says, and the project.
fn trial(args: &Prove, config: &Config) -> Result<Trial, Stop> {
    let told = &config.prove;
    let wait = args.wait.or(told.wait).unwrap_or(WAIT);
    if !(0.1..=3600.0).contains(&wait) {
        return Err(Failure::new("--wait is between 0.1 and 3600 seconds").into());
    }
    let mut environment = variables(&told.environment);
    environment.extend(args.env.iter().cloned());
    Ok(Trial {
        arguments: if args.arguments.is_empty() { told.arguments.clone() } else { args.arguments.clone() },
        environment,
        mounts: mounts(&told.mounts, config)?,
        ports: told.ports.iter().copied().collect(),
        wait: Duration::from_secs_f64(wait),
        refuse_low_ports: args.refuse_low_ports || told.refuse_low_ports,
        probes: told.probes.iter().map(|probe| ask(probe, config)).collect::<Result<_, _>>()?,
    })
}

fn variables(map: &BTreeMap<String, String>) -> Vec<String> {
    map.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

fn mounts(mounts: &[config::Mount], config: &Config) -> Result<Vec<Mounted>, files::Error> {
    let mounted = |mount: &config::Mount| {
        Ok(Mounted { source: mount.place(&config.folder)?, target: mount.target.clone() })
    };
    mounts.iter().map(mounted).collect()
}

fn ask(probe: &config::Probe, config: &Config) -> Result<Probe, files::Error> {
    let Some(path) = &probe.http else {
        return Ok(Probe::Exec(ExecProbe {
            name: probe.name.clone(),
            arguments: probe.run.clone().unwrap_or_default(),
            entrypoint: probe.entrypoint.clone(),
            environment: variables(&probe.environment),
            mounts: mounts(&probe.mounts, config)?,
            runs: probe.times.unwrap_or(1),
            code: probe.exit,
            output: probe.output.clone(),
        }));
    };
    Ok(Probe::Http(HttpProbe {
        name: probe.name.clone(),
        path: path.clone(),
        port: probe.port,
        method: probe.method.clone(),
        headers: probe.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        status: probe.status,
        body: probe.body.clone(),
    }))
}

const fn engine(name: EngineName) -> Engine {
    match name {
        EngineName::Docker => Engine::Docker,
        EngineName::Podman => Engine::Podman,
        EngineName::Buildah => Engine::Buildah,
    }
}

fn scanners(names: &[ScannerName]) -> Result<Vec<Scanner>, Error> {
    if names.is_empty() {
        return Choice::Auto.scanners();
    }
    let of = |name: &ScannerName| match name {
        ScannerName::Trivy => Choice::One(Scanner::Trivy),
        ScannerName::Grype => Choice::One(Scanner::Grype),
        ScannerName::Scout => Choice::One(Scanner::Scout),
        ScannerName::None => Choice::None,
    };
    let found: Result<Vec<_>, _> = names.iter().map(|name| of(name).scanners()).collect();
    Ok(found?.concat())
}

/// The command that applies what holds, to the one file that was looked at.
fn command(args: &Prove, file: &str, blame: &Blame) -> Option<String> {
    blame.trials.iter().find(|trial| trial.held)?;
    let mut selection = args.selection.clone();
    if let Some(highest) = blame.highest {
        selection.rung = Some(highest);
    } else if blame.safe_only {
        selection.unsafe_ = false;
    } else {
        selection.ignore.extend(blame.recipes.iter().cloned());
    }
    let mut words = vec!["harden".to_owned(), "--apply".to_owned()];
    words.extend(selection.words());
    words.push(quoted(file));
    Some(words.join(" "))
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let failure = Self::new(error.message);
        let failure = error.cause.into_iter().fold(failure, Self::because);
        error.help.into_iter().fold(failure, Self::help)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::args::{Arguments, Command};
    use super::*;
    use crate::prove::proof::Trial;
    use clap::Parser as _;

    #[test]
    fn the_command_that_applies_names_the_file_and_not_its_folder() {
        let arguments = Arguments::parse_from(["harden", "prove", "--unsafe", "my app"]);
        let Some(Command::Prove(args)) = arguments.command else { panic!("it is `prove`") };
        let held = Trial { name: "safe fixes alone".into(), held: true, why: None };
        let mut blame = Blame { safe_only: true, trials: vec![held], ..Blame::default() };
        let file = "my app/Dockerfile";
        assert_eq!(command(&args, file, &blame).unwrap(), "harden --apply 'my app/Dockerfile'");
        blame.trials[0].held = false;
        assert_eq!(command(&args, file, &blame), None);
    }

    #[test]
    fn a_closed_pipe_does_not_end_a_run_before_its_verdict_is_its_exit_code() {
        let failed = |kind: io::ErrorKind| Err(Stop::Io(kind.into()));
        assert!(unless_closed(failed(io::ErrorKind::BrokenPipe)).is_ok());
        assert!(unless_closed(failed(io::ErrorKind::StorageFull)).is_err());
    }
}
