#![allow(clippy::unwrap_used)]

use super::*;
use crate::prove::ErrorKind;
use crate::prove::image::{Config, GoBuild, Image, Program};
use crate::prove::proof::{Difference, EngineFacts, Judgement, Kind, Row, Verdict};

fn masks(given: &[&str]) -> Masks {
    Masks::of_variables(&given.iter().map(|&text| text.to_owned()).collect::<Vec<_>>())
}

/// A proof in which a text is wherever an image or a container may put it.
fn proof(text: &str) -> Proof {
    let all = || vec![format!("it is {text}!")];
    let config = Config {
        command: all(),
        environment: [("TOKEN".to_owned(), text.to_owned())].into(),
        labels: [("key".to_owned(), text.to_owned())].into(),
        ..Config::default()
    };
    let go =
        GoBuild { settings: vec![("-ldflags".into(), format!("-X main.key={text}"))], ..GoBuild::default() };
    let program = Some(Program { go: Some(go), ..Program::default() });
    let answers = vec![Answer { question: "q".into(), port: None, facts: all(), unmet: all() }];
    let side = || Side {
        image: Some(Image { config: config.clone(), program: program.clone(), ..Image::default() }),
        behaviour: Some(Observation {
            output: all(),
            errors: all(),
            answers: answers.clone(),
            ..Observation::default()
        }),
        ..Side::default()
    };
    let value = || Value::Text(text.to_owned());
    Proof {
        schema: 1,
        tool: "harden".into(),
        file: "Dockerfile".into(),
        engine: EngineFacts::default(),
        verdict: Verdict::Broken,
        rung: None,
        recipes: Vec::new(),
        before: side(),
        after: side(),
        rows: vec![Row {
            id: "command".into(),
            name: "command".into(),
            before: value(),
            after: value(),
            judgement: Judgement::Same,
            headline: true,
        }],
        differences: vec![Difference { id: Kind::Output, what: text.into(), detail: all(), help: None }],
        notes: all(),
        blame: None,
        text: Vec::new(),
        files: Vec::new(),
    }
}

#[test]
fn no_report_tells_a_value_that_was_given() {
    let told = masks(&["TOKEN=hunter2hunter2"]).proof(proof("hunter2hunter2"));
    let json = String::from_utf8(crate::prove::report::json(&told)).unwrap();
    assert!(!json.contains("hunter2") && json.contains("it is $TOKEN!"), "{json}");
    assert!(!crate::prove::report::html(&told).contains("hunter2"));
}

#[test]
fn variables_of_an_image_are_told_by_name_alone() {
    let json = String::from_utf8(crate::prove::report::json(&proof("hunter2hunter2"))).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["after"]["image"]["config"]["environment"], serde_json::json!(["TOKEN"]));
}

#[test]
fn secrets_come_from_files_and_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("npmrc");
    std::fs::write(&file, "x=y\n//registry/:_authToken=abcdefgh\n").unwrap();
    let values = |text: &str| Masks::new(secret(text).into_iter());
    let of_file = values(&format!("id=npm,src={}", file.display()));
    assert_eq!(of_file.hide("x=y //registry/:_authToken=abcdefgh"), "x=y <secret npm>");
    let path = std::env::var("PATH").unwrap();
    assert_eq!(values("id=p,env=PATH").hide(&path), "<secret p>");
    assert_eq!(values("type=env,id=PATH").hide(&path), "<secret PATH>");
    assert_eq!(values("id=none,src=/does/not/exist").hide(&path), path);
}

#[test]
fn errors_and_short_values() {
    let masks = masks(&["A=hunter2hunter2", "B=hunter2hunter2more", "C=on"]);
    let error = Error::new(ErrorKind::Build, "hunter2hunter2more on").because("hunter2hunter2");
    let error = masks.error(error);
    assert_eq!((error.message.as_str(), error.cause.as_deref()), ("$B on", Some("$A")));
}

#[derive(Default)]
struct Heard(Vec<u8>);

impl Watch for Heard {
    fn begins(&mut self, _: &str) {}
    fn step(&mut self, what: &str) {
        self.0.extend_from_slice(format!("[{what}]").as_bytes());
    }
    fn output(&mut self, piece: &[u8]) {
        self.0.extend_from_slice(piece);
    }
}

#[test]
fn output_is_passed_on_without_values_however_it_comes_in_pieces() {
    let mut heard = Heard::default();
    let masks = masks(&["TOKEN=hunter2hunter2"]);
    let mut watch = Masked::new(&masks, &mut heard);
    for piece in ["a hunter2", "hunter2 b\nc hunt", "er2hunter2"] {
        watch.output(piece.as_bytes());
    }
    watch.step("next");
    watch.output(b"\xff raw\n");
    watch.flush();
    assert_eq!(heard.0, b"a $TOKEN b\nc $TOKEN[next]\xff raw\n");
}
