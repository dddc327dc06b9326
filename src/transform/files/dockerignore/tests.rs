use super::*;
use crate::document::Document;
use crate::edit::Fix;
use crate::model::Model;
use crate::project::Memory;

fn fixes(text: &str, files: &[(&str, &str)]) -> Vec<Fix> {
    let document = Document::parse(text);
    let model = Model::new(&document);
    let project = Project::new(Box::new(Memory::new(files.iter().copied())));
    let cx = Context::new(&document, &model, Some(&project));
    let mut fixes = Vec::new();
    Dockerignore {}.propose(&cx, &mut Proposals::new("dockerignore", Applicability::Safe, &mut fixes));
    fixes
}

/// The text of the ignore file that is proposed; none when nothing is.
fn written(text: &str, files: &[(&str, &str)]) -> Option<String> {
    let fixes = fixes(text, files);
    let [fix] = fixes.as_slice() else { return None };
    assert!(fix.applicability <= Applicability::Unsafe && !fix.reason.is_empty());
    fix.files.first().map(|file| file.text.clone())
}

const PLAIN: &str = "FROM debian:13\nCOPY . /app\nCMD [\"/app/run\"]\n";

#[test]
fn only_what_is_there_is_named() {
    assert_eq!(written(PLAIN, &[("run", "")]), None);
    let files = [("run", ""), (".git/HEAD", ""), (".env", "DB_PASSWORD=Sup3r-geheim\n"), ("a/.DS_Store", "")];
    assert_eq!(written(PLAIN, &files).as_deref(), Some(".git\n.env\n**/.DS_Store\n"));
}

#[test]
fn a_file_of_settings_without_a_secret_stays() {
    assert_eq!(written(PLAIN, &[(".env", "PORT=80\n"), (".env.example", "TOKEN=abcdefgh1\n")]), None);
}

#[test]
fn keys_of_tests_and_certificates_stay() {
    let key = "-----BEGIN PRIVATE KEY-----\n";
    let files = [
        ("testdata/server.key", key),
        ("node_modules/x/key.pem", key),
        ("ca.pem", "-----BEGIN CERTIFICATE-----\n"),
    ];
    assert_eq!(written(PLAIN, &files), None);
    assert_eq!(written(PLAIN, &[("tls/server.key", key)]).as_deref(), Some("tls/server.key\n"));
}

#[test]
fn what_the_file_names_stays() {
    let files = [(".env", "TOKEN=abcdefgh1\n"), (".git/HEAD", "")];
    for more in [
        "COPY .env /app/\n",
        "RUN . ./.env && make\n",
        "COPY .e* /x/\n",
        "RUN --mount=type=bind,source=.env,target=/e x\n",
    ] {
        let text = format!("FROM debian:13\n{more}COPY . /app\n");
        assert_eq!(written(&text, &files).as_deref(), Some(".git\n"), "{more}");
    }
}

#[test]
fn git_stays_where_it_is_asked() {
    let files = [(".git/HEAD", ""), ("Makefile", "V := $(shell git describe)\n")];
    assert_eq!(written(PLAIN, &files), None);
    assert_eq!(written("FROM x\nCOPY . .\nRUN git rev-parse HEAD\n", &[(".git/HEAD", "")]), None);
    assert!(written("FROM x\nCOPY . .\nRUN git clone https://a.b/c.git\n", &[(".git/HEAD", "")]).is_some());
}

#[test]
fn packages_stay_out_where_they_are_installed() {
    let files = [("node_modules/a/index.js", ""), ("package.json", "{}")];
    assert_eq!(written(PLAIN, &files), None);
    let text = "FROM node:24\nCOPY package.json .\nRUN npm ci\nCOPY . .\n";
    assert_eq!(written(text, &files).as_deref(), Some("node_modules\n"));
}

#[test]
fn an_ignore_file_grows_and_what_it_brings_back_stays() {
    let files = [(".git/HEAD", ""), (".idea/x", ""), (".dockerignore", "*.log\r\n!.idea")];
    assert_eq!(written(PLAIN, &files).as_deref(), Some("*.log\r\n!.idea\r\n.git\r\n"));
    let files = [(".git/HEAD", ""), (".dockerignore", "*.log\n.git\n")];
    assert_eq!(written(PLAIN, &files), None, "a second run");
}

#[test]
fn a_context_of_several_dockerfiles_is_told_only() {
    let files = [(".git/HEAD", ""), ("Dockerfile", ""), ("web/Dockerfile", "")];
    let fixes = fixes(PLAIN, &files);
    assert_eq!(fixes.len(), 1);
    assert!(fixes[0].files.is_empty() && fixes[0].applicability == Applicability::Manual);
}

#[test]
fn a_copy_of_parts_is_left_alone() {
    for copy in ["COPY src /app", "COPY --from=build . /app", "ADD https://x.y/z /app/"] {
        assert_eq!(written(&format!("FROM debian:13\n{copy}\n"), &[(".git/HEAD", "")]), None, "{copy}");
    }
}

#[test]
fn names_with_signs_of_patterns_match_themselves_alone() {
    let files = [("a[1].key", "-----BEGIN PRIVATE KEY-----\n")];
    assert_eq!(written(PLAIN, &files).as_deref(), Some("a\\[1].key\n"));
}
