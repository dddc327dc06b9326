//! What is told about a proof: a table for people, records for programs, pages.
//!
//! In: a [`Proof`]. Out: bytes to print. Does not know how the proof was made, nor where the bytes go.

mod bars;
mod fates;
mod html;
mod json;
mod markdown;
mod page;
mod prose;
mod text;
mod verdict;
mod words;

use super::Proof;
pub use html::html;
pub use json::json;
pub use markdown::markdown;
pub use text::text;

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
