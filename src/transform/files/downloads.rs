//! Downloads: what `curl` and `wget` get, where they put it, and whether somebody looks at it.

use super::steps::{Call, Script, has_short};
use crate::shell::Command;

/// A download of a `RUN`.
pub(super) struct Download<'m> {
    /// The name of the file that it makes, as written; none where it goes into a pipe.
    pub file: Option<&'m str>,
}

/// Texts of which one stands in every `RUN` that checks what it downloads: names of programs, of sums and of options.
const CHECKS: [&str; 13] = [
    "sha1", "sha2", "sha3", "sha5", "shasum", "md5", "gpg", "cosign", "minisign", "signify", "checksum",
    "attest", "rhash",
];

/// Whether a script checks sums or signatures, or may.
pub(super) fn is_checked(script: &Script<'_>) -> bool {
    let text = script.text().to_ascii_lowercase();
    CHECKS.iter().any(|check| text.contains(check))
}

/// What a command downloads; none where it is no download, or of an address that can't be seen.
pub(super) fn download<'m>(
    script: &Script<'m>,
    command: &'m Command,
    call: &Call<'m>,
) -> Option<Download<'m>> {
    let words: Vec<&str> = call.arguments.iter().map(|word| script.value(word)).collect();
    let url = url(call.name, &words)?;
    let named =
        url.split(['?', '#']).next().and_then(|path| path.rsplit('/').next()).filter(|name| !name.is_empty());
    let redirect =
        command.redirects.iter().find(|r| r.operator.starts_with('>') && r.fd.is_none_or(|fd| fd == 1));
    let written = match call.name {
        "curl" => option(&words, 'o', CURL_VALUES, "--output").or_else(|| {
            let is_named =
                |word: &&str| has_short(word, 'O', CURL_VALUES) || word.starts_with("--remote-name");
            named.filter(|_| words.iter().any(is_named))
        }),
        _ => option(&words, 'O', WGET_VALUES, "--output-document").or(named),
    };
    let file = written.filter(|file| *file != "-").or_else(|| redirect.map(|r| script.value(&r.target)));
    Some(Download { file })
}

/// Short options of curl and of wget that take a value, less those that tell the output.
const CURL_VALUES: &str = "AbcCdDeEFhHKmoPQrtTuUwxXyYz";
const WGET_VALUES: &str = "OoaeitTwQPUlARDIX";

/// The address among the words of a download.
fn url<'m>(name: &str, words: &[&'m str]) -> Option<&'m str> {
    if !["curl", "wget"].contains(&name) {
        return None;
    }
    let is_other = |at: usize| at > 0 && OTHER_ADDRESSES.contains(&words[at - 1]);
    let is_url = |text: &str| ["http://", "https://", "ftp://"].iter().any(|scheme| text.starts_with(scheme));
    words.iter().enumerate().find(|(at, word)| is_url(word) && !is_other(*at)).map(|(_, word)| *word)
}

/// Options whose value is an address that nothing is got from.
const OTHER_ADDRESSES: [&str; 7] = ["-x", "--proxy", "--preproxy", "-e", "--referer", "-H", "--header"];

/// The value of an option, written in any of its ways.
fn option<'m>(words: &[&'m str], letter: char, valued: &str, long: &str) -> Option<&'m str> {
    words.iter().enumerate().find_map(|(at, word)| {
        let next = words.get(at + 1).copied();
        if let Some(rest) = word.strip_prefix(long) {
            return if rest.is_empty() { next } else { rest.strip_prefix('=') };
        }
        if !has_short(word, letter, valued) {
            return None;
        }
        let value = word.split_once(letter).map(|(_, value)| value)?;
        if value.is_empty() { next } else { Some(value) }
    })
}
