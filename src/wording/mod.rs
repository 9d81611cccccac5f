//! Data to Japanese: reasons, next steps, refusals. Only here, in the faces,
//! in templates and in the docs does a next step become the name of a
//! command.

pub mod concern;
pub mod kept_back;
pub mod leaving;
mod told;

pub use told::{Told, told};
