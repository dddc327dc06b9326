//! The main command: every file is read, treated, told about, and written if asked.

use super::age;
use super::args::{Format, Global, Options, Pin, Pinning};
use super::brought::{Brought, Looked};
use super::failure::Failure;
use super::inputs::{Input, inputs};
use super::job::{Done, Run};
use super::online::Asked;
use super::projects::Projects;
use super::selection::{library, quoted};
use super::terminal::Terminal;
use super::{Exit, Stop, parallel};
use crate::files::Sink;
use crate::report::{Counts, TOOL, clean};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::sync::OnceLock;

/// The pack of `harden pin`.
const PIN: &str = "pin";

/// Runs `harden pin`: the main command with recipes of its own.
pub(super) fn pin(args: &Pin, global: &Global, terminal: Terminal) -> Result<Exit, Stop> {
    let options = Options {
        paths: args.paths.clone(),
        apply: args.apply,
        check: args.check,
        selection: args.selection(PIN),
        format: args.format,
        output: args.output.clone(),
        stdin_filename: args.stdin_filename.clone(),
        pinning: Some(Pinning { update: args.update }),
    };
    harden(&options, global, terminal)
}

/// Runs the main command.
pub(super) fn harden(options: &Options, global: &Global, terminal: Terminal) -> Result<Exit, Stop> {
    coherent(options)?;
    let mut library = library(&options.selection.recipes)?;
    if let Some(Pinning { update: true }) = options.pinning {
        library.set(PIN, "pinned-digest", "update", true)?;
    }
    let settings = options.selection.settings(&library)?;
    let folder = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let sink = options.output.as_deref().map(Sink::create).transpose()?;
    let (found, stdin) = (inputs(options), OnceLock::new());
    let mut projects = Projects::of(&found.0, &settings);
    let asked = projects.ask(options, &found.0, &stdin, global.quiet);
    let terminal = if options.output.is_some() { terminal.to_file(global.color) } else { terminal };
    let run = Run { options, global, projects: &projects, terminal, folder: &folder, stdin: &stdin };
    let Some(sink) = sink else {
        return everything(run, found, &asked, BufWriter::new(io::stdout().lock())).map(|(exit, _)| exit);
    };
    let (exit, out) = everything(run, found, &asked, BufWriter::new(sink))?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.finish()?;
    Ok(exit)
}

/// Refuses arguments that can't be meant together.
fn coherent(options: &Options) -> Result<(), Failure> {
    let stdin = options.paths.iter().any(|path| path.as_os_str() == "-");
    if options.stdin_filename.is_some() && !stdin {
        return Err(Failure::new("--stdin-filename names what comes on standard input")
            .help("add `-` to read from standard input"));
    }
    if stdin && options.apply && options.paths.len() > 1 {
        return Err(Failure::new("`--apply -` prints the new text, so it takes no other path")
            .help("run the command once for standard input and once for the files"));
    }
    options.selection.check()
}

/// All files, in a stable order whatever the threads do.
fn everything<W: Write>(
    run: Run<'_>,
    (inputs, failures): (Vec<Input>, Vec<(PathBuf, Failure)>),
    asked: &Asked,
    mut out: W,
) -> Result<(Exit, W), Stop> {
    let mut total = Total::new(&run);
    total.open(&mut out);
    for (path, failure) in failures {
        total.take(&mut out, &run.failed(&Input::File(path), &failure));
    }
    let mut brought = Brought::default();
    let take = |looked: Looked| total.take(&mut out, &run.settle(looked, &mut brought));
    parallel::each(&inputs, |input| run.file(input), take);
    total.close(&mut out);
    total.end(inputs.len(), asked).map(|exit| (exit, out))
}

/// What was printed and counted so far.
struct Total<'a> {
    run: &'a Run<'a>,
    counts: Counts,
    by_release: bool,
    exit: Exit,
    records: usize,
    /// The first failure to print; files are still written after it.
    broken: Option<io::Error>,
}

impl<'a> Total<'a> {
    fn new(run: &'a Run<'a>) -> Self {
        Self { run, counts: Counts::default(), by_release: false, exit: Exit::Done, records: 0, broken: None }
    }

    fn json(&self) -> bool {
        self.run.options.format == Format::Json
    }

    fn open(&mut self, out: &mut impl Write) {
        if self.json() {
            self.print(out, TOOL.as_bytes());
        }
    }

    fn take(&mut self, out: &mut impl Write, done: &Done) {
        self.counts.add(done.counts);
        self.by_release |= done.by_release;
        self.exit = self.exit.max(done.exit);
        if self.json() {
            self.print(out, if self.records == 0 { b"\n" } else { b",\n" });
            self.records += 1;
        }
        self.print(out, &done.product);
        if !done.talk.is_empty() {
            self.flush(out);
            Terminal::tell(&done.talk);
        }
    }

    fn close(&mut self, out: &mut impl Write) {
        if self.json() {
            self.print(out, b"\n]}\n");
        }
        self.flush(out);
    }

    fn print(&mut self, out: &mut impl Write, bytes: &[u8]) {
        if self.broken.is_none() {
            self.broken = out.write_all(bytes).err();
        }
    }

    fn flush(&mut self, out: &mut impl Write) {
        if self.broken.is_none() {
            self.broken = out.flush().err();
        }
    }

    /// The summary and the exit code.
    fn end(self, inputs: usize, asked: &Asked) -> Result<Exit, Stop> {
        if let Some(error) = self.broken {
            return Err(Stop::Io(error));
        }
        if let Some(line) = asked.line() {
            Terminal::tell(&line);
        }
        if !self.run.global.quiet && inputs > 0 && self.counts.files > 0 {
            if let Some(rungs) = self.counts.ladder() {
                Terminal::tell(&format!("{rungs}\n"));
            }
            Terminal::tell(&summary(self.run, &self.counts));
        }
        if self.by_release {
            age::mention(self.run.options.selection.as_of, self.run.global);
        }
        Ok(if asked.is_answered() { self.exit } else { Exit::Failed })
    }
}

fn summary(run: &Run<'_>, counts: &Counts) -> String {
    let clause = counts.clause();
    let stdin = run.options.paths.iter().any(|path| path.as_os_str() == "-");
    if counts.changed == 0 || stdin {
        format!("{clause}\n")
    } else if run.options.apply {
        format!("applied {clause}\n")
    } else {
        format!("{clause}. Apply with: {}\n", clean(&command(run.options)))
    }
}

/// The command that applies what was shown.
fn command(options: &Options) -> String {
    let mut words = vec!["harden".to_owned()];
    match options.pinning {
        None => words.push("--apply".into()),
        Some(Pinning { update }) => {
            words.extend(["pin", "--apply"].map(str::to_owned));
            words.extend(update.then(|| "--update".to_owned()));
        }
    }
    let mut selection = options.selection.clone();
    if options.pinning.is_some() {
        // `pin` stands for its pack.
        selection.pack = "default".into();
    }
    words.extend(selection.words());
    match options.paths.len() {
        // A line that people can read.
        count @ 9.. => words.push(format!("(and the same {count} paths)")),
        _ => words.extend(options.paths.iter().map(|path| quoted(&path.display().to_string()))),
    }
    words.join(" ")
}
