//! What somebody looks at: one struct a view, read in one snapshot of the
//! store. Terminal, JSON and pages show the same struct.

mod against;
mod identifiers;
mod letter;
mod letters;
mod nights;
mod prospect;
mod register;
mod report;
mod request;
mod requests;
mod revisions;
mod warnings;
mod workspace;

use crate::catalogue::Catalogue;
use crate::store::StoreError;
use crate::wording::StaffMessage as _;

pub use crate::record::{Naming, Replaced};
pub use crate::store::{Acceptance, LetterNames, NoticeRow};
pub use against::registered_against;
pub use identifiers::{doubts_of, identifier_doubts};
pub use letter::{Did, Letter, did, issued_pdf};
pub use letters::{LetterFilter, LetterLine, left_out_of_list, letters_page};
pub use nights::{NextNight, next_nights, opened_ahead, silenced_until};
pub use prospect::{Prospect, due};
pub use register::{RegisterLine, YearRegister, fiscal_year_named};
pub use report::{Attention, Leaving, Report, ReportError, kept_reports, write_report};
pub use request::{CounterpartStands, Request, RequestViewError};
pub use requests::{AskedOfOthers, ClosedRequest, OpenRequest, Requests, closed_page, day_named};
pub use revisions::{Compared, Decided, Revision, RevisionViewError, revisions};
pub use warnings::{KeptWarning, kept_warnings};
pub use workspace::Known;

/// Why something cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// The store failed.
    #[error("{}", .0.staff_message())]
    Store(#[from] StoreError),
    /// What the store keeps of it is no JSON.
    #[error(transparent)]
    Unreadable(#[from] serde_json::Error),
}

/// The Japanese name of a kind of letter; its code where it is known no more.
fn kind_name<'a>(catalogue: &'a Catalogue, code: &'a str) -> &'a str {
    catalogue.get(code).map_or(code, |kind| kind.name.as_str())
}
