//! Version numbers, whole or in part, as far as they matter for choosing an image.

use super::Language;

/// A version's three numbers.
pub(super) type Numbers = [u64; 3];

/// Stands for the newest of a line: larger than any number that is read.
pub(super) const NEWEST: u64 = u32::MAX as u64;

/// The most digits of a number.
const DIGITS: usize = 9;

/// A version of which at least the first number is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version {
    /// One to three numbers.
    pub(super) parts: Vec<u64>,
}

impl Version {
    /// Reads a release: numbers with dots between them, a `v` before them or not. More than three are cut off, as is what
    /// tells builds of one release apart (`21.0.5_11`, `8u432-b06`, `1.2.3+4`). None for what comes before a release
    /// (`3.14.0rc1`, `21-ea`) and for what is no version.
    pub(super) fn read(language: Language, text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.split_once('+').map_or(text, |(release, _)| release);
        let text = text.strip_prefix('v').unwrap_or(text);
        let mut parts = if language == Language::Java { java(text)? } else { numbers(text)? };
        parts.truncate(3);
        Some(Self { parts })
    }

    /// The oldest version that this can be.
    pub(super) fn oldest(&self) -> Numbers {
        filled(&self.parts, 0)
    }

    /// The newest version that this can be.
    pub(super) fn newest(&self) -> Numbers {
        filled(&self.parts, NEWEST)
    }

    /// Whether there is more than one version that this can be.
    pub(super) fn is_line(&self) -> bool {
        self.parts.len() < 3
    }
}

/// Three numbers, of which the missing ones are `filler`.
pub(super) fn filled(parts: &[u64], filler: u64) -> Numbers {
    std::array::from_fn(|index| parts.get(index).copied().unwrap_or(filler))
}

/// `3.12.1` as numbers; none unless all of it is numbers with dots between them.
pub(super) fn numbers(text: &str) -> Option<Vec<u64>> {
    text.split('.').map(number).collect()
}

/// A number of at most nine digits.
pub(super) fn number(text: &str) -> Option<u64> {
    let plain = (1..=DIGITS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// A version of Java in today's numbers: `1.8.0_432`, `8u432-b06` and `1.8` are of release 8, as JEP 223 says.
fn java(text: &str) -> Option<Vec<u64>> {
    let (text, build) = text.split_once('_').map_or((text, None), |(text, build)| (text, Some(build)));
    if let Some((major, update)) = text.split_once('u') {
        let update = update.split_once("-b").map_or(update, |(update, _)| update);
        return Some(vec![number(major)?, 0, number(update)?]);
    }
    let mut parts = numbers(text)?;
    if parts.len() > 1 && parts[0] == 1 {
        parts.remove(0);
        if let (true, Some(update)) = (parts.len() > 1, build.and_then(number)) {
            parts.truncate(1);
            parts.extend([0, update]);
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_read() {
        use Language::{Go, Java, Node, Ruby};
        for (language, text, expected) in [
            (Node, "24.19.0", Some(&[24, 19, 0][..])),
            (Node, "v24", Some(&[24])),
            (Node, "3.14", Some(&[3, 14])),
            (Node, "1.2.3.4", Some(&[1, 2, 3])),
            (Node, "1.2.3+build", Some(&[1, 2, 3])),
            (Node, "24.0.0-rc.1", None),
            (Node, "24-slim", None),
            (Go, "1.22rc1", None),
            (Ruby, "", None),
            (Ruby, "3..1", None),
            (Ruby, "9999999999", None),
            (Ruby, "٣.١", None),
            (Java, "21", Some(&[21])),
            (Java, "21.0.5_11", Some(&[21, 0, 5])),
            (Java, "21.0.5+11", Some(&[21, 0, 5])),
            (Java, "11.0.25.9.1", Some(&[11, 0, 25])),
            (Java, "8u432", Some(&[8, 0, 432])),
            (Java, "8u432-b06", Some(&[8, 0, 432])),
            (Java, "1.8", Some(&[8])),
            (Java, "1.8.0_432", Some(&[8, 0, 432])),
            (Java, "1.8.0", Some(&[8, 0])),
            (Java, "21-ea", None),
            (Java, "1", Some(&[1])),
        ] {
            let read = Version::read(language, text).map(|version| version.parts);
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }
}
