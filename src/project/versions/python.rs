//! What a project says of Python: `pyproject.toml`, `setup.cfg`, `setup.py`, `Pipfile`, `.python-version`, `runtime.txt`.

use super::comparators::{self, Dialect};
use super::set::Set;
use super::stated::{MOST, Stated, Toml, line_at, lines};
use super::version::numbers;
use super::want::Want;

/// `project.requires-python` (PEP 621) and `tool.poetry.dependencies.python`.
pub(super) fn pyproject(text: &str) -> Vec<Stated> {
    let Some(file) = Toml::read(text) else { return Stated::unreadable() };
    // A dependency is a version, or a table with one.
    let mut poetry = vec!["tool", "poetry", "dependencies", "python"];
    if file.get(&poetry).is_some_and(|python| python.get_ref().is_table()) {
        poetry.push("version");
    }
    let requires = file.stated(&["project", "requires-python"], Want::python);
    let poetry = file.stated(&poetry, |text| Want::set(comparators::read(Dialect::Poetry, text)));
    requires.into_iter().chain(poetry).collect()
}

/// `requires.python_version` (`3.11`, any 3.11) and `requires.python_full_version`.
pub(super) fn pipfile(text: &str) -> Vec<Stated> {
    let Some(file) = Toml::read(text) else { return Stated::unreadable() };
    let keys = ["python_version", "python_full_version"];
    keys.iter().filter_map(|key| file.stated(&["requires", key], any_or_pin)).collect()
}

fn any_or_pin(text: &str) -> Want {
    if text == "*" { Want::Set(Set::all()) } else { pin(text) }
}

/// `python_requires` in the section `options`; a value may go on in lines that are indented.
pub(super) fn setup_cfg(text: &str) -> Vec<Stated> {
    let mut section = "";
    let mut found: Option<(usize, String)> = None;
    for (index, line) in text.lines().enumerate() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some((_, value)) = &mut found {
            if line.starts_with(char::is_whitespace) {
                value.push_str(trimmed);
                continue;
            }
            break;
        }
        if let Some(name) = trimmed.strip_prefix('[') {
            section = name.trim_end_matches(']').trim();
        } else if section == "options"
            && let Some(rest) = trimmed.strip_prefix("python_requires")
            && let Some(value) = rest.trim_start().strip_prefix(['=', ':'])
        {
            found = Some((index + 1, value.trim().to_owned()));
        }
    }
    found.map(|(line, value)| Stated { line, want: Want::python(&value), text: value }).into_iter().collect()
}

/// `python_requires=` where a plain string follows; unclear where something else does.
pub(super) fn setup_py(text: &str) -> Vec<Stated> {
    if text.matches("python_requires").nth(MOST).is_some() {
        return Stated::unreadable();
    }
    let mut found = Vec::new();
    for (offset, name) in text.match_indices("python_requires") {
        let before = text[..offset].rsplit('\n').next().unwrap_or_default();
        let inside_word = before.ends_with(|c: char| c.is_alphanumeric() || "_'\"".contains(c));
        let after = text[offset + name.len()..].trim_start();
        let Some(value) = after.strip_prefix('=').filter(|rest| !rest.starts_with('=')) else { continue };
        if inside_word || before.contains('#') {
            continue;
        }
        let literal = literal(value.trim_start());
        let want = literal.map_or(Want::Unclear, Want::python);
        found.push(Stated::new(line_at(text, offset), literal.unwrap_or_default(), want));
    }
    found
}

/// The string that a Python expression is, if it is no more than that.
fn literal(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (string, rest) = text[1..].split_once(quote)?;
    let ends = rest.trim_start_matches([' ', '\t', '\r']);
    let alone = ends.is_empty() || ends.starts_with([',', ')', '\n', '#']);
    (alone && !string.is_empty() && !string.contains(['\\', '\n'])).then_some(string)
}

/// `.python-version`, of pyenv: a version a line, each of which will do.
pub(super) fn version_file(text: &str) -> Vec<Stated> {
    let versions: Vec<(usize, &str)> =
        lines(text).filter_map(|(line, text)| Some((line, text.split_whitespace().next()?))).collect();
    let Some((line, _)) = versions.first() else { return Vec::new() };
    let words: Vec<&str> = versions.iter().map(|(_, word)| *word).collect();
    let want = Want::either(words.iter().map(|word| pin(word)).collect());
    vec![Stated::new(*line, words.join(" "), want)]
}

/// `runtime.txt`, of Heroku: `python-3.11.4`.
pub(super) fn runtime(text: &str) -> Vec<Stated> {
    let line = lines(text).next().filter(|(_, line)| line.starts_with("python"));
    line.map(|(line, text)| Stated::new(line, text, pin(text))).into_iter().collect()
}

/// A version as version managers write it: what starts with it, or specifiers, which uv takes. Other Pythons (`pypy3.10-7.3`)
/// and versions before a release are unclear.
pub(super) fn pin(text: &str) -> Want {
    if text.starts_with(['<', '>', '=', '!', '~']) {
        return Want::python(text);
    }
    let prefixes = ["python-", "cpython-", "cpython@"];
    let version = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    Want::set(numbers(version).map(|parts| Set::line(&parts)))
}
