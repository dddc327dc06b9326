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

#[test]
fn servers_and_languages_start_and_stop_as_their_sources_say() {
    for (text, user, workdir, entrypoint, cmd, stop) in [
        ("nginx:1.31-alpine", "0", "/", "/docker-entrypoint.sh", "nginx", Some("SIGQUIT")),
        ("nginx:1.15", "0", "/", "", "nginx", Some("SIGTERM")),
        ("nginx:1.9.3", "0", "/", "", "nginx", None),
        ("php:8.4-fpm-alpine", "0", "/var/www/html", "docker-php-entrypoint", "php-fpm", Some("SIGQUIT")),
        ("php:7.2-apache", "0", "/var/www/html", "docker-php-entrypoint", "apache2-foreground", None),
        ("php:5.6-cli", "0", "/", "docker-php-entrypoint", "php", None),
        ("postgres:17", "0", "/", "docker-entrypoint.sh", "postgres", Some("SIGINT")),
        ("eclipse-temurin:21-jre-alpine", "0", "/", "/__cacert_entrypoint.sh", "/bin/sh", None),
        ("eclipse-temurin:21", "0", "/", "/__cacert_entrypoint.sh", "jshell", None),
        ("openjdk:8-jre-alpine", "0", "/", "", "/bin/sh", None),
        ("openjdk:17-slim", "0", "/", "", "jshell", None),
        ("docker:19.03", "0", "/", "docker-entrypoint.sh", "sh", None),
        ("docker:29", "0", "/", "dockerd-entrypoint.sh", "", None),
        ("haproxy:3.2", "haproxy", "/var/lib/haproxy", "docker-entrypoint.sh", "haproxy", Some("SIGUSR1")),
        ("gcr.io/distroless/java21-debian13:nonroot", "65532", "/home/nonroot", "/usr/bin/java", "", None),
        ("gcr.io/distroless/python3-debian12", "0", "/", "/usr/bin/python3.11", "", None),
        ("gcr.io/distroless/nodejs24:debug", "0", "/", "/nodejs/bin/node", "", None),
        ("mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled", "1654", "/", "", "", None),
        ("mcr.microsoft.com/dotnet/aspnet:10.0", "0", "/", "", "/bin/bash", None),
        ("dhi.io/golang:1-alpine3.24-dev", "root", "/go", "", "go", None),
        ("dhi.io/node:24", "node", "/app", "", "node", None),
        ("cgr.dev/chainguard/nginx", "65532", "/", "/usr/sbin/nginx", "-c", Some("SIGQUIT")),
    ] {
        let facts = facts(text).unwrap_or_else(|| panic!("no facts: {text}"));
        let first = |words: &[String]| words.first().cloned().unwrap_or_default();
        assert_eq!((facts.user.as_str(), facts.workdir.as_str()), (user, workdir), "{text}");
        assert_eq!(
            (first(&facts.entrypoint).as_str(), first(&facts.cmd).as_str()),
            (entrypoint, cmd),
            "{text}"
        );
        assert_eq!(facts.stop_signal.as_deref(), stop, "{text}");
    }
}

#[test]
fn what_was_not_read_is_not_known() {
    for text in [
        "nginx:1.18",
        "php:5.3",
        "php:7.1.0-fpm",
        "openjdk:17",
        "openjdk:latest",
        "eclipse-temurin:17.0.3_7-jre",
        "maven:3-amazoncorretto-17",
        "mysql:5.7",
        "mcr.microsoft.com/dotnet/sdk:5.0",
        "mcr.microsoft.com/dotnet/aspnet:8.0-nanoserver-1809",
        "mcr.microsoft.com/dotnet/aspnet:10.0-azurelinux3.0",
        "gcr.io/distroless/java17-debian12",
        "dhi.io/php:8.4",
        "cgr.dev/chainguard/php:latest-fpm",
        "ghost",
        "bitnami/redis",
    ] {
        assert_eq!(facts(text), None, "{text}");
    }
}
