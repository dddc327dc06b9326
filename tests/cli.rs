//! The program as people run it: results, messages, exit codes, files.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const REFERENCE: &str = "FROM golang:1.22\nWORKDIR /app\nCOPY src/go.mod .\nRUN go mod download\nCOPY src/main.go ./\nRUN go build -o main .\nCMD [\"./main\"]\n";

/// The program in a folder, with an environment that says nothing about colour or CI.
fn harden(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harden"));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if ["CI", "TERM", "NO_COLOR"].contains(&&*text)
            || ["GITHUB_", "CLICOLOR", "FORCE_COLOR", "HARDEN_", "RUST_"].iter().any(|p| text.starts_with(p))
        {
            command.env_remove(&name);
        }
    }
    command.env("XDG_CACHE_HOME", "/nonexistent").current_dir(folder).stdin(Stdio::null());
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    harden(folder).args(args).output().unwrap()
}

fn piped(command: &mut Command, input: &[u8]) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // The program may end before it has read everything.
    let writer = std::thread::spawn(move || stdin.write_all(&input).ok());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn reference() -> TempDir {
    folder(&[("Dockerfile", REFERENCE.as_bytes())])
}

/// What the program makes of a text, through standard input.
fn hardened(text: &[u8]) -> Vec<u8> {
    let folder = TempDir::new().unwrap();
    let output = piped(harden(folder.path()).args(["--apply", "-"]), text);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    output.stdout
}

/// Asserts a failure with this code, whose message holds these parts and nothing made for programmers.
#[track_caller]
fn fails(output: &Output, code: i32, parts: &[&str]) {
    let text = err(output);
    assert_eq!(output.status.code(), Some(code), "{text}");
    for part in parts {
        assert!(text.contains(part), "no {part:?} in:\n{text}");
    }
    for bad in ["panicked", "backtrace", "Error {", "os error"] {
        assert!(!text.contains(bad), "{bad:?} in:\n{text}");
    }
}

#[test]
fn preview_shows_findings_and_patch_and_writes_nothing() {
    let dir = reference();
    let output = run(dir.path(), &["Dockerfile"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(out(&output).contains("warning["), "{}", out(&output));
    assert!(out(&output).contains("--- a/Dockerfile\n+++ b/Dockerfile\n"));
    assert!(err(&output).contains("in 1 file"), "{}", err(&output));
    assert!(err(&output).contains("Apply with: harden --apply Dockerfile\n"), "{}", err(&output));
    assert_eq!(fs::read_to_string(dir.path().join("Dockerfile")).unwrap(), REFERENCE);
}

#[test]
fn the_command_that_is_told_stays_short() {
    let dir = reference();
    let paths: Vec<String> = (0..12).map(|n| format!("Dockerfile.{n}")).collect();
    for path in &paths {
        fs::copy(dir.path().join("Dockerfile"), dir.path().join(path)).unwrap();
    }
    let args: Vec<&str> = paths.iter().map(String::as_str).collect();
    let told = err(&run(dir.path(), &args));
    assert!(told.contains("Apply with: harden --apply (and the same 12 paths)\n"), "{told}");
}

#[test]
fn apply_writes_and_a_second_run_finds_nothing() {
    let dir = reference();
    assert_eq!(run(dir.path(), &["--apply", "Dockerfile"]).status.code(), Some(0));
    let text = fs::read(dir.path().join("Dockerfile")).unwrap();
    assert_eq!(text, hardened(REFERENCE.as_bytes()));
    assert_ne!(text, REFERENCE.as_bytes());
    assert_eq!(run(dir.path(), &["--check", "Dockerfile"]).status.code(), Some(0));
}

#[test]
fn check_exits_with_one_and_writes_nothing() {
    let dir = reference();
    assert_eq!(run(dir.path(), &["--check", "."]).status.code(), Some(1));
    assert_eq!(fs::read_to_string(dir.path().join("Dockerfile")).unwrap(), REFERENCE);
    fails(&run(dir.path(), &["--check", "--apply", "."]), 2, &["cannot be used with"]);
}

#[test]
fn no_path_is_the_current_folder() {
    let dir = folder(&[
        (".gitignore", b"vendor/\n"),
        ("b/Dockerfile.web", REFERENCE.as_bytes()),
        ("a/web.Dockerfile", REFERENCE.as_bytes()),
        ("Containerfile", REFERENCE.as_bytes()),
        ("vendor/Dockerfile", REFERENCE.as_bytes()),
        ("Dockerfile.dockerignore", b"x\n"),
        ("notes.txt", b"x\n"),
    ]);
    let output = run(dir.path(), &["-f", "diff"]);
    let text = out(&output);
    let names: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("--- a/")).collect();
    assert_eq!(names, ["Containerfile", "a/web.Dockerfile", "b/Dockerfile.web"]);
}

#[test]
fn a_given_path_is_read_whatever_its_name() {
    let dir = folder(&[("odd name.txt", REFERENCE.as_bytes())]);
    assert_eq!(run(dir.path(), &["--check", "odd name.txt"]).status.code(), Some(1));
}

#[test]
fn standard_input_gives_the_new_text() {
    let dir = TempDir::new().unwrap();
    let output = piped(
        harden(dir.path()).args(["-f", "diff", "--stdin-filename", "x/Dockerfile", "-"]),
        REFERENCE.as_bytes(),
    );
    assert!(out(&output).starts_with("--- a/x/Dockerfile\n+++ b/x/Dockerfile\n"));
    let same = b"FROM scratch\n# \xff\r\nCOPY a /a";
    assert_eq!(hardened(same), same);
}

#[test]
fn quiet_gives_one_line_for_each_finding() {
    let dir = reference();
    let output = run(dir.path(), &["-q"]);
    assert!(err(&output).is_empty());
    assert!(!out(&output).is_empty());
    for line in out(&output).lines() {
        let mut parts = line.splitn(5, ':');
        assert_eq!(parts.next(), Some("Dockerfile"));
        assert!(
            parts.next().unwrap().parse::<usize>().is_ok() && parts.next().unwrap().parse::<usize>().is_ok()
        );
    }
}

#[test]
fn json_is_one_record_with_a_schema() {
    let dir = reference();
    let output = run(dir.path(), &["-f", "json", "Dockerfile", "missing"]);
    assert_eq!(output.status.code(), Some(2));
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value["schema"], 1);
    assert_eq!(value["tool"]["name"], "harden");
    let files = value["files"].as_array().unwrap();
    let file = |path: &str| files.iter().find(|file| file["path"] == path).unwrap();
    assert_eq!(file("Dockerfile")["changed"], true);
    assert_eq!(file("Dockerfile")["findings"][0]["line"], 1);
    assert!(file("Dockerfile")["diff"].as_str().unwrap().starts_with("--- a/Dockerfile"));
    assert_eq!(file("missing")["error"], "cannot read missing: no such file or folder");
}

#[test]
fn results_go_to_a_file() {
    let dir = reference();
    let to_stdout = run(dir.path(), &["-f", "diff"]).stdout;
    assert!(run(dir.path(), &["-f", "diff", "-o", "out.patch"]).stdout.is_empty());
    assert_eq!(fs::read(dir.path().join("out.patch")).unwrap(), to_stdout);
    // The output may be the very file that comes in: it is replaced when all is done.
    let source = fs::File::open(dir.path().join("Dockerfile")).unwrap();
    let status =
        harden(dir.path()).args(["--apply", "-", "-o", "Dockerfile"]).stdin(source).status().unwrap();
    assert!(status.success());
    assert_eq!(fs::read(dir.path().join("Dockerfile")).unwrap(), hardened(REFERENCE.as_bytes()));
    fails(&run(dir.path(), &["-o", "no/such/file", "."]), 2, &["error: cannot write no/such/file"]);
}

#[test]
fn the_patch_gives_what_apply_gives() {
    let mut latin = REFERENCE.as_bytes().to_vec();
    latin.splice(17..17, *b"# caf\xe9 \r odd\n");
    let texts: [(&str, Vec<u8>); 5] = [
        ("lf", REFERENCE.into()),
        ("crlf", REFERENCE.replace('\n', "\r\n").into()),
        ("bom", format!("\u{feff}{REFERENCE}").into()),
        ("no final newline", REFERENCE.trim_end().into()),
        ("latin", latin),
    ];
    for (what, text) in texts {
        for name in ["Dockerfile", "a b/Dockerfile", "é\"\\/Dockerfile"] {
            patched(what, name, &text, "git", &["apply"]);
            patched(what, name, &text, "patch", &["-p1", "--binary", "--quiet"]);
        }
    }
}

/// Asserts that this program makes of our patch what `--apply` writes.
#[track_caller]
fn patched(what: &str, name: &str, text: &[u8], program: &str, args: &[&str]) {
    let dir = folder(&[(name, text)]);
    let patch = run(dir.path(), &["-f", "diff", name]).stdout;
    assert!(!patch.is_empty(), "{what}: no patch");
    let output = piped(Command::new(program).args(args).current_dir(dir.path()), &patch);
    assert!(output.status.success(), "{program}, {what}, {name}: {}", err(&output));
    let by_patch = fs::read(dir.path().join(name)).unwrap();
    fs::write(dir.path().join(name), text).unwrap();
    assert!(run(dir.path(), &["--apply", name]).status.success());
    assert_eq!(by_patch, fs::read(dir.path().join(name)).unwrap(), "{program}, {what}, {name}");
}

#[test]
fn colour_is_asked_for_and_never_spoils_a_patch() {
    let dir = reference();
    let coloured = |args: &[&str], name: &str| {
        out(&harden(dir.path()).args(args).env(name, "1").output().unwrap()).contains('\u{1b}')
    };
    assert!(coloured(&["--color", "always"], "NO_COLOR"));
    assert!(!coloured(&["."], "NO_COLOR"));
    assert!(coloured(&["."], "CLICOLOR_FORCE"));
    assert!(!coloured(&["--color", "never"], "CLICOLOR_FORCE"));
    assert!(!coloured(&["-f", "diff"], "CLICOLOR_FORCE"));
}

#[test]
fn findings_hold_no_control_characters() {
    let text = REFERENCE.replace("golang:1.22\n", "golang:1.22\n# \u{1b}]0;owned\u{7}\u{9b}2J\u{202e}\n");
    let dir = folder(&[("Dockerfile", text.as_bytes())]);
    let output = run(dir.path(), &["--color", "always", "."]);
    assert!(out(&output).contains("newest-base-image"), "{}", err(&output));
    let text = out(&output).replace("\u{1b}[", "");
    assert!(!text.chars().any(|c| "\u{1b}\u{7}\u{9b}\u{202e}".contains(c)), "{text:?}");
}

#[test]
fn one_bad_file_does_not_stop_the_others() {
    let dir = reference();
    let output = run(dir.path(), &["--apply", "missing", "Dockerfile"]);
    fails(&output, 2, &["error: cannot read missing\n  cause: no such file or folder\n  help: "]);
    assert_ne!(fs::read_to_string(dir.path().join("Dockerfile")).unwrap(), REFERENCE);
}

#[test]
fn a_mistyped_command_is_recognised() {
    let dir = TempDir::new().unwrap();
    fails(&run(dir.path(), &["expalin", "x"]), 2, &["did you mean `harden explain`?"]);
}

#[test]
fn a_folder_without_dockerfiles_is_an_error() {
    let dir = folder(&[("sub/readme.md", b"x")]);
    fails(&run(dir.path(), &[]), 2, &["error: no Dockerfile in .", "help: "]);
    fails(&run(dir.path(), &["sub"]), 2, &["error: no Dockerfile in sub"]);
}

#[test]
fn a_folder_given_as_a_file_is_searched() {
    let dir = folder(&[("sub/Dockerfile/Dockerfile", REFERENCE.as_bytes())]);
    assert_eq!(run(dir.path(), &["--check", "sub/Dockerfile"]).status.code(), Some(1));
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_said() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let dir = reference();
    symlink("nowhere", dir.path().join("dangling")).unwrap();
    fails(&run(dir.path(), &["dangling"]), 2, &["error: cannot read dangling", "no such file"]);
    fails(&run(dir.path(), &["/dev/zero"]), 2, &["error: cannot read /dev/zero", "not a regular file"]);
    assert!(Command::new("mkfifo").arg(dir.path().join("fifo")).status().unwrap().success());
    fails(&run(dir.path(), &["fifo"]), 2, &["error: cannot read fifo", "not a regular file", "`-`"]);
    let file = dir.path().join("Dockerfile");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    // Root reads everything; the dangling link and the pipe above stand in for it then.
    if fs::read(&file).is_err() {
        fails(&run(dir.path(), &["Dockerfile"]), 2, &["error: cannot read Dockerfile", "permission denied"]);
    }
}

#[cfg(unix)]
#[test]
fn a_read_only_file_is_left_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = reference();
    let file = dir.path().join("Dockerfile");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
    let output = run(dir.path(), &["--apply", "Dockerfile"]);
    fails(&output, 2, &["error: cannot write Dockerfile\n  cause: the file is read-only\n  help: "]);
    assert_eq!(fs::read_to_string(&file).unwrap(), REFERENCE);
    assert_eq!(run(dir.path(), &["Dockerfile"]).status.code(), Some(0));
}

#[cfg(unix)]
#[test]
fn links_and_modes_are_kept() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let dir = folder(&[("real/web", REFERENCE.as_bytes())]);
    let (real, link) = (dir.path().join("real/web"), dir.path().join("Dockerfile"));
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real/web", &link).unwrap();
    assert!(run(dir.path(), &["--apply", "Dockerfile"]).status.success());
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(real.metadata().unwrap().permissions().mode() & 0o7777, 0o640);
    assert_eq!(fs::read(&real).unwrap(), hardened(REFERENCE.as_bytes()));
    assert_eq!(fs::read_dir(dir.path().join("real")).unwrap().count(), 1);
}

#[test]
fn a_huge_file_is_refused() {
    let dir = TempDir::new().unwrap();
    fs::File::create(dir.path().join("Dockerfile")).unwrap().set_len(50 << 20).unwrap();
    fails(&run(dir.path(), &["Dockerfile"]), 2, &["error: cannot read Dockerfile", "larger than 8 MiB"]);
    let text = vec![b'#'; 9 << 20];
    fails(&piped(harden(dir.path()).arg("-"), &text), 2, &["standard input", "larger than 8 MiB"]);
}

#[test]
fn binary_content_is_no_dockerfile() {
    let binary = fs::read(env!("CARGO_BIN_EXE_harden")).unwrap();
    let binary = &binary[..binary.len().min(100_000)];
    let dir = folder(&[("Dockerfile", binary)]);
    fails(&run(dir.path(), &["--apply", "Dockerfile"]), 2, &["error: ", "--> Dockerfile:"]);
    assert_eq!(fs::read(dir.path().join("Dockerfile")).unwrap(), binary);
}

#[test]
fn a_broken_recipe_is_placed() {
    let dir = folder(&[
        ("Dockerfile", REFERENCE.as_bytes()),
        ("syntax/mirror.toml", b"id = \"acme/mirror\"\ntitle = = 1\n"),
        ("key/mirror.toml", b"id = \"acme/mirror\"\ntitel = \"x\"\n"),
    ]);
    fails(&run(dir.path(), &["--recipes", "syntax"]), 2, &["error: ", "mirror.toml:2:"]);
    fails(&run(dir.path(), &["--recipes", "key"]), 2, &["mirror.toml:2:1", "titel", "title"]);
    fails(&run(dir.path(), &["--recipes", "nowhere"]), 2, &["error: ", "nowhere"]);
}

#[test]
fn an_unknown_recipe_has_a_suggestion() {
    let dir = reference();
    fails(&run(dir.path(), &["--select", "nonrot-user"]), 2, &["nonrot-user", "nonroot-user"]);
    fails(&run(dir.path(), &["--ignore", "nonrot-user"]), 2, &["nonroot-user"]);
    fails(&run(dir.path(), &["explain", "nonrot-user"]), 2, &["nonroot-user"]);
    fails(&run(dir.path(), &["--pack", "artikle"]), 2, &["article"]);
}

#[test]
fn a_closed_pipe_is_silent() {
    let dir = reference();
    for args in
        [&["."][..], &["--check"], &["-f", "json"], &["recipes", "list"], &["explain", "nonroot-user"]]
    {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = harden(dir.path()).args(args).stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
        let output = output.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert_eq!(err(&output), "", "{args:?}");
    }
}

#[test]
fn explain_and_list_name_the_recipes() {
    let dir = TempDir::new().unwrap();
    assert!(out(&run(dir.path(), &["explain", "nonroot-user"])).contains("Safety"));
    assert!(out(&run(dir.path(), &["recipes", "list"])).contains("newest-base-image"));
    assert_eq!(run(dir.path(), &["--help"]).status.code(), Some(0));
    fails(&run(dir.path(), &["--no-such-flag"]), 2, &["error: "]);
}

#[test]
fn a_kill_leaves_the_old_or_the_new_text() {
    let comment = "# a comment that makes the file larger\n".repeat(20_000);
    let old = format!("{comment}{REFERENCE}").into_bytes();
    let new = hardened(&old);
    assert_ne!(old, new);
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("Dockerfile");
    for turn in 0..60 {
        fs::write(&file, &old).unwrap();
        let mut child = harden(dir.path())
            .args(["--apply", "Dockerfile"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(turn * 700));
        child.kill().unwrap();
        child.wait().unwrap();
        let text = fs::read(&file).unwrap();
        assert!(text == old || text == new, "a mix of {} bytes", text.len());
    }
}

/// A recipe of somebody else's: the nonroot user of their company.
const THEIRS: &str = r#"
id = "acme/user"
title = "Run as Acme's user"
since = "1.0.0"
applies = "safe"
phase = "user"

what = "Adds Acme's user."
why = "Acme's clusters allow no other."
safety = "As nonroot-user."

[[step]]
verb = "nonroot_user"
user = "1234:1234"

[[example]]
name = "a binary"
before = """
FROM scratch
COPY --from=build /app /app
ENTRYPOINT ["/app"]
"""
after = """
FROM scratch
COPY --from=build /app /app
USER 1234:1234
ENTRYPOINT ["/app"]
"""

[[example]]
name = "a user is there"
before = """
FROM scratch
USER 7
ENTRYPOINT ["/app"]
"""
"#;

#[test]
fn a_recipe_dropped_into_a_folder_works() {
    let text = "FROM scratch\nCOPY --from=build /app /app\nENTRYPOINT [\"/app\"]\n";
    let dir = folder(&[("ops/user.toml", THEIRS.as_bytes()), ("Dockerfile", text.as_bytes())]);
    let tested = run(dir.path(), &["recipes", "test", "ops"]);
    assert_eq!(tested.status.code(), Some(0), "{}", err(&tested));
    assert!(out(&tested).ends_with("2 examples, 0 failed\n"), "{}", out(&tested));

    let args = ["--recipes", "ops", "--select", "acme/user", "--apply", "Dockerfile"];
    let applied = run(dir.path(), &args);
    assert_eq!(applied.status.code(), Some(0), "{}", err(&applied));
    let written = fs::read_to_string(dir.path().join("Dockerfile")).unwrap();
    assert_eq!(written, text.replace("ENTRYPOINT", "USER 1234:1234\nENTRYPOINT"));
    let listed = run(dir.path(), &["recipes", "list", "--recipes", "ops"]);
    assert!(out(&listed).contains("acme/user"), "{}", out(&listed));

    let wrong = THEIRS.replace("USER 1234:1234\n", "USER 1:1\n");
    fs::write(dir.path().join("ops/user.toml"), wrong).unwrap();
    let tested = run(dir.path(), &["recipes", "test", "ops"]);
    assert_eq!(tested.status.code(), Some(1));
    assert!(out(&tested).contains("FAILED acme/user: a binary"), "{}", out(&tested));
}

#[test]
fn a_project_says_which_images_it_takes() {
    let rules = b"[images]\nmirrors = [{ prefix = 'registry.corp/hub/', of = 'docker.io/' }]\n[images.policy]\nnode = { to = 'lts', max = '24' }\n";
    let folder = folder(&[
        ("a/harden.toml", rules),
        ("a/.git/HEAD", b"ref: refs/heads/main\n"),
        ("a/app/Dockerfile", b"FROM registry.corp/hub/library/node:18\n"),
        ("b/.git/HEAD", b"ref: refs/heads/main\n"),
        ("b/Dockerfile", b"FROM registry.corp/hub/library/node:18\nFROM node:18\n"),
        ("c/harden.toml", b"[images]\nprovider = 'me'\n"),
        ("c/.git/HEAD", b"ref: refs/heads/main\n"),
        ("c/Dockerfile", b"FROM node:18\n"),
    ]);
    let args = ["--unsafe", "--select", "newest-base-image", "--as-of", "2026-11-23", "-f", "diff"];
    let output = run(folder.path(), &[&args[..], &["a", "b"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let diff = out(&output);
    assert!(diff.contains("+FROM registry.corp/hub/library/node:24\n"), "{diff}");
    assert!(
        diff.contains(" FROM registry.corp/hub/library/node:18\n"),
        "one project's mirror is none of another: {diff}"
    );
    assert!(diff.contains("+FROM node:26\n"), "{diff}");
    let output = run(folder.path(), &[&args[..], &["b", "c"]].concat());
    assert_eq!(output.status.code(), Some(2));
    let told = err(&output);
    assert!(told.contains("c/harden.toml") && told.contains("unknown variant `me`"), "{told}");
    assert!(out(&output).contains("+FROM node:26\n"), "one bad file does not stop the others");
}

#[test]
fn new_images_come_from_the_mirrors_of_the_project() {
    let rules = b"[images]\nmirrors = [{ prefix = 'registry.corp/gcr', of = 'gcr.io' }, { prefix = 'registry.corp/cgr', of = 'cgr.dev' }]\n";
    let multi = b"FROM golang:1.27 AS build\nWORKDIR /app\nCOPY go.mod main.go ./\nRUN CGO_ENABLED=0 go build -o /app/main .\n\n\
                  FROM alpine:3.24\nCOPY --from=build /app/main /main\nENTRYPOINT [\"/main\"]\n";
    let folder = folder(&[
        ("harden.toml", rules),
        ("single/Dockerfile", REFERENCE.as_bytes()),
        ("multi/Dockerfile", multi),
        ("multi/go.mod", b"module example.com/a\n\ngo 1.22\n"),
        ("multi/main.go", b"package main\n\nfunc main() {}\n"),
    ]);
    let diff = out(&run(folder.path(), &["--unsafe", "-f", "diff", "single", "multi"]));
    let runtimes = diff.matches("+FROM registry.corp/gcr/distroless/static-debian13\n").count();
    assert_eq!(runtimes, 2, "{diff}");
    assert!(diff.contains("+FROM registry.corp/cgr/chainguard/go:latest AS builder\n"), "{diff}");
}

#[test]
fn a_provider_of_hardened_images_can_be_named() {
    let folder = folder(&[
        ("harden.toml", b"[images]\nprovider = 'official-slim'\n"),
        ("Dockerfile", b"FROM node:24\nCOPY a.js /a.js\nCMD [\"node\", \"/a.js\"]\n"),
    ]);
    let diff = |args: &[&str]| out(&run(folder.path(), &[&["--unsafe", "-f", "diff"], args].concat()));
    assert!(!diff(&[]).contains("+FROM"), "{}", diff(&[]));
    let project = diff(&["--select", "hardened-base-image"]);
    assert!(project.contains("+FROM node:24-slim\n"), "{project}");
    let named = diff(&["--provider", "distroless"]);
    assert!(named.contains("+FROM gcr.io/distroless/nodejs24-debian13"), "{named}");
    fails(&run(folder.path(), &["--provider", "me"]), 2, &["the providers are chainguard, distroless, dhi"]);
}

#[test]
fn images_are_told_and_unknown_ones_fail_without_hiding_the_others() {
    let dir = folder(&[]);
    let output = run(dir.path(), &["images", "--as-of", "2026-11-23", "golang:1.19-buster", "golag:1.19"]);
    fails(&output, 2, &["the catalog has no image golag", "did you mean `golang`?"]);
    assert!(out(&output).contains("golang:1.19-buster: ended"), "{}", out(&output));
    let args = ["images", "-f", "json", "--as-of", "2026-11-23", "golang:1.19-buster", "no such"];
    let record: serde_json::Value = serde_json::from_slice(&run(dir.path(), &args).stdout).unwrap();
    assert_eq!((&record["schema"], &record["images"][1]["kind"]), (&1.into(), &"unknown".into()));
    assert_eq!(record["images"][0]["should_be"], "golang:1.27-trixie");
    let table = run(dir.path(), &["images", "--as-of", "2026-11-23"]);
    assert_eq!((table.status.code(), err(&table)), (Some(0), String::new()));
    assert!(out(&table).lines().count() > 300);
}
