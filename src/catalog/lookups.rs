//! What registries answered on this run.

use super::Reference;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a registry said about a name and tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The digest that a build would pin, `sha256:...`: of the index where the image has several platforms.
    Digest(String),
    /// The registry has no such name or tag, or doesn't show it to this user.
    Missing,
    /// It could not be asked or its answer made no sense: why, for people, without a full stop.
    Failed(String),
}

/// What registries said about references on this run; empty offline.
///
/// Verbs can't ask registries: they are far away, and one after the other would take long. So on a run that may ask, what they
/// wanted to know is noted here; somebody else asks, and the verbs look again.
#[derive(Clone, Debug, Default)]
pub struct Lookups {
    answers: BTreeMap<String, Answer>,
    /// What was wanted and has no answer; none where nobody is going to ask.
    wanted: Option<Arc<Mutex<BTreeSet<String>>>>,
}

impl PartialEq for Lookups {
    fn eq(&self, other: &Self) -> bool {
        self.answers == other.answers
    }
}

impl Eq for Lookups {}

impl Lookups {
    /// No answers yet, but questions are noted.
    pub fn noting() -> Self {
        Self { wanted: Some(Arc::default()), ..Self::default() }
    }

    /// The answer about a reference's name and tag; none where no registry was asked. Its digest has no part in it.
    pub fn answer(&self, reference: &Reference<'_>) -> Option<&Answer> {
        let answer = self.answers.get(&key(reference));
        if answer.is_none() {
            self.want(reference);
        }
        answer
    }

    /// Whether a registry said that there is no such image. Nobody is made to ask: there may be many candidates.
    pub fn is_missing(&self, reference: &Reference<'_>) -> bool {
        !self.is_empty() && self.answers.get(&key(reference)) == Some(&Answer::Missing)
    }

    /// Notes that an answer is wanted, where somebody is going to ask.
    pub fn want(&self, reference: &Reference<'_>) {
        if let Some(wanted) = &self.wanted
            && !reference.is_scratch()
            && !self.answers.contains_key(&key(reference))
        {
            lock(wanted).insert(key(reference));
        }
    }

    /// What was wanted since the last time and has no answer, as in `docker.io/library/golang:1.27`; once for all clones.
    pub fn take_wanted(&self) -> BTreeSet<String> {
        let wanted = self.wanted.as_ref().map(|wanted| std::mem::take(&mut *lock(wanted)));
        let mut wanted = wanted.unwrap_or_default();
        wanted.retain(|key| !self.answers.contains_key(key));
        wanted
    }

    /// Takes all answers of others.
    pub fn extend(&mut self, others: Self) {
        self.answers.extend(others.answers);
    }

    /// Notes an answer; a later one about the same name and tag replaces it.
    pub fn insert(&mut self, reference: &Reference<'_>, answer: Answer) {
        self.answers.insert(key(reference), answer);
    }

    /// Whether no registry was asked about anything.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// All answers with what they are about, as in `docker.io/library/golang:1.27`, in the order of the alphabet.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Answer)> {
        self.answers.iter().map(|(key, answer)| (key.as_str(), answer))
    }
}

fn lock(wanted: &Mutex<BTreeSet<String>>) -> MutexGuard<'_, BTreeSet<String>> {
    wanted.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Two references with one key are one question: the full name and the tag, which is `latest` where none is written.
fn key(reference: &Reference<'_>) -> String {
    format!("{}:{}", reference.canonical(), reference.tag.unwrap_or("latest"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(text: &str) -> Reference<'_> {
        Reference::parse(text).unwrap()
    }

    #[test]
    fn every_spelling_of_a_reference_has_the_same_answer() {
        let digest = format!("sha256:{}", "1".repeat(64));
        let mut lookups = Lookups::default();
        assert!(lookups.is_empty());
        lookups.insert(&reference("golang"), Answer::Digest(digest.clone()));
        lookups.insert(&reference("golang:1.27"), Answer::Missing);
        let pinned = format!("golang:latest@{digest}");
        for same in ["golang:latest", "docker.io/library/golang", "index.docker.io/golang:latest", &pinned] {
            assert_eq!(lookups.answer(&reference(same)), Some(&Answer::Digest(digest.clone())), "{same}");
        }
        assert_eq!(lookups.answer(&reference("library/golang:1.27")), Some(&Answer::Missing));
        for other in ["golang:1", "me/golang", "ghcr.io/library/golang"] {
            assert_eq!(lookups.answer(&reference(other)), None, "{other}");
        }
        let keys: Vec<_> = lookups.iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["docker.io/library/golang:1.27", "docker.io/library/golang:latest"]);
    }

    #[test]
    fn questions_are_noted_once_and_only_where_somebody_asks() {
        let mut lookups = Lookups::noting();
        let view = lookups.clone();
        for text in ["golang:1.27", "docker.io/library/golang:1.27", "golang", "scratch"] {
            assert_eq!(view.answer(&reference(text)), None);
        }
        assert!(!view.is_missing(&reference("golang:1.28")));
        lookups.insert(&reference("golang:latest"), Answer::Missing);
        assert!(lookups.is_missing(&reference("golang")));
        let wanted = Vec::from_iter(lookups.take_wanted());
        assert_eq!(wanted, ["docker.io/library/golang:1.27"], "the other one was answered meanwhile");
        assert!(lookups.take_wanted().is_empty());
        let offline = Lookups::default();
        offline.answer(&reference("golang"));
        assert!(offline.take_wanted().is_empty());
    }
}
