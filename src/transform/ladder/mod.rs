//! The ladder: how hardened the final image of a Go program can be shown to be right.
//!
//! In: a document, its model and, where there is one, its project. Out: the rungs that it may go to, with what keeps it
//! from each higher one, and the plan that takes it there. Does not know how plans become edits of recipes.
//!
//! `split` looks at a stage that builds and ships its program, `swap` at one that ships what another builds, `onbuild` at
//! images that build by triggers. What they ask is answered by the others: what the command runs (`command`, `known`),
//! what makes it (`trace`, `copies`), whether it needs a C library (`purity`), what its code does (`context`, `code`),
//! and what instructions and steps leave behind (`demands`, `steps`, `arguments`, `accounts`, `files`).

mod accounts;
mod arguments;
mod blocker;
mod code;
mod command;
pub(super) mod context;
mod copies;
mod demands;
mod files;
pub(super) mod known;
mod onbuild;
mod purity;
mod rung;
pub(super) mod split;
mod steps;
pub(super) mod swap;
mod trace;

pub(super) use known::{IDLE, RELOADERS, TOOLS};
pub(super) use steps::Account;

pub use blocker::{Blocker, Id};
pub use rung::{Rung, Shape};

use super::Context;
use crate::edit::{Edit, Evidence};
use crate::model::Stage;
use serde::Serialize;
use split::Split;
use swap::Swap;

/// How far a file got, and why not further.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ladder {
    /// The rung of the file as it is now.
    pub rung: Rung,
    /// Whether the program was built in the stage that ships, or in another.
    pub from: Shape,
    /// What keeps it from higher rungs, the first reason first.
    pub blockers: Vec<Blocker>,
    /// What was checked.
    pub evidence: Vec<Evidence>,
}

/// What was found out about a file.
#[derive(Debug)]
pub(super) struct Assessment<'c> {
    /// Whether the program is built in the stage that ships.
    pub shape: Shape,
    /// Everything in the way.
    pub blockers: Vec<Blocker>,
    /// What was checked.
    pub evidence: Vec<Evidence>,
    /// How to get there, where nothing that can't be passed is in the way.
    pub plan: Option<Plan<'c>>,
}

/// The way to a higher rung.
#[derive(Debug)]
pub(super) enum Plan<'c> {
    /// One stage becomes two.
    Split(Box<Split<'c>>),
    /// The final stage gets another base.
    Swap(Box<Swap<'c>>),
    /// What the triggers of the base do is written out, after which the stage can become two.
    Expand(Vec<Edit>),
}

impl Assessment<'_> {
    /// The highest rung, of those up to `highest`, that nothing keeps the file from; `passing` overlooks what `--unsafe`
    /// may pass.
    fn reach(&self, highest: Rung, passing: bool) -> Rung {
        let barred = |rung: Rung| self.blockers.iter().any(|b| b.bars(rung) && !(passing && b.passable));
        Rung::ALL.into_iter().find(|rung| *rung >= highest && !barred(*rung)).unwrap_or(Rung::Hygiene)
    }

    /// The rungs to propose, none above `highest`, the highest first, with the reason why one may not be right.
    pub(super) fn rungs(&self, highest: Rung) -> Vec<(Rung, Option<&Blocker>)> {
        let (hoped, sure) = (self.reach(highest, true), self.reach(highest, false));
        let mut rungs = Vec::new();
        if hoped != sure {
            rungs.push((hoped, self.blockers.iter().find(|b| b.bars(hoped))));
        }
        rungs.push((sure, None));
        rungs.retain(|(rung, _)| *rung <= Rung::Slim);
        rungs
    }
}

/// The user by number, for an image without accounts; none for root.
pub(super) fn identity(written: &str, accounts: &[Account]) -> Option<String> {
    accounts::identity(written, accounts, "65532:65532").map(|identity| identity.written)
}

/// Where a `COPY` puts what it brings.
pub(super) fn target(cx: &Context<'_>, index: usize) -> Option<String> {
    copies::copy(cx, index, &cx.document.instructions[index]).map(|copy| copy.target)
}

/// The files that a stage copies to names of their own.
pub(super) fn file_targets(cx: &Context<'_>, stage: &Stage) -> Vec<String> {
    let copies = copies::copies(cx, stage).filter_map(|(_, copy)| copy);
    copies.filter(|copy| !copy.into).map(|copy| copy.target).collect()
}

/// The rung of a stage as it is.
pub(super) fn rung(cx: &Context<'_>, stage: &Stage) -> Rung {
    rung::of(cx, stage)
}

/// Looks at a file and tells everything once; none when its final image holds no Go program as far as the text tells.
pub(super) fn assess<'c>(cx: &Context<'c>) -> Option<Assessment<'c>> {
    let mut found = look(cx)?;
    // What can't be passed and what bars most comes first: it is the reason.
    found.blockers.sort_by_key(|b| (b.passable, std::cmp::Reverse(b.through)));
    for index in (1..found.blockers.len()).rev() {
        if found.blockers[..index].contains(&found.blockers[index]) {
            found.blockers.remove(index);
        }
    }
    for index in (1..found.evidence.len()).rev() {
        if found.evidence[..index].contains(&found.evidence[index]) {
            found.evidence.remove(index);
        }
    }
    Some(found)
}

/// Looks at a file; none when its final image holds no Go program as far as the text tells.
fn look<'c>(cx: &Context<'c>) -> Option<Assessment<'c>> {
    let stage = cx.model.final_stage()?;
    if onbuild::is_onbuild(stage) {
        return Some(onbuild::assess(cx, stage));
    }
    let builds = || cx.model.chain(stage).any(|part| !cx.model.go_programs(part).is_empty());
    if cx.model.go_image(stage).is_some() && (builds() || !swap::is_shipped(cx, stage)) {
        return Some(split::assess(cx, stage));
    }
    swap::is_shipped(cx, stage).then(|| swap::assess(cx, stage))
}

impl Ladder {
    /// The ladder of a text as it was found.
    pub fn of(cx: &Context<'_>) -> Option<Self> {
        let found = cx.assessment()?;
        let rung = rung::of(cx, cx.model.final_stage()?);
        Some(Self {
            rung,
            from: found.shape,
            blockers: found.blockers.clone(),
            evidence: found.evidence.clone(),
        })
    }

    /// The same, for what the text has become: the rung is the new one, and what it passed is no blocker any more.
    #[must_use]
    pub fn arrived(mut self, cx: &Context<'_>) -> Self {
        if let Some(stage) = cx.model.final_stage() {
            self.rung = rung::of(cx, stage);
        }
        let rung = self.rung;
        self.blockers.retain(|b| Rung::ALL.into_iter().any(|higher| higher < rung && b.bars(higher)));
        self
    }
}
