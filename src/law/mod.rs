//! The law as dated data: which grounds there are, how they are cited and
//! which decision may rest on them.
//!
//! The data is `templates/law/appi.toml`. A ground is chosen by the date of
//! the decision, never by today's date, so that a letter set again years
//! later cites what was in force.

mod grounds;
mod restricted;

pub use grounds::{Ground, Law, LawError};
pub use restricted::check_restricted;
