//! What is told about the rung of a Go program's image: in text, in records, by `harden explain`.
#![allow(clippy::unwrap_used, clippy::format_push_string)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

/// A server that needs nothing but itself.
const PLAIN: &str = "FROM golang:1.22\nWORKDIR /app\nCOPY go.mod main.go ./\nRUN CGO_ENABLED=0 go build -o main .\nCMD [\"./main\"]\n";

/// The same with a health check that needs another program.
const HEALTH: &str = "FROM golang:1.22 AS build\nWORKDIR /src\nCOPY go.mod main.go ./\nRUN CGO_ENABLED=0 go build -o /app .\n\nFROM alpine:3.21\nCOPY --from=build /app /app\nUSER 1000\nHEALTHCHECK CMD wget -q localhost:8080\nCMD [\"/app\"]\n";

/// A file that does not tell what the program reads, nor how it is linked.
const UNSEEN: &str = "FROM golang:1.22\nWORKDIR /app\nCOPY . .\nRUN go build -o main .\nCMD [\"./main\"]\n";

const TOOLS: &str = "FROM golang:1.22\nRUN go install example.com/tool@v1.0.0\n";

const NO_GO: &str = "FROM node:24\nCOPY . .\nCMD [\"node\", \"server.js\"]\n";

const RUNS_GIT: &str =
    "package main\n\nimport \"os/exec\"\n\nfunc main() {\n\texec.Command(\"git\", \"fetch\").Run()\n}\n";

/// Names and texts.
type Files<'a> = &'a [(&'a str, &'a str)];

fn folder(files: Files<'_>) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn run(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harden"));
    for name in ["CLICOLOR_FORCE", "CLICOLOR", "NO_COLOR"] {
        command.env_remove(name);
    }
    command.env("XDG_CACHE_HOME", "/nonexistent").current_dir(folder).args(args).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The part of what is printed that tells the rung.
fn block(text: &str) -> Option<String> {
    let block: String = text
        .lines()
        .skip_while(|l| !l.starts_with("rung: "))
        .take_while(|l| !l.is_empty())
        .fold(String::new(), |block, line| block + line + "\n");
    (!block.is_empty()).then_some(block)
}

fn told(files: Files<'_>, args: &[&str]) -> Option<String> {
    block(&out(&run(folder(files).path(), args)))
}

fn ladder(files: Files<'_>, args: &[&str]) -> serde_json::Value {
    let output = run(folder(files).path(), &[&["-f", "json"], args].concat());
    let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value["schema"], 1);
    value["files"][0]["ladder"].clone()
}

#[test]
fn the_rung_is_told_with_what_keeps_it_from_higher_ones() {
    let code =
        [("Dockerfile", UNSEEN), ("go.mod", "module example.com/a\n\ngo 1.22\n"), ("main.go", RUNS_GIT)];
    let cases: [(&str, Files<'_>, &[&str]); 8] = [
        ("plain", &[("Dockerfile", PLAIN)], &["--no-context", "."]),
        ("plain, with what was checked", &[("Dockerfile", PLAIN)], &["--no-context", "-v", "."]),
        ("health check", &[("Dockerfile", HEALTH)], &["--no-context", "."]),
        ("unseen", &[("Dockerfile", UNSEEN)], &["--no-context", "."]),
        ("unseen, unsafe", &[("Dockerfile", UNSEEN)], &["--no-context", "--unsafe", "."]),
        ("tools", &[("Dockerfile", TOOLS)], &["--no-context", "."]),
        ("the program runs git", &code, &["."]),
        ("no Go", &[("Dockerfile", NO_GO)], &["."]),
    ];
    let mut shown = String::new();
    for (name, files, args) in cases {
        let block = told(files, args).unwrap_or_else(|| "nothing\n".into());
        shown += &format!("## {name}\n{block}\n");
    }
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("rungs-told", shown);
    });
}

#[test]
fn the_rung_comes_between_the_findings_and_the_patch() {
    let text = out(&run(folder(&[("Dockerfile", PLAIN)]).path(), &["--no-context", "."]));
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("no {what} in {text}"));
    assert!(
        at("warning[multi-stage-go]") < at("rung: static") && at("rung: static") < at("--- a/Dockerfile")
    );
    assert!(text.contains("\n\nrung: static"), "{text}");
}

#[test]
fn the_rung_is_told_after_the_changes_are_made_too() {
    let dir = folder(&[("Dockerfile", PLAIN)]);
    let args = ["--no-context", "--apply", "Dockerfile"];
    assert!(block(&out(&run(dir.path(), &args))).unwrap().contains("static"));
    // Now it is there, and there is nothing to do.
    assert_eq!(out(&run(dir.path(), &args)), "");
    assert!(block(&out(&run(dir.path(), &["--no-context", "-v", "."]))).unwrap().contains("static"));
}

#[test]
fn quiet_and_patches_say_nothing_of_rungs() {
    let dir = folder(&[("a/Dockerfile", PLAIN), ("b/Dockerfile", HEALTH)]);
    for args in [&["-f", "diff", "."][..], &["-q", "."], &["-q", "--apply", "."]] {
        let output = run(dir.path(), &[&["--no-context"], args].concat());
        assert!(!out(&output).contains("rung: "), "{args:?}: {}", out(&output));
        assert!(args[0] == "-f" || err(&output).is_empty(), "{args:?}: {}", err(&output));
    }
}

#[test]
fn several_images_are_counted_by_rung() {
    let dir = folder(&[("a/Dockerfile", PLAIN), ("b/Dockerfile", HEALTH), ("c/Dockerfile", NO_GO)]);
    let output = run(dir.path(), &["--no-context", "."]);
    assert!(err(&output).starts_with("2 images of Go programs: 1 static, 1 slim\n"), "{}", err(&output));
}

#[test]
fn records_hold_the_ladder() {
    let plain = ladder(&[("Dockerfile", PLAIN)], &["--no-context"]);
    assert_eq!(plain["rung"], "static");
    assert_eq!(plain["from"], "single");
    assert_eq!(plain["blockers"], serde_json::json!([]));
    assert!(plain["evidence"][0]["what"].is_string() && plain["evidence"][0]["line"].is_u64(), "{plain}");
    let health = ladder(&[("Dockerfile", HEALTH)], &["--no-context"]);
    let expected = serde_json::json!([{
        "id": "healthcheck-command",
        "rung": "static",
        "through": "cc",
        "message": health["blockers"][0]["message"],
        "line": 9,
        "passable": false,
    }]);
    assert_eq!(health["blockers"], expected);
    assert_eq!((&health["rung"], &health["from"]), (&"slim".into(), &"multi".into()));
    assert!(ladder(&[("Dockerfile", NO_GO)], &[]).is_null());
    assert!(ladder(&[("Dockerfile", "FROM golang:1.22\nCOPY\n")], &[]).is_null());
}

#[test]
fn records_name_the_file_of_the_context() {
    let files =
        [("Dockerfile", UNSEEN), ("go.mod", "module example.com/a\n\ngo 1.22\n"), ("main.go", RUNS_GIT)];
    let ladder = ladder(&files, &["Dockerfile"]);
    let found = ladder["blockers"].as_array().unwrap().iter().find(|b| b["id"] == "runs-programs").unwrap();
    assert_eq!((&found["file"], &found["line"]), (&"main.go".into(), &6.into()));
}

#[test]
fn what_is_told_holds_no_control_characters() {
    let name = "a\u{1b}[2J.go";
    let files = [("Dockerfile", UNSEEN), ("go.mod", "module example.com/a\n\ngo 1.22\n"), (name, RUNS_GIT)];
    let text = told(&files, &["."]).unwrap();
    assert!(!text.contains('\u{1b}'), "{text:?}");
}

#[test]
fn every_blocker_is_explained() {
    let dir = TempDir::new().unwrap();
    for id in harden::transform::ladder::Id::ALL {
        let output = run(dir.path(), &["explain", id.name()]);
        let text = out(&output);
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        assert!(text.starts_with(&format!("{}: ", id.name())), "{text}");
        assert!(
            ["What", "Why", "Unlock"].iter().all(|part| text.contains(&format!("\n{part}\n  "))),
            "{text}"
        );
    }
    let shown = out(&run(dir.path(), &["explain", "healthcheck-command"]));
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("explained-blocker", shown);
    });
}

/// What `harden explain` says unlocks a rung, as files.
const UNLOCKED: [(&str, &str); 8] = [
    (
        "healthcheck-command",
        "FROM golang:1.26 AS b\nWORKDIR /s\nCOPY go.mod main.go ./\nRUN CGO_ENABLED=0 go build -o /app .\nFROM alpine:3.23\nCOPY --from=b /app /app\nHEALTHCHECK CMD [\"/app\", \"health\"]\nENTRYPOINT [\"/app\"]\n",
    ),
    (
        "cgo-musl",
        "FROM golang:1.26-alpine AS b\nRUN apk add --no-cache build-base\nENV CGO_ENABLED=1\nWORKDIR /s\nCOPY . .\nRUN go build -ldflags='-linkmode external -extldflags \"-static\"' -o /app .\nFROM alpine:3.23\nCOPY --from=b /app /app\nENTRYPOINT [\"/app\"]\n",
    ),
    (
        "setcap",
        "FROM golang:1.26-alpine AS b\nRUN apk add --no-cache libcap-setcap\nWORKDIR /s\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app . && setcap cap_net_raw+ep /app\nFROM alpine:3.23\nCOPY --from=b /app /app\nENTRYPOINT [\"/app\"]\n",
    ),
    (
        "custom-certificates",
        "FROM golang:1.26 AS b\nCOPY company.crt /usr/local/share/ca-certificates/\nRUN update-ca-certificates\nWORKDIR /s\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app .\nFROM alpine:3.23\nCOPY --from=b /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/\nCOPY --from=b /app /app\nENTRYPOINT [\"/app\"]\n",
    ),
    (
        "final-run",
        "FROM golang:1.26 AS b\nWORKDIR /s\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app .\nFROM alpine:3.23 AS files\nRUN wget -O /geo.mmdb https://example.com/geo.mmdb\nFROM alpine:3.23\nCOPY --from=files /geo.mmdb /geo.mmdb\nCOPY --from=b /app /app\nENTRYPOINT [\"/app\"]\n",
    ),
    (
        "writes-as-root",
        "FROM golang:1.26\nWORKDIR /s\nCOPY go.mod main.go ./\nRUN CGO_ENABLED=0 go build -o /bin/app .\nRUN mkdir -p /data\nVOLUME /data\nCMD [\"/bin/app\", \"-data\", \"/data\"]\n",
    ),
    (
        "settings-variables",
        "FROM golang:1.26\nWORKDIR /s\nCOPY go.mod main.go ./\nRUN CGO_ENABLED=0 go build -o /bin/app .\nARG VERSION\nLABEL version=$VERSION\nVOLUME /go/data\nCMD [\"/bin/app\"]\n",
    ),
    (
        "assets-unseen",
        "FROM golang:1.26\nWORKDIR /app\nCOPY go.mod go.sum *.go ./\nCOPY templates ./templates\nRUN CGO_ENABLED=0 go build -o server .\nCMD [\"./server\"]\n",
    ),
];

#[test]
fn what_is_said_to_unlock_a_rung_does() {
    for (id, text) in UNLOCKED {
        let ladder = ladder(&[("Dockerfile", text)], &["--no-context"]);
        assert_eq!(ladder["rung"], "static", "{id}: {ladder}");
    }
}

#[test]
fn an_unknown_name_has_the_nearest_recipe_or_blocker() {
    let dir = TempDir::new().unwrap();
    for (name, nearest) in [("nonrot-user", "nonroot-user"), ("cgo-unkown", "cgo-unknown")] {
        let output = run(dir.path(), &["explain", name]);
        assert_eq!(output.status.code(), Some(2));
        assert!(err(&output).contains(&format!("did you mean `{nearest}`?")), "{}", err(&output));
    }
    // A blocker is nothing that could be selected, nor one of the recipes that are listed.
    assert_eq!(run(dir.path(), &["--select", "cgo-unknown", "."]).status.code(), Some(2));
    assert!(!out(&run(dir.path(), &["recipes"])).contains("cgo-unknown"));
}
