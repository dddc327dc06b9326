//! A proof as a page of its own.

use super::Proof;
use super::page::Page;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error, UndefinedBehavior};

/// A page of its own: one file that loads nothing and runs no script, for screens of all sizes, light and dark, and paper.
///
/// All text goes through the template's escapes, which are on for names that end with `.html`.
pub fn html(proof: &Proof) -> String {
    // The template is ours and tested: that it can't be rendered is no fault of the proof.
    render(proof).unwrap_or_default()
}

fn render(proof: &Proof) -> Result<String, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.add_template("page.css", include_str!("page.css"))?;
    environment.add_template("page.html", include_str!("page.html"))?;
    environment.get_template("page.html")?.render(Serde(Page::of(proof)))
}
