//! What a command starts.

use crate::shell::Word;

/// The last part of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The words of a command from the program's name on, past `sudo` and its flags; none where it starts as another user.
pub(super) fn past_sudo(words: &[Word]) -> Option<&[Word]> {
    let (first, mut rest) = words.split_first()?;
    if file_name(first.literal.as_deref()?) != "sudo" {
        return Some(words);
    }
    while let Some(flag) = rest.first()?.literal.as_deref().filter(|word| word.starts_with('-')) {
        let known = matches!(flag, "-H" | "-E" | "-n" | "-EH" | "-HE" | "--set-home" | "--preserve-env");
        rest = rest.get(1..).filter(|_| known)?;
    }
    Some(rest)
}
