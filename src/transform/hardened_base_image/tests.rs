use super::HardenedBaseImage;
use crate::catalog::{Answer, Provider, Reference, View};
use crate::document::Document;
use crate::edit::{Applicability, Fix};
use crate::model::Model;
use crate::transform::{Context, Proposals, Transform as _};

/// The fix for a text, where a provider was chosen and the registry has `dhi.io/node:22`.
fn fixes(text: &str, provider: Option<Provider>) -> Vec<Fix> {
    let mut view = View::of_listings();
    view.rules.provider = provider;
    view.lookups.insert(&Reference::parse("dhi.io/node:22").unwrap(), Answer::Digest("sha256:1".into()));
    let document = Document::parse(text);
    let model = Model::new(&document);
    let cx = Context::new(&document, &model, None).seeing(&view);
    let mut found = Vec::new();
    let mut out = Proposals::new("hardened-base-image", Applicability::Safe, &mut found);
    HardenedBaseImage { provider: None }.propose(&cx, &mut out);
    found
}

fn only(text: &str, provider: Option<Provider>) -> Fix {
    let mut found = fixes(text, provider);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// Why a text is left to a person.
fn refused(text: &str) -> String {
    let fix = only(text, None);
    assert_eq!((fix.applicability, fix.edits.len()), (Applicability::Manual, 0), "{}", fix.title);
    fix.reason
}

#[test]
fn what_the_new_image_lacks_is_refused() {
    for (lines, why) in [
        ("RUN npm ci\nCMD [\"node\", \"x.js\"]", "RUN"),
        ("CMD node x.js", "shell"),
        ("WORKDIR /app\nCOPY x.js .", "old image"),
        ("CMD [\"npm\", \"start\"]", "npm"),
        ("ENTRYPOINT [\"/entry.sh\"]\nCMD [\"node\", \"x.js\"]", "/entry.sh"),
        ("USER node\nCMD [\"node\", \"x.js\"]", "user node"),
        ("COPY --chown=node:node . .\nCMD [\"node\", \"x.js\"]", "owner"),
        ("HEALTHCHECK CMD curl localhost\nCMD [\"node\", \"x.js\"]", "check"),
        ("COPY --from=x /usr/local/lib /usr/local/lib\nCMD [\"node\", \"x.js\"]", "elsewhere"),
    ] {
        let reason = refused(&format!("FROM node:22\n{lines}\n"));
        assert!(reason.contains(why), "{lines}: {reason}");
    }
    let reason = refused("FROM node:22-alpine\nCOPY --from=b:1 /app /app\nCMD [\"node\", \"x.js\"]\n");
    assert!(reason.contains("C library"), "{reason}");
}

#[test]
fn a_variable_that_other_stages_use_stays() {
    let text =
        "ARG BASE=node:22\nFROM ${BASE} AS build\nRUN npm ci\nFROM ${BASE}\nCMD [\"node\", \"x.js\"]\n";
    assert!(refused(text).contains("the same variable"));
}

#[test]
fn another_version_is_refused() {
    assert!(refused("FROM node:18\nCMD [\"node\", \"x.js\"]\n").contains("version 18"));
    assert!(refused("FROM node:lts\nCMD [\"node\", \"x.js\"]\n").contains("which version"));
    let fix = only("FROM node:22\nCMD [\"node\", \"x.js\"]\n", Some(Provider::Chainguard));
    assert!(fix.applicability == Applicability::Manual && fix.reason.contains("newest version only"));
    let fix = only("FROM python:3.12\nCMD [\"python\", \"x.py\"]\n", Some(Provider::Distroless));
    assert!(fix.applicability == Applicability::Manual && fix.reason.contains("another version"));
}

#[test]
fn images_that_take_a_login_are_for_those_who_ask_for_them() {
    let text = "FROM node:22\nWORKDIR /app\nCOPY . .\nCMD [\"node\", \"x.js\"]\n";
    let fix = only(text, Some(Provider::Dhi));
    assert_eq!((fix.applicability, fix.title.as_str()), (Applicability::Unsafe, "use dhi.io/node:22"));
    assert!(fix.reason.contains("log in"), "{}", fix.reason);
    assert!(only(text, None).title.contains("gcr.io/distroless/nodejs22-debian13"));
    let other = only("FROM node:24\nCMD [\"node\", \"x.js\"]\n", Some(Provider::Dhi));
    assert!(other.applicability == Applicability::Manual, "whether there is one is not known");
}

#[test]
fn the_reason_says_what_changes() {
    let fix = only("FROM node:22\nCMD [\"node\", \"x.js\"]\n", None);
    assert!(fix.reason.contains("65532 instead of root"), "{}", fix.reason);
}

#[test]
fn only_the_final_stage_and_what_has_a_smaller_one_is_looked_at() {
    for text in [
        "FROM node:22 AS build\nFROM scratch\n",
        "FROM debian:13\n",
        "FROM python:3.14-slim\nCMD [\"python\"]\n",
        "FROM python:3.14-alpine\nCMD [\"python\"]\n",
        "FROM example.org/own\n",
    ] {
        assert!(fixes(text, None).is_empty(), "{text}");
    }
}

#[test]
fn the_slim_variant_is_taken_where_it_has_what_the_steps_call() {
    for (line, why) in [
        ("RUN pip install flask", None),
        ("RUN apt-get update && apt-get install -y ffmpeg", None),
        ("RUN curl -O https://x.io/a", Some("curl")),
        ("RUN pip install git+https://x.io/a.git", Some("git")),
        ("HEALTHCHECK CMD curl -f localhost", Some("curl")),
    ] {
        let fix = only(&format!("FROM python:3.14-trixie\n{line}\nCMD [\"python\", \"x.py\"]\n"), None);
        let expected = if why.is_some() { Applicability::Manual } else { Applicability::Unsafe };
        assert_eq!(fix.applicability, expected, "{line}: {}", fix.reason);
        assert!(fix.reason.contains(why.unwrap_or_default()), "{line}: {}", fix.reason);
        assert!(why.is_some() || fix.title == "use python:3.14-slim-trixie", "{}", fix.title);
    }
    assert!(only("FROM python:3.8\nCMD [\"python\"]\n", None).reason.contains("newer release first"));
}
