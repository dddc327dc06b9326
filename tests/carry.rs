//! A single stage that is split: what goes to which stage.
#![allow(clippy::unwrap_used)]

mod support;

use support::reference::{check, made, split, text};
use support::settings;

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
        "HEALTHCHECK NONE",
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
        ["ENV GOFLAGS=-mod=mod", "ENV GOPROXY=https://go.example.org", "ENV CGO_ENABLED=0", "# a comment"]
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
    let got = made(&named(&text("", ""), "AS Build-1"), &settings("go", false));
    assert_eq!(got.to_lowercase(), after.to_lowercase());
    check(
        &named(&text("", ""), "as web"),
        &split("", "").replace(" AS builder", " as web").replace("--from=builder", "--from=web"),
    );
}

#[test]
fn variables_go_along_one_by_one() {
    let line = "ENV A=1 GOPROXY=direct \\\n    B=\"x y\"";
    check(&text(line, ""), &split(line, "ENV A=1\nENV B=\"x y\""));
}

#[test]
fn files_go_along_by_name() {
    let new = |build: &str, header: &str, tail: &str| {
        split(build, tail)
            .replace(
                "COPY --from=builder /app/main /main\n",
                &format!("WORKDIR /app\nCOPY --from=builder /app/main /app/main\n{header}"),
            )
            .replace("ENTRYPOINT [\"/main\"]", "CMD [\"./main\"]")
    };
    check(
        &text("COPY a.html b.html ./", ""),
        &new("COPY a.html b.html ./", "COPY a.html b.html /app/\n", ""),
    );
    check(&text("COPY a.html pages/", ""), &new("COPY a.html pages/", "COPY a.html /app/pages/\n", ""));
    for line in [
        "COPY static ./static",
        "COPY --chown=1:1 page.html ./",
        "COPY --chmod=644 page.html ./",
        "COPY [\"page.html\", \"./\"]",
        "COPY <<EOF page.html\nx\nEOF",
        "ADD files.tar.gz ./",
    ] {
        check(&text("", line), &new("", "", line));
    }
    for line in ["# pages\nCOPY static /srv", "COPY --from=busybox /bin/sh /bin/sh"] {
        check(&text("", line), &split("", line));
    }
}

#[test]
fn a_volume_is_a_folder_of_the_new_user() {
    let made = "RUN mkdir -p /data";
    let after = |line: &str| {
        split("", line)
            .replace("-o main .\n\n", &format!("-o main .\n{made}\n\n"))
            .replace("COPY --from", "COPY --from=builder --chown=65532:65532 /data /data\nCOPY --from")
    };
    for line in ["VOLUME /data", "VOLUME [\"/data\"]", "# what it keeps\nVOLUME /data"] {
        check(&text("", line), &after(line));
        check(&text(line, ""), &after(line));
    }
}

#[test]
fn a_user_stays_or_gets_a_number() {
    let with = |user: &str| split("", "").replace("USER 65532:65532", &format!("USER {user}"));
    check(&text("", "USER 1000"), &with("1000"));
    check(&text("", "USER nobody"), &with("65534:65534"));
}

#[test]
fn a_folder_that_is_entered_after_the_build_stays() {
    check(&text("", "WORKDIR /data").replace("./main\"]", "/app/main\"]"), &{
        let after = split("", "WORKDIR /data").replace("/app/main /main", "/app/main /app/main");
        after.replace("ENTRYPOINT [\"/main\"]", "CMD [\"/app/main\"]")
    });
    let after = split("", "WORKDIR sub").replace(
        "COPY --from=builder /app/main /main\n",
        "WORKDIR /app\nCOPY --from=builder /app/main /app/main\n",
    );
    check(
        &text("", "WORKDIR sub").replace("./main\"]", "/app/main\"]"),
        &after.replace("ENTRYPOINT [\"/main\"]", "CMD [\"/app/main\"]"),
    );
    // The program that the command names is in the folder that the build enters.
    check(&text("WORKDIR sub", ""), &split("WORKDIR sub", "").replace("/app/main", "/app/sub/main"));
}

#[test]
fn folders_for_data_keep_the_working_directory_that_they_are_in() {
    for line in ["RUN mkdir -p /app/data", "VOLUME /app/data", "VOLUME /app"] {
        for text in [text(line, ""), text("", line)] {
            let after = made(&text, &settings("go", true));
            let (_, last) = after.rsplit_once("\nFROM ").unwrap();
            assert!(last.contains("\nWORKDIR /app\n"), "the program finds data/ by it:\n{after}");
            assert_eq!(after.matches("mkdir").count(), 1, "{after}");
        }
    }
}

#[test]
fn a_file_copied_before_another_folder_is_entered_stays_where_it_was() {
    let before = text("", "COPY page.html ./\nWORKDIR /data").replace("./main\"]", "/app/main\"]");
    let after = split("", "COPY page.html ./\nWORKDIR /data").replace(
        "COPY --from=builder /app/main /main\n",
        "WORKDIR /app\nCOPY --from=builder /app/main /app/main\n",
    );
    check(&before, &after.replace("ENTRYPOINT [\"/main\"]", "CMD [\"/app/main\"]"));
}
