//! The nights to come: which they are, and what a clock that was ahead left in
//! their way: a schedule seen to until a day to come, and batches of days to
//! come.

use chrono::{DateTime, FixedOffset, NaiveDate};

use crate::schedule::{Schedule, business_date};
use crate::store::{Reads, Store, StoreError};

/// Coming nights that are announced.
const NIGHTS_TOLD: usize = 3;

/// The most nights checked between now and the mark; the first that was not
/// done is enough.
const LOOKED_AT: usize = 400;

/// A night to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextNight {
    /// Its scheduled time.
    pub time: DateTime<FixedOffset>,
    /// Whether its date was opened before, so that nothing will be done.
    pub opened: bool,
}

/// The next three nights, each with whether its date was opened before.
///
/// # Errors
/// When the store cannot be read.
pub async fn next_nights(
    store: &Store,
    schedule: &Schedule,
    now: DateTime<FixedOffset>,
) -> Result<Vec<NextNight>, StoreError> {
    let mut conn = store.reads().await?;
    let mut next = Vec::new();
    for time in schedule.nights(now, NIGHTS_TOLD) {
        let day = business_date(time).to_string();
        let opened = conn.batch(&day).await?.is_some();
        next.push(NextNight { time, opened });
    }
    Ok(next)
}

/// The time until which nights would be passed over, because the schedule
/// counts as seen to until then. `None` if the mark passes over no night, as
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
    silenced(&mut conn, schedule, now).await
}

/// The same in a snapshot.
pub(super) async fn silenced(
    conn: &mut Reads,
    schedule: &Schedule,
    now: DateTime<FixedOffset>,
) -> Result<Option<DateTime<FixedOffset>>, StoreError> {
    let seen = conn.workspace().await?.schedule_mark;
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

/// Batches of days after `today` that were opened and not closed. No night
/// goes on with them by itself before their day.
///
/// # Errors
/// When the store cannot be read.
pub async fn opened_ahead(store: &Store, today: NaiveDate) -> Result<Vec<String>, StoreError> {
    let mut conn = store.reads().await?;
    let dates = ahead(&mut conn, today).await?;
    Ok(dates.iter().map(NaiveDate::to_string).collect())
}

/// The same in a snapshot.
pub(super) async fn ahead(
    conn: &mut Reads,
    today: NaiveDate,
) -> Result<Vec<NaiveDate>, StoreError> {
    let mut dates = conn.workspace().await?.unclosed;
    dates.retain(|date| *date > today);
    Ok(dates)
}
