//! What is to be proven, and how.

use super::behaviour::Trial;
use super::engine::{Build, Engine};
use super::process::Limits;
use super::scan::Scanner;
use crate::engine::Settings;
use crate::project::Project;
use std::path::PathBuf;

/// What is to be proven, and how.
#[derive(Debug)]
pub struct Request<'a> {
    /// The Dockerfile's name for people.
    pub file: String,
    /// How the original is built, its text included.
    pub original: Build,
    /// The rewrite.
    pub rewrite: Rewrite<'a>,
    /// How containers are tried.
    pub trial: Trial,
    /// The kind of engine, the first that answers unless given.
    pub engine: Option<Engine>,
    /// Who looks for vulnerabilities.
    pub scanners: Vec<Scanner>,
    /// Whether they were asked for by name: then one that fails ends the run.
    pub scanners_named: bool,
    /// Where to write what the new image holds.
    pub sbom: Option<PathBuf>,
    /// Whether every lesser rewrite is tried when one does not hold, not only the likely ones.
    pub bisect: bool,
    /// How far it may go.
    pub limits: &'a Limits,
}

/// The rewrite of a Dockerfile.
#[derive(Debug)]
pub enum Rewrite<'a> {
    /// What these settings make of the original.
    Hardened {
        /// The recipes, and how far they may go.
        settings: &'a Settings,
        /// The files around the original.
        project: Option<&'a Project>,
    },
    /// A text that somebody wrote.
    Given(Vec<u8>),
}

/// Who hears how a run gets on.
pub trait Watch {
    /// From here on the engine of this name runs what the Dockerfile says.
    fn begins(&mut self, engine: &str);
    /// A new step begins: `building the original`.
    fn step(&mut self, what: &str);
    /// A piece of a build's output, as it comes.
    fn output(&mut self, piece: &[u8]);
}
