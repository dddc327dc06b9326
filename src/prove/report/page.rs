//! What the page of a proof shows: words and numbers in their order, without markup.

mod lists;
mod run;

use super::prose::{Piece, opening, pieces};
use super::words::{amounts, change, is_one, kind, rows, sign, value, word};
use super::{Proof, verdict};
use crate::prove::proof::{Blame, Difference, Row, Trial, Verdict};
use crate::report::clean;
use serde::Serialize;

/// The most lines of a difference's detail.
const DETAIL: usize = 200;
/// The most entries of a list.
const MOST: usize = 1000;
/// The rows that are shown large, if they are there: the first four.
const LARGE: [&str; 7] = ["size", "user", "packages", "critical", "shell", "high", "compressed"];
/// Rows that are drawn beside those of the short table, all at one scale.
const DRAWN: [&str; 4] = ["critical", "high", "medium", "low"];

/// A sentence, as its pieces.
type Prose = Vec<Piece>;

/// All that the page shows.
#[derive(Serialize)]
pub(super) struct Page {
    verdict: &'static str,
    title: &'static str,
    reason: Prose,
    file: String,
    tool: String,
    differences: Vec<Different>,
    blame: Option<Blamed>,
    figures: Vec<Line>,
    bars: Vec<Line>,
    rows: Vec<Line>,
    scans: Vec<lists::Scan>,
    more: Option<&'static str>,
    packages: Option<lists::Lists>,
    recipes: Vec<Recipe>,
    notes: Vec<Prose>,
    run: run::Run,
}

/// A row in words; where it is drawn, with the lengths of its bars in percent.
#[derive(Serialize)]
struct Line {
    name: Prose,
    before: String,
    after: String,
    /// Whether both are told in one word, which is `after`.
    one: bool,
    change: Option<String>,
    sign: &'static str,
    word: &'static str,
    bars: Option<(String, String)>,
}

#[derive(Serialize)]
struct Different {
    kind: String,
    what: Prose,
    detail: Vec<String>,
    cut: usize,
    help: Option<Prose>,
}

#[derive(Serialize)]
struct Blamed {
    recipes: Vec<String>,
    rung: Option<&'static str>,
    command: Option<String>,
    trials: Vec<Tried>,
}

#[derive(Serialize)]
struct Tried {
    name: Prose,
    held: bool,
    why: Option<Prose>,
}

#[derive(Serialize)]
struct Recipe {
    id: String,
    title: Prose,
    safe: bool,
}

impl Page {
    /// What the page of a proof shows.
    pub(super) fn of(proof: &Proof) -> Self {
        let all = rows(proof, true);
        let find = |id: &&str| all.iter().find(|row| row.id == *id && !is_one(row));
        let recipe = |applied: &crate::prove::proof::Applied| Recipe {
            id: clean(&applied.recipe).into_owned(),
            title: pieces(&applied.title),
            safe: applied.applicability != "unsafe",
        };
        Self {
            verdict: verdict::word(proof.verdict),
            title: verdict::title(proof),
            reason: opening(&verdict::reason(proof)),
            file: clean(&proof.file).into_owned(),
            tool: clean(&proof.tool).into_owned(),
            differences: proof.differences.iter().take(MOST).map(different).collect(),
            blame: proof.blame.as_ref().map(blamed),
            figures: LARGE.iter().filter_map(find).take(4).map(|row| line(row)).collect(),
            bars: bars(&all),
            rows: all.iter().map(|row| line(row)).collect(),
            scans: lists::scans(proof),
            more: verdict::more(proof).filter(|_| proof.verdict != Verdict::Unchanged),
            packages: lists::packages(proof),
            recipes: proof.recipes.iter().take(MOST).map(recipe).collect(),
            notes: proof.notes.iter().take(MOST).map(|note| opening(note)).collect(),
            run: run::run(proof),
        }
    }
}

fn line(row: &Row) -> Line {
    Line {
        name: opening(&row.name),
        before: value(&row.before),
        after: value(&row.after),
        one: is_one(row),
        change: change(row).map(|change| change.replace('-', "−")),
        sign: sign(row.judgement),
        word: word(row.judgement),
        bars: None,
    }
}

/// The rows that are drawn: numbers, not both of them nothing.
fn bars(rows: &[&Row]) -> Vec<Line> {
    let is_severity = |row: &Row| DRAWN.contains(&row.id.as_str());
    let severities = rows.iter().filter(|row| is_severity(row)).filter_map(|row| amounts(row));
    let scale = severities.map(|(before, after)| before.max(after)).max().unwrap_or(0);
    let drawn = rows.iter().filter(|row| row.headline || is_severity(row)).filter_map(|row| {
        let (before, after) = amounts(row).filter(|amounts| *amounts != (0, 0))?;
        let most = if is_severity(row) { scale } else { before.max(after) };
        Some(Line { bars: Some((share(before, most), share(after, most))), ..line(row) })
    });
    drawn.collect()
}

/// A share in percent with two digits after the point.
fn share(part: u64, whole: u64) -> String {
    let share = u128::from(part) * 10_000 / u128::from(whole.max(1));
    format!("{}.{:02}", share / 100, share % 100)
}

fn different(difference: &Difference) -> Different {
    let line = |line: &String| clean(&line.replace('\t', "    ")).into_owned();
    Different {
        kind: kind(difference.id),
        what: opening(&difference.what),
        detail: difference.detail.iter().take(DETAIL).map(line).collect(),
        cut: difference.detail.len().saturating_sub(DETAIL),
        help: difference.help.as_ref().map(|help| pieces(help)),
    }
}

fn blamed(blame: &Blame) -> Blamed {
    let tried = |trial: &Trial| Tried {
        name: pieces(&trial.name),
        held: trial.held,
        why: trial.why.as_ref().map(|why| pieces(why)),
    };
    Blamed {
        recipes: blame.recipes.iter().map(|recipe| clean(recipe).into_owned()).collect(),
        rung: blame.rung.map(crate::transform::ladder::Rung::name),
        command: blame.command.as_ref().map(|command| clean(command).into_owned()),
        trials: blame.trials.iter().take(MOST).map(tried).collect(),
    }
}
