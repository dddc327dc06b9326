//! The examples of every recipe are tests: `before` becomes `after`, or stays; a second run proposes nothing.
#![allow(clippy::unwrap_used)]

use harden::catalog::View;
use harden::engine::{Settings, harden};
use harden::recipe::{Library, Recipe};
use std::collections::BTreeSet;
use std::sync::Arc;

fn result(recipe: &Arc<Recipe>, text: &str, include_unsafe: bool) -> String {
    let settings = Settings::new(vec![Arc::clone(recipe)], Arc::new(View::of_listings()));
    let outcome = harden(text.as_bytes(), None, &Settings { include_unsafe, ..settings });
    assert_eq!(outcome.problem, None, "{}", recipe.id);
    String::from_utf8(outcome.after).unwrap()
}

#[test]
fn every_example_holds() {
    let library = Library::builtin().unwrap();
    for recipe in library.recipes() {
        assert!(
            recipe.examples.len() >= 2,
            "{}: an example of what changes, and one of what does not",
            recipe.id
        );
        for example in &recipe.examples {
            let name = format!("{}: {}", recipe.id, example.name);
            let after = result(recipe, &example.before, example.unsafe_);
            let expected = example.after.as_ref().unwrap_or(&example.before);
            assert_eq!(&after, expected, "{name}");
            assert_eq!(result(recipe, &after, example.unsafe_), after, "{name}: a second run");
        }
    }
}

/// A recipe that fires on the example of another that must stay would show here as a change of the totals.
#[test]
fn every_recipe_runs_over_every_example() {
    let library = Library::builtin().unwrap();
    let mut texts = BTreeSet::new();
    for recipe in library.recipes() {
        for example in &recipe.examples {
            texts.insert(example.before.clone());
            texts.extend(example.after.clone());
        }
    }
    let mut lines = Vec::new();
    for recipe in library.recipes() {
        for text in &texts {
            let changed = |include_unsafe| &result(recipe, text, include_unsafe) != text;
            let verdict = match (changed(false), changed(true)) {
                (true, _) => "safe",
                (false, true) => "unsafe",
                (false, false) => continue,
            };
            let first = text.lines().take(3).collect::<Vec<_>>().join(" | ");
            lines.push(format!("{:18} {verdict:7} {first}", recipe.id));
        }
    }
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("recipes-over-examples", lines.join("\n"));
    });
}
