//! The two weeks of art. 39 of the Act.
//!
//! Somebody whose request has arrived can sue only when two weeks have passed
//! since the day of arrival, unless the request was refused before
//! (art. 39(1)). The first day does not count (Civil Code art. 140), so the
//! two weeks end with the fourteenth day after it. That this day may be a
//! holiday is left aside (Civil Code art. 142 would lengthen the period):
//! the society reckons with the earliest day.

use chrono::{Days, NaiveDate};

/// The two weeks that follow the arrival of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TwoWeeks {
    arrival: NaiveDate,
}

/// How near their end is, in the steps in which staff are warned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Before the seventh day.
    Early,
    /// The seventh day to the ninth.
    Day7,
    /// The tenth day to the twelfth.
    Day10,
    /// The thirteenth day and the fourteenth, which is the last.
    Day13,
    /// The two weeks have passed and a suit is possible.
    Past,
}

impl TwoWeeks {
    /// The two weeks after the day a request arrived.
    pub fn after(arrival: NaiveDate) -> Self {
        TwoWeeks { arrival }
    }

    /// The last day of the two weeks.
    pub fn last_day(self) -> NaiveDate {
        self.plus(14)
    }

    /// The first day on which a suit is possible.
    pub fn suit_open_from(self) -> NaiveDate {
        self.plus(15)
    }

    /// Days from `today` to the last day: 0 on that day, negative after it.
    pub fn days_left(self, today: NaiveDate) -> i64 {
        (self.last_day() - today).num_days()
    }

    /// The step of warning on this day.
    pub fn stage(self, today: NaiveDate) -> Stage {
        match (today - self.arrival).num_days() {
            ..7 => Stage::Early,
            7..10 => Stage::Day7,
            10..13 => Stage::Day10,
            13..15 => Stage::Day13,
            15.. => Stage::Past,
        }
    }

    fn plus(self, days: u64) -> NaiveDate {
        self.arrival
            .checked_add_days(Days::new(days))
            .unwrap_or(NaiveDate::MAX)
    }
}

impl Stage {
    /// The code listings use.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Early => "early",
            Stage::Day7 => "day7",
            Stage::Day10 => "day10",
            Stage::Day13 => "day13",
            Stage::Past => "past",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn the_day_of_arrival_does_not_count() {
        let weeks = TwoWeeks::after(day("2026-11-04"));
        assert_eq!(weeks.last_day(), day("2026-11-18"));
        assert_eq!(weeks.suit_open_from(), day("2026-11-19"));
        assert_eq!(weeks.days_left(day("2026-11-04")), 14);
        assert_eq!(weeks.days_left(day("2026-11-18")), 0);
        assert_eq!(weeks.days_left(day("2026-11-19")), -1);
    }

    #[test]
    fn every_day_of_the_two_weeks_has_its_stage() {
        let weeks = TwoWeeks::after(day("2026-11-04"));
        let stages: Vec<Stage> = (0..17)
            .map(|n| weeks.stage(day("2026-11-04") + Days::new(n)))
            .collect();
        let expected = [
            [Stage::Early; 7].as_slice(),
            &[Stage::Day7; 3],
            &[Stage::Day10; 3],
            &[Stage::Day13; 2],
            &[Stage::Past; 2],
        ]
        .concat();
        assert_eq!(stages, expected);
    }

    #[test]
    fn months_years_and_leap_days_are_passed_as_the_calendar_has_them() {
        for (arrival, last, open) in [
            ("2026-11-30", "2026-12-14", "2026-12-15"),
            ("2026-12-18", "2027-01-01", "2027-01-02"),
            ("2026-12-31", "2027-01-14", "2027-01-15"),
            ("2027-02-14", "2027-02-28", "2027-03-01"),
            ("2028-02-15", "2028-02-29", "2028-03-01"),
            ("2028-02-29", "2028-03-14", "2028-03-15"),
        ] {
            let weeks = TwoWeeks::after(day(arrival));
            assert_eq!(weeks.last_day(), day(last), "{arrival}");
            assert_eq!(weeks.suit_open_from(), day(open), "{arrival}");
            assert_eq!(weeks.stage(day(last)), Stage::Day13, "{arrival}");
            assert_eq!(weeks.stage(day(open)), Stage::Past, "{arrival}");
        }
    }
}
