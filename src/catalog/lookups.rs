//! What registries answered on this run.

use super::Reference;
use std::collections::BTreeMap;

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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lookups {
    answers: BTreeMap<String, Answer>,
}

impl Lookups {
    /// The answer about a reference's name and tag; none where no registry was asked. Its digest has no part in it.
    pub fn answer(&self, reference: &Reference<'_>) -> Option<&Answer> {
        self.answers.get(&key(reference))
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
}
