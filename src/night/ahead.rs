//! A clock that was ahead left behind a schedule seen to until a day to come.
//!
//! Why a mark lies ahead is not known here. Whatever it was, the nights
//! between now and then are still to be done, so the mark is taken back and
//! that is told.

use chrono::{DateTime, FixedOffset};

use crate::domain::Stamp;
use crate::schedule::Schedule;
use crate::store::{ScheduleAhead, Store, StoreError};
use crate::views::silenced_until;

/// Moves a mark in the future back to now, so that nights go on. What it would
/// have passed over is kept for the next report and returned.
///
/// # Errors
/// When the store cannot be written.
pub(super) async fn take_back(
    store: &Store,
    schedule: &Schedule,
    now: DateTime<FixedOffset>,
) -> Result<Option<DateTime<FixedOffset>>, StoreError> {
    let mut conn = store.reads().await?;
    let seen = conn.workspace().await?.schedule_mark;
    drop(conn);
    let seen = seen.and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
    if seen.is_none_or(|seen| seen <= now) {
        return Ok(None);
    }
    let silenced = silenced_until(store, schedule, now).await?;
    let mut tx = store.work().await?;
    let ahead = silenced.map(|seen| ScheduleAhead {
        noticed_at: Stamp::at(now),
        seen_at: Stamp::at(seen),
    });
    tx.set_schedule_mark(&now.to_rfc3339(), ahead.as_ref())
        .await?;
    tx.commit().await?;
    Ok(silenced)
}
