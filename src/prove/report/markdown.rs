//! x
use super::Proof;
/// x
pub fn markdown(proof: &Proof) -> String {
    let _ = proof;
    String::new()
}
