//! What a project says of itself: `harden.toml`, comments that keep fixes away, `harden init`.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// Two recipes have something to do here: one writes the command, one a user.
const SERVICE: &str = "FROM golang:1.27 AS build\nRUN CGO_ENABLED=0 go build -o /app .\n\nFROM scratch\nCOPY --from=build /app /app\nENTRYPOINT [\"/app\"]\n";
const COMMAND: &str = "FROM debian:13\nUSER 1000\nCMD /usr/bin/server --port 80\n";

struct Place(TempDir);

impl Place {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join(".git")).unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self(folder)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_harden"));
        for name in ["CLICOLOR_FORCE", "CLICOLOR", "NO_COLOR", "HARDEN_CONFIG", "HARDEN_PACK"] {
            command.env_remove(name);
        }
        command
            .env("XDG_CACHE_HOME", "/nonexistent")
            .current_dir(self.path())
            .args(args)
            .stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Seen {
        Seen(self.command(args).output().unwrap())
    }

    /// The recipes that would change something, in their order.
    fn applied(&self, args: &[&str]) -> Vec<String> {
        self.run(&[&["-f", "json"], args].concat()).recipes("applied")
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

struct Seen(Output);

impl Seen {
    fn out(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    fn err(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    fn code(&self) -> i32 {
        self.0.status.code().unwrap()
    }

    fn recipes(&self, state: &str) -> Vec<String> {
        let record: serde_json::Value = serde_json::from_str(&self.out()).unwrap();
        let files = record["files"].as_array().unwrap().iter();
        let findings = files.flat_map(|file| file["findings"].as_array().unwrap());
        findings
            .filter(|finding| finding["state"] == state && finding["recipe"] != "newest-base-image")
            .map(|finding| finding["recipe"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[test]
fn a_comment_is_counted_and_recorded_and_can_be_passed_over() {
    let text = COMMAND.replace("CMD", "# harden: ignore[exec-form-command] a shell is wanted\nCMD");
    let place = Place::new(&[("Dockerfile", &text)]);
    let seen = place.run(&["--check", "Dockerfile"]);
    assert_eq!((seen.code(), seen.out()), (0, String::new()));
    assert_eq!(seen.err(), "nothing to change in 1 file (1 suppressed)\n");
    assert_eq!(place.run(&["-q", "Dockerfile"]).out(), "");
    let seen = place.run(&["-f", "json", "Dockerfile"]);
    assert_eq!(seen.recipes("suppressed"), ["exec-form-command"]);
    assert!(
        seen.out().contains(r#""suppression":{"line":3,"reason":"a shell is wanted"}"#),
        "{}",
        seen.out()
    );
    let seen = place.run(&["--check", "--no-ignores", "Dockerfile"]);
    assert_eq!(seen.code(), 1);
    assert!(seen.err().ends_with("Apply with: harden --apply --no-ignores Dockerfile\n"), "{}", seen.err());
    assert_eq!(place.run(&["--apply", "--no-ignores", "Dockerfile"]).code(), 0);
    assert!(fs::read_to_string(place.path().join("Dockerfile")).unwrap().contains("# harden: ignore["));
}

#[test]
fn a_comment_that_is_of_no_use_is_told_and_fails_no_check() {
    let text =
        "FROM debian:13\nUSER 1000\n# harden: ignore[exec-form-comand]\nCMD [\"a\"]\n# harden: ignore\n";
    let place = Place::new(&[("Dockerfile", text)]);
    let seen = place.run(&["--check", "-q", "Dockerfile"]);
    assert_eq!(
        (seen.code(), &*seen.out()),
        (
            0,
            "Dockerfile:3:18: unknown-suppression: unknown recipe or tag `exec-form-comand`\n\
             Dockerfile:5:1: unused-suppression: there is nothing to ignore here\n"
        )
    );
    let out = place.run(&["Dockerfile"]).out();
    assert!(out.contains("write `exec-form-command` (by hand)"), "{out}");
    for told in ["unknown-suppression", "unused-suppression"] {
        assert!(place.run(&["explain", told]).out().contains("# harden:"));
    }
    // Whoever runs a part of the recipes can't tell.
    assert!(!place.run(&["-q", "--select", "nonroot-user", "Dockerfile"]).out().contains("unused"));
    assert!(!place.run(&["pin", "-q", "Dockerfile"]).out().contains("unused"));
}

#[test]
fn a_conversion_is_left_whole_where_a_comment_keeps_it_away() {
    let text = "FROM golang:1.22\nWORKDIR /app\nCOPY go.mod main.go ./\nRUN CGO_ENABLED=0 go build -o main .\nCMD [\"./main\"]\n";
    let files = [("go.mod", "module x\n\ngo 1.22\n"), ("main.go", "package main\n\nfunc main() {}\n")];
    let place = Place::new(&[&files[..], &[("Dockerfile", text)]].concat());
    assert!(place.applied(&["--unsafe"]).contains(&"multi-stage-go".to_owned()));
    for comment in ["# harden: ignore[multi-stage-go]\nRUN", "# harden: ignore-file[multi-stage-go]\nRUN"] {
        fs::write(place.path().join("Dockerfile"), text.replace("RUN", comment)).unwrap();
        let seen = place.run(&["-f", "json", "--unsafe"]);
        assert!(!seen.recipes("applied").contains(&"multi-stage-go".to_owned()), "{}", seen.out());
        assert_eq!(seen.recipes("suppressed"), ["multi-stage-go"], "{}", seen.out());
        assert_eq!(place.run(&["--apply", "--unsafe"]).code(), 0);
        assert_eq!(place.run(&["--check", "--unsafe"]).code(), 0, "a second run");
    }
}

#[test]
fn a_file_says_which_recipes_run_for_which_dockerfiles() {
    let config = "[recipes.nonroot-user]\nuser = '7:7'\n\n[[override]]\npaths = ['b/**']\nignore = ['exec-form-command']\n\n\
                  [override.recipes.nonroot-user]\napplies = 'manual'\n";
    let place = Place::new(&[
        ("a/Dockerfile", SERVICE),
        ("a/cmd.Dockerfile", COMMAND),
        ("b/Dockerfile", SERVICE),
        ("b/cmd.Dockerfile", COMMAND),
        ("harden.toml", config),
    ]);
    assert_eq!(place.applied(&[]), ["nonroot-user", "exec-form-command"]);
    assert!(place.run(&["-f", "diff"]).out().contains("+USER 7:7\n"));
    assert_eq!(place.run(&["-f", "json"]).recipes("manual"), ["nonroot-user"]);
    assert_eq!(place.applied(&["--no-config"]).len(), 4);
    assert_eq!(place.applied(&["--select", "exec-form-command"]), ["exec-form-command"; 2]);
    assert_eq!(place.applied(&["--ignore", "nonroot-user"]), ["exec-form-command"]);
    assert_eq!(place.applied(&["b/../a/Dockerfile", "--stdin-filename", "b/x", "-"]), ["nonroot-user"]);
}

#[test]
fn the_command_line_goes_before_the_environment_and_that_before_the_file() {
    let place = Place::new(&[
        ("Dockerfile", COMMAND),
        ("harden.toml", "pack = 'pin'\n"),
        ("ops/other.toml", "ignore = ['exec-form-command']\n"),
    ]);
    let applied = |args: &[&str], variables: &[(&str, &str)]| {
        let args = [&["-f", "json"], args].concat();
        let seen = Seen(place.command(&args).envs(variables.iter().copied()).output().unwrap());
        assert_eq!(seen.code(), 0, "{}", seen.err());
        seen.recipes("applied").len()
    };
    assert_eq!(applied(&[], &[]), 0, "the file's pack does not write commands");
    assert_eq!(applied(&[], &[("HARDEN_PACK", "default")]), 1);
    assert_eq!(applied(&[], &[("HARDEN_PACK", "")]), 0);
    assert_eq!(applied(&["--pack", "pin"], &[("HARDEN_PACK", "default")]), 0);
    assert_eq!(applied(&["--no-config"], &[("HARDEN_CONFIG", "ops/other.toml")]), 1);
    assert_eq!(applied(&["--pack", "default"], &[("HARDEN_CONFIG", "ops/other.toml")]), 0);
    assert_eq!(applied(&["--config", "harden.toml"], &[("HARDEN_CONFIG", "ops/other.toml")]), 0);
    let seen = place.run(&["--config", "none.toml"]);
    assert_eq!((seen.code(), seen.err().contains("cannot read none.toml")), (2, true), "{}", seen.err());
}

#[test]
fn a_mistake_is_told_with_its_place_and_stops_the_files_that_it_is_about_alone() {
    let place = Place::new(&[
        ("a/Dockerfile", COMMAND),
        ("a/harden.toml", "[recipes.exec-form-comand]\nenabled = false\n"),
        ("b/Dockerfile", COMMAND),
    ]);
    let seen = place.run(&["-q"]);
    assert_eq!(seen.code(), 2);
    assert_eq!(
        seen.err(),
        "error: cannot read a/harden.toml\n  cause: a/harden.toml:1:10: unknown recipe `exec-form-comand`\n  \
         help: did you mean `exec-form-command`?\n"
    );
    assert!(seen.out().starts_with("b/Dockerfile:3:"), "{}", seen.out());
}

#[test]
fn init_writes_a_file_that_changes_nothing_and_never_over_another() {
    let place = Place::new(&[("Dockerfile", COMMAND), ("sub/Dockerfile", SERVICE)]);
    let before = place.run(&["-f", "json"]).out();
    let seen = place.run(&["init"]);
    assert_eq!(
        (seen.code(), &*seen.out(), &*seen.err()),
        (0, "", "written: harden.toml; it changes nothing yet\n")
    );
    assert_eq!(place.run(&["-f", "json"]).out(), before);
    fs::write(place.path().join("harden.toml"), "").unwrap();
    let seen = place.run(&["init"]);
    assert_eq!(seen.code(), 2);
    assert!(seen.err().contains("there is already") && seen.err().contains("harden.toml"), "{}", seen.err());
    assert_eq!(fs::read_to_string(place.path().join("harden.toml")).unwrap(), "");
    assert_eq!(place.run(&["init", "sub"]).err(), "written: sub/harden.toml; it changes nothing yet\n");
    fs::write(place.path().join("sub/.harden.toml"), "").unwrap();
    fs::remove_file(place.path().join("sub/harden.toml")).unwrap();
    assert_eq!(place.run(&["init", "sub"]).code(), 2, "one of another name holds, too");
    assert_eq!(place.run(&["init", "none"]).code(), 2);
}

#[test]
fn no_user_is_made_with_a_number_that_another_may_have() {
    let makes = |user: &str, image: &str| {
        let settings = format!("[recipes.nonroot-user]\nuser = '{user}'\n");
        let text = format!("FROM {image}\nCOPY a /usr/bin/\nCMD [\"a\"]\n");
        let place = Place::new(&[("Dockerfile", &text), ("harden.toml", &settings)]);
        let out = place.run(&["--unsafe", "-f", "diff", "--select", "nonroot-user", "Dockerfile"]).out();
        assert!(out.contains(&format!("+USER {user}")), "{out}");
        out.contains("useradd") || out.contains("adduser")
    };
    for (user, image) in [("33:33", "debian:13"), ("1001:33", "debian:13"), ("1000:1000", "ubuntu:24.04")] {
        assert!(!makes(user, image), "{user} on {image}");
    }
    for (user, image) in
        [("1001:1001", "ubuntu:24.04"), ("1000:1000", "python:3.13-slim"), ("1000:1000", "alpine:3.22")]
    {
        assert!(makes(user, image), "{user} on {image}");
    }
}

#[test]
fn tags_are_listed_and_prose_fits_a_wide_terminal() {
    let place = Place::new(&[]);
    let list = place.run(&["recipes"]).out();
    assert!(list.contains("\ntag python: conda-clean, pip-no-cache\n"), "{list}");
    let page = place.run(&["explain", "dockerignore"]).out();
    let prose = page.lines().take_while(|line| *line != "Links");
    assert!(prose.into_iter().all(|line| line.chars().count() <= 100), "{page}");
}
