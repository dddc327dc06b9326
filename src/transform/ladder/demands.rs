//! What instructions ask of the image that the program runs in, whether its stage is split or gets another base.

use super::super::{Context, user};
use super::blocker::{Blocker, Id};
use crate::document::Instruction;
use crate::edit::Evidence;
use crate::model::expand;

/// A note on a port that some engines keep from users other than root.
pub(super) fn port(cx: &Context<'_>, expose: &Instruction<'_>) -> Option<Evidence> {
    let low = expose.words().any(|w| user::low_port(w.text));
    let note = "a port below 1024: engines before Docker 20.10, and some for Kubernetes, keep it from users other than root";
    low.then(|| cx.evidence(note, expose))
}

/// What keeps a health check from an image without other programs; one that calls the program itself may stay.
pub(super) fn health(cx: &Context<'_>, check: &Instruction<'_>, program: Option<&str>) -> Option<Blocker> {
    let called = check.json.as_ref().and_then(|words| words.first()).map(|w| w.value.as_str());
    if check.args().trim().eq_ignore_ascii_case("none") || called.is_some() && called == program {
        return None;
    }
    let message = "HEALTHCHECK runs a command that distroless images have not";
    Some(Blocker::new(Id::HealthcheckCommand, message).at(cx, check))
}

/// The folders of a `VOLUME`, and a blocker for each that the text does not tell.
pub(super) fn volume(
    cx: &Context<'_>,
    index: usize,
    volume: &Instruction<'_>,
) -> (Vec<String>, Vec<Blocker>) {
    let state = cx.model.state(index);
    let words: Vec<&str> = match &volume.json {
        Some(words) => words.iter().map(|w| w.value.as_str()).collect(),
        None => volume.words().map(|w| w.text).collect(),
    };
    let (mut folders, mut blockers) = (Vec::new(), Vec::new());
    for word in words {
        let path = expand(word, '\\', &|name| state.variable(name)).and_then(|path| state.absolute(&path));
        match path {
            Some(path) => folders.push(path),
            None => {
                let message = "the volume's path hangs on a variable";
                blockers.push(Blocker::new(Id::SettingsVariables, message).at(cx, volume));
            }
        }
    }
    (folders, blockers)
}

/// What a capability of the program keeps it from.
pub(super) fn capability(cx: &Context<'_>, run: &Instruction<'_>) -> Blocker {
    Blocker::new(Id::Setcap, "setcap gives the program a capability").at(cx, run)
}

/// What certificate authorities that an image adds keep it from.
pub(super) fn authorities(cx: &Context<'_>, run: &Instruction<'_>) -> Blocker {
    let message = "certificate authorities of one's own are added";
    Blocker::new(Id::CustomCertificates, message).at(cx, run)
}
