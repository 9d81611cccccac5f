//! Proof that what was issued is what is kept: `verify` and `reproduce`.

mod again;
mod chain;
mod failure;
mod letters;
mod requests;
mod verify;

pub use again::{Reproduction, reproduce, restored};
pub use failure::ProofError;
pub use verify::{Findings, verify};
