//! What linters say about a corpus of real Dockerfiles before and after: findings fall, and no rule finds anything new.
//!
//! `HARDEN_LINT=sample` takes every eighth file, `HARDEN_LINT=all` takes all (half an hour on two cores). Needs `HARDEN_CORPUS`, and
//! for each linter its program: `HARDEN_HADOLINT`, `HARDEN_TRIVY`, `HARDEN_CHECKOV`; `.ci/run` sets those that it can install.
#![allow(clippy::doc_markdown, clippy::unwrap_used, clippy::print_stdout)]

mod support;

use harden::catalog::View;
use harden::engine::{Settings, harden};
use harden::recipe::Recipe;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

/// A linter: its name, the variable that names its program, and how it is asked about a folder.
struct Linter {
    name: &'static str,
    program: &'static str,
    ask: fn(program: &Path, folder: &Path) -> Findings,
    /// Rules that the new text may break where the old one did not, each with the reason.
    newly: &'static [(&'static str, &'static str)],
    /// The rule that tells of files which the linter could not read: once it can, all that it finds is new.
    unread: &'static str,
    /// Why a rule still finds something.
    remains: &'static [(&'static str, &'static str)],
}

/// How often a rule finds fault with a file; files by their number.
type Findings = BTreeMap<(usize, String), usize>;

/// What may be new in a file, and why; what remains, and why.
type Reasons = &'static [(&'static str, &'static str)];

const LINTERS: [Linter; 4] = [
    Linter {
        name: "buildkit",
        program: "HARDEN_ORACLE",
        ask: buildkit,
        newly: &[],
        remains: BUILDKIT,
        unread: "",
    },
    Linter {
        name: "hadolint",
        program: "HARDEN_HADOLINT",
        ask: hadolint,
        newly: HADOLINT_NEW,
        remains: HADOLINT,
        unread: "DL1000",
    },
    Linter {
        name: "trivy",
        program: "HARDEN_TRIVY",
        ask: trivy,
        newly: TRIVY_NEW,
        remains: TRIVY,
        unread: "",
    },
    Linter {
        name: "checkov",
        program: "HARDEN_CHECKOV",
        ask: checkov,
        newly: CHECKOV_NEW,
        remains: CHECKOV,
        unread: "",
    },
];

const HADOLINT_NEW: Reasons = &[
    ("DL3008", "hadolint looks at apt-get, and not at apt"),
    ("DL3015", "hadolint looks at apt-get, and not at apt; with --unsafe it is mended"),
    ("DL3045", "hadolint looks at COPY, and not at ADD"),
    (
        "DL3059",
        "a step of one command now follows another: it had two, or something useless was between them",
    ),
    ("DL3066", "a user by name in the place of root: its number is not in the file"),
    ("SC3036", "what was found as SC3037: the shell of the step has a name now"),
];

const TRIVY_NEW: Reasons = &[("DS029", "Trivy looks at apt-get, and not at apt; with --unsafe it is mended")];

const CHECKOV_NEW: Reasons = &[
    ("CKV_DOCKER_5", "Checkov does not see an install on a later line than the update"),
    ("CKV2_DOCKER_1", "the package sudo is taken for the command"),
    ("CKV2_DOCKER_11", "Checkov reads no further than a blank line, which is gone"),
];

const BUILDKIT: Reasons = &[
    ("ConsistentInstructionCasing", "the case of what is there is left alone"),
    ("DuplicateStageName", "told: which of the two is meant is not in the file"),
    ("FromAsCasing", "the case of what is there is left alone"),
    ("InvalidDefaultArgInFrom", "the value comes with the build"),
    ("JSONArgsRecommended", "the command needs its shell"),
    ("LegacyKeyValueFormat", "the value may not be the same in the other form, or the file is for Windows"),
    ("MaintainerDeprecated", "the file is for Windows, or nothing is named"),
    ("MultipleInstructionsDisallowed", "the last one of a stage that stands on another"),
    ("NoEmptyContinuation", "told: an instruction is swallowed there"),
    ("RedundantTargetPlatform", "the platform of a build is left alone"),
    ("SecretsUsedInArgOrEnv", "told: where the secret is to come from is not in the file"),
    ("StageNameCasing", "the case of what is there is left alone"),
    ("UndefinedVar", "which value is meant is not in the file"),
    ("WorkdirRelativePath", "the folder of the base image is not known"),
];

const HADOLINT: Reasons = &[
    ("DL1000", "hadolint can't read the file"),
    ("DL3000", "the folder of the base image is not known"),
    ("DL3001", "what the command is for is not in the file"),
    ("DL3002", "the program needs root, or a builder stage is meant"),
    ("DL3003", "the folder matters to what follows"),
    ("DL3004", "sudo may change what the command sees, or another user runs it"),
    ("DL3006", "the recipe explicit-tag is for it, which is left out here"),
    ("DL3007", "the recipe explicit-tag is for it, which is left out here"),
    ("DL3008", "a version that is pinned vanishes from the archive: conflicting advice"),
    ("DL3009", "a later step or an unread script may use the lists"),
    ("DL3010", "what the archive is for is not in the file"),
    ("DL3011", "which port is meant is not in the file"),
    ("DL3013", "a version has to be chosen"),
    ("DL3014", "a variable may hold the answer, or the command can't be read"),
    ("DL3015", "the command can't be read"),
    ("DL3016", "a version has to be chosen"),
    ("DL3018", "a version that is pinned vanishes from the archive: conflicting advice"),
    ("DL3019", "an old apk, or a list that a later step uses"),
    ("DL3020", "an archive is unpacked, or may be"),
    ("DL3021", "what the copy makes is not in the file"),
    ("DL3022", "the image of another project is copied from"),
    ("DL3023", "a build refuses it"),
    ("DL3024", "told: which of the two is meant is not in the file"),
    ("DL3025", "the command needs its shell"),
    ("DL3026", "which registries are allowed is not in the file"),
    ("DL3027", "apt does there what apt-get does not"),
    ("DL3028", "a version has to be chosen"),
    ("DL3029", "the platform of a build is left alone"),
    ("DL3030", "the command can't be read"),
    ("DL3032", "the command can't be read"),
    ("DL3033", "a version that is pinned vanishes from the archive: conflicting advice"),
    ("DL3034", "the command can't be read"),
    ("DL3035", "told where it is apt's: which packages are meant is not in the file"),
    ("DL3036", "the command can't be read"),
    ("DL3037", "a version that is pinned vanishes from the archive: conflicting advice"),
    ("DL3038", "the command can't be read"),
    ("DL3040", "the command can't be read"),
    ("DL3041", "a version that is pinned vanishes from the archive: conflicting advice"),
    ("DL3042", "an old pip, or a cache that is removed otherwise"),
    ("DL3043", "a build refuses it"),
    ("DL3044", "what the variable was before is not in the file"),
    ("DL3045", "the folder of the base image is not known"),
    ("DL3046", "what the number is for is not in the file"),
    ("DL3047", "the progress of a download is no matter of safety"),
    ("DL3048", "labels keep their names"),
    ("DL3049", "labels are the project's"),
    ("DL3059", "joining steps changes what a build keeps: nothing safer comes of it"),
    ("DL3060", "the cache of a builder stage does not ship"),
    ("DL3061", "a build refuses it"),
    ("DL3062", "a version has to be chosen"),
    ("DL3063", "the name of a stage is the project's"),
    ("DL3064", "told: where the secret is to come from is not in the file"),
    ("DL3065", "the platform of a build is left alone"),
    ("DL3066", "the number of the user is not in the file"),
    ("DL3067", "what of the file system is needed is not in the file"),
    ("DL4000", "the file is for Windows, or nothing is named"),
    ("DL4001", "which of the two is meant is not in the file"),
    ("DL4003", "hadolint counts those of another stage"),
    ("DL4004", "hadolint counts those of another stage"),
    ("DL4005", "the shell of later steps is left alone"),
    ("DL4006", "no shell that has pipefail, or a pipe whose failure is none"),
    ("SC*", "the script is the project's"),
];

const TRIVY: Reasons = &[
    ("DS001", "the recipe explicit-tag is for it, which is left out here"),
    ("DS002", "the program needs root, or nothing tells what it needs"),
    ("DS004", "told: whether the server is wanted is not in the file"),
    ("DS005", "an archive is unpacked, or may be"),
    ("DS006", "a build refuses it"),
    ("DS007", "Trivy counts those of another stage"),
    ("DS008", "which port is meant is not in the file"),
    ("DS009", "the folder of the base image is not known, or a variable begins with a slash"),
    ("DS010", "sudo may change what the command sees, or another user runs it"),
    ("DS011", "what the copy makes is not in the file"),
    ("DS012", "told: which of the two is meant is not in the file"),
    ("DS013", "the folder matters to what follows"),
    ("DS014", "which of the two is meant is not in the file"),
    ("DS015", "the command can't be read"),
    ("DS016", "Trivy counts those of another stage"),
    ("DS017", "something in between may need the update"),
    ("DS019", "the command can't be read"),
    ("DS020", "the command can't be read"),
    ("DS021", "a variable may hold the answer, or the command can't be read"),
    ("DS022", "the file is for Windows, or nothing is named"),
    ("DS023", "Trivy counts those of another stage"),
    ("DS024", "told: which packages are meant is not in the file"),
    ("DS025", "an old apk, or a list that a later step uses"),
    ("DS026", "a health check that fits is not in the file"),
    ("DS027", "the command can't be read"),
    ("DS029", "the command can't be read"),
    ("DS030", "the folder is the project's choice"),
    ("DS031", "told: where the secret is to come from is not in the file"),
];

const CHECKOV: Reasons = &[
    ("CKV2_DOCKER_1", "sudo may change what the command sees, or another user runs it"),
    ("CKV2_DOCKER_17", "told: where the password is to come from is not in the file"),
    ("CKV2_DOCKER_*", "told: without the switch the build may fail"),
    ("CKV_DOCKER_1", "told: whether the server is wanted is not in the file"),
    ("CKV_DOCKER_2", "a health check that fits is not in the file"),
    ("CKV_DOCKER_3", "the program needs root, or nothing tells what it needs"),
    ("CKV_DOCKER_4", "an archive is unpacked, or may be, or a URL is meant"),
    ("CKV_DOCKER_5", "something in between may need the update"),
    ("CKV_DOCKER_6", "the file is for Windows, or nothing is named"),
    ("CKV_DOCKER_7", "the recipe explicit-tag is for it, which is left out here"),
    ("CKV_DOCKER_8", "the program needs root"),
    ("CKV_DOCKER_9", "apt does there what apt-get does not, or it is no command"),
    ("CKV_DOCKER_10", "the folder of the base image is not known"),
    ("CKV_DOCKER_11", "told: which of the two is meant is not in the file"),
];

/// BuildKit's own checks.
fn buildkit(program: &Path, folder: &Path) -> Findings {
    let files: Vec<PathBuf> =
        numbers(folder).iter().map(|n| folder.join(format!("{n}/Dockerfile"))).collect();
    let mut found = Findings::new();
    for (path, verdict) in support::ask(program, &files) {
        let file = path.parent().and_then(|own| own.file_name()?.to_str()?.parse().ok()).unwrap();
        for rule in verdict.warnings {
            *found.entry((file, rule)).or_default() += 1;
        }
    }
    found
}

/// What a program prints on standard output, run in a folder.
fn output(program: &Path, folder: &Path, arguments: &[&str], paths: &[String]) -> String {
    let run = Command::new(program)
        .args(arguments)
        .args(paths)
        .current_dir(folder)
        .env("LOG_LEVEL", "ERROR")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8(run.stdout).unwrap()
}

/// The number of the file of a path such as `./12/Dockerfile`.
fn number(path: &str) -> usize {
    path.split('/').find_map(|part| part.parse().ok()).unwrap()
}

/// The folders of the files, each with its `Dockerfile`.
fn numbers(folder: &Path) -> Vec<usize> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut found: Vec<usize> =
        entries.filter_map(|entry| entry.unwrap().file_name().to_str().unwrap().parse().ok()).collect();
    found.sort_unstable();
    found
}

fn hadolint(program: &Path, folder: &Path) -> Findings {
    let paths: Vec<String> = numbers(folder).iter().map(|n| format!("{n}/Dockerfile")).collect();
    let batches: Vec<&[String]> = paths.chunks(50).collect();
    let answers = support::in_parallel(support::cores(), &batches, |batch| {
        output(program, folder, &["--no-fail", "--format", "json"], batch)
    });
    let mut found = Findings::new();
    for answer in answers {
        let all: Vec<Value> = serde_json::from_str(&answer).unwrap();
        for one in all {
            let file = number(one["file"].as_str().unwrap());
            *found.entry((file, one["code"].as_str().unwrap().to_owned())).or_default() += 1;
        }
    }
    found
}

fn trivy(program: &Path, folder: &Path) -> Findings {
    let arguments = ["config", "--skip-check-update", "--quiet", "--format", "json", "."];
    let answer: Value = serde_json::from_str(&output(program, folder, &arguments, &[])).unwrap();
    let mut found = Findings::new();
    for result in answer["Results"].as_array().into_iter().flatten() {
        let file = number(result["Target"].as_str().unwrap());
        for one in result["Misconfigurations"].as_array().into_iter().flatten() {
            *found.entry((file, one["ID"].as_str().unwrap().to_owned())).or_default() += 1;
        }
    }
    found
}

fn checkov(program: &Path, folder: &Path) -> Findings {
    let arguments = ["-d", ".", "--framework", "dockerfile", "-o", "json", "--compact", "--quiet"];
    let answer: Value = serde_json::from_str(&output(program, folder, &arguments, &[])).unwrap();
    let mut found = Findings::new();
    for one in answer["results"]["failed_checks"].as_array().into_iter().flatten() {
        let file = number(one["file_path"].as_str().unwrap());
        *found.entry((file, one["check_id"].as_str().unwrap().to_owned())).or_default() += 1;
    }
    found
}

/// Files before, after safe fixes, and after unsafe ones too; the latter two hold what changed.
struct Texts {
    folder: tempfile::TempDir,
    files: Vec<PathBuf>,
}

/// The folders of [`Texts`].
const SIDES: [&str; 3] = ["before", "safe", "unsafe"];

impl Texts {
    fn new(files: Vec<PathBuf>, recipes: &[Arc<Recipe>]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for side in SIDES {
            std::fs::create_dir(folder.path().join(side)).unwrap();
        }
        let view = Arc::new(View::of_listings());
        let write = |side: &str, index: usize, text: &[u8]| {
            let own = folder.path().join(side).join(index.to_string());
            std::fs::create_dir(&own).unwrap();
            std::fs::write(own.join("Dockerfile"), text).unwrap();
        };
        let numbers: Vec<usize> = (0..files.len()).collect();
        support::in_parallel(support::cores(), &numbers, |&index| {
            let bytes = std::fs::read(&files[index]).unwrap();
            write(SIDES[0], index, &bytes);
            for include_unsafe in [false, true] {
                let settings = Settings { include_unsafe, ..Settings::new(recipes.to_vec(), view.clone()) };
                let outcome = harden(&bytes, None, &settings);
                if outcome.changed() {
                    write(SIDES[1 + usize::from(include_unsafe)], index, &outcome.after);
                }
            }
        });
        Self { folder, files }
    }

    fn side(&self, side: &str) -> PathBuf {
        self.folder.path().join(side)
    }
}

/// The findings on each side: those of files that did not change are those from before.
fn ask(linter: &Linter, program: &Path, texts: &Texts) -> [Findings; 3] {
    let before = (linter.ask)(program, &texts.side(SIDES[0]));
    let after = |side: &str| {
        let folder = texts.side(side);
        let changed: BTreeSet<usize> = numbers(&folder).into_iter().collect();
        let mut all = (linter.ask)(program, &folder);
        all.extend(
            before.iter().filter(|((file, _), _)| !changed.contains(file)).map(|(k, n)| (k.clone(), *n)),
        );
        all
    };
    let (safe, all) = (after(SIDES[1]), after(SIDES[2]));
    [before, safe, all]
}

/// Sums by rule.
fn by_rule(findings: &Findings) -> BTreeMap<&str, usize> {
    let mut sums = BTreeMap::new();
    for ((_, rule), count) in findings {
        *sums.entry(rule.as_str()).or_default() += count;
    }
    sums
}

/// Findings of a file that were not there before, by rule and file.
fn new<'a>(before: &Findings, after: &'a Findings) -> Vec<(&'a str, usize)> {
    let grown = |(key, count): &(&(usize, String), &usize)| before.get(*key).is_none_or(|old| old < *count);
    after.iter().filter(grown).map(|((file, rule), _)| (rule.as_str(), *file)).collect()
}

/// The table of a linter, and what is wrong with it.
fn judge(linter: &Linter, texts: &Texts, [before, safe, all]: &[Findings; 3]) -> (String, Vec<String>) {
    let (mut table, mut misses) = (
        format!("{}\n{:<24}{:>8}{:>8}{:>10}  why\n", linter.name, "rule", "before", "safe", "--unsafe"),
        Vec::new(),
    );
    let sums = [by_rule(before), by_rule(safe), by_rule(all)];
    let rules: BTreeSet<&str> = sums.iter().flat_map(BTreeMap::keys).copied().collect();
    for rule in rules {
        let [before, safe, all] = [0, 1, 2].map(|side| sums[side].get(rule).copied().unwrap_or_default());
        let why = linter.remains.iter().find(|(known, _)| {
            *known == rule || (known.ends_with('*') && rule.starts_with(known.trim_end_matches('*')))
        });
        if why.is_none() && all > 0 {
            misses.push(format!("{}: nothing says why {rule} still finds something", linter.name));
        }
        let why = why.map_or("", |(_, why)| why);
        writeln!(table, "{}", format!("{rule:<24}{before:>8}{safe:>8}{all:>10}  {why}").trim_end()).unwrap();
    }
    let was_read = |file: usize| !before.contains_key(&(file, linter.unread.to_owned()));
    for (side, after) in [(SIDES[1], safe), (SIDES[2], all)] {
        for (rule, file) in new(before, after) {
            if was_read(file) && !linter.newly.iter().any(|(known, _)| *known == rule) {
                misses.push(format!(
                    "{}: {rule} is new in {} ({side})",
                    linter.name,
                    texts.files[file].display()
                ));
            }
        }
    }
    for (rule, why) in linter.newly {
        writeln!(table, "{rule} may be new in a file: {why}").unwrap();
    }
    (table, misses)
}

#[test]
fn linters_find_less_and_nothing_new() {
    let name = "linters_find_less_and_nothing_new";
    let step = match std::env::var("HARDEN_LINT").as_deref() {
        Ok("all") => 1,
        Ok("sample") => 8,
        _ => return println!("SKIPPED {name}: HARDEN_LINT is not set"),
    };
    let corpus = match support::path_from_env("HARDEN_CORPUS") {
        Ok(corpus) => corpus,
        Err(reason) => return println!("SKIPPED {name}: {reason}"),
    };
    let recipes = support::in_place();
    let texts = Texts::new(support::dockerfiles(&corpus).into_iter().step_by(step).collect(), &recipes);
    let mut misses = Vec::new();
    for linter in &LINTERS {
        let program = match support::path_from_env(linter.program) {
            Ok(program) => program,
            Err(reason) => {
                println!("SKIPPED {}: {reason}", linter.name);
                continue;
            }
        };
        let (table, found) = judge(linter, &texts, &ask(linter, &program, &texts));
        println!("{table}");
        misses.extend(found);
    }
    misses.iter().take(200).for_each(|miss| println!("miss: {miss}"));
    assert!(misses.is_empty(), "{} misses", misses.len());
}
