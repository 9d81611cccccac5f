//! What follows the letters of a night: steps that are done again until they
//! are done.

use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Stamp;

/// A step of the end of a night, in the order they are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NightStep {
    /// What goes by post is made ready for the printer.
    Print,
    /// The notice whose day has come is published.
    Notice,
    /// The report is written.
    Report,
}

impl NightStep {
    /// All of them, in the order they are done.
    pub const ALL: [NightStep; 3] = [NightStep::Print, NightStep::Notice, NightStep::Report];

    /// The word of the store.
    pub fn as_str(self) -> &'static str {
        match self {
            NightStep::Print => "print",
            NightStep::Notice => "notice",
            NightStep::Report => "report",
        }
    }
}

/// A word that names no step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no step of a night: {0}")]
pub struct UnknownNightStep(String);

impl FromStr for NightStep {
    type Err = UnknownNightStep;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = NightStep::ALL
            .into_iter()
            .find(|step| step.as_str() == text);
        found.ok_or_else(|| UnknownNightStep(text.to_owned()))
    }
}

/// Why a step could not be done when it was last tried.
///
/// The store keeps it as JSON; a variant or field that was once written is not
/// renamed. Texts from outside are one line each (see
/// [`in_one_line`](super::in_one_line)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NightStepProblem {
    /// A file or folder could not be written.
    Unwritten {
        /// Where.
        place: String,
        /// What the system said.
        error: String,
    },
    /// Anything else, in the words that were told then.
    Told {
        /// The words.
        words: String,
    },
}

/// A step that is due and not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoneStep {
    /// Business date of the night it belongs to.
    pub date: NaiveDate,
    /// Which.
    pub step: NightStep,
    /// Since when it is due.
    pub due_at: Stamp,
    /// How often it was begun.
    pub tries: u32,
    /// Why it could not be done; none where it was never tried, or where the
    /// program ended while it was at it.
    pub problem: Option<NightStepProblem>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again() {
        for step in NightStep::ALL {
            assert_eq!(step.as_str().parse(), Ok(step));
        }
        assert!("letters".parse::<NightStep>().is_err());
        for problem in [
            NightStepProblem::Unwritten {
                place: "out/print".to_owned(),
                error: "No space left on device".to_owned(),
            },
            NightStepProblem::Told {
                words: "書式に誤り".to_owned(),
            },
        ] {
            let kept = serde_json::to_string(&problem).expect("JSON");
            assert_eq!(
                serde_json::from_str::<NightStepProblem>(&kept).ok(),
                Some(problem)
            );
        }
    }
}
