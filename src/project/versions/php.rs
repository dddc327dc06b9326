//! What a project says of PHP: `composer.json`, `.php-version`.

use super::comparators::{self, Dialect};
use super::set::Set;
use super::stated::{Json, Stated, lines};
use super::version::numbers;
use super::want::Want;

/// `require.php` is what the program runs with. `config.platform.php` is the PHP that packages were chosen for, whatever
/// Composer ran on; releases of one line (8.1) take the same packages, so it stands for its line from that release on.
pub(super) fn composer(text: &str) -> Vec<Stated> {
    let Some(package) = Json::object(text) else { return Stated::unreadable() };
    let require =
        package.stated(&["require", "php"], |text| Want::set(comparators::read(Dialect::Composer, text)));
    let platform = package.stated(&["config", "platform", "php"], |text| Want::set(line_from(text)));
    // `false` hides PHP from Composer: nothing is asked for.
    let platform = platform.filter(|stated| !stated.text.is_empty());
    require.into_iter().chain(platform).collect()
}

fn line_from(text: &str) -> Option<Set> {
    let parts = numbers(text)?;
    Some(Set::from_within(&parts, parts.len().min(2) - 1))
}

/// `.php-version`, of phpenv and Symfony's command.
pub(super) fn version_file(text: &str) -> Vec<Stated> {
    lines(text).take(1).map(|(line, text)| Stated::new(line, text, pin(text))).collect()
}

/// A version as version managers write it: what starts with it.
pub(super) fn pin(text: &str) -> Want {
    Want::set(numbers(text).map(|parts| Set::line(&parts)))
}
