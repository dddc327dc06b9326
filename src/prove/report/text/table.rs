//! The table of a proof.

use super::super::words::{amounts, change, is_one, rows, sign, value};
use super::super::{Proof, Style, bars};
use super::lines::{Lines, columns, fitted};
use crate::prove::proof::{Judgement, Row};
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
    let rows = rows(proof, style.all);
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
    let side =
        |side: &dyn Fn(&Row) -> String| widest(&|row| if is_one(row) { String::new() } else { side(row) });
    let (before, after) = (side(&|row| value(&row.before)), side(&|row| value(&row.after)));
    let (before, after) = shared(room, before.clamp(6, most), after.clamp(5, most));
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
    let values = if is_one(row) {
        fitted(&value(&row.after), widths.before + ARROW + widths.after)
    } else {
        let [before, after] = [(&row.before, widths.before), (&row.after, widths.after)];
        format!("{} → {}", fitted(&value(before.0), before.1), fitted(&value(after.0), after.1))
    };
    let change = fitted(&change(row).unwrap_or_default(), widths.change);
    let change = lines.paint(code, &change);
    format!("  {sign} {name}  {values}  {change}  {}", bar(lines, row, widths))
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
