//! One night whole: the letters are made and go out, and what follows them is
//! done: the notice is published, the print files are made, the report is
//! written. Whoever starts a night is told of each and does none of it again.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate};

use super::{NightError, RunOptions, RunSummary, known, run};
use crate::acts::notice::{self, PublicationError};
use crate::acts::print_runs::{self, PrintError, Printed};
use crate::domain::{Actor, By, Stamp};
use crate::office::Office;
use crate::store::{NoticeRow, Store, StoreError};
use crate::views::{Report, ReportError, write_report};

/// A night to work.
pub struct Shift {
    /// How its run is to be done.
    pub options: RunOptions,
    /// The schedule is seen to until here once the letters are at rest.
    pub mark: Option<DateTime<FixedOffset>>,
}

/// What a shift tells, in this order; of the print files and the report once
/// for each date that came to its end.
#[derive(Debug)]
pub enum ShiftEvent {
    /// The run is over.
    Made(RunSummary),
    /// A revision of the notice came into force and is published.
    Published(NoticeRow),
    /// The notice's publication is not complete; no letter is touched by it.
    NotPublished(PublicationError),
    /// The print files of a date.
    Printed(Printed),
    /// The print files of a date could not be made.
    NotPrinted(PrintError),
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
    NotReported(ReportError),
}

impl Shift {
    /// Works the night and tells `tell` how it goes. What follows the letters
    /// is told when it fails and stops nothing else.
    ///
    /// # Errors
    /// [`NightError`] when the run as a whole could not go on; nothing follows
    /// it then.
    pub async fn work(
        self,
        office: &Arc<Office>,
        tell: &mut impl FnMut(ShiftEvent),
    ) -> Result<RunSummary, NightError> {
        let summary = run(office, self.options).await?;
        known::keep_marks(office).await;
        if let Some(time) = self.mark {
            mark(&office.store, time).await?;
        }
        tell(ShiftEvent::Made(summary.clone()));
        follow_up(office, &summary, tell).await;
        known::keep_marks(office).await;
        Ok(summary)
    }
}

/// Does what follows a run.
pub async fn follow_up(office: &Office, run: &RunSummary, tell: &mut impl FnMut(ShiftEvent)) {
    // A day to come has its publication when it has come.
    let until = run.date.min(office.desk.clock.today());
    let by = By {
        who: Actor::Schedule,
        at: Stamp::at(office.desk.clock.now()),
    };
    match notice::publish(office, &by, None, until, &mut |_| {}).await {
        Ok(done) => _ = done.revision.map(|row| tell(ShiftEvent::Published(row))),
        Err(error) => tell(ShiftEvent::NotPublished(error)),
    }
    // Dates that could not be finished before came to their end with this
    // one; their letters by post are still to be printed. The report says
    // what is in no print file, so it comes after that, and whether it can be
    // written is no matter of the printer's.
    for date in run.closed_too.iter().chain([&run.date]) {
        tell(match print_runs::make(office, &date.to_string()).await {
            Ok(printed) => ShiftEvent::Printed(printed),
            Err(error) => ShiftEvent::NotPrinted(error),
        });
        tell(match write_report(office, *date).await {
            Ok((report, files)) => ShiftEvent::Reported {
                date: *date,
                report: Box::new(report),
                files,
            },
            Err(error) => ShiftEvent::NotReported(error),
        });
    }
}

/// Keeps until when the schedule has been seen to.
pub(super) async fn mark(store: &Store, time: DateTime<FixedOffset>) -> Result<(), StoreError> {
    let mut tx = store.work().await?;
    tx.set_schedule_mark(&time.to_rfc3339(), None).await?;
    tx.commit().await?;
    Ok(())
}
