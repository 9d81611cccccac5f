//! When the night runs, and which business date a run belongs to.
//!
//! A run's business date is the Japanese calendar date of the time it was
//! scheduled for, not of the time it happens: a night that was missed keeps
//! its own date.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, FixedOffset, NaiveDate};

use crate::clock::jst;

/// Scheduled times looked at for a date that has two.
const LOOKED_AHEAD: usize = 400;

/// A cron schedule in Japan Standard Time: seconds, minutes, hours, day of
/// month, month, day of week (by name), optionally a year.
#[derive(Debug, Clone)]
pub struct Schedule {
    text: String,
    cron: cron::Schedule,
}

impl FromStr for Schedule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const REMEDY: &str =
            "「秒 分 時 日 月 曜日」の順に、0 30 1 * * Mon-Fri のように書いてください。";
        let fields: Vec<&str> = text.split_whitespace().collect();
        if !(6..=7).contains(&fields.len()) {
            return Err(format!("項目が{}個です。{REMEDY}", fields.len()));
        }
        // The library counts weekdays from Sunday = 1, most others from
        // Sunday = 0: a number would run on the wrong day.
        if fields[5].bytes().any(|byte| byte.is_ascii_digit()) {
            return Err(format!(
                "曜日は Mon、Tue のような名前で書いてください。{REMEDY}"
            ));
        }
        let cron = cron::Schedule::from_str(text).map_err(|_| REMEDY.to_owned())?;
        Ok(Schedule {
            text: text.to_owned(),
            cron,
        })
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Schedule {
    /// The first scheduled time after `time`; none when the schedule has
    /// ended (it may name years).
    pub fn next_after(&self, time: DateTime<FixedOffset>) -> Option<DateTime<FixedOffset>> {
        self.cron.after(&time.with_timezone(&jst())).next()
    }

    /// The next `count` scheduled times after `time`.
    pub fn upcoming(
        &self,
        time: DateTime<FixedOffset>,
        count: usize,
    ) -> Vec<DateTime<FixedOffset>> {
        self.cron
            .after(&time.with_timezone(&jst()))
            .take(count)
            .collect()
    }

    /// The first scheduled time of each of the next `count` dates after `time`:
    /// a date has one night.
    pub fn nights(&self, time: DateTime<FixedOffset>, count: usize) -> Vec<DateTime<FixedOffset>> {
        let mut nights: Vec<DateTime<FixedOffset>> = Vec::new();
        for time in self.cron.after(&time.with_timezone(&jst())) {
            if nights.len() == count {
                break;
            }
            let last = nights.last().copied().map(business_date);
            if last != Some(business_date(time)) {
                nights.push(time);
            }
        }
        nights
    }

    /// What will not go as it is written, seen from `time`; in Japanese, with
    /// the remedy.
    pub fn fault(&self, time: DateTime<FixedOffset>) -> Option<&'static str> {
        let ahead = self.upcoming(time, LOOKED_AHEAD);
        if ahead.is_empty() {
            return Some(
                "この予定の日時は、もう来ません。日、月、年の組合せを確かめ、0 30 1 * * Mon-Fri のように書いてください。",
            );
        }
        let twice = |pair: &[DateTime<FixedOffset>]| match pair {
            [a, b] => business_date(*a) == business_date(*b),
            _ => false,
        };
        ahead.windows(2).any(twice).then_some(
            "同じ日に2回以上の時刻があります。夜間処理は1日に1回なので、2回目からは行われません。時刻を1つにしてください。",
        )
    }

    /// The scheduled times after `from` and not after `until`.
    pub fn between(
        &self,
        from: DateTime<FixedOffset>,
        until: DateTime<FixedOffset>,
    ) -> impl Iterator<Item = DateTime<FixedOffset>> + '_ {
        self.cron
            .after_owned(from.with_timezone(&jst()))
            .take_while(move |time| *time <= until)
    }

    /// The latest scheduled time after `seen` and not after `now`: the night
    /// that was missed while the service was down. Earlier ones of the same
    /// gap are not run: their letters go with this one.
    pub fn missed(
        &self,
        seen: DateTime<FixedOffset>,
        now: DateTime<FixedOffset>,
    ) -> Option<DateTime<FixedOffset>> {
        // Only the last day before `now` that had a run matters; stepping
        // back a day at a time keeps this short after a year's silence.
        let mut start = now;
        loop {
            start -= chrono::Duration::days(1);
            let from = start.max(seen);
            let last = self
                .cron
                .after(&from.with_timezone(&jst()))
                .take_while(|time| *time <= now)
                .last();
            if last.is_some() || from == seen {
                return last;
            }
        }
    }
}

/// The business date of a run scheduled for `time`.
pub fn business_date(time: DateTime<FixedOffset>) -> NaiveDate {
    time.with_timezone(&jst()).date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> DateTime<FixedOffset> {
        DateTime::parse_from_rfc3339(text).expect("a time")
    }

    fn schedule(text: &str) -> Schedule {
        text.parse().expect("a schedule")
    }

    #[test]
    fn the_schedule_is_in_japanese_time() {
        let nightly = schedule("0 30 1 * * *");
        // 16:29 UTC is 01:29 of the next day in Japan.
        let next = nightly.next_after(time("2026-11-22T16:29:00+00:00"));
        assert_eq!(next, Some(time("2026-11-23T01:30:00+09:00")));
        let date = NaiveDate::from_ymd_opt(2026, 11, 23);
        assert_eq!(next.map(business_date), date);
    }

    #[test]
    fn weekdays_are_named() {
        assert!("0 30 1 * * 1-5".parse::<Schedule>().is_err());
        let weekdays = schedule("0 30 1 * * Mon-Fri");
        // 2026-11-20 is a Friday.
        let next = weekdays.next_after(time("2026-11-20T02:00:00+09:00"));
        assert_eq!(next, Some(time("2026-11-23T01:30:00+09:00")));
    }

    #[test]
    fn a_missed_night_is_found_once_with_its_own_date() {
        let nightly = schedule("0 30 1 * * *");
        let seen = time("2026-11-19T09:00:00+09:00");
        let now = time("2026-11-22T00:10:00+09:00");
        let missed = nightly.missed(seen, now);
        assert_eq!(missed, Some(time("2026-11-21T01:30:00+09:00")));
        assert_eq!(nightly.missed(missed.expect("found"), now), None);
    }

    #[test]
    fn a_monthly_run_missed_long_ago_is_still_found() {
        let monthly = schedule("0 0 3 1 * *");
        let seen = time("2026-08-15T00:00:00+09:00");
        let now = time("2026-11-22T00:00:00+09:00");
        assert_eq!(
            monthly.missed(seen, now),
            Some(time("2026-11-01T03:00:00+09:00"))
        );
        assert_eq!(monthly.missed(time("2026-11-02T00:00:00+09:00"), now), None);
    }

    #[test]
    fn a_schedule_that_never_comes_or_comes_twice_a_day_is_faulty() {
        let now = time("2026-11-25T12:00:00+09:00");
        for never in [
            "0 30 1 31 2 *",
            "0 30 1 30 2 *",
            "0 30 1 31 4,6,9,11 *",
            "0 30 1 * * * 2020",
        ] {
            let fault = schedule(never).fault(now).expect("a fault");
            assert!(fault.contains("もう来ません"), "{never}: {fault}");
            assert!(schedule(never).nights(now, 3).is_empty());
        }
        for twice in [
            "0 30 1,13 * * *",
            "0 0,30 1 1 * *",
            "0 * * * * *",
            "*/30 30 1 * * Mon",
        ] {
            let fault = schedule(twice).fault(now).expect("a fault");
            assert!(fault.contains("1日に1回"), "{twice}: {fault}");
        }
        for right in [
            "0 30 1 * * Mon-Fri",
            "0 0 3 29 2 *",
            "0 30 1 * * * 2026-2027",
        ] {
            assert_eq!(schedule(right).fault(now), None, "{right}");
        }
        let nights = schedule("0 30 1,13 * * *").nights(now, 2);
        let expected = ["2026-11-25T13:30:00+09:00", "2026-11-26T01:30:00+09:00"].map(time);
        assert_eq!(nights, expected);
    }

    #[test]
    fn nonsense_is_refused_with_the_remedy() {
        for text in ["", "every night", "* * *", "0 99 1 * * *"] {
            let error = text.parse::<Schedule>().expect_err("refused");
            assert!(error.contains("Mon-Fri"), "{error}");
        }
    }
}
