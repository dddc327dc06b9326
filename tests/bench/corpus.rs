//! How fast a corpus is hardened, next to plain reading of the same files; how fast its images are judged and bumped, next
//! to parsing alone; and what starting the program costs.
//!
//! `HARDEN_CORPUS=folder cargo bench`. Times are best of five, reading the files included.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss)]

#[path = "../support/mod.rs"]
mod support;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use harden::catalog::{View, Wish};
use harden::document::{Document, decode};
use harden::engine::harden;
use harden::model::Model;

const ROUNDS: usize = 5;
const STARTS: usize = 50;

fn main() {
    match support::path_from_env("HARDEN_CORPUS") {
        Ok(folder) => {
            let files = support::dockerfiles(&folder);
            images(&files);
            throughput(&files);
        }
        Err(reason) => println!("SKIPPED throughput: {reason}"),
    }
    start_up();
}

fn throughput(files: &[PathBuf]) {
    let settings = support::settings("go", false);
    println!("{} files, default pack, best of {ROUNDS}", files.len());
    println!("{:>8} {:>16} {:>16} {:>8}", "threads", "reading, files/s", "harden, files/s", "ratio");
    for threads in [1, 2] {
        let (mut plain, mut full) = (Duration::MAX, Duration::MAX);
        for _ in 0..ROUNDS {
            plain = plain.min(timed(threads, files, |file| std::fs::read(file).unwrap().len()));
            full = full.min(timed(threads, files, |file| {
                harden(&std::fs::read(file).unwrap(), None, &settings).after.len()
            }));
        }
        let speed = |time: Duration| files.len() as f64 / time.as_secs_f64();
        let ratio = full.as_secs_f64() / plain.as_secs_f64();
        println!("{threads:>8} {:>16.0} {:>16.0} {ratio:>8.2}", speed(plain), speed(full));
    }
}

/// What it costs to tell what each image is and what it should be, beside parsing.
fn images(files: &[PathBuf]) {
    let texts: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
    let texts: Vec<_> = texts.iter().map(|bytes| decode(bytes).text.into_owned()).collect();
    let mut recipes = support::settings("go", true);
    recipes.recipes.retain(|recipe| recipe.id == "newest-base-image");
    let view = View::of_listings();
    let (mut parse, mut read, mut judge, mut bump) =
        (Duration::MAX, Duration::MAX, Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        parse = parse.min(run(&texts, |text| Document::parse(text).instructions.len()));
        read = read.min(run(&texts, |text| with_commands(text)));
        judge = judge.min(run(&texts, |text| judged(text, &view)));
        bump = bump.min(run(&texts, |text| harden(text.as_bytes(), None, &recipes).after.len()));
    }
    let ratio = |time: Duration| 100.0 * parse.as_secs_f64() / time.as_secs_f64();
    println!(
        "{} files on one thread, best of {ROUNDS}, as a share of the throughput of parsing alone",
        texts.len()
    );
    println!("  parsed                                            {parse:>9.2?}");
    println!("  parsed, and the commands of RUN too               {read:>9.2?} {:>5.0} %", ratio(read));
    println!("  parsed, images judged, targets of bumps found     {judge:>9.2?} {:>5.0} %", ratio(judge));
    println!("  newest-base-image through the whole engine        {bump:>9.2?} {:>5.0} %", ratio(bump));
}

/// Parses a text and the commands in it.
fn with_commands(text: &str) -> usize {
    let document = Document::parse(text);
    let model = Model::new(&document);
    (0..document.instructions.len()).filter(|index| model.run(*index).is_some()).count()
}

/// Parses a text and finds out what each of its images is and should be.
fn judged(text: &str, view: &View) -> usize {
    let document = Document::parse(text);
    let model = Model::new(&document);
    let mut found = 0;
    for used in model.images(&view.rules) {
        let Some(origin) = used.origin() else { continue };
        let Some(standing) = view.images.standing(&origin) else { continue };
        let policy = standing.family.policy;
        let wish = Wish { policy, max: None, takes: &|_| true, is_missing: &|_| false };
        found += view.images.newest(&standing, &wish).map_or(0, |target| target.tag.len());
    }
    found
}

fn run(texts: &[String], work: impl Fn(&String) -> usize) -> Duration {
    let start = Instant::now();
    black_box(texts.iter().map(work).sum::<usize>());
    start.elapsed()
}

fn timed(threads: usize, files: &[PathBuf], work: impl Fn(&Path) -> usize + Sync) -> Duration {
    let start = Instant::now();
    black_box(support::in_parallel(threads, files, |file| work(file)));
    start.elapsed()
}

fn start_up() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/go-http/Dockerfile");
    let ours = median(|| spawn(Command::new(env!("CARGO_BIN_EXE_harden")).arg(&file)));
    // By its path, so that no search for it is measured.
    let idle = if Path::new("/bin/true").exists() { "/bin/true" } else { "true" };
    let nothing = median(|| spawn(&mut Command::new(idle)));
    let own = ours.saturating_sub(nothing);
    println!(
        "start-up on one file, median of {STARTS}: harden {ours:.2?}, true {nothing:.2?}, difference {own:.2?}"
    );
}

fn spawn(command: &mut Command) {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
}

fn median(run: impl Fn()) -> Duration {
    let mut times: Vec<_> = (0..STARTS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[STARTS / 2]
}
