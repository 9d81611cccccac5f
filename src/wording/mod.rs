//! Data to Japanese: reasons, next steps, refusals. Only here, in the faces,
//! in templates and in the docs does a next step become the name of a
//! command.
//!
//! One file a subject. A sentence that says what happened and the one that
//! says what to do next stay apart, so that a face without commands can say
//! the second in its own way.

mod archive;
pub mod kept_back;
pub mod leaving;
mod letter;
pub mod print;
pub mod received;
pub mod remarks;
pub mod report;
mod request;
mod restricted;
pub mod second_letter;
mod store;

use std::error::Error;

use crate::archive::ArchiveError;
use crate::restricted::RestrictedError;
use crate::store::StoreError;

pub use letter::{Told, ToldLetter, told};
pub use request::{RequestConcern, concern_of};

/// An error of a room that knows no staff.
pub trait StaffMessage {
    /// What staff read, with the next step.
    fn staff_message(&self) -> String;
}

/// What staff read of an error, where a room made it that knows no staff.
pub fn of_error(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(error) = error.downcast_ref::<StoreError>() {
        return Some(error.staff_message());
    }
    if let Some(error) = error.downcast_ref::<ArchiveError>() {
        return Some(error.staff_message());
    }
    let error = error.downcast_ref::<RestrictedError>()?;
    Some(error.staff_message())
}
