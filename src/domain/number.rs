//! Document numbers (文書番号) such as 群農健発第123号.

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use super::fiscal_year;

/// How the numbers of one series are written and when they start again at 1.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberRule {
    /// What stands before the serial, for instance 群農健発第.
    pub prefix: String,
    /// What stands behind it, for instance 号.
    #[serde(default)]
    pub suffix: String,
    /// When the serial starts again at 1.
    #[serde(default)]
    pub reset: Reset,
    /// Smallest number of digits, 0 to 9; shorter serials get leading zeros.
    #[serde(default)]
    pub pad: u8,
}

/// The period after which the serials of a series start again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reset {
    /// Every 1 April (年度).
    #[default]
    Fiscal,
    /// Every 1 January (暦年).
    Calendar,
}

impl NumberRule {
    /// The period a date's numbers belong to, named by its year.
    pub fn period(&self, date: NaiveDate) -> i32 {
        match self.reset {
            Reset::Fiscal => fiscal_year(date),
            Reset::Calendar => date.year(),
        }
    }

    /// The number with this serial (1 or more), written out.
    pub fn format(&self, serial: i64) -> String {
        let width = usize::from(self.pad.min(9));
        format!("{}{serial:0width$}{}", self.prefix, self.suffix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_by_the_rule() {
        let mut rule = NumberRule {
            prefix: "群農健発第".to_owned(),
            suffix: "号".to_owned(),
            reset: Reset::Fiscal,
            pad: 0,
        };
        assert_eq!(rule.format(7), "群農健発第7号");
        rule.pad = 4;
        assert_eq!(rule.format(7), "群農健発第0007号");
        let day = NaiveDate::from_ymd_opt(2027, 2, 1).expect("a date");
        assert_eq!(rule.period(day), 2026);
        rule.reset = Reset::Calendar;
        assert_eq!(rule.period(day), 2027);
    }
}
