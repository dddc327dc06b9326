//! Requirements made of an operator and a version each: those of gems, Composer and Poetry.

use super::set::{LONGEST, Set};
use super::version::number;

/// Whose requirements they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Gems: `~> 3.2`, `>= 2.7`; a version alone is that version and no other (`Gem::Requirement`).
    Gem,
    /// Composer: `^8.1 || ^9`, `8.1.*`, `8.0 - 8.2`, `~8.1` up to 9 (composer/composer, doc/articles/versions.md).
    Composer,
    /// Poetry: `^3.9`, `~3.9` up to 3.10, `3.9.*` (python-poetry.org, docs/dependency-specification).
    Poetry,
}

/// The versions that a text takes; none when it can't be understood. Only releases are meant: `<8.4-dev` takes those before
/// 8.4, `>=8.1-RC1` those from 8.1 on.
pub(super) fn read(dialect: Dialect, text: &str) -> Option<Set> {
    if text.len() > LONGEST {
        return None;
    }
    let text = if dialect == Dialect::Gem { text.to_owned() } else { text.replace("||", "|") };
    let mut whole: Option<Set> = None;
    for alternative in text.split('|') {
        let set = alternative_of(dialect, alternative.trim())?;
        whole = Some(whole.map_or(set.clone(), |whole| whole.or(set)));
    }
    whole
}

/// What stands between two `||`.
fn alternative_of(dialect: Dialect, text: &str) -> Option<Set> {
    if dialect == Dialect::Composer
        && let Some((from, to)) = text.split_once(" - ")
    {
        return hyphen(&Operand::read(from.trim())?, &Operand::read(to.trim())?);
    }
    let mut set: Option<Set> = None;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_operator(c)).unwrap_or(rest.len());
        let (operator, after) = rest.split_at(end);
        let after = after.trim_start();
        let end = after.find(|c: char| c.is_whitespace() || c == ',' || is_operator(c));
        let (version, after) = after.split_at(end.unwrap_or(after.len()));
        let next = comparator(dialect, operator, &Operand::read(version)?)?;
        set = Some(set.map_or(next.clone(), |set| set.and(&next)));
        rest = after.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
    }
    set
}

fn is_operator(c: char) -> bool {
    "<>=!~^".contains(c)
}

/// A version in a requirement.
struct Operand {
    /// One to three numbers; none for `*` alone.
    parts: Vec<u64>,
    /// Whether `*` stands for the rest.
    wildcard: bool,
    /// Whether it is one before a release.
    early: bool,
}

impl Operand {
    fn read(text: &str) -> Option<Self> {
        let text = text.split_once('@').map_or(text, |(version, _stability)| version);
        let text = text.strip_prefix('v').unwrap_or(text);
        let text = text.strip_suffix("-stable").unwrap_or(text);
        let end = text.find(|c: char| !c.is_ascii_digit() && !".*xX".contains(c)).unwrap_or(text.len());
        let (release, suffix) = text.split_at(end);
        let release = release.trim_end_matches('.');
        let mut parts = Vec::new();
        let mut wildcard = false;
        for part in release.split('.') {
            match part {
                "*" | "x" | "X" => wildcard = true,
                _ if wildcard => return None,
                part => parts.push(number(part)?),
            }
        }
        let rest_is_zero = parts.iter().skip(3).all(|part| *part == 0);
        parts.truncate(3);
        let ends_well = if wildcard { suffix.is_empty() } else { suffix.is_empty() || is_early(suffix) };
        let plain = rest_is_zero && ends_well;
        plain.then_some(Self { parts, wildcard, early: !suffix.is_empty() })
    }

    /// The index of the number that must stay for versions to be compatible: the first that is not 0.
    fn kept(&self) -> Option<usize> {
        let last = self.parts.len().checked_sub(1)?;
        Some(self.parts.iter().position(|part| *part != 0).unwrap_or(last))
    }
}

/// Whether what follows the numbers marks a version before a release.
fn is_early(suffix: &str) -> bool {
    let word = suffix.trim_start_matches(['-', '.', '_']).to_ascii_lowercase();
    ["dev", "alpha", "beta", "rc", "pre", "preview", "a", "b"].iter().any(|mark| {
        word.strip_prefix(mark).is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
    })
}

/// `8.0 - 8.2`: what is missing on the right may be anything.
fn hyphen(from: &Operand, to: &Operand) -> Option<Set> {
    if from.wildcard || to.wildcard || to.early {
        return None;
    }
    let below = match to.parts.len() {
        3 => Set::up_to(&to.parts),
        length => Set::below(&bumped(&to.parts, length - 1)),
    };
    Some(Set::at_least(&from.parts).and(&below))
}

fn bumped(parts: &[u64], index: usize) -> Vec<u64> {
    let mut parts = parts[..=index].to_vec();
    parts[index] += 1;
    parts
}

fn comparator(dialect: Dialect, operator: &str, operand: &Operand) -> Option<Set> {
    let parts = &operand.parts;
    if operand.wildcard {
        return match operator {
            "" | "=" | "==" => Some(Set::line(parts)),
            "!=" | "<>" if !parts.is_empty() => Some(Set::line(parts).except_one()),
            _ => None,
        };
    }
    let last = parts.len().checked_sub(1)?;
    match (operator, dialect) {
        (">", _) if operand.early => Some(Set::at_least(parts)),
        ("<=", _) if operand.early => Some(Set::below(parts)),
        (">", _) => Some(Set::after(parts)),
        ("<=", _) => Some(Set::up_to(parts)),
        (">=", _) => Some(Set::at_least(parts)),
        ("<", _) => Some(Set::below(parts)),
        ("~>", Dialect::Gem) | ("~", Dialect::Composer) => {
            Some(Set::from_within(parts, last.saturating_sub(1)))
        }
        ("~", Dialect::Poetry) => Some(Set::from_within(parts, last.min(1))),
        ("~=", Dialect::Poetry) if last > 0 => Some(Set::from_within(parts, last - 1)),
        ("^", Dialect::Composer | Dialect::Poetry) => Some(Set::from_within(parts, operand.kept()?)),
        (_, _) if operand.early => None,
        ("!=", _) | ("<>", Dialect::Composer) => Some(exactly(parts).except_one()),
        ("" | "=", _) | ("==", Dialect::Composer | Dialect::Poetry) => Some(exactly(parts)),
        _ => None,
    }
}

/// A version whose missing numbers are 0.
fn exactly(parts: &[u64]) -> Set {
    Set::from_within(parts, 2)
}

#[cfg(test)]
#[path = "comparators_tests.rs"]
mod tests;
