//! What came of handing a mail over.

use std::str::FromStr;

use super::delivery::{HandedTo, UnknownWord};

/// What came of one attempt to hand a mail over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptOutcome {
    /// The mail server took it.
    Accepted,
    /// It stands in its file.
    Written,
    /// It was certainly not delivered, and may be tried again.
    Deferred,
    /// It was certainly not delivered, and was refused for good.
    Rejected,
    /// The answer was lost: nobody knows whether it was delivered.
    Lost,
}

impl AttemptOutcome {
    /// All, in the order of their meaning.
    pub const ALL: [AttemptOutcome; 5] = [
        AttemptOutcome::Accepted,
        AttemptOutcome::Written,
        AttemptOutcome::Deferred,
        AttemptOutcome::Rejected,
        AttemptOutcome::Lost,
    ];

    /// The outcome of a mail that was taken.
    pub fn taken(by: HandedTo) -> Self {
        match by {
            HandedTo::Gateway => AttemptOutcome::Accepted,
            HandedTo::File => AttemptOutcome::Written,
        }
    }

    /// The word kept in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            AttemptOutcome::Accepted => "accepted",
            AttemptOutcome::Written => "written",
            AttemptOutcome::Deferred => "deferred",
            AttemptOutcome::Rejected => "rejected",
            AttemptOutcome::Lost => "lost",
        }
    }
}

impl FromStr for AttemptOutcome {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        AttemptOutcome::ALL
            .into_iter()
            .find(|outcome| outcome.as_str() == text)
            .ok_or_else(|| UnknownWord(text.to_owned()))
    }
}
