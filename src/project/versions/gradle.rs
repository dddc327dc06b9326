//! What a `build.gradle` or `build.gradle.kts` says of Java, as far as it is written plainly: nothing in it is run.

use super::java;
use super::set::LONGEST;
use super::stated::{MOST, Stated, line_at};
use super::want::Want;

/// What is looked for, and what its value asks for.
type Setting = (&'static str, fn(&str) -> Want);

/// Settings whose value follows them.
const SETTINGS: [Setting; 5] = [
    ("sourceCompatibility", java::release),
    ("targetCompatibility", java::release),
    ("options.release", java::release),
    ("JavaLanguageVersion.of", java::exactly),
    ("jvmToolchain", java::exactly),
];

/// The compatibility that is asked of the compiler, which newer JDKs have too, and the toolchain, which is one JDK and no
/// other (Gradle's documentation, "Toolchains for JVM projects").
pub(super) fn build(text: &str) -> Vec<Stated> {
    let code = without_comments(text);
    if SETTINGS.iter().any(|(name, _)| code.matches(name).nth(MOST).is_some()) {
        return Stated::unreadable();
    }
    let mut found: Vec<(usize, Stated)> = Vec::new();
    for (name, want) in SETTINGS {
        for (offset, _) in code.match_indices(name) {
            let after = &code[offset + name.len()..];
            if code[..offset].ends_with(is_word) || after.starts_with(is_word) {
                continue;
            }
            if let Some(value) = assigned(line(after)) {
                let value_of_name = || plain(defined(&code, value)?);
                let want = plain(value).or_else(value_of_name).map_or(Want::Unclear, |value| want(&value));
                found.push((offset, Stated::new(line_at(&code, offset), value, want)));
            }
        }
    }
    found.sort_by_key(|(offset, _)| *offset);
    found.into_iter().map(|(_, stated)| stated).collect()
}

/// What a setting is given, if the text behind its name gives it something: ` = 17`, `(17)`, `.set(17)`, ` '17'`.
fn assigned(after: &str) -> Option<&str> {
    let rest = after.strip_prefix(".set").unwrap_or(after);
    let spaced = rest.trim_start();
    let value = match spaced.strip_prefix(['=', '(']) {
        Some(value) => value,
        None if spaced.len() < rest.len() => spaced,
        None => return None,
    };
    let value = value.trim_start();
    let names = value.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '"' | '\'' | '$'));
    // `targetCompatibility = sourceCompatibility` says nothing new.
    let end = value.find([';', '}', ',']).unwrap_or(value.len());
    let mut value = value[..end].trim();
    while value.matches('(').count() < value.matches(')').count() {
        value = value.strip_suffix(')')?.trim_end();
    }
    (names && value != "sourceCompatibility").then_some(value)
}

/// What a name is given, if the file gives it something once and no more: `def jdk = 17`, `val jdk = "17"`.
fn defined<'c>(code: &'c str, name: &str) -> Option<&'c str> {
    let plain_name =
        !name.is_empty() && name.chars().all(is_word) && !name.starts_with(|c: char| c.is_ascii_digit());
    let mut values = code.match_indices(name).filter_map(|(offset, _)| {
        let value = line(&code[offset + name.len()..]).trim_start().strip_prefix('=')?;
        let whole = !code[..offset].ends_with(|c| is_word(c) || c == '.');
        (whole && !value.starts_with('=')).then(|| value.trim().trim_end_matches(';'))
    });
    if !plain_name || code.matches(name).nth(MOST).is_some() {
        return None;
    }
    let value = values.next()?;
    values.next().is_none().then_some(value)
}

/// The rest of a line, as far as anybody writes on.
fn line(after: &str) -> &str {
    after[..after.floor_char_boundary(LONGEST)].lines().next().unwrap_or_default()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A version that is written out: `17`, `"1.8"`, `JavaVersion.VERSION_1_8`, `JavaVersion.toVersion("17")`.
fn plain(value: &str) -> Option<String> {
    let call = value.strip_prefix("JavaVersion.toVersion(").and_then(|rest| rest.strip_suffix(')'));
    let value = call.unwrap_or(value);
    if let Some(version) = value.strip_prefix("JavaVersion.VERSION_") {
        return Some(version.replace('_', "."));
    }
    let quoted = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    let version = quoted('"').or_else(|| quoted('\'')).unwrap_or(value);
    version.bytes().all(|b| b.is_ascii_digit() || b == b'.').then(|| version.to_owned())
}

/// The text without its comments; lines stay where they are.
fn without_comments(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut quote: Option<char> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c, chars.peek()) {
            (None, '/', Some('/')) => while chars.next_if(|c| *c != '\n').is_some() {},
            (None, '/', Some('*')) => {
                let mut last = ' ';
                chars.next();
                for c in chars.by_ref() {
                    if c == '\n' {
                        code.push(c);
                    }
                    if (last, c) == ('*', '/') {
                        break;
                    }
                    last = c;
                }
            }
            (None, '"' | '\'', _) => {
                quote = Some(c);
                code.push(c);
            }
            (Some(open), c, _) => {
                if c == open || c == '\n' {
                    quote = None;
                }
                code.push(c);
                if c == '\\' {
                    code.extend(chars.next());
                }
            }
            (None, c, _) => code.push(c),
        }
    }
    code
}
