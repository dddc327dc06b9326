//! `harden` rewrites Dockerfiles to hardened ones that do the same.
//!
//! ```text
//!                        project: the files around it, if known
//!                           v
//! bytes -> document -> model -> recipes -> fixes -> resolve -> splice -> verify -> Outcome -> report or write
//!          lossless    meaning  data       edits    conflicts  new text  re-parse
//!                        ^------------- until nothing changes -----------------'
//! ```
//!
//! A [`project::Project`] is what a build would send along; it is read, never run, and everything works without one. Where
//! the final image holds a Go program, [`transform::ladder`] tells once per pass on which rung, from a static base image
//! to the one it has, the program can be shown to run, and what keeps it from those above. The verbs that write new
//! stages and bases ask it, and what it found is part of the outcome.
//!
//! [`prove::prove`] goes one step further: it has the user's container engine build both texts, looks at both images, runs
//! them, and tells what is better, what is worse and what is not the same. It alone executes what a Dockerfile says.
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

pub mod suppress;

pub mod engine;

pub mod files;

pub mod config;

pub mod registry;

pub mod report;

pub mod prove;

pub mod cli;
