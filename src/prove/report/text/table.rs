//! The table of a proof.

use super::super::words::{amounts, change, is_short, sign, value};
use super::super::{Proof, Style, bars};
use super::lines::{Lines, columns, fitted};
use crate::prove::proof::{Judgement, Row, Value};
use crate::report::clean;

/// What stands before the name, between columns, and between the two values.
const MARGIN: usize = 4;
const GAP: usize = 2;
const ARROW: usize = 3;
/// The most columns of a name, and of a value where there is room for more.
const NAME: usize = 24;
const VALUE: usize = 20;

/// Columns for each part of a line.
struct Widths {
    name: usize,
    before: usize,
    after: usize,
    change: usize,
    /// Cells of a bar, where bars fit.
    bar: Option<usize>,
}

/// The rows that the style asks for, and a line above them.
pub(super) fn table(lines: &mut Lines, proof: &Proof, style: Style) {
    let rows: Vec<&Row> = proof.rows.iter().filter(|row| style.all || is_short(row)).collect();
    if rows.is_empty() {
        return;
    }
    let widths = widths(&rows, lines.width);
    let blank = " ".repeat(MARGIN + widths.name + GAP);
    let before = fitted("before", widths.before);
    let head = lines.paint("2", &format!("{before}{}after", " ".repeat(ARROW)));
    lines.line(&format!("{blank}{head}"));
    for row in rows {
        let line = line(lines, row, &widths);
        lines.line(&line);
    }
    lines.blank();
}

fn widths(rows: &[&Row], width: usize) -> Widths {
    let widest =
        |cells: &dyn Fn(&Row) -> String| rows.iter().map(|row| columns(&cells(row))).max().unwrap_or(0);
    let name = widest(&|row| clean(&row.name).into_owned()).min(NAME).min(width / 3);
    let change = widest(&|row| change(row).unwrap_or_default());
    let fixed = MARGIN + name + GAP + ARROW + GAP + change;
    let room = width.saturating_sub(fixed);
    let most = VALUE.max((width / 4).min(40));
    let (before, after) =
        shared(room, widest(&|row| before(row)).clamp(6, most), widest(&|row| after(row)).clamp(5, most));
    let bar = bars::cells(room.saturating_sub(before + after + GAP));
    Widths { name, before, after, change, bar }
}

/// The room for two columns: as they want, or half of it for the wider.
fn shared(room: usize, before: usize, after: usize) -> (usize, usize) {
    if before + after <= room {
        return (before, after);
    }
    let (one, other) = (room / 2, room - room / 2);
    if before <= one {
        (before, room - before)
    } else if after <= other {
        (room - after, after)
    } else {
        (one, other)
    }
}

/// The value of the original; that of the rewrite where only that is told, in a word.
fn before(row: &Row) -> String {
    if is_one(row) { value(&row.after) } else { value(&row.before) }
}

fn after(row: &Row) -> String {
    if is_one(row) { String::new() } else { value(&row.after) }
}

/// Whether a row tells of both images in one word.
fn is_one(row: &Row) -> bool {
    matches!((&row.before, &row.after), (Value::Unknown, Value::Text(_)))
        || (row.before == row.after && row.judgement == Judgement::Same)
}

const fn colour(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::Better => "32",
        Judgement::Same => "2",
        Judgement::Changed => "33",
        Judgement::Worse => "1;31",
    }
}

fn line(lines: &Lines, row: &Row, widths: &Widths) -> String {
    let code = colour(row.judgement);
    let sign = lines.paint(code, sign(row.judgement));
    let name = fitted(&clean(&row.name), widths.name);
    let before = fitted(&before(row), widths.before);
    let after = fitted(&after(row), widths.after);
    let arrow = if is_one(row) { "   " } else { " → " };
    let change = fitted(&change(row).unwrap_or_default(), widths.change);
    let change = lines.paint(code, &change);
    format!("  {sign} {name}  {before}{arrow}{after}  {change}  {}", bar(lines, row, widths))
}

fn bar(lines: &Lines, row: &Row, widths: &Widths) -> String {
    let drawn = amounts(row).filter(|(before, after)| before != after).zip(widths.bar);
    let Some(((before, after), cells)) = drawn else { return String::new() };
    let most = before.max(after);
    let old = lines.paint("2", &fitted(&bars::bar(before, most, cells), cells));
    let new = match bars::bar(after, most, cells) {
        empty if empty.is_empty() => "0".to_owned(),
        bar => bar,
    };
    format!("{old}{}{}", bars::BETWEEN.0, lines.paint(colour(row.judgement), &new))
}
