use super::*;

fn seen(end: End) -> Observation {
    Observation { end, ..Observation::default() }
}

fn answer(port: u16, facts: &[&str]) -> Answer {
    Answer {
        question: format!("GET / on port {port}"),
        port: Some(port),
        facts: facts.iter().map(|&fact| fact.to_owned()).collect(),
        unmet: Vec::new(),
    }
}

#[test]
fn an_original_that_fails_by_itself_is_noted() {
    let of = |first: &Observation, again: &Observation, arguments: &[&str]| {
        let arguments = arguments.iter().map(|&word| word.to_owned()).collect();
        note(first, again, &Trial { arguments, ..Trial::default() })
    };
    let (runs, good, bad) =
        (seen(End::Running), seen(End::Exited { code: 0 }), seen(End::Exited { code: 2 }));
    let what = "the original ends with exit code 2 without arguments: give some after `--`";
    assert_eq!(of(&bad, &bad, &[]).unwrap(), what);
    assert_eq!(of(&bad, &bad, &["--x"]).unwrap(), "the original ends with exit code 2");
    let unstarted = seen(End::NotStarted { message: "no such file".to_owned() });
    assert_eq!(of(&unstarted, &unstarted, &[]).unwrap(), "the original does not start: no such file");
    for (first, again) in [(&runs, &runs), (&good, &good), (&bad, &good), (&runs, &bad)] {
        assert_eq!(of(first, again, &[]), None);
    }
}

#[test]
fn a_probe_that_does_not_hold_says_what_came() {
    let mut observation = seen(End::Exited { code: 1 });
    let unmet = vec!["status 200".to_owned()];
    observation.answers = vec![answer(80, &["status 302"]), Answer { unmet, ..answer(8080, &["no answer"]) }];
    let error = holds(&observation).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Other);
    assert_eq!(error.message, "the probe \"GET / on port 8080\" does not hold on the original");
    let cause = "asked for status 200; what came: no answer; it had ended with exit code 1";
    assert_eq!(error.cause.as_deref(), Some(cause));
    assert_eq!(error.help.as_deref(), Some("correct the probe in harden.toml"));
    observation.answers.pop();
    assert_eq!(holds(&observation), Ok(()));
}

#[test]
fn the_next_run_is_waited_for_as_far_as_two_runs_agree() {
    let lines = |count| vec!["line".to_owned(); count];
    let mut first = seen(End::Running);
    first.output = lines(50);
    first.errors = lines(3);
    first.listening = Some(BTreeSet::from([8080, 40001]));
    first.answers = vec![answer(8080, &["status 200"]), answer(9000, &["no answer"])];
    let again =
        Observation { errors: lines(2), listening: Some(BTreeSet::from([8080, 40002])), ..first.clone() };
    let expected = expectation(&first, &again);
    assert_eq!(expected.ports, BTreeSet::from([8080]));
    assert_eq!(expected.said, Said { output: differ::COMPARED, errors: 2 });
    assert!(!expected.ends && expected.seen);
    let ended = seen(End::Exited { code: 0 });
    assert!(expectation(&ended, &ended).ends);
    assert!(!expectation(&ended, &first).ends);
}
