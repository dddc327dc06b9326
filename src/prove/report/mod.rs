//! What is told about a proof: a table for people, records for programs, pages.
//!
//! In: a [`Proof`]. Out: bytes to print. Does not know how the proof was made, nor where the bytes go.

use super::proof::Proof;

/// The table for a terminal, with what is different and what to do about it.
pub fn text(proof: &Proof, style: Style) -> String {
    let _ = (proof, style);
    String::new()
}

/// How the table is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether to use colour.
    pub colour: bool,
    /// Whether all rows are shown.
    pub all: bool,
    /// Columns of the terminal.
    pub width: usize,
}

/// A record for programs.
pub fn json(proof: &Proof) -> Vec<u8> {
    serde_json::to_vec_pretty(proof).unwrap_or_default()
}

/// A comment for a pull request.
pub fn markdown(proof: &Proof) -> String {
    let _ = proof;
    String::new()
}

/// A page of its own.
pub fn html(proof: &Proof) -> String {
    let _ = proof;
    String::new()
}
