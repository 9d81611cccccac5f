//! Data to Japanese: reasons, next steps, refusals. Only here, in the faces,
//! in templates and in the docs does a next step become the name of a
//! command.

pub mod caution;
pub mod delivery_refusal;
mod kept_back;
pub mod leaving;
mod letter;
pub mod letter_refusal;
pub mod note_refusal;
pub mod remarks;
pub mod report;
mod request;
pub mod request_refusal;

pub use kept_back::{because, made, next_step, parked, unprinted};
pub use letter::Told;
pub use request::{RequestConcern, concern_of};
