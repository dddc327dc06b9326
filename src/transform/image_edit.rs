//! How the name of an image is changed: where it is written, or in the default of the variable that says it.

use super::Context;
use crate::catalog::Reference;
use crate::document::Keyword;
use crate::edit::Edit;
use crate::model::ImageUse;
use crate::span::Span;

/// The edits that make a use name another image; none where the text does not say it plainly.
///
/// Only what differs is replaced. A variable is changed if one default of one `ARG` before the first `FROM` says it, and
/// nothing but names of images reads it: [`sharers`] tells which.
pub(super) fn rename(cx: &Context<'_>, used: &ImageUse<'_>, new: &str) -> Option<Edit> {
    let instruction = cx.document.instructions.get(used.instruction)?;
    if used.is_plain() {
        let (span, text) = difference(used.written, new);
        let at = Span::new(used.at.start + span.start, used.at.start + span.end);
        return Some(Edit { span: instruction.source(at), text: text.to_owned() });
    }
    let variable = Variable::of(used.written)?;
    let value = new.strip_prefix(variable.before)?.strip_suffix(variable.after)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-:/@".contains(c);
    let (old, span) = default(cx, variable.name)?;
    if value.is_empty() || !old.chars().all(plain) || old.is_empty() || !only_names(cx, variable.name) {
        return None;
    }
    let fits = format!("{}{old}{}", variable.before, variable.after) == used.reference;
    fits.then(|| Edit { span, text: value.to_owned() })
}

/// The name that the project has for an image, which may be at a mirror; an error where an image from a mirror would become
/// one that no mirror is named for.
pub(super) fn mirrored(cx: &Context<'_>, used: &ImageUse<'_>, new: &str) -> Result<String, String> {
    let copy = cx.view.rules.copy(new);
    if used.origin != used.reference && copy == new {
        return Err(format!("{} comes from a mirror, and none is named for {new}", used.reference));
    }
    Ok(copy.into_owned())
}

/// The images whose names hang on the same variable as that of a use; itself among them.
pub(super) fn sharers<'u, 'm>(used: &ImageUse<'_>, all: &'u [ImageUse<'m>]) -> Vec<&'u ImageUse<'m>> {
    let name = Variable::of(used.written).map(|variable| variable.name);
    all.iter().filter(|other| name.is_some() && Variable::of(other.written).map(|v| v.name) == name).collect()
}

/// Whether a change of a use changes other uses too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    /// It changes this one, or others that are written the same and come later.
    First,
    /// Another one that is written the same changes it.
    Later,
    /// It would change others to something else.
    Mixed,
}

/// How a use shares its variable.
pub(super) fn share(used: &ImageUse<'_>, all: &[ImageUse<'_>]) -> Share {
    let sharers = sharers(used, all);
    let is_this = |other: &ImageUse<'_>| (other.instruction, other.at) == (used.instruction, used.at);
    match sharers.first() {
        None => Share::First,
        Some(_) if sharers.iter().any(|other| other.written != used.written) => Share::Mixed,
        Some(first) if is_this(first) => Share::First,
        Some(_) => Share::Later,
    }
}

/// A canonical name as short as the name that it takes the place of: without the parts that Docker fills in, unless those
/// were written.
pub(super) fn familiar(canonical: &str, old: &Reference<'_>) -> String {
    let short = canonical.strip_prefix("docker.io/").filter(|_| old.registry.is_none());
    let Some(short) = short else { return canonical.to_owned() };
    short.strip_prefix("library/").filter(|_| !old.path.starts_with("library/")).unwrap_or(short).to_owned()
}

/// A name with one variable in it.
struct Variable<'t> {
    before: &'t str,
    name: &'t str,
    after: &'t str,
}

impl<'t> Variable<'t> {
    fn of(written: &'t str) -> Option<Self> {
        let (before, rest) = written.split_once('$')?;
        let (name, after) = match rest.strip_prefix('{') {
            Some(rest) => rest.split_once('}')?,
            None => rest.split_at(rest.find(|c| !is_word(c)).unwrap_or(rest.len())),
        };
        let plain = !name.is_empty() && name.chars().all(is_word);
        let literal = |text: &str| !text.contains(['$', '"', '\'', '\\', '`']);
        (plain && literal(before) && literal(after)).then_some(Self { before, name, after })
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The default of the only `ARG` of a name before the first `FROM`, and its place.
fn default<'d>(cx: &Context<'d>, name: &str) -> Option<(&'d str, Span)> {
    let head = cx.document.instructions.iter().take_while(|i| i.keyword != Keyword::From);
    let mut found = head.filter(|i| i.keyword == Keyword::Arg).flat_map(|instruction| {
        let pairs = instruction.pairs().into_iter().filter(|pair| pair.name == name);
        pairs.filter_map(|pair| Some((pair.value?.text, instruction.source(pair.value?.span))))
    });
    let only = found.next()?;
    found.next().is_none().then_some(only)
}

/// Whether nothing but names of images reads a variable.
fn only_names(cx: &Context<'_>, name: &str) -> bool {
    let in_names = cx.model.stages.iter().filter(|stage| {
        let written = &cx.model.from(stage).text.text()[stage.base_at.range()];
        Variable::of(written).is_some_and(|variable| variable.name == name)
    });
    occurrences(cx.document.text, name) == in_names.count() + 1
}

/// How often a name stands in a text, in comments too: they may be about its value.
fn occurrences(text: &str, name: &str) -> usize {
    text.matches(name).count()
}

/// What is to be replaced so that one reference becomes another: the tag and what follows it, where the name stays.
fn difference<'n>(old: &str, new: &'n str) -> (Span, &'n str) {
    let whole = (Span::new(0, old.len()), new);
    let (Some(from), Some(to)) = (Reference::parse(old), Reference::parse(new)) else { return whole };
    if old[..from.name_end] != new[..to.name_end] {
        return whole;
    }
    let start = from.name_end;
    match (from.tag_at, to.tag_at) {
        (Some(tag), Some(other)) if from.tag == to.tag => (Span::new(tag.end, old.len()), &new[other.end..]),
        (Some(tag), Some(other)) if from.digest == to.digest => (tag, &new[other.range()]),
        _ => (Span::new(start, old.len()), &new[start..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_replaced() {
        let sha = format!("sha256:{}", "0".repeat(64));
        for (old, new) in [
            ("golang:1.22", "golang:1.27"),
            ("golang", "golang:1.27"),
            ("golang:1.22", &format!("golang:1.22@{sha}")),
            (&format!("golang:1.22@{sha}"), "golang:1.27"),
            (&format!("golang@{sha}"), &format!("golang:1@{sha}")),
            ("openjdk:8", "eclipse-temurin:8"),
        ] {
            let (span, text) = difference(old, new);
            assert_eq!(format!("{}{text}{}", &old[..span.start], &old[span.end..]), new);
        }
        assert_eq!(difference("a/b:1.22", "a/b:1.27"), (Span::new(4, 8), "1.27"));
    }

    #[test]
    fn a_name_is_as_short_as_before() {
        for (canonical, old, new) in [
            ("docker.io/library/eclipse-temurin", "openjdk", "eclipse-temurin"),
            ("docker.io/library/eclipse-temurin", "library/openjdk", "library/eclipse-temurin"),
            ("docker.io/library/eclipse-temurin", "docker.io/openjdk", "docker.io/library/eclipse-temurin"),
            ("docker.io/jenkins/jenkins", "jenkins", "jenkins/jenkins"),
            ("registry.k8s.io/pause", "k8s.gcr.io/pause", "registry.k8s.io/pause"),
        ] {
            assert_eq!(familiar(canonical, &Reference::parse(old).unwrap()), new);
        }
    }

    #[test]
    fn a_variable_is_found_where_it_is_alone() {
        let parts = |text| Variable::of(text).map(|v| (v.before, v.name, v.after));
        assert_eq!(parts("golang:${V}-alpine"), Some(("golang:", "V", "-alpine")));
        assert_eq!(parts("golang:$V-alpine"), Some(("golang:", "V", "-alpine")));
        assert_eq!(parts("$IMAGE"), Some(("", "IMAGE", "")));
        for text in ["golang:$A$B", "golang:${V:-1}", "golang:1", "\"golang:$V\"", "golang:$"] {
            assert_eq!(parts(text), None, "{text}");
        }
    }
}
