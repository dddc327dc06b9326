//! The program: arguments, files, terminal, exit code.
//!
//! In: the arguments. Out: an exit code; results on standard output, the conversation on standard error.
//! Does not know how Dockerfiles are read or changed.

mod age;
mod args;
mod brought;
mod catalog;
mod explain;
mod failure;
mod harden;
mod images;
mod inputs;
mod job;
mod online;
mod parallel;
mod progress;
mod projects;
mod prove;
mod recipes;
mod selection;
mod terminal;

use args::{Arguments, Command};
use clap::Parser as _;
use std::io;
use std::process::ExitCode;
use terminal::Terminal;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Exit {
    /// Done.
    Done = 0,
    /// A check found something.
    Found = 1,
    /// Could not be done.
    Failed = 2,
    /// Stopped by a signal: 128 and SIGINT's number, as shells count.
    Stopped = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Runs the program on the arguments of the process.
pub fn run() -> ExitCode {
    match Arguments::try_parse() {
        Ok(arguments) => dispatch(&arguments).into(),
        Err(error) => {
            // Nothing is left to do when help can't be printed.
            error.print().ok();
            if error.use_stderr() { Exit::Failed.into() } else { Exit::Done.into() }
        }
    }
}

fn dispatch(arguments: &Arguments) -> Exit {
    let terminal = Terminal::new(arguments.global.color);
    let ended = match &arguments.command {
        None => harden::harden(&arguments.options, &arguments.global, terminal),
        Some(Command::Prove(args)) => prove::prove(args, &arguments.global, terminal),
        Some(Command::Pin(args)) => harden::pin(args, &arguments.global, terminal),
        Some(Command::Explain(args)) => explain::explain(args, terminal),
        Some(Command::Images(args)) => images::images(args, &arguments.global, terminal),
        Some(Command::Catalog { command }) => catalog::catalog(command),
        Some(Command::Recipes { command }) => recipes::recipes(command.as_ref(), terminal),
    };
    catalog::cached::complain();
    match ended {
        Ok(exit) => exit,
        Err(Stop::Failure(failure)) => {
            Terminal::tell(&failure.render(terminal.colour_err));
            Exit::Failed
        }
        Err(Stop::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
        Err(Stop::Io(error)) => {
            let failure =
                failure::Failure::new("cannot write the results").because(crate::files::cause(&error));
            Terminal::tell(&failure.render(terminal.colour_err));
            Exit::Failed
        }
    }
}

/// What ends a run early.
#[derive(Debug)]
enum Stop {
    Failure(failure::Failure),
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<failure::Failure> for Stop {
    fn from(failure: failure::Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<crate::files::Error> for Stop {
    fn from(error: crate::files::Error) -> Self {
        Self::Failure(error.into())
    }
}

impl From<crate::prove::Error> for Stop {
    fn from(error: crate::prove::Error) -> Self {
        Self::Failure(error.into())
    }
}

impl From<crate::recipe::Error> for Stop {
    fn from(error: crate::recipe::Error) -> Self {
        Self::Failure(error.into())
    }
}
