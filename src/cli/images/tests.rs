use super::*;
use crate::cli::args::Color;
use jiff::civil::date;

const IMAGES: Images = Images { date: date(2026, 11, 23) };

fn shown(name: &str) -> String {
    let terminal = Terminal::new(Color::Never);
    text::pages(&[page(IMAGES, name).unwrap()], false, terminal)
}

fn json(name: &str) -> serde_json::Value {
    serde_json::to_value(page(IMAGES, name).unwrap()).unwrap()
}

#[test]
fn an_image_says_when_it_ended_and_what_it_should_be() {
    let page = json("golang:1.19-buster");
    assert_eq!((&page["kind"], &page["class"]), (&"image".into(), &"ended".into()));
    assert_eq!(page["release"]["cycle"], "1.19");
    assert_eq!(page["support"]["ends"], "2023-09-06");
    assert_eq!(page["suite"]["support"]["ends"], "2024-06-30");
    assert_eq!(page["built"], false);
    assert_eq!(page["should_be"], "golang:1.27-trixie");
    assert_eq!(page["same_role"][0]["image"], "cgr.dev/chainguard/go:latest");
    assert_eq!(page["same_role"][1]["login"], true);
    let sources = page["sources"].as_array().unwrap();
    assert_eq!(sources.len(), 4);
    assert!(sources.iter().all(|source| source["date"].as_str().unwrap().len() == 10));
}

#[test]
fn what_is_retired_names_its_successor() {
    let page = json("openjdk:8-jre");
    assert_eq!((&page["class"], &page["should_be"]), (&"retired".into(), &"eclipse-temurin:8-jre".into()));
    assert_eq!(page["retired"]["successor"], "eclipse-temurin");
    assert!(shown("gcr.io/distroless/static-debian12").contains("use gcr.io/distroless/static-debian13"));
    assert!(!shown("gcr.io/distroless/static").contains("retired"));
}

#[test]
fn a_family_lists_its_releases_of_the_day() {
    let page = json("library/golang");
    assert_eq!((&page["kind"], &page["name"]), (&"family".into(), &"golang".into()));
    assert_eq!(page["releases"][0]["cycle"], "1.27");
    assert!(page["tags"].as_array().unwrap().len() > 40);
    let before = super::page(Images { date: date(2026, 2, 1) }, "golang").unwrap();
    let before = serde_json::to_value(before).unwrap();
    assert_eq!(before["releases"][0]["cycle"], "1.25");
    assert_eq!(before["tags"].as_array().unwrap().len(), 0, "the list is from a later day");
}

#[test]
fn every_name_of_the_table_can_be_asked_for() {
    let rows = table::rows(IMAGES);
    assert!(rows.len() > 300, "{}", rows.len());
    for row in &rows {
        assert!(page(IMAGES, &row.name).is_ok(), "{}", row.name);
    }
    let named = |name: &str| rows.iter().find(|row| row.name == name).unwrap();
    assert_eq!(named("golang").newest.as_deref(), Some("1.27"));
    assert_eq!((named("openjdk").class, named("centos").newest.as_deref()), ("retired", None));
    assert!(named("dhi.io/golang").login);
    // The newest release of a product with long-term support may have none.
    assert_eq!(named("amazoncorretto").newest.as_deref(), Some("25"));
}

#[test]
fn unknown_names_get_the_nearest_or_none() {
    let failure = |name: &str| page(IMAGES, name).unwrap_err().render(false);
    assert!(failure("golag:1.19").contains("did you mean `golang`?"));
    assert!(failure("ghcr.io/me/x:1").contains("`harden images` lists"));
    let hostile = failure("x\u{1b}[2J\u{202e}");
    assert!(!hostile.contains(['\u{1b}', '\u{202e}']), "{hostile}");
}

#[test]
fn lines_are_no_wider_than_the_page() {
    for name in ["node:22-bookworm", "golang", "eclipse-temurin", "ubuntu"] {
        let text = shown(name);
        // A link has no place to break it.
        let wide = text.lines().find(|line| line.chars().count() > 80 && !line.contains("https://"));
        assert_eq!(wide, None);
    }
}
