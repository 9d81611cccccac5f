//! Whether the days a letter speaks of as to come still are.
//!
//! Asked where a letter is approved, made, listed and let go, and everywhere
//! alike: what one of them lets pass the next must not stop.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::Premises;
use crate::catalogue::Kind;
use crate::domain::{Delivery, FieldProblem};
use crate::record;
use crate::wording::dates::Measured;

/// How far a letter has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// It is still to be made.
    ToMake,
    /// It is made and has its date.
    Made,
}

impl Premises {
    /// Why a letter does not go on: a day it speaks of as to come has passed by
    /// `day`, or somebody's age is another than the letter is for.
    ///
    /// One that only stays in the archive reaches nobody, so nothing passes
    /// for it once it is made; until then it is held like any other, for it
    /// gets its number and date and may be handed over. Samples stay as they
    /// were written.
    pub fn passed(
        &self,
        kind: &Kind,
        values: &Map<String, Value>,
        (delivery, page): (Delivery, Page),
        (from, day): (Measured, NaiveDate),
    ) -> Option<FieldProblem> {
        if self.is_for_samples || (delivery == Delivery::Archive && page == Page::Made) {
            return None;
        }
        record::passed(kind, values, from, day).into_iter().next()
    }
}
