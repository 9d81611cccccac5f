//! Readers of outside bytes against inputs nobody meant: what each promises
//! whatever it is given.
//!
//! - It never panics.
//! - Its time is bounded by the length of what it reads.
//! - It takes or refuses the same bytes alike, and what it takes is the same
//!   when it is read again.
//!
//! One test a reader. Inputs are changed from the corpus by a seeded generator;
//! what makes a reader say something new joins the corpus of the run. In
//! `cargo test` each reader gets a fixed number of inputs, the same each time;
//! `fuzz/run` goes on for as long as it is told.

mod driver;
mod folders;
mod kept;
mod mutation;
mod packages;
mod records;
mod settings;

pub(crate) use driver::{Fuzz, seeds};
