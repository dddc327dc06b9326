//! From the text of an expression to the steps of its machine.

use super::{Place, Set, Step};

/// The most steps that an expression may have: repetition multiplies them.
const STEPS: usize = 200_000;

/// The most that Go repeats.
const REPEAT: usize = 1000;

/// The steps of an expression; none when it can't be read.
pub(super) fn steps(text: &str) -> Option<Vec<Step>> {
    let mut reader = Reader { text: text.chars().collect(), at: 0, steps: Vec::new() };
    reader.choice(false)?;
    reader.steps.push(Step::Done);
    Some(reader.steps)
}

struct Reader {
    text: Vec<char>,
    at: usize,
    steps: Vec<Step>,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    /// Alternatives, up to the end or the end of the group.
    fn choice(&mut self, group: bool) -> Option<()> {
        let start = self.steps.len();
        let mut ends = Vec::new();
        let mut branch = start;
        loop {
            self.sequence()?;
            if !self.eat('|') {
                break;
            }
            shift(&mut self.steps[branch..], branch, 1);
            self.steps.insert(branch, Step::Jump(0));
            ends.push(self.steps.len());
            self.steps.push(Step::Jump(0));
            self.steps[branch] = Step::Split(branch + 1, self.steps.len());
            branch = self.steps.len();
        }
        let end = self.steps.len();
        for jump in ends {
            self.steps[jump] = Step::Jump(end);
        }
        (self.eat(')') == group && (group || self.peek().is_none())).then_some(())
    }

    fn sequence(&mut self) -> Option<()> {
        while self.peek().is_some_and(|c| c != '|' && c != ')') {
            let start = self.steps.len();
            if self.repetition()?.is_some() {
                return None;
            }
            self.atom()?;
            if let Some((least, most)) = self.repetition()? {
                self.repeat(start, least, most)?;
                if self.repetition()?.is_some() {
                    return None;
                }
            }
        }
        Some(())
    }

    /// How often what came before is repeated, if that is said here; fails for a number that is too large.
    #[expect(clippy::option_option, reason = "the outer one is failure")]
    fn repetition(&mut self) -> Option<Option<(usize, Option<usize>)>> {
        let start = self.at;
        match self.peek() {
            Some('*') => {
                self.at += 1;
                Some(Some((0, None)))
            }
            Some('?') => {
                self.at += 1;
                Some(Some((0, Some(1))))
            }
            Some('{') => {
                self.at += 1;
                let found = self.counts();
                match found {
                    None => {
                        self.at = start;
                        Some(None)
                    }
                    Some((least, most))
                        if least > REPEAT || most.is_some_and(|m| m > REPEAT || m < least) =>
                    {
                        None
                    }
                    found => Some(found),
                }
            }
            _ => Some(None),
        }
    }

    /// The rest of `{2}`, `{2,}` or `{2,3}`; anything else is text.
    fn counts(&mut self) -> Option<(usize, Option<usize>)> {
        let least = self.number()?;
        let most = if !self.eat(',') {
            Some(least)
        } else if self.peek() == Some('}') {
            None
        } else {
            Some(self.number()?)
        };
        self.eat('}').then_some((least, most))
    }

    fn number(&mut self) -> Option<usize> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        let digits = &self.text[start..self.at];
        if digits.is_empty() || digits.len() > 1 && digits[0] == '0' {
            return None;
        }
        let digits: String = digits.iter().collect();
        Some(digits.parse().unwrap_or(usize::MAX))
    }

    /// Repeats the steps from `start` on.
    fn repeat(&mut self, start: usize, least: usize, most: Option<usize>) -> Option<()> {
        let body = self.steps.split_off(start);
        let copies = most.unwrap_or(least + 1).max(1);
        if start + copies.saturating_mul(body.len() + 2) > STEPS {
            return None;
        }
        let copy = |steps: &mut Vec<Step>| {
            let mut own = body.clone();
            shift(&mut own, start, steps.len() - start);
            steps.extend(own);
        };
        for _ in 0..least {
            copy(&mut self.steps);
        }
        let Some(most) = most else {
            let split = self.steps.len();
            self.steps.push(Step::Done);
            copy(&mut self.steps);
            self.steps.push(Step::Jump(split));
            self.steps[split] = Step::Split(split + 1, self.steps.len());
            return Some(());
        };
        let mut splits = Vec::new();
        for _ in least..most {
            splits.push(self.steps.len());
            self.steps.push(Step::Done);
            copy(&mut self.steps);
        }
        let end = self.steps.len();
        for split in splits {
            self.steps[split] = Step::Split(split + 1, end);
        }
        Some(())
    }

    fn atom(&mut self) -> Option<()> {
        let step = match self.next()? {
            '(' => return self.choice(true),
            '.' => Step::Take(Set { negated: true, ranges: vec![('\n', '\n')] }),
            '^' => Step::Hold(Place::Start),
            '$' => Step::Hold(Place::End),
            '[' => Step::Take(self.set()?),
            '\\' => self.escape()?,
            c => Step::Take(Set::one(c)),
        };
        self.steps.push(step);
        Some(())
    }

    fn escape(&mut self) -> Option<Step> {
        let c = self.peek()?;
        let place = match c {
            'A' => Some(Place::Start),
            'z' => Some(Place::End),
            'b' => Some(Place::WordEdge),
            'B' => Some(Place::NoWordEdge),
            _ => None,
        };
        if let Some(place) = place {
            self.at += 1;
            return Some(Step::Hold(place));
        }
        if let Some((ranges, negated)) = perl(c) {
            self.at += 1;
            return Some(Step::Take(Set { negated, ranges }));
        }
        self.escaped().map(|c| Step::Take(Set::one(c)))
    }

    /// The character after a backslash.
    fn escaped(&mut self) -> Option<char> {
        match self.next()? {
            'a' => Some('\u{7}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\u{b}'),
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => Some(c),
            _ => None,
        }
    }

    /// The set after a `[`.
    fn set(&mut self) -> Option<Set> {
        let negated = self.eat('^');
        let mut ranges = Vec::new();
        let mut first = true;
        while first || self.peek() != Some(']') {
            first = false;
            if let Some(name) = self.name_of_a_set() {
                ranges.extend_from_slice(posix(&name)?);
                continue;
            }
            let special = self.text.get(self.at + 1).copied().filter(|_| self.peek() == Some('\\'));
            if let Some((own, negated)) = special.and_then(perl) {
                self.at += 2;
                ranges.extend(if negated { others(&own) } else { own });
                continue;
            }
            let low = self.member()?;
            let range = self.peek() == Some('-') && self.text.get(self.at + 1).is_some_and(|c| *c != ']');
            let high = if range {
                self.at += 1;
                self.member()?
            } else {
                low
            };
            if high < low {
                return None;
            }
            ranges.push((low, high));
        }
        self.at += 1;
        Some(Set { negated, ranges })
    }

    fn member(&mut self) -> Option<char> {
        match self.next()? {
            '\\' => self.escaped(),
            c => Some(c),
        }
    }

    /// Reads `[:name:]`, if that comes.
    fn name_of_a_set(&mut self) -> Option<String> {
        let rest = self.text[self.at..].strip_prefix(&['[', ':'])?;
        let length = rest.windows(2).position(|pair| pair == [':', ']'])?;
        self.at += length + 4;
        Some(rest[..length].iter().collect())
    }
}

/// Moves the targets at or behind `from`.
fn shift(steps: &mut [Step], from: usize, by: usize) {
    let moved = |target: usize| if target >= from { target + by } else { target };
    for step in steps {
        match step {
            Step::Split(one, two) => (*one, *two) = (moved(*one), moved(*two)),
            Step::Jump(to) => *to = moved(*to),
            _ => {}
        }
    }
}

/// The set that a letter stands for after a backslash, and whether it is meant turned round.
fn perl(c: char) -> Option<(Vec<(char, char)>, bool)> {
    let ranges = match c.to_ascii_lowercase() {
        'd' => vec![('0', '9')],
        's' => vec![('\t', '\n'), ('\u{c}', '\r'), (' ', ' ')],
        'w' => vec![('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        _ => return None,
    };
    Some((ranges, c.is_ascii_uppercase()))
}

/// The set of a name.
fn posix(name: &str) -> Option<&'static [(char, char)]> {
    Some(match name {
        "alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => &[('A', 'Z'), ('a', 'z')],
        "ascii" => &[('\0', '\u{7f}')],
        "blank" => &[('\t', '\t'), (' ', ' ')],
        "cntrl" => &[('\0', '\u{1f}'), ('\u{7f}', '\u{7f}')],
        "digit" => &[('0', '9')],
        "graph" => &[('!', '~')],
        "lower" => &[('a', 'z')],
        "print" => &[(' ', '~')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => &[('\t', '\r'), (' ', ' ')],
        "upper" => &[('A', 'Z')],
        "word" => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        "xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return None,
    })
}

/// All characters but those in sorted ranges of ASCII.
fn others(ranges: &[(char, char)]) -> Vec<(char, char)> {
    let beside = |c: char, by: i8| char::from((c as u8).wrapping_add_signed(by));
    let mut start = '\0';
    let mut out = Vec::new();
    for &(low, high) in ranges {
        if start < low {
            out.push((start, beside(low, -1)));
        }
        start = beside(high, 1);
    }
    out.push((start, char::MAX));
    out
}
