//! Three texts in, the generated files of the catalog out.

use super::chainguard;
use super::listing::{self, Release, Row, Support, Tags};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The texts that everything is made from, as JSON.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sources<'a> {
    /// Tags of the official images.
    pub(super) tags: &'a str,
    /// Ends of life.
    pub(super) support: &'a str,
    /// What is in Chainguard's free images.
    pub(super) chainguard: &'a str,
}

/// A file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Made {
    /// Its place in the folder of the catalog.
    pub(super) path: String,
    /// What is in it.
    pub(super) text: String,
}

/// Where and when a snapshot was taken.
#[derive(Debug, Deserialize)]
pub(super) struct Meta {
    commit: String,
    commit_date: String,
}

impl Meta {
    /// The commit as people name it.
    pub(super) fn commit(&self) -> &str {
        self.commit.get(..8).unwrap_or(&self.commit)
    }

    /// The day of the commit, `YYYY-MM-DD`.
    pub(super) fn date(&self) -> &str {
        self.commit_date.get(..10).unwrap_or(&self.commit_date)
    }
}

#[derive(Debug, Deserialize)]
struct OfficialTags {
    #[serde(rename = "_meta")]
    meta: Meta,
    images: BTreeMap<String, Vec<Row>>,
}

#[derive(Debug, Deserialize)]
struct EndOfLife {
    #[serde(rename = "_meta")]
    meta: Meta,
    products: BTreeMap<String, Product>,
}

#[derive(Debug, Deserialize)]
struct Product {
    /// `products/go.md`.
    source: String,
    docker_images: Vec<String>,
    releases: Vec<Release>,
}

/// Images whose tags are versions of a product that the data name no image for, or one that does not exist.
const IMAGES: [(&str, &[&str]); 5] = [
    ("almalinux", &["docker.io/library/almalinux", "quay.io/almalinuxorg/almalinux"]),
    ("azul-zulu", &["docker.io/azul/zulu-openjdk"]),
    ("centos-stream", &["quay.io/centos/centos"]),
    ("microsoft-build-of-openjdk", &["mcr.microsoft.com/openjdk/jdk"]),
    ("rocky-linux", &["docker.io/library/rockylinux", "docker.io/rockylinux/rockylinux"]),
];

/// Makes every file, sorted by path; the error says which text is wrong and why.
pub(super) fn generate(sources: Sources<'_>) -> Result<Vec<Made>, String> {
    let official: OfficialTags = read(sources.tags, "the tags")?;
    let support: EndOfLife = read(sources.support, "the ends of life")?;
    let mut made = listings(&official, &support)?;
    made.push(Made { path: "chainguard.toml".into(), text: chainguard::families(sources.chainguard)? });
    made.sort_by(|a, b| a.path.cmp(&b.path));
    match made.windows(2).find(|pair| pair[0].path == pair[1].path) {
        Some(pair) => Err(format!("two images have the file {}", pair[0].path)),
        None => Ok(made),
    }
}

/// Reads one of the texts.
pub(super) fn read<'a, T: Deserialize<'a>>(text: &'a str, what: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| format!("{what}: {error}"))
}

fn listings(official: &OfficialTags, support: &EndOfLife) -> Result<Vec<Made>, String> {
    let mut names: BTreeMap<String, (Option<Tags<'_>>, Option<Support<'_>>)> = BTreeMap::new();
    for (image, rows) in &official.images {
        let tags = Tags { meta: &official.meta, image, rows };
        names.entry(format!("docker.io/library/{image}")).or_default().0 = Some(tags);
    }
    for (id, product) in &support.products {
        let slug = product.source.trim_start_matches("products/").trim_end_matches(".md");
        for name in images(id, product) {
            let support = Support { meta: &support.meta, product: slug, releases: &product.releases };
            if names.entry(name.clone()).or_default().1.replace(support).is_some() {
                return Err(format!("two products have the image {name}"));
            }
        }
    }
    names.iter().map(|(name, (tags, support))| listing(name, tags.as_ref(), support.as_ref())).collect()
}

fn listing(name: &str, tags: Option<&Tags<'_>>, support: Option<&Support<'_>>) -> Result<Made, String> {
    let stem = name.trim_start_matches("docker.io/").trim_start_matches("library/").replace('/', "-");
    let text = listing::text(name, tags, support).map_err(|error| format!("{name}: {error}"))?;
    Ok(Made { path: format!("tags/{stem}.toml"), text })
}

/// Canonical names of a product's images; `mcr.microsoft.com/dotnet/*` becomes the part before the star.
fn images(id: &str, product: &Product) -> Vec<String> {
    if let Some((_, names)) = IMAGES.iter().find(|(product, _)| *product == id) {
        return names.iter().map(|&name| name.to_owned()).collect();
    }
    let canonical = |name: &String| {
        let name = name.trim_end_matches("/*");
        match name.split_once('/') {
            None => format!("docker.io/library/{name}"),
            Some((first, _)) if first.contains('.') => name.to_owned(),
            Some(_) => format!("docker.io/{name}"),
        }
    };
    product.docker_images.iter().map(canonical).collect()
}

#[cfg(test)]
#[path = "generate_tests.rs"]
mod tests;
