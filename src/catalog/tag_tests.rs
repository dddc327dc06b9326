use super::*;

fn taken_apart(text: &str) -> String {
    let Some(tag) = Tag::parse(text) else { return "none".into() };
    let version = tag.version.map_or("-".into(), |version| version.to_string());
    let early = if tag.prerelease { " early" } else { "" };
    format!("{version} {:?}{early} {}", tag.suite, tag.rest())
}

#[test]
fn tags_of_all_kinds() {
    for (text, expected) in [
        ("latest", "- Default "),
        ("1.22", "1.22 Default "),
        ("v2.10", "2.10 Default "),
        ("1.22.5-alpine3.18", "1.22.5 Alpine(Some(Version { parts: [3, 18, 0, 0], len: 2 })) -alpine@"),
        ("17-jdk-alpine-3.21", "17 Alpine(Some(Version { parts: [3, 21, 0, 0], len: 2 })) -jdk-alpine@"),
        ("1.22-alpine", "1.22 Alpine(None) -alpine"),
        ("3.12-slim-bookworm", "3.12 Debian(\"bookworm\") -slim-@debian"),
        ("24-bookworm-slim", "24 Debian(\"bookworm\") -@debian-slim"),
        ("17-jre-jammy", "17 Ubuntu(\"jammy\") -jre-@ubuntu"),
        ("buster-slim", "- Debian(\"buster\") -@debian-slim"),
        ("1.22rc1-alpine", "1.22 Alpine(None) early -alpine"),
        ("4.0.0-rc-5", "4.0.0 Default early -rc-5"),
        ("edge", "- Default early -edge"),
        ("20.04", "20.4 Default "),
        ("8.1-fpm-alpine3.16", "8.1 Alpine(Some(Version { parts: [3, 16, 0, 0], len: 2 })) -fpm-alpine@"),
        ("1.22-alpinelinux", "1.22 Default -alpinelinux"),
        ("lts-alpine", "- Alpine(None) -lts-alpine"),
    ] {
        assert_eq!(taken_apart(text), expected, "{text}");
    }
    for text in ["1.", "1..2", "1.2.3.4.5", "1.x", "1.22foo", "99999999999", "8u502-b07-jdk", "25.0.4_7-jdk"]
    {
        assert_eq!(taken_apart(text), "none", "{text}");
    }
}

#[test]
fn versions_know_their_lines() {
    let version = |text| Version::parse(text).unwrap();
    assert!(version("3.14.7").is_in(&version("3.14")) && version("3.14").is_in(&version("3")));
    assert!(!version("3.14").is_in(&version("3.1")) && !version("3").is_in(&version("3.14")));
    assert!(version("3.9") < version("3.14") && version("3.14") < version("3.14.0"));
    assert_eq!(version("3.14.7").cut(2), version("3.14"));
    assert_eq!(version("3").cut(2), version("3"));
}
