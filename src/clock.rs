//! The only clock of the program, in Japan Standard Time (+09:00).
//!
//! Nothing else reads the time: templates get dates as data, and tests start
//! the clock where they need it. Japan has had no daylight saving time since
//! 1951, so a fixed offset is exact for every date this program meets.
//!
//! Beside the time of day stands the time since the machine's boot, which
//! nobody sets: what the one does and the other does not, was done to the
//! clock.

use std::time::{Duration, Instant};

use chrono::{DateTime, FixedOffset, NaiveDate, SecondsFormat, Utc};
use rustix::time::{ClockId, clock_gettime};

/// Seconds Japan Standard Time is ahead of UTC.
const JST_SECONDS: i32 = 9 * 3600;

/// A clock in Japan Standard Time.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    started: Instant,
    origin: Option<DateTime<FixedOffset>>,
}

/// Both times of one look at the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The time of day, which can be set.
    pub wall: DateTime<FixedOffset>,
    /// Time since the machine's boot, its sleep included, which cannot.
    pub since_boot: Duration,
}

/// Japan Standard Time.
pub fn jst() -> FixedOffset {
    // The offset is within a day, so the constructor cannot fail; UTC would
    // be a wrong date on every letter, so there is no quiet fallback.
    #[allow(clippy::expect_used, reason = "a constant within range")]
    FixedOffset::east_opt(JST_SECONDS).expect("nine hours are within a day")
}

impl Clock {
    /// The machine's clock.
    #[allow(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn system() -> Self {
        Clock {
            started: Instant::now(),
            origin: None,
        }
    }

    /// A clock that shows `origin` now and runs on from there.
    #[allow(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn starting_at(origin: DateTime<FixedOffset>) -> Self {
        Clock {
            started: Instant::now(),
            origin: Some(origin.with_timezone(&jst())),
        }
    }

    /// The time now.
    #[allow(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn now(&self) -> DateTime<FixedOffset> {
        match self.origin {
            Some(origin) => {
                let passed = chrono::Duration::from_std(self.elapsed()).unwrap_or_default();
                origin + passed
            }
            None => Utc::now().with_timezone(&jst()),
        }
    }

    /// The time now by both sources.
    pub fn reading(&self) -> Reading {
        Reading {
            wall: self.now(),
            since_boot: since_boot(),
        }
    }

    /// The date today in Japan.
    pub fn today(&self) -> NaiveDate {
        self.now().date_naive()
    }

    /// The time now as it is kept in records, `2026-11-22T01:30:00+09:00`.
    pub fn stamp(&self) -> String {
        self.now().to_rfc3339_opts(SecondsFormat::Secs, false)
    }

    /// Time since this clock was made; never goes backwards.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

fn since_boot() -> Duration {
    let time = clock_gettime(ClockId::Boottime);
    // Neither part is ever negative, and the second stays below a second.
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or_default(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}
