//! Plain Makefiles: which commands a target runs, where the text alone tells it.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// The deepest nesting of variables, prerequisites and calls of `$(MAKE)` that is followed.
const DEPTH: usize = 16;

/// More commands, or longer ones, than anyone writes.
const MOST: usize = 200;
const LONGEST: usize = 16_384;
const MOST_REFERENCES: usize = 10_000;

/// The commands of a target, its prerequisites' first; of the first target if none is given.
/// `exists` tells whether a file or folder is beside the Makefile.
pub(super) fn recipe(text: &str, target: Option<&str>, exists: &dyn Fn(&str) -> bool) -> Option<Vec<String>> {
    let makefile = Makefile::read(text)?;
    let target = match target {
        Some(target) => target.to_owned(),
        None => makefile.default_target()?,
    };
    let mut run =
        Run { makefile: &makefile, exists, done: BTreeSet::new(), commands: Vec::new(), targets: 0 };
    run.exports()?;
    run.target(&target, 0)?;
    Some(run.commands)
}

#[derive(Debug, Default)]
struct Rule {
    prerequisites: String,
    commands: Vec<String>,
    /// Whether its commands are complete: further ones would replace them.
    closed: bool,
    /// Whether something about it is not plain.
    odd: bool,
}

#[derive(Debug, Default)]
struct Makefile {
    /// None for what the text alone does not tell.
    variables: BTreeMap<String, Option<String>>,
    /// Names whose values the commands see in their environment, in order.
    exports: Vec<String>,
    rules: BTreeMap<String, Rule>,
    order: Vec<String>,
    phony: String,
    patterns: bool,
    /// How many variables have been replaced.
    replaced: Cell<usize>,
}

impl Makefile {
    fn read(text: &str) -> Option<Self> {
        let mut makefile = Self::default();
        let mut open: Vec<String> = Vec::new();
        let mut depth = 0usize;
        for line in logical_lines(text) {
            if let Some(command) = line.strip_prefix('\t') {
                for target in &open {
                    let rule = makefile.rules.entry(target.clone()).or_default();
                    rule.commands.push(command.to_owned());
                    rule.odd |= depth > 0 || rule.closed;
                }
                continue;
            }
            let line = without_comment(&line).trim();
            match line.split_whitespace().next() {
                Some("ifeq" | "ifneq" | "ifdef" | "ifndef") => depth += 1,
                Some("endif") => depth = depth.saturating_sub(1),
                None | Some("else") => {}
                Some("include" | "-include" | "sinclude" | "define" | "override" | "unexport" | "vpath") => {
                    return None;
                }
                Some(".ONESHELL:" | ".SECONDEXPANSION:" | ".RECIPEPREFIX") => return None,
                Some(_) => {
                    if let Some(targets) = makefile.statement(line, depth > 0) {
                        open = targets;
                    }
                }
            }
        }
        Some(makefile)
    }

    /// Reads an assignment or a rule; returns the targets of a rule.
    fn statement(&mut self, line: &str, conditional: bool) -> Option<Vec<String>> {
        let (exported, rest) =
            match line.strip_prefix("export").filter(|r| r.starts_with(char::is_whitespace)) {
                Some(rest) => (true, rest.trim()),
                None => (line == "export", line),
            };
        if let Some((name, operator, value)) = assignment(rest) {
            self.assign(name, operator, value, conditional);
            if exported {
                self.exports.push(name.to_owned());
            }
            return None;
        }
        if exported {
            self.exports.extend(rest.split_whitespace().map(str::to_owned));
            return None;
        }
        let (targets, prerequisites) = line.split_once(':')?;
        Some(self.rule(targets, prerequisites, conditional))
    }

    fn assign(&mut self, name: &str, operator: &str, value: &str, conditional: bool) {
        let old = self.variables.get(name).cloned();
        let new = match (operator, old) {
            _ if conditional => None,
            ("?=", Some(old)) => old,
            ("+=", Some(Some(old))) => Some(format!("{old} {value}")),
            ("+=", Some(None)) | ("!=", _) => None,
            // What it says now counts, not what a variable in it comes to be.
            (":=" | "::=", _) if value.contains(&format!("$({name})")) => None,
            _ => Some(value.replace("\\#", "#")),
        };
        self.variables.insert(name.to_owned(), new);
    }

    fn rule(&mut self, targets: &str, prerequisites: &str, conditional: bool) -> Vec<String> {
        let double = prerequisites.starts_with(':');
        let (prerequisites, inline) =
            prerequisites.split_once(';').map_or((prerequisites, None), |(p, c)| (p, Some(c)));
        let special =
            assignment(prerequisites.trim()).is_some() || prerequisites.trim().starts_with("export ");
        let mut names = Vec::new();
        let targets = self.expand(targets, "", 0).unwrap_or_else(|| targets.to_owned());
        for target in targets.split_whitespace() {
            if target == ".PHONY" {
                self.phony = format!("{} {prerequisites}", self.phony);
                continue;
            }
            self.patterns |= target.contains('%');
            if !self.rules.contains_key(target) {
                self.order.push(target.to_owned());
            }
            let rule = self.rules.entry(target.to_owned()).or_default();
            // Neither a variable for one target only nor `::` is followed.
            rule.closed |= !rule.commands.is_empty();
            rule.odd |= conditional || double || special || (rule.closed && inline.is_some());
            rule.prerequisites = format!("{} {prerequisites}", rule.prerequisites);
            rule.commands.extend(inline.map(|command| command.trim().to_owned()));
            names.push(target.to_owned());
        }
        names
    }

    fn default_target(&self) -> Option<String> {
        if let Some(goal) = self.variables.get(".DEFAULT_GOAL") {
            return goal
                .as_deref()
                .and_then(|goal| self.expand(goal, "", 0))
                .map(|goal| goal.trim().to_owned());
        }
        self.order.iter().find(|name| !name.starts_with('.') && !name.contains('%')).cloned()
    }

    /// Text with its variables replaced; what only a shell can tell stays `$(...)`.
    fn expand(&self, text: &str, target: &str, depth: usize) -> Option<String> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            out.push_str(before);
            let first = after.chars().next()?;
            rest = &after[first.len_utf8()..];
            match first {
                '$' => out.push('$'),
                '@' => out.push_str(target),
                '(' | '{' => {
                    let close = closing(after)?;
                    out.push_str(&self.reference(&after[1..close], target, depth)?);
                    rest = &after[close + 1..];
                }
                _ => return None,
            }
            if out.len() > LONGEST {
                return None;
            }
        }
        out.push_str(rest);
        Some(out)
    }

    fn reference(&self, inside: &str, target: &str, depth: usize) -> Option<String> {
        self.replaced.set(self.replaced.get() + 1);
        if depth >= DEPTH || self.replaced.get() > MOST_REFERENCES {
            return None;
        }
        if let Some(command) = inside.strip_prefix("shell ") {
            return Some(format!("$({})", self.expand(command.trim(), target, depth + 1)?));
        }
        if inside == "CURDIR" {
            return Some("$(pwd)".to_owned());
        }
        if !inside.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b)) {
            return None;
        }
        match self.variables.get(inside) {
            Some(value) => self.expand(value.as_deref()?, target, depth + 1),
            None if inside == "MAKE" => None,
            // Make takes it from the environment, as the shell would.
            None if inside.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') => {
                Some(format!("${{{inside}}}"))
            }
            None => None,
        }
    }
}

struct Run<'m> {
    makefile: &'m Makefile,
    exists: &'m dyn Fn(&str) -> bool,
    done: BTreeSet<String>,
    commands: Vec<String>,
    /// How many targets have been made.
    targets: usize,
}

impl Run<'_> {
    fn exports(&mut self) -> Option<()> {
        for name in &self.makefile.exports {
            if let Some(value) = self.makefile.variables.get(name) {
                let value = self.makefile.expand(value.as_deref()?, "", 0)?;
                self.commands.push(format!("export {name}={}", quoted(value.trim())));
            }
        }
        Some(())
    }

    fn target(&mut self, name: &str, depth: usize) -> Option<()> {
        self.targets += 1;
        if depth > DEPTH || self.targets > MOST_REFERENCES || self.commands.len() > MOST {
            return None;
        }
        if !self.done.insert(name.to_owned()) {
            return Some(());
        }
        let Some(rule) = self.makefile.rules.get(name) else {
            return ((self.exists)(name) && !self.makefile.patterns).then_some(());
        };
        // Make would leave out what is up to date.
        let phony = self.makefile.expand(&self.makefile.phony, "", 0)?;
        let phony = phony.split_whitespace().any(|word| word == name);
        if rule.odd || (!phony && (self.exists)(name)) {
            return None;
        }
        for prerequisite in self.prerequisites(rule)? {
            self.target(&prerequisite, depth + 1)?;
        }
        for command in &rule.commands {
            self.command(command, name, depth)?;
        }
        Some(())
    }

    /// Files that a function lists are sources: no rule makes them.
    fn prerequisites(&self, rule: &Rule) -> Option<Vec<String>> {
        let mut found = Vec::new();
        for word in words(&rule.prerequisites).into_iter().filter(|word| word != "|") {
            if word.starts_with("$(wildcard ") || word.starts_with("$(shell ") {
                continue;
            }
            let expanded = self.makefile.expand(&word, "", 0);
            let listed = self.lists_files(&word);
            match expanded {
                _ if listed => {}
                Some(text) if !text.contains('$') => found.extend(text.split_whitespace().map(str::to_owned)),
                _ => return None,
            }
        }
        Some(found)
    }

    /// Whether a word is a variable whose value is a list made by a function.
    fn lists_files(&self, word: &str) -> bool {
        let name = word.strip_prefix("$(").and_then(|rest| rest.strip_suffix(')')).unwrap_or_default();
        let value = self.makefile.variables.get(name).and_then(Option::as_deref).unwrap_or_default().trim();
        let function = value.starts_with("$(wildcard ")
            || ["find", "git ls-files", "ls"].iter().any(|c| value.starts_with(&format!("$(shell {c} ")));
        function && closing(&value[1..]) == Some(value.len() - 2)
    }

    fn command(&mut self, command: &str, target: &str, depth: usize) -> Option<()> {
        let plain = command.trim_start_matches(['@', '-', '+', ' ', '\t']).trim_end();
        if plain.is_empty() || plain.starts_with('#') {
            return Some(());
        }
        if let Some(targets) = plain.strip_prefix("$(MAKE) ").or_else(|| plain.strip_prefix("${MAKE} ")) {
            let expanded = self.makefile.expand(targets, target, 0)?;
            let name = |word: &str| word.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-./".contains(&b));
            let plain = |word: &&str| name(word) && !word.starts_with('-');
            let names: Vec<&str> = expanded.split_whitespace().collect();
            let all = !names.is_empty() && names.iter().all(plain);
            return all
                .then_some(())
                .and_then(|()| names.iter().try_for_each(|name| self.again(name, depth + 1)));
        }
        let prefixed = command.trim_start_matches(['@', '+', ' ', '\t']).starts_with('-');
        let expanded = self.makefile.expand(plain, target, 0)?;
        // A failure that make ignores would end a chain of commands.
        self.commands.push(if prefixed { format!("{expanded} || true") } else { expanded });
        (self.commands.len() <= MOST).then_some(())
    }

    /// A new make starts with nothing done.
    fn again(&mut self, name: &str, depth: usize) -> Option<()> {
        let done = std::mem::take(&mut self.done);
        let result = self.target(name, depth);
        self.done = done;
        result
    }
}

/// Lines with their continuations. In commands the shell joins them, elsewhere make does: a space either way.
fn logical_lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let (part, continues) = line.strip_suffix('\\').map_or((line, false), |part| (part, true));
        match lines.last_mut().filter(|_| open) {
            Some(last) => {
                last.push(' ');
                last.push_str(part.trim_start());
            }
            None => lines.push(part.to_owned()),
        }
        open = continues;
    }
    lines
}

fn without_comment(line: &str) -> &str {
    let start = line.match_indices('#').find(|(at, _)| !line[..*at].ends_with('\\'));
    start.map_or(line, |(at, _)| &line[..at])
}

/// Name, operator and value of `NAME := value`.
fn assignment(line: &str) -> Option<(&str, &str, &str)> {
    let end = line.find('=')?;
    let (before, value) = (&line[..end], &line[end + 1..]);
    let operator = ["::", ":", "?", "+", "!"].into_iter().find(|o| before.ends_with(*o)).unwrap_or("");
    let name = before[..before.len() - operator.len()].trim();
    let plain = !name.is_empty() && !name.contains([':', ' ', '\t', '$', '#']);
    let operator = &line[end - operator.len()..=end];
    plain.then(|| (name, operator, value.trim()))
}

/// The partner of the bracket at the start of `text`.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'{' => depth += 1,
            b')' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Words; blanks in brackets do not end one.
fn words(text: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut depth = 0usize;
    for c in text.chars() {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match found.last_mut() {
            Some(word) if !c.is_whitespace() || depth > 0 => word.push(c),
            _ => found.push(String::new()),
        }
    }
    found.retain(|word| !word.is_empty());
    found
}

/// The value as one word of a shell that still replaces `$(...)` and variables.
fn quoted(value: &str) -> String {
    let plain = value.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-./:,=+@".contains(&b));
    if plain { value.to_owned() } else { format!("\"{}\"", value.replace('"', "\\\"")) }
}

#[cfg(test)]
#[path = "make_tests.rs"]
mod tests;
