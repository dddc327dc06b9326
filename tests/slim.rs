//! A single stage that goes to a small distribution: what has to be there, and what must not be taken for it.
#![allow(clippy::unwrap_used)]

mod support;

use harden::engine::harden;
use harden::project::{Memory, Project};
use std::collections::BTreeMap;
use support::settings;

const PLAIN: &str = "package main\n\nfunc main() {}\n";
const BUILD: &str =
    "FROM golang:1.24-bookworm\nWORKDIR /app\nCOPY go.mod main.go ./\nRUN go build -o main .\n";
const SCRIPT: &str = "COPY run.sh /run.sh\nRUN chmod +x /run.sh\nENTRYPOINT [\"/run.sh\"]\n";

/// What safe fixes make of a text, with these files around it besides go.mod.
fn made(text: &str, files: &[(&str, &str)]) -> String {
    let mut all = BTreeMap::new();
    all.insert("go.mod".to_owned(), b"module example.org/x\n\ngo 1.24\n".to_vec());
    for (name, text) in files {
        all.insert((*name).to_owned(), text.as_bytes().to_vec());
    }
    let project = Project::new(Box::new(Memory::new(all)));
    let outcome = harden(text.as_bytes(), Some(&project), &settings("go", false));
    assert_eq!(outcome.problem, None, "{text}");
    String::from_utf8(outcome.after).unwrap()
}

/// The new stage; empty where the file has none.
fn shipped(text: &str, files: &[(&str, &str)]) -> String {
    let after = made(text, files);
    after.split_once("\n\nFROM ").map(|(_, last)| last.to_owned()).unwrap_or_default()
}

#[track_caller]
fn kept(text: &str, files: &[(&str, &str)]) {
    assert_eq!(shipped(text, files), "", "it is shown to need more");
}

#[test]
fn a_script_that_calls_nothing_else_goes_along_once() {
    let script = "#!/bin/sh\nset -e\nexec /app/main \"$@\"\n";
    let last = shipped(&format!("{BUILD}{SCRIPT}"), &[("main.go", PLAIN), ("run.sh", script)]);
    assert!(last.starts_with("debian:bookworm-slim\n"), "{last}");
    assert_eq!(last.lines().filter(|line| line.ends_with(" /run.sh")).count(), 1, "{last}");
}

#[test]
fn programs_that_the_command_calls_are_there() {
    for command in [
        "CMD curl -s http://localhost/ > /tmp/x && ./main $P",
        "CMD go version && ./main $P",
        "CMD make migrate && ./main $P",
        "CMD [\"sh\", \"-c\", \"git pull; ./main $P\"]",
    ] {
        let last = shipped(&format!("{BUILD}{command}\n"), &[("main.go", PLAIN)]);
        let tool = ["curl", "git"].into_iter().find(|tool| command.contains(tool));
        let installed = tool.is_some_and(|tool| last.contains(&format!("install -y {tool} ")));
        assert!(last.is_empty() || installed, "{command}\n{last}");
    }
}

#[test]
fn scripts_of_another_interpreter_or_that_write_are_kept_where_they_are() {
    for script in [
        "#!/usr/bin/env python3\nexit 0\n",
        "#!/usr/bin/perl\nexit 0;\n",
        "#!/bin/sh\nmkdir -p /app/data\nexec /app/main\n",
        "#!/bin/sh\nchown -R nobody /app\nexec /app/main\n",
        "#!/bin/sh\necho a=b > /app/conf\nexec /app/main\n",
    ] {
        kept(&format!("{BUILD}{SCRIPT}"), &[("main.go", PLAIN), ("run.sh", script)]);
    }
    let forwards = "#!/bin/sh\nexec \"$@\"\n";
    kept(&format!("{BUILD}{SCRIPT}CMD [\"go\", \"version\"]\n"), &[("main.go", PLAIN), ("run.sh", forwards)]);
    let second = "#!/bin/sh\nnc -z db 1\n";
    let text = format!("{BUILD}COPY wait.sh /wait.sh\nCMD /wait.sh && ./main $P\n");
    kept(&text, &[("main.go", PLAIN), ("wait.sh", second)]);
}

#[test]
fn the_code_has_a_say_where_files_are_copied_by_name_or_a_shell_starts_the_program() {
    let git = "package main\n\nimport \"os/exec\"\n\nfunc main() { exec.Command(\"git\", \"pull\").Run() }\n";
    let writes =
        "package main\n\nimport \"os\"\n\nfunc main() { os.WriteFile(\"/var/lib/x\", nil, 0o600) }\n";
    for command in ["CMD [\"/app/main\"]", "CMD ./main $P"] {
        let last = shipped(&format!("{BUILD}{command}\n"), &[("main.go", git)]);
        assert!(last.is_empty() || last.contains("install -y git "), "{command}\n{last}");
        kept(&format!("{BUILD}{command}\n"), &[("main.go", writes)]);
    }
}

#[test]
fn the_shell_has_its_variables_and_its_folder() {
    let last = shipped(&format!("{BUILD}CMD ./main -d $GOPATH/x\n"), &[("main.go", PLAIN)]);
    assert!(last.is_empty() || last.contains("GOPATH=/go"), "{last}");
    let root = BUILD.replace("/app", "/root/app");
    kept(&format!("{root}CMD ./main $P\n"), &[("main.go", PLAIN)]);
    let shell = BUILD.replace("WORKDIR", "SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nWORKDIR");
    let last = shipped(&format!("{shell}CMD ./main $P\n"), &[("main.go", PLAIN)]);
    assert!(last.is_empty() || last.contains("SHELL ["), "{last}");
}

#[test]
fn folders_and_files_after_the_build_are_where_they_were() {
    let check = "HEALTHCHECK CMD curl -f http://localhost/\nCMD [\"/app/main\"]\n";
    let last = shipped(&format!("{BUILD}WORKDIR sub\n{check}"), &[("main.go", PLAIN)]);
    assert!(!last.contains("WORKDIR /app/sub\n") || !last.contains("WORKDIR sub\n"), "{last}");
    let text = format!("{BUILD}COPY page.html ./\nWORKDIR /data\n{check}");
    let last = shipped(&text, &[("main.go", PLAIN), ("page.html", "x")]);
    let before = last.split("COPY page.html").next().unwrap_or_default();
    assert!(last.is_empty() || before.contains("WORKDIR /app\n"), "{last}");
}

#[test]
fn libraries_and_zone_data_that_are_installed_are_not_lost() {
    for command in ["CMD [\"/app/main\"]", "CMD ./main $P"] {
        let packages = "RUN apt-get update && apt-get install -y libpcap-dev\nRUN CGO_ENABLED=1 go";
        kept(&format!("{}{command}\n", BUILD.replace("RUN go", packages)), &[("main.go", PLAIN)]);
    }
    let alpine =
        BUILD.replace("bookworm", "alpine3.20").replace("RUN go", "RUN apk add --no-cache tzdata\nRUN go");
    let last = shipped(&format!("{alpine}CMD ./main $P\n"), &[("main.go", PLAIN)]);
    assert!(last.is_empty() || last.contains("tzdata"), "{last}");
    // A package of a repository that the new stage does not know can't be installed there.
    let edge = "RUN apk add --no-cache --repository https://example.org/edge ffmpeg\nRUN go";
    let text = BUILD.replace("bookworm", "alpine3.20").replace("RUN go", edge);
    let last = shipped(&format!("{text}CMD [\"/app/main\"]\n"), &[("main.go", PLAIN)]);
    assert!(last.is_empty() || last.contains("--repository"), "{last}");
}

#[test]
fn names_with_blanks_are_copied_as_they_are() {
    let code = "package main\n\nimport \"os\"\n\nfunc main() {\n\tos.ReadFile(os.Args[1])\n}\n";
    let text = "FROM golang:1.24\nWORKDIR /app\nCOPY [\"go.mod\", \"main.go\", \"./\"]\nCOPY [\"in put\", \"/app/in put/\"]\nRUN go build -o main .\nCMD [\"./main\", \"in put/a b.txt\"]\n";
    let last = shipped(text, &[("main.go", code), ("in put/a b.txt", "x\n")]);
    assert!(
        last.contains("COPY --from=builder [\"/app/in put/a b.txt\", \"/app/in put/a b.txt\"]\n"),
        "{last}"
    );
}
