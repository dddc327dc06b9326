//! A single stage that is split: what goes to which stage, and what must not be split.
#![allow(clippy::unwrap_used)]

mod support;

use harden::engine::{Settings, harden};
use support::settings;

fn made(text: &str, settings: &Settings<'_>) -> String {
    let outcome = harden(text.as_bytes(), None, settings);
    assert_eq!(outcome.problem, None, "{text}");
    String::from_utf8(outcome.after).unwrap()
}

/// Asserts what becomes of a text with leave for unsafe fixes, also with other line ends, with a mark at its start and without its last newline.
#[track_caller]
fn check(before: &str, after: &str) {
    let settings = settings("default", true);
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

/// Asserts that a text is not split, not even with leave for unsafe fixes.
#[track_caller]
fn untouched(text: &str) {
    let mut settings = settings("default", true);
    settings.recipes.retain(|recipe| recipe.id == "multi-stage-go");
    assert_eq!(made(text, &settings), text);
}

/// Asserts that the reference case is not split with this line before its build, or after it.
#[track_caller]
fn untouched_with(line: &str) {
    untouched(&text(line, ""));
    untouched(&text("", line));
}

/// The reference case, with lines before and after its build.
fn text(before: &str, after: &str) -> String {
    let line = |text: &str| if text.is_empty() { String::new() } else { format!("{text}\n") };
    let (before, after) = (line(before), line(after));
    format!(
        "FROM golang:1.22\nWORKDIR /app\nCOPY go.mod main.go ./\n{before}RUN go build -o main .\n{after}CMD [\"./main\"]\n"
    )
}

/// What becomes of it: lines of the build stage, and of the new one.
fn split(build: &str, run: &str) -> String {
    let line = |text: &str| if text.is_empty() { String::new() } else { format!("{text}\n") };
    let (build, run) = (line(build), line(run));
    format!(
        "FROM cgr.dev/chainguard/go:latest AS builder\nWORKDIR /app\nCOPY go.mod main.go ./\n{build}RUN CGO_ENABLED=0 GOOS=linux go build -ldflags=\"-s -w\" -o main .\n\nFROM gcr.io/distroless/static-debian13\nCOPY --from=builder /app/main /main\n{run}USER 65532:65532\nENTRYPOINT [\"/main\"]\n"
    )
}

#[test]
fn the_reference_case() {
    check(&text("", ""), &split("", ""));
}

#[test]
fn settings_go_along_from_both_sides() {
    for line in [
        "EXPOSE 8080",
        "EXPOSE 8080/tcp 9090",
        "LABEL a=b c=\"d e\"",
        "LABEL a=b \\\n  # why\n  c=d",
        "STOPSIGNAL SIGINT",
        "MAINTAINER A <a@example.org>",
        "# the port\nEXPOSE 8080",
        "# one\n# two\nLABEL a=b\nSTOPSIGNAL 9",
        "ENV A=\"x y\"",
        "ENV A 1 2",
    ] {
        check(&text("", line), &split("", line));
        let build = if line.starts_with("ENV") { line } else { "" };
        check(&text(line, ""), &split(build, line));
    }
}

#[test]
fn variables_of_the_program_go_along_whatever_their_name() {
    for line in
        ["ENV GOMAXPROCS=2", "ENV GODEBUG=http2client=0", "ENV GOOGLE_APPLICATION_CREDENTIALS=/key.json"]
    {
        check(&text(line, ""), &split(line, line));
    }
}

#[test]
fn what_only_a_build_reads_stays_there() {
    for line in
        ["ENV GOFLAGS=-mod=mod", "ENV GOPROXY=https://proxy.golang.org", "ENV CGO_ENABLED=0", "# a comment"]
    {
        let after = split(line, "");
        // The linker's flags may be among GOFLAGS; CGO_ENABLED is decided.
        let after = if line.contains("GOFLAGS") { after.replace(" -ldflags=\"-s -w\"", "") } else { after };
        let after = if line.contains("CGO") { after.replace("RUN CGO_ENABLED=0 ", "RUN ") } else { after };
        check(&text(line, ""), &after);
    }
    check(&text("ARG VERSION=1", ""), &split("ARG VERSION=1", ""));
}

#[test]
fn comments_stay_with_what_they_explain() {
    check(
        r#"# syntax=docker/dockerfile:1
# a server

FROM golang:1.22
# here
WORKDIR /app
# files
COPY go.mod main.go ./

# about what follows

# the port
EXPOSE 8080
# now build
RUN go build -o main .
# start it
CMD ["./main"]
# the end
"#,
        r#"# syntax=docker/dockerfile:1
# a server

FROM cgr.dev/chainguard/go:latest AS builder
# here
WORKDIR /app
# files
COPY go.mod main.go ./

# about what follows

# now build
RUN CGO_ENABLED=0 GOOS=linux go build -ldflags="-s -w" -o main .

FROM gcr.io/distroless/static-debian13
COPY --from=builder /app/main /main
# the port
EXPOSE 8080
USER 65532:65532
# start it
ENTRYPOINT ["/main"]
# the end
"#,
    );
}

#[test]
fn blank_lines_between_all_instructions_are_kept_up() {
    check(
        r#"FROM golang:1.22

WORKDIR /app

# the port
EXPOSE 8080

COPY go.mod main.go ./

RUN go build -o main .

LABEL a=b

CMD ["./main", "-v"]
"#,
        r#"FROM cgr.dev/chainguard/go:latest AS builder

WORKDIR /app

COPY go.mod main.go ./

RUN CGO_ENABLED=0 GOOS=linux go build -ldflags="-s -w" -o main .

FROM gcr.io/distroless/static-debian13

COPY --from=builder /app/main /main

# the port
EXPOSE 8080

LABEL a=b

USER 65532:65532

ENTRYPOINT ["/main"]

CMD ["-v"]
"#,
    );
}

#[test]
fn keywords_in_lower_case_stay_so() {
    check(
        "from golang:1.22\nworkdir /app\ncopy go.mod main.go ./\nexpose 8080\nrun go build -o main .\ncmd [\"./main\", \"-v\"]\n",
        "from cgr.dev/chainguard/go:latest as builder\nworkdir /app\ncopy go.mod main.go ./\nrun CGO_ENABLED=0 GOOS=linux go build -ldflags=\"-s -w\" -o main .\n\nfrom gcr.io/distroless/static-debian13\ncopy --from=builder /app/main /main\nexpose 8080\nuser 65532:65532\nentrypoint [\"/main\"]\ncmd [\"-v\"]\n",
    );
}

#[test]
fn the_name_of_a_stage_stays() {
    let named = |text: &str, name: &str| text.replacen('\n', &format!(" {name}\n"), 1);
    let after =
        split("", "").replace(" AS builder", " AS Build-1").replace("--from=builder", "--from=build-1");
    let got = made(&named(&text("", ""), "AS Build-1"), &settings("default", false));
    assert_eq!(got.to_lowercase(), after.to_lowercase());
    check(
        &named(&text("", ""), "as web"),
        &split("", "").replace(" AS builder", " as web").replace("--from=builder", "--from=web"),
    );
}

#[test]
fn files_go_along_by_name() {
    let new = |build: &str, header: &str, tail: &str| {
        split(build, tail)
            .replace(
                "COPY --from=builder /app/main /main\n",
                &format!("WORKDIR /app\nCOPY --from=builder /app/main /app/main\n{header}"),
            )
            .replace("ENTRYPOINT [\"/main\"]", "ENTRYPOINT [\"/app/main\"]")
    };
    check(
        &text("COPY a.html b.html ./", ""),
        &new("COPY a.html b.html ./", "COPY a.html b.html /app/\n", ""),
    );
    check(&text("COPY a.html pages/", ""), &new("COPY a.html pages/", "COPY a.html /app/pages/\n", ""));
    // A folder might hold modules; one that comes after the build does not matter to it.
    let newest = |text: &str| text.replace("golang:1.22", "golang:1.27");
    check(&newest(&text("", "COPY static ./static")), &new("", "", "COPY static ./static"));
    check(&newest(&text("", "# pages\nCOPY static /srv")), &split("", "# pages\nCOPY static /srv"));
}

#[test]
fn a_file_copied_before_another_folder_is_entered_stays_where_it_was() {
    let before = text("", "COPY page.html ./\nWORKDIR /data").replace("./main\"]", "/app/main\"]");
    let after = split("", "COPY page.html ./\nWORKDIR /data").replace(
        "COPY --from=builder /app/main /main\n",
        "WORKDIR /app\nCOPY --from=builder /app/main /app/main\n",
    );
    check(&before, &after.replace("[\"/main\"]", "[\"/app/main\"]"));
}

#[test]
fn entrypoint_and_cmd_keep_their_parts() {
    let with = |text: &str, old: &str, new: &str| text.replace(old, new);
    for (old, new) in [
        (
            "ENTRYPOINT [\"./main\"]\n# arguments\nCMD [\"-v\", \"1\"]",
            "ENTRYPOINT [\"/main\"]\n# arguments\nCMD [\"-v\", \"1\"]",
        ),
        ("CMD [\"-v\"]\nENTRYPOINT [\"./main\",  \"x\"]", "CMD [\"-v\"]\nENTRYPOINT [\"/main\",  \"x\"]"),
        ("CMD [ \"./main\", \"-v\",  \"1\" ]", "ENTRYPOINT [\"/main\"]\nCMD [\"-v\",  \"1\"]"),
        ("CMD [\"/app/main\"]\nEXPOSE 80", "ENTRYPOINT [\"/app/main\"]\nEXPOSE 80"),
    ] {
        let after = with(&split("", ""), "ENTRYPOINT [\"/main\"]", new);
        let after = if old.contains("/app/") {
            after.replace("/app/main /main", "/app/main /app/main")
        } else {
            after
        };
        check(&with(&text("", ""), "CMD [\"./main\"]", old), &after);
    }
}

#[test]
fn what_the_text_does_not_show_is_not_split() {
    for line in [
        "VOLUME /data",
        "USER 1000",
        "USER nobody",
        "HEALTHCHECK CMD curl -f http://localhost/",
        "HEALTHCHECK NONE",
        "SHELL [\"/bin/bash\", \"-c\"]",
        "ONBUILD RUN true",
        "RUN go generate",
        "RUN go get golang.org/x/tools/cmd/stringer",
        "RUN go install golang.org/x/tools/cmd/stringer@v0.1.0",
        "RUN curl -o /usr/bin/x https://example.org/x",
        "RUN wget -q https://example.org/x",
        "RUN go build -o other ./other",
        "RUN <<EOF\ntrue\nEOF",
        "RUN useradd app",
        "COPY --chown=1:1 page.html ./",
        "COPY --chmod=644 page.html ./",
        "COPY --from=busybox /bin/sh /bin/sh",
        "ADD https://example.org/page.html ./",
        "ADD files.tar.gz ./",
        "COPY [\"page.html\", \"./\"]",
        "COPY <<EOF page.html\nx\nEOF",
        "LABEL v=$V",
        "EXPOSE $PORT",
        "STOPSIGNAL $S",
        "CMD [\"other\"]",
        "RUN mkdir -p /app/data",
        "RUN apk add ffmpeg",
        "RUN go build -o /b . > log",
        "RUN echo x > page.html",
        "RUN go build -o bin/ ./...",
        "ENTRYPOINT [\"/entrypoint.sh\"]",
        "ENV A=$HOME/x",
        "RUN [\"go\", \"generate\"]",
    ] {
        untouched_with(line);
    }
}

#[test]
fn another_build_or_command_is_not_split() {
    let with = |old: &str, new: &str| {
        let text = text("", "");
        assert!(text.contains(old), "{old}");
        untouched(&text.replace(old, new));
    };
    for command in [
        "CMD ./main $PORT",
        "CMD ./main",
        "CMD [\"./main\"",
        "CMD ['./main']",
        "CMD [\"sh\", \"-c\", \"./main\"]",
        "CMD [\"./other\"]",
        "CMD []",
        "CMD [\"main\"]",
        "CMD [\"go\", \"run\", \".\"]",
        "CMD [\"./main\"]\nCMD [\"./main\"]",
        "ENTRYPOINT [\"./main\"]\nCMD -v",
        "ENTRYPOINT ./main\nCMD [\"-v\"]",
        "CMD [\"./main\"]\nRUN go vet",
    ] {
        with("CMD [\"./main\"]", command);
    }
    for build in [
        "RUN go build -race -o main .",
        "RUN go build -buildmode=plugin -o main .",
        "RUN GOOS=windows go build -o main .",
        "RUN CGO_ENABLED=1 go build -o main .",
        "RUN go build",
        "RUN go install .",
        "RUN make",
        "RUN go build -o $OUT .",
        "RUN go build -o main . && go build -o other ./other",
        "RUN <<EOF\ngo build -o main .\nEOF",
        "RUN go build -o main . && ./main --init",
    ] {
        with("RUN go build -o main .", build);
    }
    for from in [
        "FROM golang:1.22-windowsservercore",
        "FROM golang:1.22-onbuild",
        "FROM example.org/golang:1.22",
        "FROM debian:13",
        "FROM scratch AS x\nFROM golang:1.22",
        "# escape=`\nFROM golang:1.22",
    ] {
        with("FROM golang:1.22", from);
    }
}

#[test]
fn a_build_for_a_given_platform_is_not_split() {
    // The new stage would be for another one.
    for flag in ["--platform=$BUILDPLATFORM", "--platform=linux/amd64"] {
        untouched(&text("", "").replace("FROM ", &format!("FROM {flag} ")));
    }
}

#[test]
fn a_relative_folder_after_the_build_is_not_split() {
    untouched(&text("", "WORKDIR sub"));
    untouched(&text("", "WORKDIR sub").replace("./main", "/app/main"));
}

#[test]
fn variables_go_along_one_by_one() {
    let line = "ENV A=1 GOPROXY=direct \\\n    B=\"x y\"";
    check(&text(line, ""), &split(line, "ENV A=1\nENV B=\"x y\""));
}
