//! What a letter says, as far as it is asked whether it may go.

use chrono::NaiveDate;

use super::Ending;

/// What kind, outcome and record of a letter say.
#[derive(Debug, Clone, Copy)]
pub struct Tenor<'a> {
    /// Whether it tells, in words or by being sent at all, that data is held.
    pub reveals: bool,
    /// Whether it bears words somebody wrote for it alone.
    pub has_own_words: bool,
    /// Whether it goes to neither who asked nor whom it is about.
    pub is_outside: bool,
    /// The ends of an agency or a life it may go out in spite of.
    pub after: &'a [Ending],
    /// The end it tells of.
    pub tells: Option<Ending>,
    /// The day it is looked at.
    pub on: NaiveDate,
}
