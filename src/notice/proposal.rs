//! New content beside the revision in force, before anybody decides on it.

use chrono::NaiveDate;

use super::questions::{Question, questions};
use super::{Comparison, Edition, Notice};
use crate::domain::RevisionRefusal;

/// New content beside the revision in force.
#[derive(Debug)]
pub struct Proposal {
    /// Number of the revision in force.
    pub based_on: u32,
    /// The new content, dated to the day it comes into force.
    pub notice: Notice,
    /// What differs.
    pub comparison: Comparison,
    /// The questions that raises.
    pub questions: Vec<Question>,
}

impl Proposal {
    /// Holds new content, dated to the day it is to come into force, against
    /// the edition in force.
    ///
    /// # Errors
    /// [`RevisionRefusal`] when it cannot be a revision.
    pub fn of(
        current: &Edition,
        notice: Notice,
        today: NaiveDate,
    ) -> Result<Self, RevisionRefusal> {
        let effective = notice.revision.date;
        let comparison = Comparison::of(&current.notice, &notice);
        if comparison.is_empty() {
            return Err(RevisionRefusal::Same(current.number));
        }
        if effective < today {
            return Err(RevisionRefusal::ProposedForPast { effective, today });
        }
        if effective <= current.effective {
            let current = current.effective;
            return Err(RevisionRefusal::NotAfter { effective, current });
        }
        if notice.revision.label == current.label {
            return Err(RevisionRefusal::SameLabel(current.label.clone()));
        }
        Ok(Proposal {
            based_on: current.number,
            questions: questions(&comparison, effective, today),
            comparison,
            notice,
        })
    }
}
