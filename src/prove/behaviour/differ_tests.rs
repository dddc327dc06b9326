use super::*;
use crate::prove::behaviour::Stop;

/// A server that runs, as it is seen twice.
fn server() -> Reference {
    let seen = Observation {
        output: lines("ready"),
        errors: lines("2026/11/23 16:16:47 listening on :8080"),
        listening: Some(BTreeSet::from([8080])),
        answers: vec![page(&["status 200", "content type text/html", "<h1>Hello Ada</h1>"])],
        stop: Some(Stop { seconds: 0.1, code: 0, killed: false }),
        ..Observation::default()
    };
    Reference { again: seen.clone(), observation: seen, note: None }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn page(facts: &[&str]) -> Answer {
    Answer {
        question: "GET / on port 8080".to_owned(),
        port: Some(8080),
        facts: facts.iter().map(|&fact| fact.to_owned()).collect(),
        unmet: Vec::new(),
    }
}

/// How a run differs from the server after a change.
fn changed(change: impl FnOnce(&mut Observation)) -> Vec<Mismatch> {
    let reference = server();
    let mut run = reference.observation.clone();
    change(&mut run);
    differences(&reference, &run, true)
}

/// The one way in which it differs.
#[track_caller]
fn only(mismatches: Vec<Mismatch>) -> Mismatch {
    assert_eq!(mismatches.len(), 1, "{mismatches:?}");
    mismatches.into_iter().next().unwrap()
}

#[track_caller]
fn told(mismatches: Vec<Mismatch>, aspect: Aspect, what: &str) -> Mismatch {
    let mismatch = only(mismatches);
    assert_eq!((mismatch.aspect, mismatch.what.as_str()), (aspect, what));
    mismatch
}

#[test]
fn the_same_is_the_same() {
    assert_eq!(changed(|_| {}), []);
    assert_eq!(changed(|run| run.errors = lines("2027/01/02 01:02:03 listening on :8080")), []);
}

#[test]
fn a_crash_is_told_once_with_what_was_said() {
    let crash = changed(|run| {
        run.end = End::Exited { code: 1 };
        run.errors = lines("open templates/page.html: no such file\u{1b}[31m");
        run.listening = None;
        run.answers.clear();
        run.stop = None;
    });
    let crash = told(crash, Aspect::Exit, "ends with exit code 1 where the original keeps running");
    assert_eq!(crash.detail[0], "says: open templates/page.html: no such file\\u{1b}[31m");
}

#[test]
fn a_program_that_never_begins_is_told() {
    let failed = changed(|run| run.end = End::NotStarted { message: "exec format error".to_owned() });
    told(failed, Aspect::Exit, "does not start where the original keeps running: exec format error");
}

#[test]
fn another_exit_code_is_told() {
    let mut reference = Reference::default();
    reference.observation.end = End::Exited { code: 0 };
    reference.again.end = End::Exited { code: 0 };
    let ended = |end| differences(&reference, &Observation { end, ..Observation::default() }, true);
    told(ended(End::Exited { code: 2 }), Aspect::Exit, "ends with exit code 2 in place of 0");
    told(ended(End::Running), Aspect::Exit, "keeps running where the original ends with exit code 0");
    assert_eq!(ended(End::Exited { code: 0 }), []);
}

#[test]
fn an_original_that_ends_now_and_then_allows_both() {
    let mut reference = server();
    reference.again.end = End::Exited { code: 0 };
    let run = Observation { end: End::Exited { code: 0 }, ..reference.observation.clone() };
    assert_eq!(differences(&reference, &run, true), []);
}

#[test]
fn another_status_is_told_with_the_page() {
    let failed =
        changed(|run| run.answers = vec![page(&["status 500", "content type text/plain", "no template"])]);
    let failed = told(failed, Aspect::Answer, "GET / on port 8080: status 500 in place of 200");
    assert!(failed.detail.contains(&"found: no template".to_owned()), "{failed:?}");
    assert!(failed.detail.contains(&"expected: <h1>Hello Ada</h1>".to_owned()));
}

#[test]
fn another_type_or_body_is_told() {
    let typed = changed(|run| run.answers[0].facts[1] = "content type text/plain".to_owned());
    told(typed, Aspect::Answer, "GET / on port 8080: content type text/plain in place of text/html");
    let other = changed(|run| run.answers[0].facts[2] = "<h1>Hello </h1>".to_owned());
    told(other, Aspect::Answer, "GET / on port 8080: \"<h1>Hello </h1>\" in place of \"<h1>Hello Ada</h1>\"");
    let empty = changed(|run| run.answers[0].facts.truncate(2));
    told(empty, Aspect::Answer, "GET / on port 8080: \"<h1>Hello Ada</h1>\" is missing");
}

#[test]
fn a_lost_port_is_told_once() {
    let lost = changed(|run| {
        run.listening = Some(BTreeSet::from([9090]));
        run.answers = vec![page(&["no answer"])];
    });
    let lost = told(lost, Aspect::Port(8080), "does not listen on port 8080, where the original does");
    assert_eq!(lost.detail[0], "listens on 9090");
}

#[test]
fn a_lost_port_is_told_where_it_can_only_be_asked() {
    let mut reference = server();
    reference.observation.listening = None;
    let run = Observation { answers: vec![page(&["no answer"])], ..reference.observation.clone() };
    assert_eq!(only(differences(&reference, &run, true)).aspect, Aspect::Port(8080));
}

#[test]
fn ports_that_change_by_themselves_or_are_new_are_none() {
    let mut reference = server();
    reference.observation.listening = Some(BTreeSet::from([8080, 40001]));
    reference.again.listening = Some(BTreeSet::from([8080, 40002]));
    let listening = Some(BTreeSet::from([8080, 40003]));
    let run = Observation { listening, ..reference.observation.clone() };
    assert_eq!(differences(&reference, &run, true), []);
}

#[test]
fn an_answer_that_is_missing_counts_at_the_end_only() {
    let reference = server();
    let run = Observation { answers: vec![], ..reference.observation.clone() };
    assert_eq!(differences(&reference, &run, false), []);
    told(differences(&reference, &run, true), Aspect::Answer, "GET / on port 8080: no answer");
}

#[test]
fn what_a_probe_asked_for_is_told_though_the_original_varies() {
    let mut reference = server();
    reference.again.answers[0].facts[2] = "<h1>Hello Bob</h1>".to_owned();
    let mut run = reference.observation.clone();
    run.answers[0].facts[2] = "<h1>Hello Eve</h1>".to_owned();
    assert_eq!(differences(&reference, &run, true), []);
    run.answers[0].unmet.push("a body that contains \"A\"".to_owned());
    let missing = "GET / on port 8080: without a body that contains \"A\"";
    told(differences(&reference, &run, true), Aspect::Answer, missing);
}

#[test]
fn two_questions_of_one_name_are_two() {
    let mut reference = server();
    let second = page(&["status 404"]);
    reference.observation.answers.push(second.clone());
    reference.again.answers.push(second);
    assert_eq!(differences(&reference, &reference.observation.clone(), true), []);
    let mut run = reference.observation.clone();
    run.answers[1].facts[0] = "status 200".to_owned();
    told(
        differences(&reference, &run, true),
        Aspect::Answer,
        "GET / on port 8080: status 200 in place of 404",
    );
}

#[test]
fn streams_are_compared_each() {
    let other = changed(|run| run.output = lines("Ready"));
    told(other, Aspect::Output, "prints \"Ready\" in place of \"ready\"");
    let silent = changed(|run| run.output.clear());
    told(silent, Aspect::Output, "no longer prints \"ready\"");
    let errors = changed(|run| run.errors[0] = "2026/11/23 16:16:47 listening on :8081".to_owned());
    let what =
        "says on standard error \"<time> listening on :8081\" in place of \"<time> listening on :8080\"";
    told(errors, Aspect::Output, what);
    assert_eq!(changed(|run| run.output.push("more".to_owned())), []);
}

#[test]
fn a_complaint_of_the_image_is_told_though_the_program_runs_on() {
    let later = |more: &str| {
        changed(|run| run.errors = lines(&format!("2026/11/23 16:16:47 listening on :8080\n{more}")))
    };
    assert_eq!(later("a request came"), []);
    let denied = later("cannot write /data/db: open /data/db: Permission denied");
    assert_eq!(only(denied).aspect, Aspect::Output);
    let mut reference = server();
    reference.again.errors.push("open /etc/a: no such file or directory".into());
    let mut run = reference.observation.clone();
    run.errors.push("open /etc/b: no such file or directory".into());
    assert_eq!(differences(&reference, &run, true), []);
}

#[test]
fn a_check_of_the_health_that_fails_is_told_where_the_program_runs() {
    let check = |code: i32| Answer {
        question: facts::HEALTH.into(),
        port: None,
        facts: vec![format!("exit code {code}")],
        unmet: Vec::new(),
    };
    let mut reference = server();
    reference.observation.answers.push(check(0));
    reference.again.answers.push(check(0));
    let mut run = reference.observation.clone();
    run.answers[1] = check(127);
    let what = "the health check: exit code 127 in place of 0";
    told(differences(&reference, &run, true), Aspect::Answer, what);
    run.answers.pop();
    assert_eq!(differences(&reference, &run, true), []);
    run.end = End::Exited { code: 1 };
    assert_eq!(only(differences(&reference, &run, true)).aspect, Aspect::Exit);
}

#[test]
fn the_end_on_request_is_compared() {
    let stop = |seconds, code, killed| changed(|run| run.stop = Some(Stop { seconds, code, killed }));
    assert_eq!(stop(1.9, 0, false), []);
    assert_eq!(only(stop(10.1, 137, true)).aspect, Aspect::Stop);
    told(stop(0.1, 2, false), Aspect::Stop, "ends with exit code 2 in place of 0 when it is asked to end");
    assert!(only(stop(3.5, 0, false)).what.starts_with("takes 3.5 s to end"));
}

#[test]
fn a_program_without_an_end_of_its_own_may_end_by_the_signal() {
    let mut reference = server();
    let ends = |code| Some(Stop { seconds: 0.1, code, killed: false });
    (reference.observation.stop, reference.again.stop) = (ends(2), ends(2));
    let mut run = reference.observation.clone();
    run.stop = ends(143);
    assert_eq!(differences(&reference, &run, true), []);
    run.stop = ends(1);
    assert_eq!(only(differences(&reference, &run, true)).aspect, Aspect::Stop);
}

#[test]
fn a_program_that_had_to_be_killed_and_ends_now_is_better() {
    let mut reference = server();
    reference.observation.stop = Some(Stop { seconds: 10.1, code: 137, killed: true });
    reference.again.stop = None;
    let mut run = reference.observation.clone();
    assert_eq!(differences(&reference, &run, true), []);
    run.stop = Some(Stop { seconds: 0.1, code: 0, killed: false });
    assert_eq!(differences(&reference, &run, true), []);
}

#[test]
fn text_of_strangers_is_short_and_harmless() {
    assert_eq!(show("a\u{1b}b"), "a\\u{1b}b");
    assert_eq!(show(&"é".repeat(1000)).chars().count(), WIDTH + 1);
}

#[test]
fn a_log_that_is_no_longer_written_is_told_though_the_program_goes_on() {
    let files = |paths: &[&str]| Some(paths.iter().map(|&path| path.to_owned()).collect::<BTreeSet<_>>());
    let mut reference = server();
    reference.observation.written = files(&["/app/logs/2026-11-23.log", "/root/.cache/x", "/app/a.pid"]);
    reference.again.written = files(&["/app/logs/2026-11-24.log", "/root/.cache/x", "/app/b.pid"]);
    let run =
        |written| differences(&reference, &Observation { written, ..reference.observation.clone() }, true);
    let what = "does not write /app/logs/<time>.log, where the original does";
    assert_eq!(told(run(files(&[])), Aspect::Files, what).detail, ["nor: <home>/.cache/x"]);
    // Another home, another folder, and where nothing can be seen.
    assert_eq!(run(files(&["/home/nonroot/.cache/x", "/logs/2027-01-01.log", "/app/c.pid"])), []);
    assert_eq!(run(None), []);
}
