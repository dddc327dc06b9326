//! Measured mistakes of other tools, which this one does not make. Every test has a fix that is made beside the trap.
#![allow(clippy::unwrap_used)]

mod support;

use harden::engine::harden;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use support::{WAYS, settings};
use tempfile::TempDir;

/// What becomes of a text.
#[track_caller]
fn made(text: &str, pack: &str, include_unsafe: bool) -> String {
    let outcome = harden(text.as_bytes(), None, &settings(pack, include_unsafe));
    assert_eq!(outcome.problem, None, "{text}");
    String::from_utf8(outcome.after).unwrap()
}

/// Asserts what becomes of a text with leave for unsafe fixes; without it, each line stays or becomes one of those.
#[track_caller]
fn check(before: &str, after: &str) {
    check_unsafe(before, after);
    for (pack, include_unsafe) in WAYS {
        let text = made(before, pack, include_unsafe);
        let known = |line: &&str| before.split('\n').chain(after.split('\n')).any(|l| l == *line);
        assert_eq!(text.split('\n').find(|line| !known(line)), None, "{pack}, unsafe: {include_unsafe}");
        let lines = |text: &str| text.split('\n').count();
        assert!((lines(before)..=lines(after)).contains(&lines(&text)), "{pack}: {text}");
    }
}

/// Asserts what becomes of a text with leave for unsafe fixes.
#[track_caller]
fn check_unsafe(before: &str, after: &str) {
    assert_ne!(before, after, "a fix must be made beside the trap");
    assert_eq!(made(before, "go", true), after);
}

/// The program in a folder with these files.
fn run(files: &[(&str, &str)], args: &[&str]) -> (Output, TempDir) {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    (run_in(folder.path(), args), folder)
}

fn run_in(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harden"));
    for name in ["CI", "GITHUB_ACTIONS", "CLICOLOR_FORCE", "FORCE_COLOR"] {
        command.env_remove(name);
    }
    command
        .env("XDG_CACHE_HOME", "/nonexistent")
        .current_dir(folder)
        .arg("--unsafe")
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

const FIXED: (&str, &str) =
    ("FROM debian:13\nUSER 1\nCMD /app\n", "FROM debian:13\nUSER 1\nCMD [\"/app\"]\n");
/// A fix could be made to the command, but the first line of the heredoc has no end.
const BROKEN: &str = "FROM debian:13\nUSER 1\nCMD /app\nRUN <<EOF\necho a\n";

// 2
#[test]
fn a_text_that_is_not_understood_is_not_written() {
    let texts: [&[u8]; 4] = [
        BROKEN.as_bytes(),
        b"FROM debian:13\nFORM x\nCMD /app\n",
        b"CMD /app\n",
        b"FROM debian:13\nRUN a\xff\nCMD /app\n",
    ];
    for text in texts {
        for (pack, include_unsafe) in WAYS {
            let outcome = harden(text, None, &settings(pack, include_unsafe));
            assert!(outcome.problem.is_some(), "{}", String::from_utf8_lossy(text));
            assert_eq!(outcome.after, text);
            assert!(outcome.findings.is_empty());
        }
    }
    let (output, folder) = run(&[("Dockerfile", BROKEN)], &["--apply", "Dockerfile"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(folder.path().join("Dockerfile")).unwrap(), BROKEN);
    check(FIXED.0, FIXED.1);
}

// 6
#[test]
fn a_command_that_is_not_last_survives_a_file_without_final_newline() {
    check(
        "FROM debian:13\nUSER 1\nENTRYPOINT /app\nEXPOSE 8080",
        "FROM debian:13\nUSER 1\nENTRYPOINT [\"/app\"]\nEXPOSE 8080",
    );
    check(
        "FROM scratch\nCMD [\"-v\"]\nCOPY app /app\nENTRYPOINT [\"/app\"]\nUSER 1\n\nFROM debian:13\nCOPY app /app\nUSER 1\nCMD /app\nLABEL a=b\nEXPOSE 8080",
        "FROM scratch\nCMD [\"-v\"]\nCOPY app /app\nENTRYPOINT [\"/app\"]\nUSER 1\n\nFROM debian:13\nCOPY app /app\nUSER 1\nCMD [\"/app\"]\nLABEL a=b\nEXPOSE 8080",
    );
}

// 9
#[test]
fn an_unparsable_file_costs_no_other_its_report_or_its_fixes() {
    let files = [("a.Dockerfile", FIXED.0), ("b.Dockerfile", BROKEN), ("c.Dockerfile", FIXED.0)];
    let (output, folder) = run(&files, &["-f", "json", "."]);
    assert_eq!(output.status.code(), Some(2));
    let record: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let all = record["files"].as_array().unwrap();
    let file = |name: &str| all.iter().find(|file| file["path"].as_str().unwrap().ends_with(name)).unwrap();
    for name in ["a.Dockerfile", "c.Dockerfile"] {
        assert_eq!(file(name)["changed"], true);
        assert_eq!(file(name)["findings"].as_array().unwrap().len(), 1);
    }
    assert!(file("b.Dockerfile")["error"].is_string());
    assert_eq!(run_in(folder.path(), &["--apply", "."]).status.code(), Some(2));
    for (name, text) in [("a.Dockerfile", FIXED.1), ("b.Dockerfile", BROKEN), ("c.Dockerfile", FIXED.1)] {
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), text, "{name}");
    }
}

// 10
#[test]
fn a_from_inside_a_heredoc_is_no_base_image() {
    let body = "RUN <<EOF\ncat > Dockerfile <<X\nFROM golang:1.22\nCMD /app\nX\nEOF\nCOPY <<'END' /Dockerfile\nFROM golang:1.22\nCMD /app\nEND\n";
    check(
        &format!(
            "FROM golang:1.22 AS build\nCOPY go.mod main.go ./\n\nFROM debian:13\n{body}USER 1\nCMD /app\n"
        ),
        &format!(
            "FROM golang:1.27 AS build\nCOPY go.mod main.go ./\n\nFROM debian:13\n{body}USER 1\nCMD [\"/app\"]\n"
        ),
    );
}

// 11
#[test]
fn a_hash_inside_a_word_is_no_comment() {
    let run = "FROM debian:13\nRUN curl https://example.org/a#b -o /a && echo 'x # y' \"# z\"\nUSER 1\n";
    check(
        &format!("{run}CMD /app --url=http://x/#top '# a' b#c\n"),
        &format!("{run}CMD [\"/app\", \"--url=http://x/#top\", \"# a\", \"b#c\"]\n"),
    );
    let (head, tail) = (
        "FROM golang:1.27 AS build\nCOPY go.mod main.go ./\n",
        "-o /a#b .\n\nFROM scratch\nCOPY --from=build /a#b /a\nUSER 1\nCMD [\"/a\"]\n",
    );
    check(
        &format!("{head}RUN go build -ldflags=\"-X main.url=http://x/#top\" {tail}"),
        &format!(
            "{head}RUN CGO_ENABLED=0 GOOS=linux go build -ldflags=\"-X main.url=http://x/#top -s -w\" {tail}"
        ),
    );
}

// 12
#[test]
fn comments_inside_continuations_are_kept() {
    check(
        r#"FROM golang:1.22 AS build
ENV A=1 \
    # why B
    B=2
COPY go.mod main.go ./
RUN go mod download && \
    # now build

# and not test
    go build \
    # the output
    -o /app .

FROM scratch
COPY --from=build /app /app
CMD [ \
  # the program
  "/app" \
]
"#,
        r#"FROM golang:1.27 AS build
ENV A=1 \
    # why B
    B=2
COPY go.mod main.go ./
RUN go mod download && \
    # now build

# and not test
    CGO_ENABLED=0 GOOS=linux go build -ldflags="-s -w" \
    # the output
    -o /app .

FROM scratch
COPY --from=build /app /app
USER 65532:65532
CMD [ \
  # the program
  "/app" \
]
"#,
    );
}

// 13
#[test]
fn a_comment_that_ends_in_a_backslash_ends_there() {
    let text = |version: &str, build: &str, user: &str| {
        format!(
            "FROM golang:{version} AS build\n# files \\\nCOPY go.mod main.go ./\n# build \\\nRUN {build} -o /app . \\\n    # done \\\n    && echo done\n\n# run \\\nFROM scratch\nCOPY --from=build /app /app\n{user}# start \\\nCMD [\"/app\"]\n"
        )
    };
    check(
        &text("1.22", "go build", ""),
        &text("1.27", "CGO_ENABLED=0 GOOS=linux go build -ldflags=\"-s -w\"", "USER 65532:65532\n"),
    );
}

// 14
#[test]
fn an_empty_line_inside_a_continuation_splits_nothing() {
    let text = |version: &str, build: &str, user: &str, command: &str| {
        format!(
            "FROM golang:{version} AS build\nCOPY go.mod main.go ./\nRUN go vet ./... \\\n\n  \n    && {build} \\\n\n    -o /app .\n\nFROM scratch\nCOPY --from=build /app /app\n{user}ENTRYPOINT {command}\n"
        )
    };
    let before = text("1.22", "go build", "", "exec /app --port 80");
    check_unsafe(
        &before,
        &text(
            "1.27",
            "CGO_ENABLED=0 GOOS=linux go build -ldflags=\"-s -w\"",
            "USER 65532:65532\n",
            "[\"/app\", \"--port\", \"80\"]",
        ),
    );
    // By default the empty lines go, and nothing else of the command.
    let whole = "RUN go vet ./... \\\n    && go build \\\n    -o /app .\n\nFROM scratch\n";
    let default = made(&before, "default", false);
    assert!(default.contains(whole), "{default}");
}

// 15
#[test]
fn line_ends_and_the_final_newline_stay() {
    let before = "FROM golang:1.22 AS build\nCOPY go.mod main.go ./\nRUN go build -o /app .\n\nFROM scratch\nCOPY --from=build /app /app\nCMD /app";
    let after = "FROM golang:1.27 AS build\nCOPY go.mod main.go ./\nRUN CGO_ENABLED=0 GOOS=linux go build -ldflags=\"-s -w\" -o /app .\n\nFROM scratch\nCOPY --from=build /app /app\nUSER 65532:65532\nCMD [\"/app\"]";
    for end in ["", "\n", "\n\n\n"] {
        let (before, after) = (format!("{before}{end}"), format!("{after}{end}"));
        check(&before, &after);
        check(&before.replace('\n', "\r\n"), &after.replace('\n', "\r\n"));
    }
    // Mixed ends stay mixed.
    let head = "FROM debian:13\r\n# a\n\r\nUSER 1\nLABEL a=b \\\r\n  c=d\n";
    check(&format!("{head}CMD /app\r\n# b\n"), &format!("{head}CMD [\"/app\"]\r\n# b\n"));
}

// 16
#[test]
fn parser_directives_stay_first() {
    let syntax = "# syntax=docker/dockerfile:1.7\n";
    let two = "#syntax = docker/dockerfile:1\n# check=skip=all\n# a comment\n\n";
    for directives in [syntax, two] {
        check(&format!("{directives}{}", FIXED.0), &format!("{directives}{}", FIXED.1));
        check(
            &format!("{directives}FROM scratch\nCOPY a /a\nCMD [\"/a\"]\n"),
            &format!("{directives}FROM scratch\nCOPY a /a\nUSER 65532:65532\nCMD [\"/a\"]\n"),
        );
    }
}

// 21
#[test]
fn a_user_is_a_number_unless_the_image_has_the_name() {
    for base in ["debian:13", "alpine:3.24", "scratch", "golang:1.27"] {
        for pack in ["go", "article"] {
            let after = made(&format!("FROM {base}\nCOPY app /app\nCMD [\"/app\"]\n"), pack, true);
            let (head, rest) = after.split_once("COPY app /app\n").unwrap();
            assert_eq!(head, format!("FROM {base}\n"), "{pack}");
            // On a distribution the number gets a name and a home; programs built by Go need neither.
            let account = rest.strip_suffix("USER 65532:65532\nCMD [\"/app\"]\n").unwrap();
            let made_by = if base.starts_with("alpine") { "adduser" } else { "useradd" };
            let has_programs = !["scratch", "golang:1.27"].contains(&base);
            assert_eq!(account.contains(made_by), has_programs, "{pack}: {after}");
        }
    }
    let before =
        "FROM golang:1.22\nWORKDIR /app\nCOPY go.mod main.go ./\nRUN go build -o main .\nCMD [\"./main\"]\n";
    let default = made(before, "go", false);
    assert!(default.contains("\nUSER 65532:65532\n"), "{default}");
    // Distroless has the name.
    let article = made(before, "article", false);
    let end = "\nFROM gcr.io/distroless/static-debian12\nCOPY --from=builder /app/main /main\nUSER nonroot:nonroot\n";
    assert!(article.contains(end), "{article}");
}

// 22
#[test]
fn a_user_stands_before_entrypoint_and_cmd() {
    for commands in [
        "ENTRYPOINT [\"/app\"]\n# arguments\nCMD [\"-v\"]\n",
        "CMD [\"-v\"]\nENTRYPOINT [\"/app\"]\n",
        "CMD [\"-v\"]\n\nLABEL a=b\nENTRYPOINT [\"/app\"]\nEXPOSE 8080",
    ] {
        check(
            &format!("FROM scratch\nCOPY app /app\n{commands}"),
            &format!("FROM scratch\nCOPY app /app\nUSER 65532:65532\n{commands}"),
        );
    }
}

// 28
#[test]
fn a_command_that_needs_a_shell_keeps_it() {
    for command in ["/app -p 80", "exec /app -p 80", "/app '-p' \"80\""] {
        check(
            &format!("FROM debian:13\nUSER 1\nCMD {command}\n"),
            "FROM debian:13\nUSER 1\nCMD [\"/app\", \"-p\", \"80\"]\n",
        );
    }
    for command in [
        "a && b",
        "a || b",
        "a; b",
        "a | b",
        "a &",
        "a > /log",
        "a 2>&1",
        "a < /in",
        "app $PORT",
        "app ${PORT:-1}",
        "app \"$PORT\"",
        "app `id`",
        "app $(id)",
        "A=b app",
        "exec A=b",
        "app *.conf",
        "app [ab]",
        "app {a,b}",
        "app ~/x",
        "~/app",
        "cd /srv",
        "exec",
        "(app)",
        "{ app; }",
        "! app",
        "if a; then b; fi",
        "[\"app\"",
        "['app']",
        "[app]",
        "echo a",
        ". /env",
        "app \"\\$x\"$y",
        "set -e",
        "exec -a x app",
        "while true; do app; done",
        "app 'open",
    ] {
        for keyword in ["CMD", "ENTRYPOINT"] {
            let text = format!("FROM debian:13\nUSER 1\n{keyword} {command}\n");
            for (pack, include_unsafe) in WAYS {
                assert_eq!(made(&text, pack, include_unsafe), text, "{command}");
            }
        }
    }
    // Both: the forms decide how they combine. A shell of its own: what it starts is not known.
    for commands in [
        "ENTRYPOINT /app\nCMD -v\n",
        "ENTRYPOINT [\"/app\"]\nCMD -v\n",
        "SHELL [\"bash\", \"-c\"]\nCMD /app\n",
    ] {
        let text = format!("FROM debian:13\nUSER 1\n{commands}");
        assert_eq!(made(&text, "go", true), text);
    }
}

// 32
#[test]
fn a_second_run_changes_nothing() {
    let texts = [
        FIXED.0,
        "FROM golang:1.22\nWORKDIR /app\nCOPY src/go.mod .\nRUN go mod download\nCOPY src/main.go ./\nRUN go build -o main .\nCMD [\"./main\"]\n",
        "FROM golang:1.22-alpine\nWORKDIR /app\nENV A=1\nEXPOSE 80\nCOPY . .\nRUN go mod download\nRUN go build -o main .\nCMD ./main\n",
        "FROM golang:1.22\nCOPY . .\nRUN go mod download && go build -ldflags '-s' -o /a . && go build -o /b ./b\nCMD /a\n",
        "FROM golang:1.22 AS b\nCOPY . .\nRUN go get ./...\nRUN go build -o /a .\nFROM alpine:3.18\nRUN apk add curl\nCOPY --from=b /a /a\nCMD /a",
    ];
    for text in texts {
        for (pack, include_unsafe) in WAYS {
            let once = made(text, pack, include_unsafe);
            assert_eq!(made(&once, pack, include_unsafe), once, "{pack}, unsafe: {include_unsafe}");
        }
        assert_ne!(made(text, "go", true), text);
    }
}

// 33
#[test]
fn the_exit_code_tells_success_from_failure_and_change_from_none() {
    let code = |text: &str, args: &[&str]| run(&[("Dockerfile", text)], args).0.status.code();
    for text in [FIXED.0, FIXED.1] {
        assert_eq!(code(text, &["Dockerfile"]), Some(0));
        assert_eq!(code(text, &["--apply", "Dockerfile"]), Some(0));
    }
    assert_eq!(code(FIXED.0, &["--check", "Dockerfile"]), Some(1));
    assert_eq!(code(FIXED.1, &["--check", "Dockerfile"]), Some(0));
    for args in [
        &["Dockerfile"][..],
        &["--check", "Dockerfile"],
        &["--apply", "Dockerfile"],
        &["-f", "diff", "Dockerfile"],
    ] {
        assert_eq!(code(BROKEN, args), Some(2), "{args:?}");
    }
}

// 34
#[test]
fn only_the_lines_of_a_fix_change() {
    let head = "# a\n\n\n\nFROM   debian:13\nRUN a;  b   \nLABEL\tx=\"y\"   \nenv A=1\nUSER 1\n\n\n";
    check(
        &format!("{head}  CMD   /app\n\n\n\n# end\n\n"),
        &format!("{head}  CMD   [\"/app\"]\n\n\n\n# end\n\n"),
    );
    // Lines that stand close stay close.
    check(
        "FROM golang:1.22 AS build\nCOPY go.mod main.go ./\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\nCMD [\"/app\"]\n",
        "FROM golang:1.27 AS build\nCOPY go.mod main.go ./\nRUN CGO_ENABLED=0 GOOS=linux go build -ldflags=\"-s -w\" -o /app .\nFROM scratch\nCOPY --from=build /app /app\nUSER 65532:65532\nCMD [\"/app\"]\n",
    );
}

// 36
#[test]
fn an_add_of_an_address_stays_an_add() {
    // What is fetched is for root's eyes only, unless the instruction says otherwise.
    let closed = "FROM scratch\nADD https://example.org/app /app\nCMD [\"/app\"]\n";
    assert_eq!(made(closed, "go", true), closed);
    let adds =
        "ADD --chmod=755 https://example.org/app /app\nADD git@github.com:a/b.git /b\nADD x.tar.gz /x\n";
    check(
        &format!("FROM scratch\n{adds}CMD [\"/app\"]\n"),
        &format!("FROM scratch\n{adds}USER 65532:65532\nCMD [\"/app\"]\n"),
    );
    let before = "FROM golang:1.22\nWORKDIR /app\nCOPY go.mod main.go ./\nADD https://example.org/page.html ./\nRUN go build -o main .\nCMD [\"./main\"]\n";
    for (pack, include_unsafe) in WAYS {
        let after = made(before, pack, include_unsafe);
        assert!(after.contains("ADD https://example.org/page.html ./\n"), "{after}");
        assert!(!after.contains("COPY https"), "{after}");
        assert_ne!(after, before);
    }
}

// 37
#[test]
fn nothing_is_glued_to_a_last_line_without_newline() {
    check(
        "FROM scratch\nCOPY app /app\nCMD [\"/app\"]",
        "FROM scratch\nCOPY app /app\nUSER 65532:65532\nCMD [\"/app\"]",
    );
    let account = "RUN groupadd --system --gid 65532 nonroot \\\n    && useradd --system --no-log-init --uid 65532 --gid 65532 --create-home nonroot\n";
    check_unsafe(
        "FROM debian:13\nCMD /app",
        &format!("FROM debian:13\n{account}USER 65532:65532\nCMD [\"/app\"]"),
    );
    check_unsafe(
        "FROM golang:1.22\nWORKDIR /app\nCMD [\"./main\"]\nCOPY go.mod main.go ./\nRUN go build -o main .",
        "FROM cgr.dev/chainguard/go:latest AS builder\nWORKDIR /app\nCOPY go.mod main.go ./\nRUN CGO_ENABLED=0 GOOS=linux go build -ldflags=\"-s -w\" -o main .\n\nFROM gcr.io/distroless/static-debian13\nCOPY --from=builder /app/main /main\nUSER 65532:65532\nENTRYPOINT [\"/main\"]",
    );
}
