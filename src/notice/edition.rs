//! An edition: the notice as it was published from a day on.

use chrono::NaiveDate;

use super::Notice;

/// A published revision of the notice.
#[derive(Debug, Clone)]
pub struct Edition {
    /// Its place in the row of editions, from 1.
    pub number: u32,
    /// What it is called, for instance (令和7年7月更新版).
    pub label: String,
    /// The day it applies from.
    pub effective: NaiveDate,
    /// Its content.
    pub notice: Notice,
}
