//! What somebody looks at: one struct a view, read in one snapshot of the
//! store. Terminal, JSON and pages show the same struct.

mod identifiers;
mod nights;

pub use identifiers::identifier_doubts;
pub use nights::{NextNight, next_nights, opened_ahead, silenced_until};
