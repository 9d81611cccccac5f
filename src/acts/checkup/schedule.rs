//! The schedule, held against the calendar and against what was seen to.

use chrono::{DateTime, FixedOffset};

use super::problem::{Problem, Problems};
use crate::config::Config;
use crate::office;
use crate::store::{Store, StoreError};
use crate::views::{NextNight, next_nights, opened_ahead, silenced_until};
use crate::wording::StaffMessage as _;

/// Nights told where there is no workspace yet.
const NIGHTS_TOLD: usize = 3;

/// Holds the schedule against the calendar and, where there is a workspace,
/// against what was seen to. Returns the next nights.
pub(super) async fn check(
    config: &Config,
    now: DateTime<FixedOffset>,
    problems: &mut Problems,
) -> Vec<NextNight> {
    if let Some(fault) = config.schedule.fault(now) {
        problems.add(Problem::Schedule {
            schedule: config.schedule.to_string(),
            fault,
        });
    }
    let upcoming = || {
        let nights = config.schedule.nights(now, NIGHTS_TOLD).into_iter();
        let opened = false;
        nights.map(|time| NextNight { time, opened }).collect()
    };
    // A check makes nothing, so not the database either.
    let database = office::database(&config.out);
    if !database.is_file() {
        return upcoming();
    }
    let store = Store::open_to_read(&database).await;
    let store = problems.keep(store.map_err(|error| error.staff_message()));
    let Some(store) = store.flatten() else {
        return upcoming();
    };
    let nights = look_at_nights(&store, config, now, problems).await;
    store.close().await;
    let nights = nights.map_err(|error| error.staff_message());
    problems.keep(nights).unwrap_or_else(upcoming)
}

async fn look_at_nights(
    store: &Store,
    config: &Config,
    now: DateTime<FixedOffset>,
    problems: &mut Problems,
) -> Result<Vec<NextNight>, StoreError> {
    if let Some(until) = silenced_until(store, &config.schedule, now).await? {
        problems.add(Problem::Silenced(until));
    }
    let ahead = opened_ahead(store, now.date_naive()).await?;
    if !ahead.is_empty() {
        problems.add(Problem::OpenedAhead(ahead));
    }
    let undone = store.reads().await?.undone_steps().await?;
    problems.extend(undone.into_iter().map(Problem::Undone));
    next_nights(store, &config.schedule, now).await
}
