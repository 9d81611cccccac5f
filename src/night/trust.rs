//! Whether the machine's clock can be believed.
//!
//! A clock that is set wrong for half a minute would begin the night of
//! another day, and its letters would leave the house with that date. So the
//! clock is held against the time since the machine's boot: what both did, a
//! sleep of the machine too, is time that passed; what only the clock did was
//! done to the clock.

use std::time::Duration;

use chrono::{DateTime, FixedOffset, TimeDelta};

use crate::clock::Reading;
use crate::domain::CLOCK_LEEWAY as LEEWAY;

/// How long a clock stays as it is before it is believed: long enough for
/// somebody to come and look, short enough that a clock which was set right
/// costs no night.
const STEADY: TimeDelta = TimeDelta::hours(6);

/// What happened to the machine's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockNews {
    /// It went further, or back, than time did.
    RanAway {
        /// The time it would show if nothing had been done to it.
        expected: DateTime<FixedOffset>,
        /// The time it shows.
        shown: DateTime<FixedOffset>,
    },
    /// It shows the time it would have shown anyhow.
    RightAgain(DateTime<FixedOffset>),
    /// It has stayed as it is for so long that it is believed.
    Settled(DateTime<FixedOffset>),
}

/// What is known of the machine's clock from looking at it again and again.
#[derive(Debug)]
pub(super) struct Trust {
    /// The reading others are held against. Renewed from time to time: a
    /// clock that is corrected a little each day does no wrong.
    anchor: Reading,
    /// Since when the clock stands where it is not believed.
    doubted: Option<Reading>,
}

impl Trust {
    /// Believes the clock as it stands.
    pub(super) fn new(first: Reading) -> Self {
        Trust {
            anchor: first,
            doubted: None,
        }
    }

    /// Whether nights can be begun by the clock as it was last looked at.
    pub(super) fn believes(&self) -> bool {
        self.doubted.is_none()
    }

    /// Looks at the clock and returns what is new.
    pub(super) fn look(&mut self, now: Reading) -> Option<ClockNews> {
        let agrees = moved(self.anchor, now).abs() <= LEEWAY;
        match self.doubted {
            None if agrees => {
                if passed(self.anchor, now) >= STEADY {
                    self.anchor = now;
                }
                None
            }
            Some(_) if agrees => {
                self.doubted = None;
                Some(ClockNews::RightAgain(now.wall))
            }
            Some(since) if moved(since, now).abs() <= LEEWAY => {
                if passed(since, now) < STEADY {
                    return None;
                }
                *self = Trust::new(now);
                Some(ClockNews::Settled(now.wall))
            }
            // It ran away, or once more, and the six hours begin anew.
            None | Some(_) => {
                self.doubted = Some(now);
                Some(ClockNews::RanAway {
                    expected: now.wall - moved(self.anchor, now),
                    shown: now.wall,
                })
            }
        }
    }
}

/// How much further than time the clock went from one reading to another;
/// negative when it was set back.
fn moved(from: Reading, to: Reading) -> TimeDelta {
    (to.wall - from.wall) - passed(from, to)
}

fn passed(from: Reading, to: Reading) -> TimeDelta {
    since_boot(to.since_boot) - since_boot(from.since_boot)
}

fn since_boot(time: Duration) -> TimeDelta {
    TimeDelta::from_std(time).unwrap_or(TimeDelta::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAP: i64 = 20;
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    const YEAR: i64 = 365 * DAY;

    /// A machine whose clock can be set.
    struct Machine {
        wall: DateTime<FixedOffset>,
        since_boot: Duration,
        trust: Trust,
    }

    impl Machine {
        fn at(wall: &str) -> Self {
            let wall = wall.parse().expect("a time");
            let since_boot = Duration::from_secs(1000);
            let trust = Trust::new(Reading { wall, since_boot });
            Machine {
                wall,
                since_boot,
                trust,
            }
        }

        fn new() -> Self {
            Self::at("2026-11-24T23:00:00+09:00")
        }

        fn set(&mut self, by: i64) {
            self.wall += TimeDelta::seconds(by);
        }

        /// Lets time pass, then looks.
        fn after(&mut self, seconds: i64) -> Option<ClockNews> {
            self.wall += TimeDelta::seconds(seconds);
            self.since_boot += Duration::from_secs(seconds.unsigned_abs());
            self.look()
        }

        fn look(&mut self) -> Option<ClockNews> {
            self.trust.look(Reading {
                wall: self.wall,
                since_boot: self.since_boot,
            })
        }

        /// Looks every twenty seconds for so long; nothing may be new.
        fn quiet_for(&mut self, seconds: i64) {
            let believed = self.trust.believes();
            for _ in 0..seconds / NAP {
                assert_eq!(self.after(NAP), None, "at {}", self.wall);
                assert_eq!(self.trust.believes(), believed, "at {}", self.wall);
            }
        }

        fn runs_away(&mut self, by: i64) {
            let expected = self.wall;
            self.set(by);
            let shown = self.wall;
            assert_eq!(self.look(), Some(ClockNews::RanAway { expected, shown }));
            assert!(!self.trust.believes());
        }
    }

    #[test]
    fn a_clock_that_only_runs_is_believed_from_day_to_day() {
        // Over the ends of month, year and February, and over the hour at
        // which other countries set their clocks.
        for start in [
            "2026-11-30T23:00:00+09:00",
            "2026-12-31T12:00:00+09:00",
            "2028-02-28T12:00:00+09:00",
            "2026-10-25T00:30:00+09:00",
        ] {
            Machine::at(start).quiet_for(2 * DAY);
        }
    }

    #[test]
    fn a_clock_a_year_ahead_for_half_a_minute_is_not_believed_until_it_is_right() {
        let mut machine = Machine::new();
        machine.quiet_for(HOUR);
        machine.runs_away(YEAR);
        assert_eq!(machine.after(NAP), None);
        assert!(!machine.trust.believes());
        machine.set(-YEAR);
        let right = machine.after(4);
        assert_eq!(right, Some(ClockNews::RightAgain(machine.wall)));
        machine.quiet_for(DAY);
        assert!(machine.trust.believes());
    }

    #[test]
    fn a_clock_set_back_is_not_believed_either() {
        for by in [-2 * HOUR, -DAY, -20 * YEAR] {
            let mut machine = Machine::new();
            machine.runs_away(by);
            machine.quiet_for(HOUR);
            machine.set(-by);
            let right = machine.after(NAP);
            assert_eq!(right, Some(ClockNews::RightAgain(machine.wall)));
            assert!(machine.trust.believes());
        }
    }

    #[test]
    fn a_sleep_of_the_machine_is_time_that_passed() {
        let mut machine = Machine::new();
        for sleep in [2 * HOUR, 3 * DAY, YEAR] {
            assert_eq!(machine.after(sleep), None);
            assert!(machine.trust.believes());
        }
        // Put right after the sleep, a little.
        machine.set(40);
        assert_eq!(machine.after(DAY), None);
        // Asleep while it is not believed: on waking it has stood for so long.
        machine.runs_away(YEAR);
        let awake = machine.after(DAY);
        assert_eq!(awake, Some(ClockNews::Settled(machine.wall)));
    }

    #[test]
    fn small_corrections_are_no_matter_however_many_days_bring_them() {
        for by in [1, -1, 90, -90, HOUR, -HOUR] {
            let mut machine = Machine::new();
            machine.set(by);
            assert_eq!(machine.look(), None, "{by}");
            assert!(machine.trust.believes());
        }
        // A bad clock, put right by ten minutes each day for a year.
        let mut machine = Machine::new();
        for _ in 0..365 {
            machine.set(-10 * MINUTE);
            for _ in 0..24 {
                assert_eq!(machine.after(HOUR), None);
            }
        }
        assert!(machine.trust.believes());
    }

    #[test]
    fn a_second_more_than_the_leeway_is_too_much() {
        for by in [HOUR + 1, -HOUR - 1] {
            Machine::new().runs_away(by);
        }
    }

    #[test]
    fn many_small_steps_one_after_another_are_one_great_one() {
        let mut machine = Machine::new();
        machine.set(50 * MINUTE);
        assert_eq!(machine.after(NAP), None);
        machine.set(50 * MINUTE);
        assert!(matches!(
            machine.after(NAP),
            Some(ClockNews::RanAway { expected, shown })
                if shown - expected == TimeDelta::minutes(100)
        ));
        assert!(!machine.trust.believes());
    }

    #[test]
    fn a_new_time_is_believed_after_six_steady_hours() {
        for by in [YEAR, -YEAR, 2 * HOUR] {
            let mut machine = Machine::new();
            machine.runs_away(by);
            machine.quiet_for(6 * HOUR - NAP);
            assert!(!machine.trust.believes());
            let settled = machine.after(NAP);
            assert_eq!(settled, Some(ClockNews::Settled(machine.wall)));
            assert!(machine.trust.believes());
            // It goes on as usual: the time of before is now the wrong one.
            machine.quiet_for(DAY);
            machine.runs_away(-by);
        }
    }

    #[test]
    fn a_clock_that_runs_away_again_begins_the_six_hours_anew() {
        let mut machine = Machine::new();
        machine.runs_away(YEAR);
        machine.quiet_for(5 * HOUR);
        let expected = machine.wall - TimeDelta::seconds(YEAR);
        machine.set(DAY);
        let shown = machine.wall;
        // What it should show is still reckoned from when it was believed.
        let again = machine.look();
        assert_eq!(again, Some(ClockNews::RanAway { expected, shown }));
        machine.quiet_for(5 * HOUR);
        assert!(!machine.trust.believes());
        // Small corrections meanwhile are no new jump.
        machine.set(30);
        machine.quiet_for(HOUR - NAP);
        assert!(matches!(machine.after(NAP), Some(ClockNews::Settled(_))));
    }

    #[test]
    fn a_clock_that_never_stands_still_is_never_believed() {
        let mut machine = Machine::new();
        machine.runs_away(YEAR);
        for _ in 0..100 {
            machine.set(2 * HOUR);
            assert!(machine.after(HOUR).is_some());
            assert!(!machine.trust.believes());
        }
    }

    #[test]
    fn right_again_means_within_the_hour() {
        let mut machine = Machine::new();
        machine.runs_away(YEAR);
        machine.set(-YEAR + 2 * HOUR);
        assert!(matches!(
            machine.after(NAP),
            Some(ClockNews::RanAway { .. })
        ));
        machine.set(-HOUR - MINUTE);
        assert!(matches!(machine.after(NAP), Some(ClockNews::RightAgain(_))));
    }
}
