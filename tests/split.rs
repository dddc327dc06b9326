//! A single stage that is split: what becomes of its command, and what must not be split.
#![allow(clippy::unwrap_used)]

mod support;

use support::reference::{alone, check, slim, split, text, unsafe_only, untouched, untouched_with};

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
        ("CMD [\"/app/main\"]\nEXPOSE 80", "CMD [\"/app/main\"]\nEXPOSE 80"),
        ("CMD [\"/app/main\",  \"-v\"]", "CMD [\"/app/main\",  \"-v\"]"),
        ("ENTRYPOINT [\"/app/main\"]\nCMD [\"-v\"]", "ENTRYPOINT [\"/app/main\"]\nCMD [\"-v\"]"),
        ("CMD /app/main -v", "CMD [\"/app/main\", \"-v\"]"),
        ("ENTRYPOINT exec /app/main", "ENTRYPOINT [\"/app/main\"]"),
        ("CMD ./main", "ENTRYPOINT [\"/main\"]"),
        ("CMD ./main -v", "ENTRYPOINT [\"/main\"]\nCMD [\"-v\"]"),
        ("CMD [\"sh\", \"-c\", \"./main\"]", "ENTRYPOINT [\"/main\"]"),
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
        "HEALTHCHECK CMD nc -z localhost 80",
        "HEALTHCHECK CMD [\"/app/check\"]",
        "ONBUILD RUN true",
        "RUN <<EOF\ntrue\nEOF",
        "LABEL v=$V",
        "EXPOSE $PORT",
        "STOPSIGNAL $S",
        "CMD [\"other\"]",
        "RUN apt-get update && apt-get install -y libreoffice",
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
        "CMD [\"./main\"",
        "CMD ['./main']",
        "CMD [\"./other\"]",
        "CMD []",
        "CMD [\"main\"]",
        "CMD [\"go\", \"run\", \".\"]",
        "CMD [\"./main\"]\nCMD [\"./main\"]",
        "ENTRYPOINT [\"./main\"]\nCMD -v",
        "ENTRYPOINT ./main\nCMD [\"-v\"]",
    ] {
        with("CMD [\"./main\"]", command);
    }
    for build in [
        "RUN GOOS=windows go build -o main .",
        "RUN go install .",
        "RUN go build -o $OUT .",
        "RUN <<EOF\ngo build -o main .\nEOF",
    ] {
        with("RUN go build -o main .", build);
    }
    for from in ["FROM example.org/golang:1.22", "FROM debian:13", "# escape=`\nFROM golang:1.22"] {
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
fn a_relative_command_in_another_folder_is_not_split() {
    untouched(&text("", "WORKDIR sub"));
}

#[test]
fn an_image_of_another_system_is_not_split() {
    for tag in ["1.22-windowsservercore", "1.22-nanoserver-ltsc2022"] {
        untouched(&text("", "").replace("golang:1.22", &format!("golang:{tag}")));
    }
}

#[test]
fn what_is_no_program_is_not_split() {
    for mode in ["plugin", "c-shared", "c-archive"] {
        untouched(&text("", "").replace("-o main", &format!("-buildmode={mode} -o main")));
    }
}

#[test]
fn what_may_be_missed_is_split_by_unsafe_fixes_only() {
    for line in [
        "RUN curl -o /usr/bin/x https://example.org/x",
        "RUN wget -q https://example.org/x",
        "RUN go build -o other ./other",
        "RUN go build -o /b . > log",
        "RUN echo x > page.html",
    ] {
        unsafe_only(&text(line, ""));
        unsafe_only(&text("", line));
    }
    for line in [
        "COPY --chown=1:1 page.html ./",
        "COPY --chmod=644 page.html ./",
        "COPY [\"page.html\", \"./\"]",
        "COPY <<EOF page.html\nx\nEOF",
        "ADD https://example.org/page.html ./",
        "ADD files.tar.gz ./",
    ] {
        unsafe_only(&text(line, ""));
    }
    for build in
        ["make", "go build -o main . && go build -o other ./other", "go build -o main . && ./main --init"]
    {
        unsafe_only(&text("", "").replace("go build -o main .", build));
    }
}

#[test]
fn a_program_that_needs_the_c_library_gets_it() {
    for build in ["CGO_ENABLED=1 go build -o main .", "go build -race -o main ."] {
        let before = text("", "").replace("go build -o main .", build);
        let after = split("", "")
            .replace("cgr.dev/chainguard/go:latest", "golang:1.22")
            .replace("CGO_ENABLED=0 GOOS=linux go build -ldflags=\"-s -w\" -o main .", build)
            .replace("distroless/static", "distroless/cc");
        assert_eq!(alone(&before, false), after);
        assert_eq!(alone(&before, true), after);
    }
}

#[test]
fn what_needs_a_shell_goes_to_a_small_distribution_as_it_is() {
    for command in [
        "CMD ./main $PORT",
        "CMD ./main -port ${PORT:-80}",
        "CMD [\"sh\", \"-c\", \"./main -port $PORT\"]",
        "CMD [\"/bin/sh\", \"-c\", \"exec ./main -port $PORT\"]",
        "ENTRYPOINT ./main $PORT",
        "CMD echo started && ./main $PORT",
        "CMD sleep 5; exec ./main",
    ] {
        let text = text("", "").replace("CMD [\"./main\"]", command);
        assert_eq!(alone(&text, false), slim("", "", command));
        assert_eq!(alone(&text, true), slim("", "", command));
    }
}

#[test]
fn what_the_image_calls_is_installed_on_a_small_distribution() {
    let install = |packages: &str| {
        format!("RUN apt-get update && apt-get install -y {packages} && rm -rf /var/lib/apt/lists/*\n")
    };
    for check in [
        "HEALTHCHECK CMD curl -f http://localhost/",
        "HEALTHCHECK --interval=5s CMD curl -f http://localhost/ || exit 1",
        "HEALTHCHECK CMD [\"curl\", \"-f\", \"http://localhost/\"]",
    ] {
        let after = slim(&install("curl"), &format!("{check}\n"), "CMD [\"./main\"]");
        assert_eq!(alone(&text(check, ""), false), after);
        assert_eq!(alone(&text("", check), false), after);
    }
    let line = "RUN apt-get update && apt-get install -y ffmpeg";
    let after = slim(&install("ffmpeg"), "", "CMD [\"./main\"]");
    assert_eq!(
        alone(&text(line, ""), false),
        after.replacen("RUN go build", &format!("{line}\nRUN go build"), 1)
    );
}

#[test]
fn builds_without_a_name_and_steps_after_the_command_are_split() {
    let build = |text: &str| text.replace(" -o main .", "");
    check(&build(&text("", "")), &build(&split("", "")));
    let vet = "RUN go vet";
    let after = split("", "").replace("-o main .\n", &format!("-o main .\n{vet}\n"));
    assert_eq!(alone(&format!("{}{vet}\n", text("", "")), false), after);
    check(&text("", vet), &after);
    let stage = "FROM scratch AS x\n";
    check(&format!("{stage}{}", text("", "")), &format!("{stage}{}", split("", "")));
}

#[test]
fn a_program_takes_no_name_of_a_folder() {
    let moved = |text: &str, name: &str| {
        let text = text.replace("-o main", &format!("-o {name}")).replace("./main", &format!("./{name}"));
        alone(&text, true).contains(&format!("/app/{name} /{name}\n"))
    };
    for name in ["bin", "dev", "etc", "home", "lib", "proc", "sys", "tmp", "usr", "var"] {
        assert!(!moved(&text("", ""), name), "/{name} is a folder of the new base");
    }
    assert!(!moved(&text("", "VOLUME /data"), "data"), "/data is the volume");
}
