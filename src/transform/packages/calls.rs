//! Which package managers a `RUN` calls, and with what.

use super::chain::Chain;
use crate::shell::{Command, Word};

/// A package manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    Apt,
    AptGet,
    Aptitude,
    Apk,
    Yum,
    Dnf,
    Microdnf,
    Tdnf,
    Zypper,
}

/// A command that calls a package manager.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// Which one.
    pub tool: Tool,
    /// Index of the command.
    pub command: usize,
    /// Index of the word that names the manager.
    pub name: usize,
    /// What it is to do, and the index of that word; none where that can't be told, or for an option alone.
    pub verb: Option<(usize, String)>,
    /// Its options before and after that, as written, values that are words of their own left out.
    pub options: Vec<(usize, String)>,
    /// The other words after what it is to do: indexes.
    pub operands: Vec<usize>,
    /// Whether `sudo` calls it.
    pub sudo: bool,
}

impl Call {
    /// What it is to do; empty where that can't be told.
    pub(super) fn verb(&self) -> &str {
        self.verb.as_ref().map_or("", |(_, verb)| verb)
    }

    /// Whether one of these long options, or one of the letters in `short`, is given.
    pub(super) fn has(&self, long: &[&str], short: &str) -> bool {
        self.options.iter().any(|(_, option)| {
            let name = option.split('=').next().unwrap_or(option);
            match option.strip_prefix("--") {
                Some(_) => long.contains(&name),
                None => letters(option).any(|c| short.contains(c)),
            }
        })
    }

    /// Whether it may be given options that can't be seen: by a variable whose value is not known to be something else.
    pub(super) fn has_hidden_options(&self, chain: &Chain<'_>) -> bool {
        let words = &chain.commands()[self.command].words;
        words[self.name + 1..].iter().any(|word| word.literal.is_none() && chain.may_be_option(word))
    }

    /// The index of the last of the options that follow what it is to do at once, or of that itself.
    pub(super) fn last_leading_option(&self) -> Option<usize> {
        let (mut at, _) = self.verb.as_ref()?.clone();
        while self.options.iter().any(|(index, _)| *index == at + 1) {
            at += 1;
        }
        Some(at)
    }
}

/// The letters of a cluster of short options, up to one that takes the rest as its value.
fn letters(option: &str) -> impl Iterator<Item = char> {
    let cluster = option.trim_start_matches('-');
    let end = cluster.find(['=', 'o', 'c', 't']).map_or(cluster.len(), |at| at + 1);
    cluster[..end].chars()
}

/// Commands that start the one in their words.
const STARTERS: [&str; 10] =
    ["sudo", "env", "exec", "command", "nice", "ionice", "eatmydata", "time", "nohup", "timeout"];

/// The file name of a word.
pub(super) fn base(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// The index of the word that names what a command really runs, and whether `sudo` is before it.
pub(super) fn program(command: &Command) -> (usize, bool) {
    let literal = |index: usize| command.words.get(index).and_then(|w| w.literal.as_deref());
    let (mut at, mut sudo) = (0, false);
    while let Some(starter) = literal(at).map(base).filter(|name| STARTERS.contains(name)) {
        sudo |= starter == "sudo";
        at += 1;
        while let Some(word) = literal(at) {
            let number = starter == "timeout" && word.starts_with(|c: char| c.is_ascii_digit());
            if !(word.starts_with('-') || word.contains('=') || number) {
                break;
            }
            at += if starter == "sudo" && matches!(word, "-u" | "-g") { 2 } else { 1 };
        }
    }
    (at, sudo)
}

fn tool(name: &str) -> Option<Tool> {
    Some(match base(name) {
        "apt" => Tool::Apt,
        "apt-get" => Tool::AptGet,
        "aptitude" => Tool::Aptitude,
        "apk" => Tool::Apk,
        "yum" => Tool::Yum,
        "dnf" => Tool::Dnf,
        "microdnf" => Tool::Microdnf,
        "tdnf" => Tool::Tdnf,
        "zypper" => Tool::Zypper,
        _ => return None,
    })
}

/// The options of a manager that take the next word as their value.
const fn valued(tool: Tool) -> &'static [&'static str] {
    match tool {
        Tool::Apt | Tool::AptGet | Tool::Aptitude => &[
            "-o",
            "-c",
            "-t",
            "-a",
            "--option",
            "--config-file",
            "--target-release",
            "--default-release",
            "--host-architecture",
        ],
        Tool::Apk => &[
            "-p",
            "-X",
            "-t",
            "--root",
            "--repository",
            "--arch",
            "--keys-dir",
            "--repositories-file",
            "--wait",
            "--cache-dir",
            "--virtual",
            "--progress-fd",
            "--cache-max-age",
            "--timeout",
        ],
        Tool::Yum | Tool::Dnf | Tool::Microdnf | Tool::Tdnf => &[
            "-c",
            "-d",
            "-e",
            "-x",
            "-R",
            "--enablerepo",
            "--disablerepo",
            "--setopt",
            "--installroot",
            "--releasever",
            "--exclude",
            "--repo",
            "--repoid",
            "--forcearch",
            "--disableplugin",
            "--enableplugin",
            "--config",
            "--comment",
            "--advisory",
        ],
        Tool::Zypper => &[
            "-R",
            "--root",
            "-D",
            "--reposd-dir",
            "-C",
            "--cache-dir",
            "--installroot",
            "-p",
            "--plus-repo",
            "-c",
            "--config",
            "--releasever",
            "-r",
            "--repo",
            "-t",
            "--type",
            "--from",
            "-s",
            "--table-style",
        ],
    }
}

/// Whether an option takes the next word as its value; a cluster of letters may end in one that does.
fn takes_value(tool: Tool, option: &str) -> bool {
    if option.starts_with("--") || option.len() <= 2 {
        return valued(tool).contains(&option);
    }
    let apt = matches!(tool, Tool::Apt | Tool::AptGet | Tool::Aptitude);
    apt && option.find(['o', 'c', 't']) == Some(option.len() - 1)
}

/// The calls of package managers of a `RUN`, in order, nested ones too.
pub(super) fn calls(chain: &Chain<'_>) -> Vec<Call> {
    (0..chain.commands().len()).filter_map(|index| call(&chain.commands()[index], index)).collect()
}

/// What a command calls, if that is a package manager.
pub(super) fn call(command: &Command, index: usize) -> Option<Call> {
    let (name, sudo) = program(command);
    let tool = tool(command.words.get(name)?.literal.as_deref()?)?;
    let mut call =
        Call { tool, command: index, name, verb: None, options: Vec::new(), operands: Vec::new(), sudo };
    let mut at = name + 1;
    let mut is_clear = true;
    while let Some(Word { literal, .. }) = command.words.get(at) {
        match literal.as_deref() {
            Some(option) if option.starts_with('-') => {
                call.options.push((at, option.to_owned()));
                at += usize::from(takes_value(tool, option));
            }
            Some(verb) if call.verb.is_none() && is_clear => call.verb = Some((at, verb.to_owned())),
            None if call.verb.is_none() => is_clear = false,
            _ => call.operands.push(at),
        }
        at += 1;
    }
    Some(call)
}

impl Chain<'_> {
    /// Whether a word with a variable may be an option, or bring one along.
    fn may_be_option(&self, word: &Word) -> bool {
        let raw = word.raw(self.text()).trim_matches('"');
        let Some(name) = raw.strip_prefix('$').map(|name| name.trim_matches(['{', '}'])) else {
            return false;
        };
        let upper = name.to_ascii_uppercase();
        if ["OPT", "FLAG", "ARG", "PARAM", "YES", "APT", "CMD"].iter().any(|part| upper.contains(part)) {
            return true;
        }
        let says_option =
            |value: &str| value.split_whitespace().any(|w| w.trim_matches(['"', '\'']).starts_with('-'));
        let local = self.commands().iter().flat_map(|c| &c.assignments).filter(|a| a.name == name);
        let known = local.map(|a| a.value.raw(self.text()).to_owned()).next_back();
        known.or_else(|| self.variable(name)).is_some_and(|value| says_option(&value))
    }
}
