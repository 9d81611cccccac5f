//! Data to Japanese: reasons, next steps, refusals. Only here, in the faces,
//! in templates and in the docs does a next step become the name of a
//! command.
//!
//! One file a subject. A sentence that says what happened and the one that
//! says what to do next stay apart, so that a face without commands can say
//! the second in its own way.

mod archive;
mod attempt;
pub mod caution;
mod checkup;
pub mod choices;
mod config;
pub mod dates;
pub mod delivery_refusal;
pub mod differs;
pub mod drafts;
mod identifier_doubt;
pub mod kept_back;
pub mod leaving;
mod letter;
pub mod letter_refusal;
pub mod night_step;
pub mod note_refusal;
pub mod person_facts;
pub mod postal;
pub mod previews;
pub mod print;
pub mod protection;
pub mod received;
pub mod remarks;
pub mod report;
mod request;
pub mod request_refusal;
mod restricted;
mod revision_refusal;
pub mod second_letter;
mod site_refusal;
pub mod standing;
mod store;
mod text;
pub mod verify;

use std::error::Error;

use crate::archive::ArchiveError;
use crate::config::ConfigError;
use crate::restricted::RestrictedError;
use crate::store::StoreError;

pub use attempt::attempts;
pub use checkup::{nights_opened_ahead, nights_silenced, unsigned};
pub use identifier_doubt::{identifier_doubt, shared_receipt_number};
pub use letter::{Told, ToldLetter, told};
pub use request::{RequestConcern, concern_of};
pub use revision_refusal::{
    NO_SUCH_ANSWER, answers_refused, characters_refused, content_refused, ids_refused,
    no_reason_to_tell, revision_called, revision_refused, site_not_made, telling_refused,
};
pub use site_refusal::{site_from_files, site_sent_too_long, site_too_early, site_within_public};
pub use store::waits;
pub use text::{actor, code_points, day, time};

/// What came of a step of the night's end could not be kept.
pub fn not_kept(error: &StoreError) -> String {
    format!(
        "{} 夜間処理の後の仕事(印刷用ファイル・公表・報告書)が済んだことを記録できませんでした。次の夜間処理でもう一度行います。",
        error.staff_message()
    )
}

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
    if let Some(error) = error.downcast_ref::<ConfigError>() {
        return Some(error.staff_message());
    }
    if let Some(error) = error.downcast_ref::<ArchiveError>() {
        return Some(error.staff_message());
    }
    let error = error.downcast_ref::<RestrictedError>()?;
    Some(error.staff_message())
}
