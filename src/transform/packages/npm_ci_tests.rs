use super::*;
use crate::document::Document;
use crate::model::Model;
use crate::project::{Memory, Project};

const PACKAGE: &str = r#"{ "dependencies": { "a": "^1.0.0" }, "devDependencies": { "b": "~2.1.0" } }"#;
const LOCK: &str = r#"{ "lockfileVersion": 3, "packages": {
    "": { "dependencies": { "a": "^1.0.0" }, "devDependencies": { "b": "~2.1.0" } },
    "node_modules/a": { "version": "1.4.0", "dependencies": { "c": "^3.0.0" }, "peerDependencies": { "b": "2" } },
    "node_modules/a/node_modules/c": { "version": "3.1.0" },
    "node_modules/b": { "version": "2.1.9", "dev": true, "dependencies": { "c": "npm:d@^1" } },
    "node_modules/c": { "version": "1.0.0" } } }"#;
const DOCKERFILE: &str =
    "FROM node:22-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm install --production\nCOPY . .\n";

/// What is said of a text with files around it: whether it is safe, else why not; nothing for no fix.
fn said(text: &str, files: &[(&str, &str)]) -> Option<String> {
    let document = Document::parse(text);
    let model = Model::new(&document);
    let project = Project::new(Box::new(Memory::new(files.iter().copied())));
    let cx = Context::new(&document, &model, Some(&project));
    let mut fixes = Vec::new();
    NpmCi {}.propose(&cx, &mut Proposals::new("npm-ci", Applicability::Safe, &mut fixes));
    assert!(fixes.len() < 2, "{fixes:?}");
    let fix = fixes.pop()?;
    assert!(matches!(&text[fix.edits[0].span.range()], "install" | "i"));
    Some(if fix.applicability == Applicability::Safe { "safe".into() } else { fix.reason })
}

fn with(text: &str, package: &str, lock: &str) -> Option<String> {
    said(text, &[("package.json", package), ("package-lock.json", lock), ("index.js", "")])
}

#[test]
fn a_lock_file_that_fits_makes_it_safe() {
    for text in [
        DOCKERFILE,
        "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm i",
        "FROM node\nWORKDIR /app\nADD [\"package.json\", \"package-lock.json\", \"/app/\"]\nRUN npm install",
        "FROM node:18 AS base\nWORKDIR /app\nCOPY . /app\nFROM base\nRUN npm config set x y && npm install --no-audit",
        "FROM node:18\nCOPY . /srv/app\nWORKDIR /srv\nRUN cd app && npm install",
    ] {
        assert_eq!(with(text, PACKAGE, LOCK).as_deref(), Some("safe"), "{text}");
    }
}

#[test]
fn a_lock_file_that_does_not_fit_is_left() {
    assert_eq!(with(DOCKERFILE, r#"{ "dependencies": { "a": "^2.0.0" } }"#, LOCK), None, "another version");
    assert_eq!(with(DOCKERFILE, r#"{ "dependencies": { "z": "1" } }"#, LOCK), None, "not in it");
    assert_eq!(said(DOCKERFILE, &[("package.json", PACKAGE)]), None, "there is none");
    let ignored =
        [("package.json", PACKAGE), ("package-lock.json", LOCK), (".dockerignore", "package-lock.json")];
    assert_eq!(said(DOCKERFILE, &ignored), None, "the build does not see it");
    let late = "FROM node:22\nWORKDIR /app\nCOPY package.json .\nRUN npm install\nCOPY . .";
    assert_eq!(with(late, PACKAGE, LOCK), None, "it comes later");
}

#[test]
fn what_is_not_shown_is_not_safe() {
    let lacks = LOCK.replace("\"3.1.0\"", "\"2.9.0\"");
    let old = LOCK.replace("\"lockfileVersion\": 3", "\"lockfileVersion\": 1");
    let changed = PACKAGE.replace("^1.0.0", "^1.2.0");
    let git = PACKAGE.replace("^1.0.0", "git+https://example.org/a");
    let spaces = PACKAGE.replacen('{', "{ \"workspaces\": [],", 1);
    for (package, lock, reason) in [
        (PACKAGE, lacks.as_str(), "lacks what its packages ask for"),
        (PACKAGE, &old, "anew"),
        (&changed, LOCK, "other versions"),
        (&git, LOCK, "elsewhere"),
        (&spaces, LOCK, "workspaces"),
    ] {
        assert!(with(DOCKERFILE, package, lock).expect("a fix").contains(reason), "{reason}");
    }
    for (text, reason) in [
        ("FROM node:12\nWORKDIR /a\nCOPY . .\nRUN npm i", "npm before 7"),
        ("FROM debian:13\nWORKDIR /a\nCOPY . .\nRUN npm i", "older than 5.7"),
        ("FROM node:22\nWORKDIR /a\nCOPY . .\nRUN npm i -g npm@6\nRUN npm i", "older than 5.7"),
        ("FROM node:22\nWORKDIR /a\nCOPY . .\nRUN npm install left-pad\nRUN npm i", "node_modules"),
        ("FROM node:22\nWORKDIR /a\nCOPY . .\nRUN npm init -y && npm i", "may change package.json"),
    ] {
        assert!(with(text, PACKAGE, LOCK).expect("a fix").contains(reason), "{text}");
    }
    let files = [("package.json", PACKAGE), ("package-lock.json", LOCK)];
    for (more, reason) in
        [("node_modules/x", "node_modules"), (".npmrc", ".npmrc"), ("npm-shrinkwrap.json", "shrinkwrap")]
    {
        let text = "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm install";
        let files: Vec<_> = files.into_iter().chain([(more, "")]).collect();
        assert!(said(text, &files).expect("a fix").contains(reason), "{more}");
    }
    let files: Vec<_> = files.into_iter().chain([(".npmrc", "package-lock=false")]).collect();
    assert_eq!(said("FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm install", &files), None);
}
