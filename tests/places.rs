//! Findings are told at places of the file as it was, whatever pass found them.
#![allow(clippy::unwrap_used)]

mod support;

use harden::engine::{State, harden};

#[test]
fn lines_are_those_of_the_file_as_it_was() {
    let text = "FROM golang:1.27\nWORKDIR /go/src/app\nCOPY . .\nRUN go build -o /usr/bin/app .\n\
                # the command\nCMD /usr/bin/app --verbose\n";
    for (pack, include_unsafe) in support::WAYS {
        let outcome = harden(text.as_bytes(), None, &support::settings(pack, include_unsafe));
        let lines = text.lines().count();
        assert!(outcome.changed() || !include_unsafe);
        for finding in &outcome.findings {
            assert!(finding.fix.at.end <= text.len(), "{finding:?}");
            for evidence in &finding.fix.evidence {
                assert!(evidence.line.is_none_or(|line| (1..=lines).contains(&line)), "{evidence:?}");
            }
        }
        for evidence in outcome.findings.iter().flat_map(|f| &f.fix.evidence) {
            if evidence.what.starts_with("the program is") {
                assert!([4, 6].contains(&evidence.line.unwrap()), "{evidence:?}");
            }
        }
    }
}

#[test]
fn what_a_second_pass_finds_is_told_on_the_line_that_it_comes_from() {
    let text = "FROM debian:13\n# the program\nCOPY app /app\nEXPOSE 8080\nCMD app --port 8080\n";
    let outcome = harden(text.as_bytes(), None, &support::settings("go", true));
    let user = outcome.findings.iter().find(|f| f.fix.recipe == "nonroot-user").unwrap();
    assert_eq!(user.state, State::Applied);
    assert!(user.fix.evidence.iter().all(|e| e.line == Some(1)), "{user:?}");
    let exec = outcome.findings.iter().find(|f| f.fix.recipe == "exec-form-command").unwrap();
    assert!(exec.fix.evidence.iter().all(|e| e.line == Some(5)), "{exec:?}");
}
