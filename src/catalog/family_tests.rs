use super::*;

fn facts(text: &str) -> Option<Facts> {
    let reference = Reference::parse(text).unwrap();
    reference.family().unwrap_or_else(|| panic!("no family: {text}")).facts(&reference)
}

#[test]
fn the_tag_of_a_distroless_image_decides_its_user() {
    for (tag, user, workdir) in [
        ("", "0", "/"),
        (":latest", "0", "/"),
        (":debug", "0", "/"),
        (":latest-amd64", "0", "/"),
        (":nonroot", "65532", "/home/nonroot"),
        (":nonroot-arm64", "65532", "/home/nonroot"),
        (":debug-nonroot", "65532", "/home/nonroot"),
    ] {
        for name in ["static", "base-debian13", "base-nossl", "cc-debian12"] {
            let text = format!("gcr.io/distroless/{name}{tag}");
            let facts = facts(&text).unwrap();
            assert_eq!((facts.user.as_str(), facts.workdir.as_str()), (user, workdir), "{text}");
            assert_eq!(facts.entrypoint.is_empty(), !tag.contains("debug"), "{text}");
            assert!(!facts.shell, "{text}");
        }
    }
}

#[test]
fn the_name_of_a_distroless_image_tells_suite_and_libc() {
    for (name, suite, libc) in [
        ("static", "debian13", Libc::None),
        ("static-debian12", "debian12", Libc::None),
        ("base-debian11", "debian11", Libc::Glibc),
        ("cc-debian13", "debian13", Libc::Glibc),
    ] {
        let facts = facts(&format!("gcr.io/distroless/{name}")).unwrap();
        assert_eq!((facts.suite.as_deref(), facts.libc), (Some(suite), libc), "{name}");
    }
}

#[test]
fn a_tag_that_tells_nothing_gives_no_facts() {
    let sha = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    for text in [
        "gcr.io/distroless/static:0123456789abcdef0123456789abcdef01234567",
        "gcr.io/distroless/base-nossl-debian12:nonroot",
        "cgr.dev/chainguard/go:1.20",
        "golang:1.22-windowsservercore-ltsc2022",
        "golang:1.3-onbuild",
        "golang:tip",
        "node:8-alpine",
        "python:2.7",
    ] {
        assert_eq!(facts(text), None, "{text}");
    }
    assert_eq!(facts(&format!("golang@{sha}")), None);
    assert!(facts(&format!("golang:1.22@{sha}")).is_some());
    assert!(facts(&format!("debian@{sha}")).is_some());
}

#[test]
fn alpine_variants_of_go_have_neither_compiler_nor_git() {
    for (tag, gcc, git, libc, suite) in [
        ("1.22", true, true, Libc::Glibc, None),
        ("latest", true, true, Libc::Glibc, None),
        ("1.22-bookworm", true, true, Libc::Glibc, Some("bookworm")),
        ("1.22-alpine", false, false, Libc::Musl, None),
        ("1.22.5-alpine3.20", false, false, Libc::Musl, Some("alpine3.20")),
        ("alpine3.20", false, false, Libc::Musl, Some("alpine3.20")),
    ] {
        let facts = facts(&format!("golang:{tag}")).unwrap();
        assert_eq!(
            (facts.gcc, facts.git, facts.libc, facts.suite.as_deref()),
            (gcc, git, libc, suite),
            "{tag}"
        );
        assert_eq!((facts.env("GOPATH"), facts.workdir.as_str()), (Some("/go"), "/go"));
    }
}

#[test]
fn the_toolchain_of_the_go_image_is_fixed_since_it_is_known_to_be() {
    for (tag, expected) in
        [("1.22.5-alpine", Some("local")), ("1.27", Some("local")), ("1.20", None), ("1.2", None)]
    {
        assert_eq!(facts(&format!("golang:{tag}")).unwrap().env("GOTOOLCHAIN"), expected, "{tag}");
    }
}

#[test]
fn entrypoints_and_shells() {
    for (text, entrypoint, shell, bash) in [
        ("scratch", &[][..], false, false),
        ("alpine:3.20", &[][..], true, false),
        ("debian:bookworm-slim", &[][..], true, true),
        ("busybox", &[][..], true, false),
        ("node:22-slim", &["docker-entrypoint.sh"][..], true, true),
        ("cgr.dev/chainguard/go", &["/usr/bin/go"][..], true, false),
        ("cgr.dev/chainguard/go:latest-dev", &["/usr/bin/go"][..], true, true),
        ("chainguard/static", &[][..], false, false),
    ] {
        let facts = facts(text).unwrap();
        assert_eq!(facts.entrypoint, entrypoint, "{text}");
        assert_eq!((facts.shell, facts.bash), (shell, bash), "{text}");
    }
}

#[test]
fn distributions_and_small_images_of_others() {
    for (text, shell, libc, manager) in [
        ("quay.io/prometheus/busybox", true, Libc::None, None),
        ("quay.io/prometheus/busybox:glibc", true, Libc::Glibc, None),
        ("prom/busybox", true, Libc::None, None),
        ("centurylink/ca-certs", false, Libc::None, None),
        ("frolvlad/alpine-glibc:alpine-3.8", true, Libc::Glibc, Some("apk")),
        ("centos:7", true, Libc::Glibc, Some("yum")),
        ("fedora:40", true, Libc::Glibc, Some("dnf")),
        ("amazonlinux:2", true, Libc::Glibc, Some("yum")),
        ("amazonlinux:2023", true, Libc::Glibc, Some("dnf")),
        ("rockylinux:9", true, Libc::Glibc, Some("dnf")),
        ("rockylinux:9-minimal", true, Libc::Glibc, Some("microdnf")),
        ("almalinux:8", true, Libc::Glibc, Some("dnf")),
        ("oraclelinux:7-slim", true, Libc::Glibc, Some("yum")),
        ("oraclelinux:9-slim", true, Libc::Glibc, Some("microdnf")),
    ] {
        let facts = facts(text).unwrap();
        assert_eq!(
            (facts.shell, facts.libc, facts.package_manager.as_deref()),
            (shell, libc, manager),
            "{text}"
        );
        assert_eq!(
            (facts.user.as_str(), facts.workdir.as_str(), facts.entrypoint.len()),
            ("0", "/", 0),
            "{text}"
        );
    }
}

#[test]
fn a_pattern_is_a_whole_part_or_its_beginning_at_a_border() {
    for (tag, pattern, expected) in [
        ("1.22", "1.22", true),
        ("1.22.5-alpine", "1.22", true),
        ("1.220", "1.22", false),
        ("22-alpine3.20", "alpine", true),
        ("22-alpinelinux", "alpine", false),
        ("10", "1", false),
        ("1-alpine", "=1", false),
        ("1", "=1", true),
        ("anything", "*", true),
    ] {
        assert_eq!(matches_tag(tag, pattern), expected, "{tag} {pattern}");
    }
}
