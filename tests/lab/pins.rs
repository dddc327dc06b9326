//! Builds from pinned images: the lab's registry gives the digests, and its builder has to accept them.

use crate::support::{Lab, harden, text};
use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

/// Where the lab's registry is.
const REGISTRY: &str = "127.0.0.1:5000";

const IMAGES: [&str; 2] =
    ["docker.io/library/debian:bookworm-slim", "gcr.io/distroless/static-debian13:latest"];

fn build(folder: &Path) -> Output {
    let tag = format!("harden-pins-{}", std::process::id());
    let output = Command::new("docker").args(["build", "-t", &tag]).arg(folder).output().unwrap();
    // It is there only if the build was right.
    Command::new("docker").args(["image", "rm", "-f", &tag]).output().unwrap();
    output
}

/// What another client says that a tag leads to.
fn seen_by_buildx(image: &str) -> String {
    let words = ["buildx", "imagetools", "inspect", "--format", "{{.Manifest.Digest}}", image];
    text(&Command::new("docker").args(words).output().unwrap().stdout).trim().to_owned()
}

#[test]
fn pinned_images_are_built_and_wrong_digests_are_not() {
    let Some(lab) = Lab::open("builds from pinned images") else { return };
    if TcpStream::connect(REGISTRY).is_err() {
        println!("SKIPPED builds from pinned images: they need the lab's registry at {REGISTRY}");
        return;
    }
    let (folder, own) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let file = folder.path().join("Dockerfile");
    let [debian, distroless] = IMAGES.map(|image| format!("{REGISTRY}/{image}"));
    let source = format!(
        "FROM {debian} AS build\nRUN echo hello > /hello\nFROM {distroless}\nCOPY --from=build /hello /hello\n"
    );
    fs::write(&file, &source).unwrap();
    let pin = |more: &[&str]| {
        let mut command = harden(&lab);
        command.env("XDG_CACHE_HOME", own.path()).args(["pin", "--online"]).args(more).arg(&file);
        command.output().unwrap()
    };
    let pinned = pin(&["--apply"]);
    assert!(pinned.status.success(), "{}", text(&pinned.stderr));
    let mut expected = source.clone();
    for image in [&debian, &distroless] {
        let digest = seen_by_buildx(image);
        assert!(digest.starts_with("sha256:"), "{digest}");
        expected = expected.replacen(image.as_str(), &format!("{image}@{digest}"), 1);
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), expected);
    let built = build(folder.path());
    assert!(built.status.success(), "{}", text(&built.stderr));

    let wrong = expected.replacen(&seen_by_buildx(&debian), &format!("sha256:{}", "0".repeat(64)), 1);
    fs::write(&file, &wrong).unwrap();
    let refused = build(folder.path());
    assert!(!refused.status.success(), "a digest that no image has was built");
    assert!(text(&refused.stderr).contains("not found"), "{}", text(&refused.stderr));
    let mended = pin(&["--update", "--apply"]);
    assert!(mended.status.success(), "{}", text(&mended.stderr));
    assert_eq!(fs::read_to_string(&file).unwrap(), expected);
}
