//! The command of a stage, for an image whose entrypoint is the program.

use super::Swap;
use crate::catalog::Facts;
use crate::edit::Edit;
use crate::model::Form;
use crate::span::Span;
use crate::transform::exec_form_command;
use crate::transform::layout::Layout;

/// Entrypoints of official images that run their arguments as they are.
const WRAPPERS: [&str; 2] = ["docker-entrypoint.sh", "/__cacert_entrypoint.sh"];

/// The edits that make the container run what it ran; why that can't be told.
pub(super) fn edits(swap: &Swap<'_, '_>, old: &Facts, new: &Facts) -> Result<Vec<Edit>, String> {
    let command = swap.cx.model.command(swap.stage);
    let (entrypoint, cmd) = (command.entrypoint.as_ref(), command.cmd.as_ref());
    match (entrypoint, cmd) {
        (Some((_, Form::Shell(_))), _) | (_, Some((_, Form::Shell(_)))) => {
            Err("its command needs a shell: write it in exec form first".into())
        }
        (None, None) => Err("its command is that of the old image: write it out first".into()),
        (Some((index, Form::Exec(words))), _) => in_entrypoint(swap, *index, words, new),
        (None, Some((index, Form::Exec(words)))) => {
            let plain = old.entrypoint.is_empty()
                || old.entrypoint.iter().all(|word| WRAPPERS.contains(&word.as_str()));
            if plain {
                in_cmd(swap, *index, words, new)
            } else {
                Err("the old image has an entrypoint".into())
            }
        }
    }
}

/// Where the new image has the program that a word names; none where it has no such program.
fn program<'f>(word: &str, new: &'f Facts) -> Option<&'f str> {
    let own = new.entrypoint.first().or(new.cmd.first())?;
    let name = |path: &str| {
        path.rsplit('/')
            .next()
            .unwrap_or(path)
            .trim_end_matches(|c: char| c.is_ascii_digit() || c == '.')
            .to_owned()
    };
    // A path names the file of the old image.
    (!word.contains('/') && name(word) == name(own)).then_some(own)
}

fn missing(word: &str) -> String {
    format!("{word} is not what the new image runs")
}

/// The program by its place in the new image.
fn in_entrypoint(
    swap: &Swap<'_, '_>,
    index: usize,
    words: &[String],
    new: &Facts,
) -> Result<Vec<Edit>, String> {
    let first = words.first().ok_or("its entrypoint is empty")?;
    let own = program(first, new).ok_or_else(|| missing(first))?;
    let words: Vec<String> = std::iter::once(own.to_owned()).chain(words[1..].iter().cloned()).collect();
    Ok(vec![array(swap, index, &words)])
}

/// The arguments of the new entrypoint; or the whole command, with no entrypoint before it.
fn in_cmd(swap: &Swap<'_, '_>, index: usize, words: &[String], new: &Facts) -> Result<Vec<Edit>, String> {
    let first = words.first().ok_or("its command is empty")?;
    let own = program(first, new).ok_or_else(|| missing(first))?;
    if new.entrypoint.is_empty() {
        return Ok(Vec::new());
    }
    let more = &new.entrypoint[1..];
    if let Some(rest) = words[1..].strip_prefix(more).filter(|rest| !rest.is_empty()) {
        return Ok(vec![array(swap, index, rest)]);
    }
    let layout = Layout::of(swap.cx.document);
    let instruction = &swap.cx.document.instructions[index];
    let words: Vec<String> = std::iter::once(own.to_owned()).chain(words[1..].iter().cloned()).collect();
    let text = format!("{} []{}", layout.keyword("ENTRYPOINT"), layout.gap());
    let at = Span::at(swap.cx.document.block_start(instruction));
    Ok(vec![Edit { span: at, text }, array(swap, index, &words)])
}

fn array(swap: &Swap<'_, '_>, index: usize, words: &[String]) -> Edit {
    let instruction = &swap.cx.document.instructions[index];
    Edit { span: instruction.source(instruction.args), text: exec_form_command::json(words) }
}
