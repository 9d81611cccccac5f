//! One night whole: the letters are made and go out, and what follows them is
//! done: the print files are made, the notice is published, the report is
//! written. Whoever starts a night is told of each and does none of it again.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset};

use super::ends::{self, Ending, Repeated};
use super::event::ShiftEvent;
use super::lock::NightLock;
use super::{NightError, RunOptions, RunSummary, known, run};
use crate::office::Office;
use crate::store::{Store, StoreError};

/// A night to work.
pub struct Shift {
    /// How its run is to be done.
    pub options: RunOptions,
    /// The schedule is seen to until here once the letters are at rest.
    pub mark: Option<DateTime<FixedOffset>>,
}

impl Shift {
    /// Works the night and tells `tell` how it goes. What follows the letters
    /// is told when it fails and stops nothing else; also what earlier nights
    /// left undone is done, and even when this night could not go on.
    ///
    /// # Errors
    /// [`NightError`] when the run as a whole could not go on.
    pub async fn work(
        self,
        office: &Arc<Office>,
        tell: &mut impl FnMut(ShiftEvent),
    ) -> Result<RunSummary, NightError> {
        let _lock = NightLock::take(office.out())?;
        let options = &self.options;
        let (probe, stop) = (options.probe.clone(), options.stop.clone());
        let date = options.date;
        let back = known::clock_back(office).await;
        if let Some(back) = back {
            tell(ShiftEvent::ClockBack(back));
        }
        let ran = run(office, self.options).await;
        if matches!(ran, Err(NightError::Damaged(_))) {
            // Nothing is made from a damaged database.
            return ran;
        }
        if let (Ok(_), Some(back)) = (&ran, &back) {
            known::keep_clock_back(&office.store, date, back).await?;
        }
        known::keep_marks(office).await;
        let marked = match (&ran, self.mark) {
            (Ok(_), Some(time)) => mark(&office.store, time).await,
            _ => Ok(()),
        };
        if let Ok(summary) = &ran {
            tell(ShiftEvent::Made(summary.clone()));
        }
        let ending = Ending::new(probe, Repeated::Told, Some(stop));
        ends::work(office, &ending, tell).await;
        known::keep_marks(office).await;
        marked?;
        ran
    }
}

/// Brings the letters of a date to rest and does nothing of what follows.
///
/// # Errors
/// [`NightError`] when the run as a whole could not go on.
pub async fn run_alone(
    office: &Arc<Office>,
    options: RunOptions,
) -> Result<RunSummary, NightError> {
    let _lock = NightLock::take(office.out())?;
    run(office, options).await
}

/// Keeps until when the schedule has been seen to.
pub(super) async fn mark(store: &Store, time: DateTime<FixedOffset>) -> Result<(), StoreError> {
    let mut tx = store.work().await?;
    tx.set_schedule_mark(&time.to_rfc3339(), None).await?;
    tx.commit().await?;
    Ok(())
}
