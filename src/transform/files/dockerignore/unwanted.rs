//! What has no place in an image: what is there of it, and what may read it all the same.

use super::super::no_secrets::copied;
use super::{is_whole, sources};
use crate::catalog::secrets::Purpose;
use crate::document::Keyword;
use crate::project::{Kind, Project};
use crate::transform::Context;

/// Something that should stay out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unwanted {
    /// The line of the ignore file.
    pub pattern: String,
    /// What is there.
    pub shown: String,
    /// What was found, for the evidence.
    pub evidence: String,
    /// What may go wrong without it; none where only an unknown script could miss it.
    pub risk: Option<&'static str>,
}

/// Names of what tools leave behind, and the lines for them: nobody builds with these.
const LITTER: [(&str, &str); 12] = [
    (".DS_Store", "**/.DS_Store"),
    ("Thumbs.db", "**/Thumbs.db"),
    (".idea", "**/.idea"),
    (".vscode", "**/.vscode"),
    (".vs", "**/.vs"),
    ("__pycache__", "**/__pycache__"),
    (".pytest_cache", "**/.pytest_cache"),
    (".mypy_cache", "**/.mypy_cache"),
    (".ruff_cache", "**/.ruff_cache"),
    (".tox", "**/.tox"),
    (".svn", "**/.svn"),
    (".hg", "**/.hg"),
];

/// Folders whose keys are made up for tests, or come with packages.
const SAMPLES: [&str; 9] =
    ["test", "tests", "testdata", "fixtures", "examples", "example", "node_modules", "vendor", "spec"];

/// What is in the context, should stay out, and is not named by the Dockerfile.
pub(super) fn find(cx: &Context<'_>, project: &Project) -> Vec<Unwanted> {
    let mut found = Vec::new();
    found.extend(git(cx, project));
    found.extend(secrets(project));
    found.extend(packages(cx, project));
    for (name, pattern) in LITTER {
        let is_it = |path: &str| path.rsplit('/').next() == Some(name);
        if let Some(entry) = project.entries().iter().find(|entry| is_it(&entry.path)) {
            found.push(unwanted(pattern, &entry.path, "left behind by a tool", None));
        }
    }
    found.retain(|u| !is_named(cx, project, &u.shown));
    found
}

fn unwanted(pattern: &str, shown: &str, what: &str, risk: Option<&'static str>) -> Unwanted {
    let evidence = format!("`{shown}` is in the build context: {what}");
    Unwanted { pattern: pattern.to_owned(), shown: shown.to_owned(), evidence, risk }
}

/// The history of the project, unless something is known to ask it.
fn git(cx: &Context<'_>, project: &Project) -> Option<Unwanted> {
    project.entry(".git")?;
    let asks = |text: &str| ASKING.iter().any(|word| text.contains(word));
    let files = [
        "pyproject.toml",
        "setup.py",
        "setup.cfg",
        "Makefile",
        "build.rs",
        "Cargo.toml",
        "package.json",
        "build.gradle",
        "build.gradle.kts",
        "pom.xml",
        ".goreleaser.yml",
        ".goreleaser.yaml",
    ];
    let is_asked = cx.document.instructions.iter().any(|i| asks(i.args()))
        || files.iter().filter_map(|file| project.text(file)).any(|text| asks(&text));
    let risk = "commands that ask Git for a version find none, and Go programs no longer hold their commit";
    (!is_asked).then(|| unwanted(".git", ".git", "all that the project ever was", Some(risk)))
}

/// What asks Git, in commands and in the files of build tools.
const ASKING: [&str; 18] = [
    "git describe",
    "git rev-parse",
    "git log",
    "git show",
    "git status",
    "git submodule",
    "git rev-list",
    "git diff",
    "git config --",
    "git tag",
    "git branch",
    "setuptools_scm",
    "setuptools-scm",
    "versioneer",
    "hatch-vcs",
    "vergen",
    "git-commit-id",
    ".git/",
];

/// Passwords and private keys; what commands of the build log in with, they may need.
fn secrets(project: &Project) -> Vec<Unwanted> {
    let is_sample = |path: &str| path.split('/').rev().skip(1).any(|part| SAMPLES.contains(&part));
    let risk = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        if name.starts_with(".env") {
            "a program that reads `.env` when it starts gets its settings from elsewhere"
        } else {
            "a program that reads the key from the image gets it from elsewhere"
        }
    };
    copied::within(project)
        .into_iter()
        .filter(|(path, file)| file.purpose != Purpose::Build && !is_sample(path))
        .map(|(path, file)| unwanted(&escaped(path), path, &file.what, Some(risk(path))))
        .collect()
}

/// Packages that a command installs again.
fn packages(cx: &Context<'_>, project: &Project) -> Vec<Unwanted> {
    let runs = |words: &[&str]| {
        let text = |i: &crate::document::Instruction<'_>| words.iter().any(|word| i.args().contains(word));
        cx.document.instructions.iter().any(|i| i.keyword == Keyword::Run && text(i))
    };
    let is_folder = |path: &str| project.entry(path).is_some_and(|entry| entry.kind == Kind::Folder);
    let mut found = Vec::new();
    if is_folder("node_modules")
        && runs(&["npm ci", "npm install", "npm i ", "yarn install", "yarn --", "pnpm install", "pnpm i "])
    {
        let risk = "packages come from the install in the image alone, not from this machine";
        found.push(unwanted("node_modules", "node_modules", "a command installs its packages", Some(risk)));
    }
    for name in [".venv", "venv"] {
        if project.entry(&format!("{name}/pyvenv.cfg")).is_some() {
            found.push(unwanted(name, name, "a Python environment of this machine", None));
        }
    }
    found
}

/// Whether the Dockerfile names a path, or a folder that it is in.
fn is_named(cx: &Context<'_>, project: &Project, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    cx.document.instructions.iter().enumerate().any(|(index, instruction)| match instruction.keyword {
        Keyword::Copy | Keyword::Add if instruction.flag("from").is_none() => {
            let whole = is_whole(cx, index, instruction);
            let named = sources(cx, index, instruction);
            named.iter().filter(|source| !whole || !matches!(source.as_str(), "" | ".")).any(|source| {
                let is_above =
                    |a: &str, b: &str| a == b || b.strip_prefix(a).is_some_and(|rest| rest.starts_with('/'));
                is_above(source, path)
                    || is_above(path, source)
                    || project.sources(source).iter().any(|e| is_above(&e.path, path))
            })
        }
        // `.git` ends many an address: what asks Git was looked for already.
        _ if name == ".git" => false,
        Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck => {
            instruction.args().contains(name) && name != "node_modules"
                || instruction.flags.iter().any(|flag| flag.text.contains(name))
        }
        _ => false,
    })
}

/// A path as a pattern that matches it alone.
fn escaped(path: &str) -> String {
    path.chars().flat_map(|c| "*?[\\!#".contains(c).then_some('\\').into_iter().chain([c])).collect()
}
