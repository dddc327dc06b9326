//! `harden catalog update` as people run it, against a registry and an endoflife.date of this test.
#![allow(clippy::unwrap_used)]

#[path = "registry/server.rs"]
#[allow(dead_code)]
mod server;

use serde_json::{Value, json};
use server::{Asked, Say, Server, body, status};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

const DOCKERFILE: &str = "FROM golang:1.22\nCOPY go.mod main.go ./\nRUN go build -o /app .\nFROM golang\n";

/// What the servers say at the moment.
#[derive(Clone)]
struct World {
    tags: Vec<String>,
    releases: Value,
    /// In place of the list of tags.
    trouble: Option<Say>,
}

impl World {
    /// A while after the embedded list: 1.28 is there, 1.26 has ended, and nothing that was ever pushed is gone.
    fn later() -> Self {
        let mut tags = vec!["latest".to_owned(), "alpine".into(), "bookworm".into(), "trixie".into()];
        for (release, patches) in [("1.10", 8), ("1.22", 12), ("1.26", 9), ("1.27", 4), ("1.28", 1)] {
            // Patches that nothing is built of any more stay in the list, and so does a distribution that was left.
            for patch in 0..=patches {
                for tail in ["", "-bookworm", "-trixie", "-alpine3.24", "-alpine3.23", "-alpine"] {
                    let old = tail == "-alpine3.23" && patch > 2;
                    tags.extend((!old).then(|| format!("{release}.{patch}{tail}")));
                }
            }
            let tails =
                ["", "-bookworm", "-trixie", "-alpine3.24", "-alpine3.23", "-alpine", "-windowsservercore"];
            tags.extend(tails.map(|tail| format!("{release}{tail}")));
        }
        tags.extend(
            ["1", "1-trixie", "1-bookworm", "1-alpine", "1.29rc1", "1.29-rc", "1.29rc1-trixie"]
                .map(str::to_owned),
        );
        let mut releases = vec![
            json!({"name": "1.28", "releaseDate": "2026-10-01", "isLts": false, "isEol": false, "eolFrom": null,
            "latest": {"name": "1.28.1", "date": "2026-10-20", "link": null}}),
        ];
        for minor in (10..=27).rev() {
            let ended = minor < 27;
            let end = if ended { json!("2026-10-01") } else { Value::Null };
            releases.push(json!({"name": format!("1.{minor}"), "codename": null, "label": "x", "releaseDate": "2020-01-01",
                "isLts": false, "ltsFrom": null, "isEol": ended, "eolFrom": end, "isMaintained": !ended, "latest": null}));
        }
        Self { tags, releases: json!(releases), trouble: None }
    }
}

/// The two servers in one, and folders for a user.
struct Field {
    server: Server,
    world: Arc<Mutex<World>>,
    own: TempDir,
    files: TempDir,
}

impl Field {
    fn new() -> Self {
        let world = Arc::new(Mutex::new(World::later()));
        let seen = Arc::clone(&world);
        let server = Server::start(move |_| {
            move |asked: &Asked| {
                let world = seen.lock().unwrap().clone();
                match asked.path.as_str() {
                    "/v2/hub/golang/tags/list?n=1000" => {
                        let tags = json!({"name": "hub/golang", "tags": world.tags}).to_string();
                        world.trouble.unwrap_or_else(|| body(tags))
                    }
                    "/api/v1/products/go/" => body(
                        json!({"schema_version": "1.2.0", "result": {"name": "go", "label": "Go", "releases": world.releases}})
                            .to_string(),
                    ),
                    _ => status(404),
                }
            }
        });
        let field = Self { server, world, own: TempDir::new().unwrap(), files: TempDir::new().unwrap() };
        fs::write(field.files.path().join("Dockerfile"), DOCKERFILE).unwrap();
        field
    }

    fn harden(&self, arguments: &[&str]) -> (Option<i32>, String) {
        run(self.files.path(), self.own.path(), arguments)
    }

    fn update(&self) -> (Option<i32>, String) {
        let (registry, base) = (self.server.image("hub"), format!("http://{}", self.server.address));
        let options =
            ["--online", "--registry-timeout", "5", "--official", &registry, "--end-of-life", &base];
        self.harden(&[&["catalog", "update", "golang"][..], &options].concat())
    }

    /// The images that the old release and the floating tag are moved to, and all that was printed.
    fn bump(&self, more: &[&str]) -> (String, String) {
        let recipe = ["--unsafe", "--select", "newest-base-image,explicit-tag", "-f", "diff"];
        let (code, text) = self.harden(&[&recipe[..], more].concat());
        assert_eq!(code, Some(0), "{text}");
        let new: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("+FROM ")).collect();
        (new.join(" "), text)
    }

    fn cached(&self) -> PathBuf {
        self.own.path().join("harden/catalog/golang.toml")
    }
}

fn run(folder: &Path, cache: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harden"));
    command.env_clear().env("HOME", cache).env("XDG_CACHE_HOME", cache).env("DOCKER_CONFIG", cache);
    let output = command.args(arguments).current_dir(folder).stdin(Stdio::null()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert!(!text.contains("panicked"), "{text}");
    (output.status.code(), text)
}

#[test]
fn a_release_that_is_newer_than_the_program_is_found_after_an_update() {
    let field = Field::new();
    assert_eq!(field.bump(&[]).0, "golang:1.27 golang:1.27");
    let (code, told) = field.update();
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("1 of 1 listings are new"), "{told}");
    let asked = field.server.asked().len();
    assert_eq!(field.bump(&[]).0, "golang:1.28 golang:1.28");
    assert_eq!(field.server.asked().len(), asked, "runs ask nobody");
    assert_eq!(field.bump(&["--as-of", "2026-09-01"]).0, "golang:1.27 golang:1.27", "as it was known then");
    // Another user, or one who removes the cache, has what the program brings.
    fs::remove_dir_all(field.own.path().join("harden")).unwrap();
    assert_eq!(field.bump(&[]).0, "golang:1.27 golang:1.27");
}

#[test]
fn a_project_has_no_say_in_what_the_catalog_of_all_is_made_of() {
    let (field, stranger) = (Field::new(), Server::start(|_| |_: &Asked| body(r#"{"tags": ["6.6.6"]}"#)));
    let mirror = format!(
        "[[images.mirrors]]\nprefix = \"{}\"\nof = \"{}\"\n",
        stranger.image("hub"),
        field.server.address
    );
    for configuration in [mirror.as_str(), "broken"] {
        fs::write(field.files.path().join("harden.toml"), configuration).unwrap();
        let (code, told) = field.update();
        assert_eq!(code, Some(0), "{told}");
        assert_eq!(stranger.lines(), Vec::<String>::new());
    }
}

#[test]
fn only_what_is_built_today_is_listed_with_platforms_that_are_known() {
    let field = Field::new();
    assert_eq!(field.update().0, Some(0));
    let text = fs::read_to_string(field.cached()).unwrap();
    assert_eq!(fs::metadata(field.cached()).unwrap().mode() & 0o077, 0, "for its owner only");
    let tags: Value = {
        let listing: toml::Table = text.parse().unwrap();
        serde_json::to_value(&listing["tags"]).unwrap()
    };
    let rows = tags["rows"].as_array().unwrap();
    let platforms = |text: &str| {
        let mut names: Vec<_> = text.split(' ').map(str::to_owned).collect();
        names.sort();
        names.join(" ")
    };
    let row = |tag: &str| {
        rows.iter()
            .find(|row| row[0].as_str().unwrap().split(' ').any(|own| own == tag))
            .map(|row| platforms(row[1].as_str().unwrap()))
    };
    let all = "386 amd64 arm/v7 arm64 ppc64le riscv64 s390x";
    for tag in ["1.28", "1.28.1-trixie", "latest", "1.27.4"] {
        assert_eq!(row(tag).as_deref(), Some(all), "{tag}");
    }
    assert_eq!(row("1.28-bookworm").as_deref(), Some("386 amd64 arm/v7 arm64 ppc64le"));
    for gone in ["1.10", "1.26", "1.27.0", "1.27-alpine3.23", "1.28-windowsservercore", "1.29rc1"] {
        assert_eq!(row(gone), None, "{gone}");
    }
}

#[test]
fn what_makes_no_sense_leaves_the_old_cache() {
    let field = Field::new();
    assert_eq!(field.update().0, Some(0));
    let before = fs::read(field.cached()).unwrap();
    let all = World::later();
    let worlds = [
        World { tags: all.tags[..20].to_vec(), ..all.clone() },
        World { tags: vec!["1.28".into()], ..all.clone() },
        World { trouble: Some(status(500)), ..all.clone() },
        World { trouble: Some(body("<html>")), ..all.clone() },
        World { trouble: Some(Say::Cut(30, Box::new(body(vec![b' '; 100])))), ..all.clone() },
        World { releases: json!([]), ..all.clone() },
        World { releases: json!([{"name": "1.28", "isEol": false}]), ..all.clone() },
        World { releases: json!("none"), ..all.clone() },
    ];
    for (index, world) in worlds.into_iter().enumerate() {
        *field.world.lock().unwrap() = world;
        let (code, told) = field.update();
        assert_eq!(code, Some(2), "{index}: {told}");
        assert!(told.contains("golang") && told.contains("0 of 1 listings are new"), "{index}: {told}");
        assert_eq!(fs::read(field.cached()).unwrap(), before, "{index}");
    }
    let left: Vec<_> = fs::read_dir(field.cached().parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing is left beside it");
}

#[test]
fn without_online_it_says_that_it_needs_the_network() {
    let field = Field::new();
    let (code, told) = field.harden(&["catalog", "update"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("it needs the network") && told.contains("--online"), "{told}");
    let (code, told) = field.harden(&["catalog", "update", "--online", "me/app"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("nothing is listed of me/app"), "{told}");
    assert!(field.server.asked().is_empty());
}

#[test]
fn a_broken_cache_is_told_once_and_stops_nothing() {
    let field = Field::new();
    assert_eq!(field.update().0, Some(0));
    let good = fs::read_to_string(field.cached()).unwrap();
    let hostile = good.replace("latest", "1.99$(evil)");
    assert_ne!(hostile, good);
    for broken in [good.replace("rows = [", "rows = [["), hostile, good.replace("[support]", "[suport]")] {
        fs::write(field.cached(), broken).unwrap();
        let (new, told) = field.bump(&[]);
        assert_eq!(new, "golang:1.27 golang:1.27");
        assert_eq!(told.matches("is broken").count(), 1, "{told}");
    }
    for useless in [String::new(), "\u{0}".into(), "x".repeat(2 << 20), good.replace("golang", "other")] {
        fs::write(field.cached(), useless).unwrap();
        assert_eq!(field.bump(&[]).0, "golang:1.27 golang:1.27");
    }
    // What is older than the program's own does not count.
    let today = good.lines().find(|line| line.starts_with("date = ")).unwrap();
    fs::write(field.cached(), good.replace(today, "date = \"2026-01-01\"")).unwrap();
    assert_eq!(field.bump(&[]).0, "golang:1.27 golang:1.27");
    fs::remove_file(field.cached()).unwrap();
    assert!(Command::new("mkfifo").arg(field.cached()).status().unwrap().success());
    assert_eq!(field.bump(&[]).0, "golang:1.27 golang:1.27", "a pipe is not waited for");
}
