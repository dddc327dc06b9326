//! Asking registries: the digest behind a tag, what became of a digest, which tags there are.
//!
//! In: image references, and [`Options`]. Out: [`Lookups`] and [`Answer`]s, or an error that says what, why and what to do.
//! It also gets what is published of images elsewhere, by the same rules.
//! Does not know documents, recipes or what the answers lead to. Alone speaks to the network, and only when told to.
//!
//! It speaks the protocol of the Open Container Initiative's distribution specification,
//! <https://github.com/opencontainers/distribution-spec>: one question is one reference, each asked once. It is asked where the
//! reference says that the image is. Only where that registry can't be asked, mirrors are, and what they tell is told as
//! theirs: a project names its mirrors itself, and a digest that its registry never confirmed may be anything.
//!
//! A digest is only taken from a manifest that was read in whole and hashed here. To ask for the headers alone would be
//! cheaper, and Docker Hub does not count it as a pull; but then a wrong `Docker-Content-Digest` would go into a file unseen,
//! and what stands there is what every later build trusts. The headers are enough to see that a digest which was once
//! computed here is still the one that the tag leads to.
//!
//! Everything that a registry sends is untrusted: it is limited in size, time and redirects, and no login or token goes
//! anywhere but to the server that it is for. Without TLS, only this machine is spoken to.

mod auth;
mod cache;
mod challenge;
mod client;
mod deadline;
mod host;
mod hosts;
mod login;
mod manifest;
mod options;
mod parallel;
mod place;
mod proxy;
mod remote;
mod run;
mod tags;
mod trouble;
mod wire;

pub use client::Client;
pub use login::Logins;
pub use options::Options;
pub use proxy::Proxies;

#[cfg(doc)]
use crate::catalog::{Answer, Lookups};
