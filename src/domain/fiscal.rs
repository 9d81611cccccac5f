//! The fiscal year (年度), 1 April to 31 March.

use chrono::{Datelike, NaiveDate};

/// The fiscal year a date lies in, named by the year it begins in:
/// 2027-03-31 lies in 2026.
pub fn fiscal_year(date: NaiveDate) -> i32 {
    if date.month() >= 4 {
        date.year()
    } else {
        date.year() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_turns_on_the_first_of_april() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).expect("a date");
        assert_eq!(fiscal_year(day(2027, 3, 31)), 2026);
        assert_eq!(fiscal_year(day(2027, 4, 1)), 2027);
        assert_eq!(fiscal_year(day(2026, 12, 31)), 2026);
    }
}
