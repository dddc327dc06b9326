//! What a project says of Node: `package.json`, `.nvmrc`, `.node-version`.

use super::set::Set;
use super::stated::{Json, Stated, lines};
use super::version::numbers;
use super::want::Want;

/// The names of lines with long-term support, and their first numbers (nodejs/Release, schedule.json). From 27 on every
/// release has it, before only even ones (nodejs/Release, issue 1113).
const NAMES: [(&str, u64); 11] = [
    ("argon", 4),
    ("boron", 6),
    ("carbon", 8),
    ("dubnium", 10),
    ("erbium", 12),
    ("fermium", 14),
    ("gallium", 16),
    ("hydrogen", 18),
    ("iron", 20),
    ("jod", 22),
    ("krypton", 24),
];

/// `engines.node` is what the program runs with; `devEngines.runtime` and `volta.node` what it is made with.
pub(super) fn package(text: &str) -> Vec<Stated> {
    let Some(package) = Json::object(text) else { return Stated::unreadable() };
    let mut found: Vec<Stated> = package.stated(&["engines", "node"], Want::npm).into_iter().collect();
    let runtimes = package.get("devEngines").and_then(|engines| engines.get("runtime"));
    for runtime in runtimes.map(Json::each).unwrap_or_default() {
        if runtime.get("name").and_then(Json::string).as_deref() == Some("node") {
            found.extend(runtime.stated(&["version"], Want::npm));
        }
    }
    found.extend(package.stated(&["volta", "node"], pin));
    found
}

/// `.nvmrc`, `.node-version`: one version, and settings with a `=`, which nothing reads yet (nvm's README, ".nvmrc").
pub(super) fn version_file(text: &str) -> Vec<Stated> {
    let line = lines(text).find(|(_, line)| !line.contains('='));
    line.map(|(line, text)| Stated::new(line, text, pin(text))).into_iter().collect()
}

/// A version as version managers write it: what starts with it (`18`, `v18.2`, `18.x`), or a name: `node` and its like for
/// the newest, `lts/*` for the newest with long-term support, `lts/hydrogen`, `lts-hydrogen`. Names that depend on a machine
/// or on the day (`system`, `lts/-1`) are unclear.
pub(super) fn pin(text: &str) -> Want {
    let text = text.to_ascii_lowercase();
    if matches!(text.as_str(), "node" | "stable" | "latest" | "current") {
        return Want::Set(Set::all());
    }
    let name = text.strip_prefix("lts/").or_else(|| text.strip_prefix("lts-")).unwrap_or(&text);
    if matches!(name, "*" | "lts") {
        return Want::Set(long_term());
    }
    if let Some((_, major)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Want::Set(Set::line(&[*major]));
    }
    let version = text.strip_prefix('v').unwrap_or(&text);
    let version = version.trim_end_matches(".x");
    Want::set(numbers(version).map(|parts| Set::line(&parts)))
}

/// The lines that have, had or will have long-term support.
fn long_term() -> Set {
    let named = NAMES.iter().map(|(_, major)| Set::line(&[*major]));
    named.fold(Set::at_least(&[26]), Set::or)
}
