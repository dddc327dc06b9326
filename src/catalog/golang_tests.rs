use super::*;

fn bump(tag: &str) -> Option<String> {
    newest(&Tag::parse(tag)?)
}

#[test]
fn tags_are_taken_apart() {
    let version = |major, minor, patch| Some(Version { major, minor, patch });
    for (text, expected, prerelease, flavour) in [
        ("latest", None, false, Flavour::Default),
        ("1", version(1, None, None), false, Flavour::Default),
        ("1.22", version(1, Some(22), None), false, Flavour::Default),
        ("1.22.5", version(1, Some(22), Some(5)), false, Flavour::Default),
        ("1.22-alpine", version(1, Some(22), None), false, Flavour::Alpine(None)),
        ("1.22-alpine3.18", version(1, Some(22), None), false, Flavour::Alpine(Some("3.18"))),
        ("1.20.1-bullseye", version(1, Some(20), Some(1)), false, Flavour::Debian("bullseye")),
        ("1.22rc1-alpine", version(1, Some(22), None), true, Flavour::Alpine(None)),
        ("1.9beta2", version(1, Some(9), None), true, Flavour::Default),
        ("alpine", None, false, Flavour::Alpine(None)),
        ("alpine3.20", None, false, Flavour::Alpine(Some("3.20"))),
        ("bookworm", None, false, Flavour::Debian("bookworm")),
        ("tip-trixie", None, false, Flavour::Other("tip-trixie")),
        ("1.3-onbuild", version(1, Some(3), None), false, Flavour::Other("onbuild")),
        ("1.22-alpine-x", version(1, Some(22), None), false, Flavour::Other("alpine-x")),
        ("1.22-alpinelinux", version(1, Some(22), None), false, Flavour::Other("alpinelinux")),
    ] {
        assert_eq!(Tag::parse(text), Some(Tag { version: expected, prerelease, flavour }), "{text}");
    }
    for text in ["", "1.", "1..2", "1.2.3.4", "1.x", "1.22foo", "1.22rc", "1.022", "99999999999", "1.-2"] {
        assert_eq!(Tag::parse(text), None, "{text}");
    }
}

#[test]
fn a_bump_keeps_the_family() {
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
    ] {
        assert_eq!(bump(tag).as_deref(), Some(expected), "{tag}");
    }
}

#[test]
fn what_is_new_or_unclear_stays() {
    for tag in [
        "1",
        "latest",
        "",
        "alpine",
        "alpine3.18",
        "bookworm",
        "tip",
        "tip-alpine",
        "1.22rc1",
        "1.22beta1-alpine",
        "1.28rc1",
        "1.27",
        "1.27.0",
        "1.27-alpine",
        "1.27-alpine3.20",
        "1.27-bullseye",
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
        "0.9",
    ] {
        assert_eq!(bump(tag), None, "{tag}");
    }
}

#[test]
fn a_bump_exists_is_newer_and_is_the_last() {
    let flavours =
        ["", "-alpine", "-alpine3.2", "-alpine3.18", "-alpine3.23", "-alpine3.24", "-jessie", "-buster"];
    let suites = ["-bullseye", "-bookworm", "-trixie", "-sid", "-onbuild", "-nanoserver"];
    for minor in 0..40 {
        for flavour in flavours.iter().chain(&suites) {
            for patch in ["", ".0", ".11"] {
                let tag = format!("1.{minor}{patch}{flavour}");
                let Some(new) = bump(&tag) else { continue };
                assert!(exists(&new), "{tag} -> {new}");
                assert!(Tag::parse(&new).unwrap().minor() > Some(minor), "{tag} -> {new}");
                assert_eq!(bump(&new), None, "{tag} -> {new}");
            }
        }
    }
}

#[test]
fn support_ends_when_the_second_next_version_comes() {
    assert_eq!(end_of_life(25), Some("2026-08-19"));
    assert_eq!(end_of_life(22), Some("2025-02-11"));
    assert_eq!(end_of_life(10), Some("2019-02-25"));
    assert_eq!((end_of_life(26), end_of_life(27), end_of_life(99)), (None, None, None));
    let dates: Vec<_> = (10..=25).map(end_of_life).collect();
    assert!(dates.iter().all(Option::is_some) && dates.is_sorted());
}
