#![allow(clippy::unwrap_used)]

mod lab;
