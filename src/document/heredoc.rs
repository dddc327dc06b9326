//! Heredocs: `<<EOF`, `<<-EOF`, `<<"EOF"`, `3<<EOF`.

use super::lex;
use crate::span::Span;

/// A heredoc of an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heredoc {
    /// The word that ends it.
    pub name: String,
    /// File descriptor in front of `<<`; 0 when there is none.
    pub descriptor: u64,
    /// Whether variables in it are expanded: its word is not quoted.
    pub expand: bool,
    /// Whether leading tabs are cut off: `<<-`.
    pub chomp: bool,
    /// Its content, with the last line end.
    pub body: Span,
    /// The line that ends it, without the line end.
    pub terminator: Span,
}

/// The heredocs that a logical line opens, without their bodies; an error when a word of one can't be read.
pub(super) fn opened(line: &str) -> Result<Vec<Heredoc>, String> {
    let mut found = Vec::new();
    // A line that the lexer can't read has no heredoc.
    for word in lex::words(line, true, true).unwrap_or_default() {
        if let Some((descriptor, chomp, rest)) = marker(&word) {
            found.extend(from_word(descriptor, chomp, rest)?);
        }
    }
    Ok(found)
}

/// Descriptor, `-` and word of `3<<-word`.
fn marker(word: &str) -> Option<(u64, bool, &str)> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let rest = word[digits..].strip_prefix("<<")?;
    let (chomp, rest) = rest.strip_prefix('-').map_or((false, rest), |rest| (true, rest));
    let rest = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{C}']);
    if rest.is_empty() || rest.contains('<') {
        return None;
    }
    let descriptor = if digits == 0 { 0 } else { word[..digits].parse().unwrap_or(u64::MAX) };
    Some((descriptor, chomp, rest))
}

fn from_word(descriptor: u64, chomp: bool, rest: &str) -> Result<Option<Heredoc>, String> {
    let unreadable = || format!("can't read the heredoc's word {rest}");
    let quotes = |words: &[String]| words[0].matches(['\'', '"']).count();
    let plain = lex::words(rest, false, false).ok_or_else(unreadable)?;
    if plain.len() != 1 {
        return Ok(None);
    }
    let raw = lex::words(rest, true, false).ok_or_else(unreadable)?;
    if raw.len() != 1 {
        return Err(unreadable());
    }
    let expand = quotes(&plain) == quotes(&raw);
    let name = plain.into_iter().next().unwrap_or_default();
    Ok(Some(Heredoc { name, descriptor, expand, chomp, body: Span::default(), terminator: Span::default() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_after_angles_are_heredocs_unless_quoted_or_tripled() {
        for (line, expected) in [
            ("RUN <<EOF", vec!["EOF"]),
            ("RUN << EOF cat", vec!["EOF"]),
            ("RUN 3<<-'A' cat <<B", vec!["A", "B"]),
            ("RUN cat <<<word", vec![]),
            ("RUN echo \"a <<EOF\"", vec![]),
            ("RUN echo 'unbalanced <<EOF", vec![]),
            ("RUN echo ${x:-<<EOF}", vec![]),
        ] {
            let names: Vec<String> = opened(line).expect(line).into_iter().map(|h| h.name).collect();
            assert_eq!(names, expected, "{line}");
        }
    }

    #[test]
    fn quoting_the_word_stops_expansion() {
        let expand = |line: &str| opened(line).expect(line)[0].expand;
        assert!(expand("RUN <<EOF"));
        assert!(!expand("RUN <<'EOF'"));
        assert!(!expand("COPY <<\"EOF\" /x"));
    }
}
