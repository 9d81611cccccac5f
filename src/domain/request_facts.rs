//! What a letter is held against of the request it belongs to.

use chrono::NaiveDate;

use super::{AskedRight, CloseReason, Request};

/// The registered request a letter is held against.
#[derive(Clone, Copy)]
pub struct RequestFacts<'a> {
    /// Its receipt number, as it is written.
    pub receipt_number: &'a str,
    /// Day it bears.
    pub request_date: NaiveDate,
    /// Day it arrived.
    pub arrival_date: NaiveDate,
    /// Why it was closed, if it was.
    pub close_reason: Option<CloseReason>,
    /// Who asks what about whom.
    pub request: &'a Request,
    /// What it asks for, and which letters decide it.
    pub rights: &'a [AskedRight],
    /// Receipt numbers, as written, of other requests that have the same one.
    pub twins: &'a [String],
}
