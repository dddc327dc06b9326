//! The regular expressions that an ignore file's patterns stand for, in the part of Go's syntax that they can reach.
//!
//! In: the text of an expression, and paths. Out: whether it matches them. Does not know ignore files. All ways of a match
//! are followed at once, so that the time is the product of both lengths at most.

mod read;

/// An expression, as the steps of a machine.
#[derive(Clone, Debug)]
pub(super) struct Expression {
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    Take(Set),
    Split(usize, usize),
    Jump(usize),
    Hold(Place),
    Done,
}

/// What must hold at a place between characters.
#[derive(Clone, Copy, Debug)]
enum Place {
    Start,
    End,
    WordEdge,
    NoWordEdge,
}

#[derive(Clone, Debug)]
struct Set {
    negated: bool,
    ranges: Vec<(char, char)>,
}

impl Set {
    fn one(c: char) -> Self {
        Self { negated: false, ranges: vec![(c, c)] }
    }

    fn takes(&self, c: char) -> bool {
        self.ranges.iter().any(|&(low, high)| low <= c && c <= high) != self.negated
    }
}

impl Expression {
    /// Reads an expression; none when Go refuses it, or for the parts of its syntax that nobody writes into an ignore file
    /// (code points by number, Unicode's sets, quotation).
    pub(super) fn new(text: &str) -> Option<Self> {
        read::steps(text).map(|steps| Self { steps })
    }

    /// Whether it matches somewhere in a path; takes its steps from `left` and gives up when there are none.
    pub(super) fn matches(&self, path: &str, left: &mut u64) -> bool {
        let path: Vec<char> = path.chars().collect();
        let mut now = Threads::new(self.steps.len());
        let mut next = Threads::new(self.steps.len());
        for at in 0..=path.len() {
            // An expression that is not anchored may begin anywhere.
            if self.follow(0, at, &path, &mut now, left) {
                return true;
            }
            let Some(&c) = path.get(at).filter(|_| *left > 0) else { return false };
            next.clear();
            for &step in &now.list {
                *left = left.saturating_sub(1);
                if let Step::Take(set) = &self.steps[step]
                    && set.takes(c)
                    && self.follow(step + 1, at + 1, &path, &mut next, left)
                {
                    return true;
                }
            }
            std::mem::swap(&mut now, &mut next);
        }
        false
    }

    /// Adds a step and what follows from it without a character; whether that is the end.
    fn follow(&self, step: usize, at: usize, path: &[char], threads: &mut Threads, left: &mut u64) -> bool {
        threads.stack.push(step);
        while let Some(step) = threads.stack.pop() {
            if std::mem::replace(&mut threads.seen[step], threads.round) == threads.round {
                continue;
            }
            *left = left.saturating_sub(1);
            match &self.steps[step] {
                Step::Take(_) => threads.list.push(step),
                Step::Jump(to) => threads.stack.push(*to),
                Step::Split(one, two) => threads.stack.extend([*two, *one]),
                Step::Hold(place) if place.holds(at, path) => threads.stack.push(step + 1),
                Step::Hold(_) => {}
                Step::Done => return true,
            }
        }
        false
    }
}

impl Place {
    fn holds(self, at: usize, path: &[char]) -> bool {
        let word = |c: Option<&char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || *c == '_');
        let edge = word(at.checked_sub(1).and_then(|i| path.get(i))) != word(path.get(at));
        match self {
            Self::Start => at == 0,
            Self::End => at == path.len(),
            Self::WordEdge => edge,
            Self::NoWordEdge => !edge,
        }
    }
}

/// The steps that are reached at one place.
struct Threads {
    list: Vec<usize>,
    seen: Vec<u32>,
    round: u32,
    stack: Vec<usize>,
}

impl Threads {
    fn new(steps: usize) -> Self {
        Self { list: Vec::new(), seen: vec![0; steps], round: 1, stack: Vec::new() }
    }

    fn clear(&mut self) {
        self.list.clear();
        self.round += 1;
    }
}
