//! Secrets in a text: the arguments of an instruction, or the lines of a heredoc.

use super::names::{self, Holds, Strength};
use crate::catalog::secrets::{Match, Rule, secrets};
use regex::Regex;
use std::ops::Range;
use std::sync::OnceLock;

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// What it is, with its article.
    pub what: String,
    /// The variable or option that holds it.
    pub name: Option<String>,
    /// All of the text that shows it.
    pub whole: Range<usize>,
    /// The secret itself.
    pub secret: Range<usize>,
    /// How secret it is.
    pub strength: Strength,
}

/// Which secrets are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Tokens of known formats.
    Tokens,
    /// The same, and passwords in addresses and commands.
    Values,
    /// The same, and variables that are set.
    Commands,
}

/// The secrets in a text, in its order, none in another.
pub(super) fn scan(text: &str, scope: Scope) -> Vec<Hit> {
    let lower = text.to_ascii_lowercase();
    let known = secrets();
    let mut hits = Vec::new();
    for rule in &known.tokens {
        hits.extend(rule.matches(text, &lower).into_iter().filter_map(|found| token(rule, text, &found)));
    }
    if scope != Scope::Tokens {
        for rule in &known.commands {
            hits.extend(
                rule.matches(text, &lower).into_iter().filter_map(|found| password(rule, text, &found)),
            );
        }
    }
    if scope == Scope::Commands {
        hits.extend(assignments(text, &lower));
    }
    apart(hits)
}

/// Hits without those whose secret is part of an earlier rule's.
pub(super) fn apart(hits: Vec<Hit>) -> Vec<Hit> {
    let mut kept: Vec<Hit> = Vec::new();
    for hit in hits {
        let touches =
            |other: &Hit| other.secret.start < hit.secret.end && hit.secret.start < other.secret.end;
        if !kept.iter().any(touches) {
            kept.push(hit);
        }
    }
    kept.sort_by_key(|hit| hit.secret.start);
    kept
}

fn token(rule: &Rule, text: &str, found: &Match) -> Option<Hit> {
    let secret = &text[found.secret.clone()];
    let lower = secret.to_lowercase();
    let mut letters: Vec<char> = secret.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    let is_placeholder = ["example", "xxxx", "0000000", "1234567890"].iter().any(|p| lower.contains(p));
    (letters.len() >= 8 && !is_placeholder).then(|| Hit {
        what: rule.what.clone(),
        name: None,
        whole: found.whole.clone(),
        secret: found.secret.clone(),
        strength: Strength::Secret,
    })
}

fn password(rule: &Rule, text: &str, found: &Match) -> Option<Hit> {
    let raw = &text[found.secret.clone()];
    let value = names::bare(raw);
    let shout = value.chars().all(|c| c.is_ascii_uppercase() || "_-".contains(c));
    let is_other = found.name.clone().is_some_and(|name| names::holds(&text[name]).is_none());
    let is_variable = names::is_variable(raw) || raw.contains('$') && raw.len() < 4;
    if is_other || is_variable || shout || rule.allows(value) {
        return None;
    }
    let user = found.user.clone().map(|user| &text[user]);
    let strength = match names::strength(value, Holds::Password)? {
        _ if user == Some(value) => Strength::Known,
        strength => strength,
    };
    let what = rule.what.clone();
    Some(Hit { what, name: None, whole: found.whole.clone(), secret: found.secret.clone(), strength })
}

/// `NAME=value` in commands and in what they write.
fn assignments(text: &str, lower: &str) -> Vec<Hit> {
    static REGEX: OnceLock<Option<Regex>> = OnceLock::new();
    const PATTERN: &str =
        r#"(?:^|[\s;|("'/,])-{0,2}([A-Za-z][\w.-]*)=("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|\\?["']?[^\s;&|)"'/\\]+)"#;
    if !["pass", "pwd", "pw", "secret", "token", "key", "cred"].iter().any(|word| lower.contains(word)) {
        return Vec::new();
    }
    let Some(regex) = REGEX.get_or_init(|| Regex::new(PATTERN).ok()) else { return Vec::new() };
    let read = |captures: regex::Captures<'_>| {
        let (name, value) = (captures.get(1)?, captures.get(2)?);
        let holds = names::holds(name.as_str())?;
        let strength = names::value(name.as_str(), value.as_str(), holds)?;
        let is_pattern = value.as_str().contains(['*', '[', '^']) || value.as_str().ends_with(':');
        // `SECRET_KEY_BASE=tmp rake assets:precompile`: commands that ask for a key take anything.
        let bare = names::bare(value.as_str());
        let is_made_up =
            holds != Holds::Password && (bare.len() < 12 || !bare.contains(|c: char| c.is_ascii_digit()));
        (!is_pattern && !is_made_up).then(|| Hit {
            what: holds.name().to_owned(),
            name: Some(name.as_str().to_owned()),
            whole: name.start()..value.end(),
            secret: value.range(),
            strength,
        })
    };
    regex.captures_iter(text).filter_map(read).collect()
}
