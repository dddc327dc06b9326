use crate::catalog::{Answer, Reference, View};
use crate::document::Document;
use crate::edit::{Applicability, Fix};
use crate::model::Model;
use crate::transform::{Context, Proposals, Transform as _};

/// The fixes for a text, with what a registry says about some images: digits stand for a digest.
fn fixes(text: &str, answers: &[(&str, &str)]) -> Vec<Fix> {
    let mut view = View::of_listings();
    for (image, answer) in answers {
        let answer = match *answer {
            "missing" => Answer::Missing,
            "failed" => Answer::Failed("no route".into()),
            digit => Answer::Digest(format!("sha256:{}", digit.repeat(64))),
        };
        view.lookups.insert(&Reference::parse(image).unwrap(), answer);
    }
    let document = Document::parse(text);
    let model = Model::new(&document);
    let cx = Context::new(&document, &model, None).seeing(&view);
    let mut found = Vec::new();
    super::ExplicitTag {}.propose(&cx, &mut Proposals::new("explicit-tag", Applicability::Safe, &mut found));
    found
}

fn only(text: &str, answers: &[(&str, &str)]) -> Fix {
    let mut found = fixes(text, answers);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn what_the_registry_has_under_both_tags_is_the_same() {
    let fix = only("FROM golang\n", &[("golang", "1"), ("golang:1.27", "1")]);
    assert_eq!((fix.applicability, fix.edits[0].text.as_str()), (Applicability::Safe, ":1.27"));
    assert!(fix.evidence[0].what.contains("sha256:1111"));
}

#[test]
fn a_tag_that_moved_on_is_told() {
    let fix = only("FROM golang\n", &[("golang", "1"), ("golang:1.27", "2")]);
    assert_eq!((fix.applicability, fix.edits.len()), (Applicability::Manual, 0));
    assert!(fix.reason.contains("another image than 1.27"), "{}", fix.reason);
}

#[test]
fn one_answer_is_not_enough() {
    for answers in [&[("golang", "1")][..], &[("golang", "1"), ("golang:1.27", "failed")]] {
        let fix = only("FROM golang\n", answers);
        assert_eq!((fix.applicability, fix.edits.len()), (Applicability::Unsafe, 1));
    }
    let fix = only("FROM golang\n", &[("golang", "1"), ("golang:1.27", "missing")]);
    assert_eq!(fix.applicability, Applicability::Manual);
}

#[test]
fn the_tag_is_as_precise_as_a_line_of_releases() {
    for (image, new) in [
        ("python", "python:3.14"),
        ("postgres:alpine", "postgres:18-alpine"),
        ("eclipse-temurin", "eclipse-temurin:25"),
        ("ubuntu:rolling", "ubuntu:26.04"),
        ("golang:bookworm", "golang:1.27-bookworm"),
        ("nginx:stable-alpine", "nginx:1.30-alpine"),
        ("traefik", "traefik:3.7"),
        ("docker:dind", "docker:29-dind"),
        ("r-base:latest", "r-base:4.6.1"),
    ] {
        assert_eq!(only(&format!("FROM {image}\n"), &[]).title, format!("use {new}"));
    }
}

#[test]
fn a_variable_is_changed_once_and_not_for_others() {
    let fix = only("ARG T=latest\nFROM golang:$T AS a\nFROM golang:$T\n", &[]);
    assert_eq!(fix.edits[0].text, "1.27");
    for fix in fixes("ARG T=latest\nFROM golang:$T AS a\nFROM python:$T\n", &[]) {
        assert_eq!((fix.applicability, fix.edits.len()), (Applicability::Manual, 0));
    }
}

#[test]
fn unknown_images_are_told_where_they_surely_float() {
    let fix = only("FROM example.org/own AS a\nFROM example.org/own:3\nFROM a\n", &[]);
    assert_eq!(fix.applicability, Applicability::Manual);
    assert_eq!(fix.message, "example.org/own names another image from time to time");
    assert!(only("FROM me/own\n", &[]).message.starts_with("me/own names"), "as it is written");
}

#[test]
fn names_for_one_platform_and_images_that_ended_are_left_alone() {
    for image in ["arm32v6/alpine:latest", "openjdk", "centos:latest", "gcr.io/distroless/static:nonroot"] {
        assert!(fixes(&format!("FROM {image}\n"), &[]).is_empty(), "{image}");
    }
}
