#![allow(clippy::unwrap_used)]

use super::*;

fn limits(step: Duration) -> Limits {
    Limits { step, image: 0, cancel: Cancel::default() }
}

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

const LONG: Duration = Duration::from_mins(1);

#[test]
fn both_streams_and_the_exit_code_come_back() {
    let mut seen = Vec::new();
    let output = run(
        &mut shell("echo out; echo ' err '; echo why >&2; echo >&2; exit 3"),
        &limits(LONG),
        &mut |_, piece| {
            seen.extend_from_slice(piece);
        },
    );
    let output = output.unwrap();
    assert_eq!(
        (output.status.code(), output.text(), output.complaint()),
        (Some(3), "out\n err".into(), "why".into())
    );
    assert_eq!(seen.len(), 4 + 6 + 4 + 1);
}

#[test]
fn only_so_much_is_kept_but_all_is_seen() {
    let mut seen = 0;
    let mut command = shell("head -c 3000000 /dev/zero");
    let output = run_keeping(&mut command, &limits(LONG), 1000, &mut |_, piece| seen += piece.len()).unwrap();
    assert_eq!((output.stdout.len(), seen), (1000, 3_000_000));
}

#[test]
fn a_program_that_takes_too_long_is_ended_with_what_it_started() {
    let began = Instant::now();
    let mut said = Vec::new();
    let mut see = |_: Stream, piece: &[u8]| said.extend_from_slice(piece);
    let error = run(&mut shell("sleep 100 & echo $!; sleep 100"), &limits(Duration::from_secs(1)), &mut see)
        .unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Timeout, "sh took more than 1 s"));
    assert!(began.elapsed() < Duration::from_secs(5));
    let number: i32 = String::from_utf8(said).unwrap().trim().parse().unwrap();
    thread::sleep(Duration::from_millis(200));
    let state = std::fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
    assert!(state.is_empty() || state.contains(") Z "), "{state}");
}

#[test]
fn a_program_that_closed_its_streams_is_ended_in_time() {
    let mut command = shell("exec >&- 2>&-; sleep 100");
    let error = run(&mut command, &limits(Duration::from_secs(1)), &mut |_, _| {}).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Timeout);
}

#[test]
fn what_stays_in_the_background_does_not_hold_the_run() {
    let began = Instant::now();
    let output = run(&mut shell("sleep 20 & echo done"), &limits(LONG), &mut |_, _| {}).unwrap();
    assert_eq!(output.text(), "done");
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_stopped_run_ends_the_program_and_starts_no_other() {
    let limits = limits(LONG);
    let stopped = run(&mut shell("echo begun; sleep 100"), &limits, &mut |_, _| limits.cancel.cancel(15));
    assert_eq!(stopped.unwrap_err().kind, ErrorKind::Cancelled(15));
    let file = tempfile::tempdir().unwrap();
    let file = file.path().join("x");
    let again = run(Command::new("touch").arg(&file), &limits, &mut |_, _| {});
    assert_eq!(again.unwrap_err().kind, ErrorKind::Cancelled(15));
    assert!(!file.exists());
}

#[test]
fn a_builder_clears_up_when_its_worker_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let left = folder.path().join("left");
    let script =
        format!("trap '' TERM; touch {0}; echo begun; sh -c 'sleep 100; exit 1' || rm {0}", left.display());
    let limits = limits(LONG);
    let stopped = run_builder(&mut shell(&script), &limits, &mut |_, _| limits.cancel.cancel(2));
    assert_eq!(stopped.unwrap_err().kind, ErrorKind::Cancelled(2));
    assert!(!left.exists());
}

#[test]
fn a_program_that_is_missing_is_named() {
    let error = run(&mut Command::new("/nosuch/engine"), &limits(LONG), &mut |_, _| {}).unwrap_err();
    assert_eq!(error.to_string(), "cannot run engine: no such file or folder");
}
