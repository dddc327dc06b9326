//! What registries answered on this run.

use super::{Reference, Remotes};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a registry said about a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The digest that a build would pin, `sha256:...`: of the index where the image has several platforms.
    Digest(String),
    /// What became of the digest of a reference that has one.
    Pin(Pin),
    /// The registry itself could not be asked, and this is what one of its mirrors says that the tag names: nothing to rely on.
    Copy {
        /// As `Digest` has it.
        digest: String,
        /// The mirror, `registry.corp:5000`.
        registry: String,
        /// Why the registry itself could not be asked, for people, without a full stop.
        why: String,
    },
    /// The registry has no such name or tag, or doesn't show it to this user.
    Missing,
    /// It could not be asked or its answer made no sense: why, for people, without a full stop.
    Failed(String),
}

/// How a pinned reference stands, as in `golang:1.27@sha256:...`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pin {
    /// The tag leads to the digest.
    Current,
    /// The tag leads to this index now, of which the digest is one platform.
    Platform(String),
    /// The tag leads to this digest now; the image of the pinned one is still there.
    Moved(String),
    /// There is no such tag, or none is written; the image of the digest is there.
    Untagged,
    /// The registry has no image of the digest; the digest that the tag leads to, if there is one.
    Gone(Option<String>),
}

/// The answer about a pin that needs no question.
static CURRENT: Answer = Answer::Pin(Pin::Current);

/// What registries said about references on this run; empty offline.
///
/// Verbs can't ask registries: they are far away, and one after the other would take long. So on a run that may ask, what they
/// wanted to know is noted here; somebody else asks, and the verbs look again.
#[derive(Clone, Debug, Default)]
pub struct Lookups {
    answers: BTreeMap<String, Answer>,
    /// What was found at addresses that are no registry's.
    pub remotes: Remotes,
    /// What was wanted and has no answer; none where nobody is going to ask.
    wanted: Option<Arc<Mutex<BTreeSet<String>>>>,
}

impl PartialEq for Lookups {
    fn eq(&self, other: &Self) -> bool {
        self.answers == other.answers && self.remotes == other.remotes
    }
}

impl Eq for Lookups {}

impl Lookups {
    /// No answers yet, but questions are noted.
    pub fn noting() -> Self {
        Self { wanted: Some(Arc::default()), remotes: Remotes::noting(), ..Self::default() }
    }

    /// The answer about a reference; none where no registry was asked. One with a digest is another question than one without.
    pub fn answer(&self, reference: &Reference<'_>) -> Option<&Answer> {
        let answer = self.answers.get(&Self::key(reference)).or_else(|| self.follows(reference));
        if answer.is_none() {
            self.want(reference);
        }
        answer
    }

    /// The answer about a digest that its tag was told to name: pins of this run need no question.
    fn follows(&self, reference: &Reference<'_>) -> Option<&Answer> {
        let (_, digest) = (reference.tag?, reference.digest?);
        match self.answers.get(&Self::key(&Reference { digest: None, ..*reference }))? {
            Answer::Digest(now) if now == digest => Some(&CURRENT),
            copy @ Answer::Copy { digest: now, .. } if now == digest => Some(copy),
            _ => None,
        }
    }

    /// Whether a registry said that there is no such image. Nobody is made to ask: there may be many candidates.
    pub fn is_missing(&self, reference: &Reference<'_>) -> bool {
        !self.is_empty() && self.answers.get(&Self::key(reference)) == Some(&Answer::Missing)
    }

    /// Notes that an answer is wanted, where somebody is going to ask.
    pub fn want(&self, reference: &Reference<'_>) {
        if let Some(wanted) = &self.wanted
            && !reference.is_scratch()
            && !self.answers.contains_key(&Self::key(reference))
        {
            lock(wanted).insert(Self::key(reference));
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

    /// Notes an answer; a later one about the same question replaces it.
    pub fn insert(&mut self, reference: &Reference<'_>, answer: Answer) {
        self.answers.insert(Self::key(reference), answer);
    }

    /// Whether no registry was asked about anything.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// What a question is called. References with one key are one question: the full name, with the tag, which is `latest`
    /// where neither a tag nor a digest is written, and with the digest.
    pub(crate) fn key(reference: &Reference<'_>) -> String {
        let name = reference.canonical();
        match (reference.tag, reference.digest) {
            (None, None) => format!("{name}:latest"),
            (Some(tag), None) => format!("{name}:{tag}"),
            (None, Some(digest)) => format!("{name}@{digest}"),
            (Some(tag), Some(digest)) => format!("{name}:{tag}@{digest}"),
        }
    }

    /// All answers with what they are about, as in `docker.io/library/golang:1.27`, in the order of the alphabet.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Answer)> {
        self.answers.iter().map(|(key, answer)| (key.as_str(), answer))
    }
}

fn lock(wanted: &Mutex<BTreeSet<String>>) -> MutexGuard<'_, BTreeSet<String>> {
    wanted.lock().unwrap_or_else(PoisonError::into_inner)
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
        for same in ["golang:latest", "docker.io/library/golang", "index.docker.io/golang:latest"] {
            assert_eq!(lookups.answer(&reference(same)), Some(&Answer::Digest(digest.clone())), "{same}");
        }
        assert_eq!(lookups.answer(&reference("library/golang:1.27")), Some(&Answer::Missing));
        let current = format!("golang:latest@{digest}");
        assert_eq!(lookups.answer(&reference(&current)), Some(&Answer::Pin(Pin::Current)));
        let pins = ["golang:latest", "golang:1.27", "golang"]
            .map(|name| format!("{name}@sha256:{}", "2".repeat(64)));
        for other in ["golang:1", "me/golang", "ghcr.io/library/golang", &pins[0], &pins[1], &pins[2]] {
            assert_eq!(lookups.answer(&reference(other)), None, "{other}");
        }
        for pin in &pins {
            lookups.insert(&reference(pin), Answer::Pin(Pin::Current));
            let full = format!("docker.io/library/{pin}");
            assert_eq!(lookups.answer(&reference(&full)), Some(&Answer::Pin(Pin::Current)));
            assert!(lookups.iter().any(|(key, _)| key == full), "what is wanted is a reference");
        }
        let keys: Vec<_> = lookups.iter().map(|(key, _)| key).collect();
        let names: Vec<_> = keys.into_iter().filter(|key| !key.contains('@')).collect();
        assert_eq!(names, ["docker.io/library/golang:1.27", "docker.io/library/golang:latest"]);
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
