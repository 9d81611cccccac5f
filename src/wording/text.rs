//! Dates, times, names and characters as staff read them.

use chrono::{Datelike as _, NaiveDate, Timelike as _};

use crate::domain::{NIGHT_ACTOR, Stamp};

pub use crate::text::unshowable::code_points;

/// A date by its era, 令和8年11月22日; as `1872-12-31` where it has no such
/// form.
pub fn day(date: NaiveDate) -> String {
    crate::text::era::write(date).unwrap_or_else(|| date.to_string())
}

/// A time of the records, to the minute: 2026年11月17日 1時30分. Other programs
/// read it to the second in JSON.
pub fn time(stamp: Stamp) -> String {
    let at = stamp.time();
    format!(
        "{}年{}月{}日 {}時{:02}分",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute()
    )
}

/// Who acted, in the words of staff: the program's own name for its night is
/// no name they know.
pub fn actor(name: &str) -> &str {
    match name {
        NIGHT_ACTOR => "夜間処理",
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_not_decoded() {
        for (stamp, read) in [
            ("2026-11-17T01:30:00+09:00", "2026年11月17日 1時30分"),
            ("2026-01-05T23:05:59+09:00", "2026年1月5日 23時05分"),
        ] {
            assert_eq!(time(stamp.parse().expect("a stamp")), read);
        }
        assert_eq!(actor("night"), "夜間処理");
        assert_eq!(actor("佐藤"), "佐藤");
    }
}
