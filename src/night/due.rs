//! Which night is to be done now: one that was begun and not finished, or the
//! latest the schedule asks for.

use chrono::{DateTime, FixedOffset, NaiveDate};

use super::shift::mark;
use crate::config::Config;
use crate::domain::MailHalt;
use crate::schedule::business_date;
use crate::store::{Store, StoreError};

/// A night missed for more days than these bears today's date: its letters
/// would else be dated so long before they leave the house that deadlines
/// counted from their date are past. A night missed over a weekend keeps its
/// own.
const KEEPS_DATE_DAYS: i64 = 3;

/// Why a night begins at another time than its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Late {
    /// The service was not there at its time.
    Missed,
    /// The service was not there at its time, days ago: it bears today's date
    /// and not this one.
    MissedLongAgo(NaiveDate),
    /// It was begun before and not finished.
    Unfinished,
}

/// A night to do now.
pub(super) struct Due {
    pub(super) date: NaiveDate,
    pub(super) late: Option<Late>,
    /// The schedule is seen to until here once this night is done.
    pub(super) mark: Option<DateTime<FixedOffset>>,
}

impl Due {
    fn rest_of(date: NaiveDate) -> Self {
        Due {
            date,
            late: Some(Late::Unfinished),
            mark: None,
        }
    }
}

/// The night to do now, if there is one. `stuck` is the date that could not
/// be done when it was last tried.
pub(super) async fn due(
    store: &Store,
    config: &Config,
    now: DateTime<FixedOffset>,
    stuck: Option<NaiveDate>,
) -> Result<Option<Due>, StoreError> {
    let unfinished = unfinished(store, now.date_naive()).await?;
    match unfinished {
        Some(date) if Some(date) == stuck => {}
        Some(_) => return Ok(unfinished.map(Due::rest_of)),
        None => {}
    }
    Ok(match scheduled(store, config, now).await? {
        Some(due) => Some(due),
        None => unfinished.map(Due::rest_of),
    })
}

/// The latest date up to today whose batch was opened and not closed. One of
/// a day to come was opened by hand or by a clock that was ahead; it must
/// neither hold up the nights before it nor go out by itself.
async fn unfinished(store: &Store, today: NaiveDate) -> Result<Option<NaiveDate>, StoreError> {
    let mut conn = store.reads().await?;
    let mut unfinished = conn.workspace().await?.unclosed;
    unfinished.retain(|date| *date <= today);
    Ok(unfinished.last().copied())
}

/// The night to go on with at the start because the last run was asked to stop
/// when its letters were made and mails had not gone out: their batch is
/// closed, and the next night may be days away.
pub(super) async fn left_by_a_stop(
    store: &Store,
    today: NaiveDate,
) -> Result<Option<Due>, StoreError> {
    let mut conn = store.reads().await?;
    if conn.mail_halt().await? != Some(MailHalt::Stopped) {
        return Ok(None);
    }
    let Some(last) = conn.to_go(&today.to_string()).await?.pop() else {
        return Ok(None);
    };
    let letter = conn.letter(last).await?;
    let date = letter.and_then(|letter| letter.batch_date);
    Ok(date.map(Due::rest_of))
}

/// The latest night the schedule asks for and nobody has begun.
async fn scheduled(
    store: &Store,
    config: &Config,
    now: DateTime<FixedOffset>,
) -> Result<Option<Due>, StoreError> {
    let mut conn = store.reads().await?;
    let seen = conn.workspace().await?.schedule_mark;
    drop(conn);
    let Some(seen) = seen.and_then(|text| DateTime::parse_from_rfc3339(&text).ok()) else {
        // At the first start, earlier nights do not count as missed.
        mark(store, now).await?;
        return Ok(None);
    };
    let Some(scheduled) = config.schedule.missed(seen, now) else {
        return Ok(None);
    };
    let own = business_date(scheduled);
    let is_old = (now.date_naive() - own).num_days() > KEEPS_DATE_DAYS;
    let next = config.schedule.next_after(now).map(business_date);
    if is_old && next == Some(now.date_naive()) {
        // Today has a night of its own yet, and a date has one.
        return Ok(None);
    }
    let date = if is_old { now.date_naive() } else { own };
    let mut conn = store.reads().await?;
    let day = date.format("%Y-%m-%d").to_string();
    if conn.batch(&day).await?.is_some() {
        drop(conn);
        mark(store, scheduled).await?;
        return Ok(None);
    }
    let late = now - scheduled > chrono::Duration::minutes(1);
    let late = late.then_some(match is_old {
        true => Late::MissedLongAgo(own),
        false => Late::Missed,
    });
    Ok(Some(Due {
        date,
        late,
        mark: Some(scheduled),
    }))
}
