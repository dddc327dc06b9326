//! What was found at the addresses of files on this run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// What was found at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remote {
    /// A file with this digest, `sha256:...`.
    File(String),
    /// No file, or none that could be read: why, for people, without a full stop.
    Failed(String),
}

/// What was found at addresses on this run; empty offline.
///
/// As with references of images, verbs note what they want to know, somebody else asks, and the verbs look again.
#[derive(Clone, Debug, Default)]
pub struct Remotes {
    found: BTreeMap<String, Remote>,
    /// What was wanted and has no answer; none where nobody is going to ask.
    wanted: Option<Arc<Mutex<BTreeSet<String>>>>,
}

impl PartialEq for Remotes {
    fn eq(&self, other: &Self) -> bool {
        self.found == other.found
    }
}

impl Eq for Remotes {}

impl Remotes {
    /// Nothing found yet, but questions are noted.
    pub fn noting() -> Self {
        Self { wanted: Some(Arc::default()), ..Self::default() }
    }

    /// What was found at an address; none where nobody looked.
    pub fn at(&self, address: &str) -> Option<&Remote> {
        let found = self.found.get(address);
        if let (None, Some(wanted)) = (found, &self.wanted) {
            wanted.lock().unwrap_or_else(PoisonError::into_inner).insert(address.to_owned());
        }
        found
    }

    /// What was wanted since the last time and has no answer; once for all clones.
    pub fn take_wanted(&self) -> BTreeSet<String> {
        let take = |wanted: &Arc<Mutex<BTreeSet<String>>>| {
            std::mem::take(&mut *wanted.lock().unwrap_or_else(PoisonError::into_inner))
        };
        let mut wanted = self.wanted.as_ref().map(take).unwrap_or_default();
        wanted.retain(|address| !self.found.contains_key(address));
        wanted
    }

    /// Notes what was found.
    pub fn extend(&mut self, found: impl IntoIterator<Item = (String, Remote)>) {
        self.found.extend(found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_noted_once_and_only_where_somebody_asks() {
        let mut remotes = Remotes::noting();
        let view = remotes.clone();
        assert_eq!((view.at("https://a.b/c"), view.at("https://a.b/c")), (None, None));
        assert_eq!(Vec::from_iter(remotes.take_wanted()), ["https://a.b/c"]);
        remotes.extend([("https://a.b/c".to_owned(), Remote::File("sha256:1".to_owned()))]);
        assert_eq!(remotes.at("https://a.b/c"), Some(&Remote::File("sha256:1".to_owned())));
        assert!(remotes.take_wanted().is_empty());
        let offline = Remotes::default();
        offline.at("https://a.b/c");
        assert!(offline.take_wanted().is_empty());
    }
}
