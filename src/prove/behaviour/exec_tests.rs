use super::*;

fn ran(code: i32, output: &str) -> Ran {
    let output = output.as_bytes().to_vec();
    Ran { end: End::Exited { code }, output, errors: b"oops\n".to_vec(), wait: Duration::from_secs(3) }
}

#[test]
fn a_run_is_its_code_and_its_lines() {
    assert_eq!(ran(2, "a\nb\n").facts(), ["exit code 2", "prints a", "prints b", "says oops"]);
    let hangs = Ran { end: End::Running, ..ran(0, "") };
    assert_eq!(hangs.facts()[0], "does not end within 3 s");
}

#[test]
fn a_run_has_to_be_what_the_probe_asks_for() {
    let probe = ExecProbe { code: Some(0), output: Some("two".to_owned()), ..ExecProbe::default() };
    assert_eq!(unmet(&probe, &ran(0, "one two"), true), [""; 0]);
    assert_eq!(unmet(&probe, &ran(1, "one two"), true), ["exit code 0"]);
    assert_eq!(unmet(&probe, &ran(0, "one"), true), ["output that contains \"two\""]);
    // A later run may print what an earlier one could not.
    assert_eq!(unmet(&probe, &ran(0, "one"), false), [""; 0]);
}

#[test]
fn a_run_has_a_name() {
    let words = |arguments: &[&str]| arguments.iter().map(|&word| word.to_owned()).collect();
    let probe = ExecProbe { arguments: words(&["--fail", "x"]), ..ExecProbe::default() };
    assert_eq!(question(&probe), "run with --fail x");
    assert_eq!(question(&ExecProbe::default()), "run without arguments");
    assert_eq!(question(&ExecProbe { name: Some("visits".to_owned()), ..probe }), "visits");
}

#[test]
fn files_of_a_volume_are_told_without_their_owner() {
    let file = |path: &str, owner| (path.to_owned(), owner, "d1".to_owned());
    assert_eq!(files(&[file("visits", 0)], "/data/"), ["file /data/visits d1"]);
    assert_eq!(files(&[file("visits", 0)], "/data"), files(&[file("visits", 65532)], "/data"));
    let many: Vec<_> = (0..FILES + 5).map(|number| file(&number.to_string(), 0)).collect();
    assert_eq!(files(&many, "/data").last().unwrap(), "5 more files in /data");
}
