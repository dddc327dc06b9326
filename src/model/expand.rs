//! Variables in words, by `BuildKit`'s rules.

use std::iter::Peekable;
use std::str::Chars;

/// What is known of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// It is set to this.
    Set(String),
    /// It is surely not set.
    Unset,
    /// It may be set, to what is not known.
    Unknown,
}

/// A word after quotes are removed and variables replaced; none when that fails or hangs on what is not known.
///
/// Knows `$x`, `${x}`, `${x-w}`, `${x:-w}`, `${x+w}`, `${x:+w}`, `${x?w}`, `${x:?w}`, `${x#p}`, `${x##p}`, `${x%p}`,
/// `${x%%p}`, `${x/p/w}` and `${x//p/w}`.
pub fn expand(word: &str, escape: char, lookup: &dyn Fn(&str) -> Value) -> Option<String> {
    if !word.contains(['$', '"', '\'', escape]) {
        return Some(word.to_owned());
    }
    Expander { chars: word.chars().peekable(), escape, lookup, depth: 0 }.until(None, false)
}

struct Expander<'a> {
    chars: Peekable<Chars<'a>>,
    escape: char,
    lookup: &'a dyn Fn(&str) -> Value,
    depth: usize,
}

impl Expander<'_> {
    /// Reads up to a stop character; `raw` keeps escape characters, as patterns need them.
    fn until(&mut self, stop: Option<char>, raw: bool) -> Option<String> {
        self.depth += 1;
        if self.depth > 50 {
            return None;
        }
        let mut text = String::new();
        loop {
            let Some(c) = self.chars.next() else {
                return stop.is_none().then_some(text);
            };
            match c {
                _ if Some(c) == stop => {
                    self.depth -= 1;
                    return Some(text);
                }
                '\'' => loop {
                    match self.chars.next()? {
                        '\'' => break,
                        c => text.push(c),
                    }
                },
                '"' => self.double(&mut text)?,
                '$' => text.push_str(&self.dollar()?),
                _ if c == self.escape => {
                    if raw {
                        text.push(c);
                    }
                    text.extend(self.chars.next());
                }
                _ => text.push(c),
            }
        }
    }

    fn double(&mut self, text: &mut String) -> Option<()> {
        loop {
            match self.chars.next()? {
                '"' => return Some(()),
                '$' => text.push_str(&self.dollar()?),
                c if c == self.escape => match self.chars.next()? {
                    escaped @ ('"' | '$') => text.push(escaped),
                    escaped if escaped == self.escape => text.push(escaped),
                    other => text.extend([c, other]),
                },
                c => text.push(c),
            }
        }
    }

    fn dollar(&mut self) -> Option<String> {
        if self.chars.next_if_eq(&'{').is_none() {
            let name = self.name();
            return if name.is_empty() {
                Some("$".into())
            } else {
                self.value(&name).map(Option::unwrap_or_default)
            };
        }
        let name = self.name();
        if name.is_empty() {
            return None;
        }
        let mut modifier = self.chars.next()?;
        let mut empty_is_unset = false;
        match modifier {
            '}' => return self.value(&name).map(Option::unwrap_or_default),
            '/' => return self.replace(&name),
            ':' => {
                empty_is_unset = true;
                modifier = self.chars.next()?;
            }
            _ => {}
        }
        let pattern = matches!(modifier, '#' | '%');
        if pattern && empty_is_unset {
            return None;
        }
        let word = self.until(Some('}'), pattern)?;
        let value = self.value(&name)?;
        let set = value.clone().filter(|v| !(empty_is_unset && v.is_empty()));
        match modifier {
            '-' => Some(set.unwrap_or(word)),
            '+' => Some(set.map_or_else(String::new, |_| word)),
            '?' => set,
            '#' | '%' => trim(&value.unwrap_or_default(), modifier, &word),
            _ => None,
        }
    }

    fn replace(&mut self, name: &str) -> Option<String> {
        let all = self.chars.next_if_eq(&'/').is_some();
        let pattern = Pattern::parse(&self.until(Some('/'), true)?)?;
        let with = self.until(Some('}'), true)?;
        let value = self.value(name)?.unwrap_or_default();
        // Go's replacement templates give `$` a meaning; such a replacement is not followed here.
        if with.contains('$') { None } else { Some(pattern.replace(&value, &with, all)) }
    }

    /// The value of a variable, `Some(None)` when it is not set, none when that is not known.
    #[expect(clippy::option_option, reason = "not set and not known are two things")]
    fn value(&self, name: &str) -> Option<Option<String>> {
        match (self.lookup)(name) {
            Value::Set(value) => Some(Some(value)),
            Value::Unset => Some(None),
            Value::Unknown => None,
        }
    }

    fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(c) = self.chars.next_if(|c| c.is_alphanumeric() || *c == '_') {
            name.push(c);
        }
        name
    }
}

/// Cuts the shortest, or with a doubled sign the longest, match of a pattern off an end.
fn trim(value: &str, sign: char, word: &str) -> Option<String> {
    let (greedy, pattern) = word.strip_prefix(sign).map_or((false, word), |rest| (true, rest));
    let pattern = Pattern::parse(pattern)?;
    let mut cuts: Vec<usize> = value.char_indices().map(|(i, _)| i).chain([value.len()]).collect();
    // From the shortest to the longest match.
    if sign == '%' {
        cuts.reverse();
    }
    let matches = |&cut: &usize| pattern.matches(if sign == '#' { &value[..cut] } else { &value[cut..] });
    let cut = if greedy {
        cuts.iter().rev().copied().find(|c| matches(c))
    } else {
        cuts.iter().copied().find(matches)
    };
    Some(cut.map_or(value, |cut| if sign == '#' { &value[cut..] } else { &value[..cut] }).to_owned())
}

/// A pattern of `?`, `*` and literal characters.
struct Pattern(Vec<Part>);

enum Part {
    One,
    Any,
    Literal(char),
}

impl Pattern {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            parts.push(match c {
                '*' => Part::Any,
                '?' => Part::One,
                '\\' => match chars.next()? {
                    c @ ('*' | '?' | '\\' | '}' | '/') => Part::Literal(c),
                    _ => return None,
                },
                c => Part::Literal(c),
            });
        }
        Some(Self(parts))
    }

    fn matches(&self, text: &str) -> bool {
        // The set of parts reached, as one bit each: linear in text times pattern, whatever the pattern.
        let mut reached = vec![false; self.0.len() + 1];
        reached[0] = true;
        self.skip_any(&mut reached);
        for c in text.chars() {
            let mut next = vec![false; reached.len()];
            for (i, part) in self.0.iter().enumerate().filter(|(i, _)| reached[*i]) {
                match part {
                    Part::One => next[i + 1] = true,
                    Part::Any => next[i] = true,
                    Part::Literal(l) if *l == c => next[i + 1] = true,
                    Part::Literal(_) => {}
                }
            }
            reached = next;
            self.skip_any(&mut reached);
        }
        reached[self.0.len()]
    }

    fn skip_any(&self, reached: &mut [bool]) {
        for (i, part) in self.0.iter().enumerate() {
            if reached[i] && matches!(part, Part::Any) {
                reached[i + 1] = true;
            }
        }
    }

    /// Replaces the first match, or all of them, each as long as it can be.
    fn replace(&self, value: &str, with: &str, all: bool) -> String {
        let mut result = String::new();
        let mut at = 0;
        while at < value.len() {
            let ends = value[at..].char_indices().map(|(i, c)| at + i + c.len_utf8());
            let longest = ends.rev().find(|&end| self.matches(&value[at..end]));
            let step = value[at..].chars().next().map_or(1, char::len_utf8);
            match longest {
                Some(end) => {
                    result.push_str(with);
                    at = end;
                    if !all {
                        break;
                    }
                }
                None => {
                    result.push_str(&value[at..at + step]);
                    at += step;
                }
            }
        }
        result.push_str(&value[at..]);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(word: &str) -> Option<String> {
        expand(word, '\\', &|name| match name {
            "v" => Value::Set("1.22.3".into()),
            "p" => Value::Set("a/b/c".into()),
            "e" => Value::Set(String::new()),
            "far" => Value::Unknown,
            _ => Value::Unset,
        })
    }

    #[test]
    fn every_modifier() {
        for (word, expected) in [
            ("go:$v-x", "go:1.22.3-x"),
            ("go:${v}", "go:1.22.3"),
            ("${no:-d}|${no-d}|${e:-d}|${e-d}", "d|d|d|"),
            ("${v:+w}|${no:+w}|${e:+w}|${e+w}", "w|||w"),
            ("${v:?m}", "1.22.3"),
            ("${p#*/}|${p##*/}|${p%/*}|${p%%/*}", "b/c|c|a/b|a"),
            ("${v/./_}|${v//./_}", "1_22.3|1_22_3"),
            ("${no:-${v}}", "1.22.3"),
            (r#"'$v'"$v"\$v"#, "$v1.22.3$v"),
            ("$", "$"),
        ] {
            assert_eq!(run(word).as_deref(), Some(expected), "{word}");
        }
    }

    #[test]
    fn what_is_not_known_stays_unknown() {
        for word in ["$far", "${far:-d}", "${no?m}", "${no:?m}", "${v", "'a", "${v:#x}", "${v!x}"] {
            assert_eq!(run(word), None, "{word}");
        }
    }
}
