#![allow(clippy::unwrap_used)]

use super::*;
use crate::prove::behaviour::{Aspect, End, Observation};
use crate::prove::image::{Config, Entry, Files, Format, GoBuild, Kind as FileKind, Program};
use crate::prove::proof::{Judgement, Value};
use crate::prove::scan::Vulnerability;

const BASE: &str = "/usr/local/bin:/usr/bin";

fn entry(kind: FileKind, mode: u32, uid: u32) -> Entry {
    Entry { kind, mode, uid, gid: uid, size: 1 }
}

fn file(mode: u32) -> Entry {
    entry(FileKind::File, mode, 0)
}

/// An image that runs /app/main in /app as root, with these files beside it.
fn image(files: &[(&str, Entry)]) -> Image {
    let mut all: Vec<(String, Entry)> = ["/", "/app", "/data", "/tmp"]
        .into_iter()
        .map(|path| (path.to_owned(), entry(FileKind::Folder, 0o755, 0)))
        .collect();
    all.push(("/app/main".into(), file(0o755)));
    all.extend(files.iter().map(|(path, entry)| ((*path).to_owned(), entry.clone())));
    let config = Config {
        uid: Some(0),
        gid: Some(0),
        command: vec!["./main".into(), "-v".into()],
        environment: [("PATH".to_owned(), BASE.to_owned())].into(),
        working_directory: "/app".into(),
        ..Config::default()
    };
    let program =
        Program { path: "/app/main".into(), architecture: Some("amd64".into()), ..Program::default() };
    Image {
        platform: "linux/amd64".into(),
        unpacked: 1_000_000_000,
        config,
        certificates: true,
        time_zones: true,
        program: Some(program),
        files: Files::of(all),
        ..Image::default()
    }
}

/// The same, small and for a user that is not root.
fn small(files: &[(&str, Entry)]) -> Image {
    let mut image = image(files);
    image.unpacked = 8_000_000;
    image.config.user = "65532:65532".into();
    (image.config.uid, image.config.gid) = (Some(65532), Some(65532));
    image
}

fn side(image: Image) -> Side {
    Side { image: Some(image), behaviour: Some(Observation::default()), ..Side::default() }
}

struct Test {
    before: Side,
    after: Side,
    text: &'static str,
    mismatches: Vec<Mismatch>,
}

impl Test {
    fn new(before: Image, after: Image) -> Self {
        Self { before: side(before), after: side(after), text: "FROM golang:1.22\n", mismatches: Vec::new() }
    }

    /// What only the rewrite says, and what is not the same for that.
    fn saying(mut self, line: &str, aspect: Aspect) -> Self {
        self.after.behaviour.as_mut().unwrap().errors.push(line.into());
        self.mismatches.push(Mismatch { aspect, what: "something".into(), detail: Vec::new() });
        self
    }

    fn compare(&self) -> Comparison {
        let declared = Declared::of(self.text.as_bytes(), None);
        let (before, after) = (&self.before, &self.after);
        compare(Pair { before, after, declared: &declared, mismatches: &self.mismatches })
    }

    /// Asserts that the first difference is of a kind and says these words.
    #[track_caller]
    fn finds(&self, kind: Kind, words: &[&str]) {
        let found = self.compare().differences;
        let one = found.iter().find(|one| one.id == kind);
        let one = one.unwrap_or_else(|| panic!("no {kind:?} in {found:?}"));
        for word in words {
            assert!(one.what.contains(word), "no {word:?} in {}", one.what);
        }
    }

    #[track_caller]
    fn finds_nothing(&self) {
        let found = self.compare().differences;
        assert!(found.is_empty(), "{found:?}");
    }
}

#[test]
fn a_smaller_image_that_does_the_same_has_no_difference() {
    let test = Test::new(image(&[]), small(&[]));
    test.finds_nothing();
    let rows = test.compare().rows;
    let row = |id: &str| rows.iter().find(|row| row.id == id).unwrap();
    assert_eq!((row("size").judgement, &row("size").after), (Judgement::Better, &Value::Bytes(8_000_000)));
    assert_eq!(row("user").judgement, Judgement::Better);
    assert_eq!(
        (&row("user").before, &row("user").after),
        (&Value::Text("root".into()), &Value::Text("65532".into()))
    );
    assert_eq!(row("run-as-nonroot").after, Value::Has(true));
}

#[test]
fn a_program_that_moved_is_the_same_program() {
    let mut new = small(&[("/main", file(0o755))]);
    new.config.entrypoint = vec!["/main".into()];
    new.config.command = vec!["-v".into()];
    new.program.as_mut().unwrap().path = "/main".into();
    let test = Test::new(image(&[]), new);
    test.finds_nothing();
    assert!(test.compare().notes.iter().any(|note| note.contains("docker run")));
}

#[test]
fn tells_another_program_and_other_arguments() {
    let mut new = small(&[]);
    new.config.command = vec!["./main".into()];
    Test::new(image(&[]), new).finds(Kind::Arguments, &["none in place of -v"]);

    let mut new = small(&[]);
    new.program.as_mut().unwrap().path = "/app/tool".into();
    Test::new(image(&[]), new).finds(Kind::EntryPoint, &["/app/tool", "/app/main"]);

    let mut new = small(&[]);
    new.program = None;
    Test::new(image(&[]), new).finds(Kind::MissingProgram, &["./main"]);

    let mut old = image(&[]);
    old.config.entrypoint = vec!["./main".into(), "-v".into()];
    old.config.command = Vec::new();
    Test::new(old, small(&[])).finds(Kind::EntryPoint, &["docker run"]);
}

#[test]
fn a_build_of_another_package_is_another_program() {
    let go = |path: &str| Some(GoBuild { path: Some(path.into()), ..GoBuild::default() });
    let (mut old, mut new) = (image(&[]), small(&[]));
    old.program.as_mut().unwrap().go = go("example.org/shop/cmd/a");
    new.program.as_mut().unwrap().go = go("example.org/shop/cmd/b");
    Test::new(old.clone(), new.clone()).finds(
        Kind::EntryPoint,
        &["/app/main (example.org/shop/cmd/b) in place of /app/main (example.org/shop/cmd/a)"],
    );
    new.program =
        Some(Program { path: "/shop".into(), go: go("example.org/shop/cmd/a"), ..Program::default() });
    Test::new(old, new).finds_nothing();
}

#[test]
fn a_plain_shell_form_is_the_same_as_its_words() {
    let mut old = image(&[]);
    old.config.command = vec!["/bin/sh".into(), "-c".into(), "./main -v".into()];
    Test::new(old.clone(), small(&[])).finds_nothing();
    let mut new = small(&[]);
    new.config.command = vec!["./main".into(), "-x".into()];
    Test::new(old.clone(), new.clone()).finds(Kind::Arguments, &["-x in place of -v"]);
    old.config.command[2] = "./main -v $LEVEL".into();
    Test::new(old, new).finds_nothing();
}

#[test]
fn tells_what_a_program_can_not_be_loaded_with() {
    let with = |change: &dyn Fn(&mut Program)| {
        let mut new = small(&[]);
        change(new.program.as_mut().unwrap());
        Test::new(image(&[]), new)
    };
    with(&|program| program.architecture = Some("arm64".into()))
        .finds(Kind::WrongArchitecture, &["arm64", "amd64"]);
    with(&|program| {
        program.format = Format::Dynamic;
        program.interpreter = Some("/lib64/ld-linux-x86-64.so.2".into());
    })
    .finds(Kind::MissingLibrary, &["/lib64/ld-linux-x86-64.so.2"]);
    with(&|program| program.missing_libraries = vec!["libpq.so.5".into()])
        .finds(Kind::MissingLibrary, &["libpq.so.5"]);
    let other = Image { platform: "linux/arm64/v8".into(), ..with(&|_| {}).after.image.unwrap() };
    Test::new(image(&[]), other).finds(Kind::WrongArchitecture, &["linux/arm64 in place of linux/amd64"]);
}

#[test]
fn variables_of_the_text_stay_and_those_of_the_base_may_go() {
    let mut old = image(&[]);
    let set = [("GOOGLE_KEY", "/key"), ("GOPATH", "/go"), ("CGO_ENABLED", "0"), ("GOMAXPROCS", "2")];
    old.config.environment.extend(set.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let mut test = Test::new(old, small(&[]));
    test.text = "FROM golang:1.22\nENV GOOGLE_KEY=/key CGO_ENABLED=0\nENV GOMAXPROCS=2\n";
    let found = test.compare();
    let told: Vec<&str> = found.differences.iter().map(|one| one.what.as_str()).collect();
    assert_eq!(told, ["the variable GOMAXPROCS is gone", "the variable GOOGLE_KEY is gone"]);
    assert!(found.notes.iter().any(|note| note.contains("CGO_ENABLED, GOPATH")), "{:?}", found.notes);
}

#[test]
fn settings_of_a_stage_below_count() {
    let declared =
        Declared::of(b"FROM golang AS a\nENV A=1\nFROM a\nLABEL \"b c\"=2\nFROM a\nENV Z=1\n", Some("1"));
    assert!(declared.environment.contains("A") && !declared.environment.contains("Z"));
    assert!(declared.labels.contains("b c"), "{declared:?}");
}

#[test]
fn tells_settings_that_are_gone() {
    let mut old = image(&[]);
    old.config.ports.insert("8080/tcp".into());
    old.config.stop_signal = Some("SIGINT".into());
    old.config.health_check = Some(crate::prove::image::HealthCheck::default());
    old.config.environment.insert("PATH".into(), format!("/opt/bin:/go/bin:{BASE}"));
    let found = Test::new(old, small(&[])).compare().differences;
    let told: Vec<&str> = found.iter().map(|one| one.what.as_str()).collect();
    assert_eq!(
        told,
        [
            "PATH is without /opt/bin",
            "the port 8080/tcp is gone",
            "the stop signal is SIGTERM in place of SIGINT",
            "the health check is gone",
        ]
    );
}

#[test]
fn tells_what_the_user_can_not_do() {
    let mut old = image(&[("/app/key.pem", file(0o600))]);
    old.config.volumes.insert("/data".into());
    let mut new = small(&[("/srv/key.pem", file(0o600))]);
    new.config.volumes.insert("/data".into());
    new.unreadable = vec!["/srv/key.pem".into(), "/etc/other".into()];
    let test = Test::new(old, new);
    test.finds(Kind::UnwritableFolder, &["/data", "65532"]);
    test.finds(Kind::UnreadableFile, &["/srv/key.pem"]);
    assert_eq!(
        test.compare().differences.len(),
        2,
        "a file that was not there before is none of the program's"
    );
}

#[test]
fn a_user_has_to_be_a_number_that_is_not_root() {
    let mut named = small(&[]);
    named.config.user = "nonroot".into();
    Test::new(small(&[]), named).finds(Kind::User, &["runAsNonRoot", "nonroot"]);
    let mut root = small(&[]);
    (root.config.user, root.config.uid) = (String::new(), Some(0));
    Test::new(small(&[]), root).finds(Kind::User, &["runs as root"]);
    let mut nobody = small(&[]);
    (nobody.config.user, nobody.config.uid) = ("app".into(), None);
    Test::new(image(&[]), nobody).finds(Kind::User, &["no user named app"]);
}

#[test]
fn tells_what_an_image_has_that_the_other_had_not() {
    let mut new = small(&[]);
    (new.shells, new.setuid) = (vec!["/bin/sh".into()], vec!["/usr/bin/su".into(), "/usr/bin/pwn".into()]);
    (new.certificates, new.unpacked) = (false, 2_000_000_000);
    let mut old = image(&[]);
    old.setuid = vec!["/bin/su".into()];
    let test = Test::new(old, new);
    test.finds(Kind::Surface, &["shell", "/bin/sh"]);
    test.finds(Kind::Certificates, &["certificates"]);
    test.finds(Kind::Size, &["2000 MB in place of 1000 MB"]);
    let found = test.compare().differences;
    let setuid = found.iter().find(|one| one.what.contains("owner")).unwrap();
    assert!(setuid.what.ends_with(": /usr/bin/pwn"), "{}", setuid.what);
}

#[test]
fn names_the_file_behind_a_message() {
    let old = || {
        image(&[
            ("/app/templates/page.html", file(0o644)),
            ("/app/templates", entry(FileKind::Folder, 0o755, 0)),
        ])
    };
    let test = Test::new(old(), small(&[]))
        .saying("open templates/page.html: no such file or directory", Aspect::Answer);
    test.finds(Kind::MissingFile, &["/app/templates/page.html"]);
    assert_eq!(test.compare().differences[0].id, Kind::MissingFile, "the cause comes first");
    Test::new(old(), small(&[]))
        .saying("panic: html/template: pattern matches no files: `templates/*.html`", Aspect::Exit)
        .finds(Kind::MissingFile, &["/app/templates"]);

    let mut new = small(&[
        ("/app/templates/page.html", file(0o644)),
        ("/app/templates", entry(FileKind::Folder, 0o755, 0)),
    ]);
    new.config.working_directory = "/".into();
    Test::new(old(), new)
        .saying("open templates/page.html: no such file or directory", Aspect::Answer)
        .finds(Kind::WorkingDirectory, &["templates/page.html", "/app"]);
    // What the original has not either is not missed.
    let test =
        Test::new(old(), small(&[])).saying("open other.html: no such file or directory", Aspect::Exit);
    assert!(!test.compare().differences.iter().any(|one| one.what.contains("other.html")));
}

#[test]
fn names_what_is_denied() {
    let new = || small(&[("/app/key.pem", file(0o600))]);
    Test::new(image(&[("/app/key.pem", file(0o600))]), new())
        .saying("2026/01/02 03:04:05 open key.pem: permission denied", Aspect::Exit)
        .finds(Kind::UnreadableFile, &["/app/key.pem"]);
    Test::new(image(&[]), new())
        .saying("open /data/visits: permission denied", Aspect::Exit)
        .finds(Kind::UnwritableFolder, &["/data/visits"]);
    Test::new(image(&[]), new())
        .saying("listen tcp :80: bind: permission denied", Aspect::Exit)
        .finds(Kind::PortRefused, &["port 80"]);
    Test::new(image(&[]), new())
        .saying("listen tcp 0.0.0.0:443: bind: permission denied", Aspect::Exit)
        .finds(Kind::PortRefused, &["port 443"]);
}

#[test]
fn names_certificates_zones_and_libraries() {
    let saying = |line: &str| Test::new(image(&[]), small(&[])).saying(line, Aspect::Exit);
    saying("Get \"https://x\": x509: certificate signed by unknown authority")
        .finds(Kind::Certificates, &["trusted"]);
    saying("unknown time zone Europe/Berlin").finds(Kind::TimeZones, &["Europe/Berlin"]);
    saying("main: error while loading shared libraries: libpq.so.5: cannot open shared object file: No such file or directory")
        .finds(Kind::MissingLibrary, &["libpq.so.5"]);
}

#[test]
fn names_why_a_program_does_not_start() {
    let starting = |message: &str| {
        let mut test = Test::new(image(&[]), small(&[])).saying("", Aspect::Exit);
        test.after.behaviour.as_mut().unwrap().end = End::NotStarted { message: message.into() };
        test
    };
    starting("exec ./main: exec format error").finds(Kind::WrongArchitecture, &["./main"]);
    starting("exec: \"./main\": permission denied").finds(Kind::UnreadableFile, &["./main"]);
    starting("exec: \"./main\": no such file or directory").finds(Kind::MissingProgram, &["./main"]);
}

#[test]
fn guesses_at_files_that_are_gone() {
    let old = image(&[("/app/style.css", file(0o644)), ("/app/main.go", file(0o644))]);
    let mut test = Test::new(old, small(&[]));
    test.mismatches.push(Mismatch { aspect: Aspect::Answer, what: "404".into(), detail: Vec::new() });
    test.finds(Kind::MissingFile, &["/app/style.css"]);
    assert!(!test.compare().differences[0].what.contains("main.go"));
}

#[test]
fn every_mismatch_is_told_with_its_cause_before_it() {
    let mut test = Test::new(image(&[]), small(&[]));
    for aspect in [Aspect::Stop, Aspect::Output, Aspect::Port(80), Aspect::Confinement] {
        test.mismatches.push(Mismatch { aspect, what: format!("{aspect:?}"), detail: Vec::new() });
    }
    let kinds: Vec<Kind> = test.compare().differences.iter().map(|one| one.id).collect();
    assert_eq!(kinds, [Kind::PortRefused, Kind::Port, Kind::Output, Kind::Stop, Kind::Confinement]);
}

#[test]
fn more_serious_vulnerabilities_are_a_difference() {
    let scan = |ids: &[&str]| Scan {
        scanner: "trivy".into(),
        vulnerabilities: ids
            .iter()
            .map(|id| Vulnerability {
                severity: Severity::High,
                id: (*id).into(),
                package: "p".into(),
                version: "1".into(),
                fixed: None,
            })
            .collect(),
        ..Scan::default()
    };
    let mut test = Test::new(image(&[]), small(&[]));
    (test.before.scans, test.after.scans) = (vec![scan(&["A", "B"])], vec![scan(&["A"])]);
    test.finds_nothing();
    let rows = test.compare().rows;
    assert_eq!(rows.iter().find(|row| row.id == "high").unwrap().judgement, Judgement::Better);
    std::mem::swap(&mut test.before, &mut test.after);
    (test.before.image, test.after.image) = (Some(image(&[])), Some(small(&[])));
    test.finds(Kind::Vulnerabilities, &["2 high vulnerabilities in place of 1", "trivy"]);
}
