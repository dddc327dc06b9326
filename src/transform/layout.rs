//! How a file is written, so that what is added looks like the rest.

use super::Context;
use crate::document::{Document, Instruction, PieceKind};

/// The habits of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// Its line end.
    pub eol: &'static str,
    /// Whether its keywords are in lower case.
    lower: bool,
    /// Whether a blank line stands between most of its instructions.
    spaced: bool,
}

impl Layout {
    /// The habits of a document.
    pub(super) fn of(document: &Document<'_>) -> Self {
        // BuildKit complains about every keyword that is not in the case of most of them; in a mixed case none is.
        let names = || document.instructions.iter().map(Instruction::name);
        let count = |is: fn(&char) -> bool| names().filter(|name| name.chars().all(|c| is(&c))).count();
        let lower = count(char::is_ascii_lowercase) > count(char::is_ascii_uppercase);
        let kinds: Vec<PieceKind> = document.pieces.iter().map(|p| p.kind).collect();
        let gaps =
            kinds.windows(2).filter(|w| w[0] == PieceKind::Instruction && w[1] == PieceKind::Blank).count();
        let instructions = document.instructions.len();
        Self {
            eol: document.line_end(),
            lower,
            spaced: instructions > 2 && 3 * gaps > 2 * (instructions - 1),
        }
    }

    /// A keyword in the case of the file.
    pub(super) fn keyword(self, name: &str) -> String {
        if self.lower { name.to_lowercase() } else { name.to_owned() }
    }

    /// What stands between two added instructions, line end included.
    pub(super) fn gap(self) -> String {
        if self.spaced { self.eol.repeat(2) } else { self.eol.to_owned() }
    }
}

impl Context<'_> {
    /// The text of an instruction with the comments directly above it, up to its line end, line end excluded.
    pub(super) fn with_comments(&self, instruction: &Instruction<'_>) -> String {
        let start = self.document.block_start(instruction);
        let end = self.document.piece(instruction).end;
        self.document.text[start..end].trim_end_matches(['\r', '\n']).to_owned()
    }

    /// The comments directly above an instruction, with their line ends.
    pub(super) fn comments(&self, instruction: &Instruction<'_>) -> &str {
        let start = self.document.block_start(instruction);
        &self.document.text[start..self.document.piece(instruction).start]
    }
}
