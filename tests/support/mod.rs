//! What several tests share: files to read, what BuildKit says about them, and how to harden them.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::doc_markdown)]

pub mod cases;
pub mod commands;
pub mod config;
pub mod needs;
pub mod reference;
pub mod repository;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use harden::catalog::View;
use harden::document::Document;
use harden::engine::Settings;
use harden::recipe::{Library, Recipe};
use serde::{Deserialize, Serialize};

/// An instruction as BuildKit reports it, or as we do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub name: String,
    pub start: usize,
    pub end: usize,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub heredocs: usize,
}

/// What BuildKit says about one file.
#[derive(Clone, Debug, Deserialize)]
pub struct Verdict {
    pub file: PathBuf,
    pub parse_error: Option<String>,
    pub build_error: Option<String>,
    #[serde(default)]
    pub escape: String,
    #[serde(default)]
    pub instructions: Vec<Told>,
    /// The image config of the final stage, if it builds.
    pub config: Option<config::Config>,
}

impl Verdict {
    /// Whether BuildKit would build the file.
    pub fn accepted(&self) -> bool {
        self.parse_error.is_none() && self.build_error.is_none()
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for this signature
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A folder below `tests/`.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// Every `Dockerfile` and `*.Dockerfile` below a folder, in order.
pub fn dockerfiles(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(dockerfiles(&path));
        } else if [path.extension(), path.file_name()].contains(&Some("Dockerfile".as_ref())) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The value of an environment variable that names a path; says why not, if it is not set.
pub fn path_from_env(name: &str) -> Result<PathBuf, String> {
    match std::env::var_os(name) {
        Some(value) if !value.is_empty() => {
            std::fs::canonicalize(&value).map_err(|error| format!("{name}: {}: {error}", value.display()))
        }
        _ => Err(format!("{name} is not set")),
    }
}

/// Asks the oracle about files.
pub fn ask(oracle: &Path, files: &[PathBuf]) -> BTreeMap<PathBuf, Verdict> {
    let mut child = Command::new(oracle)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let verdicts = std::thread::scope(|scope| {
        scope.spawn(move || {
            for file in files {
                writeln!(input, "{}", file.display()).unwrap();
            }
        });
        output
            .lines()
            .map(|line| serde_json::from_str::<Verdict>(&line.unwrap()).unwrap())
            .collect::<Vec<_>>()
    });
    assert!(child.wait().unwrap().success(), "the oracle failed");
    assert_eq!(verdicts.len(), files.len(), "the oracle must judge every file once");
    verdicts.into_iter().map(|verdict| (verdict.file.clone(), verdict)).collect()
}

/// Calls `work` for every item on as many threads as asked, and gathers the results in order.
pub fn in_parallel<T: Sync, R: Send>(threads: usize, items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let mut results: Vec<(usize, R)> = std::thread::scope(|scope| {
        let worker = || {
            let mut done = Vec::new();
            while let Some((index, item)) = take(&next, items) {
                done.push((index, work(item)));
            }
            done
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

fn take<'a, T>(next: &AtomicUsize, items: &'a [T]) -> Option<(usize, &'a T)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    items.get(index).map(|item| (index, item))
}

/// The number of threads to use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

/// The instructions of a document in BuildKit's terms.
pub fn told(document: &Document<'_>) -> Vec<Told> {
    let tell = |instruction: &harden::document::Instruction<'_>| Told {
        name: instruction.name().to_ascii_uppercase(),
        start: instruction.start_line,
        end: instruction.end_line,
        heredocs: instruction.heredocs.len(),
    };
    document.instructions.iter().map(tell).collect()
}

/// Whether the pieces of a document follow each other without a gap and make up the text.
pub fn tiles(document: &Document<'_>) -> bool {
    let mut end = 0;
    let adjacent = document.pieces.iter().all(|piece| {
        let follows = piece.span.start == end && piece.span.end >= end;
        end = piece.span.end;
        follows
    });
    adjacent && end == document.text.len()
}

/// The ways in which the tests harden every file.
pub const WAYS: [(&str, bool); 3] = [("default", false), ("article", false), ("default", true)];

/// Settings for a built-in pack.
pub fn settings(pack: &str, include_unsafe: bool) -> Settings {
    static DEFAULT: LazyLock<Vec<Arc<Recipe>>> = LazyLock::new(|| recipes("default"));
    static GO: LazyLock<Vec<Arc<Recipe>>> = LazyLock::new(|| recipes("go"));
    static ARTICLE: LazyLock<Vec<Arc<Recipe>>> = LazyLock::new(|| recipes("article"));
    static PIN: LazyLock<Vec<Arc<Recipe>>> = LazyLock::new(|| recipes("pin"));
    let recipes = match pack {
        "article" => &*ARTICLE,
        "go" => &*GO,
        "pin" => &*PIN,
        _ => &*DEFAULT,
    };
    let view = Arc::new(View::of_listings());
    Settings { include_unsafe, ..Settings::new(recipes.clone(), view) }
}

/// The recipes of a pack.
fn recipes(pack: &str) -> Vec<Arc<Recipe>> {
    Library::builtin().unwrap().select(pack, &[], &[]).unwrap()
}
