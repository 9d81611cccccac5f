//! Data to Japanese: reasons, next steps, refusals. Only here, in the faces,
//! in templates and in the docs does a next step become the name of a
//! command.

pub mod caution;
mod checkup;
pub mod delivery_refusal;
mod identifier_doubt;
mod kept_back;
pub mod leaving;
mod letter;
pub mod letter_refusal;
pub mod note_refusal;
pub mod remarks;
pub mod report;
mod request;
pub mod request_refusal;
mod revision_refusal;
mod site_refusal;

pub use checkup::{nights_opened_ahead, nights_silenced};
pub use identifier_doubt::{identifier_doubt, shared_receipt_number};
pub use kept_back::{because, made, next_step, parked, unprinted};
pub use letter::Told;
pub use request::{RequestConcern, concern_of};
pub use revision_refusal::{
    answers_refused, characters_refused, content_refused, ids_refused, no_reason_to_tell,
    revision_called, revision_refused, site_not_made, telling_refused,
};
pub use site_refusal::{site_from_files, site_too_early, site_within_public};
