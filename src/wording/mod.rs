//! Data to Japanese: reasons, next steps, refusals. Only here, in the faces,
//! in templates and in the docs does a next step become the name of a
//! command.

pub mod caution;
pub mod delivery_refusal;
pub mod letter_refusal;
pub mod note_refusal;
pub mod request_refusal;
