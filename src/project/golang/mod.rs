//! What the Go files of a context say about the programs that they make, read without a Go toolchain.
