//! What passwords, tokens and keys look like.

use regex::Regex;
use serde::Deserialize;
use std::ops::Range;
use std::sync::OnceLock;

/// What is known of secrets; read when it is first asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// The day of the facts, `YYYY-MM-DD`.
    #[serde(rename = "date")]
    _date: String,
    /// Words in the names of variables.
    pub names: Names,
    /// Values that are none.
    pub values: Values,
    /// Tokens of a known format.
    #[serde(rename = "token")]
    pub tokens: Vec<Rule>,
    /// Commands and addresses that hold a password.
    #[serde(rename = "command")]
    pub commands: Vec<Rule>,
    /// Files that are secrets.
    #[serde(rename = "file")]
    pub files: Vec<SecretFile>,
}

/// Words in the names of variables, in lower case.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the catalog's file says what each list is for")]
pub struct Names {
    pub password: Vec<String>,
    pub password_word: Vec<String>,
    pub secret: Vec<String>,
    pub key: Vec<String>,
    pub other: Vec<String>,
    pub about_first: Vec<String>,
    pub about_last: Vec<String>,
    pub public: Vec<String>,
}

/// Values that are no secrets, or known to everybody, in lower case.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Values {
    /// What a value that is to be replaced has in it.
    pub placeholder: Vec<String>,
    /// Words that say something about a password.
    pub word: Vec<String>,
    /// Passwords that everybody tries first.
    pub known: Vec<String>,
}

/// A pattern of text with a secret in it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What is found, with its article.
    pub what: String,
    /// Text without all of these is not looked at.
    has: Vec<String>,
    pattern: String,
    /// Where the format is documented.
    /// Values that everybody is meant to know.
    #[serde(default)]
    except: Vec<String>,
    #[serde(default, rename = "link")]
    _link: String,
    #[serde(skip)]
    regex: OnceLock<Option<Regex>>,
}

/// Where a rule applies, in bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// All of it.
    pub whole: Range<usize>,
    /// The secret.
    pub secret: Range<usize>,
    /// Whose it is.
    pub user: Option<Range<usize>>,
    /// The option that it is given with.
    pub name: Option<Range<usize>>,
}

impl Rule {
    /// Whether a value is no secret here.
    pub fn allows(&self, value: &str) -> bool {
        self.except.iter().any(|known| known == value)
    }

    /// What the rule finds in a text, which is also given in lower case.
    pub fn matches(&self, text: &str, lower: &str) -> Vec<Match> {
        if !self.has.iter().any(|word| lower.contains(word.as_str())) {
            return Vec::new();
        }
        let Some(regex) = self.regex.get_or_init(|| Regex::new(&self.pattern).ok()) else {
            return Vec::new();
        };
        let groups = |captures: &regex::Captures<'_>, prefix: &str| {
            let mut named = regex.capture_names().flatten().filter(|name| name.starts_with(prefix));
            named.find_map(|name| captures.name(name)).map(|found| found.range())
        };
        let read = |captures: regex::Captures<'_>| {
            let whole = captures.get(0)?.range();
            let (user, name) = (groups(&captures, "user"), groups(&captures, "name"));
            Some(Match { whole, secret: groups(&captures, "secret")?, user, name })
        };
        regex.captures_iter(text).filter_map(read).collect()
    }
}

/// For whom a file with a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// A command of the build.
    Build,
    /// Logging in to other machines, in the build or later.
    Ssh,
    /// The program.
    Run,
}

/// A file that is a secret, by its name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretFile {
    /// What it is, with its article.
    pub what: String,
    /// Names, or ends of paths, in lower case, with `*` for anything.
    name: Vec<String>,
    /// What the path of one that is no secret has in it.
    #[serde(default)]
    unless: Vec<String>,
    /// What one of source and destination has in it.
    #[serde(default, rename = "where")]
    place: Vec<String>,
    /// What the text has in it, one of these; `names` stands for a variable with a secret.
    #[serde(default)]
    pub content: Vec<String>,
    /// For whom it is.
    #[serde(rename = "use")]
    pub purpose: Purpose,
    /// Where commands look for it.
    #[serde(default)]
    pub target: Option<String>,
}

impl SecretFile {
    /// Whether a file that is copied from there to there is one of these; both paths in lower case.
    pub fn is(&self, source: &str, target: &str) -> bool {
        let name = source.rsplit('/').next().unwrap_or(source);
        let ends = |pattern: &str| {
            source.strip_suffix(pattern).is_some_and(|head| head.is_empty() || head.ends_with('/'))
        };
        let named =
            |pattern: &String| if pattern.contains('/') { ends(pattern) } else { is_like(name, pattern) };
        self.name.iter().any(named)
            && !self.unless.iter().any(|word| name.contains(word.as_str()))
            && (self.place.is_empty()
                || self.place.iter().any(|p| source.contains(p.as_str()) || target.contains(p.as_str())))
    }
}

/// Whether a name is like a pattern with stars.
fn is_like(name: &str, pattern: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return name == pattern };
    let Some(rest) = name.strip_prefix(head) else { return false };
    if tail.is_empty() {
        return true;
    }
    (0..=rest.len()).filter(|at| rest.is_char_boundary(*at)).any(|at| is_like(&rest[at..], tail))
}

/// What is known of secrets. The embedded file can be read: a test sees to it.
pub fn secrets() -> &'static Secrets {
    static SECRETS: OnceLock<Secrets> = OnceLock::new();
    SECRETS.get_or_init(|| super::file("secrets").unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_can_be_read_and_names_its_secret() {
        let secrets: Secrets = super::super::file("secrets").expect("the file");
        for rule in secrets.tokens.iter().chain(&secrets.commands) {
            let regex = Regex::new(&rule.pattern).unwrap_or_else(|error| panic!("{}: {error}", rule.what));
            assert!(regex.capture_names().flatten().any(|n| n.starts_with("secret")), "{}", rule.pattern);
            assert!(rule.has.iter().all(|word| *word == word.to_lowercase()), "{}", rule.pattern);
        }
    }

    #[test]
    fn stars_stand_for_anything() {
        for (name, pattern, expected) in [
            ("server.key", "*.key", true),
            ("server.keys", "*.key", false),
            (".env", "*.env", true),
            ("ssh_host_rsa_key", "ssh_host_*_key", true),
            ("ssh_host_rsa_key.pub", "ssh_host_*_key", false),
        ] {
            assert_eq!(is_like(name, pattern), expected, "{name} {pattern}");
        }
    }
}
