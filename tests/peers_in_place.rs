//! More measured mistakes of other tools, which the recipes for all languages do not make; `peers.rs` has the others.
#![allow(clippy::unwrap_used)]

mod support;

use harden::catalog::View;
use harden::engine::{Settings, harden};
use harden::recipe::{Choice, Library, Own};
use std::sync::Arc;

/// What becomes of a text by all recipes that work in place.
#[track_caller]
fn made(text: &str) -> String {
    let settings = Settings {
        include_unsafe: true,
        ..Settings::new(support::in_place(), Arc::new(View::of_listings()))
    };
    with(text, &settings)
}

/// What becomes of a text by the recipes of a pack.
#[track_caller]
fn by(pack: &str, text: &str) -> String {
    with(text, &support::settings(pack, true))
}

#[track_caller]
fn with(text: &str, settings: &Settings) -> String {
    let outcome = harden(text.as_bytes(), None, settings);
    assert_eq!(outcome.problem, None, "{text}");
    String::from_utf8(outcome.after).unwrap()
}

/// The keywords of a file, in order.
fn keywords(text: &str) -> Vec<&str> {
    let first = |line: &'_ str| line.split(' ').next().unwrap_or_default().to_owned();
    let lines =
        text.lines().filter(|line| !first(line).is_empty() && first(line).chars().all(char::is_uppercase));
    lines.map(|line| line.split(' ').next().unwrap()).collect()
}

// 1
#[test]
fn operators_behind_a_list_of_packages_stay() {
    let before = "FROM debian:13\nRUN apt-get update && apt-get install -y \\\n    zip \\\n    make \\\n    && echo done\nUSER 1\n";
    let after = "FROM debian:13\nRUN apt-get update && apt-get install -y --no-install-recommends \\\n    zip \\\n    make \\\n    && rm -rf /var/lib/apt/lists/* \\\n    && echo done\nUSER 1\n";
    assert_eq!(made(before), after);
}

// 3
#[test]
fn a_package_is_not_the_command_of_its_name() {
    let after = made(
        "FROM debian:13\nRUN apt-get update && apt-get install -y curl && curl https://example.org/a -o /a\nUSER 1\n",
    );
    assert!(after.contains("install -y --no-install-recommends curl ca-certificates && "), "{after}");
    assert!(after.contains(" && curl https://example.org/a -o /a\n"), "{after}");
}

// 4
#[test]
fn a_mode_stays_where_it_is_set() {
    let text = "# syntax=docker/dockerfile:1.7\nFROM debian:13\nCOPY run /run.sh\nRUN chmod +x /run.sh\nUSER 1\nCMD [\"/run.sh\"]\n";
    assert_eq!(made(text), text);
    assert_eq!(
        made(&text.replace("COPY", "ADD ./x/ /x/\nCOPY")),
        text.replace("COPY", "COPY ./x/ /x/\nCOPY")
    );
}

// 5
#[test]
fn quotes_of_the_old_form_are_no_part_of_the_value() {
    assert_eq!(
        made("FROM debian:13\nLABEL a \"b c\"\nENV D \"e f\"\nENV G h i\nUSER 1\n"),
        "FROM debian:13\nLABEL a=\"b c\"\nENV D=\"e f\"\nENV G=\"h i\"\nUSER 1\n"
    );
}

// 7, 23
#[test]
fn nothing_is_added_for_the_sake_of_a_rule() {
    let before = "FROM ruby:3.4\nRUN curl -sSO https://example.org/a\nADD app.rb /app.rb\nEXPOSE 80\nCMD ruby /app.rb\n";
    for after in [made(before), by("strict", before), by("cis", before)] {
        let new = ["HEALTHCHECK", "STOPSIGNAL", "ENV", "ARG", "LABEL", "VOLUME"];
        assert!(!keywords(&after).iter().any(|keyword| new.contains(keyword)), "{after}");
        assert_ne!(after, before);
    }
}

// 8
#[test]
fn a_cache_mount_is_of_the_user_who_runs_the_step() {
    let id = "pip-no-cache".to_owned();
    let own = Own { params: "cache = 'mount'".parse().unwrap(), ..Own::default() };
    let choice = Choice {
        pack: "default".into(),
        select: vec![id.clone()],
        own: [(id, own)].into(),
        ..Choice::default()
    };
    let recipes = Library::builtin().unwrap().choose(&choice).unwrap();
    let settings = Settings { include_unsafe: true, ..Settings::new(recipes, Arc::new(View::of_listings())) };
    let root = "FROM python:3.13\nRUN pip install flask\n";
    assert!(with(root, &settings).contains("--mount=type=cache,target=/root/.cache/pip"));
    let other = root.replace("RUN", "USER app\nRUN");
    assert!(!with(&other, &settings).contains("/root/"), "{}", with(&other, &settings));
}

// 17, 18
#[test]
fn a_tag_is_one_that_is_there_and_says_as_much_as_before() {
    let after = by("strict", "ARG V=1.20\nFROM golang:${V}-alpine\nRUN apk add --no-cache git\nUSER 1\n");
    assert!(after.contains("FROM golang:${V}-alpine\n") && !after.contains("cgr.dev"), "{after}");
    let java =
        by("strict", "FROM maven:3.8-openjdk-11\nRUN apt-get update && apt-get install -y libsqlite3-dev\n");
    assert!(java.lines().next().unwrap().contains("11"), "{java}");
    assert!(java.contains("libsqlite3-dev"), "{java}");
    let own = "FROM registry.example.org/base:7\nCMD [\"/app\"]\n";
    assert_eq!(by("strict", own), own);
}

// 19
#[test]
fn files_for_windows_stay() {
    let text = "# escape=`\nFROM mcr.microsoft.com/windows/servercore:ltsc2025\nWORKDIR C:\\app\nRUN dir `\n  C:\\\nCMD app.exe\n";
    assert_eq!(made(text), text);
}

// 20
#[test]
fn nobody_becomes_root() {
    for base in ["node:24", "python:3.13-slim", "jenkins/jenkins:lts", "example.org/base:1"] {
        let after =
            by("strict", &format!("FROM {base}\nRUN apt-get update && apt-get install curl\nCMD [\"x\"]\n"));
        assert!(!after.contains("USER root") && !after.contains("USER 0"), "{after}");
    }
}

// 24
#[test]
fn what_is_apts_is_not_done_to_apk_and_owners_stay() {
    let text = "FROM alpine:3.24\nRUN apk add curl\nCOPY --chown=1000:1000 a /a\nUSER 1\n";
    assert_eq!(made(text), text.replace("apk add", "apk add --no-cache"));
}

// 25
#[test]
fn cgo_stays_where_the_file_asks_for_it() {
    let text = "FROM golang:1.27\nENV CGO_ENABLED=1\nWORKDIR /src\nCOPY . .\nRUN go build -tags libsqlite3 -o /app .\nCMD [\"/app\"]\n";
    let after = by("strict", text);
    assert!(!after.contains("CGO_ENABLED=0") && after.contains("ENV CGO_ENABLED=1"), "{after}");
}

// 26
#[test]
fn pipefail_is_not_asked_of_a_shell_without_it() {
    let pipe = "RUN curl -fsS https://example.org/a.tgz | tar xz\nUSER 1\n";
    let unknown = format!("FROM example.org/base:1\n{pipe}");
    assert_eq!(made(&unknown), unknown);
    let debian = made(&format!("FROM debian:13\n{pipe}"));
    assert!(debian.contains("SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]"), "{debian}");
    assert!(!debian.contains("set -o pipefail"), "{debian}");
}

// 27
#[test]
fn nothing_is_taken_that_a_script_may_want_and_nothing_made_up() {
    let after = made(
        "FROM debian:13\nRUN apt-get update && apt-get install -y --no-install-recommends sudo\nCOPY start.sh /\nRUN sudo ln -s /a /b\nCMD [\"/start.sh\"]\n",
    );
    assert!(after.contains("recommends sudo") && after.contains("\nRUN ln -s /a /b\n"), "{after}");
    let node = made("FROM node:24\nCOPY package.json ./\nRUN npm install\nUSER 1000\n");
    assert!(
        node.contains("RUN npm install") && !node.contains("npm ci") && !node.contains("LABEL"),
        "{node}"
    );
}

// 29
#[test]
fn steps_are_not_joined() {
    let text = "FROM debian:13\nWORKDIR /\nRUN cd /a && make\n# why\nRUN make b; make c\nUSER 1\n";
    assert_eq!(made(text), text);
    let join = "FROM debian:13\nRUN apt-get update\n# why\nRUN apt-get install -y --no-install-recommends make\nUSER 1\n";
    assert!(made(join).contains("# why\n"), "{}", made(join));
}

// 30
#[test]
fn users_that_the_file_makes_keep_their_options() {
    for make in ["useradd -m -d /srv -G audio -s /bin/false app", "adduser --system --home /srv app"] {
        let text = format!("FROM debian:13\nRUN {make}\nUSER app\nCMD [\"/app\"]\n");
        assert_eq!(made(&text), text);
    }
}

// 31
#[test]
fn a_digest_is_no_other_images() {
    let digest = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let text = format!("ARG D={digest}\nFROM golang:1.22{digest} AS a\nFROM golang:1.22$D\nUSER 1\n");
    assert_eq!(by("strict", &text), text);
}

// 35, 38
#[test]
fn the_example_is_hardened_and_builds_what_it_built() {
    let before = std::fs::read_to_string(support::folder("../examples/go-http/Dockerfile")).unwrap();
    let after = by("default", &before);
    assert_eq!(after.matches("\nFROM ").count() + 1, 2, "{after}");
    assert!(after.contains("\nUSER 65532:65532\n") && !after.contains("distroless/static:latest"), "{after}");
    for line in before.lines().filter(|line| line.starts_with("COPY") || line.contains("go mod download")) {
        assert!(after.contains(line), "{line} is gone:\n{after}");
    }
}
