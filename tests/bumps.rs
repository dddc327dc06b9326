//! Bumps of images of all families: what is bumped, to what, how sure that is, and what is left alone.
#![allow(clippy::unwrap_used)]

mod support;

use harden::catalog::{Answer, Reference, Rules, View};
use harden::edit::Applicability;
use harden::engine::{Finding, Settings, State, harden};
use harden::project::{Memory, Project};
use std::sync::Arc;

const SHA: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

struct Bumped {
    text: String,
    findings: Vec<Finding>,
}

impl Bumped {
    /// The only finding.
    #[track_caller]
    fn only(&self) -> &Finding {
        assert_eq!(self.findings.len(), 1, "{:#?}", self.findings);
        &self.findings[0]
    }
}

fn settings(view: View) -> Settings {
    let mut settings = support::settings("go", true);
    settings.recipes.retain(|recipe| recipe.id == "newest-base-image");
    settings.view = Arc::new(view);
    settings
}

fn view(rules: &str) -> View {
    View { rules: toml::from_str::<Rules>(rules).unwrap(), ..View::on("2026-11-23".parse().unwrap()) }
}

fn run(text: &str, files: &[(&str, &str)], view: View) -> Bumped {
    let project = Project::new(Box::new(Memory::new(files.iter().map(|(path, bytes)| (*path, *bytes)))));
    let project = (!files.is_empty()).then_some(&project);
    let outcome = harden(text.as_bytes(), project, &settings(view));
    assert_eq!(outcome.problem, None, "{text}");
    Bumped { text: String::from_utf8(outcome.after).unwrap(), findings: outcome.findings }
}

fn bump(text: &str) -> Bumped {
    run(text, &[], view(""))
}

#[test]
fn images_that_get_fixes_stay() {
    for image in [
        "node:24",
        "node:lts-alpine",
        "python:3.12-slim",
        "python:3",
        "alpine:3.24",
        "alpine:edge",
        "debian:trixie-slim",
        "debian:testing",
        "ubuntu:24.04",
        "nginx:alpine",
        "me/node:8",
        "node@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "scratch",
    ] {
        let bumped = bump(&format!("FROM {image}\n"));
        assert!(bumped.findings.is_empty(), "{image}: {:?}", bumped.findings);
    }
}

#[test]
fn only_patches_of_one_release_are_safe() {
    for (image, expected, applicability) in [
        ("python:3.12.1-slim-bookworm", "python:3.12.14-slim-bookworm", Applicability::Safe),
        ("node:24.1.0-alpine", "node:24.19.0-alpine", Applicability::Unsafe),
        ("python:3.12-slim-bullseye", "python:3.12-slim-trixie", Applicability::Unsafe),
        ("node:24-bullseye-slim", "node:24-trixie-slim", Applicability::Unsafe),
        ("python:3.8-slim", "python:3.14-slim", Applicability::Unsafe),
        ("node:18-alpine3.18", "node:26-alpine3.24", Applicability::Unsafe),
        ("docker.io/library/node:18", "docker.io/library/node:26", Applicability::Unsafe),
        ("debian:buster-slim", "debian:trixie-slim", Applicability::Unsafe),
        ("alpine:3.18.2", "alpine:3.24", Applicability::Unsafe),
    ] {
        let bumped = run(&format!("FROM {image}\n"), &[("app.py", "")], view(""));
        assert_eq!(bumped.text, format!("FROM {expected}\n"));
        assert_eq!(bumped.only().fix.applicability, applicability, "{image}");
    }
}

/// Why a bump is not safe; empty for one that is.
fn reason(text: &str, files: &[(&str, &str)]) -> String {
    let bumped = run(text, files, view(""));
    assert_ne!(bumped.text, text);
    bumped.findings[0].fix.reason.clone()
}

#[test]
fn a_tag_that_does_not_say_its_distribution_may_have_left_it() {
    let app = [("app", "")];
    for image in [
        "python:3.12.1",
        "python:3.12.1-alpine",
        "httpd:2.4.50",
        "amazoncorretto:17.0.1",
        "redis:7.2.3-alpine",
    ] {
        let why = reason(&format!("FROM {image}\n"), &app);
        assert!(why.contains("another release of its distribution"), "{image}: {why}");
    }
    assert_eq!(reason("FROM httpd:2.4.50-trixie\n", &app), "");
    let tied = "FROM httpd:2.4.50\nRUN apt-get install -y libssl1.1\n";
    let bumped = run(tied, &app, view(""));
    assert_eq!((bumped.text.as_str(), bumped.only().state), (tied, State::Manual));
    assert!(bumped.only().fix.reason.contains("libssl1.1"), "{}", bumped.only().fix.reason);
}

#[test]
fn what_a_project_may_ask_for_and_was_not_seen_is_a_doubt() {
    let text = "FROM ruby:3.3.0-bookworm\nCOPY app /app\n";
    assert!(reason(text, &[]).starts_with("which version the project asks for was not seen"));
    assert_eq!(reason(text, &[("app/a.rb", "")]), "");
    let below = reason(text, &[("app/Gemfile", "ruby '3.3.0'\n")]);
    assert!(below.starts_with("app/Gemfile may ask for an exact version"), "{below}");
    assert_eq!(reason(text, &[("vendor/x/Gemfile", "")]), "");
}

#[test]
fn the_place_that_refuses_a_release_is_the_one_that_is_told() {
    let files =
        [("go.mod", "module a\n\ngo 1.22\n"), (".go-version", "1.23.4\n"), ("main.go", "package main\n")];
    let bumped = run("FROM golang:1.23\nCOPY . .\nRUN go build .\n", &files, view(""));
    assert!(
        bumped.only().fix.reason.starts_with(".go-version, line 1, asks for `1.23.4`"),
        "{:?}",
        bumped.only()
    );
}

#[test]
fn a_policy_names_an_image_in_any_spelling() {
    let rules = |name: &str| {
        format!(
            "mirrors = [{{ prefix = 'registry.corp', of = 'docker.io' }}]\npolicy = {{ '{name}' = {{ max = '24' }} }}\n"
        )
    };
    for name in ["node", "library/node", "docker.io/node", "registry.corp/library/node", "amd64/node"] {
        assert_eq!(run("FROM node:18\n", &[], view(&rules(name))).text, "FROM node:24\n", "{name}");
    }
    assert_eq!(run("FROM node:18\n", &[], view(&rules("me/node"))).text, "FROM node:26\n");
}

#[test]
fn platforms_are_not_lost() {
    let perl = "FROM perl:5.40.0\n";
    assert_eq!(run(perl, &[("a.pl", "")], view("")).text, perl, "5.40.5 is for one platform only");
    assert_eq!(
        bump("FROM --platform=linux/arm64/v8 node:18\n").text,
        "FROM --platform=linux/arm64/v8 node:26\n"
    );
}

#[test]
fn stages_that_are_built_on_the_image_count_too() {
    let text = |step: &str| {
        format!(
            "FROM golang:1.23-bullseye AS deps\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\n\
                 FROM deps AS build\nCOPY . .\nRUN {step}\nFROM scratch\nCOPY --from=build /app /app\nCMD [\"/app\"]\n"
        )
    };
    assert_eq!(reason(&text("go build -o /app ."), &[]), "");
    for step in [
        "apt-get install -y libfoo-dev && go build -o /app .",
        "go install example.com/x@v1.0.0 && go build -o /app .",
        "sudo apt-get install -y x && go build -o /app .",
        "sh -c 'go install example.com/x@v1'",
        "golangci-lint run && go build -o /app .",
        "GOEXPERIMENT=rangefunc go build -o /app .",
        "go version | grep 1.23 && go build -o /app .",
        "GOOS=windows GOARCH=arm go build -o /app.exe .",
    ] {
        assert_ne!(reason(&text(step), &[]), "", "{step}");
    }
}

#[test]
fn what_a_person_must_decide_is_told() {
    for (image, reason) in [
        ("python:2.7", "python:3.14 is further than a bump goes"),
        ("postgres:12", "postgres:18 is further than a bump goes"),
        ("node:6-onbuild", "no newer release of this variant is known"),
    ] {
        let bumped = bump(&format!("FROM {image}\n"));
        assert_eq!((bumped.only().state, bumped.text), (State::Manual, format!("FROM {image}\n")));
        assert!(bumped.findings[0].fix.reason.starts_with(reason), "{}", bumped.findings[0].fix.reason);
    }
}

#[test]
fn images_in_flags_are_bumped_too() {
    let text = "FROM scratch\nCOPY --from=composer:1 /usr/bin/composer /composer\n";
    assert_eq!(bump(text).text, text.replace("composer:1 ", "composer:2 "));
    let text = "FROM alpine:3.24\nRUN --mount=type=bind,from=busybox:1.36,target=/b /b/bin/ls\n";
    let bumped = bump(text);
    assert_eq!(bumped.text, text.replace("1.36", "1.38"));
    assert_eq!(bumped.only().fix.reason, "what is taken from the image may not be what it was");
}

#[test]
fn a_variable_is_changed_where_it_names_images_only() {
    let text = "ARG V=18\nFROM node:${V}-alpine AS a\nFROM node:$V-slim\n";
    assert_eq!(bump(text).text, text.replace("V=18", "V=26"));
    for text in [
        "ARG V=18\nFROM node:${V}\nARG V\nRUN echo $V\n",
        "ARG V=18\nFROM node:${V}\nFROM me/app:${V}\n",
        "ARG V=3.18\nFROM alpine:${V}\nFROM node:18-alpine$V\n",
        "ARG V=18\n# V is the version.\nFROM node:${V}\n",
        "ARG V\nARG V=18\nFROM node:${V:-18}\n",
    ] {
        let bumped = bump(text);
        assert_eq!(bumped.text, text);
        assert!(bumped.findings.iter().all(|f| f.state == State::Manual), "{:?}", bumped.findings);
    }
}

#[test]
fn a_digest_goes_along_with_its_tag_or_both_stay() {
    let text = format!("FROM node:18@{SHA}\n");
    let bumped = bump(&text);
    assert_eq!((bumped.only().state, &bumped.text), (State::Manual, &text));
    let mut view = view("");
    let new = SHA.replace('0', "9");
    view.lookups.insert(&Reference::parse("node:26").unwrap(), Answer::Digest(new.clone()));
    assert_eq!(run(&text, &[], view).text, format!("FROM node:26@{new}\n"));
}

#[test]
fn a_digest_is_not_replaced_by_one_that_only_a_mirror_told() {
    let (text, mut view) = (format!("FROM node:18@{SHA}\n"), view(""));
    let copy =
        Answer::Copy { digest: SHA.replace('0', "9"), registry: "reg.corp".into(), why: "no route".into() };
    view.lookups.insert(&Reference::parse("node:26").unwrap(), copy);
    let bumped = run(&text, &[], view);
    assert_eq!((bumped.only().state, &bumped.text), (State::Manual, &text));
}

#[test]
fn what_the_registry_does_not_have_is_not_taken() {
    let mut view = view("");
    view.lookups.insert(&Reference::parse("node:26-alpine").unwrap(), Answer::Missing);
    assert_eq!(run("FROM node:18-alpine\n", &[], view).text, "FROM node:24-alpine\n");
}

#[test]
fn the_projects_own_files_bound_a_bump() {
    let node = |file: &str, content: &str| run("FROM node:18\n", &[(file, content)], view(""));
    assert_eq!(node("package.json", r#"{"engines":{"node":">=18 <25"}}"#).text, "FROM node:24\n");
    assert_eq!(node("package.json", r#"{"engines":{"node":">=18"}}"#).text, "FROM node:26\n");
    let pinned = node(".nvmrc", "18\n");
    assert_eq!((pinned.only().state, pinned.text.as_str()), (State::Manual, "FROM node:18\n"));
    let reason = &pinned.findings[0].fix.reason;
    assert!(reason.starts_with(".nvmrc, line 1, asks for `18`: change that first"), "{reason}");
    let python = run(
        "FROM python:3.9\n",
        &[("pyproject.toml", "[project]\nrequires-python = '>=3.9,<3.13'\n")],
        view(""),
    );
    assert_eq!(python.text, "FROM python:3.12\n");
    let go =
        run("FROM golang:1.22\nCOPY . .\nRUN go build\n", &[("go.mod", "module a\ngo 1.99\n")], view(""));
    assert_eq!(go.only().state, State::Manual);
}

#[test]
fn the_projects_rules_are_kept() {
    let rules = "[policy]\nnode = { to = 'newest', max = '24' }\npython = 'patch'\nalpine = 'minor'";
    let bumped = |text: &str| run(text, &[], view(rules)).text;
    assert_eq!(bumped("FROM node:18\n"), "FROM node:24\n");
    assert_eq!(
        bumped("FROM node:22\n"),
        "FROM node:24\n",
        "what is asked for is done where no support ended, too"
    );
    assert_eq!(bumped("FROM python:3.8\n"), "FROM python:3.8\n");
    assert_eq!(bumped("FROM alpine:3.22\n"), "FROM alpine:3.24\n");
}

#[test]
fn a_mirror_is_seen_as_what_it_copies() {
    let rules = "mirrors = [{ prefix = 'registry.corp:5000/hub/', of = 'docker.io/' }]";
    let text = "FROM registry.corp:5000/hub/library/node:18\n";
    assert_eq!(run(text, &[], view(rules)).text, text.replace("18", "26"));
    assert_eq!(bump(text).text, text);
}

#[test]
fn packages_of_the_old_system_keep_it() {
    for run in [
        "apt-get install -y libssl1.1",
        "apt-get install -y curl=7.64.0-4",
        "echo deb http://deb.example.org buster main >> /etc/apt/sources.list",
    ] {
        let bumped = bump(&format!("FROM python:3.8-buster\nRUN {run}\n"));
        assert_eq!(bumped.only().state, State::Manual, "{run}");
        assert!(bumped.only().fix.reason.starts_with("line 2 "), "{}", bumped.only().fix.reason);
    }
    let above = bump("FROM python:3.8-buster AS base\nFROM base\nRUN apt-get install -y libicu63\n");
    assert_eq!(above.only().state, State::Manual, "a stage that is built on it counts");
    assert_eq!(bump("FROM python:3.8-buster\nRUN apt-get install -y curl\n").only().state, State::Applied);
    // The same release on the same system changes none of that.
    let patch = bump("FROM python:3.12.1-slim-bookworm\nRUN apt-get install -y curl=7.88.1-10\n");
    assert_eq!(patch.only().state, State::Applied);
}

#[test]
fn programs_are_not_linked_with_a_newer_c_library_than_they_meet() {
    let text = |last: &str, more: &str| {
        format!(
            "FROM golang:1.24 AS b\nCOPY go.mod main.go ./\nRUN {more}go build -o /app .\nFROM {last}\nCOPY --from=b /app /app\n"
        )
    };
    let doubt = |text: &str| {
        let bumped = bump(text);
        let go = bumped.findings.iter().find(|f| f.fix.message.contains("golang")).unwrap().fix.clone();
        go.reason
    };
    assert!(
        doubt(&text("debian:bookworm-slim", ""))
            .contains("newer C library may not start in docker.io/library/debian")
    );
    assert_eq!(doubt(&text("debian:bookworm-slim", "CGO_ENABLED=0 ")), "");
    assert_eq!(doubt(&text("debian:trixie-slim", "")), "");
    assert_eq!(doubt(&text("gcr.io/distroless/base-debian13", "")), "");
    assert_eq!(doubt(&(text("scratch", "") + "CMD [\"/app\"]\n")), "");
    let export = doubt(&text("scratch", ""));
    assert!(export.contains("may not start where it is taken to"), "{export}");
}

#[test]
fn where_a_program_goes_is_followed_through_stages() {
    const HEAD: &str = "FROM golang:1.23-bullseye AS b\nCOPY go.mod main.go ./\n";
    let last = "FROM debian:bullseye-slim\nCOPY --from=b /app /app\n";
    for rest in [
        "RUN go build -o /app .\nFROM registry.corp/runtime:1\nCOPY --from=b /app /app\n",
        "RUN go build -o /app .\nFROM debian:bullseye-slim AS rt\nFROM rt\nCOPY --from=b /app /app\n",
        "RUN go build -o /app .\nFROM alpine:3.24 AS m\nCOPY --from=b /app /app\nFROM debian:bullseye-slim\nCOPY --from=m /app /app\n",
        "RUN go build -o /app .\nFROM debian:bullseye-slim\nRUN --mount=type=bind,from=b,target=/b cp /b/app /app\n",
        &format!("RUN CGO_ENABLED=0 go build -o /a ./a && go build -o /app .\n{last}"),
        &format!("ENV CGO_ENABLED=0\nRUN CGO_ENABLED=1 go build -o /app .\n{last}"),
        &format!("RUN export CGO_ENABLED=1 && go build -o /app .\n{last}"),
    ] {
        let why = reason(&format!("{HEAD}{rest}"), &[]);
        assert!(why.contains("newer C library"), "{rest}: {why}");
    }
    for rest in [
        "ENV CGO_ENABLED=0\nRUN go build -o /app .\n",
        "RUN export CGO_ENABLED=0 && go build -o /app .\n",
        "RUN env CGO_ENABLED=0 go build -o /app .\n",
    ] {
        assert_eq!(reason(&format!("{HEAD}{rest}{last}"), &[]), "", "{rest}");
    }
    let alpine = "FROM golang:1.23-alpine3.20 AS b\nRUN apk add --no-cache g++ musl-dev\nCOPY go.mod main.go ./\nRUN go build -o /app .\nFROM alpine:3.18\nCOPY --from=b /app /app\n";
    assert!(reason(alpine, &[]).contains("newer C library"));
}

#[test]
fn only_images_for_the_platform_are_taken() {
    // Bookworm is the last one for this platform.
    let listed = "FROM --platform=linux/mips64le node:18-bookworm\n";
    assert_eq!(bump(listed).text, listed);
    assert_eq!(bump("FROM --platform=linux/arm64 node:18\n").text, "FROM --platform=linux/arm64 node:26\n");
    assert_eq!(bump("FROM arm64v8/node:18\n").text, "FROM arm64v8/node:26\n");
}

#[test]
fn a_day_decides() {
    let on = |day: &str, text: &str| run(text, &[], View::on(day.parse().unwrap())).text;
    let go = "FROM golang:1.22\nCOPY go.mod main.go ./\nRUN CGO_ENABLED=0 go build -o /app .\n";
    assert_eq!(on("2026-02-01", go), go.replace("1.22", "1.25"));
    assert_eq!(on("2026-11-23", go), go.replace("1.22", "1.27"));
    assert_eq!(on("2025-04-29", "FROM node:18\n"), "FROM node:18\n", "its support ends a day later");
    assert_eq!(on("2025-10-30", "FROM node:18\n"), "FROM node:24\n");
}
