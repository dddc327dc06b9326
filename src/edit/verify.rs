//! Does a new text still hold together?

use crate::document::{Document, PieceKind};
use crate::model::{Base, Model};

/// Checks a rewritten text against the one it was made from; an error says what no longer holds.
pub fn verify(old: &Document<'_>, new: &Document<'_>) -> Result<(), String> {
    if let Some(error) = &new.error {
        return Err(error.message.clone());
    }
    directives(old, new)?;
    line_ends(old, new)?;
    comments(old, new)?;
    stages(&Model::new(old), &Model::new(new))
}

/// A build must find nothing to refuse, and every stage and source that could be told must still be.
fn stages(old: &Model<'_>, new: &Model<'_>) -> Result<(), String> {
    if let Some(fault) = new.faults().into_iter().next() {
        return Err(fault.message);
    }
    // The name of an image may change; a stage that is gone leaves a name that was none before.
    let known = old.foreign_sources();
    if let Some(lost) = new.foreign_sources().into_iter().find(|from| !known.contains(from))
        && new.foreign_sources().len() > known.len()
    {
        return Err(format!("no stage is named {lost} any more"));
    }
    let unknown = |m: &Model<'_>| m.stages.iter().filter(|s| s.base == Base::Unknown).count();
    if unknown(new) > unknown(old) {
        return Err("the base of a stage can't be told any more".into());
    }
    let names: Vec<_> = new.stages.iter().filter_map(|s| s.name.as_ref()).collect();
    let doubled = |(i, name): (usize, &&String)| names[..i].contains(name);
    if names.iter().enumerate().any(doubled) && new.stages.len() != old.stages.len() {
        return Err("two stages have one name".into());
    }
    Ok(())
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
