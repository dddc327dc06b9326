//! How a run differs from what the original does.
//!
//! In: two runs of the original with every right, and another run of it or of the rewrite. Out: mismatches, the
//! likeliest cause of the others first. Does not know rights, nor engines.

use super::lines::{Expected, Odd};
use super::{Answer, Aspect, End, Mismatch, Observation, Reference, complaints, facts, normal};
use crate::report::clean;
use std::collections::BTreeSet;

/// How many lines of a program that still runs are compared.
pub(super) const COMPARED: usize = 20;
/// How many lines of a kind a mismatch shows.
const SHOWN: usize = 10;
/// How many letters of a line a mismatch shows.
const WIDTH: usize = 160;
/// How much longer than the original a program may take to end, in seconds.
const SLOWER: f64 = 2.0;

/// Everything in which a run differs. A run that is not complete yet differs in what it has only.
pub(super) fn differences(reference: &Reference, run: &Observation, complete: bool) -> Vec<Mismatch> {
    let mut out: Vec<Mismatch> = exit(reference, run).into_iter().collect();
    let same_end = out.is_empty();
    if same_end {
        out.extend(ports(reference, run));
    }
    // What a program that has ended does not answer any more says nothing new; containers of their own still count.
    let gone: BTreeSet<u16> = out.iter().filter_map(|mismatch| port(mismatch.aspect)).collect();
    let told = |answer: &Answer| match answer.port {
        Some(port) => same_end && !gone.contains(&port),
        None => same_end || answer.question != facts::HEALTH,
    };
    out.extend(answers(reference, run, complete).into_iter().filter(|(a, _)| told(a)).map(|(_, m)| m));
    if same_end {
        out.extend(written(reference, run, |seen| &seen.output, "prints"));
        out.extend(written(reference, run, |seen| &seen.errors, "says on standard error"));
        out.extend(unwritten(reference, run));
        out.extend(stop(reference, run));
    }
    out
}

/// Files that the original wrote both times and the run did not, wherever: a program that may not write its log often
/// goes on without.
fn unwritten(reference: &Reference, run: &Observation) -> Option<Mismatch> {
    let (first, again) = (reference.observation.written.as_ref()?, reference.again.written.as_ref()?);
    let same =
        |files: &BTreeSet<String>| files.iter().map(|path| normal::line(path)).collect::<BTreeSet<_>>();
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let (first, again, now) = (same(first), same(again), same(run.written.as_ref()?));
    let names: BTreeSet<String> = now.iter().map(|path| name(path)).collect();
    let lost: Vec<&String> = first.intersection(&again).filter(|path| !names.contains(&name(path))).collect();
    let what = format!("does not write {}, where the original does", show(lost.first()?));
    let more = lost.iter().skip(1).take(SHOWN).map(|path| format!("nor: {}", show(path)));
    Some(Mismatch { aspect: Aspect::Files, what, detail: more.collect() })
}

fn port(aspect: Aspect) -> Option<u16> {
    match aspect {
        Aspect::Port(port) => Some(port),
        _ => None,
    }
}

fn exit(reference: &Reference, run: &Observation) -> Option<Mismatch> {
    let (first, again) = (&reference.observation.end, &reference.again.end);
    // What an engine says of a start that failed names containers.
    let same = |end: &End| match (end, &run.end) {
        (End::NotStarted { .. }, End::NotStarted { .. }) => true,
        (a, b) => a == b,
    };
    if same(first) || same(again) {
        return None;
    }
    let original = match first {
        End::Running => "where the original keeps running".to_owned(),
        End::Exited { code } => match run.end {
            End::Exited { .. } => format!("in place of {code}"),
            _ => format!("where the original ends with exit code {code}"),
        },
        End::NotStarted { .. } => "where the original does not start".to_owned(),
    };
    let what = match &run.end {
        End::Running => format!("keeps running {original}"),
        End::Exited { code } => format!("ends with exit code {code} {original}"),
        End::NotStarted { message } => format!("does not start {original}: {}", show(message)),
    };
    Some(Mismatch { aspect: Aspect::Exit, what, detail: last_words(run) })
}

/// The last lines that a program wrote.
fn last_words(run: &Observation) -> Vec<String> {
    let last = |lines: &[String], verb: &str| {
        let lines = &lines[lines.len().saturating_sub(SHOWN)..];
        lines.iter().map(|line| format!("{verb}: {}", show(line))).collect::<Vec<_>>()
    };
    let mut out = last(&run.errors, "says");
    out.extend(last(&run.output, "prints"));
    out
}

/// Ports that the original listened on both times and the run does not, as far as both can be seen, or as nobody answers.
fn ports(reference: &Reference, run: &Observation) -> Vec<Mismatch> {
    let silent = |seen: &Observation| -> BTreeSet<u16> {
        seen.answers.iter().filter(|a| is_silent(a)).filter_map(|a| a.port).collect()
    };
    let lost: BTreeSet<u16> =
        match (&reference.observation.listening, &reference.again.listening, &run.listening) {
            (Some(first), Some(again), Some(now)) => {
                first.intersection(again).filter(|&port| !now.contains(port)).copied().collect()
            }
            _ => {
                let (first, again) = (silent(&reference.observation), silent(&reference.again));
                let asked = reference.observation.answers.iter().filter_map(|answer| answer.port);
                let answered: BTreeSet<u16> =
                    asked.filter(|port| !first.contains(port) && !again.contains(port)).collect();
                silent(run).intersection(&answered).copied().collect()
            }
        };
    let seen = run.listening.as_ref().map(|ports| {
        match ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ") {
            none if none.is_empty() => "listens on no port".to_owned(),
            ports => format!("listens on {ports}"),
        }
    });
    let mismatch = |port| Mismatch {
        aspect: Aspect::Port(port),
        what: format!("does not listen on port {port}, where the original does"),
        detail: seen.iter().cloned().chain(last_words(run)).collect(),
    };
    lost.into_iter().map(mismatch).collect()
}

pub(super) fn is_silent(answer: &Answer) -> bool {
    answer.facts.first().is_some_and(|fact| fact == facts::NO_ANSWER)
}

/// The original's answers and how the run's differ from them.
fn answers<'a>(reference: &'a Reference, run: &Observation, complete: bool) -> Vec<(&'a Answer, Mismatch)> {
    let mut out = Vec::new();
    for (at, answer) in reference.observation.answers.iter().enumerate() {
        let earlier =
            reference.observation.answers[..at].iter().filter(|e| e.question == answer.question).count();
        let same = |seen: &'a Observation| nth(seen, &answer.question, earlier);
        let again = same(&reference.again);
        let found = run.answers.iter().filter(|a| a.question == answer.question).nth(earlier);
        let mismatch = match found {
            Some(found) => differs(answer, again.unwrap_or(answer), found),
            // An answer that the original gave once only is no promise.
            // That there is no check of the health any more is a setting of the image.
            None if answer.question == facts::HEALTH => None,
            None if complete && again.is_some() && !is_silent(answer) => Some(Mismatch {
                aspect: Aspect::Answer,
                what: format!("{}: no answer", show(&answer.question)),
                detail: expected(answer),
            }),
            None => None,
        };
        out.extend(mismatch.map(|mismatch| (answer, mismatch)));
    }
    out
}

fn nth<'a>(seen: &'a Observation, question: &str, nth: usize) -> Option<&'a Answer> {
    seen.answers.iter().filter(|answer| answer.question == question).nth(nth)
}

fn expected(answer: &Answer) -> Vec<String> {
    answer.facts.iter().take(SHOWN).map(|fact| format!("expected: {}", show(fact))).collect()
}

fn differs(first: &Answer, again: &Answer, found: &Answer) -> Option<Mismatch> {
    let learned = Expected::learn(&normal::lines(&first.facts), &normal::lines(&again.facts), None);
    let odd = learned.odd(&normal::lines(&found.facts));
    let question = show(&first.question);
    let what = match (odd.first(), found.unmet.first()) {
        (Some(odd), _) => format!("{question}: {}", put(odd)),
        (None, Some(unmet)) => format!("{question}: without {}", show(unmet)),
        (None, None) => return None,
    };
    let mut detail = both(&odd);
    detail.extend(found.unmet.iter().map(|unmet| format!("asked for: {}", show(unmet))));
    Some(Mismatch { aspect: Aspect::Answer, what, detail })
}

/// In one phrase: `status 500 in place of 200`.
fn put(odd: &Odd) -> String {
    match (&odd.expected, &odd.found) {
        (Some(expected), Some(found)) => {
            let key = ["status ", "content type ", "location ", "exit code "]
                .into_iter()
                .find(|key| expected.starts_with(key) && found.starts_with(key));
            match key {
                Some(key) => format!("{} in place of {}", show(found), show(&expected[key.len()..])),
                None => format!("{} in place of {}", quote(found), quote(expected)),
            }
        }
        (Some(expected), None) => format!("{} is missing", quote(expected)),
        (None, Some(found)) => format!("{} is new", quote(found)),
        (None, None) => String::new(),
    }
}

/// What should be there and what is.
fn both(odd: &[Odd]) -> Vec<String> {
    let expected = odd.iter().filter_map(|odd| odd.expected.as_ref()).take(SHOWN);
    let found = odd.iter().filter_map(|odd| odd.found.as_ref()).take(SHOWN);
    let expected = expected.map(|line| format!("expected: {}", show(line)));
    expected.chain(found.map(|line| format!("found: {}", show(line)))).collect()
}

/// How one of the two streams differs.
fn written(
    reference: &Reference,
    run: &Observation,
    stream: fn(&Observation) -> &Vec<String>,
    verb: &str,
) -> Option<Mismatch> {
    let open = (run.end == End::Running).then_some(COMPARED);
    let normal = |seen| normal::lines(stream(seen));
    let learned = Expected::learn(&normal(&reference.observation), &normal(&reference.again), open);
    let lines = normal(run);
    let odd = Some(learned.odd(&lines)).filter(|odd| !odd.is_empty());
    let odd = odd.unwrap_or_else(|| {
        complaints::new(&normal(&reference.observation), &normal(&reference.again), &lines)
    });
    let what = match odd.first()? {
        Odd { expected: Some(expected), found: Some(found) } => {
            format!("{verb} {} in place of {}", quote(found), quote(expected))
        }
        Odd { expected: Some(expected), .. } => format!("no longer {verb} {}", quote(expected)),
        Odd { found, .. } => {
            format!("{verb} {}, which the original does not", quote(found.as_deref().unwrap_or_default()))
        }
    };
    Some(Mismatch { aspect: Aspect::Output, what, detail: both(&odd) })
}

/// How the end differs that was asked for: an end where the original had to be killed is better, whatever its code.
fn stop(reference: &Reference, run: &Observation) -> Option<Mismatch> {
    let (first, found) = (reference.observation.stop?, run.stop?);
    let again = reference.again.stop.unwrap_or(first);
    if first.killed || again.killed {
        return None;
    }
    let slowest = first.seconds.max(again.seconds);
    let what = if found.killed {
        format!(
            "does not end when it is asked to and is killed after {:.0} s; the original ends after {slowest:.1} s",
            found.seconds
        )
    } else if found.code != first.code
        && found.code != again.code
        && !(by_default(found) && by_default(first))
    {
        format!("ends with exit code {} in place of {} when it is asked to end", found.code, first.code)
    } else if found.seconds > slowest + SLOWER {
        format!(
            "takes {:.1} s to end when it is asked to, where the original takes {slowest:.1} s",
            found.seconds
        )
    } else {
        return None;
    };
    Some(Mismatch { aspect: Aspect::Stop, what, detail: Vec::new() })
}

/// Whether a program ended as those do that have nothing of their own to do at the end: the signal ends it, and where that
/// can't be, for it is process 1, Go's runtime ends it with 2.
fn by_default(stop: super::Stop) -> bool {
    [2, 128 + 15].contains(&stop.code)
}

/// A line of a stranger's, for people.
pub(super) fn show(text: &str) -> String {
    let end = text.char_indices().nth(WIDTH).map(|(at, _)| at);
    let short = end.map_or_else(|| text.to_owned(), |end| format!("{}…", &text[..end]));
    clean(&short.replace('\t', "    ")).into_owned()
}

fn quote(text: &str) -> String {
    format!("\"{}\"", show(text))
}

#[cfg(test)]
#[path = "differ_tests.rs"]
mod tests;
