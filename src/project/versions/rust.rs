//! What a project says of Rust: `rust-toolchain.toml`, `rust-toolchain`, `Cargo.toml`.

use super::set::Set;
use super::stated::{Stated, Toml, lines};
use super::version::numbers;
use super::want::Want;

/// `rust-toolchain`, `rust-toolchain.toml`: `toolchain.channel`; the former may also be the channel alone (rustup's book,
/// "Overrides").
pub(super) fn toolchain(text: &str) -> Vec<Stated> {
    if let Some(file) = Toml::read(text) {
        return file.stated(&["toolchain", "channel"], pin).into_iter().collect();
    }
    lines(text).take(1).map(|(line, text)| Stated::new(line, text, pin(text))).collect()
}

/// `package.rust-version`, `workspace.package.rust-version`: Cargo refuses older ones. One that is taken from a workspace
/// is stated there.
pub(super) fn cargo(text: &str) -> Vec<Stated> {
    let Some(file) = Toml::read(text) else { return Stated::unreadable() };
    let paths: [&[&str]; 2] = [&["package", "rust-version"], &["workspace", "package", "rust-version"]];
    let at_least = |text: &str| Want::set(numbers(text).map(|parts| Set::at_least(&parts)));
    let strings = paths.iter().filter(|path| file.get(path).is_some_and(|value| value.get_ref().is_str()));
    strings.filter_map(|path| file.stated(path, at_least)).collect()
}

/// A channel of rustup: `1.75` is any 1.75, `stable` the newest; no release is a `beta` or a `nightly`, so these are
/// unclear. What follows a `-` is the host.
pub(super) fn pin(text: &str) -> Want {
    match text.split('-').next().unwrap_or_default() {
        "stable" | "latest" => Want::Set(Set::all()),
        channel => Want::set(numbers(channel).map(|parts| Set::line(&parts))),
    }
}
