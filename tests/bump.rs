//! A newer image of Go where the code or its tools may not go along.
#![allow(clippy::unwrap_used)]

mod support;

use harden::edit::Fix;
use harden::engine::{State, harden};

fn bump(text: &str) -> (State, Fix) {
    let outcome = harden(text.as_bytes(), None, &support::settings("go", false));
    let mut found = outcome.findings.into_iter().filter(|f| f.fix.recipe == "newest-base-image");
    let finding = found.next().unwrap_or_else(|| panic!("no bump is proposed for\n{text}"));
    (finding.state, finding.fix)
}

#[test]
fn a_version_is_got_inside_of_a_module_only() {
    for lines in [
        "RUN GO111MODULE=on go get example.org/a@v1.2.0 && mv /go/bin/a /usr/bin/",
        "ENV V=1\nRUN GO111MODULE=on go get \\\n  example.org/a@v${V} \\\n  example.org/b@v1",
        "WORKDIR /src\nCOPY . .\nRUN cd /tmp && go get example.org/a@v1\nRUN go build -o /a .",
    ] {
        let (state, fix) = bump(&format!("FROM golang:1.12\n{lines}\n"));
        assert_eq!(state, State::Manual, "{lines}: {}", fix.reason);
        assert!(fix.reason.contains("inside of a module"), "{}", fix.reason);
    }
    for lines in [
        "WORKDIR /src\nCOPY . .\nRUN go mod download && go get example.org/a@v1 && go build -o /a .",
        "RUN cd $(mktemp -d) && go mod init tmp && go get example.org/a@v1",
    ] {
        let (state, fix) = bump(&format!("FROM golang:1.16\n{lines}\n"));
        assert_eq!(state, State::Unsafe, "{lines}: {}", fix.reason);
    }
}

#[test]
fn modules_by_name_are_not_called_code_without_go_mod() {
    let (state, fix) =
        bump("FROM golang:1.11\nENV GO111MODULE=on\nCOPY . .\nRUN go get -d -v\nRUN go build -o /a .\n");
    assert_eq!(state, State::Unsafe);
    assert!(!fix.reason.contains("go.mod"), "{}", fix.reason);
    let (state, fix) = bump("FROM golang:1.11\nENV GO111MODULE=on\nCOPY . .\nRUN go get example.org/tool\n");
    assert_eq!(state, State::Manual);
    assert!(!fix.reason.contains("go.mod"), "{}", fix.reason);
}

#[test]
fn a_file_without_a_build_is_told_as_one() {
    let (state, fix) = bump("FROM golang:1.12\nRUN wget https://example.org/a.tgz\nRUN tar xzf a.tgz\n");
    assert_eq!(state, State::Unsafe);
    assert!(fix.reason.starts_with("no build is seen"), "{}", fix.reason);
    let (_, fix) = bump("FROM golang:1.22\nCOPY main.go ./\nRUN go build main.go\n");
    assert!(fix.reason.contains("no go.mod is seen"), "{}", fix.reason);
}

#[test]
fn releases_without_fixes_are_told_as_such() {
    for (tag, expected) in
        [("1.10", "since 2019-02-25"), ("1.9", "before 2019-02-25"), ("1.4", "before 2019-02-25")]
    {
        let (_, fix) = bump(&format!("FROM golang:{tag}\nRUN go version\n"));
        assert!(fix.message.contains("gets no fixes") && fix.message.ends_with(expected), "{}", fix.message);
    }
    let (_, fix) = bump("FROM golang:1.26\nRUN go version\n");
    assert!(fix.message.ends_with("is not the newest release"), "{}", fix.message);
}
