//! With a real engine: `HARDEN_LAB=1`, and `HARDEN_ENGINE` for another one than docker.

use crate::prove::engine::{Build, Confinement, Container, Engine, LABEL, Mount, NotBuilt, Start, Workshop};
use crate::prove::error::ErrorKind;
use crate::prove::process::{Cancel, Limits};
use std::collections::BTreeSet;
use std::io::Read as _;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

const SERVE: &str = r#"
$SIG{TERM} = sub { exit 7 };
$s = IO::Socket::INET->new(LocalAddr => "0.0.0.0", LocalPort => 8080, Listen => 5) or die;
IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 8081, Listen => 5) or die;
$| = 1; print "ready\n";
while ($c = $s->accept) { print $c "hello\n"; close $c }
"#;

fn limits() -> Limits {
    Limits { step: Duration::from_mins(5), image: 1 << 33, cancel: Cancel::default() }
}

/// One test at a time: one of them looks at what all builds left. None where there is no engine.
fn lab() -> Option<MutexGuard<'static, ()>> {
    static ONE: Mutex<()> = Mutex::new(());
    if std::env::var("HARDEN_LAB").is_ok_and(|value| value == "1") {
        return Some(ONE.lock().unwrap_or_else(PoisonError::into_inner));
    }
    println!("SKIPPED: needs a container engine; set HARDEN_LAB=1");
    None
}

fn engine() -> Engine {
    let wanted = std::env::var("HARDEN_ENGINE").unwrap_or("docker".into());
    [Engine::Docker, Engine::Podman, Engine::Buildah]
        .into_iter()
        .find(|engine| engine.name() == wanted)
        .unwrap()
}

fn dockerfile(text: &str, context: &Path) -> Build {
    Build {
        text: text.into(),
        name: "Dockerfile".into(),
        folder: context.into(),
        context: context.into(),
        ..Build::default()
    }
}

/// What the engine has with the label of a run.
fn left(id: &str) -> Vec<String> {
    let program = if engine() == Engine::Docker { "docker" } else { "podman" };
    let filter = format!("label={LABEL}={id}");
    let lists = [&["ps", "-aq"][..], &["images", "-aq"], &["volume", "ls", "-q"]];
    let list =
        |words: &[&str]| Command::new(program).args(words).args(["--filter", &filter]).output().unwrap();
    lists
        .iter()
        .map(|words| String::from_utf8(list(words).stdout).unwrap())
        .filter(|text| !text.is_empty())
        .collect()
}

fn start<'a>(image: &'a str, arguments: &'a [String], ports: &'a BTreeSet<u16>) -> Start<'a> {
    Start {
        image,
        arguments,
        entrypoint: None,
        environment: &[],
        mounts: &[],
        confinement: Confinement::default(),
        refuse_low_ports: false,
        ports,
    }
}

fn ended(container: &Container<'_>) -> crate::prove::engine::Status {
    for _ in 0..100 {
        let status = container.status().unwrap();
        if !status.running {
            return status;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("it still runs");
}

#[test]
fn a_build_runs_and_leaves_nothing() {
    let Some(_turn) = lab() else { return };
    let limits = limits();
    let folder = tempfile::tempdir().unwrap();
    let workshop = Workshop::open(Some(engine()), &limits).unwrap();
    let id = workshop.id().to_owned();
    std::fs::write(folder.path().join("serve"), SERVE).unwrap();
    let text = "FROM debian:12-slim\nCOPY serve /serve\nVOLUME /data\nCMD [\"perl\", \"-MIO::Socket::INET\", \"/serve\"]\n";
    let mut log = Vec::new();
    let built =
        workshop.build("old", &dockerfile(text, folder.path()), &mut |_, piece| log.extend_from_slice(piece));
    let built = built.unwrap();
    assert_eq!(built.tag, format!("harden-prove-{id}:old"));
    assert!(String::from_utf8_lossy(&log).contains("COPY"), "the build's output is shown");
    let archive = folder.path().join("old.tar");
    workshop.save(&built.tag, &archive).unwrap();
    assert!(archive.metadata().unwrap().len() > 50_000_000);
    let ports = BTreeSet::from([8080]);
    let confinement = Confinement { no_capabilities: true, read_only: true };
    let container = workshop.start(&Start { confinement, ..start(&built.tag, &[], &ports) }).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    assert!(container.status().unwrap().running, "{:?}", container.logs());
    assert_eq!(container.listening().unwrap(), Some(ports.clone()));
    let answers = |address| {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2)).ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).ok()?;
        Some(text)
    };
    let said = container.addresses(8080).unwrap().into_iter().find_map(answers);
    assert_eq!(said.as_deref(), Some("hello\n"));
    assert_eq!(container.logs().unwrap().text(), "ready");
    let (took, status) = container.stop(Duration::from_secs(5)).unwrap();
    assert!(took < Duration::from_secs(3) && status.code == 7, "{took:?} {status:?}");
    drop(container);
    assert_eq!(left(&id).len(), 1, "the image");
    workshop.clean().unwrap();
    assert_eq!(left(&id), Vec::<String>::new());
}

#[test]
fn programs_that_cannot_start_say_why() {
    let Some(_turn) = lab() else { return };
    let limits = limits();
    let folder = tempfile::tempdir().unwrap();
    let workshop = Workshop::open(Some(engine()), &limits).unwrap();
    let id = workshop.id().to_owned();
    let text = "FROM debian:12-slim\nRUN printf '\\177ELFjunk' > /bad && chmod 755 /bad && printf '#!/nosuch\\n' > /script && chmod 755 /script\nCMD [\"true\"]\n";
    let built = workshop.build("old", &dockerfile(text, folder.path()), &mut |_, _| {}).unwrap();
    let none = BTreeSet::new();
    let cases = [
        ("/nosuch", "no such file or directory"),
        ("nosuch", "executable file not found"),
        ("/etc", "permission denied"),
        ("/bad", "exec format error"),
        ("/script", "no such file or directory"),
    ];
    for (program, reason) in cases {
        let container =
            workshop.start(&Start { entrypoint: Some(program), ..start(&built.tag, &[], &none) }).unwrap();
        let status = ended(&container);
        assert!(status.error.to_lowercase().contains(reason), "{program}: {status:?} {:?}", container.logs());
        assert!(!status.error.contains("OCI") && status.code != 0, "{program}: {status:?}");
        assert_eq!(container.stop(Duration::from_secs(1)).unwrap().1, status);
    }
    drop(workshop);
    assert_eq!(left(&id), Vec::<String>::new());
}

#[test]
fn a_volume_shows_what_was_written() {
    let Some(_turn) = lab() else { return };
    let limits = limits();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a, \"b\""), "mounted").unwrap();
    let workshop = Workshop::open(Some(engine()), &limits).unwrap();
    let id = workshop.id().to_owned();
    let build = dockerfile("FROM debian:12-slim\nUSER 65532\n", folder.path());
    let built = workshop.build("new", &build, &mut |_, _| {}).unwrap();
    let volume = workshop.volume().unwrap();
    assert_eq!(workshop.volume_files(&built.tag, &volume).unwrap(), []);
    let none = BTreeSet::new();
    let words =
        ["-c", "mkdir /tmp/x; cat /in/*; touch /in/x || echo $A >/v/../../proc/self/fd/1"].map(String::from);
    let mounts =
        [Mount::Volume(volume.clone(), "/v".into()), Mount::Host(folder.path().into(), "/in".into())];
    let environment = ["A=refused".to_owned()];
    let confinement = Confinement { no_capabilities: true, read_only: true };
    let run = Start {
        mounts: &mounts,
        entrypoint: Some("/bin/sh"),
        environment: &environment,
        confinement,
        refuse_low_ports: false,
        ..start(&built.tag, &words, &none)
    };
    let container = workshop.start(&run).unwrap();
    assert_eq!(ended(&container).code, 0);
    assert_eq!(container.logs().unwrap().text(), "mountedrefused");
    drop(container);
    drop(workshop);
    assert_eq!(left(&id), Vec::<String>::new());
}

#[test]
fn a_failed_build_names_line_and_reason() {
    let Some(_turn) = lab() else { return };
    let limits = limits();
    let folder = tempfile::tempdir().unwrap();
    let workshop = Workshop::open(Some(engine()), &limits).unwrap();
    let id = workshop.id().to_owned();
    let text = "FROM debian:12-slim\n# x\nRUN true\nRUN echo hi && \\\n    exit 3\n";
    let Err(NotBuilt::Fails(failure)) =
        workshop.build("old", &dockerfile(text, folder.path()), &mut |_, _| {})
    else {
        panic!("it builds");
    };
    assert_eq!(failure.line, Some(4));
    assert_eq!(failure.message, "the command ended with exit code 3");
    assert_eq!(failure.output, ["hi"]);
    drop(workshop);
    assert_eq!(left(&id), Vec::<String>::new());
}

#[test]
fn a_stopped_build_leaves_nothing() {
    let Some(_turn) = lab() else { return };
    let limits = limits();
    let folder = tempfile::tempdir().unwrap();
    let workshop = Workshop::open(Some(engine()), &limits).unwrap();
    let id = workshop.id().to_owned();
    let build =
        dockerfile("FROM debian:12-slim\nRUN echo begun; sleep 100 || true; sleep 101\n", folder.path());
    let before = containers();
    let built = workshop.build("old", &build, &mut |_, piece| {
        if String::from_utf8_lossy(piece).lines().any(|line| line.ends_with("begun")) {
            limits.cancel.cancel(2);
        }
    });
    let Err(NotBuilt::Fault(error)) = built else { panic!("{built:?}") };
    assert_eq!(error.kind, ErrorKind::Cancelled(2));
    drop(workshop);
    assert_eq!(left(&id), Vec::<String>::new());
    assert_eq!(containers(), before, "what a build works in");
}

#[test]
fn buildah_alone_builds_and_saves() {
    let Some(_turn) = lab() else { return };
    if engine() != Engine::Buildah {
        return;
    }
    let path = std::env::var_os("PATH").unwrap();
    let mut found = std::env::split_paths(&path).map(|folder| folder.join("buildah"));
    let folder = tempfile::tempdir().unwrap();
    let program = found.find(|file| file.exists()).unwrap();
    std::os::unix::fs::symlink(program, folder.path().join("buildah")).unwrap();
    let limits = limits();
    let workshop = Workshop::open_in(folder.path().as_os_str(), None, &limits).unwrap();
    let id = workshop.id().to_owned();
    assert!(!workshop.runs());
    let build = dockerfile("FROM debian:12-slim\nCMD [\"true\"]\n", folder.path());
    let built = workshop.build("old", &build, &mut |_, _| {}).unwrap();
    let archive = folder.path().join("old.tar");
    workshop.save(&built.tag, &archive).unwrap();
    assert!(archive.metadata().unwrap().len() > 50_000_000);
    assert_eq!(
        workshop.start(&start(&built.tag, &[], &BTreeSet::new())).map(|_| ()).unwrap_err().kind,
        ErrorKind::Engine
    );
    workshop.clean().unwrap();
    assert_eq!(left(&id), Vec::<String>::new());
}

/// Containers that builds made.
fn containers() -> String {
    if engine() == Engine::Docker {
        return String::new();
    }
    let list = Command::new("podman").args(["ps", "--all", "--external", "--quiet"]).output();
    String::from_utf8(list.unwrap().stdout).unwrap()
}
