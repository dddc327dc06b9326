//! What is told about a proof, in all forms: what a person reads first, and that no text of an image gets out of its place.
#![allow(clippy::unwrap_used)]

#[path = "support/proofs.rs"]
#[allow(unreachable_pub)]
mod proofs;

use harden::prove::proof::Proof;
use harden::prove::report::{Style, html, json, markdown, text};
use proofs::{broken, held, hostile, unbuilt, unchanged, unscanned};

const PLAIN: Style = Style { colour: false, all: false, width: 80 };

fn all() -> [(&'static str, Proof); 6] {
    [
        ("held", held()),
        ("unscanned", unscanned()),
        ("broken", broken()),
        ("unbuilt", unbuilt()),
        ("unchanged", unchanged()),
        ("hostile", hostile()),
    ]
}

fn snapshot(name: &str, shown: &str) {
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(format!("proof__{name}"), shown);
    });
}

#[test]
fn texts_read_well() {
    for (name, proof) in all() {
        snapshot(&format!("{name}-text"), &text(&proof, PLAIN));
    }
    snapshot("held-text-all", &text(&held(), Style { all: true, width: 100, ..PLAIN }));
    snapshot("held-text-narrow", &text(&held(), Style { width: 60, ..PLAIN }));
}

#[test]
fn texts_keep_to_the_width() {
    for (name, proof) in all() {
        for width in [40, 60, 80, 120] {
            let shown = text(&proof, Style { all: true, width, ..PLAIN });
            let wide =
                shown.lines().filter(|line| !line.contains("help: harden ") && line.chars().count() > width);
            let wide: Vec<&str> =
                wide.filter(|line| !(name == "hostile" && line.starts_with("    help: <"))).collect();
            assert_eq!(wide, Vec::<&str>::new(), "{name} at {width}");
        }
    }
}

#[test]
fn texts_have_no_control_characters_of_strangers() {
    for (name, proof) in all() {
        let shown = text(&proof, Style { all: true, ..PLAIN });
        let odd = |c: &char| (c.is_control() && *c != '\n') || "\u{202e}\u{2066}\u{200f}".contains(*c);
        assert_eq!(shown.chars().find(odd), None, "{name}");
    }
}

#[test]
fn colour_is_only_for_those_who_ask() {
    let proof = broken();
    let coloured = text(&proof, Style { colour: true, ..PLAIN });
    assert!(coloured.contains("\u{1b}[1;31mdifferent[missing-file]:\u{1b}[0m "));
    let mut plain = String::new();
    for (at, part) in coloured.split('\u{1b}').enumerate() {
        plain.push_str(if at == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    assert_eq!(trimmed(&plain), trimmed(&text(&proof, PLAIN)));
}

#[test]
fn records_can_be_read_by_programs() {
    for (name, proof) in all() {
        let record = json(&proof);
        assert!(record.ends_with(b"}\n"), "{name}");
        let record: serde_json::Value = serde_json::from_slice(&record).unwrap();
        assert_eq!(record["schema"], 1);
        assert_eq!(record["rows"].as_array().unwrap().len(), proof.rows.len());
    }
    let record: serde_json::Value = serde_json::from_slice(&json(&held())).unwrap();
    assert_eq!(record["verdict"], "held");
    assert_eq!(record["rows"][0]["after"], serde_json::json!({ "type": "bytes", "value": 8_130_000 }));
    let confinement = &record["after"]["behaviour"]["confinement"];
    assert_eq!(*confinement, serde_json::json!({ "no_capabilities": true, "read_only": true }));
    snapshot("unbuilt-json", &String::from_utf8(json(&short(unbuilt()))).unwrap());
}

/// The same with few packages and vulnerabilities.
fn short(mut proof: Proof) -> Proof {
    if let Some(image) = &mut proof.before.image {
        image.packages.drain(2..image.packages.len() - 3);
    }
    if let Some(scan) = proof.before.scans.first_mut() {
        scan.vulnerabilities.retain(|found| found.id.ends_with("04"));
    }
    proof
}

#[test]
fn comments_read_well() {
    for (name, proof) in all() {
        snapshot(&format!("{name}-markdown"), &markdown(&proof));
    }
}

/// The parts of a comment's line that are not code.
fn bare(line: &str) -> String {
    let mut bare = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        let ticks = rest[start..].bytes().take_while(|b| *b == b'`').count();
        bare.push_str(&rest[..start]);
        rest = &rest[start + ticks..];
        let mut at = 0;
        while let Some(close) = rest[at..].find('`') {
            let run = rest[at + close..].bytes().take_while(|b| *b == b'`').count();
            at += close + run;
            if run == ticks {
                break;
            }
        }
        assert!(at > 0, "code without an end: {line}");
        rest = &rest[at..];
    }
    bare + rest
}

/// The lines of a comment outside of fences.
fn outside(comment: &str) -> Vec<&str> {
    let mut fence = None;
    let mut lines = Vec::new();
    for line in comment.lines() {
        let ticks = line.trim_start().bytes().take_while(|b| *b == b'`').count();
        match fence {
            None if ticks >= 3 && line.ends_with("text") => fence = Some(ticks),
            None => lines.push(line),
            Some(open) if ticks >= open && line.trim().len() == ticks => fence = None,
            Some(_) => {}
        }
    }
    assert_eq!(fence, None, "a fence without an end");
    lines
}

#[test]
fn strangers_write_nothing_but_code_in_comments() {
    for (name, proof) in all() {
        for line in outside(&markdown(&proof)) {
            let bare = bare(line);
            assert!(!bare.contains(['@', '#', '[', '!', '\\', '&', '{']), "{name}: {line}");
            let ours = ["<details><summary>", "</summary>", "</details>"];
            let stripped = ours.iter().fold(bare, |bare, tag| bare.replace(tag, ""));
            assert!(!stripped.contains(['<', '>']), "{name}: {line}");
        }
    }
}

#[test]
fn tables_in_comments_have_straight_columns() {
    for (name, proof) in all() {
        let comment = markdown(&proof);
        let mut checked = 0;
        for line in outside(&comment).into_iter().filter(|line| line.starts_with('|')) {
            // A pipe counts unless it is escaped; backslashes before it count in pairs for some readers, not for others.
            let pipes = line
                .match_indices('|')
                .filter(|(at, _)| line[..*at].bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 0);
            assert_eq!(pipes.count(), 5, "{name}: {line}");
            checked += 1;
        }
        assert!(checked > 2 || proof.rows.is_empty() || name == "unbuilt", "{name}");
    }
}

/// A proof with more to tell than fits anywhere.
fn endless(letters: usize) -> Proof {
    let mut proof = hostile();
    let long = "`<@x|".repeat(letters / 5);
    for number in 0..2000 {
        let mut difference = proof.differences[number % 8].clone();
        difference.detail = vec![long.clone(); 200];
        proof.differences.push(difference);
        proof.notes.push(long.clone());
        proof.recipes.push(proof.recipes[0].clone());
    }
    proof
}

#[test]
fn comments_fit() {
    for letters in [100, 1000] {
        let comment = markdown(&endless(letters));
        assert!(comment.len() <= 60_000, "{}", comment.len());
        assert!(comment.contains("2009 differences"));
    }
    let mut proof = hostile();
    for _ in 0..2000 {
        proof.rows.push(proof.rows[0].clone());
    }
    let comment = markdown(&proof);
    assert!(comment.len() < 2000 && comment.contains("too much to tell"), "{comment}");
}

/// A page without its style, which says nothing about a proof.
fn bald(page: &str) -> String {
    let (head, rest) = page.split_once("<style>").unwrap();
    format!("{head}<style>{}", &rest[rest.find("</style>").unwrap()..])
}

#[test]
fn pages_read_well() {
    for (name, proof) in all() {
        let page = html(&proof);
        // For tests/lab/picture.
        std::fs::write(format!("{}/proof-{name}.html", env!("CARGO_TARGET_TMPDIR")), &page).unwrap();
        let short = if name == "hostile" { proof } else { short(proof) };
        snapshot(&format!("{name}-html"), &bald(&html(&short)));
    }
}

#[test]
fn strangers_write_no_markup_in_pages() {
    let tags = |page: &str| {
        let mut tags = std::collections::BTreeMap::<String, usize>::new();
        for tag in page.split('<').skip(1) {
            let name = tag.split([' ', '>', '\n']).next().unwrap().to_owned();
            *tags.entry(name).or_default() += 1;
        }
        tags
    };
    let page = html(&hostile());
    assert!(page.len() > 10_000);
    let known: Vec<String> = tags(&html(&broken())).into_keys().collect();
    for (tag, _) in tags(&page) {
        assert!(known.contains(&tag), "<{tag}");
    }
    for (tag, count) in tags(&page) {
        let closed = ["!doctype", "meta"].contains(&tag.as_str());
        let other = tag.strip_prefix('/').map_or_else(|| format!("/{tag}"), str::to_owned);
        assert!(closed || tags(&page)[&other] == count, "{tag}");
    }
    for attribute in [" onmouseover=\"", " onerror=", "src="] {
        let inside = |tag: &str| tag.split('>').next().unwrap().contains(attribute);
        assert!(!page.split('<').skip(1).any(inside), "{attribute}");
    }
    assert!(!page.contains(['\u{1b}', '\u{9b}', '\u{202e}']) && !page.contains("49"));
}

#[test]
fn pages_load_nothing() {
    for (name, proof) in all() {
        let page = html(&proof);
        for word in ["<script", "<link", "<img", "<iframe", "@import", "url("] {
            assert!(name == "hostile" || !page.contains(word), "{name}: {word}");
        }
        assert!(page.contains("<html lang=\"en\">") && page.contains("width=device-width"), "{name}");
    }
}

#[test]
fn what_broke_comes_before_what_is_better() {
    let page = html(&broken());
    let at = |text: &str| page.find(text).unwrap();
    assert!(at("The rewrite does not hold.") < at("missing-file"));
    assert!(at("missing-file") < at("class=\"figures\""));
}

#[test]
fn who_has_no_scanner_is_told_how_to_get_more() {
    let proof = unscanned();
    for shown in [text(&proof, PLAIN), markdown(&proof), html(&proof)] {
        assert!(shown.contains("trivy, grype or docker scout"), "{shown}");
    }
    assert!(!html(&held()).contains("docker scout"));
}
