//! The catalog as a run sees it.

use super::{Images, Lookups, Rules, listing};
use jiff::civil::Date;
use std::sync::OnceLock;

/// What a run knows of images beside the catalog itself: the day, the project's rules, the answers of registries.
#[derive(Clone, Debug)]
pub struct View {
    /// The catalog on the day of the run.
    pub images: Images,
    /// What the project says about images.
    pub rules: Rules,
    /// What registries answered; nothing offline.
    pub lookups: Lookups,
}

impl View {
    /// The catalog on a day, without rules or answers.
    pub fn on(date: Date) -> Self {
        Self { images: Images { date }, rules: Rules::default(), lookups: Lookups::default() }
    }

    /// The catalog on the day that its listings are from, for what must come out the same on every day.
    pub fn of_listings() -> Self {
        Self::on(listing::date())
    }

    /// The catalog today.
    pub fn today() -> Self {
        Self::on(today())
    }

    /// The same for a project that says something of images; what the run says goes before that.
    #[must_use]
    pub fn with(&self, rules: Rules) -> Self {
        let rules = Rules { provider: self.rules.provider.or(rules.provider), ..rules };
        Self { rules, images: self.images, lookups: self.lookups.clone() }
    }

    /// One for those who look at no images.
    pub(crate) fn any() -> &'static Self {
        static ANY: OnceLock<View> = OnceLock::new();
        ANY.get_or_init(Self::today)
    }
}

/// The day in UTC, which is the same everywhere.
pub fn today() -> Date {
    jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date()
}
