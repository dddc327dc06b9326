//! Bars of two lengths.

/// The most cells of a bar.
const MOST: usize = 16;
/// A bar of fewer cells tells nothing.
const LEAST: usize = 5;
/// What stands between two bars, and its columns.
pub(super) const BETWEEN: (&str, usize) = (" → ", 3);
/// Parts of a cell, in eighths.
const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// The cells of each of two bars in so many columns; none where they do not fit.
pub(super) fn cells(columns: usize) -> Option<usize> {
    let cells = (columns.saturating_sub(BETWEEN.1) / 2).min(MOST);
    (cells >= LEAST).then_some(cells)
}

/// A bar for `amount`, where `most` fills all cells. What is not nothing is seen.
pub(super) fn bar(amount: u64, most: u64, cells: usize) -> String {
    let eighths = cells as u128 * 8 * u128::from(amount) / u128::from(most.max(1));
    let eighths = (eighths as usize).max(usize::from(amount > 0)).min(cells * 8);
    format!("{}{}", "█".repeat(eighths / 8), PARTS[eighths % 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_nothing_is_seen() {
        assert_eq!(bar(0, 12, 8), "");
        assert_eq!(bar(1, u64::MAX, 8), "▏");
        assert_eq!(bar(u64::MAX, u64::MAX, 8), "████████");
        assert_eq!(bar(3, 4, 6), "████▌");
    }

    #[test]
    fn bars_are_left_out_where_they_do_not_fit() {
        assert_eq!(cells(12), None);
        assert_eq!(cells(13), Some(5));
        assert_eq!(cells(200), Some(16));
    }
}
