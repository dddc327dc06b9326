//! What the name of a variable and its value say: whether there is a secret.

use crate::catalog::secrets::secrets;

/// What a variable holds by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::transform) enum Holds {
    /// A password: any value may be one.
    Password,
    /// A key or a token.
    Key,
    /// Some key: one of a lock or one of a map.
    SomeKey,
}

impl Holds {
    /// What it is called, with its article.
    pub(in crate::transform) const fn name(self) -> &'static str {
        match self {
            Self::Password => "a password",
            Self::Key | Self::SomeKey => "a key",
        }
    }
}

/// How secret a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strength {
    /// Everybody would try it.
    Known,
    /// It should be known to few.
    Secret,
}

/// What a variable of this name holds; none for what is no secret.
pub(in crate::transform) fn holds(name: &str) -> Option<Holds> {
    let words = words(name);
    let (first, last) = (words.first()?, words.last()?);
    let names = &secrets().names;
    let is = |list: &[String], word: &str| list.iter().any(|w| w == word);
    let ends = |list: &[String], word: &str| list.iter().any(|w| word.ends_with(w.as_str()));
    let about = is(&names.about_first, first) || (words.len() > 1 && is(&names.about_last, last));
    let is_public = words.iter().any(|word| ["public", "pub"].contains(&word.as_str()));
    let is_odd = name.contains(['$', ':', '(', '/']);
    if about
        || is_public
        || is_odd
        || words.iter().any(|word| is(&names.other, word))
        || is_working_folder(&words)
    {
        return None;
    }
    let long = |word: &String| names.password.iter().any(|p| word.contains(p.as_str()));
    let short =
        words.iter().any(|word| is(&names.password_word, word)) || ends(&names.password_word[..2], last);
    if short || words.iter().any(long) {
        return Some(Holds::Password);
    }
    if words.iter().any(|word| is(&names.public, word)) {
        return None;
    }
    let keyed = words.windows(2).any(|pair| is(&names.key, &pair[0]) && pair[1].starts_with("key"));
    if keyed || words.iter().any(|word| ends(&names.secret, word)) {
        return Some(Holds::Key);
    }
    words.iter().any(|word| word.ends_with("key")).then_some(Holds::SomeKey)
}

/// `PWD` and `OLDPWD` are folders.
fn is_working_folder(words: &[String]) -> bool {
    matches!(words, [only] if ["pwd", "oldpwd"].contains(&only.as_str()))
}

/// The words of a name in lower case: `_`, `-`, `.` and a change from lower to upper case separate them.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        let starts = c.is_ascii_uppercase() && was_lower;
        if starts || !c.is_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        was_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// How secret the value of a variable is, quotes as written; none for what is no secret.
pub(super) fn value(name: &str, raw: &str, holds: Holds) -> Option<Strength> {
    let literal = raw.len() > 1 && raw.starts_with('\'') && raw.ends_with('\'');
    if !literal && is_variable(raw) {
        return None;
    }
    let value = bare(raw);
    let strength = strength(value, holds)?;
    match holds {
        Holds::Password => Some(strength),
        Holds::SomeKey => looks_random(value).then_some(strength),
        Holds::Key => {
            let named = strength == Strength::Secret && normal(name).contains(&normal(value));
            (!named && !value.contains(char::is_whitespace)).then_some(strength)
        }
    }
}

/// A value without the quotes around it.
pub(super) fn bare(raw: &str) -> &str {
    raw.trim().trim_matches(['"', '\'', '\\']).trim()
}

/// Whether a value is, or holds, a variable or a substitution.
pub(in crate::transform) fn is_variable(raw: &str) -> bool {
    let after = |(at, _)| raw[at + 1..].chars().next();
    let expands = |c: char| c.is_ascii_alphabetic() || "_{(".contains(c) || c == '1';
    raw.contains('`') || raw.contains("{{") || raw.match_indices('$').filter_map(after).any(expands)
}

/// How secret a bare value is.
pub(super) fn strength(value: &str, holds: Holds) -> Option<Strength> {
    let lower = value.to_lowercase();
    let values = &secrets().values;
    if values.known.contains(&lower) {
        return (holds != Holds::SomeKey).then_some(Strength::Known);
    }
    let is_number = value.chars().all(|c| c.is_ascii_digit());
    if holds == Holds::Password && lower.starts_with("change") {
        return Some(Strength::Known);
    }
    let is_none = value.chars().count() < 2
        || !value.contains(char::is_alphanumeric)
        || (is_number && value.len() < 3)
        || values.word.contains(&lower)
        || values.placeholder.iter().any(|word| lower.contains(word.as_str()))
        || lower.ends_with("here")
        || is_framed(value)
        || is_place(&lower);
    if is_none {
        return None;
    }
    let is_plea = lower.contains("change") && !is_number;
    Some(if is_plea || is_number && value.len() < 7 { Strength::Known } else { Strength::Secret })
}

/// Whether a value stands in brackets or stars, as what is to be replaced does.
fn is_framed(value: &str) -> bool {
    [("<", ">"), ("**", "**"), ("[", "]"), ("{", "}"), ("@", "@"), ("%", "%"), ("__", "__"), ("(", ")")]
        .iter()
        .any(|(head, tail)| value.starts_with(head) && value.ends_with(tail))
}

/// Whether a value, in lower case, is a path or an address.
fn is_place(lower: &str) -> bool {
    const ENDS: [&str; 14] = [
        ".pem", ".key", ".crt", ".txt", ".json", ".yml", ".yaml", ".conf", ".cfg", ".ini", ".env", ".xml",
        ".jks", ".pub",
    ];
    let starts = ["/", "./", "../", "~/", "c:\\", "file:", "vault:", "secret/", "</"];
    starts.iter().any(|s| lower.starts_with(s))
        || lower.contains("://")
        || ENDS.iter().any(|e| lower.ends_with(e))
}

/// Whether nobody made a value up: long, of letters and digits, and no fingerprint.
fn looks_random(value: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c);
    let upper_hex = |c: char| matches!(c, '0'..='9' | 'A'..='F');
    let mut letters: Vec<char> = value.chars().collect();
    let is_fingerprint = value.starts_with("0x") || (letters.len() == 40 && value.chars().all(upper_hex));
    letters.sort_unstable();
    letters.dedup();
    value.len() >= 16
        && letters.len() >= 8
        && value.chars().all(plain)
        && value.contains(|c: char| c.is_ascii_digit())
        && value.contains(|c: char| c.is_ascii_alphabetic())
        && !is_fingerprint
}

/// Letters and digits in lower case.
fn normal(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
