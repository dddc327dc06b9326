//! A rewrite, proven: both images are built and run with the user's own engine, and compared.
//!
//! In: two texts of a Dockerfile, the folder they are built from, and how to try the images. Out: a [`Proof`].
//! Does not know how a rewrite came to be, nor terminals. This is the one room that executes what a Dockerfile says.

pub mod behaviour;
mod blame;
mod candidate;
pub mod compare;
mod desk;
pub mod engine;
mod error;
pub mod image;
mod mask;
mod process;
pub mod proof;
pub mod report;
mod request;
mod run;
pub mod scan;
mod target;

pub use error::{Error, ErrorKind};
pub use process::{Cancel, Limits};
pub use proof::Proof;
pub use request::{Request, Rewrite, Watch};
pub use run::prove;
