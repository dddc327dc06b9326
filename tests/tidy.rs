//! The rooms of `src/` use each other one way only, and files stay small.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

/// The rooms, each of which may use those before it.
const ROOMS: [&str; 17] = [
    "span",
    "document",
    "shell",
    "project",
    "catalog",
    "model",
    "edit",
    "transform",
    "recipe",
    "suppress",
    "engine",
    "files",
    "config",
    "registry",
    "report",
    "prove",
    "cli",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    let name = |path: &Path| path.strip_prefix(&root).unwrap().display().to_string();
    found.iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn arrows_between_rooms_go_one_way() {
    let rank = |room: &str| ROOMS.iter().position(|r| *r == room);
    let mut checked = 0;
    for (name, text) in files() {
        let own = name.split(['/', '.']).next().unwrap();
        let Some(own) = rank(own) else { continue };
        for used in text.split("crate::").skip(1) {
            let used = used.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
            if let Some(used_rank) = rank(used) {
                checked += 1;
                assert!(used_rank <= own, "{name} uses {used}, which comes after it");
            }
        }
    }
    assert!(checked > 50, "only {checked} uses were found");
}

#[test]
fn files_stay_small() {
    for (name, text) in files() {
        assert!(text.lines().count() <= 400, "{name} has more than 400 lines");
    }
}
