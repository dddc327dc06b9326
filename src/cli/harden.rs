//! The main command: every file is read, treated, told about, and written if asked.

use super::age;
use super::args::{Format, Global, Options};
use super::failure::Failure;
use super::inputs::{Input, inputs};
use super::job::{Done, Run};
use super::selection::{library, quoted};
use super::terminal::Terminal;
use super::{Exit, Stop};
use crate::files::Sink;
use crate::report::{Counts, TOOL, clean};
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;

/// Deeply nested shell text needs a deep stack.
const STACK: usize = 8 << 20;

/// Runs the main command.
pub(super) fn harden(options: &Options, global: &Global, terminal: Terminal) -> Result<Exit, Stop> {
    coherent(options)?;
    let mut library = library(&options.selection.recipes)?;
    let settings = options.selection.settings(&mut library)?;
    let folder = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let Some(path) = &options.output else {
        let run = Run { options, global, settings: &settings, terminal, folder: &folder };
        return everything(run, BufWriter::new(io::stdout().lock())).map(|(exit, _)| exit);
    };
    let terminal = terminal.to_file(global.color);
    let run = Run { options, global, settings: &settings, terminal, folder: &folder };
    let (exit, out) = everything(run, BufWriter::new(Sink::create(path)?))?;
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
fn everything<W: Write>(run: Run<'_>, mut out: W) -> Result<(Exit, W), Stop> {
    let (inputs, failures) = inputs(run.options);
    let mut total = Total::new(&run);
    total.open(&mut out);
    for (path, failure) in failures {
        total.take(&mut out, &run.failed(&Input::File(path), &failure));
    }
    match inputs.as_slice() {
        [] => {}
        [only] => total.take(&mut out, &run.file(only)),
        many => parallel(run, many, |done| total.take(&mut out, &done)),
    }
    total.close(&mut out);
    total.end(inputs.len()).map(|exit| (exit, out))
}

fn parallel(run: Run<'_>, inputs: &[Input], mut take: impl FnMut(Done)) {
    let next = AtomicUsize::new(0);
    let (send, receive) = mpsc::channel();
    let threads = thread::available_parallelism().map_or(1, usize::from).min(inputs.len());
    thread::scope(|scope| {
        let mut started = 0;
        for _ in 0..threads {
            let (send, next) = (send.clone(), &next);
            let work = move || worker(run, inputs, next, &send);
            started +=
                usize::from(thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).is_ok());
        }
        if started == 0 {
            worker(run, inputs, &next, &send);
        }
        drop(send);
        let mut waiting = BTreeMap::new();
        let mut turn = 0;
        for (index, done) in receive {
            waiting.insert(index, done);
            while let Some(done) = waiting.remove(&turn) {
                take(done);
                turn += 1;
            }
        }
    });
}

fn worker(run: Run<'_>, inputs: &[Input], next: &AtomicUsize, send: &Sender<(usize, Done)>) {
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(input) = inputs.get(index) else { return };
        if send.send((index, run.file(input))).is_err() {
            return;
        }
    }
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
    fn end(self, inputs: usize) -> Result<Exit, Stop> {
        if let Some(error) = self.broken {
            return Err(Stop::Io(error));
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
        Ok(self.exit)
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
    let mut words = vec!["harden".to_owned(), "--apply".to_owned()];
    words.extend(options.selection.words());
    words.extend(options.paths.iter().map(|path| quoted(&path.display().to_string())));
    words.join(" ")
}
