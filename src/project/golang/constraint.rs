//! Which Go files belong to a build: `//go:build`, `// +build`, and names such as `net_windows.go`.

/// The deepest nesting that is read.
const DEPTH: usize = 64;

const SYSTEMS: [&str; 18] = [
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "wasip1",
    "windows",
    "zos",
];

const MACHINES: [&str; 24] = [
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "arm64",
    "arm64be",
    "armbe",
    "loong64",
    "mips",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "mipsle",
    "ppc",
    "ppc64",
    "ppc64le",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
];

/// What a build for linux/amd64 has set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Build<'q> {
    /// Whether cgo is on.
    pub(super) cgo: bool,
    /// The tags that the command sets.
    pub(super) tags: &'q [String],
}

impl Build<'_> {
    fn has(&self, tag: &str) -> bool {
        let release = || tag.strip_prefix("go1.").is_some_and(|minor| minor.parse::<u32>().is_ok());
        match tag {
            "linux" | "amd64" | "unix" | "gc" => true,
            "cgo" => self.cgo,
            _ => self.tags.iter().any(|set| set == tag) || release(),
        }
    }
}

/// A condition on tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Constraint {
    Tag(String),
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl Constraint {
    /// What holds always.
    pub(super) const fn none() -> Self {
        Self::All(Vec::new())
    }

    /// Whether a build takes the file.
    pub(super) fn holds(&self, build: Build<'_>) -> bool {
        match self {
            Self::Tag(tag) => build.has(tag),
            Self::Not(inner) => !inner.holds(build),
            Self::All(parts) => parts.iter().all(|part| part.holds(build)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(build)),
        }
    }

    /// The expression after `//go:build`; one that Go would refuse holds never.
    pub(super) fn expression(text: &str) -> Self {
        let mut parser = Parser { rest: text, depth: 0 };
        let parsed = parser.any();
        parsed.filter(|_| parser.peek().is_none()).unwrap_or(Self::Any(Vec::new()))
    }

    /// The words after one `// +build`.
    pub(super) fn plus(text: &str) -> Self {
        let option = |word: &str| Self::All(word.split(',').map(term).collect());
        Self::Any(text.split_whitespace().map(option).collect())
    }
}

fn term(text: &str) -> Constraint {
    match text.strip_prefix('!') {
        Some(tag) => Constraint::Not(Box::new(Constraint::Tag(tag.to_owned()))),
        None => Constraint::Tag(text.to_owned()),
    }
}

struct Parser<'s> {
    rest: &'s str,
    depth: usize,
}

impl<'s> Parser<'s> {
    /// The next tag or operator.
    fn peek(&mut self) -> Option<&'s str> {
        self.rest = self.rest.trim_start();
        let operator = ["&&", "||", "!", "(", ")"].into_iter().find(|o| self.rest.starts_with(*o));
        let is_tag = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let length = operator
            .map_or_else(|| self.rest.find(|c| !is_tag(c)).unwrap_or(self.rest.len()).max(1), str::len);
        // A character that belongs nowhere is a token that no rule takes.
        self.rest.get(..length).or(Some(self.rest)).filter(|token| !token.is_empty())
    }

    fn accept(&mut self, token: &str) -> bool {
        let found = self.peek() == Some(token);
        if found {
            self.rest = &self.rest[token.len()..];
        }
        found
    }

    fn any(&mut self) -> Option<Constraint> {
        let mut parts = vec![self.all()?];
        while self.accept("||") {
            parts.push(self.all()?);
        }
        Some(Constraint::Any(parts))
    }

    fn all(&mut self) -> Option<Constraint> {
        let mut parts = vec![self.not()?];
        while self.accept("&&") {
            parts.push(self.not()?);
        }
        Some(Constraint::All(parts))
    }

    fn not(&mut self) -> Option<Constraint> {
        self.depth += 1;
        let deep = self.depth > DEPTH;
        let parsed = if deep { None } else { self.operand() };
        self.depth -= 1;
        parsed
    }

    fn operand(&mut self) -> Option<Constraint> {
        if self.accept("!") {
            return Some(Constraint::Not(Box::new(self.not()?)));
        }
        if self.accept("(") {
            return self.any().filter(|_| self.accept(")"));
        }
        let tag = self.peek().filter(|t| t.starts_with(|c: char| c.is_alphanumeric() || c == '_'))?;
        self.rest = &self.rest[tag.len()..];
        Some(Constraint::Tag(tag.to_owned()))
    }
}

/// Whether a file of this name can be part of a program for linux/amd64, whatever it says inside.
pub(super) fn name_fits(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(".go").filter(|_| !name.starts_with(['_', '.'])) else { return false };
    if stem.ends_with("_test") {
        return false;
    }
    let mut words = stem.split('_').skip(1).collect::<Vec<_>>();
    let last = words.pop().unwrap_or_default();
    let system = |word: &str| !SYSTEMS.contains(&word) || word == "linux";
    if MACHINES.contains(&last) {
        return last == "amd64" && system(words.pop().unwrap_or_default());
    }
    system(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(constraint: &Constraint, cgo: bool, tags: &[&str]) -> bool {
        let tags: Vec<String> = tags.iter().map(|t| (*t).to_owned()).collect();
        constraint.holds(Build { cgo, tags: &tags })
    }

    #[test]
    fn expressions_mean_what_go_says() {
        let cases = [
            ("linux", true),
            ("linux && amd64", true),
            ("linux&&!cgo", false),
            ("!(windows || darwin) && unix", true),
            ("ignore", false),
            ("mine", true),
            ("go1.18", true),
            ("!go1.7", false),
            ("windows || linux && cgo", true),
            ("", false),
            ("linux linux", false),
            ("(linux", false),
            ("linux &&", false),
            ("linux & amd64", false),
            ("é && ü || linux", true),
            ("€", false),
        ];
        for (text, expected) in cases {
            assert_eq!(holds(&Constraint::expression(text), true, &["mine"]), expected, "{text}");
        }
    }

    #[test]
    fn old_lines_mean_what_go_says() {
        let cases = [
            ("linux", true),
            ("windows linux", true),
            ("linux,!cgo", false),
            ("windows,cgo !darwin", true),
            ("", false),
        ];
        for (text, expected) in cases {
            assert_eq!(holds(&Constraint::plus(text), true, &[]), expected, "{text}");
        }
    }

    #[test]
    fn deep_nesting_ends() {
        assert!(!holds(&Constraint::expression(&"(".repeat(100_000)), true, &[]));
        assert!(!holds(&Constraint::expression(&"!".repeat(100_000)), true, &[]));
    }

    #[test]
    fn names_of_files() {
        let cases = [
            ("main.go", true),
            ("linux.go", true),
            ("windows.go", true),
            ("a_linux.go", true),
            ("a_windows.go", false),
            ("a_linux_amd64.go", true),
            ("a_windows_amd64.go", false),
            ("a_arm64.go", false),
            ("a_unix.go", true),
            ("windows_thing.go", true),
            ("a_test.go", false),
            ("_a.go", false),
            (".a.go", false),
            ("a.c", false),
            ("a_js_wasm.go", false),
            ("a_foo_amd64.go", true),
        ];
        for (name, expected) in cases {
            assert_eq!(name_fits(name), expected, "{name}");
        }
    }
}
