//! What is registered against a letter, as whoever decides about it is told.

use chrono::NaiveDate;

use super::{Caution, Ending, MemberFlag, Unfit};

/// What is registered against a letter now, whoever was told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Against {
    /// Flags of everybody it is connected with, the gravest first.
    pub flags: Vec<MemberFlag>,
    /// What counterparts make of it, the gravest first.
    pub cautions: Vec<Caution>,
    /// Whether it must not go before the person in charge has looked at it.
    pub needs_charge: bool,
    /// Why it does not fit what is known of the persons of its request.
    pub unfit: Option<Unfit>,
    /// What ends soon, and the first day without.
    pub ends_soon: Option<(Ending, NaiveDate)>,
}

impl Against {
    /// Whether a flag of a member or a counterpart of protective measures is.
    pub fn is_of_safeguards(&self) -> bool {
        !self.flags.is_empty() || !self.cautions.is_empty() || self.needs_charge
    }

    /// Whether nothing is.
    pub fn is_nothing(&self) -> bool {
        !self.is_of_safeguards() && self.unfit.is_none() && self.ends_soon.is_none()
    }
}
