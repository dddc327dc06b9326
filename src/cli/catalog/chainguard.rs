//! Families of Chainguard's free images, from the locks that they are built from.

use super::generate::{Meta, read};
use super::listing::quoted;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

#[derive(Debug, Deserialize)]
struct Locks {
    #[serde(rename = "_meta")]
    meta: Meta,
    /// By folder, then by name.
    images: BTreeMap<String, BTreeMap<String, Lock>>,
}

/// What is built for one repository or for some of its tags.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lock {
    extra: Extra,
    configs: Config,
    dev_configs: Option<Config>,
}

#[derive(Debug, Deserialize)]
struct Extra {
    /// `public/go`.
    repo: String,
    tags: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Config {
    run_as: String,
    entrypoint: Entrypoint,
    cmd: String,
    env: BTreeMap<String, String>,
    workdir: String,
    stop: String,
    /// Packages that bring a shell.
    shell: Vec<String>,
    apk: bool,
    archs: Vec<String>,
    /// Packages, `name=version`.
    pk: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Entrypoint {
    Command(String),
    /// A supervisor that starts services: what it looks like was not read.
    Services(serde::de::IgnoredAny),
}

const HEADER: &str = "\
# Made by `harden catalog build`: change its sources, not this file.
#
# Chainguard's free images. The free tags are `latest`, `latest-dev` and few others that begin so; what other tags hold is
# not known here. PATH and SSL_CERT_FILE are set by the builder, apko, where a lock sets none. Variables that hold the
# version of a package are left out: the tags move. /bin/sh is there where busybox, dash-binsh or bash-binsh is.
";

/// What apko sets unless a lock does.
const ENVIRONMENT: [(&str, &str); 2] = [
    ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/bin:/usr/sbin:/sbin:/bin"),
    ("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"),
];

/// The text of `chainguard.toml`; the error says which image is not understood.
pub(super) fn families(text: &str) -> Result<String, String> {
    let locks: Locks = read(text, "the images of Chainguard")?;
    let mut repositories: BTreeMap<&str, (&str, Vec<&Lock>)> = BTreeMap::new();
    for (folder, lock) in locks.images.iter().flat_map(|(name, locks)| locks.values().map(move |l| (name, l)))
    {
        let name = lock.extra.repo.trim_start_matches("public/");
        repositories.entry(name).or_insert((folder, Vec::new())).1.push(lock);
    }
    let mut out = HEADER.to_owned();
    for (name, (folder, locks_of)) in repositories {
        let family = family(name, folder, &locks.meta, &locks_of);
        out.push_str(&family.map_err(|error| format!("{name}: {error}"))?);
    }
    Ok(out)
}

fn family(name: &str, folder: &str, meta: &Meta, locks: &[&Lock]) -> Result<String, String> {
    let images = images(locks)?;
    let latest = images.iter().find(|image| image.tags.contains(&"=latest".to_owned()));
    let latest = latest.ok_or("it has no tag latest")?;
    let (commit, date) = (meta.commit(), meta.date());
    let source = format!(
        "https://github.com/chainguard-images/images at {commit}, images/{folder}/locked_config.json"
    );
    let mut out = String::new();
    writeln!(out, "\n[[family]]\nname = {}", quoted(&format!("cgr.dev/chainguard/{name}"))).ok();
    writeln!(out, "aliases = [{}]", quoted(&format!("docker.io/chainguard/{name}"))).ok();
    writeln!(out, "source = {}\ndate = {}", quoted(&source), quoted(date)).ok();
    writeln!(out, "architectures = {}", list(&latest.architectures)).ok();
    out.push_str("\n[family.facts]\nunknown = true\n");
    for (key, value) in differing(&latest.facts, &unset()) {
        writeln!(out, "{key} = {value}").ok();
    }
    for image in &images {
        let known = ("unknown".to_owned(), "false".to_owned());
        let facts = std::iter::once(known).chain(differing(&image.facts, &latest.facts));
        writeln!(out, "\n[[family.variant]]\ntags = {}", list(&image.tags)).ok();
        for (key, value) in facts {
            writeln!(out, "facts.{key} = {value}").ok();
        }
        if let Some(key) = latest.facts.keys().find(|key| !image.facts.contains_key(*key)) {
            return Err(format!("{key} of its tag latest is not set under another"));
        }
    }
    Ok(out)
}

/// What is under some tags.
struct Image {
    /// As the catalog writes patterns: `=latest`.
    tags: Vec<String>,
    architectures: Vec<String>,
    /// Keys of the catalog and their values in TOML.
    facts: BTreeMap<String, String>,
}

fn images(locks: &[&Lock]) -> Result<Vec<Image>, String> {
    let mut images = Vec::new();
    for lock in locks {
        let free: Vec<&String> = lock.extra.tags.iter().filter(|tag| tag.starts_with("latest")).collect();
        for (suffix, config) in [("", Some(&lock.configs)), ("-dev", lock.dev_configs.as_ref())] {
            let Some((config, facts)) = config.map(|c| c.facts().map(|f| (c, f))).transpose()? else {
                continue;
            };
            let Some(facts) = facts else { continue };
            let tags = free.iter().map(|tag| format!("={tag}{suffix}")).collect();
            images.push(Image { tags, architectures: config.archs.clone(), facts });
        }
    }
    Ok(images)
}

impl Config {
    /// What the catalog says of it; none where how it starts is not known.
    fn facts(&self) -> Result<Option<BTreeMap<String, String>>, String> {
        let Entrypoint::Command(entrypoint) = &self.entrypoint else { return Ok(None) };
        let has = |name: &str| self.pk.iter().any(|package| package.split('=').next() == Some(name));
        let begins = |name: &str| self.pk.iter().any(|package| package.starts_with(name));
        let shells = |names: &[&str]| self.shell.iter().any(|shell| names.contains(&shell.as_str()));
        let libc = if begins("glibc") { "glibc" } else { "none" };
        if begins("musl") {
            return Err("it has musl: say so in the generator".into());
        }
        let or = |text: &str, default: &str| quoted(if text.is_empty() { default } else { text });
        let mut facts: BTreeMap<String, String> = [
            ("user", or(&self.run_as, "0")),
            ("workdir", or(&self.workdir, "/")),
            ("entrypoint", list(&words(entrypoint)?)),
            ("cmd", list(&words(&self.cmd)?)),
            ("shell", shells(&["busybox", "dash-binsh", "bash-binsh"]).to_string()),
            ("bash", shells(&["bash"]).to_string()),
            ("libc", quoted(libc)),
            ("package-manager", quoted(if self.apk { "apk" } else { "" })),
            ("gcc", has("gcc").to_string()),
            ("git", has("git").to_string()),
            ("stop-signal", quoted(&self.stop)),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .into();
        for (name, value) in ENVIRONMENT {
            facts.insert(format!("env.{name}"), quoted(value));
        }
        let lasting = self.env.iter().filter(|(name, _)| !name.ends_with("_VERSION"));
        facts.extend(lasting.map(|(name, value)| (format!("env.{name}"), quoted(value))));
        Ok(Some(facts))
    }
}

/// What an image of which nothing is said has.
fn unset() -> BTreeMap<String, String> {
    let config = Config {
        run_as: String::new(),
        entrypoint: Entrypoint::Command(String::new()),
        cmd: String::new(),
        env: BTreeMap::new(),
        workdir: String::new(),
        stop: String::new(),
        shell: Vec::new(),
        apk: false,
        archs: Vec::new(),
        pk: Vec::new(),
    };
    let mut facts = config.facts().ok().flatten().unwrap_or_default();
    facts.retain(|key, _| !key.starts_with("env."));
    facts
}

/// What `facts` says otherwise than `base`.
fn differing(facts: &BTreeMap<String, String>, base: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let other = facts.iter().filter(|(key, value)| base.get(*key) != Some(*value));
    other.map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn list(items: &[String]) -> String {
    format!("[{}]", items.iter().map(|item| quoted(item)).collect::<Vec<_>>().join(", "))
}

/// The words of a command as apko splits it; its locks have no quotes but double ones.
fn words(command: &str) -> Result<Vec<String>, String> {
    if command.contains(['\'', '\\', '#']) || command.matches('"').count() % 2 == 1 {
        return Err(format!("the command {command:?} is not understood"));
    }
    let (mut words, mut quoted) = (Vec::new(), false);
    let mut word: Option<String> = None;
    for letter in command.chars() {
        match letter {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            _ if letter.is_whitespace() && !quoted => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_split_as_apko_does() {
        assert_eq!(
            words("-e /dev/stderr -g \"daemon off;\"").unwrap(),
            ["-e", "/dev/stderr", "-g", "daemon off;"]
        );
        assert_eq!(words("a\"b c\"d  \"\"").unwrap(), ["ab cd", ""]);
        assert!(words("").unwrap().is_empty());
        assert!(words("it's").is_err());
        assert!(words("a \"b").is_err());
    }
}
