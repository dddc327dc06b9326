//! What a project says of Ruby: `Gemfile`, `Gemfile.lock`, `.ruby-version`.

use super::comparators::{self, Dialect};
use super::set::Set;
use super::stated::{Stated, lines};
use super::version::numbers;
use super::want::Want;

/// The line `ruby` of a `Gemfile`, which Bundler holds against the Ruby that runs it (Bundler's guide, "Specifying a Ruby Version").
pub(super) fn gemfile(text: &str) -> Vec<Stated> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(rest) =
            line.trim().strip_prefix("ruby").filter(|rest| rest.starts_with([' ', '\t', '(', '"', '\'']))
        else {
            continue;
        };
        // The list of arguments goes on after a comma.
        let mut arguments = rest.to_owned();
        for next in lines.iter().skip(index + 1).take(8) {
            if !arguments.trim_end().ends_with(',') {
                break;
            }
            arguments.push_str(next.trim());
        }
        found.extend(directive(index + 1, &arguments));
    }
    found
}

/// What the arguments of `ruby` state.
fn directive(line: usize, arguments: &str) -> Option<Stated> {
    let (requirements, rest) = strings(arguments);
    let text = requirements.join(", ");
    let named = |key: &str| option(rest, key);
    let file = named("file");
    if requirements.is_empty() && matches!(file, Some(".ruby-version" | ".tool-versions" | "mise.toml")) {
        return None; // that file speaks for itself
    }
    let other_engine = rest.contains("engine") && named("engine") != Some("ruby");
    let clear = !requirements.is_empty()
        && !other_engine
        && (rest.is_empty() || rest.starts_with(['#', ':', 'e', 'p']));
    let want = if clear { Want::set(comparators::read(Dialect::Gem, &text)) } else { Want::Unclear };
    let text = if text.is_empty() { arguments.trim().to_owned() } else { text };
    Some(Stated::new(line, text, want))
}

/// The strings at the start of a list of arguments, and what follows them.
fn strings(arguments: &str) -> (Vec<&str>, &str) {
    let mut rest = arguments.trim_start_matches(|c: char| c.is_whitespace() || c == '(' || c == '[');
    let mut found = Vec::new();
    while let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let Some((string, after)) = rest[1..].split_once(quote) else { return (Vec::new(), rest) };
        found.push(string);
        rest = after.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ')' | ']'));
    }
    (found, rest)
}

/// The string of an option: `engine: "ruby"`, `:engine => "ruby"`.
fn option<'t>(rest: &'t str, key: &str) -> Option<&'t str> {
    let (_, after) = rest.split_once(key)?;
    let value = after.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '=' | '>'));
    strings(value).0.first().copied()
}

/// The Ruby that `Gemfile.lock` was last written with. Bundler holds no Ruby against it, but what was chosen may need one
/// that is not older.
pub(super) fn lock(text: &str) -> Vec<Stated> {
    let mut lines =
        text.lines().enumerate().skip_while(|(_, line)| line.trim_end() != "RUBY VERSION").skip(1);
    let Some((index, line)) = lines.next() else { return Vec::new() };
    let words: Vec<&str> = line.split_whitespace().collect();
    let want = match words.as_slice() {
        ["ruby", version] => Want::set(release(version).map(|parts| Set::at_least(&parts))),
        _ => Want::Unclear,
    };
    vec![Stated::new(index + 1, line.trim(), want)]
}

/// `.ruby-version`, of rbenv, chruby and RVM.
pub(super) fn version_file(text: &str) -> Vec<Stated> {
    lines(text).take(1).map(|(line, text)| Stated::new(line, text, pin(text))).collect()
}

/// A version as version managers write it: what starts with it. Other Rubies (`jruby-9.4`) are unclear.
pub(super) fn pin(text: &str) -> Want {
    let version = text.split_once('@').map_or(text, |(version, _gemset)| version);
    let version = version.strip_prefix("ruby-").unwrap_or(version);
    Want::set(release(version).map(|parts| Set::line(&parts)))
}

/// `3.2.2` of `3.2.2p53` and `3.2.2-p53`.
fn release(text: &str) -> Option<Vec<u64>> {
    let release = text.split_once('p').filter(|(_, level)| level.bytes().all(|b| b.is_ascii_digit()));
    numbers(release.map_or(text, |(release, _)| release.trim_end_matches('-')))
}
