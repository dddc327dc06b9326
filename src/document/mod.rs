//! Text to instructions, without losing a byte.
//!
//! In: the text of a Dockerfile. Out: its instructions, words and heredocs with byte spans, and pieces that tile the text.
//! Does not know what an instruction means: stages, variables and images are the model's.
//!
//! The rules are `BuildKit`'s own (its `frontend/dockerfile/parser` and `shell` packages, v0.32): whatever that accepts is
//! read here the same way, whatever it refuses has an [`Error`] here.

mod directive;
mod heredoc;
mod instruction;
mod joined;
mod json;
mod lex;
mod parse;
mod words;

pub use directive::Directive;
pub use heredoc::Heredoc;
pub use instruction::{Flag, Instruction, Keyword, Pair};
pub use joined::Joined;
pub use json::JsonString;
pub use words::Word;

use crate::span::Span;
use std::borrow::Cow;

/// A Dockerfile, read.
#[derive(Debug)]
pub struct Document<'a> {
    /// The whole text.
    pub text: &'a str,
    /// The character that escapes and continues lines: a backslash, or a backtick by directive.
    pub escape: char,
    /// Parser directives, in order.
    pub directives: Vec<Directive<'a>>,
    /// Instructions, in order.
    pub instructions: Vec<Instruction<'a>>,
    /// Ranges that tile the text, in order.
    pub pieces: Vec<Piece>,
    /// What `BuildKit`'s parser would refuse the text for; what came before it has been read.
    pub error: Option<Error>,
}

/// A range of whole lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What the lines are.
    pub kind: PieceKind,
    /// Where they are, with their line ends.
    pub span: Span,
}

/// What a [`Piece`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// A byte-order mark.
    Mark,
    /// A parser directive.
    Directive,
    /// A comment outside of an instruction.
    Comment,
    /// A line of white space.
    Blank,
    /// An instruction with its continuation lines and heredocs.
    Instruction,
}

/// Why a text is no Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Where.
    pub span: Span,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Error {
    fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Bytes as text of the same length.
#[derive(Debug)]
pub struct Decoded<'a> {
    /// The text; each byte that is not UTF-8 is replaced by one U+001A.
    pub text: Cow<'a, str>,
    /// Offsets of the replaced bytes.
    pub bad: Vec<usize>,
}

/// Reads bytes as UTF-8, replacing what is not byte for byte, so that every offset stays true.
pub fn decode(bytes: &[u8]) -> Decoded<'_> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded { text: Cow::Borrowed(text), bad: Vec::new() };
    }
    let mut text = String::with_capacity(bytes.len());
    let mut bad = Vec::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for _ in chunk.invalid() {
            bad.push(text.len());
            text.push('\u{1A}');
        }
    }
    Decoded { text: Cow::Owned(text), bad }
}

impl<'a> Document<'a> {
    /// Reads a text. Never fails: [`Document::error`] says what stopped it.
    pub fn parse(text: &'a str) -> Self {
        parse::parse(text)
    }

    /// The line end that the text uses: that of its first line, `"\n"` if it has none.
    pub fn line_end(&self) -> &'static str {
        match self.text.find('\n') {
            Some(at) if self.text[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        }
    }

    /// The start of the comments directly above an instruction, or of its own line when there are none.
    ///
    /// A blank line ends the block; parser directives never belong to it.
    pub fn block_start(&self, instruction: &Instruction<'_>) -> usize {
        let own = self.pieces.partition_point(|p| p.span.end <= instruction.span.start);
        let above = self.pieces[..own].iter().rev().take_while(|p| p.kind == PieceKind::Comment);
        above.last().or(self.pieces.get(own)).map_or(instruction.span.start, |p| p.span.start)
    }

    /// The piece that an instruction makes: whole lines, with the line end.
    pub fn piece(&self, instruction: &Instruction<'_>) -> Span {
        let own = self.pieces.partition_point(|p| p.span.end <= instruction.span.start);
        self.pieces.get(own).map_or(instruction.span, |p| p.span)
    }
}
