//! Does a new text still hold together?

use crate::document::{Document, Keyword, PieceKind};
use crate::model::{Base, Model};

/// Checks a rewritten text against the one it was made from; an error says what no longer holds.
///
/// What was wrong before may stay wrong: only new faults count.
pub fn verify(old: &Document<'_>, new: &Document<'_>) -> Result<(), String> {
    if let Some(error) = &new.error {
        return Err(error.message.clone());
    }
    directives(old, new)?;
    line_ends(old, new)?;
    comments(old, new)?;
    let faults = faults(new);
    match faults.into_iter().find(|fault| !self::faults(old).contains(fault)) {
        Some(fault) => Err(fault),
        None => Ok(()),
    }
}

fn directives(old: &Document<'_>, new: &Document<'_>) -> Result<(), String> {
    let list = |d: &Document<'_>| -> Vec<(String, String)> {
        d.directives.iter().map(|d| (d.name.to_owned(), d.value.to_owned())).collect()
    };
    if list(old) == list(new) { Ok(()) } else { Err("the parser directives changed".into()) }
}

/// A text that ended all of its lines one way must not end some another way.
fn line_ends(old: &Document<'_>, new: &Document<'_>) -> Result<(), String> {
    let mixed = |text: &str| {
        let all = text.matches('\n').count();
        let with_return = text.matches("\r\n").count();
        (all > with_return && with_return > 0, with_return > 0)
    };
    let ((was_mixed, was_crlf), (is_mixed, is_crlf)) = (mixed(old.text), mixed(new.text));
    let kept = was_mixed || (!is_mixed && (was_crlf == is_crlf || !old.text.contains('\n')));
    if kept { Ok(()) } else { Err("the line ends changed".into()) }
}

/// No comment line may get lost.
fn comments(old: &Document<'_>, new: &Document<'_>) -> Result<(), String> {
    let count = |d: &Document<'_>| {
        let lines = d.pieces.iter().filter(|p| matches!(p.kind, PieceKind::Comment | PieceKind::Instruction));
        lines.flat_map(|p| d.text[p.span.range()].lines()).filter(|l| l.trim_start().starts_with('#')).count()
    };
    if count(new) >= count(old) { Ok(()) } else { Err("a comment got lost".into()) }
}

/// Faults for which a build would refuse a text that parses.
fn faults(document: &Document<'_>) -> Vec<String> {
    let model = Model::new(document);
    let mut faults = Vec::new();
    for instruction in &document.instructions {
        if instruction.keyword == Keyword::Unknown {
            faults.push(format!("unknown instruction {}", instruction.name()));
        }
    }
    for stage in &model.stages {
        if let Some(name) = &stage.name
            && model.stages.iter().filter(|s| s.name.as_ref() == Some(name)).count() > 1
        {
            faults.push(format!("more than one stage is named {name}"));
        }
        if matches!(stage.base, Base::Unknown) {
            faults.push(format!("the base of stage {} can't be told", stage.index));
        }
    }
    if model.stages.is_empty() {
        faults.push("no FROM".into());
    }
    faults
}
