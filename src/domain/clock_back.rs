//! A clock that stands before what is recorded: it went back, or it had run
//! ahead before.

use chrono::{DateTime, FixedOffset, TimeDelta};

use super::Stamp;

/// How far the clock may be moved without a word. Time servers move it by
/// less, and so far no night comes on another day than its own.
pub const CLOCK_LEEWAY: TimeDelta = TimeDelta::hours(1);

/// The clock stood before the newest time the workspace had recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockBack {
    /// What the clock showed.
    pub shown: Stamp,
    /// The newest time that was recorded.
    pub newest: Stamp,
}

impl ClockBack {
    /// Holds the clock against the newest recorded time; nothing where it
    /// stands after it, or before it by no more than [`CLOCK_LEEWAY`].
    pub fn of(newest: Option<Stamp>, now: DateTime<FixedOffset>) -> Option<Self> {
        let newest = newest?;
        (newest.time() - now > CLOCK_LEEWAY).then_some(ClockBack {
            shown: Stamp::at(now),
            newest,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_back_when_it_is_more_than_an_hour_before_what_is_recorded() {
        let newest: Stamp = "2026-11-24T10:00:00+09:00".parse().expect("a stamp");
        let is_back = |now: &str| {
            let now = now.parse().expect("a time");
            ClockBack::of(Some(newest), now).is_some()
        };
        for later in [
            "2026-11-24T09:00:00+09:00",
            "2026-11-24T10:00:00+09:00",
            "2027-11-24T10:00:00+09:00",
        ] {
            assert!(!is_back(later), "{later}");
        }
        for earlier in [
            "2026-11-24T08:59:59+09:00",
            "2025-11-24T10:00:00+09:00",
            "1970-01-01T09:00:00+09:00",
        ] {
            assert!(is_back(earlier), "{earlier}");
        }
        let now = "2026-11-24T00:00:00+09:00".parse().expect("a time");
        assert_eq!(ClockBack::of(None, now), None);
    }
}
