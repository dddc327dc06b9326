//! What configuration and files tell.

use super::*;
use crate::prove::image::{HealthCheck, Package};
use serde_json::json;

#[test]
fn the_configuration_is_read_whole() {
    let config = json!({
        "User": "7:8", "Entrypoint": ["/app"], "Cmd": ["--port", "80"], "Env": ["A=1", "B=x=y", "A=2", "odd"],
        "ExposedPorts": {"8080/tcp": {}, "53/udp": {}, "90": {}}, "Volumes": {"/data": {}}, "WorkingDir": "/srv",
        "Labels": {"a": "b", "dev.harden.run": "1", "dev.hardened": "2"}, "StopSignal": "SIGINT",
        "Healthcheck": {"Test": ["CMD", "/app", "ok"], "Interval": 5_000_000_000_i64, "Retries": 3},
        "OnBuild": ["RUN make"],
    });
    let config = image(&config, vec![]).config;
    assert_eq!((config.user.as_str(), config.uid, config.gid), ("7:8", Some(7), Some(8)));
    assert_eq!(config.argv().collect::<Vec<_>>(), ["/app", "--port", "80"]);
    assert_eq!(
        config.environment.into_iter().collect::<Vec<_>>(),
        [("A".into(), "2".into()), ("B".into(), "x=y".into())]
    );
    assert_eq!(config.ports.into_iter().collect::<Vec<_>>(), ["53/udp", "8080/tcp", "90/tcp"]);
    assert_eq!(config.volumes.into_iter().collect::<Vec<_>>(), ["/data"]);
    assert_eq!(config.labels.into_keys().collect::<Vec<_>>(), ["a", "dev.hardened"]);
    assert_eq!((config.working_directory.as_str(), config.stop_signal.as_deref()), ("/srv", Some("SIGINT")));
    let test = vec!["CMD".into(), "/app".into(), "ok".into()];
    let check = HealthCheck { test, interval: 5_000_000_000, retries: 3, ..HealthCheck::default() };
    assert_eq!((config.health_check, config.on_build), (Some(check), vec!["RUN make".to_owned()]));
}

#[test]
fn what_is_absent_or_null_has_its_default() {
    let names =
        ["User", "Entrypoint", "Cmd", "Env", "ExposedPorts", "Volumes", "Labels", "WorkingDir", "StopSignal"];
    let nulls: serde_json::Map<_, _> = names.iter().map(|name| ((*name).to_owned(), json!(null))).collect();
    for config in [json!({}), json!(null), json!(nulls)] {
        let image = image(&config, vec![]);
        assert_eq!(image.config.working_directory, "/");
        assert_eq!((image.config.uid, image.config.gid), (Some(0), Some(0)));
        assert_eq!(image.config.argv().count(), 0);
        assert_eq!(image.program, None);
        assert!(image.config.health_check.is_none());
    }
}

#[test]
fn the_user_is_looked_up_as_engines_do() {
    let passwd = "root:x:0:0:root:/root:/bin/sh\n# odd\n\nme:x:1000:1001:Me:/home/me:/bin/sh\nme:x:9:9::/:\n55:x:66:67::/:\n";
    let group = "root:x:0:\nstaff:x:50:me,other\nme:x:1001:\n77:x:78:\n";
    for (user, uid, gid) in [
        ("", Some(0), Some(0)),
        ("root", Some(0), Some(0)),
        ("me", Some(1000), Some(1001)),
        ("1000", Some(1000), Some(1001)),
        ("2000", Some(2000), Some(0)),
        // A number is never a name.
        ("55", Some(55), Some(0)),
        ("me:staff", Some(1000), Some(50)),
        ("1000:staff", Some(1000), Some(50)),
        ("me:77", Some(1000), Some(77)),
        ("2000:3000", Some(2000), Some(3000)),
        (":staff", Some(0), Some(50)),
        ("nobody", None, None),
        ("me:nobody", Some(1000), None),
        ("4294967295", None, None),
        ("-1", None, None),
    ] {
        let lists = Tar::new().file("etc/passwd", passwd).file("etc/group", group);
        let config = image(&json!({"User": user}), vec![lists]).config;
        assert_eq!((config.uid, config.gid), (uid, gid), "{user}");
    }
    let bare = image(&json!({"User": "65532:65532"}), vec![]).config;
    assert_eq!((bare.uid, bare.gid), (Some(65532), Some(65532)));
    assert_eq!(image(&json!({"User": "me"}), vec![]).config.uid, None);
}

#[test]
fn packages_are_read_from_every_list() {
    let dpkg = "Package: b\nStatus: install ok installed\nVersion: 2\nDescription: x\n Package: no\n\n\
                Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\nPackage: a\nStatus: hold ok installed\nVersion: 1:3-4\n";
    let apk = "C:Q1\nP:musl\nV:1.2.5-r0\n\nP:busybox\nV:1.36\n";
    let tar = Tar::new().file("var/lib/dpkg/status", dpkg).file("lib/apk/db/installed", apk);
    let tar =
        tar.file("var/lib/dpkg/status.d/base", "Package: base-files\nVersion: 12\nArchitecture: amd64\n");
    let tar = tar
        .file("var/lib/dpkg/status.d/base.md5sums", "Package: no\n")
        .file("usr/lib/apk/db/installed", "P:new\nV:3\n");
    let package = |name: &str, version: &str| Package { name: name.into(), version: version.into() };
    let expected = [
        package("a", "1:3-4"),
        package("b", "2"),
        package("base-files", "12"),
        package("busybox", "1.36"),
        package("musl", "1.2.5-r0"),
        package("new", "3"),
    ];
    assert_eq!(image(&json!({}), vec![tar]).packages, expected);
}

#[test]
fn shells_and_package_managers_are_programs_where_commands_are() {
    let tar = Tar::new()
        .folder("usr/bin/")
        .link("bin", "usr/bin")
        .program("usr/bin/dash", "x")
        .link("usr/bin/sh", "dash");
    let tar =
        tar.link("usr/bin/bash", "gone").file("usr/bin/zsh", "no program").program("usr/share/doc/sh", "x");
    let tar = tar.program("usr/bin/apt-get", "x").program("opt/py/bin/pip3", "x").program("usr/bin/go", "x");
    let tar = tar.program("busybox/busybox", "x").link("busybox/ash", "busybox");
    let image = image(&json!({"Env": ["PATH=/usr/bin:/opt/py/bin"]}), vec![tar]);
    assert_eq!(image.shells, ["/busybox/ash", "/busybox/busybox", "/usr/bin/dash", "/usr/bin/sh"]);
    assert_eq!(image.package_managers, ["/opt/py/bin/pip3", "/usr/bin/apt-get"]);
}

#[test]
fn special_modes_are_listed() {
    let file = |tar: Tar, path: &str, mode| tar.entry(EntryType::Regular, path, mode, (0, 0), "", b"x");
    let folder = |tar: Tar, path: &str, mode| tar.entry(EntryType::Directory, path, mode, (0, 0), "", b"");
    let tar = file(file(file(Tar::new(), "bin/su", 0o4755), "bin/wall", 0o2755), "bin/data", 0o4644);
    let tar = folder(folder(folder(tar, "tmp/", 0o1777), "open/", 0o777), "proc/open/", 0o777);
    let tar =
        file(tar, "all", 0o666).link("link", "all").entry(EntryType::Char, "null", 0o666, (0, 0), "", b"");
    let image = image(&json!({}), vec![tar]);
    assert_eq!(image.setuid, ["/bin/su", "/bin/wall"]);
    assert_eq!(image.world_writable, ["/all", "/open"]);
}

#[test]
fn files_that_the_user_cannot_read_are_listed_but_for_what_distributions_close() {
    let closed = |tar: Tar, path: &str| tar.entry(EntryType::Regular, path, 0o600, (0, 0), "", b"x");
    let tar = || {
        let tar = closed(closed(closed(Tar::new(), "app/secret"), "etc/shadow"), "var/lib/dpkg/lock");
        let tar = tar.entry(EntryType::Directory, "closed/", 0o700, (0, 0), "", b"").file("closed/file", "x");
        let tar = tar
            .entry(EntryType::Regular, "team", 0o640, (0, 50), "", b"x")
            .file("etc/group", "staff:x:50:me");
        closed(tar.file("etc/passwd", "me:x:7:7::/:").file("app/open", "x"), "root/.profile")
    };
    let unreadable = |user: &str| image(&json!({"User": user}), vec![tar()]).unreadable;
    assert_eq!(unreadable("65532"), ["/app/secret", "/closed/file", "/team"]);
    assert_eq!(unreadable("me"), ["/app/secret", "/closed/file"], "groups that list the user count");
    assert_eq!(unreadable("me:me2"), ["/app/secret", "/closed/file", "/team"]);
    assert_eq!(unreadable("0"), [] as [&str; 0]);
}

#[test]
fn certificates_and_time_zones_are_seen_where_programs_look() {
    let has = |config: serde_json::Value, tar: Tar| {
        let image = image(&config, vec![tar]);
        (image.certificates, image.time_zones)
    };
    assert_eq!(
        has(json!({}), Tar::new().folder("etc/ssl/certs/").folder("usr/share/zoneinfo/")),
        (false, false)
    );
    assert_eq!(has(json!({}), Tar::new().file("etc/ssl/certs/ca-certificates.crt", "x")), (true, false));
    assert_eq!(has(json!({}), Tar::new().file("etc/ssl/certs/ca-certificates.crt", "")), (false, false));
    assert_eq!(
        has(json!({}), Tar::new().link("etc/ssl/certs/a.pem", "/share/a").file("share/a", "x")),
        (true, false)
    );
    assert_eq!(has(json!({}), Tar::new().link("etc/ssl/certs/a.pem", "/share/a")), (false, false));
    assert_eq!(has(json!({"Env": ["SSL_CERT_FILE=/ca.pem"]}), Tar::new().file("ca.pem", "x")), (true, false));
    assert_eq!(has(json!({"Env": ["SSL_CERT_DIR=/a:/b"]}), Tar::new().file("b/ca.pem", "x")), (true, false));
    assert_eq!(has(json!({}), Tar::new().file("usr/share/zoneinfo/UTC", "x")), (false, true));
    assert_eq!(has(json!({}), Tar::new().file("usr/local/go/lib/time/zoneinfo.zip", "x")), (false, true));
    assert_eq!(has(json!({"Env": ["ZONEINFO=/z.zip"]}), Tar::new().file("z.zip", "x")), (false, true));
}
