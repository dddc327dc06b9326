use super::fake::{Fake, limits, start};
use crate::prove::engine::containers::{addresses, listening_in};
use crate::prove::engine::inspect::{Facts, number};
use crate::prove::engine::{Confinement, Mount, Start, Workshop, volumes};
use crate::prove::error::ErrorKind;
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn a_refused_setting_is_left_out_from_then_on() {
    let cases = "*--memory*) value --name \"$@\" >>@/containers; echo \"docker: Error response from daemon: this cgroup has no memory controller.\" >&2; exit 125 ;;";
    let fake = Fake::new().docker(cases);
    let limits = limits();
    let none = BTreeSet::new();
    let workshop = Workshop::open_in(fake.path(), None, &limits).unwrap();
    let one = workshop.start(&start("x", &[], &none)).unwrap();
    let two = workshop.start(&start("x", &[], &none)).unwrap();
    assert_eq!(fake.read("containers"), format!("{}\n{}\n", one.name, two.name), "the refused one is gone");
    assert_eq!(fake.read("log").matches("--memory 4g").count(), 1);
}

#[test]
fn a_fault_of_the_engine_is_no_fault_of_the_image() {
    let fake = Fake::new().docker("\"run \"*) value --name \"$@\" >>@/containers; echo 'docker: Error response from daemon: driver failed programming external connectivity: address already in use.' >&2; exit 125 ;;");
    let limits = limits();
    let none = BTreeSet::new();
    let workshop = Workshop::open_in(fake.path(), None, &limits).unwrap();
    let error = workshop.start(&start("x", &[], &none)).map(|_| ()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Other);
    assert_eq!(
        error.to_string(),
        "docker could not start a container: driver failed programming external connectivity: address already in use"
    );
    assert_eq!(fake.left(), "");
}

#[test]
fn an_image_that_cannot_start_is_a_container_with_a_reason() {
    let cases = [
        (
            "127",
            "docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: \"nosuch\": executable file not found in $PATH: unknown.",
            "exec: \"nosuch\": executable file not found in $PATH",
        ),
        (
            "126",
            "docker: Error response from daemon: OCI runtime create failed: container_linux.go:380: starting container process caused: chdir to cwd (\"/x\") set in config.json failed: permission denied: unknown.",
            "chdir to cwd (\"/x\") set in config.json failed: permission denied",
        ),
        (
            "126",
            "docker: Error response from daemon: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec /main: permission denied: unknown",
            "exec /main: permission denied",
        ),
        ("125", "docker: Error response from daemon: No command specified.", "No command specified"),
        (
            "125",
            "docker: Error response from daemon: unable to find user app: no matching entries in passwd file.",
            "unable to find user app: no matching entries in passwd file",
        ),
        (
            "127",
            "Error: crun: executable file `nosuch` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found",
            "executable file `nosuch` not found in $PATH: No such file or directory",
        ),
    ];
    for (code, said, reason) in cases {
        let said = said.replace('`', "\\`").replace('$', "\\$").replace('"', "\\\"");
        let help = "Run 'docker run --help' for more information";
        let fake = Fake::new()
            .docker(&format!("\"run \"*) printf '%s\\n' \"{said}\" '' \"{help}\" >&2; exit {code} ;;"));
        let limits = limits();
        let none = BTreeSet::new();
        let workshop = Workshop::open_in(fake.path(), None, &limits).unwrap();
        let container = workshop.start(&start("x", &[], &none)).unwrap();
        let status = container.status().unwrap();
        assert_eq!(
            (status.running, status.code.to_string().as_str(), status.error.as_str()),
            (false, code, reason)
        );
        assert_eq!(container.listening().unwrap(), Some(BTreeSet::new()));
        assert!(container.addresses(80).unwrap().is_empty() && container.logs().unwrap().text().is_empty());
    }
}

#[test]
fn a_container_gets_what_it_is_given_and_no_more() {
    let fake = Fake::new().docker("");
    let limits = limits();
    let ports = BTreeSet::from([80, 8080]);
    let workshop = Workshop::open_in(fake.path(), None, &limits).unwrap();
    let mounts =
        [Mount::Host(fake.folder().into(), "/a,b".into()), Mount::Volume("v".into(), "/data".into())];
    let arguments = ["--help".to_owned()];
    let environment = ["A=b c".to_owned()];
    let confinement = Confinement { no_capabilities: true, read_only: true };
    let given = Start {
        mounts: &mounts,
        environment: &environment,
        confinement,
        refuse_low_ports: false,
        entrypoint: Some("/p"),
        ..start("x", &arguments, &ports)
    };
    drop(workshop.start(&given).unwrap());
    drop(workshop.start(&start("x", &[], &BTreeSet::new())).unwrap());
    let log = fake.read("log");
    let mut runs = log.lines().filter(|line| line.starts_with("docker run"));
    let (full, bare) = (runs.next().unwrap(), runs.next().unwrap());
    let folder = fake.folder().canonicalize().unwrap();
    let wanted = [
        "--detach --pull never ".to_owned(),
        "--cap-drop ALL --security-opt no-new-privileges --publish 127.0.0.1::80 --publish 127.0.0.1::8080 --env A=b c ".to_owned(),
        format!("--mount type=bind,source={},\"target=/a,b\",readonly ", folder.display()),
        "--mount type=volume,source=v,target=/data ".to_owned(),
        "--read-only --tmpfs /tmp --entrypoint /p x --help".to_owned(),
    ];
    for words in wanted {
        assert!(full.contains(&words), "{words} is not in {full}");
    }
    for word in ["--cap-drop", "--read-only", "--publish", "--mount", "--entrypoint", "--env"] {
        assert!(!bare.contains(word), "{word} is in {bare}");
    }
}

#[test]
fn addresses_are_the_published_one_then_the_containers_own() {
    let facts = |text: &str| serde_json::from_str::<Facts>(text).unwrap();
    let docker = facts(
        r#"{"NetworkSettings": {"IPAddress": "172.17.0.2", "Networks": {"bridge": {"IPAddress": "172.17.0.2"}},
        "Ports": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "49153"}], "81/tcp": null}}}"#,
    );
    let shown =
        |facts: &Facts, port| addresses(facts, port).iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(shown(&docker, 80), ["127.0.0.1:49153", "172.17.0.2:80"]);
    assert_eq!(shown(&docker, 81), ["172.17.0.2:81"]);
    let rootless = facts(
        r#"{"NetworkSettings": {"IPAddress": "", "Networks": null, "Ports": {"80/tcp": [{"HostIp": "", "HostPort": "4000"}]}}}"#,
    );
    assert_eq!(shown(&rootless, 80), ["127.0.0.1:4000"]);
    let host = facts(r#"{"HostConfig": {"NetworkMode": "host"}, "NetworkSettings": {}}"#);
    assert_eq!(shown(&host, 80), ["127.0.0.1:80"]);
    let hostile = facts(
        r#"{"NetworkSettings": {"IPAddress": "x; rm", "Ports": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "99999"}]}}}"#,
    );
    assert_eq!(shown(&hostile, 80), Vec::<String>::new());
}

#[test]
fn only_ports_that_listen_beyond_loopback_count() {
    let proc = tempfile::tempdir().unwrap();
    let process = proc.path().join("7");
    std::fs::create_dir_all(process.join("net")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(process.join(name), text).unwrap();
    write(
        "net/tcp",
        "  sl  local_address rem_address   st tx_queue\n   0: 00000000:1F90 00000000:0000 0A 00000000:00000000\n   1: 0100007F:1F91 00000000:0000 0A 00000000\n   2: 00000000:1F92 00000000:0000 01 0000\n junk\n",
    );
    write(
        "net/tcp6",
        "  sl\n   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0\n   1: 00000000000000000000000001000000:0051 0:0 0A\n   2: 0000000000000000FFFF00000100007F:0052 0:0 0A\n   3: 00:0053 0:0 0A\n",
    );
    let mut facts = Facts { id: "abc123".into(), ..Facts::default() };
    facts.state.pid = 7;
    write("cgroup", "0::/system.slice/docker-other.scope\n");
    assert_eq!(listening_in(proc.path(), &facts), None, "the process of another container");
    write("cgroup", "0::/system.slice/docker-abc123.scope\n");
    assert_eq!(listening_in(proc.path(), &facts), Some(BTreeSet::from([8080, 80])));
    for (of, network) in [("7", "net:[1]"), ("self", "net:[1]")] {
        std::fs::create_dir_all(proc.path().join(of).join("ns")).unwrap();
        std::os::unix::fs::symlink(network, proc.path().join(of).join("ns/net")).unwrap();
    }
    assert_eq!(listening_in(proc.path(), &facts), None, "the host's own network");
    assert_eq!(listening_in(Path::new("/nosuch"), &facts), None);
}

#[test]
fn files_of_a_volume_are_told_apart_by_owner_and_content() {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, owner, content) in [("v/b", 65532, "two"), ("v/a", 0, "one"), ("v/c/d", 0, "two")] {
        let mut header = tar::Header::new_gnu();
        header.set_size(3);
        header.set_uid(owner);
        header.set_mode(0o644);
        archive.append_data(&mut header, path, content.as_bytes()).unwrap();
    }
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    header.set_uid(1);
    archive.append_link(&mut header, "v/l", "/etc/passwd").unwrap();
    let bytes = archive.into_inner().unwrap();
    let files = volumes::list(&bytes[..]).unwrap();
    let names: Vec<_> = files.iter().map(|(path, owner, _)| (path.as_str(), *owner)).collect();
    assert_eq!(names, [("a", 0), ("b", 65532), ("c/d", 0), ("l", 1)]);
    assert!(files[1].2 == files[2].2 && files[0].2 != files[1].2);
    assert_eq!(files[3].2, "link to /etc/passwd");
    assert!(volumes::list(&bytes[..700]).is_err(), "half an archive");
}

#[test]
fn sizes_for_people_are_read() {
    let cases = [("85.3 MB", 85_300_000), ("1.02 GB\n85 MB", 1_020_000_000), ("512 B", 512), ("9 KB", 9000)];
    for (text, bytes) in cases {
        assert_eq!(number(text), Some(bytes), "{text}");
    }
    for text in ["", "MB", "x MB", "1 parsec", "99999999999999999999 TB", "-1 B"] {
        assert_eq!(number(text), None, "{text}");
    }
}

#[test]
fn a_check_of_the_health_is_read_as_engines_run_it() {
    let check = |config: &str| {
        serde_json::from_str::<Facts>(&format!(r#"{{"Config": {config}}}"#)).unwrap().config.check()
    };
    assert_eq!(check(r#"{"Healthcheck": {"Test": ["CMD", "/app", "ping"]}}"#).unwrap(), ["/app", "ping"]);
    let shell = r#"{"Healthcheck": {"Test": ["CMD-SHELL", "curl -f x"]}, "Shell": null}"#;
    assert_eq!(check(shell).unwrap(), ["/bin/sh", "-c", "curl -f x"]);
    let bash = r#"{"Healthcheck": {"Test": ["CMD-SHELL", "x"]}, "Shell": ["/bin/bash", "-ec"]}"#;
    assert_eq!(check(bash).unwrap(), ["/bin/bash", "-ec", "x"]);
    for none in ["{}", r#"{"Healthcheck": null}"#, r#"{"Healthcheck": {"Test": ["NONE"]}}"#] {
        assert_eq!(check(none), None);
    }
}
