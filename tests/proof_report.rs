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
            let wide = shown
                .lines()
                .filter(|line| !line.contains("help: harden prove") && line.chars().count() > width);
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
    proof.before.image.as_mut().unwrap().packages.truncate(2);
    proof.before.scans[0].vulnerabilities.truncate(2);
    proof
}
