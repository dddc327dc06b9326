//! `go.mod`, `go.sum`, `go.work`.

/// A module whose `go.mod` is in the context.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Module {
    /// The folder of its `go.mod`; empty for the context's root.
    pub folder: String,
    /// Its path; empty if the file does not say it.
    pub path: String,
    /// The version in its `go` line, as written.
    pub go: Option<String>,
    /// The version in its `toolchain` line, as written.
    pub toolchain: Option<String>,
    /// What it requires.
    pub requires: Vec<Require>,
    /// What it replaces.
    pub replaces: Vec<Replace>,
    /// The modules of the `go.sum` beside it, with versions; none when there is no such file.
    pub sums: Option<Vec<(String, String)>>,
}

/// A line of `require`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Require {
    /// The module.
    pub path: String,
    /// Its version.
    pub version: String,
    /// Whether no package of the module itself imports it.
    pub indirect: bool,
    /// The line in `go.mod`.
    pub line: usize,
}

/// A line of `replace`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replace {
    /// The module that is replaced.
    pub path: String,
    /// What stands in for it: a folder if it starts with `.` or `/`, else a module.
    pub with: String,
}

impl Replace {
    /// Whether a folder stands in for the module.
    pub fn is_folder(&self) -> bool {
        self.with.starts_with(['.', '/'])
    }
}

impl Module {
    /// `22` of `go 1.22.3`; 16 without a `go` line, as Go takes it.
    pub fn minor(&self) -> u32 {
        self.go.as_deref().and_then(minor).unwrap_or(16)
    }

    /// Whether `go.mod` names every module that a build of its packages takes code from.
    pub fn is_pruned(&self) -> bool {
        self.minor() >= 17
    }

    /// Reads a `go.mod`, and the `go.sum` beside it.
    pub(super) fn read(folder: &str, text: &str, sum: Option<&str>) -> Self {
        let mut module = Self { folder: folder.to_owned(), sums: sum.map(sums), ..Self::default() };
        for line in directives(text) {
            module.add(&line);
        }
        module
    }

    fn add(&mut self, line: &Directive) {
        let words: Vec<&str> = line.words.iter().map(String::as_str).collect();
        match (line.verb.as_str(), words.as_slice()) {
            ("module", [path, ..]) => (*path).clone_into(&mut self.path),
            ("go", [version, ..]) => self.go = Some((*version).to_owned()),
            ("toolchain", [name, ..]) => self.toolchain = Some((*name).to_owned()),
            ("require", [path, version, ..]) => self.requires.push(Require {
                path: (*path).to_owned(),
                version: (*version).to_owned(),
                indirect: line.comment.trim_start().starts_with("indirect"),
                line: line.number,
            }),
            ("replace", words) => self.replaces.extend(replace(words)),
            _ => {}
        }
    }
}

/// A `go.work`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workspace {
    /// The folder of the file.
    pub folder: String,
    /// The version in its `go` line, as written.
    pub go: Option<String>,
    /// The folders it uses, as written.
    pub uses: Vec<String>,
    /// What it replaces.
    pub replaces: Vec<Replace>,
}

impl Workspace {
    /// Reads a `go.work`.
    pub(super) fn read(folder: &str, text: &str) -> Self {
        let mut work = Self { folder: folder.to_owned(), ..Self::default() };
        for line in directives(text) {
            let words: Vec<&str> = line.words.iter().map(String::as_str).collect();
            match (line.verb.as_str(), words.as_slice()) {
                ("go", [version, ..]) => work.go = Some((*version).to_owned()),
                ("use", [folder, ..]) => work.uses.push((*folder).to_owned()),
                ("replace", words) => work.replaces.extend(replace(words)),
                _ => {}
            }
        }
        work
    }
}

/// The versions of Go that a `go.mod` or a `go.work` asks for in its lines `go` and `toolchain`, as written, with those lines.
pub(in crate::project) fn asked_versions(text: &str) -> Vec<(usize, String)> {
    let lines = directives(text).into_iter().filter(|line| matches!(line.verb.as_str(), "go" | "toolchain"));
    lines.filter_map(|line| Some((line.number, line.words.into_iter().next()?))).collect()
}

/// `22` of `1.22`, `1.22.3`, `1.22rc1`.
pub(super) fn minor(version: &str) -> Option<u32> {
    let rest = version.strip_prefix("1.")?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

fn replace(words: &[&str]) -> Option<Replace> {
    let arrow = words.iter().position(|word| *word == "=>")?;
    let (path, with) = (words.first().filter(|_| arrow > 0)?, words.get(arrow + 1)?);
    Some(Replace { path: (*path).to_owned(), with: (*with).to_owned() })
}

/// A line of the files' common grammar; a block's lines carry the block's verb.
struct Directive {
    verb: String,
    words: Vec<String>,
    comment: String,
    number: usize,
}

fn directives(text: &str) -> Vec<Directive> {
    let mut found = Vec::new();
    let mut block: Option<String> = None;
    for (index, line) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate() {
        let (code, comment) = line.split_once("//").unwrap_or((line, ""));
        let mut words: Vec<String> = code.split_whitespace().map(unquoted).collect();
        if words.first().is_some_and(|word| word == ")") {
            block = None;
            continue;
        }
        let opens = words.last().is_some_and(|word| word.ends_with('('));
        if opens && block.is_none() {
            block = words.first().map(|verb| verb.trim_end_matches('(').to_owned());
            continue;
        }
        let verb = match &block {
            Some(verb) => verb.clone(),
            None if words.is_empty() => continue,
            None => words.remove(0),
        };
        found.push(Directive { verb, words, comment: comment.to_owned(), number: index + 1 });
    }
    found
}

fn unquoted(word: &str) -> String {
    word.trim_matches(['"', '`']).to_owned()
}

/// The modules whose content, not only their `go.mod`, has a hash.
fn sums(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let (path, version, hash) = (words.next()?, words.next()?, words.next()?);
        let content = hash.starts_with("h1:") && !version.ends_with("/go.mod");
        content.then(|| (path.to_owned(), version.to_owned()))
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_go_mod_is_read() {
        let text = "// Deprecated: x\nmodule \"example.com/a\" // why\n\ngo 1.22.3\ntoolchain go1.23.0\n\n\
            require github.com/x/y v1.0.0\nrequire (\n\tgithub.com/z/w v0.1.0 // indirect\n\t// alone\n\n)\n\
            replace github.com/x/y => ../y\nreplace (\n\tgithub.com/z/w v0.1.0 => github.com/f/w v0.2.0\n)\n\
            exclude github.com/q/q v1.0.0\n";
        let sum = "github.com/x/y v1.0.0 h1:AA=\ngithub.com/x/y v1.0.0/go.mod h1:BB=\n\
            github.com/q/q v1.0.0/go.mod h1:CC=\nbroken\n";
        let module = Module::read("svc", text, Some(sum));
        assert_eq!((module.folder.as_str(), module.path.as_str()), ("svc", "example.com/a"));
        assert_eq!((module.go.as_deref(), module.toolchain.as_deref()), (Some("1.22.3"), Some("go1.23.0")));
        assert!(module.is_pruned());
        let requires: Vec<(&str, bool, usize)> =
            module.requires.iter().map(|r| (r.path.as_str(), r.indirect, r.line)).collect();
        assert_eq!(requires, [("github.com/x/y", false, 7), ("github.com/z/w", true, 9)]);
        assert!(module.replaces[0].is_folder());
        assert_eq!(module.replaces[1].with, "github.com/f/w");
        assert_eq!(module.sums.unwrap(), [("github.com/x/y".to_owned(), "v1.0.0".to_owned())]);
    }

    #[test]
    fn versions_decide_what_is_listed() {
        let cases =
            [("go 1.16", false), ("go 1.17", true), ("go 1.22rc1", true), ("", false), ("go x", false)];
        for (line, expected) in cases {
            assert_eq!(Module::read("", line, None).is_pruned(), expected, "{line}");
        }
    }

    #[test]
    fn a_go_work_is_read() {
        let work = Workspace::read("", "go 1.21\nuse ./a\nuse (\n\t./b\n\t.\n)\nreplace x => ./x\n");
        assert_eq!(work.go.as_deref(), Some("1.21"));
        assert_eq!(work.uses, ["./a", "./b", "."]);
        assert_eq!(work.replaces.len(), 1);
    }

    #[test]
    fn broken_files_say_what_can_be_read() {
        for text in
            ["", "require (", ")", "module", "replace =>", "replace a =>", "module(\n a\n)", "=> => =>"]
        {
            let module = Module::read("", text, Some(text));
            assert!(module.requires.is_empty() && module.replaces.is_empty(), "{text}");
        }
    }
}
