//! Files of version managers for all languages: `.tool-versions` of asdf, `mise.toml` of mise.

use super::set::Set;
use super::stated::{Stated, Toml, lines};
use super::want::Want;
use super::{Language, dotnet, go, java, node, php, python, ruby, rust};
use toml::de::DeValue;

/// The names that a language has there.
fn names(language: Language) -> &'static [&'static str] {
    match language {
        Language::Go => &["golang", "go"],
        Language::Node => &["nodejs", "node"],
        Language::Python => &["python"],
        Language::Java => &["java"],
        Language::Ruby => &["ruby"],
        Language::Php => &["php"],
        Language::Dotnet => &["dotnet", "dotnet-core"],
        Language::Rust => &["rust"],
    }
}

/// `.tool-versions`: a tool and its versions a line, each of which will do (asdf's documentation, "Configuration").
pub(super) fn asdf(language: Language, text: &str) -> Vec<Stated> {
    let stated = |(line, text): (usize, &str)| {
        let (name, versions) = text.split_once(char::is_whitespace)?;
        if !names(language).contains(&name) {
            return None;
        }
        let wants = versions.split_whitespace().map(|version| pin(language, version)).collect();
        Some(Stated::new(line, versions.trim(), Want::either(wants)))
    };
    lines(text).filter_map(stated).collect()
}

/// `mise.toml`: the table `tools`; a version, several, or a table with one (mise's documentation, "mise.toml").
pub(super) fn mise(language: Language, text: &str) -> Vec<Stated> {
    let Some(file) = Toml::read(text) else { return Stated::unreadable() };
    let mut found = Vec::new();
    for name in names(language) {
        for key in [(*name).to_owned(), format!("core:{name}")] {
            let Some(value) = file.get(&["tools", &key]) else { continue };
            let versions = versions(value.get_ref());
            let wants =
                versions.iter().map(|version| version.map_or(Want::Unclear, |v| pin(language, v))).collect();
            let text = versions.iter().flatten().copied().collect::<Vec<_>>().join(" ");
            found.push(Stated::new(file.line(&value.span()), text, Want::either(wants)));
        }
    }
    found
}

/// The versions that a value names; none for what is no version.
fn versions<'v>(value: &'v DeValue<'_>) -> Vec<Option<&'v str>> {
    let version = |value: &'v DeValue<'_>| match value {
        DeValue::Table(table) => table.get("version").and_then(|version| version.get_ref().as_str()),
        value => value.as_str(),
    };
    match value {
        DeValue::Array(values) => values.iter().map(|value| version(value.get_ref())).collect(),
        value => vec![version(value)],
    }
}

/// What a version of a language asks for. Those that lie elsewhere or depend on the machine are unclear.
fn pin(language: Language, text: &str) -> Want {
    if text == "latest" {
        return Want::Set(Set::all());
    }
    let text = ["latest:", "prefix:"].iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    let pin = match language {
        Language::Go => go::pin,
        Language::Node => node::pin,
        Language::Python => python::pin,
        Language::Java => java::pin,
        Language::Ruby => ruby::pin,
        Language::Php => php::pin,
        Language::Dotnet => dotnet::pin,
        Language::Rust => rust::pin,
    };
    pin(text)
}
