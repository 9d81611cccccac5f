//! An edition of the notice: a revision that is or was published.

use chrono::NaiveDate;

use super::Notice;

/// A published edition.
#[derive(Debug, Clone)]
pub struct Edition {
    /// Its number, from 1.
    pub number: u32,
    /// Label as printed, for instance (令和7年7月更新版).
    pub label: String,
    /// Day it came into force.
    pub effective: NaiveDate,
    /// Its content.
    pub notice: Notice,
}

impl Edition {
    /// A notice as it comes from a file: its own label and date.
    pub fn of_file(number: u32, notice: Notice) -> Self {
        Edition {
            number,
            label: notice.revision.label.clone(),
            effective: notice.revision.date,
            notice,
        }
    }
}
