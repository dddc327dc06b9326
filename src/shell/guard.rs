//! Keeps texts from the parser that would take it too long or too deep.

/// A shell text longer than this is no instruction that a person keeps by hand.
const MAX_BYTES: usize = 64 * 1024;
/// The parser reads nested substitutions in cubic time.
const MAX_SUBSTITUTIONS: usize = 32;
/// The most bytes times substitutions squared: what keeps the parser under a second.
const MAX_WORK: usize = 2 * 1024 * 1024;
/// The parser may read what follows an odd backtick twice, and so on for each one.
const MAX_BACKTICKS: usize = 12;
/// Lists nest to the left, one level for each separator.
const MAX_SEPARATORS: usize = 1000;
/// Upper bound of how deep anything else can nest, counted without looking at quotes.
const MAX_OPENINGS: usize = 256;
/// So many levels, of up to 32 KiB each, fit into any thread's stack.
const SHALLOW_OPENINGS: usize = 16;
/// Room for everything that is admitted, with a wide margin.
const DEEP_STACK: usize = 64 * 1024 * 1024;

/// Runs `parse` on `text` where its stack suffices; `None` when the text is too much for it.
pub(super) fn run<T: Send>(text: &str, parse: impl FnOnce(&str) -> Option<T> + Send) -> Option<T> {
    if !admits(text) {
        return None;
    }
    if separators(text) <= MAX_SEPARATORS / 4 && openings(text) <= SHALLOW_OPENINGS {
        return parse(text);
    }
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(DEEP_STACK);
        builder.spawn_scoped(scope, || parse(text)).ok()?.join().ok()?
    })
}

/// Whether `text` is small and flat enough for the parser.
pub(super) fn admits(text: &str) -> bool {
    if text.len() > MAX_BYTES || text.contains('\0') {
        return false;
    }
    let substitutions = substitutions(text);
    substitutions <= MAX_SUBSTITUTIONS
        && text.len() * substitutions.pow(2) <= MAX_WORK
        && text.matches('`').count() <= MAX_BACKTICKS
        && separators(text) <= MAX_SEPARATORS
        && openings(text) <= MAX_OPENINGS
}

fn substitutions(text: &str) -> usize {
    let pairs = text.as_bytes().windows(2).filter(|pair| matches!(*pair, b"$(" | b"<(" | b">(")).count();
    pairs + text.matches('`').count()
}

fn separators(text: &str) -> usize {
    text.bytes().filter(|b| matches!(b, b';' | b'&' | b'|' | b'\n')).count()
}

fn openings(text: &str) -> usize {
    let brackets = text.bytes().filter(|b| matches!(b, b'(' | b'{' | b'!' | b'`')).count();
    brackets + text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| opens(word)).count()
}

fn opens(word: &str) -> bool {
    matches!(
        word,
        "if" | "elif" | "while" | "until" | "for" | "case" | "select" | "function" | "coproc" | "time"
    )
}
