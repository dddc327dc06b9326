//! With a real engine: `HARDEN_LAB=1`.
#![allow(clippy::print_stdout)]

use super::*;
use crate::prove::engine::{Build, Confinement};
use crate::prove::process::{Cancel, Limits};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const STRICT: Confinement = Confinement { no_capabilities: true, read_only: true };
const WRITABLE: Confinement = Confinement { no_capabilities: true, read_only: false };

fn limits() -> Option<Limits> {
    if std::env::var("HARDEN_LAB").is_ok_and(|value| value == "1") {
        return Some(Limits { step: Duration::from_mins(10), image: 1 << 33, cancel: Cancel::default() });
    }
    println!("SKIPPED: needs a container engine; set HARDEN_LAB=1");
    None
}

/// Images of a test.
struct Lab<'a> {
    workshop: Workshop<'a>,
    folder: tempfile::TempDir,
}

impl<'a> Lab<'a> {
    fn open(limits: &'a Limits) -> Self {
        Self { workshop: Workshop::open(None, limits).unwrap(), folder: tempfile::tempdir().unwrap() }
    }

    /// An image whose program is a script.
    fn script(&self, name: &str, script: &str) -> String {
        self.script_of("0", name, script)
    }

    /// The same with another user.
    fn script_of(&self, user: &str, name: &str, script: &str) -> String {
        let text = format!(
            "FROM debian:12-slim\nCOPY --chmod=755 <<'E' /run-it\n{script}\nE\nUSER {user}\nCMD [\"/run-it\"]\n"
        );
        self.build(name, &text, self.folder.path())
    }

    fn build(&self, name: &str, text: &str, context: &Path) -> String {
        let build = Build {
            text: text.into(),
            name: "Dockerfile".into(),
            folder: context.into(),
            context: context.into(),
            ..Build::default()
        };
        self.workshop.build(name, &build, &mut |_, _| {}).unwrap().tag
    }

    fn reference(&self, image: &str, trial: &Trial, ports: &[u16]) -> Reference {
        let start = Instant::now();
        let declared = ports.iter().copied().collect();
        let reference = reference(&self.workshop, image, trial, &declared).unwrap();
        println!("{image}: reference in {:.1?}", start.elapsed());
        reference
    }

    fn compare(
        &self,
        image: &str,
        trial: &Trial,
        ports: &[u16],
        reference: &Reference,
    ) -> (Observation, Vec<Mismatch>) {
        let start = Instant::now();
        let declared = ports.iter().copied().collect();
        let compared = compare(&self.workshop, image, trial, &declared, reference).unwrap();
        println!("{image}: compared in {:.1?}: {:?}", start.elapsed(), compared.1);
        compared
    }
}

fn trial() -> Trial {
    Trial { wait: Duration::from_secs(10), ..Trial::default() }
}

/// A server of pages that ends when it is asked to.
fn server(port: u16, page: &str) -> String {
    format!(
        r#"#!/usr/bin/perl
use IO::Socket::INET; $| = 1; $SIG{{TERM}} = sub {{ exit 0 }};
$s = IO::Socket::INET->new(LocalAddr => "0.0.0.0", LocalPort => {port}, Listen => 9, ReuseAddr => 1) or die "listen: $!\n";
print "listening on {port}\n";
while ($c = $s->accept) {{
  $r = <$c> or next; while (<$c>) {{ last if /^\r?$/ }}
  print $c "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n{page}"; close $c; print "asked\n";
}}"#
    )
}

/// A script that goes on until it is asked to end.
fn lasting(script: &str) -> String {
    format!("#!/bin/sh\ntrap 'exit 0' TERM\n{script}\nwhile :; do sleep 0.1; done")
}

fn aspects(mismatches: &[Mismatch]) -> Vec<Aspect> {
    mismatches.iter().map(|mismatch| mismatch.aspect).collect()
}

#[test]
fn short_programs_are_compared_by_code_and_lines() {
    let Some(limits) = limits() else { return };
    let lab = Lab::open(&limits);
    let image = lab.script("short", "#!/bin/sh\necho hello; echo oops >&2; exit 3");
    let start = Instant::now();
    let original = lab.reference(&image, &trial(), &[]);
    assert!(start.elapsed() < Duration::from_secs(10), "three runs of a program that ends at once");
    assert_eq!(original.observation.end, End::Exited { code: 3 });
    assert_eq!(original.observation.confinement, STRICT);
    let note = original.note.clone().unwrap();
    assert_eq!(note, "the original ends with exit code 3 without arguments: give some after `--`");
    assert_eq!(lab.compare(&image, &trial(), &[], &original).1, []);

    let other = lab.script("other", "#!/bin/sh\necho hallo; echo oops >&2; exit 3");
    assert_eq!(aspects(&lab.compare(&other, &trial(), &[], &original).1), [Aspect::Output]);
    let code = lab.script("code", "#!/bin/sh\necho hello; echo oops >&2; exit 4");
    assert_eq!(lab.compare(&code, &trial(), &[], &original).1[0].what, "ends with exit code 4 in place of 3");
    let missing = lab.build("missing", "FROM debian:12-slim\nCMD [\"/nothing\"]\n", lab.folder.path());
    let mismatches = lab.compare(&missing, &trial(), &[], &original).1;
    assert_eq!(aspects(&mismatches), [Aspect::Exit]);
    assert!(mismatches[0].what.starts_with("does not start"), "{mismatches:?}");
}

#[test]
fn a_server_is_compared_by_its_pages() {
    let Some(limits) = limits() else { return };
    let lab = Lab::open(&limits);
    let image = lab.script("server", &server(8080, "hello Ada\\n"));
    let original = lab.reference(&image, &trial(), &[8080]);
    assert_eq!(original.observation.confinement, STRICT);
    assert_eq!(original.observation.listening, Some(BTreeSet::from([8080])));
    let facts = ["status 200", "content type text/plain", "hello Ada"];
    assert_eq!(original.observation.answers[0].facts, facts);
    let start = Instant::now();
    assert_eq!(lab.compare(&image, &trial(), &[8080], &original).1, []);
    assert!(start.elapsed() < Duration::from_secs(8), "one run of a server that starts at once");

    let page = lab.script("page", &server(8080, "hello \\n"));
    let what = "GET / on port 8080: \"hello\" in place of \"hello Ada\"";
    assert_eq!(lab.compare(&page, &trial(), &[8080], &original).1[0].what, what);
    let port = lab.script("port", &server(8081, "hello Ada\\n"));
    assert_eq!(
        aspects(&lab.compare(&port, &trial(), &[8080], &original).1),
        [Aspect::Port(8080), Aspect::Output]
    );
    let crash = lab.script("crash", "#!/bin/sh\necho listening on 8080\nsleep 1\necho broken >&2\nexit 1");
    let mismatches = lab.compare(&crash, &trial(), &[8080], &original).1;
    assert_eq!(aspects(&mismatches), [Aspect::Exit]);
    assert_eq!(mismatches[0].detail[0], "says: broken");
}

#[test]
fn probes_have_to_hold_on_the_original() {
    let Some(limits) = limits() else { return };
    let lab = Lab::open(&limits);
    let image = lab.script("server", &server(3000, "hello Ada\\n"));
    let probe = |status| {
        Probe::Http(HttpProbe { path: "/x".to_owned(), status: Some(status), ..HttpProbe::default() })
    };
    let wrong = Trial { probes: vec![probe(404)], ..trial() };
    let error = reference(&lab.workshop, &image, &wrong, &BTreeSet::new()).unwrap_err();
    assert_eq!(error.message, "the probe \"GET /x on port 3000\" does not hold on the original");
    assert!(error.cause.unwrap().contains("status 200"));
    let right = Trial { probes: vec![probe(200)], ..trial() };
    let original = lab.reference(&image, &right, &[]);
    assert_eq!(original.observation.answers.len(), 2);
}

#[test]
fn programs_that_differ_by_themselves_are_the_same() {
    let Some(limits) = limits() else { return };
    let lab = Lab::open(&limits);
    let varying = "#!/bin/bash\ndate; date -Is; date +%s.%N; hostname; echo token $RANDOM$RANDOM ok; echo pid=$$; cat /proc/sys/kernel/random/uuid; id\n(echo one & echo two & echo three & wait)";
    let image = lab.script("varying", varying);
    let original = lab.reference(&image, &trial(), &[]);
    for _ in 0..3 {
        assert_eq!(lab.compare(&image, &trial(), &[], &original).1, []);
    }
    let broken = lab.script("broken", &varying.replace(" ok;", " no;"));
    assert_eq!(aspects(&lab.compare(&broken, &trial(), &[], &original).1), [Aspect::Output]);
}

#[test]
fn silent_and_chatty_programs_run() {
    let Some(limits) = limits() else { return };
    let lab = Lab::open(&limits);
    for (name, script) in [("silent", ""), ("chatty", "i=0; while :; do i=$((i+1)); echo line $i; done")] {
        let image = lab.script(name, &lasting(script));
        let original = lab.reference(&image, &trial(), &[]);
        assert_eq!(original.observation.end, End::Running);
        assert!(!original.observation.stop.unwrap().killed);
        assert_eq!(lab.compare(&image, &trial(), &[], &original).1, []);
    }
}

#[test]
fn a_program_that_says_nothing_any_more_is_told() {
    let Some(limits) = limits() else { return };
    let lab = Lab::open(&limits);
    let image = lab.script("talks", &lasting("echo ready; sleep 1; echo done"));
    let original = lab.reference(&image, &trial(), &[]);
    let silent = lab.script("silent", &lasting("echo ready"));
    let mismatches = lab.compare(&silent, &trial(), &[], &original).1;
    assert_eq!(mismatches[0].what, "no longer prints \"done\"");
}

#[test]
fn a_root_file_system_that_has_to_be_writable_is_a_need() {
    let Some(limits) = limits() else { return };
    let lab = Lab::open(&limits);
    let writes = lab.script("writes", &lasting("echo x > /state || exit 1; echo ready"));
    let writes_not = lab.script("writes-not", &lasting("echo x > /tmp/state || exit 1; echo ready"));
    let original = lab.reference(&writes, &trial(), &[]);
    assert_eq!(original.observation.confinement, WRITABLE);
    let (seen, mismatches) = lab.compare(&writes, &trial(), &[], &original);
    assert_eq!((seen.confinement, mismatches), (WRITABLE, vec![]));
    let (_, mismatches) = lab.compare(&writes_not, &trial(), &[], &original);
    assert_eq!(aspects(&mismatches), [Aspect::Files], "a state that is kept elsewhere is told");

    let original = lab.reference(&writes_not, &trial(), &[]);
    let (_, mismatches) = lab.compare(&writes, &trial(), &[], &original);
    assert_eq!(aspects(&mismatches), [Aspect::Confinement]);
    assert_eq!(mismatches[0].what, "needs a writable root file system, which the original did not");
    assert!(mismatches[0].detail.iter().any(|line| line.contains("Read-only file system")), "{mismatches:?}");
}

#[test]
fn a_low_port_needs_a_right_that_another_user_has_not() {
    let Some(limits) = limits() else { return };
    let lab = Lab::open(&limits);
    let trial = || Trial { refuse_low_ports: true, ..trial() };
    let image = lab.script("low", &server(80, "hello"));
    let original = lab.reference(&image, &trial(), &[80]);
    assert_eq!(original.observation.confinement, levels::EVERYTHING);
    assert_eq!(lab.compare(&image, &trial(), &[80], &original).1, []);
    let user = lab.script_of("65532", "user", &server(80, "hello"));
    let mismatches = lab.compare(&user, &trial(), &[80], &original).1;
    assert_eq!(aspects(&mismatches), [Aspect::Exit]);
    assert!(mismatches[0].detail.contains(&"says: listen: Permission denied".to_owned()), "{mismatches:?}");
}

#[test]
fn a_program_that_ignores_the_signal_is_worse_and_not_the_other_way_round() {
    let Some(limits) = limits() else { return };
    let lab = Lab::open(&limits);
    let deaf = lab.script("deaf", "#!/bin/sh\necho ready\nwhile :; do sleep 0.1; done");
    let hears = lab.script("hears", &lasting("echo ready"));
    let original = lab.reference(&deaf, &trial(), &[]);
    assert!(original.observation.stop.unwrap().killed);
    assert_eq!(lab.compare(&hears, &trial(), &[], &original).1, []);
    let original = lab.reference(&hears, &trial(), &[]);
    assert_eq!(aspects(&lab.compare(&deaf, &trial(), &[], &original).1), [Aspect::Stop]);
}

/// A case's folder and its Dockerfile.
fn case(name: &str) -> (PathBuf, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab/cases").join(name);
    let text = std::fs::read_to_string(folder.join("Dockerfile")).unwrap();
    (folder, text)
}

#[test]
fn a_page_without_its_template_is_told() {
    let Some(limits) = limits() else { return };
    let lab = Lab::open(&limits);
    let (folder, text) = case("template-page");
    let image = lab.build("page", &text, &folder);
    let ask = |path: &str| Probe::Http(HttpProbe { path: path.to_owned(), ..HttpProbe::default() });
    let trial = Trial { probes: vec![ask("/?name=Ada")], ..trial() };
    let original = lab.reference(&image, &trial, &[8080]);
    assert_eq!(original.observation.confinement, STRICT);
    assert_eq!(lab.compare(&image, &trial, &[8080], &original).1, []);

    let broken = lab.build("broken", &format!("{text}RUN rm -r templates\n"), &folder);
    let mismatches = lab.compare(&broken, &trial, &[8080], &original).1;
    assert_eq!(aspects(&mismatches), [Aspect::Answer, Aspect::Answer]);
    assert_eq!(mismatches[0].what, "GET / on port 8080: status 500 in place of 200");
    let moved = lab.build("moved", &format!("{text}WORKDIR /\n"), &folder);
    assert_eq!(aspects(&lab.compare(&moved, &trial, &[8080], &original).1)[0], Aspect::Answer);
}

#[test]
fn a_volume_that_cannot_be_written_is_told() {
    let Some(limits) = limits() else { return };
    let lab = Lab::open(&limits);
    let (folder, text) = case("volume");
    let image = lab.build("volume", &text, &folder);
    let data = Mounted { source: None, target: "/data".to_owned() };
    let visits = ExecProbe { mounts: vec![data], runs: 2, code: Some(0), ..ExecProbe::default() };
    let trial = Trial { probes: vec![Probe::Exec(visits)], ..trial() };
    let original = lab.reference(&image, &trial, &[]);
    let facts = &original.observation.answers[0].facts;
    assert!(facts.iter().any(|fact| fact.starts_with("file /data/visits ")), "{facts:?}");
    assert_eq!(facts.iter().filter(|fact| *fact == "prints was here").count(), 3);
    assert_eq!(lab.compare(&image, &trial, &[], &original).1, []);

    let user = lab.build("user", &format!("{text}USER 65532\n"), &folder);
    let mismatches = lab.compare(&user, &trial, &[], &original).1;
    assert_eq!(aspects(&mismatches), [Aspect::Exit, Aspect::Answer]);
    assert!(mismatches[0].detail[0].contains("permission denied"), "{mismatches:?}");
}

#[test]
fn a_signal_that_does_not_arrive_any_more_is_told() {
    let Some(limits) = limits() else { return };
    let lab = Lab::open(&limits);
    let (folder, text) = case("sigterm");
    let image = lab.build("signal", &text, &folder);
    let exec = lab.build("exec", &format!("{text}CMD [\"/usr/bin/worker\"]\n"), &folder);
    let original = lab.reference(&exec, &trial(), &[]);
    assert_eq!(original.observation.stop.unwrap().code, 0);
    let deaf =
        lab.build("deaf", &format!("{text}CMD [\"sh\", \"-c\", \"/usr/bin/worker; true\"]\n"), &folder);
    assert_eq!(aspects(&lab.compare(&deaf, &trial(), &[], &original).1), [Aspect::Stop]);
    // The case's own shell form becomes the program or not, by the shell: either way the JSON form is no worse.
    let original = lab.reference(&image, &trial(), &[]);
    assert_eq!(lab.compare(&exec, &trial(), &[], &original).1, []);
}

#[test]
fn a_check_of_the_health_without_its_program_is_told() {
    let Some(limits) = limits() else { return };
    let lab = Lab::open(&limits);
    let with = |name: &str, check: &str| {
        let text = format!(
            "FROM debian:12-slim\nRUN ln -s /bin/true /healthy\nHEALTHCHECK {check}\nCMD [\"sleep\", \"60\"]\n"
        );
        lab.build(name, &text, lab.folder.path())
    };
    let trial = Trial { wait: Duration::from_secs(3), ..Trial::default() };
    let reference = lab.reference(&with("before", "CMD /healthy"), &trial, &[]);
    let of = |seen: &Observation| seen.answers.first().map(|answer| answer.facts.clone());
    assert_eq!(of(&reference.observation), Some(vec!["exit code 0".to_owned()]));
    assert!(lab.compare(&with("after", "CMD [\"/healthy\"]"), &trial, &[], &reference).1.is_empty());
    let (_, mismatches) = lab.compare(&with("lost", "CMD [\"/gone\"]"), &trial, &[], &reference);
    // 126 or 127, as the engine has it.
    assert!(mismatches[0].what.starts_with("the health check: exit code 12"), "{mismatches:?}");
}
