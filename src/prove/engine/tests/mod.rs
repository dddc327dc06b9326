#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod containers;
mod failures;
mod fake;
mod finds;
mod lab;
mod leftovers;
