//! A listing: the tags of one image and how long its versions are supported.

use super::generate::Meta;
use serde::Deserialize;
use std::fmt::Write as _;

/// The tags of an official image.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tags<'a> {
    pub(super) meta: &'a Meta,
    /// Its short name.
    pub(super) image: &'a str,
    pub(super) rows: &'a [Row],
}

/// One build with all of its tags.
#[derive(Debug, Deserialize)]
pub(super) struct Row {
    tags: Vec<String>,
    /// Tags that Windows has too.
    shared: Vec<String>,
    /// `arm64v8`.
    arch: Vec<String>,
}

/// How long the versions of a product are supported.
#[derive(Clone, Copy, Debug)]
pub(super) struct Support<'a> {
    pub(super) meta: &'a Meta,
    /// The name of its page.
    pub(super) product: &'a str,
    pub(super) releases: &'a [Release],
}

/// A release cycle.
#[derive(Debug, Deserialize)]
pub(super) struct Release {
    pub(super) cycle: String,
    #[serde(rename = "release_date")]
    pub(super) date: String,
    pub(super) lts: Option<Day>,
    pub(super) eoas: Option<Day>,
    pub(super) eol: Option<Day>,
    pub(super) eoes: Option<Day>,
    pub(super) codename: Option<String>,
    pub(super) latest: Option<String>,
}

/// A day, or whether it was.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Day {
    Was(bool),
    On(String),
}

const HEADER: &str = "# Made by `harden catalog build`: change its sources, not this file.\n";

/// Columns that a line may have.
const WIDTH: usize = 120;

/// The text of the file; the error says what in the data is not known.
pub(super) fn text(
    name: &str,
    tags: Option<&Tags<'_>>,
    support: Option<&Support<'_>>,
) -> Result<String, String> {
    let mut out = format!("{HEADER}name = {}\n", quoted(name));
    if let Some(tags) = tags {
        write_tags(&mut out, tags)?;
    }
    if let Some(support) = support {
        write_support(&mut out, support);
    }
    Ok(out)
}

fn write_tags(out: &mut String, tags: &Tags<'_>) -> Result<(), String> {
    let (commit, image) = (tags.meta.commit(), tags.image);
    let source = format!("https://github.com/docker-library/official-images at {commit}, library/{image}");
    write!(out, "\n[tags]\nsource = {}\ndate = {}\n", quoted(&source), quoted(tags.meta.date())).ok();
    out.push_str("# One image a row: all of its tags, and the platforms it is built for.\nrows = [\n");
    for row in tags.rows {
        let names: Vec<&str> = row.tags.iter().chain(&row.shared).map(String::as_str).collect();
        if let Some(odd) = names.iter().find(|name| name.is_empty() || name.contains(char::is_whitespace)) {
            return Err(format!("{odd:?} is no tag"));
        }
        let platforms = row.arch.iter().map(|arch| platform(arch)).collect::<Result<Vec<_>, _>>()?;
        write_row(out, &names, &quoted(&platforms.join(" ")));
    }
    out.push_str("]\n");
    Ok(())
}

/// A row on one line, or on as many as its tags need.
pub(super) fn write_row(out: &mut String, names: &[&str], platforms: &str) {
    let line = format!("    [{}, {platforms}],\n", quoted(&names.join(" ")));
    if line.chars().count() <= WIDTH {
        out.push_str(&line);
        return;
    }
    writeln!(out, "    [\n        {},\n        {platforms},\n    ],", wrapped(names)).ok();
}

/// The words as one string of TOML, broken where a line would get too long.
fn wrapped(names: &[&str]) -> String {
    let plain = quoted(&names.join(" "));
    if plain.chars().count() + 9 <= WIDTH {
        return plain;
    }
    let (mut out, mut column) = ("\"\"\"".to_owned(), 11);
    for (nth, name) in names.iter().enumerate() {
        // Room for the space, and for the end of the line: a backslash, or the quotes and a comma.
        if nth > 0 && column + name.len() + 5 > WIDTH {
            out.push_str(" \\\n        ");
            column = 8;
        } else if nth > 0 {
            out.push(' ');
        }
        out.push_str(name);
        column += name.len() + 1;
    }
    out + "\"\"\""
}

/// A platform as Docker names it, of the name that official images use.
fn platform(arch: &str) -> Result<&str, String> {
    Ok(match arch {
        "arm32v5" => "arm/v5",
        "arm32v6" => "arm/v6",
        "arm32v7" => "arm/v7",
        "arm64v8" => "arm64",
        "i386" => "386",
        "amd64" | "mips64le" | "ppc64le" | "riscv64" | "s390x" => arch,
        _ => return Err(format!("the architecture {arch} is not known")),
    })
}

fn write_support(out: &mut String, support: &Support<'_>) {
    let (commit, product) = (support.meta.commit(), support.product);
    let source =
        format!("https://github.com/endoflife-date/endoflife.date at {commit}, products/{product}.md");
    write_releases(out, product, &source, support.meta.date(), support.releases);
}

/// The table of a product's releases.
pub(super) fn write_releases(
    out: &mut String,
    product: &str,
    source: &str,
    date: &str,
    releases: &[Release],
) {
    write!(out, "\n[support]\nproduct = {}\nsource = {}\n", quoted(product), quoted(source)).ok();
    write!(out, "date = {}\n# Newest first.\nrelease = [\n", quoted(date)).ok();
    for release in releases {
        writeln!(out, "    {{ {} }},", release.fields().join(", ")).ok();
    }
    out.push_str("]\n");
}

impl Release {
    /// What is known, as `key = value`.
    fn fields(&self) -> Vec<String> {
        let text = |key: &str, value: &str| Some(format!("{key} = {}", quoted(value)));
        let day = |key: &str, day: &Option<Day>| match day.as_ref()? {
            Day::On(date) => text(key, date),
            Day::Was(true) => Some(format!("{key} = true")),
            Day::Was(false) => None,
        };
        // Distributions are called by the first word.
        let codename = self.codename.as_deref().and_then(|name| name.split_whitespace().next());
        [
            text("cycle", &self.cycle),
            text("released", &self.date),
            day("lts", &self.lts),
            day("active-ends", &self.eoas),
            day("ends", &self.eol),
            day("extended-ends", &self.eoes),
            codename.and_then(|name| text("codename", &name.to_lowercase())),
            self.latest.as_deref().and_then(|version| text("latest", version)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// A string of TOML.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}
