//! `harden` rewrites Dockerfiles to hardened ones that do the same.
//!
//! ```text
//! bytes -> document -> model -> recipes -> fixes -> resolve -> splice -> verify -> Outcome -> report or write
//!          lossless    meaning  data       edits    conflicts  new text  re-parse
//!                        ^------------- until nothing changes -----------------'
//! ```
//!
//! Each room is a module, in the order in which they may use each other: a room knows those above it, never
//! those below. Every `mod.rs` opens with what comes in, what goes out and what the room does not know.
//!
//! [`engine::harden`] is the whole of it for one text; [`cli::run`] is what the program does around it.

pub mod span;

pub mod document;
pub mod shell;

pub mod project;

pub mod catalog;
pub mod model;

pub mod edit;

pub mod transform;

pub mod recipe;

pub mod engine;

pub mod files;
pub mod report;

pub mod cli;
