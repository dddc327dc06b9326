//! What a project says of Java: `.java-version`, `.sdkmanrc`, and what the files of Maven and Gradle mean by a release.

use super::Language;
use super::set::{LONGEST, Set};
use super::stated::{Stated, lines};
use super::version::Version;
use super::want::Want;

/// The first releases whose compiler no longer makes code for an old one: JDK 9 dropped 5 (JEP 182), 12 dropped 6
/// (JDK-8028563), 20 dropped 7 (JDK-8173605).
const DROPPED: [(u64, u64); 3] = [(5, 9), (6, 12), (7, 20)];

/// Code for a release, as `--release 17` and `source` and `target` ask for it: a JDK that is as new or newer makes it, as
/// far as it still knows the release.
pub(super) fn release(text: &str) -> Want {
    let Some(version) = parsed(text) else { return Want::Unclear };
    let dropped = DROPPED.iter().find(|(last, _)| version.parts[0] <= *last);
    let set = Set::at_least(&version.parts);
    Want::Set(dropped.map_or(set.clone(), |(_, without)| set.and(&Set::below(&[*without]))))
}

/// One Java and no other, as a toolchain of Gradle asks for it.
pub(super) fn exactly(text: &str) -> Want {
    Want::set(parsed(text).map(|version| Set::line(&version.parts)))
}

fn parsed(text: &str) -> Option<Version> {
    Version::read(Language::Java, text)
}

/// A range as Maven's enforcer reads it: `[17,22)`, `(,11],[17,)`; a version alone is a minimum (Maven's documentation,
/// "Enforcer Version Range Specification"). Releases up to 8 are written `1.8` there and `1.8.0-432` their updates
/// ("Require Java Version").
pub(super) fn range(text: &str) -> Want {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).take(LONGEST + 1).collect();
    if text.len() > LONGEST {
        return Want::Unclear;
    }
    if !text.starts_with(['[', '(']) {
        return Want::set(bound(&text).map(|version| Set::at_least(&version.parts)));
    }
    Want::set(ranges(&text))
}

fn ranges(text: &str) -> Option<Set> {
    let mut set: Option<Set> = None;
    let mut rest = text;
    while !rest.is_empty() {
        let open = rest.chars().next().filter(|c| matches!(c, '[' | '('))?;
        let end = rest.find([']', ')'])?;
        let closed = rest[end..].starts_with(']');
        let next = between(open == '[', &rest[1..end], closed)?;
        set = Some(set.map_or(next.clone(), |set| set.or(next)));
        rest = &rest[end + 1..];
        rest = rest.strip_prefix(',').filter(|rest| !rest.is_empty()).or(rest.is_empty().then_some(rest))?;
    }
    set
}

/// What stands between two brackets; `from` and `to` tell whether the bounds themselves are meant.
fn between(from: bool, text: &str, to: bool) -> Option<Set> {
    let Some((low, high)) = text.split_once(',') else {
        return (from && to)
            .then(|| bound(text))
            .flatten()
            .map(|version| Set::from_within(&version.parts, 2));
    };
    let low = match low {
        "" => Set::all(),
        low if from => Set::at_least(&bound(low)?.parts),
        low => Set::after(&bound(low)?.parts),
    };
    let high = match high {
        "" => Set::all(),
        high if to => Set::up_to(&bound(high)?.parts),
        high => Set::below(&bound(high)?.parts),
    };
    Some(low.and(&high))
}

/// A bound of a range; what follows `-` is the update of a release up to 8, else a build, which doesn't count.
fn bound(text: &str) -> Option<Version> {
    match text.split_once('-') {
        Some((release, update)) if release.starts_with("1.") => parsed(&format!("{release}_{update}")),
        Some((release, _build)) => parsed(release),
        None => parsed(text),
    }
}

/// `.java-version`, of jenv.
pub(super) fn version_file(text: &str) -> Vec<Stated> {
    lines(text).take(1).map(|(line, text)| Stated::new(line, text, pin(text))).collect()
}

/// `.sdkmanrc`: `java=21.0.5-tem`.
pub(super) fn sdkman(text: &str) -> Vec<Stated> {
    let java = lines(text).filter_map(|(line, text)| {
        let (name, value) = text.split_once('=')?;
        (name.trim() == "java").then(|| Stated::new(line, value.trim(), pin(value.trim())))
    });
    java.collect()
}

/// A version as version managers write it, with its vendor before it (`temurin-21.0.5+11`) or behind it (`21.0.5-tem`): what
/// starts with it. Azul's numbers are its own but for the first; those of `GraalVM` are another program's.
pub(super) fn pin(text: &str) -> Want {
    let Some(start) = text.split('-').position(|part| part.starts_with(|c: char| c.is_ascii_digit())) else {
        return Want::Unclear;
    };
    let words: Vec<&str> = text.split('-').collect();
    let (vendor, version) = (words[..start].join("-"), words[start]);
    let early = words[start + 1..].iter().any(|word| word.starts_with("ea"));
    let release = version.split('+').next().unwrap_or_default();
    let graal = vendor.contains("graalvm") || version.contains("java") || release.contains(".r");
    let Some(mut version) = parsed(version).filter(|_| !early && !graal) else { return Want::Unclear };
    if vendor.contains("zulu") {
        version.parts.truncate(1);
    }
    Want::Set(Set::line(&version.parts))
}
