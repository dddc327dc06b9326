//! Files of a style of their own come out in that style: tabs, odd continuations, no blank lines, comments everywhere.
#![allow(clippy::doc_markdown, clippy::unwrap_used, clippy::format_push_string)]

mod support;

use harden::catalog::View;
use harden::engine::{Ignores, Settings, harden};
use harden::recipe::Library;
use harden::report::patch;
use std::sync::Arc;

/// The patch of all recipes that work in place, with what each recipe did or has to say.
#[test]
fn a_file_keeps_its_style() {
    let files = support::dockerfiles(&support::folder("cases/style"));
    assert!(files.len() >= 20, "only {} cases", files.len());
    let names = Arc::new(Library::builtin().unwrap().catalogue());
    let settings = Settings {
        include_unsafe: true,
        ignores: Some(Ignores { names, whole: false }),
        ..Settings::new(support::in_place(), Arc::new(View::of_listings()))
    };
    for file in files {
        let outcome = harden(&std::fs::read(&file).unwrap(), None, &settings);
        assert!(outcome.problem.is_none(), "{}: {:?}", file.display(), outcome.problem);
        let mut shown = String::from_utf8(patch(b"Dockerfile", &outcome.before, &outcome.after)).unwrap();
        for finding in &outcome.findings {
            shown.push_str(&format!("\n{:?} {}: {}", finding.state, finding.fix.recipe, finding.fix.title));
        }
        let shown = shown.replace('\r', "␍");
        let name = format!("style-{}", file.file_stem().unwrap().display());
        insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, shown);
        });
    }
}
