//! Every `FROM` of a corpus of real Dockerfiles, by family and by state on one day.
//!
//! Needs `HARDEN_CORPUS` (a folder of Dockerfiles); `.ci/run` sets it.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod support;

use harden::catalog::{Class, Images, Reference, Rules, Why};
use harden::document::{Document, decode};
use harden::model::{Base, Model};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

const DAY: &str = "2026-11-23";

/// Families that the table shows one by one.
const SHOWN: usize = 40;

/// The least share of references whose state is known, of those that can be read.
const KNOWN_PERCENT: usize = 70;

/// One `FROM`.
struct From {
    /// The family, or what stands in its place.
    group: String,
    /// The reference, or the name of a stage.
    text: String,
    /// None for an earlier stage.
    class: Option<Class>,
}

/// Every `FROM` of a file, and how many instructions begin so.
fn froms(path: &Path, images: Images) -> (Vec<From>, usize) {
    let bytes = std::fs::read(path).unwrap();
    let decoded = decode(&bytes);
    let document = Document::parse(&decoded.text);
    let model = Model::sharing(&document, &harden::model::Scripts::default(), &Rules::default());
    let written = document.instructions.iter().filter(|i| i.name().eq_ignore_ascii_case("from")).count();
    let from = |stage: &harden::model::Stage| From {
        group: match &stage.base {
            Base::Scratch => "scratch".to_owned(),
            _ => stage.family().map_or_else(|| "(no family)".to_owned(), |family| short(&family.name)),
        },
        text: match &stage.base {
            Base::Image(text) => text.clone(),
            _ => String::new(),
        },
        class: stage.class(&images),
    };
    (model.stages.iter().map(from).collect(), written)
}

fn short(name: &str) -> String {
    name.trim_start_matches("docker.io/").trim_start_matches("library/").to_owned()
}

/// Counts by class, in the order of [`Class::KNOWN`], and of unknown ones at the end.
type Row = [usize; Class::KNOWN.len() + 1];

fn column(class: Class) -> usize {
    Class::KNOWN.iter().position(|known| *known == class).unwrap_or(Class::KNOWN.len())
}

fn line(table: &mut String, name: &str, row: &Row) {
    write!(table, "| {name} | {} |", row.iter().sum::<usize>()).unwrap();
    for count in row {
        let shown = if *count == 0 { String::new() } else { count.to_string() };
        write!(table, " {shown} |").unwrap();
    }
    table.push('\n');
}

fn table(groups: &BTreeMap<&str, Row>) -> String {
    let mut table = String::from("| family | FROMs |");
    Class::KNOWN.iter().for_each(|class| write!(table, " {} |", class.id()).unwrap());
    table.push_str(" unknown |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
    let mut rows: Vec<_> = groups.iter().collect();
    rows.sort_by_key(|(name, row)| (std::cmp::Reverse(row.iter().sum::<usize>()), **name));
    let (mut rest, mut all): (Row, Row) = (Row::default(), Row::default());
    for (at, (name, row)) in rows.iter().enumerate() {
        all.iter_mut().zip(row.iter()).for_each(|(sum, count)| *sum += count);
        if at < SHOWN {
            line(&mut table, name, row);
        } else {
            rest.iter_mut().zip(row.iter()).for_each(|(sum, count)| *sum += count);
        }
    }
    line(&mut table, &format!("{} more families", rows.len().saturating_sub(SHOWN)), &rest);
    line(&mut table, "all", &all);
    table
}

#[test]
fn every_from_is_classified() {
    let corpus = match support::path_from_env("HARDEN_CORPUS") {
        Ok(corpus) => corpus,
        Err(reason) => return println!("SKIPPED every_from_is_classified: {reason}"),
    };
    let images = Images { date: DAY.parse().unwrap() };
    let files = support::dockerfiles(&corpus);
    let found = support::in_parallel(support::cores(), &files, |file| froms(file, images));
    let (mut groups, mut reasons): (BTreeMap<&str, Row>, BTreeMap<Why, Vec<&str>>) = Default::default();
    let mut stages = 0;
    for from in found.iter().flat_map(|(froms, _)| froms) {
        let Some(class) = from.class else {
            stages += 1;
            continue;
        };
        groups.entry(&from.group).or_default()[column(class)] += 1;
        if let Some(why) = class.why() {
            reasons.entry(why).or_default().push(&from.text);
        }
    }
    let counted: usize = groups.values().flatten().sum();
    println!("{} FROMs of {} files on {DAY}; {stages} more name a stage\n", counted, files.len());
    println!("{}", table(&groups));
    for (why, texts) in &reasons {
        let some: BTreeSet<_> = texts.iter().step_by(1 + texts.len() / 12).collect();
        println!("unknown, {why}: {}, as in {some:?}", texts.len());
    }
    let written: usize = found.iter().map(|(_, written)| written).sum();
    assert_eq!(counted + stages, written, "every FROM is in one class");
    let unknown: usize = reasons.values().map(Vec::len).sum();
    let row_unknown: usize = groups.values().map(|row| row[Class::KNOWN.len()]).sum();
    assert_eq!(unknown, row_unknown, "what is unknown has a reason");
    for (why, texts) in &reasons {
        let wrong = texts.iter().find(|text| match why {
            Why::Variable => !text.is_empty(),
            Why::Unreadable => Reference::parse(text).is_some(),
            Why::NoFamily | Why::Private => Reference::parse(text).unwrap().family().is_some(),
            Why::Digest => !text.contains('@'),
            Why::Tag | Why::Release => Reference::parse(text).unwrap().family().is_none(),
        });
        assert_eq!(wrong, None, "{why}");
    }
    let readable = counted - reasons.get(&Why::Variable).map_or(0, Vec::len);
    assert!((counted - unknown) * 100 >= readable * KNOWN_PERCENT, "{unknown} of {readable} are unknown");
}
