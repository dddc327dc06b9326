//! The image config of a final stage before and after, and the named reasons for which it may differ.
//!
//! BuildKit works the config out with blank base images, so what Go's image sets (`GOPATH`, its `WORKDIR`) is missing
//! from the original's and written out in the result's.

use super::commands::same_command;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// An image config.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Config {
    pub env: Vec<String>,
    pub working_dir: String,
    pub user: String,
    pub entrypoint: Vec<String>,
    pub cmd: Vec<String>,
    /// Of a meaning on Windows only.
    pub args_escaped: bool,
    /// Ports, labels, volumes, stop signal, health check, triggers, shell.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// A file and what became of it.
pub struct Pair<'a> {
    pub before: &'a Config,
    pub after: &'a Config,
    /// The text as it was.
    pub source: &'a str,
    /// The text as it is.
    pub result: &'a str,
    /// The recipes of the fixes that were made.
    pub recipes: &'a BTreeSet<String>,
    pub include_unsafe: bool,
}

/// What was found out about a pair: rules that differences fall under, and differences that fall under none.
#[derive(Default)]
pub struct Judgement {
    pub rules: BTreeSet<&'static str>,
    pub misses: Vec<String>,
}

impl Judgement {
    pub fn allow(&mut self, rule: &'static str) {
        self.rules.insert(rule);
    }

    /// The same, as an answer.
    pub fn explained(&mut self, rule: &'static str) -> bool {
        self.allow(rule);
        true
    }

    fn miss(&mut self, what: &str, before: &impl std::fmt::Debug, after: &impl std::fmt::Debug) {
        self.misses.push(format!("{what} was {before:?} and is {after:?}"));
    }
}

/// The recipes that move a program to a new stage or image.
pub const CONVERSIONS: [&str; 2] = ["multi-stage-go", "distroless-go"];

impl Pair<'_> {
    pub fn is_converted(&self) -> bool {
        CONVERSIONS.iter().any(|recipe| self.recipes.contains(*recipe))
    }

    pub fn made_by(&self, recipe: &str) -> bool {
        self.recipes.contains(recipe) || self.is_converted()
    }

    /// The lines of the result's final stage.
    pub fn last_stage(&self) -> impl Iterator<Item = &str> {
        let start = self.result.rfind("\nFROM ").map_or(0, |at| at + 1);
        self.result[start..].lines()
    }

    /// Compares the two configs.
    pub fn judge(&self) -> Judgement {
        let mut found = Judgement::default();
        let (before, after) = (self.before, self.after);
        let keys: BTreeSet<&String> = before.rest.keys().chain(after.rest.keys()).collect();
        for key in keys.into_iter().filter(|key| before.rest.get(*key) != after.rest.get(*key)) {
            found.miss(key, &before.rest.get(key), &after.rest.get(key));
        }
        if before.user != after.user {
            match self.user() {
                Some(rule) => found.allow(rule),
                None => found.miss("the user", &before.user, &after.user),
            }
        }
        if before.working_dir != after.working_dir {
            match self.folder() {
                Some(rule) => found.allow(rule),
                None => found.miss("the working directory", &before.working_dir, &after.working_dir),
            }
        }
        self.variables(&mut found);
        if !same_command(self, &mut found) {
            let commands = |config: &Config| (config.entrypoint.clone(), config.cmd.clone());
            found.miss("the command", &commands(before), &commands(after));
        }
        found
    }

    /// The rule by which the user differs.
    fn user(&self) -> Option<&'static str> {
        let (old, new) = (self.before.user.as_str(), self.after.user.as_str());
        let number = |user: &str| user.split(':').next().unwrap_or_default().parse::<u32>().ok();
        let (id, named) = (number(new)?, old.split(':').next().unwrap_or_default());
        if !self.made_by("nonroot-user") || id == 0 {
            return None;
        }
        match number(old) {
            _ if matches!(named, "" | "root" | "0") => {
                (new == "65532:65532").then_some("user 65532:65532 where it was root")
            }
            Some(_) => None,
            None if named == "nobody" => (id == 65534).then_some("user by number where it was by name"),
            None => {
                let stands =
                    |id: u32| self.source.split(|c: char| !c.is_ascii_digit()).any(|n| n == id.to_string());
                (new == "65532:65532" || stands(id)).then_some("user by number where it was by name")
            }
        }
    }

    /// The rule by which the working directory differs.
    fn folder(&self) -> Option<&'static str> {
        let trimmed = |path: &str| path.trim_end_matches('/').to_owned();
        let (old, new) = (trimmed(&self.before.working_dir), trimmed(&self.after.working_dir));
        if !self.is_converted() {
            return None;
        }
        let below_root = old.strip_prefix("/root").filter(|rest| rest.is_empty() || rest.starts_with('/'));
        let goes_to = |folder: &str| below_root.is_some_and(|rest| new == format!("{folder}{rest}"));
        if old == new {
            Some("WORKDIR without the slash at its end")
        } else if goes_to("/app") || goes_to("/srv/app") {
            Some("WORKDIR out of root's folder")
        } else if old.is_empty() && super::commands::entered(self.before).is_some_and(|folder| folder == new)
        {
            Some("WORKDIR where the command enters a folder")
        } else if self.knows_go() && new == format!("/go{old}") || old.is_empty() && new == "/go/src/app" {
            Some("WORKDIR of Go's image, or below it, written out")
        } else if new.is_empty() && self.is_needless(&old) {
            Some("WORKDIR gone where only Go sources were")
        } else {
            None
        }
    }

    /// Whether settings of Go's image may be part of what the text says.
    fn knows_go(&self) -> bool {
        let from_go = |line: &str| line.to_ascii_uppercase().starts_with("FROM ") && line.contains("golang");
        self.source.lines().any(|line| from_go(line.trim_start()))
    }

    /// Whether a program that starts elsewhere finds what it found in this folder: it is called by an absolute path or by
    /// its bare name, and nothing but Go sources was copied to the folder, unless that was a guess.
    fn is_needless(&self, folder: &str) -> bool {
        let after = self.after;
        let relative = |word: &String| word.starts_with('.') || word.contains('/') && !word.starts_with('/');
        let program = after.entrypoint.first().or(after.cmd.first());
        if program.is_none_or(relative) || self.last_stage().any(|line| line.starts_with("WORKDIR ")) {
            return false;
        }
        self.include_unsafe || super::commands::copied_to(self.source, folder).iter().all(|name| is_go(name))
    }

    /// Compares the variables.
    fn variables(&self, found: &mut Judgement) {
        let (old, new) = (variables(self.before), variables(self.after));
        let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
        for name in names {
            let (was, is) = (old.get(name).copied(), new.get(name).copied());
            if was == is {
                continue;
            }
            match self.variable(name, was, is) {
                Some(rule) => found.allow(rule),
                None => found.miss(name, &was, &is),
            }
        }
    }

    /// The rule by which a variable differs.
    fn variable(&self, name: &str, was: Option<&str>, is: Option<&str>) -> Option<&'static str> {
        match (was, is) {
            _ if !self.is_converted() => None,
            (Some(was), Some(is)) if name == "PATH" => self.path(was, is),
            (Some(was), Some(is)) => {
                let without = |value: &str| value.replace("/go/", "/");
                (self.knows_go() && is.contains("/go/") && without(was) == without(is))
                    .then_some("ENV with a variable of Go's image, written out")
            }
            (Some(_), None) => {
                let used = self.after.entrypoint.iter().chain(&self.after.cmd).any(|word| names(word, name));
                (is_for_builds(name) && !used).then_some("ENV gone that only builds read")
            }
            (None, Some(_)) => {
                let zone = ["/etc/localtime", "/etc/timezone"].iter().any(|file| self.source.contains(file));
                (name == "TZ" && zone).then_some("ENV TZ where a file of /etc set the time zone")
            }
            (None, None) => None,
        }
    }

    /// The rule by which PATH differs.
    fn path(&self, was: &str, is: &str) -> Option<&'static str> {
        let folders = |path: &str| path.split(':').map(str::to_owned).collect::<BTreeSet<_>>();
        let (was, is) = (folders(was), folders(is));
        let mut gained = is.difference(&was);
        let mut lost = was.difference(&is).peekable();
        if !gained.all(|folder| folder == "/go/bin") {
            None
        } else if lost.peek().is_none() {
            Some("ENV PATH with the folder of programs that Go's image has in it")
        } else {
            let copies = self.last_stage().filter(|line| line.starts_with("COPY "));
            let targets: Vec<_> =
                copies.filter_map(|line| line.split_whitespace().last()?.rsplit_once('/')).collect();
            let is_empty = |folder: &String| targets.iter().all(|(parent, _)| parent != folder);
            lost.all(is_empty).then_some("ENV PATH without folders that hold nothing any more")
        }
    }
}

fn variables(config: &Config) -> BTreeMap<&str, &str> {
    config.env.iter().filter_map(|pair| pair.split_once('=')).collect()
}

/// Whether shell text uses a variable.
fn names(text: &str, variable: &str) -> bool {
    text.contains(&format!("${variable}")) || text.contains(&format!("${{{variable}"))
}

/// Whether only the Go toolchain or a package manager reads a variable.
fn is_for_builds(name: &str) -> bool {
    const OTHERS: [&str; 6] = ["GOMAXPROCS", "GODEBUG", "GOGC", "GOMEMLIMIT", "GOTRACEBACK", "GORACE"];
    const GO: [&str; 14] = [
        "GO111MODULE",
        "GOARCH",
        "GOARM",
        "GOBIN",
        "GOCACHE",
        "GOFLAGS",
        "GOMODCACHE",
        "GONOSUMDB",
        "GOOS",
        "GOPATH",
        "GOPRIVATE",
        "GOPROXY",
        "GOROOT",
        "GOSUMDB",
    ];
    !OTHERS.contains(&name) && (GO.contains(&name) || name.starts_with("CGO_") || name == "DEBIAN_FRONTEND")
}

/// Whether only the Go toolchain reads a file or folder of this name.
fn is_go(name: &str) -> bool {
    let name = name.trim_end_matches('/').rsplit('/').next().unwrap_or(name);
    name.rsplit_once('.').is_some_and(|(_, extension)| extension == "go")
        || ["go.mod", "go.sum", "go.*", "vendor", "Gopkg.lock", "Gopkg.toml", "Godeps"].contains(&name)
}
