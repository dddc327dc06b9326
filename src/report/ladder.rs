//! The rung of a Go program's image for people, and why it is no higher one.

use super::Subject;
use super::clean::clean;
use super::text::{Style, evidence};
use crate::transform::ladder::{Blocker, Ladder, Rung, Shape};
use annotate_snippets::{Level, Message, Origin};

/// The rung of a file, and for each higher one what keeps it from there; nothing for what is no Go program's image, and
/// nothing, unless the evidence is asked for, for what is on the highest rung with nothing to do.
pub fn ladder(subject: &Subject<'_>, style: Style) -> String {
    let outcome = subject.outcome;
    let Some(ladder) = outcome.ladder.as_ref().filter(|_| outcome.problem.is_none()) else {
        return String::new();
    };
    if ladder.rung == Rung::Static && outcome.findings.is_empty() && !style.evidence {
        return String::new();
    }
    let path = clean(subject.path);
    let title = title(ladder);
    let mut group = Level::INFO.with_name("rung").primary_title(&*title).element(Origin::path(&*path));
    for (rungs, blocker) in kept(ladder) {
        group = group.element(note(format!("not {}", rungs.join(", ")), reason(blocker)));
    }
    for found in ladder.evidence.iter().filter(|_| style.evidence) {
        group = group.element(Level::NOTE.message(evidence(found)));
    }
    format!("{}\n\n", style.renderer().render(&[group]))
}

fn title(ladder: &Ladder) -> String {
    let from = match ladder.from {
        Shape::Single => "single",
        Shape::Multi => "multi",
    };
    format!("{} ({}), from a {from}-stage file", ladder.rung.name(), words(ladder.rung))
}

const fn words(rung: Rung) -> &'static str {
    match rung {
        Rung::Static => "no C library, no shell",
        Rung::BaseNossl => "the C library, no shell",
        Rung::Base => "the C library and TLS, no shell",
        Rung::Cc => "the C and C++ libraries, no shell",
        Rung::Slim => "a small distribution with a shell",
        Rung::InPlace => "the image as it is, with a user that is not root",
        Rung::Hygiene => "the image as it is, run as root",
    }
}

/// The rungs above the one reached, in runs with the same reason.
fn kept(ladder: &Ladder) -> Vec<(Vec<&'static str>, &Blocker)> {
    let mut kept: Vec<(Vec<&'static str>, &Blocker)> = Vec::new();
    for rung in Rung::ALL.into_iter().take_while(|rung| *rung < ladder.rung) {
        let Some(blocker) = first(ladder, rung) else { continue };
        match kept.last_mut() {
            Some((rungs, last)) if std::ptr::eq(*last, blocker) => rungs.push(rung.name()),
            _ => kept.push((vec![rung.name()], blocker)),
        }
    }
    kept
}

/// What keeps a file from a rung; what leave to make unsafe fixes can't pass goes first, since the other is no way out.
fn first(ladder: &Ladder, rung: Rung) -> Option<&Blocker> {
    let mut barring = ladder.blockers.iter().filter(|blocker| blocker.bars(rung));
    let passable = barring.clone().find(|blocker| blocker.passable);
    barring.find(|blocker| !blocker.passable).or(passable)
}

fn reason(blocker: &Blocker) -> String {
    let place = match (&blocker.file, blocker.line) {
        (Some(file), Some(line)) => format!("{}:{line}; ", clean(file)),
        (Some(file), None) => format!("{}; ", clean(file)),
        (None, Some(line)) => format!("line {line}; "),
        (None, None) => String::new(),
    };
    let unsafe_ = if blocker.passable { "--unsafe passes it; " } else { "" };
    format!("{} ({place}{unsafe_}harden explain {})", clean(&blocker.message), blocker.id.name())
}

fn note<'a>(name: String, message: String) -> Message<'a> {
    Level::NOTE.with_name(name).message(message)
}
