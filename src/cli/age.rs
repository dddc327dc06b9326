//! That the catalog of images is old, said once a run.

use super::args::Global;
use super::terminal::Terminal;
use crate::catalog::{listing, today};
use jiff::civil::Date;

/// Days after which the age of the catalog is mentioned.
const OLD: i32 = 90;

/// Says that the catalog is old, if it is. Nobody is told who asks for a day of their own or for silence.
pub(super) fn mention(as_of: Option<Date>, global: &Global) {
    if as_of.is_none()
        && !global.quiet
        && let Some(note) = note(listing::newest(), today())
    {
        Terminal::tell(&note);
    }
}

/// What is said on a day about a catalog of a day.
fn note(catalog: Date, today: Date) -> Option<String> {
    let days = today.since(catalog).ok()?.get_days();
    (days > OLD).then(|| {
        format!(
            "the catalog of images is from {catalog}, {days} days ago: newer releases are not known; `harden catalog \
             update --online`\n"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn only_an_old_catalog_is_mentioned() {
        let catalog = date(2026, 8, 22);
        for fresh in [date(2026, 11, 20), catalog, date(2020, 1, 1)] {
            assert_eq!(note(catalog, fresh), None, "{fresh}");
        }
        assert_eq!(
            note(catalog, date(2026, 11, 23)).as_deref(),
            Some(
                "the catalog of images is from 2026-08-22, 93 days ago: newer releases are not known; `harden \
                 catalog update --online`\n"
            )
        );
        assert!(note(catalog, date(2028, 8, 22)).is_some_and(|note| note.contains(" 731 days ago")));
    }
}
