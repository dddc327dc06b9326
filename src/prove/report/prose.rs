//! Sentences with names from strangers in them, parted into words and names.
//!
//! A sentence of a proof names files, variables, answers. A page sets those as code, where they are told from the
//! words around them and where no markup in them has any force. What is not plainly a word or a number is such a name.

use crate::report::clean;

/// A longer word is none of any language that is written here.
const LONGEST: usize = 24;

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(super) struct Piece {
    /// Whether it is a name, to be set as code; otherwise letters, digits and `( ) , ; : . %` with single blanks.
    pub code: bool,
    /// The text, harmless for a terminal.
    pub text: String,
}

/// The pieces of a sentence; blanks between words are in the plain ones.
pub(super) fn pieces(sentence: &str) -> Vec<Piece> {
    let sentence = clean(sentence);
    let words: Vec<&str> = sentence.split(' ').filter(|word| !word.is_empty()).collect();
    let mut found = Found::default();
    let mut at = 0;
    while at < words.len() {
        let end = at + quoted(&words[at..]);
        let phrase = words[at..end].join(" ");
        found.blank(at);
        found.word(&phrase);
        at = end;
    }
    found.pieces
}

/// The same with a capital letter at the beginning, unless a name stands there.
pub(super) fn opening(sentence: &str) -> Vec<Piece> {
    let mut pieces = pieces(sentence);
    let first = pieces.first_mut().filter(|piece| !piece.code).and_then(|piece| piece.text.get_mut(..1));
    if let Some(letter) = first {
        letter.make_ascii_uppercase();
    }
    pieces
}

/// How many words a quotation at the beginning has, or one.
fn quoted(words: &[&str]) -> usize {
    let Some(quote) = words[0].chars().find(|c| *c != '(').filter(|c| matches!(c, '"' | '`')) else {
        return 1;
    };
    let closes = |word: &&str| word.trim_end_matches(AFTER).ends_with(quote);
    if words[0].matches(quote).count() > 1 {
        return 1;
    }
    words.iter().skip(1).position(closes).map_or(1, |more| more + 2)
}

/// What may stand after a name without being a part of it.
const AFTER: [char; 5] = [')', ',', ';', ':', '.'];

#[derive(Default)]
struct Found {
    pieces: Vec<Piece>,
}

impl Found {
    fn blank(&mut self, at: usize) {
        if at > 0 {
            self.add(false, " ");
        }
    }

    fn word(&mut self, word: &str) {
        let core = word.strip_prefix('(').unwrap_or(word);
        let name = core.trim_end_matches(AFTER);
        if is_plain(core) {
            self.add(false, word);
        } else if name.is_empty() {
            self.add(true, word);
        } else {
            self.add(false, &word[..word.len() - core.len()]);
            self.add(true, unquoted(name));
            self.add(false, &core[name.len()..]);
        }
    }

    /// Adds to the last piece of the same kind; a blank between two names becomes part of one name.
    fn add(&mut self, code: bool, text: &str) {
        if text.is_empty() {
            return;
        }
        if let [.., name, blank] = self.pieces.as_mut_slice()
            && code
            && name.code
            && blank.text == " "
        {
            name.text.push(' ');
            name.text.push_str(text);
            self.pieces.pop();
            return;
        }
        match self.pieces.last_mut() {
            Some(last) if last.code == code => last.text.push_str(text),
            _ => self.pieces.push(Piece { code, text: text.to_owned() }),
        }
    }
}

/// A name without the backticks around it, for it will be set as code.
fn unquoted(name: &str) -> &str {
    let inner = name.strip_prefix('`').and_then(|name| name.strip_suffix('`'));
    inner.filter(|inner| !inner.is_empty() && !inner.contains('`')).unwrap_or(name)
}

/// Whether a word, without a parenthesis before it, has no meaning in any markup.
fn is_plain(word: &str) -> bool {
    let bare = word.trim_end_matches([')', ',', ';', ':']);
    let letters = bare.strip_suffix('.').unwrap_or(bare);
    is_word(letters) || is_number(bare) || bare == "%"
}

/// Letters, with hyphens and apostrophes among them; nothing that could be the name of a commit.
fn is_word(word: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic();
    let ends = word.starts_with(is_letter) && word.ends_with(is_letter);
    let inner = word.chars().all(|c| is_letter(c) || c == '-' || c == '\'');
    ends && inner && word.len() <= LONGEST && !word.contains("--") && !is_hash(word)
}

fn is_number(word: &str) -> bool {
    let (whole, part) = word.split_once('.').unwrap_or((word, "0"));
    [whole, part].iter().all(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
        && !is_hash(word)
}

fn is_hash(word: &str) -> bool {
    word.len() >= 7 && word.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sentence with its names in brackets.
    fn shown(sentence: &str) -> String {
        let piece = |piece: &Piece| if piece.code { format!("[{}]", piece.text) } else { piece.text.clone() };
        pieces(sentence).iter().map(piece).collect()
    }

    #[test]
    fn names_are_told_from_words() {
        for (sentence, expected) in [
            (
                "GET / on port 8080: status 500 in place of 200",
                "GET [/] on port 8080: status 500 in place of 200",
            ),
            ("/app/a b.html is not in the image", "[/app/a b.html] is not in the image"),
            ("it reads /etc/ssl/certs, which isn't there", "it reads [/etc/ssl/certs], which isn't there"),
            (
                "the user (65532:65532) can't read (it is root's)",
                "the user ([65532:65532]) can't read (it is root's)",
            ),
            ("it said \"no such file\": see `--user 0`", "it said [\"no such file\"]: see [--user 0]"),
            ("by @team in #12, GH-12 and deadbeef", "by [@team] in [#12], [GH-12] and [deadbeef]"),
            ("8.1 MB is 99 % less", "8.1 MB is 99 % less"),
            ("1. one", "[1]. one"),
        ] {
            assert_eq!(shown(sentence), expected);
        }
    }

    #[test]
    fn names_keep_their_letters_at_the_beginning() {
        assert_eq!(opening("size of it")[0].text, "Size of it");
        assert_eq!(opening("/var is gone")[0].text, "/var");
        assert_eq!(opening("é is not plain")[0].text, "é");
        assert!(opening("").is_empty());
    }

    #[test]
    fn plain_text_has_no_meaning_in_markup() {
        let hostile = "a *b* _c_ <d> [e](f) ![g](h) `i` ~~j~~ |k| \\l &amp; #1 @m http://n 1. - + = > ''' \" $x$ :smile: $";
        for piece in pieces(hostile).iter().filter(|piece| !piece.code) {
            let harmless = |c: char| c.is_ascii_alphanumeric() || " (),;:.%'-".contains(c);
            assert!(piece.text.chars().all(harmless), "{piece:?}");
        }
    }
}
