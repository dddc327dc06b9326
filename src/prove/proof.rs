//! What was found out: the table, the differences, the verdict.

use super::behaviour::Observation;
use super::image::Image;
use super::scan::Scan;
use crate::edit::NewFile;
use crate::transform::ladder::Rung;
use serde::Serialize;

/// What building and running both images has shown.
#[derive(Clone, Debug, Serialize)]
pub struct Proof {
    /// Version of this record; 1.
    pub schema: u32,
    /// The program and its version.
    pub tool: String,
    /// The Dockerfile, as it was given.
    pub file: String,
    /// What built and ran the images.
    pub engine: EngineFacts,
    /// Whether the proof held.
    pub verdict: Verdict,
    /// The rung of the new file; none where the image holds no Go program.
    pub rung: Option<Rung>,
    /// The recipes that changed the file.
    pub recipes: Vec<Applied>,
    /// The original.
    pub before: Side,
    /// The rewrite.
    pub after: Side,
    /// The table, in the order to show it.
    pub rows: Vec<Row>,
    /// What is worse or not the same, the likeliest cause of a failure first; empty when the proof held.
    pub differences: Vec<Difference>,
    /// What changed on purpose, or could not be looked at, one sentence each: lower case, no full stop.
    pub notes: Vec<String>,
    /// Which recipe is to blame, where one was looked for.
    pub blame: Option<Blame>,
    /// The text that was proven.
    #[serde(skip)]
    pub text: Vec<u8>,
    /// The files of the context that go with it.
    #[serde(skip)]
    pub files: Vec<NewFile>,
}

/// What built and ran the images.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct EngineFacts {
    /// `docker`, `podman` or `buildah`.
    pub name: String,
    /// As it says itself.
    pub version: String,
}

/// How a proof ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The new image is not worse and does the same.
    Held,
    /// The new image is worse, does something else, or can't be built.
    Broken,
    /// There was nothing to prove: the file stays as it is.
    Unchanged,
}

/// A recipe that changed the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// Its id.
    pub recipe: String,
    /// What it did.
    pub title: String,
    /// `safe` or `unsafe`.
    pub applicability: String,
}

/// One of the two images.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Side {
    /// Seconds that the build took; none when it failed.
    pub build_seconds: Option<f64>,
    /// What the image holds; none when there is none.
    pub image: Option<Image>,
    /// What it did; none when it was not run.
    pub behaviour: Option<Observation>,
    /// What scanners said of it, one entry a scanner.
    pub scans: Vec<Scan>,
    /// Why a scanner that nobody asked for by name said nothing.
    #[serde(skip)]
    pub unscanned: Vec<String>,
}

/// A line of the table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// A stable name for programs: `size`, `user`, `shell`, `critical` ...
    pub id: String,
    /// The name for people.
    pub name: String,
    /// The value of the original.
    pub before: Value,
    /// The value of the rewrite.
    pub after: Value,
    /// What to think of the change.
    pub judgement: Judgement,
    /// Whether the short table shows it.
    pub headline: bool,
}

/// A value in the table.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "type", content = "value")]
pub enum Value {
    /// Not known.
    Unknown,
    /// A size.
    Bytes(u64),
    /// A number of things.
    Count(u64),
    /// Whether there is such a thing.
    Has(bool),
    /// A word or two.
    Text(String),
}

/// What to think of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judgement {
    /// It is safer or smaller.
    Better,
    /// It is the same.
    Same,
    /// It is another value, meant to be, or of no weight.
    Changed,
    /// It is worse.
    Worse,
}

/// Something that is worse or not the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Its kind.
    pub id: Kind,
    /// What it is, in one line: lower case, no full stop; names the file, variable, port or the like.
    pub what: String,
    /// What was seen: expected and found, lines of output.
    pub detail: Vec<String>,
    /// What to do about it.
    pub help: Option<String>,
}

/// Kinds of differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The new image can't be built.
    BuildFails,
    /// The program is for another processor than the image.
    WrongArchitecture,
    /// What the command names is not in the image.
    MissingProgram,
    /// A library, or the program that loads them, is not in the image.
    MissingLibrary,
    /// A file that the program reads is not in the image.
    MissingFile,
    /// A file that the program reads can't be read by the user.
    UnreadableFile,
    /// A folder that the program writes to can't be written by the user.
    UnwritableFolder,
    /// Relative paths lead elsewhere, for the working directory is another.
    WorkingDirectory,
    /// Another program is started.
    EntryPoint,
    /// The program gets other arguments.
    Arguments,
    /// A variable is gone or has another value.
    Environment,
    /// The certificates of authorities are gone.
    Certificates,
    /// The time zones are gone.
    TimeZones,
    /// The program may not listen on its port.
    PortRefused,
    /// The program does not listen where it did.
    Port,
    /// The program ends where it ran before, or with another exit code.
    Exit,
    /// The program prints something else.
    Output,
    /// The program answers something else.
    Answer,
    /// The program does not end, or not in time, when it is asked to.
    Stop,
    /// A setting of the image is gone: a port, a volume, a label, the stop signal, the health check.
    Setting,
    /// The container runs as root, or Kubernetes can't tell that it does not.
    User,
    /// The image needs a right that the original did not.
    Confinement,
    /// The image holds what it did not: a shell, a package manager, a file with a special mode.
    Surface,
    /// The image is larger, or holds more packages.
    Size,
    /// The image has more serious vulnerabilities.
    Vulnerabilities,
    /// Nothing was run.
    NotRun,
}

/// Which recipe is to blame, and what holds without it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Blame {
    /// The recipes without which the proof holds; empty when none was found.
    pub recipes: Vec<String>,
    /// The rung that holds then.
    pub rung: Option<Rung>,
    /// The limit that leaves them out: `--rung`; none where the recipes are named with `--ignore`.
    pub highest: Option<Rung>,
    /// Whether it holds with safe fixes alone, without `--unsafe`.
    pub safe_only: bool,
    /// The command that applies that; none when none was found.
    pub command: Option<String>,
    /// What was tried, in order.
    pub trials: Vec<Trial>,
}

/// An attempt with a lesser rewrite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trial {
    /// What was left out, for people: `without multi-stage-go`, `no higher than slim`.
    pub name: String,
    /// Whether it held.
    pub held: bool,
    /// What was different, if it did not: the first difference.
    pub why: Option<String>,
}
