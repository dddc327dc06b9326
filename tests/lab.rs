//! Real builds: `harden prove` on programs of many kinds, on rewrites that are wrong, and where it can't do its work.
//!
//! `HARDEN_LAB=1 cargo test --test lab -- --nocapture` runs them; `HARDEN_LAB=fast` takes a few of the programs, and
//! `HARDEN_LAB_CASES=a,b` those that it names. They need Docker and base images to pull; else they are skipped.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "lab/pins.rs"]
mod pins;
#[path = "lab/support.rs"]
mod support;
#[path = "lab/trouble.rs"]
mod trouble;

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;
use support::{Ended, Lab, ended, found, harden, text};
use tempfile::TempDir;

/// What has to come of a program; a file `case.toml` beside its Dockerfile.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Case {
    /// `HARDEN_LAB=fast` takes it.
    #[serde(default)]
    fast: bool,
    /// A folder of the repository, in place of the case's own.
    context: Option<PathBuf>,
    /// The rung that a Go program reaches; none for other programs.
    rung: Option<String>,
    /// The user that it runs as.
    #[serde(default = "nobody")]
    user: String,
    /// The most that the image may take; less than before unless given.
    most_bytes: Option<u64>,
    /// `same`: the image need not get smaller, and may grow by what a user takes.
    size: Option<String>,
    /// Options for both `harden` and `harden prove`.
    #[serde(default)]
    selection: Vec<String>,
    /// Options for `harden prove`.
    #[serde(default)]
    build: Vec<String>,
    /// A blocker that is told.
    blocker: Option<String>,
    /// A pattern that a line of the new file has to match.
    line: Option<String>,
    /// Text that the new file must not have.
    lacks: Option<String>,
    /// The program goes on running; else it has to end with 0.
    #[serde(default)]
    serves: bool,
    /// The exit code with which it ends, within a second, when it is asked to.
    stops: Option<i64>,
}

/// The bytes that a user takes at most: his lines in the files of users, their copies, and his home.
const ACCOUNT: u64 = 50_000;

fn nobody() -> String {
    "65532:65532".into()
}

/// What has to be said of a rewrite that is wrong.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrong {
    /// The original, `Dockerfile` unless given.
    before: Option<String>,
    /// The kind of a difference that has to be found.
    kind: String,
    /// Words that this difference has to say.
    says: Vec<String>,
    /// Options for `harden prove`.
    #[serde(default)]
    prove: Vec<String>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn programs_of_many_kinds_hold_their_proofs() {
    let Some(lab) = Lab::open("programs of many kinds") else { return };
    let wanted = std::env::var("HARDEN_LAB_CASES").unwrap_or_default();
    let wanted: Vec<&str> = wanted.split(',').filter(|name| !name.is_empty()).collect();
    let (mut tried, mut failed) = (0, Vec::new());
    for folder in folders(&root().join("tests/lab/cases")) {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let case: Case = toml::from_str(&fs::read_to_string(folder.join("case.toml")).unwrap()).unwrap();
        let chosen = if wanted.is_empty() { case.fast || !lab.fast } else { wanted.contains(&&*name) };
        if !chosen {
            continue;
        }
        tried += 1;
        let began = Instant::now();
        let (faults, sum) = try_case(&lab, &folder, &case);
        let word = if faults.is_empty() { "PASS" } else { "FAIL" };
        println!("{word} {name:18} {sum}, {} s {}", began.elapsed().as_secs(), faults.join("; "));
        failed.extend((!faults.is_empty()).then_some(name));
    }
    assert!(tried >= wanted.len().max(1), "cases that are not there: {wanted:?}");
    assert!(failed.is_empty(), "{failed:?}");
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// Tries a program; what is wrong with the result, and the result in a few words.
fn try_case(lab: &Lab, folder: &Path, case: &Case) -> (Vec<String>, String) {
    let here = TempDir::new().unwrap();
    let from = case.context.as_ref().map_or(folder.to_path_buf(), |context| root().join(context));
    support::copy(&from, here.path());
    fs::remove_file(here.path().join("case.toml")).ok();
    let file = here.path().join("Dockerfile");
    let mut faults = Vec::new();
    let mut check = |fine: bool, fault: &str| faults.extend((!fine).then(|| fault.to_owned()));

    let told = harden(lab).args(["--format", "json"]).args(&case.selection).arg(&file).output().unwrap();
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    let ladder = &told["files"][0]["ladder"];
    let blocks = |id: &String| ladder["blockers"].as_array().unwrap().iter().any(|one| one["id"] == **id);
    check(case.blocker.as_ref().is_none_or(blocks), &format!("does not tell the blocker {:?}", case.blocker));

    let mut command = harden(lab);
    command
        .args(["prove", "--apply", "-f", "json", "--scanner", "none"])
        .args(&case.selection)
        .args(&case.build);
    let run = ended(command.arg(&file));
    let output = run.output;
    let proof: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    if output.status.code() != Some(0) {
        faults.push(format!(
            "exit code {:?}: {}\n{}",
            output.status.code(),
            found(&proof),
            text(&output.stderr)
        ));
        return (faults, case.rung.clone().unwrap_or_default());
    }
    let (before, after) = (&proof["before"]["image"], &proof["after"]["image"]);
    let bytes = |image: &Value| image["unpacked"].as_u64().unwrap();
    check(proof["verdict"] == "held", "the proof did not hold");
    check(proof["rung"].as_str() == case.rung.as_deref(), &format!("rung {}", proof["rung"]));
    check(after["config"]["user"] == *case.user, &format!("user {}", after["config"]["user"]));
    let most = match case.size.as_deref() {
        None => bytes(before) - 1,
        Some("same") => bytes(before) + ACCOUNT,
        Some(other) => panic!("size = {other:?}"),
    };
    let most = case.most_bytes.unwrap_or(most);
    check(bytes(after) <= most, &format!("{} bytes became {}", bytes(before), bytes(after)));
    if let Some(rung) = &case.rung {
        holds_little(rung, after, &mut check);
    }
    let behaviour = &proof["after"]["behaviour"];
    let end = &behaviour["end"];
    check(
        if case.serves { end["state"] == "running" } else { end["code"] == 0 },
        &format!("it was found {end}, saying {}", behaviour["errors"]),
    );
    if let Some(code) = case.stops {
        let stop = &behaviour["stop"];
        check(stop["code"] == code && stop["seconds"].as_f64() < Some(1.0), &format!("stopped: {stop}"));
    }

    let new = fs::read_to_string(&file).unwrap();
    let matches = |pattern: &String| {
        let pattern = regex::Regex::new(pattern).unwrap();
        new.lines().any(|line| pattern.is_match(line))
    };
    check(case.line.as_ref().is_none_or(matches), &format!("no line {:?} in\n{new}", case.line));
    check(
        !case.lacks.as_ref().is_some_and(|text| new.contains(text)),
        &format!("{:?} in\n{new}", case.lacks),
    );
    let again = harden(lab).arg("--check").args(&case.selection).arg(&file).output().unwrap();
    check(again.status.success(), "--check is not content with the result");
    check(run.left.is_empty(), &format!("left behind: {:?}", run.left));
    let rung = case.rung.as_deref().unwrap_or("in place");
    let sum = format!("{rung}, {:.1} -> {:.1} MB", mb(bytes(before)), mb(bytes(after)));
    (faults, sum)
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// What images of a rung may hold.
fn holds_little(rung: &str, image: &Value, check: &mut impl FnMut(bool, &str)) {
    let empty = |field: &str| image[field].as_array().unwrap().is_empty();
    let package = |name: &str| image["packages"].as_array().unwrap().iter().any(|one| one["name"] == name);
    if ["static", "base-nossl", "base", "cc"].contains(&rung) {
        check(empty("shells") && empty("package_managers"), "the image has a shell or a package manager");
    } else {
        check(!empty("shells"), "the image has no shell");
    }
    match rung {
        "static" => check(image["program"]["format"] == "static" && !package("libc6"), "not static"),
        "base-nossl" => check(package("libc6") && !package("libssl3"), "not base-nossl"),
        "base" | "cc" => check(package("libc6") && package("libssl3"), "not base or cc"),
        _ => {}
    }
}

#[test]
fn wrong_rewrites_are_caught_and_named() {
    let Some(lab) = Lab::open("wrong rewrites") else { return };
    let folder = root().join("tests/lab/wrong");
    let list = fs::read_to_string(folder.join("list.toml")).unwrap();
    let list: BTreeMap<String, Wrong> = toml::from_str(&list).unwrap();
    assert!(list.len() >= 12, "{} wrong rewrites", list.len());
    let mut failed = Vec::new();
    for (name, wrong) in &list {
        let began = Instant::now();
        let before = folder.join(wrong.before.as_deref().unwrap_or("Dockerfile"));
        let (code, proof, said) =
            compare(&lab, &before, &folder.join(format!("{name}.Dockerfile")), &wrong.prove);
        let differences = proof["differences"].as_array().cloned().unwrap_or_default();
        let named = differences.iter().find(|one| {
            one["id"] == *wrong.kind
                && wrong.says.iter().all(|word| one["what"].as_str().unwrap().contains(word))
        });
        let caught = code == Some(1) && named.is_some();
        let what = named.map_or_else(
            || format!("exit code {code:?}: {} {said}", found(&proof)),
            |one| one["what"].to_string(),
        );
        let word = if caught { "PASS" } else { "FAIL" };
        println!("{word} {name:22} {what}, {} s", began.elapsed().as_secs());
        failed.extend((!caught).then_some(name));
    }
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn a_right_rewrite_is_not_caught() {
    let Some(lab) = Lab::open("a right rewrite") else { return };
    let folder = root().join("tests/lab/wrong");
    let (code, proof, said) =
        compare(&lab, &folder.join("Dockerfile"), &folder.join("right.Dockerfile"), &[]);
    assert_eq!(code, Some(0), "{} {said}", found(&proof));
    assert_eq!(proof["verdict"], "held");
}

fn compare(lab: &Lab, before: &Path, after: &Path, options: &[String]) -> (Option<i32>, Value, String) {
    let mut command = harden(lab);
    command.args(["prove", "-f", "json", "--scanner", "none", "--wait", "5"]).args(options);
    let Ended { output, left } = ended(command.arg(before).arg(after));
    assert!(left.is_empty(), "left behind: {left:?}");
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or_default(), text(&output.stderr))
}
