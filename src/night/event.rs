//! What whoever starts a night is told of it.

use std::path::PathBuf;

use chrono::NaiveDate;

use super::RunSummary;
use crate::acts::notice::PublicationError;
use crate::acts::print_runs::{PrintError, Printed};
use crate::domain::ClockBack;
use crate::store::{NoticeRow, StoreError, Waited};
use crate::views::{Report, ReportError};

/// What a shift tells. What follows the letters is told once for each date of
/// which it was due, in this order.
#[derive(Debug)]
pub enum ShiftEvent {
    /// The clock stands before the newest time that is recorded; the night goes
    /// on by it.
    ClockBack(ClockBack),
    /// The run is over.
    Made(RunSummary),
    /// The print files of a date, or those of a run whose making had been
    /// broken off.
    Printed {
        /// The business date.
        date: Option<NaiveDate>,
        /// What was made.
        printed: Printed,
    },
    /// Another makes print files, and one waits for it.
    Waits(Waited),
    /// Print files could not be made.
    NotPrinted {
        /// The business date; none where they are of a run whose making had
        /// been broken off.
        date: Option<NaiveDate>,
        /// Why.
        error: PrintError,
    },
    /// A revision of the notice came into force and is published.
    Published(NoticeRow),
    /// The notice's publication is not complete; no letter is touched by it.
    NotPublished(PublicationError),
    /// The report of a date is written.
    Reported {
        /// The business date.
        date: NaiveDate,
        /// What it says.
        report: Box<Report>,
        /// Its files.
        files: Vec<PathBuf>,
    },
    /// The report of a date could not be made or written.
    NotReported {
        /// The business date.
        date: NaiveDate,
        /// Why.
        error: ReportError,
    },
    /// What came of a step could not be kept; it is done once more.
    NotKept(StoreError),
}
