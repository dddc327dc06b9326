//! Lines that two runs of one program wrote, and whether another run wrote the same.

use std::collections::BTreeSet;

/// What lines are expected: as two runs of the same wrote them, less what differed between these.
#[derive(Debug)]
pub(super) struct Expected {
    /// The lines that both wrote.
    patterns: Vec<Pattern>,
    /// Whether they came in the same order.
    ordered: bool,
    /// How many more lines may be anything: those that only one of them wrote.
    free: usize,
    /// Whether more lines may follow, for the program still ran.
    open: bool,
    /// Every line that either wrote.
    known: BTreeSet<String>,
}

/// A line that is not the expected one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Odd {
    /// What should be there; none for a line too many.
    pub(super) expected: Option<String>,
    /// What is there; none for a missing line.
    pub(super) found: Option<String>,
}

impl Expected {
    /// Learns from what two runs wrote, normalised. `open`: how many lines to look at, for the program still ran; none
    /// when it had ended, and all lines count.
    pub(super) fn learn(first: &[String], again: &[String], open: Option<usize>) -> Self {
        let known = first.iter().chain(again).cloned().collect();
        let (mut a, mut b) = (first, again);
        if let Some(most) = open {
            let both = a.len().min(b.len()).min(most);
            (a, b) = (&a[..both], &b[..both]);
        }
        let open = open.is_some();
        if let Some(patterns) = in_order(a, b) {
            return Self { patterns, ordered: true, free: 0, open, known };
        }
        let (patterns, free) = in_any_order(a, b);
        Self { patterns, ordered: false, free, open, known }
    }

    /// The lines that are not as expected.
    ///
    /// Lines that only came in another order are: two runs of the original are too few to tell that the order is always
    /// the same (Go's maps and goroutines have none), and no image that lacks something puts lines in another order.
    pub(super) fn odd(&self, found: &[String]) -> Vec<Odd> {
        let placed = if self.ordered { self.odd_in_order(found) } else { Vec::new() };
        if self.ordered && placed.is_empty() {
            return placed;
        }
        let anywhere = self.odd_in_any_order(found);
        if anywhere.is_empty() || !self.ordered { anywhere } else { placed }
    }

    fn odd_in_order(&self, found: &[String]) -> Vec<Odd> {
        let most = if self.open { self.patterns.len() } else { self.patterns.len().max(found.len()) };
        let pairs = (0..most).map(|at| (self.patterns.get(at), found.get(at)));
        let odd = pairs.filter(|pair| !matches!(pair, (Some(pattern), Some(line)) if pattern.fits(line)));
        odd.map(|(pattern, line)| Odd { expected: pattern.map(Pattern::show), found: line.cloned() })
            .collect()
    }

    fn odd_in_any_order(&self, found: &[String]) -> Vec<Odd> {
        let mut left: Vec<&String> = found.iter().collect();
        let mut missing = Vec::new();
        for pattern in &self.patterns {
            match left.iter().position(|line| pattern.fits(line)) {
                Some(at) => drop(left.remove(at)),
                None => missing.push(pattern.show()),
            }
        }
        // What a program that still runs wrote later may be anything; what comes early has to be known.
        let early = if self.open { self.patterns.len() + self.free } else { found.len() };
        let early: BTreeSet<&String> = found.iter().take(early).collect();
        left.retain(|line| early.contains(line) && !(self.open && self.known.contains(*line)));
        let mut more = left.into_iter().skip(self.free).cloned();
        let mut odd: Vec<Odd> =
            missing.into_iter().map(|line| Odd { expected: Some(line), found: more.next() }).collect();
        odd.extend(more.map(|line| Odd { expected: None, found: Some(line) }));
        odd
    }
}

/// The patterns of lines that are the same, one by one, but for parts.
fn in_order(a: &[String], b: &[String]) -> Option<Vec<Pattern>> {
    let shuffled = || {
        let (mut a, mut b) = (a.to_vec(), b.to_vec());
        a.sort_unstable();
        b.sort_unstable();
        a == b
    };
    if a.len() != b.len() || (a != b && shuffled()) {
        return None;
    }
    a.iter().zip(b).map(|(a, b)| Pattern::of(a, b)).collect()
}

/// The patterns of lines that are in both, wherever, and how many are only in one of them.
fn in_any_order(a: &[String], b: &[String]) -> (Vec<Pattern>, usize) {
    let mut left: Vec<&String> = b.iter().collect();
    let (mut patterns, mut single) = (Vec::new(), Vec::new());
    for line in a {
        match left.iter().position(|other| *other == line) {
            Some(at) => {
                left.remove(at);
                patterns.push(Pattern::Exact(line.clone()));
            }
            None => single.push(line),
        }
    }
    let mut alone = 0;
    for line in single {
        match left.iter().enumerate().find_map(|(at, other)| Some((at, Pattern::of(line, other)?))) {
            Some((at, pattern)) => {
                left.remove(at);
                patterns.push(pattern);
            }
            None => alone += 1,
        }
    }
    // What fits few lines chooses first.
    patterns.sort_by_key(|pattern| !matches!(pattern, Pattern::Exact(_)));
    (patterns, alone.max(left.len()))
}

/// A line of which parts may be anything.
#[derive(Clone, Debug)]
enum Pattern {
    /// This line.
    Exact(String),
    /// As many words, some of which may be any.
    Words(Vec<Option<String>>),
    /// Anything between a beginning and an end.
    Around(Vec<String>, Vec<String>),
}

impl Pattern {
    /// What two lines have in common; none when that is no word at all.
    fn of(a: &str, b: &str) -> Option<Self> {
        if a == b {
            return Some(Self::Exact(a.to_owned()));
        }
        let (a, b) = (words(a), words(b));
        if a.len() == b.len() {
            let same = a.iter().zip(&b).map(|(a, b)| (a == b).then(|| (*a).to_owned()));
            let same: Vec<Option<String>> = same.collect();
            return same.iter().flatten().any(|word| is_word(word)).then_some(Self::Words(same));
        }
        let head = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
        let room = a.len().min(b.len()) - head;
        let tail = a.iter().rev().zip(b.iter().rev()).take(room).take_while(|(a, b)| a == b).count();
        let own = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let (head, tail) = (own(&a[..head]), own(&a[a.len() - tail..]));
        head.iter().chain(&tail).any(|word| is_word(word)).then_some(Self::Around(head, tail))
    }

    fn fits(&self, line: &str) -> bool {
        match self {
            Self::Exact(text) => text == line,
            Self::Words(expected) => {
                let found = words(line);
                let fits = |(expected, found): (&Option<String>, &&str)| {
                    expected.as_ref().is_none_or(|expected| expected == found)
                };
                expected.len() == found.len() && expected.iter().zip(&found).all(fits)
            }
            Self::Around(head, tail) => {
                let found = words(line);
                found.len() >= head.len() + tail.len()
                    && head.iter().zip(&found).all(|(a, b)| a == b)
                    && tail.iter().rev().zip(found.iter().rev()).all(|(a, b)| a == b)
            }
        }
    }

    /// For people: `…` is what may be anything.
    fn show(&self) -> String {
        match self {
            Self::Exact(text) => text.clone(),
            Self::Words(words) => words.iter().map(|word| word.as_deref().unwrap_or("…")).collect(),
            Self::Around(head, tail) => format!("{}…{}", head.concat(), tail.concat()),
        }
    }
}

/// Words, blanks between them, and single signs.
fn words(line: &str) -> Vec<&str> {
    let class = |c: char| match c {
        c if c.is_alphanumeric() || c == '_' => 0,
        c if c.is_whitespace() => 1,
        _ => 2,
    };
    let mut out = Vec::new();
    let mut start = 0;
    let mut last = None;
    for (at, c) in line.char_indices() {
        let now = class(c);
        if last.is_some_and(|last| last != now || now == 2) {
            out.push(&line[start..at]);
            start = at;
        }
        last = Some(now);
    }
    if start < line.len() {
        out.push(&line[start..]);
    }
    out
}

fn is_word(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
