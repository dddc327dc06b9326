//! What ties the commands of a stage to the release of the distribution that its image stands on.

use super::super::Context;
use crate::catalog::{Standing, Suite};
use crate::document::Keyword;
use crate::model::Stage;
use crate::shell::Command;

/// Why the stage, or one that is built on it, would not build on another release of the distribution, if it surely names
/// something of the old one.
pub(super) fn tied(cx: &Context<'_>, stage: &Stage, standing: &Standing<'_>) -> Option<String> {
    let suite = standing.tag.as_ref().map_or(Suite::Default, |tag| tag.suite);
    let mut runs =
        cx.model.built_on(stage).flat_map(|s| cx.model.body(s)).filter(|(_, i)| i.keyword == Keyword::Run);
    runs.find_map(|(index, instruction)| {
        let text = instruction.args();
        if !MANAGERS.iter().any(|manager| text.contains(manager)) {
            return None;
        }
        let line = cx.line(instruction.span.start);
        if let Some(name) = named(text, suite, standing) {
            return Some(format!("line {line} names {name}, the old release of the distribution"));
        }
        // Without these, no package in it is tied.
        let run = cx.model.run(index).filter(|_| text.contains('=') || text.contains("lib"))?;
        let package = run.script.commands.iter().find_map(tied_package)?;
        Some(format!(
            "line {line} installs {package}, which another release of the distribution may not have"
        ))
    })
}

/// Words without which no command of a package manager is in a text.
const MANAGERS: [&str; 6] = ["apt", "apk", "dpkg", "yum", "dnf", "sources.list"];

/// The release of the distribution that a text names.
fn named(text: &str, suite: Suite<'_>, standing: &Standing<'_>) -> Option<String> {
    let codename = standing.release.and_then(|release| release.codename.clone());
    let name = match suite {
        Suite::Debian(name) | Suite::Ubuntu(name) => Some(name.to_owned()),
        Suite::Alpine(Some(version)) => Some(format!("v{version}")),
        Suite::Default | Suite::Alpine(None) => codename,
    }?;
    let word = |c: char| c.is_alphanumeric();
    let alone = |at: usize| !text[..at].ends_with(word) && !text[at + name.len()..].starts_with(word);
    text.match_indices(&name).any(|(at, _)| alone(at)).then_some(name)
}

/// The first package of a command that is named with a version.
fn tied_package(command: &Command) -> Option<String> {
    let words: Vec<&str> = command.words.iter().filter_map(|w| w.literal.as_deref()).collect();
    let (manager, rest) = words.split_first()?;
    let installs = match *manager {
        "apt-get" | "apt" | "aptitude" => rest.contains(&"install"),
        "apk" => rest.contains(&"add"),
        _ => false,
    };
    let mut names = rest.iter().filter(|word| !word.starts_with(['-', '.', '/']));
    let is_tied = |name: &&&str| name.contains('=') || (*manager != "apk" && is_of_one_release(name));
    installs.then(|| names.find(is_tied).map(|name| (*name).to_owned())).flatten()
}

/// Whether the name of a package of Debian ends in the version of a library, which changes with releases: `libssl1.1`,
/// `libicu63`. Those that kept theirs for ten years are none.
fn is_of_one_release(name: &str) -> bool {
    const STEADY: [&str; 8] =
        ["libc6", "libstdc++6", "libpq5", "libgcc-s1", "libgomp1", "libsqlite3-0", "libx11-6", "libgl1"];
    let versioned = name.starts_with("lib") && name.ends_with(|c: char| c.is_ascii_digit());
    versioned && !STEADY.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_with_a_version_in_their_name() {
        for name in ["libssl1.1", "libicu63", "libffi6"] {
            assert!(is_of_one_release(name), "{name}");
        }
        for name in ["libpq-dev", "libc6", "gcc", "python3", "libpq5", "openssl"] {
            assert!(!is_of_one_release(name), "{name}");
        }
    }
}
