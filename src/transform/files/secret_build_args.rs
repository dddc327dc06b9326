//! `secret_build_args`: passwords and keys that a build is given as arguments, by their names.
//!
//! The file gives nothing away, but the image does: its history and its provenance show the arguments of a build.

use super::super::{Context, Proposals, Transform};
use super::no_secrets::names::{Holds, holds, is_variable};
use crate::document::{Instruction, Keyword, Pair};
use crate::edit::Applicability;
use serde::Deserialize;

/// The verb; it has no parameters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::transform) struct SecretBuildArgs {}

impl Transform for SecretBuildArgs {
    fn propose(&self, cx: &Context<'_>, out: &mut Proposals<'_>) {
        for (index, instruction) in cx.document.instructions.iter().enumerate() {
            for pair in instruction.pairs() {
                let told = match instruction.keyword {
                    Keyword::Arg if is_asked_for(pair) => {
                        "is given to the build as an argument, which the history of an image shows"
                    }
                    Keyword::Env if is_kept(cx, index, pair) => {
                        "is an argument of the build that the image keeps as a variable"
                    }
                    _ => continue,
                };
                let Some(what @ (Holds::Password | Holds::Key)) = holds(pair.name) else { continue };
                tell(out, instruction, pair, what, told);
            }
        }
    }
}

fn tell(out: &mut Proposals<'_>, instruction: &Instruction<'_>, pair: Pair<'_>, what: Holds, told: &str) {
    let (name, id) = (pair.name, pair.name.to_lowercase());
    let reason = format!(
        "`RUN --mount=type=secret,id={id},env={name} ...` (Dockerfile syntax 1.10 and later) and `docker build --secret id={id},env={name}` give it to one command; the program gets it when the container starts"
    );
    out.fix(
        format!("`{name}`, by its name {}, {told}", what.name()),
        "mount the secret for the command that needs it",
        instruction.source(pair.span),
    )
    .at_most(Applicability::Manual, reason)
    .done();
}

/// Whether a build asks for the value: there is no default that could be one.
fn is_asked_for(pair: Pair<'_>) -> bool {
    pair.value.is_none_or(|value| value.text.trim_matches(['"', '\'']).is_empty())
}

/// Whether a variable takes its value from an argument of the same stage.
fn is_kept(cx: &Context<'_>, index: usize, pair: Pair<'_>) -> bool {
    let Some(value) = pair.value.filter(|value| is_variable(value.text)) else { return false };
    let name = value.text.trim_matches(['"', '$', '{', '}']);
    let before = cx.document.instructions[..index].iter().rev().take_while(|i| i.keyword != Keyword::From);
    before.filter(|i| i.keyword == Keyword::Arg).any(|i| i.pairs().iter().any(|arg| arg.name == name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::model::Model;

    #[test]
    fn arguments_are_told_by_name_and_where_they_are_kept() {
        let text = "FROM a\nARG NPM_TOKEN\nARG A_SECRET=\nARG TOKEN_FILE\nARG PUBLIC_KEY\nARG KEY\nARG DB_PASSWORD=x1y2z3\n\
                    ENV TOKEN=${NPM_TOKEN} X_TOKEN=$OTHER\nFROM b\nENV LATER_TOKEN=$NPM_TOKEN\n";
        let document = Document::parse(text);
        let model = Model::new(&document);
        let mut fixes = Vec::new();
        let cx = Context::new(&document, &model, None);
        SecretBuildArgs {}.propose(&cx, &mut Proposals::new("x", Applicability::Safe, &mut fixes));
        let told: Vec<&str> = fixes.iter().map(|fix| &text[fix.at.range()]).collect();
        assert_eq!(told, ["NPM_TOKEN", "A_SECRET=", "TOKEN=${NPM_TOKEN}"]);
    }
}
