//! The rungs of the ladder.

use super::super::Context;
use crate::model::{Base, Stage};
use serde::Serialize;

/// How little a final image holds besides its program; the most hardened is the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rung {
    /// No C library, no shell: distroless static, or nothing at all.
    Static,
    /// The C library.
    BaseNossl,
    /// The C library and TLS.
    Base,
    /// The C and C++ libraries.
    Cc,
    /// A small distribution with a shell and the packages that the program needs.
    Slim,
    /// The image as it is, with a user that is not root.
    InPlace,
    /// The image as it is.
    Hygiene,
}

impl Rung {
    /// All rungs, the most hardened first.
    pub const ALL: [Self; 7] =
        [Self::Static, Self::BaseNossl, Self::Base, Self::Cc, Self::Slim, Self::InPlace, Self::Hygiene];

    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Static => "static",
            Self::BaseNossl => "base-nossl",
            Self::Base => "base",
            Self::Cc => "cc",
            Self::Slim => "slim",
            Self::InPlace => "in-place",
            Self::Hygiene => "hygiene",
        }
    }
}

/// Where the program of the final image is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// In the stage that ships.
    Single,
    /// In another stage.
    Multi,
}

impl Shape {
    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Multi => "multi",
        }
    }
}

/// The families on which a rung stands.
const FAMILIES: [(&str, Rung); 11] = [
    ("scratch", Rung::Static),
    ("gcr.io/distroless/static", Rung::Static),
    ("cgr.dev/chainguard/static", Rung::Static),
    ("gcr.io/distroless/base-nossl", Rung::BaseNossl),
    ("gcr.io/distroless/base", Rung::Base),
    ("gcr.io/distroless/cc", Rung::Cc),
    ("cgr.dev/chainguard/glibc-dynamic", Rung::Cc),
    ("cgr.dev/chainguard/wolfi-base", Rung::Slim),
    ("cgr.dev/chainguard/busybox", Rung::Slim),
    ("docker.io/library/alpine", Rung::Slim),
    ("docker.io/library/busybox", Rung::Slim),
];

/// The rung of a stage as it is.
pub(super) fn of(cx: &Context<'_>, stage: &Stage) -> Rung {
    let root = cx.model.chain(stage).last().unwrap_or(stage);
    if root.base == Base::Scratch {
        return Rung::Static;
    }
    let tag = root.reference().and_then(|r| r.tag.map(str::to_owned)).unwrap_or_default();
    let debug = tag.split('-').any(|part| part == "debug");
    let known = FAMILIES.iter().find(|(family, _)| root.is(family)).map(|(_, rung)| *rung);
    match known {
        Some(rung) if !debug => rung,
        _ if root.is("docker.io/library/debian") && tag.split('-').any(|part| part == "slim") => Rung::Slim,
        _ => {
            let user = cx.model.end_state(stage).user;
            let root = |user: &String| matches!(user.split(':').next(), Some("0" | "root" | ""));
            if user.is_none_or(|user| root(&user)) { Rung::Hygiene } else { Rung::InPlace }
        }
    }
}
