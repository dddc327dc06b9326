//! What a project wants of an image: versions of its language, and platforms.

use super::super::Context;
use crate::catalog::Standing;
use crate::model::ImageUse;
use crate::project::{Declared, Language};

/// What the project's files say of versions of an image's language.
pub(super) fn declared(cx: &Context<'_>, family: &str) -> Vec<Declared> {
    let (Some(project), Some(language)) = (cx.project, language(family)) else { return Vec::new() };
    project.declared(language)
}

/// The language that an official image is for.
fn language(family: &str) -> Option<Language> {
    Some(match family.strip_prefix("docker.io/library/")? {
        "golang" => Language::Go,
        "node" => Language::Node,
        "python" => Language::Python,
        "ruby" => Language::Ruby,
        "php" => Language::Php,
        "rust" => Language::Rust,
        "eclipse-temurin" | "amazoncorretto" | "ibm-semeru-runtimes" | "sapmachine" => Language::Java,
        _ => return None,
    })
}

/// Why files that were not seen may ask for another version, where exact versions are asked for.
pub(super) fn unseen(cx: &Context<'_>, family: &str) -> Option<String> {
    let language = language(family)
        .filter(|language| !matches!(language, Language::Go | Language::Java | Language::Dotnet))?;
    let why = "which version the project asks for was not seen";
    let Some(project) = cx.project else { return Some(why.into()) };
    if let Some(cause) = project.unseen() {
        return Some(format!("{why}: {cause}"));
    }
    let file = project.declares_below(language)?;
    Some(format!("{file} may ask for an exact version: only the files beside the Dockerfile are compared"))
}

/// The platforms that a new image has to be there for: the one that the text fixes, else those that most people build for,
/// if the image comes for them at all.
pub(super) fn platforms(cx: &Context<'_>, used: &ImageUse<'_>, standing: &Standing<'_>) -> Vec<String> {
    if let Some(fixed) = fixed(cx, used) {
        return vec![fixed];
    }
    let rows =
        || standing.listing.and_then(|listing| listing.tags.as_ref()).into_iter().flat_map(|t| &t.rows);
    let is_there = |name: &&str| rows().any(|row| row.architectures.iter().any(|known| known == name));
    ["amd64", "arm64"].into_iter().filter(is_there).map(str::to_owned).collect()
}

/// The platform that the text fixes: `amd64`, `arm/v7`.
fn fixed(cx: &Context<'_>, used: &ImageUse<'_>) -> Option<String> {
    let instruction = &cx.document.instructions[used.instruction];
    if let Some(platform) = instruction.flag("platform").filter(|platform| !platform.contains('$')) {
        let platform = platform.strip_prefix("linux/").unwrap_or(platform);
        return Some(if platform == "arm64/v8" { "arm64" } else { platform }.to_owned());
    }
    let origin = used.origin()?;
    let (owner, _) = origin.path.rsplit_once('/')?;
    PER_PLATFORM.iter().find(|(name, _)| *name == owner).map(|(_, platform)| (*platform).to_owned())
}

/// Names under which the official images of one platform are found.
const PER_PLATFORM: [(&str, &str); 9] = [
    ("amd64", "amd64"),
    ("arm32v5", "arm/v5"),
    ("arm32v6", "arm/v6"),
    ("arm32v7", "arm/v7"),
    ("arm64v8", "arm64"),
    ("i386", "386"),
    ("ppc64le", "ppc64le"),
    ("riscv64", "riscv64"),
    ("s390x", "s390x"),
];
