//! The scheduled service: runs the night when it is due.
//!
//! The store keeps up to when the schedule has been worked off. After a
//! standstill it runs the latest missed night, once, with that night's own
//! date, or with today's when that lies days back; a date whose batch was opened before is never opened again, but a
//! batch that was not finished is. While the machine's clock is not trusted it
//! begins nothing and moves no mark.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, FixedOffset, NaiveDate};
use tokio::sync::watch;
use tokio::time::Instant;

use super::ahead::take_back;
use super::due::{Due, Late, due, left_by_a_stop};
use super::ends::{self, Ending, Repeated};
use super::event::ShiftEvent;
use super::lock::NightLock;
use super::probe::Probe;
use super::shift::Shift;
use super::trust::{ClockNews, Trust};
use super::{NightError, Progress, RunOptions, RunSummary};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::State;
use crate::office::Office;
use crate::store::{Store, StoreError};
use crate::views::{NextNight, next_nights, opened_ahead};

/// The longest sleep: meanwhile somebody may set the machine's clock, or
/// suspend the machine.
const NAP: Duration = Duration::from_secs(20);

/// Wait after a night, or a step of its end, that could not be done, before it
/// is tried again.
const PAUSE: Duration = Duration::from_secs(300);

/// Events of the service.
#[derive(Debug)]
pub enum Said {
    /// It waits; these are the next nights.
    Waiting(Vec<NextNight>),
    /// The machine's clock ran away, or is believed again.
    Clock(ClockNews),
    /// The schedule counted as seen to until this time to come, and nights
    /// would have been passed over; now they go on.
    WasAhead(DateTime<FixedOffset>),
    /// Batches of these days to come stand open; they wait for their day.
    OpenAhead(Vec<String>),
    /// A night begins.
    Begins {
        /// Its business date.
        date: NaiveDate,
        /// Why it does not begin at its scheduled time.
        late: Option<Late>,
    },
    /// What the shift tells that works the night.
    Shift(Box<ShiftEvent>),
    /// A night ended, with all that follows it.
    Ended(RunSummary),
    /// A night could not be done and is tried again after a pause.
    Failed(NightError),
    /// The service ends because it was asked to.
    Stopping,
}

/// Runs the schedule until `stop` becomes true.
///
/// # Errors
/// When the workspace cannot be opened at the start. Later failures are told
/// by `say` and tried again.
pub async fn serve(
    config: Config,
    clock: Clock,
    mut stop: watch::Receiver<bool>,
    say: impl Fn(Said),
) -> Result<(), NightError> {
    let office = Office::for_nights(config.clone(), clock).await?;
    let store = office.store.clone();
    drop(office);
    let mut trust = Trust::new(clock.reading());
    let mut announced = None;
    // The unfinished date that could not be done when it was last tried.
    let mut stuck = None;
    let mut open_ahead = Vec::new();
    // When it is next looked for what earlier nights left undone. Nights that
    // are due come first, so that nothing of this holds them up.
    let mut look_back_at = Some(Instant::now());
    let mut is_start = true;
    loop {
        if *stop.borrow() {
            break;
        }
        // All that is decided in this round goes by this one reading: the
        // clock can run away between two.
        let reading = clock.reading();
        if let Some(news) = trust.look(reading) {
            say(Said::Clock(news));
            announced = None;
        }
        if !trust.believes() {
            pause(NAP, &mut stop).await;
            continue;
        }
        let now = reading.wall;
        let looked = match look(&store, &config, now, stuck, is_start).await {
            Ok(looked) => looked,
            Err(error) => {
                say(Said::Failed(error.into()));
                pause(PAUSE, &mut stop).await;
                continue;
            }
        };
        if let Some(until) = looked.was_ahead {
            say(Said::WasAhead(until));
        }
        if looked.open_ahead != open_ahead {
            open_ahead = looked.open_ahead;
            if !open_ahead.is_empty() {
                say(Said::OpenAhead(open_ahead.clone()));
            }
        }
        let Some(due) = looked.due else {
            if look_back_at.is_some_and(|at| at <= Instant::now()) {
                let left = make_good(&store, &config, clock, is_start, &stop, &say).await;
                look_back_at = left.then(|| Instant::now() + PAUSE);
                is_start = false;
                if *stop.borrow() {
                    break;
                }
            }
            let next = looked.next.first().map(|night| night.time);
            if announced != Some(next) {
                announced = Some(next);
                say(Said::Waiting(looked.next));
            }
            let until_next = next.map_or(NAP, |next| (next - now).to_std().unwrap_or_default());
            pause(until_next.min(NAP), &mut stop).await;
            continue;
        };
        announced = None;
        is_start = false;
        look_back_at = Some(Instant::now() + PAUSE);
        match one_night(&config, clock, &due, &stop, &say).await {
            Ok(Stopped(true)) => break,
            Ok(Stopped(false)) => stuck = None,
            Err(error) => {
                stuck = Some(due.date);
                say(Said::Failed(error));
                pause(PAUSE, &mut stop).await;
            }
        }
    }
    say(Said::Stopping);
    store.close().await;
    Ok(())
}

/// What there is to do and to tell.
struct Looked {
    due: Option<Due>,
    /// The next nights, as they will be done from here.
    next: Vec<NextNight>,
    was_ahead: Option<DateTime<FixedOffset>>,
    open_ahead: Vec<String>,
}

async fn look(
    store: &Store,
    config: &Config,
    now: DateTime<FixedOffset>,
    stuck: Option<NaiveDate>,
    is_start: bool,
) -> Result<Looked, StoreError> {
    let was_ahead = take_back(store, &config.schedule, now).await?;
    let open_ahead = opened_ahead(store, now.date_naive()).await?;
    let mut due = due(store, config, now, stuck).await?;
    if due.is_none() && is_start {
        due = left_by_a_stop(store, now.date_naive()).await?;
    }
    Ok(Looked {
        due,
        next: next_nights(store, &config.schedule, now).await?,
        was_ahead,
        open_ahead,
    })
}

/// Does what earlier nights left undone. Returns whether anything is left that
/// is to be tried again. `is_start` looks even where nothing is due, for what
/// a process left that was killed.
async fn make_good(
    store: &Store,
    config: &Config,
    clock: Clock,
    is_start: bool,
    stop: &watch::Receiver<bool>,
    say: &impl Fn(Said),
) -> bool {
    match ends::is_due(store).await {
        Ok(false) if !is_start => return false,
        Ok(_) => {}
        Err(error) => {
            say(Said::Failed(error.into()));
            return true;
        }
    }
    let office = match Office::open(config.clone(), clock).await {
        Ok(office) => office,
        Err(error) => {
            say(Said::Failed(error.into()));
            return true;
        }
    };
    // A night that is at work does it itself.
    match NightLock::take(office.out()) {
        Ok(_lock) => {
            let repeated = match is_start {
                true => Repeated::Told,
                false => Repeated::Silent,
            };
            let mut tell = |event| say(Said::Shift(Box::new(event)));
            let ending = Ending::new(Probe::default(), repeated, Some(stop.clone()));
            ends::work(&office, &ending, &mut tell).await;
        }
        Err(NightError::Locked) => return true,
        Err(error) => {
            say(Said::Failed(error));
            return true;
        }
    }
    ends::is_due(store).await.unwrap_or(true)
}

/// Whether a night ended before its time because the service is to stop.
struct Stopped(bool);

/// One night with everything opened afresh, so that it works with the
/// templates and the profile as they stand now.
async fn one_night(
    config: &Config,
    clock: Clock,
    due: &Due,
    stop: &watch::Receiver<bool>,
    say: &impl Fn(Said),
) -> Result<Stopped, NightError> {
    say(Said::Begins {
        date: due.date,
        late: due.late,
    });
    let office = Arc::new(Office::open(config.clone(), clock).await?);
    let options = RunOptions {
        date: due.date,
        workers: None,
        stop: stop.clone(),
        progress: Arc::new(|progress| {
            if let Progress::Waits(words) = progress {
                tracing::warn!("{words}");
            }
        }),
        probe: Probe::default(),
    };
    let shift = Shift {
        options,
        mark: due.mark,
    };
    let summary = shift
        .work(&office, &mut |event| say(Said::Shift(Box::new(event))))
        .await?;
    tracing::info!(
        date = %due.date,
        sent = summary.tally.count(State::Sent),
        "night done"
    );
    let stopped = Stopped(summary.stopped);
    say(Said::Ended(summary));
    Ok(stopped)
}

async fn pause(time: Duration, stop: &mut watch::Receiver<bool>) {
    tokio::select! {
        () = tokio::time::sleep(time) => {}
        _ = stop.changed() => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::shift::mark;
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[tokio::test]
    async fn a_night_that_is_due_waits_for_an_unfinished_one_only_until_that_fails() {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = folder.path().join("yobin.toml");
        std::fs::write(&settings, "schedule = \"0 30 1 * * *\"").expect("written");
        let config = Config::read(Some(&settings)).expect("settings");
        let now = |text: &str| -> DateTime<FixedOffset> { text.parse().expect("a time") };
        let store = Store::open(&folder.path().join("yobin.db"))
            .await
            .expect("opens");
        let before = now("2026-11-25T12:00:00+09:00");
        let due_at = async |now: DateTime<FixedOffset>, stuck: Option<&str>| {
            let due = due(&store, &config, now, stuck.map(day)).await;
            due.expect("read").map(|due| due.date.to_string())
        };
        assert_eq!(due_at(before, None).await, None);
        // A batch that was opened and not finished.
        let mut tx = store.work().await.expect("writes");
        let opened = crate::store::Due {
            date: day("2026-11-24"),
            approval_required: false,
            at: "2026-11-24T01:30:00+09:00",
        };
        tx.open_batch(opened, &BTreeMap::new())
            .await
            .expect("opened");
        tx.commit().await.expect("kept");
        let stuck = Some("2026-11-24");
        let unfinished = stuck.map(str::to_owned);
        assert_eq!(due_at(before, None).await, unfinished);
        // It failed, and no other is due: it is tried again.
        assert_eq!(due_at(before, stuck).await, unfinished);
        let after = now("2026-11-26T01:30:05+09:00");
        assert_eq!(due_at(after, None).await, unfinished);
        let next = Some("2026-11-26".to_owned());
        assert_eq!(due_at(after, stuck).await, next);
        // Once that is done, the older one is tried again.
        mark(&store, after).await.expect("marked");
        assert_eq!(due_at(after, stuck).await, unfinished);
    }
}
