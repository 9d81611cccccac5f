//! What staff read of a letter that stopped: the reason and the next step.

use crate::domain::in_one_line;

/// The most characters of a reason or a next step.
const TOLD_MOST: usize = 800;

/// A reason and the next step, both in Japanese and one line each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Why.
    pub reason: String,
    /// What to do.
    pub next_step: String,
}

impl Told {
    /// Whatever the sentences quote, each is one line that staff can read.
    pub fn of(reason: impl AsRef<str>, next_step: impl AsRef<str>) -> Self {
        let line = |text: &str| in_one_line(text, TOLD_MOST);
        Told {
            reason: line(reason.as_ref()),
            next_step: line(next_step.as_ref()),
        }
    }
}
