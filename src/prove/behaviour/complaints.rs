//! Lines in which a program complains of its image.
//!
//! What a program that still runs writes after the lines that are expected is no difference as such: it had more time.
//! But where it says that a file is not there or may not be touched, and the original never said such a thing, the
//! rewrite is at fault, however well it runs on.

use super::lines::Odd;

/// What the system, its loader and Go's library say of something that an image lacks or keeps from its user.
const WORDS: [&str; 9] = [
    "permission denied",
    "operation not permitted",
    "read-only file system",
    "no such file or directory",
    "pattern matches no files",
    "executable file not found",
    "error while loading shared libraries",
    "certificate signed by unknown authority",
    "unknown time zone",
];

/// Complaints of a run, where neither of two others has the same words; all lines normalised.
pub(super) fn new(first: &[String], again: &[String], found: &[String]) -> Vec<Odd> {
    let known: Vec<&str> = first.iter().chain(again).filter_map(|line| word(line)).collect();
    let is_new = |line: &&String| word(line).is_some_and(|word| !known.contains(&word));
    found.iter().filter(is_new).map(|line| Odd { expected: None, found: Some(line.clone()) }).collect()
}

fn word(line: &str) -> Option<&'static str> {
    let line = line.to_ascii_lowercase();
    WORDS.into_iter().find(|word| line.contains(word))
}
