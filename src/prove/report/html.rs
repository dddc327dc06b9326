//! x
use super::Proof;
/// x
pub fn html(proof: &Proof) -> String {
    let _ = proof;
    String::new()
}
