//! Paths and their patterns by Go's rules: `path.Clean` and `filepath.Match`.

/// A path without `.`, empty parts and resolvable `..`, as Go's `path.Clean` makes it.
pub(super) fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

/// A path below the context, as a build reads it: `..` ends at the context, which is the empty path.
pub(super) fn inside(path: &str) -> String {
    clean(&format!("/{path}")).split_off(1)
}

/// Whether a build looks for more than the path itself.
pub(super) fn is_pattern(text: &str) -> bool {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '*' | '?' | '[' => return true,
            '\\' => drop(chars.next()),
            _ => {}
        }
    }
    false
}

/// A pattern: `*` and `?` stay within a part of the path, `[a-z]` and `[^a-z]` are sets, a backslash takes the next
/// character as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Glob {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Char(char),
    Any,
    Star,
    Set { negated: bool, ranges: Vec<(char, char)> },
}

impl Part {
    fn takes(&self, c: char) -> bool {
        match self {
            Self::Char(own) => *own == c,
            Self::Any => c != '/',
            Self::Star => false,
            Self::Set { negated, ranges } => {
                ranges.iter().any(|&(low, high)| low <= c && c <= high) != *negated
            }
        }
    }
}

impl Glob {
    /// Reads a pattern; none when it is malformed.
    pub(super) fn new(pattern: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut rest = pattern.chars();
        while let Some(c) = rest.next() {
            parts.push(match c {
                '*' => Part::Star,
                '?' => Part::Any,
                '[' => set(&mut rest)?,
                '\\' => Part::Char(rest.next()?),
                c => Part::Char(c),
            });
        }
        Some(Self { parts })
    }

    /// Whether `BuildKit` takes a pattern into an ignore list: it tries it on `.` and sees of it what that takes.
    pub(super) fn passes(pattern: &str) -> bool {
        let mut rest = pattern;
        while !rest.is_empty() {
            let starless = rest.trim_start_matches('*');
            let (chunk, behind) = starless.split_at(first_star(starless));
            if chunk.is_empty() {
                return true;
            }
            match Self::new(chunk) {
                None => return false,
                Some(glob) if rest.len() == pattern.len() && glob.matches(".") => rest = behind,
                // What is next is tried on nothing, and that ends it.
                Some(_) => return true,
            }
        }
        true
    }

    /// Whether it matches a whole path.
    pub(super) fn matches(&self, path: &str) -> bool {
        let path: Vec<char> = path.chars().collect();
        let (mut at, mut part) = (0, 0);
        // Only the last star needs another try: an earlier one could take no more than it did.
        let mut again: Option<(usize, usize)> = None;
        while at < path.len() || part < self.parts.len() {
            match self.parts.get(part) {
                Some(Part::Star) => {
                    again = Some((part, at));
                    part += 1;
                    continue;
                }
                Some(own) if path.get(at).is_some_and(|c| own.takes(*c)) => {
                    (at, part) = (at + 1, part + 1);
                    continue;
                }
                _ => {}
            }
            match again {
                Some((star, from)) if path.get(from).is_some_and(|c| *c != '/') => {
                    again = Some((star, from + 1));
                    (at, part) = (from + 1, star + 1);
                }
                _ => return false,
            }
        }
        true
    }
}

/// Where the first star outside of brackets is, or the end.
fn first_star(pattern: &str) -> usize {
    let (mut escaped, mut inside) = (false, false);
    let star = pattern.bytes().position(|b| {
        match b {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'[' => inside = true,
            b']' => inside = false,
            b'*' => return !inside,
            _ => {}
        }
        false
    });
    star.unwrap_or(pattern.len())
}

/// The set after a `[`.
fn set(rest: &mut std::str::Chars<'_>) -> Option<Part> {
    let negated = rest.as_str().starts_with('^');
    if negated {
        rest.next();
    }
    let mut ranges = Vec::new();
    loop {
        if !ranges.is_empty() && rest.as_str().starts_with(']') {
            rest.next();
            return Some(Part::Set { negated, ranges });
        }
        let low = member(rest)?;
        let high = if rest.as_str().starts_with('-') {
            rest.next();
            member(rest)?
        } else {
            low
        };
        ranges.push((low, high));
    }
}

/// A character of a set; there must be another after it.
fn member(rest: &mut std::str::Chars<'_>) -> Option<char> {
    let c = match rest.next()? {
        '-' | ']' => return None,
        '\\' => rest.next()?,
        c => c,
    };
    (!rest.as_str().is_empty()).then_some(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned() {
        for (path, expected) in [
            ("", "."),
            ("a//b/./c/", "a/b/c"),
            ("a/../..", ".."),
            ("/../a", "/a"),
            ("../../a/..", "../.."),
            ("/", "/"),
        ] {
            assert_eq!(clean(path), expected, "{path}");
        }
        for (path, expected) in [("./a", "a"), ("../../a", "a"), (".", ""), ("/", ""), ("a/..", "")] {
            assert_eq!(inside(path), expected, "{path}");
        }
    }

    #[test]
    fn patterns_match_whole_paths() {
        for (pattern, path, expected) in [
            ("*", "abc", true),
            ("*", "a/b", false),
            ("a*/b", "abc/b", true),
            ("a*/b", "a/c/b", false),
            ("a*b*c*d", "a1b2c3d", true),
            ("a*b*c*e", "a1b2c3d", false),
            ("*x*/y", "axbxc/y", true),
            ("a?b", "a\u{263a}b", true),
            ("a?b", "a/b", false),
            ("[a-c]", "b", true),
            ("[^a-c]", "b", false),
            ("[^a-c]", "/", true),
            ("[\\-x]", "-", true),
            ("a\\*b", "a*b", true),
            ("a\\*b", "axb", false),
            ("", "", true),
            ("*", "", true),
        ] {
            assert_eq!(Glob::new(pattern).map(|g| g.matches(path)), Some(expected), "{pattern} {path}");
        }
    }

    #[test]
    fn malformed_patterns_are_refused() {
        for pattern in ["[", "[]", "[]a]", "[-a]", "[a-]", "[a-z-9]", "[a", "[^", "a\\", "[\\", "x[^]"] {
            assert_eq!(Glob::new(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn an_ignore_list_takes_what_fails_behind_its_first_part() {
        for (pattern, passes) in [
            ("a*[", true),
            ("*a*[", true),
            ("*[", false),
            (".*[", false),
            ("?*\\", false),
            (".*a*[", true),
            ("[*]*[", true),
            ("[^a]*[", false),
            ("a[*", false),
        ] {
            assert_eq!(Glob::passes(pattern), passes, "{pattern}");
        }
    }

    #[test]
    fn many_stars_stay_fast() {
        let glob = Glob::new(&"a*".repeat(2000)).expect("a pattern");
        assert!(!glob.matches(&format!("{}b/", "a".repeat(4000))));
    }
}
