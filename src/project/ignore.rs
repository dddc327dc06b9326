//! `.dockerignore`, as `BuildKit` reads it (its `ignorefile` and `patternmatcher` modules, v0.6.1) and walks a folder by it.

use super::glob::clean;
use super::pattern::Pattern;
use super::tree::{Entry, Kind, Next};

/// The longest line that is read, its end not included.
const LONGEST_LINE: usize = 65_535;

/// The most patterns that are taken.
const PATTERNS: usize = 10_000;

/// The most steps that matching all paths may take.
const WORK: u64 = 200_000_000;

/// What an ignore file says.
#[derive(Clone, Debug, Default)]
pub(super) struct Ignore {
    /// The name of the file, for people.
    name: String,
    patterns: Vec<Pattern>,
}

impl Ignore {
    /// Reads an ignore file; an error says what a build would refuse it for.
    pub(super) fn new(name: &str, bytes: &[u8]) -> Result<Self, String> {
        let fail = |error: String| format!("{name}: {error}");
        let mut patterns = Vec::new();
        for line in lines(bytes).map_err(fail)? {
            patterns.extend(pattern(&line).map_err(fail)?);
            if patterns.len() > PATTERNS {
                return Err(fail(format!("it has more than {PATTERNS} patterns")));
            }
        }
        Ok(Self { name: name.to_owned(), patterns })
    }

    fn exceptions(&self) -> impl Iterator<Item = &Pattern> {
        self.patterns.iter().filter(|p| p.exception)
    }
}

/// The lines that hold patterns, each cleaned.
fn lines(bytes: &[u8]) -> Result<Vec<String>, String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut found = Vec::new();
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        if line.strip_suffix(b"\n").unwrap_or(line).len() > LONGEST_LINE {
            return Err(format!("a line is longer than {LONGEST_LINE} bytes"));
        }
        let line = text(line);
        let pattern = line.trim();
        if line.starts_with('#') || pattern.is_empty() {
            continue;
        }
        let (mark, pattern) = match pattern.strip_prefix('!') {
            Some(rest) => ("!", rest.trim()),
            None => ("", pattern),
        };
        let pattern = if pattern.is_empty() { String::new() } else { clean(pattern) };
        let relative = pattern.strip_prefix('/').filter(|rest| !rest.is_empty()).unwrap_or(&pattern);
        found.push(format!("{mark}{relative}"));
    }
    Ok(found)
}

/// Text with each byte that is not UTF-8 replaced.
fn text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}

/// The pattern of a line. Cleaning comes before the mark of an exception, so `./!a` is one too.
fn pattern(line: &str) -> Result<Option<Pattern>, String> {
    let trimmed = line.trim();
    if trimmed.is_empty() {
        return Ok(None);
    }
    let cleaned = clean(trimmed);
    let (text, exception) = match cleaned.strip_prefix('!') {
        Some("") => return Err("`!` stands alone".to_owned()),
        Some(rest) => (rest, true),
        None => (cleaned.as_str(), false),
    };
    Pattern::new(text, exception).map(Some).ok_or_else(|| malformed(text))
}

fn malformed(pattern: &str) -> String {
    format!("the pattern `{pattern}` is malformed")
}

/// Picks what a build sees, from entries that come depth-first, a folder before what is in it.
#[derive(Debug)]
pub(super) struct Sieve<'i> {
    ignore: &'i Ignore,
    /// Whether exceptions are plain enough to tell which folders they can't reach.
    plain: bool,
    open: Vec<Open>,
    kept: Vec<Entry>,
    /// How many steps it may still take.
    left: u64,
}

/// A folder that is being walked.
#[derive(Debug)]
struct Open {
    /// Its path, with a slash at its end.
    prefix: String,
    /// Which patterns match it or what holds it.
    matched: Vec<bool>,
    /// Itself, if it is ignored so far: it comes back with the first thing in it that is not.
    waiting: Option<Entry>,
}

impl<'i> Sieve<'i> {
    /// A sieve that has seen nothing.
    pub(super) fn new(ignore: &'i Ignore) -> Self {
        let plain = !ignore.exceptions().any(Pattern::is_wild);
        Self { ignore, plain, open: Vec::new(), kept: Vec::new(), left: WORK }
    }

    /// Leaves it fewer steps.
    #[cfg(test)]
    pub(super) fn limit(&mut self, left: u64) {
        self.left = left;
    }

    /// Takes an entry; says whether to go on with what is in it.
    pub(super) fn take(&mut self, entry: Entry) -> Result<Next, String> {
        while self.open.last().is_some_and(|open| !entry.path.starts_with(&open.prefix)) {
            self.open.pop();
        }
        let name = &self.ignore.name;
        let (ignored, matched) = self.judge(&entry.path).map_err(|error| format!("{name}: {error}"))?;
        let folder = entry.kind == Kind::Folder;
        if ignored && folder && self.out_of_reach(&entry.path) {
            return Ok(Next::Skip);
        }
        if !ignored {
            self.kept.extend(self.open.iter_mut().filter_map(|open| open.waiting.take()));
            self.kept.push(entry.clone());
        }
        if folder {
            let prefix = format!("{}/", entry.path);
            self.open.push(Open { prefix, matched, waiting: ignored.then_some(entry) });
        }
        Ok(if ignored { Next::Try } else { Next::Enter })
    }

    /// Whether no exception can match below a folder.
    fn out_of_reach(&self, folder: &str) -> bool {
        self.plain && !self.ignore.exceptions().any(|p| p.reaches_below(folder))
    }

    /// What was kept.
    pub(super) fn kept(self) -> Vec<Entry> {
        self.kept
    }

    /// Whether a path is ignored, and by which patterns; the last that matches decides.
    ///
    /// What matched a folder matches all in it. A pattern that could change nothing is not asked, and so not handed down.
    fn judge(&mut self, path: &str) -> Result<(bool, Vec<bool>), String> {
        let above = self.open.last().map(|open| open.matched.as_slice());
        let mut ignored = false;
        let mut matched = vec![false; self.ignore.patterns.len()];
        for (index, pattern) in self.ignore.patterns.iter().enumerate() {
            let handed_down = above.is_some_and(|above| above[index]);
            if !handed_down && pattern.exception != ignored {
                continue;
            }
            if handed_down || pattern.matches(path, &mut self.left).ok_or_else(|| malformed(&pattern.text))? {
                matched[index] = true;
                ignored = !pattern.exception;
            }
        }
        if self.left == 0 {
            return Err("it takes too long to apply".to_owned());
        }
        Ok((ignored, matched))
    }
}
