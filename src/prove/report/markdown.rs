//! A proof as a comment for a pull request.

mod parts;
mod safe;

use super::words::{counted, rows};
use super::{Proof, verdict};
use crate::prove::proof::{Difference, Verdict};
use parts::Limits;

/// The most bytes of a comment; GitHub takes 65,536 characters.
const MOST: usize = 60_000;
/// Entries of a list and characters of a text, as they are tried until a comment is short enough.
const TRIED: [Limits; 4] = [
    Limits { entries: 100, letters: 400 },
    Limits { entries: 40, letters: 200 },
    Limits { entries: 12, letters: 120 },
    Limits { entries: 4, letters: 60 },
];

/// A comment for a pull request, in GitHub's Markdown, of at most 60,000 bytes: long lists and texts are cut, with a
/// word on how much there was.
pub fn markdown(proof: &Proof) -> String {
    let mut comments = TRIED.into_iter().map(|limits| comment(proof, limits));
    comments.find(|comment| comment.len() <= MOST).unwrap_or_else(|| fallback(proof))
}

/// What always fits.
fn fallback(proof: &Proof) -> String {
    let limits = Limits { entries: 0, letters: 60 };
    let count = counted(proof.differences.len(), "difference");
    format!(
        "{}\nThere is too much to tell for a comment: {count}. See `harden prove` itself.\n",
        headline(proof, limits)
    )
}

fn headline(proof: &Proof, limits: Limits) -> String {
    let sign = match proof.verdict {
        Verdict::Held => "✅",
        Verdict::Broken => "❌",
        Verdict::Unchanged => "➖",
    };
    let file = safe::code(&proof.file, limits.letters);
    let reason = safe::prose(&verdict::reason(proof), limits.letters);
    format!("{sign} **{}** · {file} · {reason}\n", verdict::title(proof))
}

fn comment(proof: &Proof, limits: Limits) -> String {
    let mut out = headline(proof, limits);
    let short = rows(proof, false);
    let all = rows(proof, true);
    let mut sections = vec![parts::table(&short, limits), differences(&proof.differences, limits)];
    sections.extend(proof.blame.as_ref().map(|blame| parts::blame(blame, limits)));
    if all.len() > short.len() {
        sections.push(details(&format!("all {} rows", all.len()), &parts::table(&all, limits)));
    }
    sections.extend(parts::vulnerabilities(proof, limits));
    sections.extend(parts::packages(proof, limits));
    sections.push(details(&counted(proof.recipes.len(), "recipe"), &parts::recipes(&proof.recipes, limits)));
    sections.push(parts::notes(proof, limits));
    if proof.verdict != Verdict::Unchanged {
        sections.push(details("how it was tried", &parts::tried(proof, limits)));
    }
    for section in sections.iter().filter(|section| !section.is_empty()) {
        out.push('\n');
        out.push_str(section);
    }
    out
}

fn differences(differences: &[Difference], limits: Limits) -> String {
    let shown =
        differences.iter().take(limits.entries).map(|difference| parts::difference(difference, limits));
    shown.chain(limits.rest(differences.len())).collect()
}

/// A part that opens on a click; nothing for nothing. The title is ours.
fn details(title: &str, body: &str) -> String {
    if body.is_empty() {
        return String::new();
    }
    format!("<details><summary>{title}</summary>\n\n{body}\n</details>\n")
}
