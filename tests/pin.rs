//! `harden pin` as people run it: against a registry of this test that also misbehaves, and against a real one.
//!
//! `HARDEN_REGISTRY=1 cargo test --test pin -- --nocapture` runs also what needs `docker-registry` and `skopeo`.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "registry/manifests.rs"]
#[allow(dead_code)]
mod manifests;
#[path = "registry/real.rs"]
#[allow(dead_code)]
mod real;
#[path = "registry/server.rs"]
#[allow(dead_code)]
mod server;

use manifests::{manifest, manifest_reply, sha256};
use server::{Asked, Say, Server, body, status};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// What a registry of these tests would know.
const PASSWORD: &str = "hunter2-secret";

/// What a run printed, and how it ended.
struct Ran {
    out: String,
    err: String,
    code: Option<i32>,
}

impl Ran {
    /// Everything that was printed, on one line as far as it was broken.
    fn all(&self) -> String {
        let text = format!("{} {}", self.out, self.err);
        assert!(!text.contains(PASSWORD) && !text.contains("panicked"), "{text}");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// A folder with Dockerfiles, and caches and logins of its own.
struct Place {
    files: TempDir,
    own: TempDir,
}

impl Place {
    fn new(files: &[(&str, &str)]) -> Self {
        let place = Self { files: TempDir::new().unwrap(), own: TempDir::new().unwrap() };
        for (name, text) in files {
            fs::write(place.path(name), text).unwrap();
        }
        place
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.files.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        run(self.files.path(), self.own.path(), arguments)
    }

    /// The same without what earlier runs have kept.
    fn fresh(&self, arguments: &[&str]) -> Ran {
        run(self.files.path(), TempDir::new().unwrap().path(), arguments)
    }
}

fn run(folder: &Path, own: &Path, arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harden"));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", own).env("XDG_CACHE_HOME", own.join("cache")).env("DOCKER_CONFIG", own);
    let output = command.args(arguments).current_dir(folder).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { out: text(output.stdout), err: text(output.stderr), code: output.status.code() }
}

/// A registry with one image under every tag.
fn registry() -> Server {
    Server::start(|_| |_: &Asked| manifest_reply(&manifest('1')))
}

#[test]
fn the_patch_adds_the_digest_and_nothing_else() {
    let server = registry();
    let (name, digest) = (server.image("team/app"), sha256(&manifest('1')));
    let text = format!(
        "FROM {name}:1.2 AS a\r\nCOPY --from={name}:1.2 /x /y\r\nFROM --platform=linux/amd64 {name}:3\r\n"
    );
    let place = Place::new(&[("Dockerfile", &text)]);
    let seen = place.run(&["pin", "--online", "-f", "diff"]);
    assert_eq!(seen.code, Some(0), "{}", seen.all());
    assert_eq!(place.text("Dockerfile"), text, "a preview writes nothing");
    assert_eq!(place.run(&["pin", "--online", "--check"]).code, Some(1));
    assert_eq!(place.run(&["pin", "--online", "--apply"]).code, Some(0));
    let pinned = text.replace(":1.2 ", &format!(":1.2@{digest} ")).replace(":3\r", &format!(":3@{digest}\r"));
    assert_eq!(place.text("Dockerfile"), pinned);
    let again = place.run(&["pin", "--online", "--check"]);
    assert_eq!((again.code, again.out.as_str()), (Some(0), ""), "{}", again.all());
}

#[test]
fn the_command_that_applies_is_the_one_that_was_run() {
    let server = registry();
    let place = Place::new(&[("Dockerfile", &format!("FROM {}\n", server.image("a:1")))]);
    let seen = place.run(&["pin", "--online", "--registry-timeout", "20", "Dockerfile"]);
    let told = "Apply with: harden pin --apply --online --registry-timeout 20 Dockerfile";
    assert!(seen.all().contains(told), "{}", seen.all());
}

#[test]
fn offline_says_what_needs_the_network_and_asks_nobody() {
    let server = registry();
    let text = format!("FROM {}\nFROM {}\n", server.image("a:1"), server.image("b:2"));
    let place = Place::new(&[("Dockerfile", &text)]);
    for arguments in [&["pin"][..], &["pin", "--online", "--offline"], &["pin", "--apply"]] {
        let seen = place.run(arguments);
        assert_eq!(seen.code, Some(0));
        for name in ["a:1", "b:2"] {
            assert!(seen.out.contains(&server.image(name)), "{}", seen.out);
        }
        assert!(seen.all().contains("takes the network: --online"), "{}", seen.all());
    }
    assert_eq!(place.text("Dockerfile"), text);
    assert!(server.asked().is_empty());
}

/// Asserts that nothing is written, and that the reason is told.
fn refuses(say: impl Fn(SocketAddress) -> Say + Send + Sync + 'static, why: &str, code: i32) {
    let server = Server::start(|address| move |_: &Asked| say(address.to_string()));
    let text = format!("FROM {}\n", server.image("a:1"));
    let place = Place::new(&[("Dockerfile", &text)]);
    let seen = place.run(&["pin", "--online", "--apply", "--registry-timeout", "2"]);
    let (told, host) = (seen.all(), server.address.to_string());
    assert!(told.contains(&why.replace("HOST", &host)), "no {why:?} in {told}");
    assert_eq!(seen.code, Some(code), "{told}");
    assert_eq!(place.text("Dockerfile"), text, "{told}");
}

type SocketAddress = String;

#[test]
fn without_an_answer_nothing_is_written_and_the_reason_is_told() {
    refuses(|_| status(404), "the registry has no such image", 0);
    refuses(|_| status(500), "HOST is in trouble (status 500)", 2);
    refuses(|_| status(429).with("Retry-After", "3600"), "HOST", 2);
    refuses(|_| Say::Silence(Duration::from_secs(20)), "HOST did not answer in time", 2);
    refuses(|_| Say::Cut(40, Box::new(manifest_reply(&manifest('1')))), "HOST cut the connection", 2);
    refuses(|_| body("<html>"), "HOST", 2);
    let asks = |_| status(401).with("WWW-Authenticate", "Basic realm=\"r\"");
    refuses(asks, "`docker login", 2);
    let lies = |_| body(manifest('1')).with("Content-Type", "application/vnd.oci.image.manifest.v1+json");
    refuses(move |host| lies(host).with("Docker-Content-Digest", sha256("x")), "digest", 2);
}

#[test]
fn a_busy_registry_is_asked_again_when_it_wants_to_be() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let server = Server::start(move |_| {
        move |_: &Asked| match counted.fetch_add(1, Ordering::SeqCst) {
            0 => status(429).with("Retry-After", "1"),
            _ => manifest_reply(&manifest('1')),
        }
    });
    let place = Place::new(&[("Dockerfile", &format!("FROM {}\n", server.image("a:1")))]);
    assert_eq!(place.run(&["pin", "--online", "--apply"]).code, Some(0));
    assert!(place.text("Dockerfile").contains("@sha256:"));
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[test]
fn a_tag_that_moved_is_told_and_with_update_followed() {
    let server = registry();
    let (name, old) = (server.image("a:1"), sha256(&manifest('2')));
    let text = format!("FROM {name}@{old}\n");
    let place = Place::new(&[("Dockerfile", &text)]);
    let seen = place.run(&["pin", "--online", "--apply"]);
    assert!(seen.all().contains(&format!("{name} names another image than its digest")), "{}", seen.all());
    assert!(seen.all().contains("harden pin --online --update"), "{}", seen.all());
    assert_eq!((seen.code, place.text("Dockerfile")), (Some(0), text));
    let seen = place.run(&["pin", "--online", "--update", "Dockerfile"]);
    assert!(seen.all().contains("harden pin --apply --update --online Dockerfile"), "{}", seen.all());
    assert_eq!(place.run(&["pin", "--online", "--update", "--apply"]).code, Some(0));
    assert_eq!(place.text("Dockerfile"), format!("FROM {name}@{}\n", sha256(&manifest('1'))));
    assert_eq!(place.run(&["pin", "--online", "--update", "--check"]).code, Some(0));
}

#[test]
fn names_from_variables_are_refused() {
    let server = registry();
    let text = format!("ARG TAG=1\nFROM {}\n", server.image("a:${TAG}"));
    let place = Place::new(&[("Dockerfile", &text)]);
    let seen = place.run(&["pin", "--online", "--apply"]);
    assert!(seen.all().contains("comes from a variable"), "{}", seen.all());
    assert_eq!(place.text("Dockerfile"), text);
}

#[test]
fn many_files_ask_about_each_image_once() {
    let server = registry();
    let names: Vec<String> = (0..5).map(|tag| server.image(&format!("a:{tag}"))).collect();
    let files: Vec<(String, String)> = (0..40)
        .map(|n| (format!("{n}.Dockerfile"), format!("FROM {}\nFROM {}\n", names[n % 5], names[(n + 1) % 5])))
        .collect();
    let place =
        Place::new(&files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect::<Vec<_>>());
    assert_eq!(place.run(&["pin", "--online", "--apply", "."]).code, Some(0));
    for (name, _) in &files {
        assert_eq!(place.text(name).matches("@sha256:").count(), 2, "{name}");
    }
    let mut asked = server.lines();
    asked.retain(|line| line.contains("/manifests/"));
    asked.sort();
    assert_eq!(asked, (0..5).map(|tag| format!("GET /v2/a/manifests/{tag}")).collect::<Vec<_>>());
    assert_eq!(place.run(&["pin", "--online", "--check", "."]).code, Some(0));
}

#[test]
fn one_dead_registry_does_not_keep_the_others_from_being_pinned() {
    let (good, bad) = (registry(), Server::start(|_| |_: &Asked| status(503)));
    let text = format!("FROM {}\nFROM {}\n", good.image("a:1"), bad.image("b:1"));
    let place = Place::new(&[("Dockerfile", &text)]);
    let seen = place.run(&["pin", "--online", "--apply", "--registry-timeout", "2"]);
    assert_eq!(seen.code, Some(2), "{}", seen.all());
    assert!(seen.err.contains("no answer about 1 of 2 images"), "{}", seen.err);
    assert!(place.text("Dockerfile").starts_with(&format!("FROM {}@sha256:", good.image("a:1"))));
    assert!(place.text("Dockerfile").ends_with(&format!("FROM {}\n", bad.image("b:1"))));
}

/// A configuration by which a server has what another place has.
fn mirrored(server: &Server, of: &str) -> String {
    format!("[[images.mirrors]]\nprefix = \"{}\"\nof = \"{of}\"\n", server.image("hub"))
}

#[test]
fn a_project_has_its_own_mirrors_and_is_not_told_what_those_of_another_say() {
    let origin = Server::start(|_| |_: &Asked| status(429).with("Retry-After", "3600"));
    let servers =
        ['1', '2'].map(|config| Server::start(move |_| move |_: &Asked| manifest_reply(&manifest(config))));
    let text = format!("FROM {}\n", origin.image("golang:1.27"));
    let place = Place::new(&[]);
    for (folder, server) in ["a", "b"].iter().zip(&servers) {
        fs::create_dir(place.path(folder)).unwrap();
        fs::write(place.path(folder).join("Dockerfile"), &text).unwrap();
        let configuration = mirrored(server, &origin.address.to_string());
        fs::write(place.path(folder).join("harden.toml"), configuration).unwrap();
    }
    let seen = place.run(&["pin", "--online", "--apply", "."]);
    assert_eq!(seen.code, Some(0), "{}", seen.all());
    assert_eq!(place.text("a/Dockerfile"), text, "the word of a mirror alone is not safe");
    for server in &servers {
        let told = format!("its mirror {} told the digest", server.address);
        assert!(seen.all().contains(&told), "{}", seen.all());
        let lines: Vec<_> = server.lines().into_iter().filter(|line| line.contains("manifests")).collect();
        assert_eq!(lines, ["GET /v2/hub/golang/manifests/1.27"]);
    }
    let asked = origin.lines().iter().filter(|line| line.contains("manifests")).count();
    assert_eq!(asked, 1, "what a registry asks for counts for all projects");
    assert_eq!(place.run(&["pin", "--online", "--unsafe", "--apply", "."]).code, Some(0));
    for (folder, config) in [("a", '1'), ("b", '2')] {
        let new = text.replace('\n', &format!("@{}\n", sha256(&manifest(config))));
        assert_eq!(place.text(&format!("{folder}/Dockerfile")), new, "{folder}");
    }
}

#[test]
fn a_bump_goes_to_what_the_registry_has() {
    for (there, expected) in [("1.27", Some("1.27")), ("1.26", Some("1.26")), ("none", None)] {
        let server = Server::start(|_| {
            move |asked: &Asked| match asked.path.strip_prefix("/v2/hub/library/golang/manifests/") {
                Some(tag) if tag == there => manifest_reply(&manifest('1')),
                _ => status(404),
            }
        });
        let name = server.image("hub/library/golang");
        let text = format!("FROM {name}:1.22\nCOPY go.mod main.go ./\nRUN go build -o /app .\n");
        let place = Place::new(&[("Dockerfile", &text), ("harden.toml", &mirrored(&server, "docker.io"))]);
        let seen = place.run(&["--online", "--unsafe", "--select", "newest-base-image", "--apply"]);
        assert_eq!(seen.code, Some(0), "{}", seen.all());
        let tag = expected.unwrap_or("1.22");
        assert_eq!(place.text("Dockerfile"), text.replace("1.22", tag), "{there}: {}", seen.all());
    }
}

#[test]
fn a_digest_that_is_gone_or_of_one_platform_is_told() {
    let one = sha256(&manifest('1'));
    let index = format!(r#"{{"schemaVersion":2,"manifests":[{{"digest":"{one}","size":2}}]}}"#);
    let all = index.clone();
    let server = Server::start(|_| {
        move |asked: &Asked| match asked.path.rsplit('/').next().unwrap() {
            "both" => manifest_reply(&index),
            "1" => manifest_reply(&manifest('2')),
            digest if digest.starts_with("sha256:1") => status(404),
            digest if digest.starts_with("sha256:") => status(200),
            _ => status(404),
        }
    });
    let (gone, there) = (format!("sha256:{}", "1".repeat(64)), format!("sha256:{}", "2".repeat(64)));
    let [both, tag, none] = ["both", "1", "none"].map(|tag| server.image(&format!("a:{tag}")));
    let text = format!("FROM {both}@{one}\nFROM {tag}@{gone}\nFROM {none}@{there}\nFROM {none}@{gone}\n");
    let place = Place::new(&[("Dockerfile", &text)]);
    let told = place.run(&["pin", "--online", "--update"]).all();
    for part in [
        format!("the digest of {both} is of one platform only"),
        sha256(&all),
        format!("the registry has no image of the digest of {tag} any more"),
        format!("the registry has no {none} any more"),
        format!("the registry has no image of the digest of {none} any more"),
    ] {
        assert!(told.contains(&part), "no {part:?} in {told}");
    }
    assert_eq!(place.run(&["pin", "--online", "--update", "--apply"]).code, Some(0));
    let new = format!("{tag}@{}", sha256(&manifest('2')));
    assert_eq!(place.text("Dockerfile"), text.replace(&format!("{tag}@{gone}"), &new));
}

/// A helper that knows a login after a while, for who runs with such a `PATH`.
fn slow_helper(folder: &Path, seconds: u32) -> String {
    let helper = folder.join("docker-credential-slow");
    let login = format!(r#"{{"ServerURL":"x","Username":"me","Secret":"{PASSWORD}"}}"#);
    fs::write(&helper, format!("#!/bin/sh\nsleep {seconds}\necho '{login}'\n")).unwrap();
    fs::set_permissions(&helper, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(folder.join("config.json"), r#"{"credsStore": "slow"}"#).unwrap();
    format!("{}:{}", folder.display(), std::env::var("PATH").unwrap())
}

#[test]
fn a_keyring_that_has_to_be_unlocked_is_no_failure_of_the_registry() {
    let server = Server::start(|_| {
        |asked: &Asked| match asked.header("authorization") {
            Some(_) => manifest_reply(&manifest('1')),
            None => status(401).with("WWW-Authenticate", "Basic realm=\"r\""),
        }
    });
    let text =
        ["1", "2", "3", "4"].map(|tag| format!("FROM {}\n", server.image(&format!("a:{tag}")))).concat();
    let place = Place::new(&[("Dockerfile", &text)]);
    let path = slow_helper(place.own.path(), 3);
    let mut command = Command::new(env!("CARGO_BIN_EXE_harden"));
    command
        .env_clear()
        .env("PATH", path)
        .env("HOME", place.own.path())
        .env("DOCKER_CONFIG", place.own.path());
    command.args(["pin", "--online", "--apply", "--registry-timeout", "2"]).current_dir(place.files.path());
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(place.text("Dockerfile").matches("@sha256:").count(), 4);
}

#[test]
fn a_configuration_that_can_t_be_read_is_told_with_its_files() {
    let place =
        Place::new(&[("Dockerfile", "FROM golang:1.27\n"), ("harden.toml", "[images]\nmirors = 1\n")]);
    for arguments in [&["."][..], &["pin"]] {
        let seen = place.run(arguments);
        assert_eq!(seen.code, Some(2));
        assert!(seen.all().contains("harden.toml") && seen.all().contains("mirors"), "{}", seen.all());
    }
}

#[test]
fn standard_input_is_read_once() {
    let server = registry();
    let place = Place::new(&[("in", &format!("FROM {}\n", server.image("a:1")))]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_harden"));
    command.env("XDG_CACHE_HOME", place.own.path()).args(["pin", "--online", "--apply", "-"]);
    let output = command.stdin(fs::File::open(place.path("in")).unwrap()).output().unwrap();
    let expected = format!("FROM {}@{}\n", server.image("a:1"), sha256(&manifest('1')));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
}

#[test]
fn a_real_registry_tells_the_digest_that_skopeo_sees() {
    if !real::wanted("a_real_registry_tells_the_digest_that_skopeo_sees") {
        return;
    }
    let (registry, images) = (real::Setup::default().start(), TempDir::new().unwrap());
    let text = format!("FROM {}\nFROM {}\n", registry.image("app:1"), registry.image("app:2"));
    let place = Place::new(&[("Dockerfile", &text)]);
    let mut expected = text.clone();
    for (tag, platforms) in [("1", &["linux/amd64"][..]), ("2", &["linux/amd64", "linux/arm64"])] {
        real::layout(&images.path().join(tag), platforms);
        registry.push(&images.path().join(tag), &format!("app:{tag}"), None);
        let digest = registry.digest(&format!("app:{tag}"), None);
        expected = expected.replace(&format!("app:{tag}\n"), &format!("app:{tag}@{digest}\n"));
    }
    assert_eq!(place.run(&["pin", "--online", "--apply"]).code, Some(0));
    assert_eq!(place.text("Dockerfile"), expected);
    // Of the other image, this one is a platform.
    registry.push(&images.path().join("2"), "app:1", None);
    let seen = place.fresh(&["pin", "--online", "--update", "--apply"]);
    assert!(seen.all().contains("is of one platform only"), "{}", seen.all());
    assert_eq!(place.text("Dockerfile"), expected);
    real::layout(&images.path().join("3"), &["linux/arm64"]);
    registry.push(&images.path().join("3"), "app:1", None);
    let seen = place.fresh(&["pin", "--online", "--apply"]);
    assert!(seen.all().contains("names another image than its digest"), "{}", seen.all());
    assert_eq!(place.fresh(&["pin", "--online", "--update", "--apply"]).code, Some(0));
    assert_eq!(place.text("Dockerfile").matches(&registry.digest("app:1", None)).count(), 1);
}
