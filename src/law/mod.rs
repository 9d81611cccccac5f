//! The law as dated data: which articles and grounds there are, how they are
//! cited, which decision may rest on them, and what a record may not say.
//!
//! The data is `templates/law/appi.toml`, and `words.toml` beside it for what
//! the texts of a record may not say. A ground is chosen by the date of
//! the decision, never by today's date, so that a letter rendered again
//! years later cites what was in force.

mod check;
mod citations;
mod data;
mod mismatch;
mod provisions;
mod restricted;
#[cfg(test)]
mod tests;
mod texts;
mod words;

pub use check::{Matter, fees_due};
pub use citations::GroundChoice;
pub use data::{Ground, Law, LawError};
pub use mismatch::LawMismatch;
pub use restricted::check_restricted;
pub use texts::{grounds as grounds_of, texts_of};
