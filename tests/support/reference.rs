//! The reference case of a split: one stage that builds a program and runs it.

use super::settings;
use harden::engine::{Settings, harden};

/// What becomes of a text.
pub fn made(text: &str, settings: &Settings) -> String {
    let outcome = harden(text.as_bytes(), None, settings);
    assert_eq!(outcome.problem, None, "{text}");
    String::from_utf8(outcome.after).unwrap()
}

/// Asserts what becomes of a text with leave for unsafe fixes, also with other line ends, with a mark at its start and without its last newline.
#[track_caller]
pub fn check(before: &str, after: &str) {
    let settings = settings("go", true);
    let crlf = |text: &str| text.replace('\n', "\r\n");
    let bom = |text: &str| format!("\u{feff}{text}");
    let cut = |text: &str| text.strip_suffix('\n').unwrap().to_owned();
    assert_eq!(made(before, &settings), after);
    assert_eq!(made(after, &settings), after, "a second run");
    assert_eq!(made(&crlf(before), &settings), crlf(after), "CRLF");
    assert_eq!(made(&bom(before), &settings), bom(after), "BOM");
    assert_eq!(made(&cut(before), &settings), cut(after), "no final newline");
    assert_eq!(made(&bom(&cut(&crlf(before))), &settings), bom(&cut(&crlf(after))), "all of it");
}

/// The verdict on a text by the recipe that splits alone, with leave for unsafe fixes or without.
pub fn alone(text: &str, include_unsafe: bool) -> String {
    let mut settings = settings("go", include_unsafe);
    settings.recipes.retain(|recipe| recipe.id == "multi-stage-go");
    made(text, &settings)
}

/// Asserts that a text is not split, not even with leave for unsafe fixes.
#[track_caller]
pub fn untouched(text: &str) {
    assert_eq!(alone(text, true), text);
}

/// Asserts that safe fixes do not split a text, and that unsafe ones do.
#[track_caller]
pub fn unsafe_only(text: &str) {
    assert_eq!(alone(text, false), text, "by safe fixes");
    assert_ne!(alone(text, true), text, "by unsafe fixes");
}

/// Asserts that the reference case is not split with this line before its build, or after it.
#[track_caller]
pub fn untouched_with(line: &str) {
    untouched(&text(line, ""));
    untouched(&text("", line));
}

/// The reference case, with lines before and after its build.
pub fn text(before: &str, after: &str) -> String {
    let line = |text: &str| if text.is_empty() { String::new() } else { format!("{text}\n") };
    let (before, after) = (line(before), line(after));
    format!(
        "FROM golang:1.22\nWORKDIR /app\nCOPY go.mod main.go ./\n{before}RUN go build -o main .\n{after}CMD [\"./main\"]\n"
    )
}

/// What becomes of it: lines of the build stage, and of the new one.
pub fn split(build: &str, run: &str) -> String {
    let line = |text: &str| if text.is_empty() { String::new() } else { format!("{text}\n") };
    let (build, run) = (line(build), line(run));
    format!(
        "FROM cgr.dev/chainguard/go:latest AS builder\nWORKDIR /app\nCOPY go.mod main.go ./\n{build}RUN CGO_ENABLED=0 GOOS=linux go build -ldflags=\"-s -w\" -o main .\n\nFROM gcr.io/distroless/static-debian13\nCOPY --from=builder /app/main /main\n{run}USER 65532:65532\nENTRYPOINT [\"/main\"]\n"
    )
}

/// What becomes of it where a shell or other programs are needed: what is installed, lines of the new stage, its command.
pub fn slim(install: &str, run: &str, command: &str) -> String {
    format!(
        "FROM golang:1.22 AS builder\nWORKDIR /app\nCOPY go.mod main.go ./\nRUN go build -o main .\n\nFROM debian:trixie-slim\n{install}COPY --from=builder /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt\nWORKDIR /app\nCOPY --from=builder /app/main /app/main\n{run}USER 65532:65532\n{command}\n"
    )
}
