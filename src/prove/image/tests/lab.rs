//! Real images of a real engine.

use super::*;
use crate::prove::image::{Format, Kind};
use std::path::Path;
use std::process::Command;

/// An image that is removed when it is no longer needed.
struct Built(String);

impl Built {
    fn new(name: &str, context: &Path, dockerfile: &str) -> Self {
        let tag = format!("harden-test-image-{}:{name}", std::process::id());
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), dockerfile).unwrap();
        let built = Command::new("docker")
            .args(["build", "-q", "-t", &tag, "-f"])
            .args([file.path(), context])
            .output();
        let built = built.unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        Self(tag)
    }

    fn read(&self) -> Image {
        let file = tempfile::NamedTempFile::new().unwrap();
        let saved = Command::new("docker").args(["save", &self.0, "-o"]).arg(file.path()).status().unwrap();
        assert!(saved.success());
        Image::read(file.path(), &Limits { step: Duration::from_mins(10), image: 8 << 30, ..limits() })
            .unwrap()
    }

    fn inspect(&self, format: &str) -> String {
        let output = Command::new("docker").args(["inspect", "-f", format, &self.0]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

impl Drop for Built {
    fn drop(&mut self) {
        Command::new("docker").args(["image", "rm", "-f", &self.0]).output().unwrap();
    }
}

fn lab() -> bool {
    let lab = std::env::var_os("HARDEN_LAB").is_some_and(|value| value == "1");
    if !lab {
        use std::io::Write as _;
        writeln!(std::io::stderr(), "SKIPPED: real images; set HARDEN_LAB=1").unwrap();
    }
    lab
}

#[test]
fn an_image_for_c_programs_is_what_it_is() {
    if !lab() {
        return;
    }
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab/cases/cgo");
    let stages = "FROM golang:1.27 AS build\nWORKDIR /app\nCOPY . .\nRUN go build -o sum .\n";
    let text = |base: &str| {
        format!("{stages}FROM {base}\nCOPY --from=build /app/sum /sum\nUSER 65532:65532\nCMD [\"/sum\"]\n")
    };
    let built = Built::new("cgo", &case, &text("gcr.io/distroless/base-nossl-debian12"));
    let image = built.read();
    assert_eq!(image.id, built.inspect("{{.Id}}"));
    let size: u64 = built.inspect("{{.Size}}").parse().unwrap();
    assert!(image.unpacked.abs_diff(size) * 1000 < size, "{} is not {size}", image.unpacked);
    assert!(image.compressed > size / 10 && image.compressed < size, "{}", image.compressed);
    let program = image.program.unwrap();
    assert_eq!((program.path.as_str(), program.format), ("/sum", Format::Dynamic));
    assert!(
        program.interpreter_found && program.missing_libraries.is_empty(),
        "{:?}",
        program.missing_libraries
    );
    let go = program.go.unwrap();
    assert!(go.version.starts_with("go1.27"), "{}", go.version);
    assert!(go.settings.contains(&("CGO_ENABLED".into(), "1".into())), "{:?}", go.settings);
    assert_eq!((image.config.uid, image.config.gid), (Some(65532), Some(65532)));
    assert!(image.shells.is_empty() && image.package_managers.is_empty() && image.setuid.is_empty());
    assert!(image.packages.iter().any(|package| package.name == "libc6"), "{:?}", image.packages);
    assert!(image.certificates && image.time_zones);
    let wrong =
        Built::new("static", &case, &text("gcr.io/distroless/static-debian12")).read().program.unwrap();
    assert!(!wrong.interpreter_found);
    assert_eq!(wrong.missing_libraries, ["libc.so.6"]);
}

#[test]
fn files_of_a_build_are_where_a_container_sees_them() {
    if !lab() {
        return;
    }
    let context = tempfile::tempdir().unwrap();
    std::fs::write(context.path().join("x"), "x").unwrap();
    let run = "rm -r /etc/apt && ln /srv/x /srv/y && ln -s /srv /lib/far && echo z > /lib/far/z && chmod u+s /bin/cat \
               && echo me:x:4242:4242::/: >> /etc/passwd";
    let text =
        format!("FROM debian:bookworm-slim\nCOPY --chown=7:8 --chmod=640 x /srv/x\nRUN {run}\nUSER me\n");
    let built = Built::new("files", context.path(), &text);
    let image = built.read();
    let x = image.files.get("/srv/x").unwrap();
    assert_eq!((x.mode, x.uid, x.gid, x.size), (0o640, 7, 8, 1));
    assert_eq!(image.files.get("/srv/y"), Some(x));
    assert_eq!(image.files.resolve("/lib/far/z", "/").unwrap().0, "/srv/z");
    assert_eq!(image.files.get("/lib").unwrap().kind, Kind::Link("usr/lib".into()));
    assert_eq!(image.files.under("/etc/apt").count(), 0);
    assert_eq!(image.unreadable, ["/srv/x", "/srv/y"]);
    assert_eq!(image.config.uid, Some(4242));
    assert!(image.setuid.contains(&"/usr/bin/cat".to_owned()));
    assert!(
        image.shells.contains(&"/usr/bin/bash".to_owned())
            && image.package_managers.contains(&"/usr/bin/apt-get".to_owned())
    );
    let mut command = Command::new("docker");
    command.args(["run", "--rm", &built.0, "dpkg-query", "-f", "${db:Status-Status} ${Package}\n", "-W"]);
    let packages = command.output().unwrap();
    let listed = String::from_utf8(packages.stdout)
        .unwrap()
        .lines()
        .filter(|line| line.starts_with("installed "))
        .count();
    assert_eq!(image.packages.len(), listed);
}
