use super::*;

fn wish(policy: Policy) -> Wish<'static> {
    Wish { policy, max: None, takes: &|_| true, is_missing: &|_| false }
}

fn on(day: &str) -> Images {
    Images { date: day.parse().unwrap() }
}

fn bump_on(day: &str, text: &str, wish: &Wish<'_>) -> Option<String> {
    let images = on(day);
    let reference = Reference::parse(text).unwrap();
    images.newest(&images.standing(&reference)?, wish).map(|target| target.tag)
}

/// A bump on a day shortly after the listings were made.
fn bump(text: &str, policy: Policy) -> Option<String> {
    bump_on("2026-11-23", text, &wish(policy))
}

#[test]
fn a_bump_of_go_keeps_the_variant() {
    for (tag, expected) in [
        ("1.22", "1.27"),
        ("1.22.5", "1.27"),
        ("1.26", "1.27"),
        ("1.26.7", "1.27"),
        ("1.9", "1.27"),
        ("1.22-alpine", "1.27-alpine"),
        ("1.22.5-alpine", "1.27-alpine"),
        ("1.22-alpine3.18", "1.27-alpine3.24"),
        ("1.8.3-alpine3.6", "1.27-alpine3.24"),
        ("1.26-alpine3.23", "1.27-alpine3.23"),
        ("1.26-alpine3.24", "1.27-alpine3.24"),
        ("1.20-bullseye", "1.27-trixie"),
        ("1.18-buster", "1.27-trixie"),
        ("1.10-stretch", "1.27-trixie"),
        ("1.6-wheezy", "1.27-trixie"),
        ("1.22-bookworm", "1.27-bookworm"),
        ("1.22.1-bookworm", "1.27-bookworm"),
        ("1.26-trixie", "1.27-trixie"),
        ("1.27-bullseye", "1.27-trixie"),
        ("1.27-alpine3.20", "1.27-alpine3.24"),
        ("alpine3.18", "alpine3.24"),
        ("buster", "trixie"),
    ] {
        assert_eq!(bump(&format!("golang:{tag}"), Policy::Newest).as_deref(), Some(expected), "{tag}");
    }
}

#[test]
fn what_is_new_or_unclear_stays() {
    for tag in [
        "1",
        "latest",
        "alpine",
        "bookworm",
        "tip",
        "tip-alpine",
        "1.22rc1",
        "1.22beta1-alpine",
        "1.28rc1",
        "1.27",
        "1.27.0",
        "1.27.9",
        "1.27-alpine",
        "1.28",
        "2.0",
        "2",
        "1.4-onbuild",
        "1.4-cross",
        "1.22-windowsservercore",
        "1.22-windowsservercore-ltsc2022",
        "1.22-nanoserver-1809",
        "1-alpine",
        "1-bookworm",
        "1.22-bookworm-slim",
        "1.22-forky",
        "1.22-alpine4.0",
        "1.22-alpine3.99",
    ] {
        assert_eq!(bump(&format!("golang:{tag}"), Policy::Newest), None, "{tag}");
    }
}

#[test]
fn every_family_has_its_habits() {
    for (image, policy, expected) in [
        ("node:18-buster", Policy::Lts, Some("26-trixie")),
        ("node:18-bullseye", Policy::Lts, Some("26-trixie")),
        ("node:20-bookworm-slim", Policy::Lts, Some("26-bookworm-slim")),
        ("node:14.2.1-alpine", Policy::Lts, Some("26-alpine")),
        ("node:22-slim", Policy::Patch, None),
        ("python:3.9", Policy::Minor, Some("3.14")),
        ("python:2.7-alpine", Policy::Minor, None),
        ("python:3.12.1-slim-bookworm", Policy::Patch, Some("3.12.14-slim-bookworm")),
        ("python:3.12-slim-bullseye", Policy::Patch, Some("3.12-slim-trixie")),
        ("python:3", Policy::Newest, None),
        ("alpine:3.14", Policy::Newest, Some("3.24")),
        ("debian:buster-slim", Policy::Newest, Some("trixie-slim")),
        ("debian:10", Policy::Newest, Some("13")),
        ("debian:buster-slim", Policy::Patch, None),
        ("ubuntu:focal", Policy::Lts, Some("resolute")),
        ("ubuntu:20.04", Policy::Lts, Some("26.04")),
        ("eclipse-temurin:17-jdk-alpine-3.20", Policy::Patch, Some("17-jdk-alpine-3.24")),
        ("redis:6", Policy::Newest, Some("8")),
        ("postgres:12-alpine", Policy::Patch, None),
    ] {
        assert_eq!(bump(image, policy).as_deref(), expected, "{image} {policy:?}");
    }
}

#[test]
fn a_bump_exists_is_newer_and_is_the_last() {
    let suites =
        ["", "-slim", "-alpine", "-alpine3.2", "-alpine3.18", "-alpine3.24", "-jessie", "-buster-slim"];
    let more =
        ["-slim-bullseye", "-bookworm", "-trixie", "-sid", "-onbuild", "-nanoserver", "-jdk-focal", "-fpm"];
    let families =
        ["golang", "node", "python", "php", "ruby", "rust", "alpine", "nginx", "postgres", "eclipse-temurin"];
    let mut seen = 0;
    for family in families {
        let listing = crate::catalog::listing::of(&format!("docker.io/library/{family}")).unwrap();
        for release in &listing.support.as_ref().unwrap().releases {
            for suite in suites.iter().chain(&more) {
                let text = format!("{family}:{}{suite}", release.cycle);
                let Some(new) = bump(&text, Policy::Newest) else { continue };
                assert!(listing.tags.as_ref().unwrap().row(&new).is_some(), "{text} -> {new}");
                assert!(Tag::parse(&new).unwrap().version >= release.version, "{text} -> {new}");
                assert_eq!(bump(&format!("{family}:{new}"), Policy::Newest), None, "{text} -> {new}");
                seen += 1;
            }
        }
    }
    assert!(seen > 200, "{seen}");
}

#[test]
fn a_day_knows_nothing_of_later_days() {
    let newest = wish(Policy::Newest);
    for (day, image, expected) in [
        ("2026-02-01", "golang:1.22", Some("1.25")),
        ("2026-02-01", "golang:1.22.5-alpine", Some("1.25-alpine")),
        ("2026-02-11", "golang:1.22", Some("1.26")),
        ("2024-09-01", "golang:1.21", Some("1.23")),
        ("2026-02-01", "golang:1.22-bookworm", None),
        ("2026-02-01", "debian:buster", Some("trixie")),
        ("2024-01-01", "debian:buster", Some("bookworm")),
    ] {
        assert_eq!(bump_on(day, image, &newest).as_deref(), expected, "{image} on {day}");
    }
    assert_eq!(bump_on("2026-10-27", "node:18", &wish(Policy::Lts)).as_deref(), Some("24"));
    assert_eq!(bump_on("2026-10-28", "node:18", &wish(Policy::Lts)).as_deref(), Some("26"));
}

#[test]
fn a_project_bounds_a_bump() {
    let bounded = |max: &str| Wish { max: Version::parse(max), ..wish(Policy::Newest) };
    assert_eq!(bump_on("2026-11-23", "node:18", &bounded("24")).as_deref(), Some("24"));
    assert_eq!(bump_on("2026-11-23", "node:18", &bounded("18")), None);
    let only_old =
        Wish { takes: &|row| row.version().is_some_and(|v| v.major() < 25), ..wish(Policy::Newest) };
    assert_eq!(bump_on("2026-11-23", "node:18-alpine", &only_old).as_deref(), Some("24-alpine"));
    let gone = Wish { is_missing: &|tag| tag == "1.27", ..wish(Policy::Newest) };
    assert_eq!(bump_on("2026-11-23", "golang:1.22", &gone).as_deref(), Some("1.26"));
}

#[test]
fn support_is_told_for_the_day() {
    let support = |day: &str, text: &str| on(day).standing(&Reference::parse(text).unwrap()).unwrap().support;
    let date = |text: &str| text.parse::<Date>().unwrap();
    assert_eq!(support("2026-11-23", "golang:1.22"), Support::Ended(Some(date("2025-02-11"))));
    assert_eq!(support("2025-02-10", "golang:1.22"), Support::Full(Some(date("2025-02-11"))));
    assert_eq!(support("2026-11-23", "golang:1.27"), Support::Full(None));
    assert_eq!(support("2026-11-23", "golang:1.2"), Support::LongEnded(date("2019-02-25")));
    assert_eq!(support("2015-01-01", "golang:1.2"), Support::Unknown, "the first known end was yet to come");
    assert_eq!(support("2026-11-23", "node:22"), Support::SecurityOnly(Some(date("2027-04-30"))));
    let until = date("2028-06-30");
    assert_eq!(support("2026-11-23", "debian:bookworm"), Support::Extended(Some(date("2026-07-11")), until));
    assert_eq!(support("2026-11-23", "golang:alpine"), Support::Unknown);
}
