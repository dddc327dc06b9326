//! Modules that need cgo, and modules that are known not to.

/// What a module links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// C code of its own.
    BundledC,
    /// C++ code of its own.
    BundledCpp,
    /// Libraries of the distribution.
    System,
}

/// A module that needs cgo.
#[derive(Clone, Debug)]
pub struct Cgo {
    /// What it links.
    pub needs: Needs,
}

/// What is known of a module or package that needs cgo.
pub fn module(_path: &str) -> Option<&'static Cgo> {
    None
}

/// Whether a package and all that it brings along are known to be written in Go.
pub fn is_pure(_path: &str) -> bool {
    false
}
