//! A clock that was ahead, and what it left behind: a schedule seen to until
//! a day to come, and batches of days to come.
//!
//! Why a mark lies ahead is not known here. Whatever it was, the nights
//! between now and then are still to be done, so the mark is taken back and
//! that is told.

use chrono::{DateTime, FixedOffset, NaiveDate};

use crate::domain::Stamp;
use crate::schedule::{Schedule, business_date};
use crate::store::{ScheduleAhead, Store, StoreError};

/// Nights looked at between now and the mark: the first that was not done is
/// enough, and all of a year were hardly done in advance.
const LOOKED_AT: usize = 400;

/// The time until which nights would be passed over, because the schedule
/// counts as seen to until then. None while the mark silences no night, as
/// after a clock was set back by an hour.
///
/// # Errors
/// When the store cannot be read.
pub async fn silenced_until(
    store: &Store,
    schedule: &Schedule,
    now: DateTime<FixedOffset>,
) -> Result<Option<DateTime<FixedOffset>>, StoreError> {
    let mut conn = store.reads().await?;
    let seen = conn.schedule_mark().await?;
    let seen = seen.and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
    let Some(seen) = seen.filter(|seen| *seen > now) else {
        return Ok(None);
    };
    for night in schedule.between(now, seen).take(LOOKED_AT) {
        let day = business_date(night).to_string();
        if conn.batch(&day).await?.is_none() {
            return Ok(Some(seen));
        }
    }
    Ok(None)
}

/// Takes a mark that lies ahead back to now, so that nights go on. What it
/// silenced is remembered for the next report and returned.
///
/// # Errors
/// When the store cannot be written.
pub(super) async fn take_back(
    store: &Store,
    schedule: &Schedule,
    now: DateTime<FixedOffset>,
) -> Result<Option<DateTime<FixedOffset>>, StoreError> {
    let mut conn = store.reads().await?;
    let seen = conn.schedule_mark().await?;
    drop(conn);
    let seen = seen.and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
    if seen.is_none_or(|seen| seen <= now) {
        return Ok(None);
    }
    let silenced = silenced_until(store, schedule, now).await?;
    let mut tx = store.work().await?;
    tx.set_schedule_mark(&now.to_rfc3339()).await?;
    if let Some(seen) = silenced {
        let ahead = ScheduleAhead {
            noticed_at: Stamp::at(now),
            seen_at: Stamp::at(seen),
        };
        tx.note_schedule_ahead(&ahead).await?;
    }
    tx.commit().await?;
    Ok(silenced)
}

/// Batches of days after `today` that were opened and not closed. No night
/// goes on with them by itself before their day.
///
/// # Errors
/// When the store cannot be read.
pub async fn opened_ahead(store: &Store, today: NaiveDate) -> Result<Vec<String>, StoreError> {
    let mut conn = store.reads().await?;
    let mut dates = conn.unclosed_batches().await?;
    dates.retain(|date| *date > today);
    Ok(dates.iter().map(NaiveDate::to_string).collect())
}
