//! What an image should be, and how sure that is.

use super::super::Context;
use super::gopath::{self, Gopath};
use super::{glibc, golang, tied, tools, wanted};
use crate::catalog::{
    Answer, Images, Policy, Reference, Standing, Suite, Support, Tag, Target, Version, Wish,
};
use crate::edit::Edit;
use crate::model::{GOLANG, ImageUse, Role, Stage};
use crate::project::Declared;

/// What is to be said of an image that should be another one.
pub(super) struct Bump {
    /// What is wrong.
    pub(super) message: String,
    /// What was seen, where there is no doubt.
    pub(super) evidence: &'static str,
    /// What it should be.
    pub(super) new: New,
}

/// What an image should be.
pub(super) enum New {
    /// This one.
    Tag { reference: String, doubt: Option<String>, more: Vec<Edit> },
    /// This one, by hand.
    Hand { tag: String, why: String },
    /// None can be told.
    Stuck(String),
}

impl New {
    /// Why it is for a person to do.
    pub(super) fn why(&self) -> &str {
        match self {
            Self::Tag { .. } => "",
            Self::Hand { why, .. } | Self::Stuck(why) => why,
        }
    }
}

impl Bump {
    /// What to do.
    pub(super) fn title(&self, used: &ImageUse<'_>) -> String {
        let named = |tag: &str| {
            let name = used.reference().map_or(0, |reference| reference.name_end);
            format!("use {}:{tag}", &used.reference[..name])
        };
        match &self.new {
            New::Tag { reference, .. } => match reference.split_once('@') {
                Some((tagged, _)) => format!("use {tagged}"),
                None => format!("use {reference}"),
            },
            New::Hand { tag, .. } => named(tag),
            New::Stuck(_) => "move to an image that gets fixes".into(),
        }
    }
}

/// What is to be said of an image, if anything is.
pub(super) fn bump(cx: &Context<'_>, used: &ImageUse<'_>) -> Option<Bump> {
    let origin = used.origin()?;
    let images = cx.view.images;
    let standing = images.standing(&origin)?;
    let name = origin.canonical();
    if origin.tag.is_none() || images.retired(standing.family, &name).is_some() {
        return None;
    }
    let limit = cx.view.rules.limit(&standing.family.name).copied();
    let asked = limit.is_some_and(|limit| limit.to.is_some()) || standing.family.name == GOLANG;
    let on_dead = standing.tag.as_ref().filter(|tag| images.is_dead(&tag.suite));
    let is_stale = standing.support.is_over() || standing.is_built == Some(false) || on_dead.is_some();
    if !asked && !is_stale {
        return None;
    }
    let declared = wanted::declared(cx, &standing.family.name);
    let platforms = wanted::platforms(cx, used, &standing);
    let lacking = tools::first_without(cx, &standing.family.name);
    let wish = Wish {
        policy: limit.and_then(|limit| limit.to).unwrap_or_else(|| policy(&standing, asked)),
        max: limit.and_then(|limit| limit.max),
        takes: &|row| {
            let version = row.version().map(|version| version.to_string()).unwrap_or_default();
            let major = row.version().map(|version| version.major());
            platforms.iter().all(|platform| row.architectures.contains(platform))
                && lacking.is_none_or(|first| major.is_some_and(|major| major < first))
                && declared.iter().all(|declared| declared.allows(&version) != Some(false))
        },
        is_missing: &|tag| {
            // A mirror may lack what its origin has.
            [with_tag(&origin_text(used, &origin), tag), with_tag(&used.reference, tag)]
                .iter()
                .any(|text| Reference::parse(text).is_some_and(|new| cx.view.lookups.is_missing(&new)))
        },
    };
    let message = match on_dead.filter(|_| !standing.support.is_over() && standing.is_built != Some(false)) {
        Some(_) => {
            format!("{} stands on a release of its distribution that gets no fixes any more", used.reference)
        }
        None => message(used, &standing),
    };
    let Some(target) = images.newest(&standing, &wish) else {
        let why = stuck(images, &standing, &declared, &wish)?;
        return Some(Bump { message, evidence: "", new: New::Stuck(why) });
    };
    Some(Bump { message, evidence: evidence(&standing), new: new(cx, used, &standing, &target, &declared) })
}

/// How far a bump goes where the project does not say: a release that gets fixes is not left without being asked.
fn policy(standing: &Standing<'_>, asked: bool) -> Policy {
    match standing.support {
        Support::Full(_) | Support::SecurityOnly(_) if !asked => Policy::Patch,
        _ => standing.family.policy,
    }
}

/// What is wrong with an image.
fn message(used: &ImageUse<'_>, standing: &Standing<'_>) -> String {
    let image = &used.reference;
    match standing.support {
        Support::Ended(Some(date)) => format!("{image} gets no fixes since {date}"),
        Support::Ended(None) => format!("{image} gets no fixes any more"),
        Support::LongEnded(date) => {
            format!("{image} gets no fixes any more: its support ended before {date}")
        }
        Support::Extended(Some(since), until) => {
            format!("{image} gets only extended support, since {since} and until {until}")
        }
        Support::Extended(None, until) => format!("{image} gets only extended support, until {until}"),
        _ if standing.is_built == Some(false) => {
            format!("{image} is not built any more, so nothing in it is mended")
        }
        _ => format!("{image} is not the newest release"),
    }
}

/// Why nothing better is known for an image whose support ended; none where there is nothing to say.
fn stuck(images: Images, standing: &Standing<'_>, declared: &[Declared], wish: &Wish<'_>) -> Option<String> {
    if !standing.support.is_over() {
        return None;
    }
    let free = Wish { policy: Policy::Newest, max: None, takes: &|_| true, is_missing: &|_| false };
    let product = product(standing);
    let named = |target: &Target| format!("{product}:{}", target.tag);
    let Some(any) = images.newest(standing, &free) else {
        return Some("no newer release of this variant is known".into());
    };
    let free = Wish { takes: wish.takes, ..free };
    if images.newest(standing, &free).is_none()
        && let Some(first) = declared.iter().find(|d| refuses(d, standing, &any)).or(declared.first())
    {
        let (file, line, text) = (&first.file, first.line, &first.text);
        return Some(format!(
            "{file}, line {line}, asks for `{text}`: change that first, then go to {}",
            named(&any)
        ));
    }
    Some(format!("{} is further than a bump goes by itself: what comes along is yours to check", named(&any)))
}

/// Whether a place of the project refuses the image of a target.
fn refuses(declared: &Declared, standing: &Standing<'_>, target: &Target) -> bool {
    row_version(standing, target).is_some_and(|version| declared.allows(&version) == Some(false))
}

/// What shows that a bump without doubt is right.
fn evidence(standing: &Standing<'_>) -> &'static str {
    if standing.family.name == GOLANG {
        "the stage builds a module, which newer releases of Go build too"
    } else {
        "the new tag is of the same line of releases, on the same release of its distribution"
    }
}

fn new(
    cx: &Context<'_>,
    used: &ImageUse<'_>,
    standing: &Standing<'_>,
    target: &Target,
    declared: &[Declared],
) -> New {
    let hand = |why: &str| New::Hand { tag: target.tag.clone(), why: why.to_owned() };
    let Some(reference) = used.reference() else { return hand("its name can't be read") };
    let mut text = with_tag(&used.reference, &target.tag);
    if reference.digest.is_some() {
        match Reference::parse(&text).and_then(|new| cx.view.lookups.answer(&new)) {
            Some(Answer::Digest(digest)) => text = format!("{text}@{digest}"),
            _ => return hand("its digest wins over its tag: both must change together"),
        }
    }
    let tag = |doubt, more| New::Tag { reference: text.clone(), doubt, more };
    let Role::Base(stage) = used.role else { return tag(copied(standing, target), Vec::new()) };
    let stage = &cx.model.stages[stage];
    let other_system = is_other_system(standing, target) || !target.same_release;
    if other_system && let Some(why) = tied::tied(cx, stage, standing) {
        return hand(&why);
    }
    if standing.family.name == GOLANG {
        return match gopath::gopath_of_all(cx, stage, minor(standing)) {
            Gopath::Refused(why) => hand(why),
            Gopath::Edits(more) => tag(go_doubt(cx, stage, standing, target), more),
            Gopath::Module => tag(go_doubt(cx, stage, standing, target), Vec::new()),
        };
    }
    let unclear =
        declared.iter().find(|d| row_version(standing, target).is_none_or(|v| d.allows(&v).is_none()));
    let unclear = unclear.map(|d| format!("what {} says of versions can't be held against it", d.file));
    let unseen = || wanted::unseen(cx, &standing.family.name);
    tag(unclear.or_else(|| doubt_of(standing, target)).or_else(unseen), Vec::new())
}

/// Whether the new image may stand on another release of its distribution than the old one.
fn is_other_system(standing: &Standing<'_>, target: &Target) -> bool {
    let Some(old) = &standing.tag else { return true };
    if target.other_suite || DISTRIBUTIONS.contains(&product(standing)) {
        return target.other_suite;
    }
    if !matches!(old.suite, Suite::Default | Suite::Alpine(None)) {
        return false;
    }
    // The tag does not say on which it stands, and not that it stays on it.
    let suites = (glibc::suite_of(standing, standing.written), glibc::suite_of(standing, &target.tag));
    !matches!(suites, (Some(old), Some(new)) if old == new)
}

fn go_doubt(cx: &Context<'_>, stage: &Stage, standing: &Standing<'_>, target: &Target) -> Option<String> {
    golang::doubt(cx, stage, minor(standing)).or_else(|| glibc::doubt(cx, stage, standing, target))
}

/// The minor release of Go that a tag names.
fn minor(standing: &Standing<'_>) -> Option<u32> {
    standing.tag.as_ref()?.version.filter(|version| version.major() == 1)?.minor()
}

/// Why files that are copied may not be what they were.
fn copied(standing: &Standing<'_>, target: &Target) -> Option<String> {
    doubt_of(standing, target).map(|_| "what is taken from the image may not be what it was".into())
}

/// Images of which a release is one of a distribution.
const DISTRIBUTIONS: [&str; 9] = [
    "alpine",
    "almalinux",
    "amazonlinux",
    "buildpack-deps",
    "debian",
    "fedora",
    "oraclelinux",
    "rockylinux",
    "ubuntu",
];

/// Why a bump may change what the container does; none for a newer patch of the same release on the same system.
fn doubt_of(standing: &Standing<'_>, target: &Target) -> Option<String> {
    let product = product(standing);
    if !target.same_release {
        return Some(if DISTRIBUTIONS.contains(&product) {
            format!("packages and programs of another release of {product} may differ")
        } else {
            format!("programs made for another release of {product} may not work with it")
        });
    }
    if target.other_suite {
        return Some("it stands on another release of its distribution, whose packages may differ".into());
    }
    if is_other_system(standing, target) {
        return Some("it may stand on another release of its distribution, whose packages may differ".into());
    }
    let two = |version: Version| version.cut(2);
    let old = standing.tag.as_ref().and_then(|tag| tag.version).map(two);
    let new = Tag::parse(&target.tag).and_then(|tag| tag.version).map(two);
    (old != new).then(|| format!("releases of {product} in one line may differ in more than fixes"))
}

/// The last part of a family's name.
fn product<'s>(standing: &'s Standing<'_>) -> &'s str {
    standing.family.name.rsplit('/').next().unwrap_or(&standing.family.name)
}

/// The most precise version of the image of a tag.
fn row_version(standing: &Standing<'_>, target: &Target) -> Option<String> {
    let row = standing.listing?.tags.as_ref()?.row(&target.tag)?;
    Some(row.version()?.to_string())
}

/// The reference with another tag, and without a digest.
fn with_tag(reference: &str, tag: &str) -> String {
    let end = Reference::parse(reference).map_or(reference.len(), |parsed| parsed.name_end);
    format!("{}:{tag}", &reference[..end])
}

fn origin_text(used: &ImageUse<'_>, origin: &Reference<'_>) -> String {
    used.origin[..origin.name_end].to_owned()
}
